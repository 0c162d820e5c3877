"""Incidents: one for each thing that goes wrong, one message for each, whatever comes in which order."""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from enablement.adapters.sql import tables
from enablement.adapters.sql.journal import SqlJournal
from enablement.incidents import CALLS, COMES_BACK_WITHIN, Incidents, keep_told, weigh
from enablement.model import Incident, IntegrationDay, Signal
from enablement.ports import TryLater, Undeliverable
from tests.builders import NOW
from tests.fakes import FakeMessenger, World, at_once

MINUTE = timedelta(minutes=1)
OPS = "C0OPS"
NEVER_S = 3600.0


class BrokenJournal(SqlJournal):
    """A journal whose database is away until it is mended."""

    is_away = True

    def note(self, *given: Any) -> None:
        if self.is_away:
            raise ConnectionError("the database is away")
        super().note(*given)


def signal(failed: int, worked: int, kind: str = CALLS, **more: Any) -> Signal:
    return Signal(kind, "slack", failed, worked, more.get("summary", ""), more.get("at", NOW))


def opened(**more: Any) -> Incident:
    facts = {"resolved_at": None, "channel": "", "ts": "", **more}
    return Incident("i1", CALLS, "slack", "Calls fail", 7, NOW - MINUTE, NOW - MINUTE, **facts)


@pytest.fixture
def incidents(world: World) -> Iterator[Incidents]:
    """Incidents that are only written when a test says so."""
    made = Incidents(world.journal, world.clock, write_every_s=NEVER_S)
    yield made
    made.flush()


@pytest.mark.parametrize(
    ("failed", "worked", "is_one"),
    [(5, 0, True), (5, 15, True), (5, 16, False), (4, 0, False), (4, 4, False), (0, 9, False)],
)
def test_calls_must_fail_often_and_for_a_good_part(failed: int, worked: int, is_one: bool) -> None:
    assert bool(weigh([signal(failed, worked)], [], now=NOW).incidents) is is_one


def test_an_app_that_is_back_before_anybody_looked_leaves_no_incident_that_never_ends() -> None:
    weighed = weigh([signal(2, 1, "slack")], [], now=NOW)

    assert weighed.incidents == ()
    assert weigh([signal(1, 0, "slack")], [], now=NOW).incidents


def test_failures_too_few_to_tell_wait_for_more_unless_something_worked() -> None:
    assert weigh([signal(2, 0)], [], now=NOW).spent == ()
    assert weigh([signal(2, 1)], [], now=NOW).spent == ((CALLS, "slack"),)


def test_a_rare_failure_keeps_an_open_incident_open_but_a_small_share_ends_it() -> None:
    [lasting] = weigh([signal(1, 0)], [opened()], now=NOW).incidents
    [over] = weigh([signal(1, 9)], [opened()], now=NOW).incidents

    assert (lasting.resolved_at, lasting.count, lasting.told) == (None, 8, False)
    assert (over.resolved_at, over.count) == (NOW, 7)


def test_anything_else_is_an_incident_at_its_first_failure() -> None:
    [found] = weigh([signal(1, 0, "mapping", summary="The field is gone")], [], now=NOW).incidents

    assert (found.kind, found.summary, found.count) == ("mapping", "The field is gone", 1)


def test_calls_that_fail_are_told_in_numbers() -> None:
    [found] = weigh([signal(6, 4)], [], now=NOW).incidents

    assert found.summary == "6 of 10 calls to slack failed"


def test_who_is_heard_of_is_written_together(world: World, incidents: Incidents) -> None:
    def call(number: int) -> None:
        for _ in range(100):
            incidents.called("slack", number % 2 == 0)

    at_once(8, call)
    incidents.called("salesforce", ok=True, used=3, allowed=100)
    incidents.called("salesforce", ok=True)
    incidents.failed("mapping", "Account.Industry", "gone")
    assert world.journal.days(since=NOW.date()) == []

    incidents.flush()

    assert world.journal.days(since=NOW.date()) == [
        IntegrationDay("salesforce", NOW.date(), 2, 0, 3, 100),
        IntegrationDay("slack", NOW.date(), 800, 400, None, None),
    ]
    assert {one.kind for one in world.journal.weigh(now=NOW)} == {CALLS, "mapping"}


def test_what_is_heard_is_written_by_itself_soon(world: World) -> None:
    Incidents(world.journal, world.clock, write_every_s=0.01).called("slack", ok=True)

    ends = time.monotonic() + 10
    while not world.journal.days(since=NOW.date()):
        assert time.monotonic() < ends, "nothing was written"
        time.sleep(0.01)


def test_a_database_that_is_away_loses_nothing_and_stops_nobody(world: World) -> None:
    journal = BrokenJournal(world.database)
    incidents = Incidents(journal, world.clock, write_every_s=NEVER_S)
    incidents.called("slack", ok=False)

    incidents.flush()
    incidents.called("slack", ok=True)
    journal.is_away = False
    incidents.flush()

    assert journal.days(since=NOW.date()) == [IntegrationDay("slack", NOW.date(), 2, 1, None, None)]


def look(world: World, *, channel: str = OPS) -> None:
    now = world.clock()
    world.journal.weigh(now=now)
    keep_told(world.journal, world.messenger, channel=channel, now=now)


