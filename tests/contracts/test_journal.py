"""The journal: what is noted adds up and becomes incidents, figures are right; the same on both databases."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from enablement.adapters.sql.database import Database
from enablement.adapters.sql.journal import SqlJournal
from enablement.adapters.sql.ledger import SqlLedger
from enablement.adapters.sql.mirror import SqlMirror
from enablement.adapters.sql.outbox import SqlOutbox
from enablement.incidents import CALLS
from enablement.model import (
    Audit,
    DeadLetters,
    Deal,
    Decision,
    Event,
    IntegrationDay,
    Signal,
    Stage,
    StageHop,
    Waiting,
    Written,
)
from tests.builders import NOW, contact, deal, task
from tests.fakes import at_once

TODAY = NOW.date()
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def journal(database: Database) -> SqlJournal:
    return SqlJournal(database)


def signal(
    failed: int = 1, worked: int = 0, *, kind: str = "lane", subject: str = "reply", **more: object
) -> Signal:
    made = Signal(kind, subject, failed, worked, "Work waits" if failed else "", NOW)
    return replace(made, **more)  # type: ignore[arg-type] # a test names the fields it is about


def day(name: str = "slack", **more: object) -> IntegrationDay:
    made = IntegrationDay(name, TODAY, calls=10, errors=1, used=None, allowed=None)
    return replace(made, **more)  # type: ignore[arg-type] # as above


def test_calls_of_a_day_add_up_and_the_last_word_on_the_limit_stands(journal: SqlJournal) -> None:
    journal.note([], [day("salesforce", used=5, allowed=100), day("slack")])
    journal.note([], [day("salesforce", used=7, allowed=100)])
    journal.note([], [day("salesforce"), day("slack", day=TODAY - timedelta(days=1))])

    assert journal.days(since=TODAY) == [
        IntegrationDay("salesforce", TODAY, 30, 3, 7, 100),
        IntegrationDay("slack", TODAY, 10, 1, None, None),
    ]
    assert len(journal.days(since=TODAY - timedelta(days=1))) == 3


def test_of_scheduled_rounds_the_oldest_that_still_waits_is_told(
    journal: SqlJournal, database: Database
) -> None:
    outbox = SqlOutbox(database)
    for minutes, (name, kind) in enumerate((("a", "x"), ("b", "x"), ("c", "y"), ("d", "z"))):
        row = replace(task(name, kind=kind), partition=kind)
        outbox.add([row], now=NOW + minutes * MINUTE)
    [done] = outbox.claim("write", ["y"], owner="w", limit=9, now=NOW + HOUR)
    outbox.settle([done.id], owner="w", now=NOW + HOUR)

    assert journal.unfinished(["x", "y"]) == {"x": NOW}


def test_many_who_note_at_once_lose_nothing(journal: SqlJournal) -> None:
    def note(_: int) -> None:
        for _ in range(5):
            journal.note([signal(kind=CALLS, worked=1)], [day()])

    at_once(8, note)

    [counted] = journal.days(since=TODAY)
    [incident] = journal.weigh(now=NOW)
    assert (counted.calls, counted.errors) == (400, 40)
    assert incident.count == 40


def test_an_incident_opens_counts_and_ends_as_one(journal: SqlJournal) -> None:
    journal.note([signal(2)])
    [opened] = journal.weigh(now=NOW)
    journal.note([signal(3, last_at=NOW + MINUTE)])
    [lasting] = journal.weigh(now=NOW + MINUTE)
    journal.note([signal(0, 1)])
    [over] = journal.weigh(now=NOW + 2 * MINUTE)

    assert (opened.count, opened.summary, opened.resolved_at) == (2, "Work waits", None)
    assert (lasting.id, lasting.count, lasting.last_at) == (opened.id, 5, NOW + MINUTE)
    assert (over.id, over.summary, over.resolved_at) == (opened.id, "Work waits", NOW + 2 * MINUTE)
    assert journal.incidents(since=NOW) == [over]
    assert journal.incidents(since=NOW + HOUR) == []


def test_what_was_weighed_is_not_weighed_again(journal: SqlJournal) -> None:
    journal.note([signal()])
    journal.weigh(now=NOW)

    assert journal.weigh(now=NOW + MINUTE) == []


def test_what_comes_back_within_the_hour_is_the_same_incident(journal: SqlJournal) -> None:
    def pass_by(failed: int, after: timedelta) -> str:
        journal.note([signal(failed, 1 - failed)])
        [changed] = journal.weigh(now=NOW + after)
        journal.keep(replace(changed, channel="C1", ts="1.0", told=True))
        return changed.id

    first = pass_by(1, MINUTE)
    pass_by(0, 2 * MINUTE)

    assert pass_by(1, HOUR) == first
    pass_by(0, HOUR + MINUTE)
    assert pass_by(1, 2 * HOUR + 2 * MINUTE) != first
    again, once = journal.incidents(since=NOW)
    assert (once.count, once.ts, again.count) == (2, "1.0", 1)


def test_only_what_changed_since_it_was_told_is_to_be_told(journal: SqlJournal) -> None:
    journal.note([signal(), signal(subject="write")])
    first, second = sorted(journal.weigh(now=NOW), key=lambda one: one.subject)
    journal.keep(replace(first, channel="C1", ts="1.0", told=True))

    assert journal.untold(limit=9) == [second]
    journal.note([signal()])
    journal.weigh(now=NOW + MINUTE)
    assert {(one.subject, one.ts) for one in journal.untold(limit=9)} == {("reply", "1.0"), ("write", "")}
    assert len(journal.untold(limit=1)) == 1


def test_audits_come_newest_first(journal: SqlJournal, ledger: SqlLedger) -> None:
    records = tuple(
        Audit(f"a{n}", "o@x.example", "person.linked", "U1", "", NOW + n * MINUTE) for n in range(3)
    )
    ledger.write(Written(records=records), now=NOW)

    assert [one.id for one in journal.audits(limit=2)] == ["a2", "a1"]


def test_audits_have_decisions_on_the_library_and_narrow_to_a_time_and_a_person(
    journal: SqlJournal, ledger: SqlLedger
) -> None:
    journal.record(Audit("a", "Ada@x.example", "people.link", "U1", "", NOW))
    decided = Decision("d", "deck", "deck v1", "approved", "lib@x.example", "fine by me", NOW + MINUTE)
    ledger.write(Written(records=(decided,)), now=NOW)

    assert journal.audits(limit=9)[0] == Audit(
        "d", "lib@x.example", "library.approved", "deck", "", NOW + MINUTE
    )
    assert [one.id for one in journal.audits(limit=9, since=NOW + MINUTE)] == ["d"]
    assert [one.id for one in journal.audits(limit=9, person="ada@x.example")] == ["a"]
    assert [one.id for one in journal.audits(limit=9, person="u1")] == ["a"]


def test_work_that_waits_is_counted_with_its_oldest(journal: SqlJournal, outbox: SqlOutbox) -> None:
    outbox.add([task("old", lane="reply"), task("new", lane="reply", due_at=NOW + MINUTE)], now=NOW - MINUTE)
    outbox.add([task("later", lane="reply", due_at=NOW + HOUR)], now=NOW)
    outbox.add([task("held", kind="deals.refresh"), task("dead"), task("done")], now=NOW - HOUR)
    held = outbox.claim("write", ["deals.refresh"], owner="w", limit=1, now=NOW - HOUR)
    for row in outbox.claim("write", ["test.kind"], owner="w", limit=9, now=NOW - HOUR):
        if row.id == "dead":
            outbox.bury(row.id, owner="w", error="no", now=NOW)
        else:
            outbox.settle([row.id], owner="w", now=NOW)

    assert [row.id for row in held] == ["held"]
    assert journal.waiting(now=NOW + MINUTE) == [
        Waiting("reply", "due", 2, NOW - MINUTE),
        Waiting("write", "dead", 1, NOW - HOUR),
        Waiting("write", "leased", 1, NOW - HOUR),
    ]
    assert [one.state for one in journal.waiting(now=NOW, kinds=["deals.refresh"])] == ["leased"]
    assert journal.lasted(["test.kind"], since=NOW - HOUR, limit=9) == [(NOW, 3600.0)]
    assert journal.lasted(["test.kind"], since=NOW, limit=9) == []
    assert journal.lasted(["other"], since=NOW - HOUR, limit=9) == []


def test_dead_letters_are_grouped_by_what_they_share(journal: SqlJournal, outbox: SqlOutbox) -> None:
    errors = {
        "a": "there is no touch 2f4c9a",
        "b": "there is no touch 99ab01",
        "c": "Slack knows nobody with the e-mail mia.lund@buyer.example",
        "d": "UNABLE_TO_LOCK_ROW: 006000000000001AAA",
    }
    outbox.add([task(name) for name in errors], now=NOW)
    for row in outbox.claim("write", ["test.kind"], owner="w", limit=9, now=NOW):
        outbox.bury(row.id, owner="w", error=errors[row.id], now=NOW)

    found = journal.dead_letters()

    assert found[0] == DeadLetters("test.kind", "there is no touch …", 2)
    assert {one.reason for one in found[1:]} == {
        "Slack knows nobody with the e-mail …",
        "UNABLE_TO_LOCK_ROW: …",
    }


def test_the_newest_event_and_the_newest_change_are_told_apart(
    journal: SqlJournal, ledger: SqlLedger, mirror: SqlMirror
) -> None:
    assert (journal.last_event("salesforce"), journal.last_deal_change()) == (None, None)

    ledger.write(Written(event=Event("salesforce", "1")), now=NOW)
    ledger.write(Written(event=Event("salesforce", "2")), now=NOW - HOUR)
    ledger.write(Written(event=Event("slack", "3")), now=NOW + HOUR)
    mirror.store(deals=[deal("a", modified_at=NOW - MINUTE), deal("b", modified_at=NOW - HOUR)])

    assert (journal.last_event("salesforce"), journal.last_deal_change()) == (NOW, NOW - MINUTE)


def test_a_lease_is_held_until_it_ends(journal: SqlJournal, outbox: SqlOutbox) -> None:
    outbox.hold("relay", owner="r", seconds=5, now=NOW)

    said = [
        journal.is_held(name, now=NOW + after) for name, after in (("relay", MINUTE), ("relay", MINUTE * 0))
    ]

    assert said == [False, True]
    assert not journal.is_held("other", now=NOW)


STAGES = [
    Stage("Discovery", 1, False, False),
    Stage("Proposal", 2, False, False),
    Stage("Closed Won", 3, True, True),
    Stage("Closed Lost", 4, True, False),
]


def hops(of: Deal, *names: str) -> list[StageHop]:
    return [
        StageHop(f"{of.id}-{at}", of.id, name, None, None, "005", NOW + at * MINUTE)
        for at, name in enumerate(names)
    ]


def missing(
    journal: SqlJournal, *, on: date = TODAY, loss_reasons: bool = True
) -> dict[str, tuple[int, int]]:
    parts = journal.quality(on=on, loss_reasons=loss_reasons, examples=5)
    return {part.name: (part.missing, part.of) for part in parts}


def test_a_whole_deal_lacks_nothing(journal: SqlJournal, mirror: SqlMirror) -> None:
    whole = deal()
    mirror.store(
        stages=STAGES, deals=[whole], contacts=[contact()], hops=hops(whole, "Discovery", "Proposal")
    )

    assert missing(journal) == {
        "industry": (0, 1),
        "region": (0, 1),
        "size": (0, 1),
        "amount": (0, 1),
        "contact role": (0, 1),
        "close date to come": (0, 1),
        "stage moved forward only": (0, 1),
        "loss reason": (0, 0),
    }


def test_each_thing_that_is_missing_is_found(journal: SqlJournal, mirror: SqlMirror) -> None:
    bare = deal(
        "bare", industry=None, region=None, size=None, amount=None, close_date=TODAY - timedelta(days=1)
    )
    lost = deal("lost", is_closed=True, close_date=TODAY, amount=5.0)
    told = deal("told", is_closed=True, close_date=TODAY, loss_reason="Price")
    mirror.store(deals=[bare, lost, told], contacts=[contact(deal_id=told.id)])

    assert missing(journal) == {
        "industry": (1, 3),
        "region": (1, 3),
        "size": (1, 3),
        "amount": (1, 3),
        "contact role": (2, 3),
        "close date to come": (1, 1),
        "stage moved forward only": (0, 3),
        "loss reason": (1, 2),
    }
    assert "loss reason" not in missing(journal, loss_reasons=False)
    examples = {part.name: part.examples for part in journal.quality(on=TODAY, loss_reasons=True, examples=5)}
    assert examples["contact role"] == ((lost.id, "lost"), (bare.id, "bare"))
    assert examples["loss reason"] == ((lost.id, "lost"),)


def test_deals_closed_long_ago_do_not_count(journal: SqlJournal, mirror: SqlMirror) -> None:
    mirror.store(
        deals=[
            deal("long ago", is_closed=True, close_date=TODAY - timedelta(days=366)),
            deal("a year ago", is_closed=True, close_date=TODAY - timedelta(days=365)),
            deal("open for long", close_date=TODAY - timedelta(days=900)),
        ]
    )

    assert missing(journal)["industry"] == (0, 2)
    assert missing(journal)["close date to come"] == (1, 1)


@pytest.mark.parametrize(
    ("way", "is_back"),
    [
        (("Discovery", "Proposal", "Closed Won"), False),
        (("Discovery", "Discovery"), False),
        (("Proposal", "Discovery"), True),
        (("Discovery", "Proposal", "Discovery", "Proposal"), True),
        (("Closed Lost", "Proposal"), True),
        (("Closed Lost", "Closed Won"), False),
        (("Proposal", "A stage of old", "Discovery"), True),
        ((), False),
    ],
)
def test_a_stage_that_moved_back_is_seen(
    journal: SqlJournal, mirror: SqlMirror, way: tuple[str, ...], is_back: bool
) -> None:
    other = deal("other")
    mirror.store(
        stages=STAGES,
        deals=[deal(), other],
        hops=[*hops(deal(), *way), *hops(other, "Discovery", "Proposal")],
    )

    assert missing(journal)["stage moved forward only"] == (int(is_back), 2)
