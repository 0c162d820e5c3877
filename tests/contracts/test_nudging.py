"""What is kept of nudges, on both databases."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from enablement.adapters.sql.database import Database
from enablement.adapters.sql.ledger import SqlLedger
from enablement.adapters.sql.nudging import SqlNudges
from enablement.model import Nudge, NudgeMeasure, Written
from tests.builders import ANNA, NOW, share, suggestion, touch
from tests.fakes import at_once

LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def nudges(database: Database) -> SqlNudges:
    return SqlNudges(database)


def nudge(name: str = "n", **changes: Any) -> Nudge:
    was = ("Discovery", "", "Korvane")
    made = Nudge(name, "deal_changed", "U1", ANNA, "d", "", "", was, "waiting", NOW, LATER)
    return replace(made, **changes)


def test_how_things_stand_is_kept_together_with_what_comes_of_it(nudges: SqlNudges) -> None:
    nudges.note({"deal d": ("A", "", "ก")}, [nudge()], now=NOW)
    nudges.note({"deal d": ("B",)}, [nudge(deal_id="other")], now=LATER)

    (stood,) = nudges.stood(["deal d", "deal e"]).values()
    assert (stood.value, stood.at) == (("B",), LATER)
    assert nudges.of("U1", ["waiting"]) == [nudge()]


def test_who_waits_longest_comes_first_and_what_was_broken_off_is_due(nudges: SqlNudges) -> None:
    some = [
        nudge("a"),
        nudge("b", slack_id="U2", due_at=NOW),
        nudge("c", slack_id="U3", due_at=LATER + timedelta(seconds=1)),
        nudge("d", slack_id="U4", state="sending", due_at=LATER + timedelta(days=1)),
        nudge("e", slack_id="U5", state="sent"),
    ]
    nudges.note({}, some, now=NOW)

    assert nudges.due(now=LATER) == ["U2", "U1", "U4"]


def test_only_ones_own_are_changed_and_two_changes_at_once_are_both_kept(nudges: SqlNudges) -> None:
    nudges.note({}, [nudge("a"), nudge("b", slack_id="U2")], now=NOW)

    at_once(
        2,
        lambda number: nudges.change(
            "U1",
            ["a", "b"],
            lambda one: replace(one, muted_at=NOW) if number else replace(one, opened_at=NOW),
        ),
    )

    assert nudges.of("U1", ["waiting"]) == [nudge("a", muted_at=NOW, opened_at=NOW)]
    assert nudges.of("U2", ["waiting"]) == [nudge("b", slack_id="U2")]


def test_messages_are_counted_not_what_stands_in_them(nudges: SqlNudges) -> None:
    sent = [
        nudge(name, state="sent", sent_at=NOW, message_id=of)
        for name, of in (("a", "m"), ("b", "m"), ("c", "n"))
    ]
    nudges.note(
        {}, [*sent, nudge("d", state="sent", sent_at=NOW - timedelta(days=1), message_id="o")], now=NOW
    )

    assert nudges.messages_since("U1", NOW) == 2
    assert [one.id for one in nudges.message("m")] == ["a", "b"]


def test_only_the_first_opening_of_a_link_is_one(database: Database, nudges: SqlNudges) -> None:
    def opening(name: str, of: str, hours: int) -> Any:
        return touch(id=name, kind="opened_by_buyer", share_id=of, occurred_at=NOW + timedelta(hours=hours))

    some = (
        opening("a", "s", 1),
        opening("b", "s", 3),
        opening("c", "t", 2),
        opening("d", "t", 4),
        touch(id="e"),
    )
    SqlLedger(database).write(Written(records=some), now=NOW)

    assert [one.id for one in nudges.first_openings(since=NOW)] == ["a", "c"]
    assert [one.id for one in nudges.first_openings(since=NOW + timedelta(hours=2))] == ["c"]


def test_what_became_of_nudges_is_counted_by_kind(database: Database, nudges: SqlNudges) -> None:
    told: dict[str, Any] = {"state": "sent", "sent_at": NOW}
    some = [
        nudge("a", **told, suggestion_id="sa"),
        nudge("b", **told, suggestion_id="sb", muted_at=NOW, snoozed_at=NOW),
        nudge("c", state="dropped"),
        nudge("d", kind="replaced", **told, snoozed_at=NOW),
        nudge("e", kind="replaced", made_at=NOW - timedelta(days=99), **told),
    ]
    nudges.note({}, some, now=NOW)
    suggested = [suggestion(id=one, ask_id=one, deal_id="d") for one in ("sa", "sb")]
    opened = touch(id="o", kind="opened", deal_id="d", occurred_at=LATER)
    shares = [
        share(id="x", suggestion_id="sa", made_at=NOW + timedelta(days=7)),
        share(id="y", suggestion_id="sb", made_at=NOW + timedelta(days=8)),
    ]
    SqlLedger(database).write(Written(records=(*suggested, opened, *shares)), now=NOW)

    found = nudges.measure(since=NOW - timedelta(days=90))

    assert found == [
        NudgeMeasure("deal_changed", 2, 2, 1, 1, 1, 1, 1, 0),
        NudgeMeasure("replaced", 1, 0, 0, 1, 0, 1, 0, 0),
    ]