def test_a_message_is_posted_once_kept_up_to_date_and_says_when_it_is_over(
    world: World, incidents: Incidents
) -> None:
    for fails in (True, True, False):
        (incidents.failed("mapping", "X", "gone") if fails else incidents.worked("mapping", "X"))
        incidents.flush()
        look(world)
        world.clock.move(60)

    [(ts, last)] = world.messenger.reports.items()
    assert (ts, last.count, last.resolved_at) == ("1.0", 2, NOW + 2 * MINUTE)


def test_a_slack_that_is_away_hears_of_it_when_it_is_back(world: World, incidents: Incidents) -> None:
    world.messenger.failure = TryLater("Slack is away")
    incidents.failed("mapping", "X", "gone")
    incidents.flush()
    look(world)
    incidents.worked("mapping", "X")
    incidents.flush()
    look(world)
    assert world.messenger.reports == {}

    world.messenger.failure = None
    look(world)

    [told] = world.messenger.reports.values()
    assert told.resolved_at is not None
    assert world.journal.untold(limit=9) == []


def test_a_post_whose_end_is_not_known_is_looked_for(world: World, incidents: Incidents) -> None:
    asked: list[bool] = []

    class Slack(FakeMessenger):
        def report(self, incident: Incident, *, again: bool, **more: Any) -> str:
            asked.append(again)
            return super().report(incident, again=again, **more)

    slack = Slack()
    incidents.failed("mapping", "X", "gone")
    incidents.flush()
    world.journal.weigh(now=NOW)
    for slack.failure in (TryLater("the reply was lost"), None):
        keep_told(world.journal, slack, channel=OPS, now=NOW)
    incidents.failed("mapping", "X", "gone")
    incidents.flush()
    world.journal.weigh(now=NOW)
    keep_told(world.journal, slack, channel=OPS, now=NOW)

    assert asked == [False, True, False]


def test_one_that_cannot_be_told_does_not_keep_the_others_back(world: World, incidents: Incidents) -> None:
    class Picky(FakeMessenger):
        def report(self, incident: Incident, **more: Any) -> str:
            if incident.subject == "X":
                raise Undeliverable("this one is refused")
            return super().report(incident, **more)

    picky = Picky()
    for subject in ("X", "Y"):
        incidents.failed("mapping", subject, "gone")
    incidents.flush()
    world.journal.weigh(now=NOW)

    keep_told(world.journal, picky, channel=OPS, now=NOW)

    assert [one.subject for one in picky.reports.values()] == ["Y"]
    assert [one.subject for one in world.journal.untold(limit=9)] == ["X"]


def test_without_a_channel_nothing_is_posted_then_or_later(world: World, incidents: Incidents) -> None:
    incidents.failed("mapping", "X", "gone")
    incidents.flush()
    look(world, channel="")
    look(world)

    assert world.messenger.reports == {}


def test_another_channel_gets_a_message_of_its_own(world: World, incidents: Incidents) -> None:
    for channel in (OPS, "C0OTHER"):
        incidents.failed("mapping", "X", "gone")
        incidents.flush()
        look(world, channel=channel)

    assert [one.channel for one in world.messenger.reports.values()] == [OPS, "C0OTHER"]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["failed", "worked", "called ok", "called bad"]),
        st.sampled_from("ab"),
        # How often, minutes until somebody looks (0: nobody does), and whether Slack is away then.
        st.integers(1, 6),
        st.sampled_from([0, 1, 1, 1, 40]),
        st.booleans(),
    ),
    max_size=40,
)


@given(steps=STEPS)
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_happens_there_is_one_open_incident_at_most_and_one_message_for_each(
    world: World, steps: list[tuple[str, str, int, int, bool]]
) -> None:
    with world.database.writing() as connection:
        for table in (tables.incidents, tables.signals, tables.integration_days):
            connection.execute(table.delete())
    world.messenger = FakeMessenger()
    incidents = Incidents(world.journal, world.clock, write_every_s=NEVER_S)
    begun = world.clock()
    for act, subject, times, minutes, slack_is_away in [*steps, ("worked", "a", 1, 1, False)]:
        for _ in range(times):
            if act == "failed":
                incidents.failed("mapping", subject, f"{subject} is gone")
            elif act == "worked":
                incidents.worked("mapping", subject)
            else:
                incidents.called(subject, act == "called ok")
        if minutes:
            world.clock.move(minutes=minutes)
            incidents.flush()
            world.messenger.failure = TryLater("away") if slack_is_away else None
            look(world)
            found = world.journal.incidents(since=begun)
            still = Counter((one.kind, one.subject) for one in found if one.resolved_at is None)
            assert max(still.values(), default=0) <= 1

    found = world.journal.incidents(since=begun)
    told = {one.id: one for one in world.messenger.reports.values()}
    assert len(told) == len(world.messenger.reports), "an incident has two messages"
    assert told.keys() == {one.id for one in found}
    shown = {one.id: (one.count, one.resolved_at) for one in told.values()}
    assert shown == {one.id: (one.count, one.resolved_at) for one in found}
    for one in found:
        later = [
            two for two in found if (two.kind, two.subject) == (one.kind, one.subject) and two is not one
        ]
        assert all(
            two.opened_at > (one.resolved_at or two.opened_at) + COMES_BACK_WITHIN
            for two in later
            if two.opened_at > one.opened_at
        ), "what came back within the hour has a message of its own"
