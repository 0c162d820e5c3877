"""The ledger: all of it or nothing, and twice is once; the same on both databases."""

from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from sqlalchemy.exc import SQLAlchemyError

from enablement.adapters.sql.catalog import SqlCatalog
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.journal import SqlJournal
from enablement.adapters.sql.ledger import SqlLedger
from enablement.adapters.sql.outbox import SqlOutbox
from enablement.model import (
    Answered,
    Asset,
    Change,
    ChannelLink,
    Decision,
    Edition,
    Event,
    Feedback,
    Notice,
    Opening,
    Place,
    Preview,
    Reason,
    Record,
    Withdrawal,
    Written,
)
from tests.builders import (
    ANNA,
    NOW,
    ask,
    asset,
    deal,
    numbered,
    publish,
    share,
    suggestion,
    task,
    touch,
    version,
)
from tests.fakes import at_once

EVENT = Event("slack", "Ev1")
ANSWERED = Answered("ask", deal().id, "named", "words", False, ANNA, "C1", "170.1", NOW)


def test_every_kind_of_record_comes_back_as_it_was_written(ledger: SqlLedger) -> None:
    asked = ask("ราคา 報價 가격 préço", id="ask", place=Place("C1", "170.1", True), deal_id=deal().id)
    shown = suggestion(reasons=(Reason("words", ("pricing", "2", "Prices")), Reason("stages", ("Proposal",))))
    shared, touched = share(), touch()
    said = Feedback("feedback", shown.id, deal().id, shown.asset_id, ANNA, "not_useful", NOW)
    opened = Opening("opening", shared.id, "Mozilla/5.0", NOW)

    ledger.write(Written(records=(asked, ANSWERED, shown, shared, touched, said, opened)), now=NOW)

    assert ledger.ask("ask") == asked
    assert ledger.answered("ask") == ANSWERED
    assert ledger.suggestions("ask") == [shown]
    assert ledger.suggestion(shown.id) == ledger.suggestion_by_token(shown.open_token) == shown
    assert ledger.share(shared.id) == ledger.share_by_token(shared.token) == shared
    assert ledger.touches([touched.id]) == ledger.touches_of(deal().id) == [touched]
    assert ledger.touch(touched.id) == touched
    assert ledger.feedback(deal().id, email=ANNA) == [said]
    assert ledger.last_opening(shared.id) == opened.opened_at
    assert ledger.thread_deal("C1", "170.1", ANNA) == deal().id


def test_what_is_not_there_is_none(ledger: SqlLedger) -> None:
    by_id = (
        ledger.ask("x"),
        ledger.answered("x"),
        ledger.share("x"),
        ledger.touch("x"),
        ledger.suggestion("x"),
    )
    by_token = (ledger.suggestion_by_token("x"), ledger.share_by_token("x"))
    others = (ledger.last_opening("x"), ledger.channel_deal("x"), ledger.thread_deal("C", "t", ANNA))

    assert (*by_id, *by_token, *others) == (None,) * 10
    assert (*ledger.suggestions("x"), *ledger.touches(["x"]), *ledger.touches([])) == ()


def test_old_events_are_forgotten_but_for_the_last_of_each_source(
    ledger: SqlLedger, database: Database
) -> None:
    for days, event in enumerate((Event("slack", "1"), Event("hooks", "2"), Event("slack", "3"))):
        ledger.write(Written(event=event), now=NOW + timedelta(days=days))

    ledger.forget_events(before=NOW + timedelta(days=9))

    assert ledger.write(Written(event=Event("slack", "1")), now=NOW)
    assert not ledger.write(Written(event=Event("slack", "3")), now=NOW)
    assert SqlJournal(database).last_event("hooks") == NOW + timedelta(days=1)


def test_a_known_event_writes_nothing(ledger: SqlLedger, outbox: SqlOutbox) -> None:
    first = ledger.write(Written(records=(ask(id="first"),), event=EVENT), now=NOW)

    again = ledger.write(Written(records=(ask(id="again"),), tasks=(task(),), event=EVENT), now=NOW)

    assert (first, again) == (True, False)
    assert ledger.ask("first")
    assert ledger.ask("again") is None
    assert outbox.counts() == {}


def test_the_same_event_id_of_another_source_is_another_event(ledger: SqlLedger) -> None:
    ledger.write(Written(event=EVENT), now=NOW)

    assert ledger.write(Written(event=replace(EVENT, source="salesforce")), now=NOW)


def test_one_of_many_deliveries_of_an_event_is_written(ledger: SqlLedger, outbox: SqlOutbox) -> None:
    written = at_once(
        12,
        lambda number: ledger.write(
            Written(records=(ask(id=f"ask {number}"),), tasks=(task(f"task {number}"),), event=EVENT), now=NOW
        ),
    )

    assert written.count(True) == 1
    assert [number for number in range(12) if ledger.ask(f"ask {number}")] == [written.index(True)]
    assert outbox.counts() == {("write", "due"): 1}


