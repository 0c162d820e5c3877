"""Touches on their way out: several writers at once, each deal in one call at a time; and what is kept true."""

import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from enablement.model import Claimed, DealSummary, Touch, Withdrawal, Written, key
from enablement.ports import DealCheck, TouchCheck, TryLater
from enablement.reconcile import summary_tasks
from enablement.sharing import crm_task
from jobs import crm_work
from jobs.kinds import KINDS
from jobs.lanes import MOST_ATTEMPTS, MOST_CLAIMS, Kind, drain
from jobs.relay import Relay
from tests.builders import ANNA, NOW, deal, share, task, touch
from tests.fakes import FakeCrm, World, at_once

DEALS = [deal(f"Customer {number} – Rollout") for number in range(25)]


class WatchedCrm(FakeCrm):
    """Takes a moment for each call, and notes when two calls hold the same deal."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.Lock()
        self.in_flight: Counter[str] = Counter()
        self.met: list[str] = []
        self.sizes: list[int] = []
        self.calls = 0
        self.two_at_once = threading.Event()

    def write_touches(self, touches: Sequence[Touch]) -> dict[str, Exception | None]:
        deals = {one.deal_id for one in touches}
        with self.lock:
            self.met += [one for one in deals if self.in_flight[one]]
            self.in_flight.update(deals)
            self.sizes.append(len(touches))
            self.calls += 1
            if self.calls > 1:
                self.two_at_once.set()
        # The first call takes as long as another one needs to begin.
        self.two_at_once.wait(20)
        try:
            return super().write_touches(touches)
        finally:
            with self.lock:
                self.calls -= 1
                self.in_flight.subtract(deals)


def known(world: World, touches: Sequence[Touch], *, due: bool = True) -> None:
    world.mirror.store(deals=DEALS)
    tasks = tuple(crm_task(one) for one in touches) if due else ()
    world.ledger.write(Written(records=tuple(touches), tasks=tasks), now=NOW)


def many(count: int) -> list[Touch]:
    """Return touches of which half are of one deal."""
    return [
        touch(id=key(number), deal_id=DEALS[number % 50 if number % 50 < 25 else 0].id)
        for number in range(count)
    ]


def test_several_writers_never_have_one_deal_in_two_calls(world: World) -> None:
    crm = WatchedCrm()
    services = replace(world.services, crm=crm)
    touches = many(2_000)
    known(world, touches)

    at_once(3, lambda number: drain("write", KINDS["write"], services, owner=f"writer {number}"))
    drain("write", KINDS["write"], services, owner="last")

    assert crm.met == []
    assert crm.touches.keys() == {one.id for one in touches}
    assert sum(crm.sizes) == 2_000, "none was written twice"
    assert len(crm.sizes) <= 1.2 * 2_000 / 200
    assert crm.two_at_once.is_set(), "the writers did work at the same time"


def test_kinds_that_share_a_deal_follow_each_other_within_a_claim(world: World) -> None:
    running, met = Counter[str](), list[str]()
    lock = threading.Lock()

    def watched(_services: object, rows: Sequence[Claimed]) -> dict[str, None]:
        partitions = {row.partition for row in rows}
        with lock:
            met.extend(one for one in partitions if running[one])
            running.update(partitions)
        time.sleep(0.02)
        with lock:
            running.subtract(partitions)
        return {row.id: None for row in rows}

    kinds = {name: Kind(watched, 2) for name in ("one", "two", "three")}
    world.outbox.add(
        [task(f"{kind} {n}", kind=kind, partition=f"deal {n % 3}") for kind in kinds for n in range(9)],
        now=NOW,
    )

    handled = drain("write", kinds, world.services, owner="one")

    assert handled == 27
    assert met == []


@pytest.mark.parametrize(
    ("seconds", "hours", "state"), [(300, 40, "due"), (300, 60, "dead"), (None, 40, "dead")]
)
def test_what_waits_as_it_was_told_to_is_given_up_after_two_days_and_no_sooner(
    world: World, seconds: float | None, hours: int, state: str
) -> None:
    error = TryLater("the day's calls are spent", seconds=seconds)
    failing = {"test": Kind(lambda _, rows: {row.id: error for row in rows})}
    world.outbox.add([task("waiting", kind="test")], now=NOW)

    for _ in range(hours):
        drain("write", failing, world.services, owner="one")
        world.clock.move(hours=1)

    assert world.outbox.counts() == {("write", state): 1}


def test_what_kills_its_workers_is_given_up_though_it_waits_as_it_was_told_to(world: World) -> None:
    failing = {"test": Kind(lambda _, rows: {row.id: TryLater("away", seconds=300) for row in rows})}
    world.outbox.add([task("waiting", kind="test")], now=NOW)
    for _ in range(MOST_ATTEMPTS):
        drain("write", failing, world.services, owner="one")
        world.clock.move(hours=1)

    for _ in range(MOST_CLAIMS - MOST_ATTEMPTS + 1):
        world.outbox.claim("write", ["test"], owner="killed", limit=1, now=world.clock.now)
        world.clock.move(hours=1)
    drain("write", failing, world.services, owner="one")

    assert world.outbox.counts() == {("write", "dead"): 1}


def test_rows_that_failed_alike_come_back_in_one_batch(world: World) -> None:
    batches: list[int] = []

    def locked_at_first(_services: object, rows: Sequence[Claimed]) -> dict[str, Exception | None]:
        batches.append(len(rows))
        return {row.id: TryLater("locked") if row.attempts == 1 else None for row in rows}

    world.outbox.add([task(f"{n}", kind="test") for n in range(50)], now=NOW)
    for _ in range(2):
        drain("write", {"test": Kind(locked_at_first, 200)}, world.services, owner="one")
        world.clock.move(minutes=1)

    assert batches == [50, 50]


def test_what_the_ledger_says_of_a_touch_is_what_the_crm_is_told(world: World) -> None:
    kept, taken_back, unknown = touch(id="kept"), touch(id="taken back"), "unknown"
    known(world, [kept, taken_back])
    world.ledger.write(Written(records=(Withdrawal("w", taken_back.id, ANNA, NOW),)), now=NOW)
    world.crm.touches[taken_back.id] = taken_back
    world.outbox.add([crm_task(replace(kept, id=unknown))], now=NOW)

    drain("write", KINDS["write"], world.services, owner="one")

    assert list(world.crm.touches) == ["kept"]
    [letter] = world.outbox.letters(states=["dead"], limit=9)
    assert letter.error == "there is no touch unknown"


def test_only_what_belongs_on_record_is_for_the_crm(world: World) -> None:
    on, off = share(id="on", on_record=True), share(id="off", on_record=False, token="other")
    touches = [
        touch(id="1 shared", share_id="on"),
        touch(id="2 off record", share_id="off"),
        touch(id="3 opened", kind="opened", share_id=""),
        touch(id="4 presented", kind="presented", share_id=""),
        touch(id="5 taken back", share_id="on"),
        touch(id="6 of a deal that is gone", deal_id="006gone", share_id="on"),
        touch(id="7 old", share_id="on", occurred_at=NOW - timedelta(days=2)),
    ]
    touches = [one if one.deal_id == "006gone" else replace(one, deal_id=DEALS[0].id) for one in touches]
    known(world, touches, due=False)
    gone = Withdrawal("w", "5 taken back", ANNA, NOW)
    world.ledger.write(Written(records=(on, off, gone)), now=NOW)

    def ids(
        *, after: str = "", limit: int = 99, since: timedelta | None = None, begins: str = ""
    ) -> list[str]:
        found = world.ledger.touches_for_crm(
            since=NOW - since if since else None, after=after, limit=limit, begins=begins
        )
        return [one.id[0] for one in found]

    assert ids() == ["1", "4", "7"]
    assert ids(limit=2) == ["1", "4"]
    assert ids(after="4 presented") == ["7"]
    assert ids(since=timedelta(hours=1)) == ["1", "4"]
    assert ids(begins="4") == ["4"]
    assert world.ledger.touches_for_crm(since=None, after="", limit=9, among=["2 off record"]) == []


def test_touches_add_up_by_deal_and_the_asset_that_touched_most_is_named(world: World) -> None:
    first, second = DEALS[0].id, DEALS[1].id
    touches = [
        touch(id="a", deal_id=first, asset_id="guide", occurred_at=NOW - timedelta(hours=3)),
        touch(id="b", deal_id=first, asset_id="deck", occurred_at=NOW - timedelta(hours=2)),
        touch(id="c", deal_id=first, asset_id="guide", occurred_at=NOW - timedelta(hours=1)),
        touch(id="d", deal_id=second, asset_id="old", occurred_at=NOW - timedelta(hours=9)),
        touch(id="e", deal_id=second, asset_id="new", occurred_at=NOW - timedelta(hours=8)),
    ]
    known(world, [replace(one, share_id="") for one in touches], due=False)

    found = world.ledger.deal_summaries([second, DEALS[2].id, first])

    assert found == [
        DealSummary(second, 2, NOW - timedelta(hours=8), "new"),
        DealSummary(DEALS[2].id, 0, None, None),
        DealSummary(first, 3, NOW - timedelta(hours=1), "guide"),
    ]
    assert world.ledger.deals_touched(since=NOW - timedelta(hours=2)) == [first]
    assert sorted(world.ledger.deals_touched(since=None)) == sorted([first, second])


def test_a_deal_is_summed_up_once_a_day(world: World) -> None:
    known(world, [touch(id="a", deal_id=DEALS[0].id, share_id="")], due=False)
    tasks = [summary_tasks([DEALS[0].id], now=NOW + timedelta(hours=hours)) for hours in (0, 5, 24)]

    for some in tasks:
        world.outbox.add(some, now=NOW)
    drain("write", KINDS["write"], world.services, owner="one")

    assert [one.touches for one in world.crm.summaries] == [1], "both days' rows asked for the same deal"
    assert world.outbox.counts() == {("write", "done"): 2}


def test_the_recent_comparison_mends_what_differs_and_reads_deals_again(world: World) -> None:
    lost = touch(id="lost", deal_id=DEALS[0].id)
    known(world, [lost], due=False)
    world.crm.touch_check = TouchCheck(missing=["lost"], extra=["strange"])
    world.crm.deal_check = DealCheck(differing=[DEALS[1].id])

    crm_work.check_recent(world.services, [])
    drain("write", KINDS["write"], world.services, owner="one")

    assert world.crm.checked == [(NOW - crm_work.RECENT, "")]
    assert list(world.crm.touches) == ["lost"]
    assert world.crm.refreshed == [(DEALS[1].id,)]


def test_the_nightly_comparison_goes_part_by_part(world: World) -> None:
    crm_work.check_all(world.services, [])
    crm_work.check_all(world.services, [])

    drain("compute", KINDS["compute"], world.services, owner="one")

    assert sorted(begins for _, begins in world.crm.checked) == sorted("0123456789abcdef")


def test_a_comparison_that_salesforce_refuses_makes_no_dead_letter(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    class Away(FakeCrm):
        def check_touches(self, **_: object) -> TouchCheck:
            raise TryLater("Salesforce is away")

    services = replace(world.services, crm=Away())
    world.outbox.add([task("t", kind="crm.check", lane="compute")], now=NOW)

    drain("compute", KINDS["compute"], services, owner="one")

    assert world.outbox.counts() == {("compute", "done"): 1}
    assert "Salesforce is away" in caplog.text


def test_the_schedules_of_comparison_have_somebody_who_does_them(world: World) -> None:
    schedules = {"crm.check": 900, "crm.check_all": 86_400, "crm.sum_up": 86_400}
    relay = Relay(world.services, owner="relay", schedules=schedules)

    relay.tick()
    relay.run(_set())
    drain("compute", KINDS["compute"], world.services, owner="one")

    assert not [state for _, state in world.outbox.counts() if state in ("due", "dead")]


def _set() -> threading.Event:
    event = threading.Event()
    event.set()
    return event