@pytest.mark.parametrize(
    "bad",
    [
        Written(records=(ask(id="first"), replace(touch(), kind=None)), tasks=(task(),), event=EVENT),  # type: ignore[arg-type] # a row that the database refuses
        Written(records=(ask(id="first"),), tasks=(task(), replace(task("bad"), kind=None)), event=EVENT),  # type: ignore[arg-type] # a row that the database refuses
    ],
    ids=["record", "task"],
)
def test_when_one_part_fails_nothing_is_written(bad: Written, ledger: SqlLedger, outbox: SqlOutbox) -> None:
    with pytest.raises(SQLAlchemyError):
        # The conflict clause forgives a known id, never a missing value.
        ledger.write(bad, now=NOW)

    assert ledger.ask("first") is None
    assert outbox.counts() == {}
    assert ledger.write(Written(event=EVENT), now=NOW), "the event must not be known after a failure"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (touch(), touch(recipient="someone.else@buyer.example")),
        (share(), share(token="another token")),
        (suggestion(), suggestion(open_token="another token")),
        (ask(id="ask"), ask("another question", id="ask")),
        (ANSWERED, replace(ANSWERED, deal_id="another")),
    ],
    ids=lambda record: type(record).__name__,
)
def test_the_same_id_again_leaves_the_first_as_it_was(
    first: Record, second: Record, ledger: SqlLedger, outbox: SqlOutbox
) -> None:
    ledger.write(Written(records=(first,), tasks=(task(),)), now=NOW)

    ledger.write(Written(records=(second,), tasks=(task(),)), now=NOW)

    kept = (
        ledger.touch("touch"),
        ledger.share("share"),
        ledger.suggestion("suggestion"),
        ledger.ask("ask"),
        ledger.answered("ask"),
    )
    assert [one for one in kept if one] == [first]
    assert outbox.counts() == {("write", "due"): 1}


def test_a_later_link_takes_the_place_of_an_earlier_one(ledger: SqlLedger) -> None:
    ledger.write(Written(records=(ChannelLink("C1", "first", ANNA, NOW),)), now=NOW)

    ledger.write(Written(records=(ChannelLink("C1", "second", ANNA, NOW),)), now=NOW)

    assert ledger.channel_deal("C1") == "second"


def test_a_thread_is_about_what_this_person_asked_of_last(ledger: SqlLedger) -> None:
    later = replace(ANSWERED, ask_id="later", deal_id="later", at=NOW + timedelta(minutes=1))
    other = replace(ANSWERED, ask_id="other", deal_id="other", email="bo@stowmark.example", at=later.at)
    elsewhere = replace(ANSWERED, ask_id="elsewhere", deal_id="elsewhere", thread="170.2", at=later.at)

    ledger.write(Written(records=(later, ANSWERED, other, elsewhere)), now=NOW)

    assert ledger.thread_deal("C1", "170.1", ANNA) == "later"


def test_a_share_is_revoked_once(ledger: SqlLedger) -> None:
    ledger.write(Written(records=(share(), share(id="other"))), now=NOW)
    ledger.revoke_share("share", at=NOW)

    ledger.revoke_share("share", at=NOW + timedelta(days=1))

    assert ledger.share("share") == share(revoked_at=NOW)
    assert ledger.share("other") == share(id="other")


def test_a_share_lasts_as_long_as_was_said_last_unless_it_was_ended(ledger: SqlLedger) -> None:
    ledger.write(Written(records=(share(), share(id="ended"), share(id="other"))), now=NOW)
    ledger.revoke_share("ended", at=NOW)
    until = NOW + timedelta(days=3)

    ledger.prolong_shares(["share", "ended"], until=until)

    assert ledger.share("share") == share(expires_at=until)
    assert ledger.share("ended") == share(id="ended", revoked_at=NOW)
    assert ledger.share("other") == share(id="other")


def test_one_of_many_begins_a_delivery(ledger: SqlLedger) -> None:
    begun = at_once(10, lambda _: ledger.begin_delivery("ask", at=NOW))

    assert begun.count(True) == 1
    assert not ledger.begin_delivery("ask", at=NOW)
    assert ledger.begin_delivery("another", at=NOW)


def test_the_last_opening_is_the_latest(ledger: SqlLedger) -> None:
    moments = [NOW + timedelta(minutes=minute) for minute in (5, 60, 0)]
    records = tuple(Opening(str(at), "share", "Mozilla", at) for at in moments)

    ledger.write(Written(records=records), now=NOW)

    assert ledger.last_opening("share") == NOW + timedelta(minutes=60)


def test_moments_of_other_time_zones_come_back_as_the_same_moment(ledger: SqlLedger) -> None:
    there = NOW.astimezone(timezone(timedelta(hours=9)))

    ledger.write(Written(records=(touch(occurred_at=there),)), now=there)

    found = ledger.touch("touch")
    assert found
    assert found.occurred_at == NOW
    assert found.occurred_at.utcoffset() == timedelta(0)


PAPER = asset("Paper")
NEXT = replace(PAPER, version=2, version_id="Paper v2", status="in_review")
DECISION = Decision("decision", PAPER.id, PAPER.version_id, "approved", ANNA, "Gut – 好", NOW)


def edition(one: Asset, text: str) -> Edition:
    return Edition(version(one, text.encode()), tuple(numbered(one.version_id, [("", text)])), text.encode())


def test_decisions_notices_and_previews_come_back_as_they_were_written(ledger: SqlLedger) -> None:
    notice = Notice("notice", "declined", PAPER.id, ANNA, "Why – 因為", "v1", "bo@stowmark.example", "token")
    preview = Preview("notice", "token", PAPER.id, "v1", ANNA, NOW)
    earlier = replace(DECISION, id="earlier", kind="submitted", at=NOW - timedelta(days=1))

    ledger.write(Written(records=(DECISION, earlier, notice, preview)), now=NOW)

    assert ledger.decisions(PAPER.id) == [earlier, DECISION]
    assert ledger.decisions("another") == []
    assert (ledger.notice("notice"), ledger.notice("x")) == (notice, None)
    assert ledger.preview("notice") == ledger.preview_by_token("token") == preview
    assert (ledger.preview("x"), ledger.preview_by_token("x")) == (None, None)


def test_a_change_is_committed_with_its_decision_and_its_work(
    ledger: SqlLedger, catalog: SqlCatalog, outbox: SqlOutbox
) -> None:
    publish(catalog, PAPER)
    change = Change(PAPER, PAPER, waits=NEXT, edition=edition(NEXT, "the next"))

    assert ledger.write(Written(changes=(change,), records=(DECISION,), tasks=(task(),)), now=NOW)

    assert catalog.asset(PAPER.id) == PAPER
    assert catalog.proposal(PAPER.id) == NEXT
    assert catalog.proposals() == [NEXT]
    assert catalog.data(NEXT.version_id) == b"the next"
    assert [one.number for one in catalog.versions(PAPER.id)] == [1, 2]
    assert len(catalog.changes(0, limit=9)) == 1, "the index has nothing to take in"
    assert ledger.decisions(PAPER.id) == [DECISION]
    assert outbox.counts() == {("write", "due"): 1}


def test_a_proposal_takes_the_place_of_the_asset(ledger: SqlLedger, catalog: SqlCatalog) -> None:
    publish(catalog, PAPER)
    ledger.write(
        Written(changes=(Change(PAPER, PAPER, waits=NEXT, edition=edition(NEXT, "the next")),)), now=NOW
    )
    approved = replace(NEXT, status="published")

    assert ledger.write(Written(changes=(Change(PAPER, approved, waited=NEXT),)), now=NOW)

    assert catalog.asset(PAPER.id) == approved
    assert catalog.proposal(PAPER.id) is None
    assert [asset_id for _, asset_id in catalog.changes(0, limit=9)] == [PAPER.id, PAPER.id]


@pytest.mark.parametrize(
    "outdated",
    [
        Change(replace(PAPER, title="Another"), replace(PAPER, status="archived")),
        Change(None, replace(PAPER, status="archived")),
        Change(PAPER, replace(PAPER, status="archived"), waited=NEXT),
    ],
    ids=["asset", "new", "proposal"],
)
def test_what_was_decided_on_another_state_of_things_is_not_written(
    outdated: Change, ledger: SqlLedger, catalog: SqlCatalog, outbox: SqlOutbox
) -> None:
    publish(catalog, PAPER)
    other = publish(catalog, asset("Other"))
    fine = Change(other, replace(other, status="archived"))

    written = ledger.write(
        Written(changes=(fine, outdated), records=(DECISION,), tasks=(task(),), event=EVENT), now=NOW
    )

    assert not written
    assert (catalog.asset(PAPER.id), catalog.asset("Other")) == (PAPER, other)
    assert ledger.decisions(PAPER.id) == []
    assert outbox.counts() == {}
    assert ledger.write(Written(event=EVENT), now=NOW), "the event was not taken either"


def test_of_many_who_change_an_asset_at_once_one_does(ledger: SqlLedger, catalog: SqlCatalog) -> None:
    publish(catalog, PAPER)

    written = at_once(
        8,
        lambda number: ledger.write(
            Written(changes=(Change(PAPER, replace(PAPER, title=f"Title {number}")),)), now=NOW
        ),
    )

    assert written.count(True) == 1
    changed = catalog.asset(PAPER.id)
    assert changed
    assert changed.title == f"Title {written.index(True)}"


def test_touches_with_an_asset_are_found_by_when_they_were(ledger: SqlLedger) -> None:
    later = NOW + timedelta(hours=1)
    records = (
        touch(id="early", occurred_at=NOW - timedelta(seconds=1)),
        touch(id="first", occurred_at=NOW),
        touch(id="second", asset_id="other", occurred_at=later - timedelta(seconds=1)),
        touch(id="late", occurred_at=later),
        touch(id="unasked", asset_id="another", occurred_at=NOW),
        touch(id="no deal", deal_id="", occurred_at=NOW),
        touch(id="taken back", occurred_at=NOW),
        Withdrawal("w", "taken back", ANNA, later),
    )
    ledger.write(Written(records=records), now=NOW)

    found = ledger.touches_with([asset().id, "other"], since=NOW, until=later)

    assert [one.id for one in found] == ["first", "second"]
    assert ledger.touches_with([], since=NOW, until=later) == []
