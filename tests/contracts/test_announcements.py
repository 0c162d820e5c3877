"""Announcements and their receipts, on both databases: what happened twice counts once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from enablement.adapters.sql import tables
from enablement.adapters.sql.announcements import SqlAnnouncements
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.mirror import SqlMirror
from enablement.model import Aim, Audit, DealFilter, ProgressMessage, QuizAnswer, QuizQuestion, Wording
from tests.builders import NOW, announcement, deal, profile, receipt
from tests.fakes import at_once

LATER = NOW + timedelta(hours=1)
QUESTION = QuizQuestion("Which price?", ("10", "20"))


@pytest.fixture
def announcements(database: Database) -> SqlAnnouncements:
    return SqlAnnouncements(database)


def kept(announcements: SqlAnnouncements, *receipts: str) -> None:
    announcements.save(announcement(state="running", version=1), was=0)
    announcements.admit([receipt(slack_id) for slack_id in receipts])


def delivered(announcements: SqlAnnouncements, *slack_ids: str, revision: int = 1) -> None:
    for slack_id in slack_ids:
        announcements.delivered(receipt(slack_id).id, channel="D1", ts="1.0", revision=revision, at=NOW)


def ids(*slack_ids: str) -> set[str]:
    return {receipt(slack_id).id for slack_id in slack_ids}


def test_an_announcement_comes_back_as_it_was_kept(announcements: SqlAnnouncements) -> None:
    whole = announcement(
        version=1,
        wordings=(Wording("en", "Price", "Up", (QUESTION,)), Wording("th", "ราคา", "ขึ้น", (QUESTION,))),
        aim=Aim(
            people=("U1",), teams=("00E1",), deals=DealFilter(stages=("Proposal",), least_amount=50_000.0)
        ),
        right=(1,),
        asset_ids=("a", "b"),
        channels=("C1",),
        mentions=("here", "U1", "S1"),
        starts_at=LATER,
        local_time="09:00",
    )

    assert announcements.save(whole, was=0)

    assert announcements.announcement(whole.id) == whole
    assert announcements.announcement("another") is None


def test_who_changes_an_older_version_is_told_and_nothing_is_noted(
    announcements: SqlAnnouncements, database: Database
) -> None:
    first = announcement(version=1)
    audits = [Audit(name, first.author, "announcement.keep", first.id, "", NOW) for name in "abcd"]

    saved = [
        announcements.save(first, was=0, audit=audits[0]),
        announcements.save(first, was=0, audit=audits[1]),
        announcements.save(replace(first, version=2, author="x"), was=1, audit=audits[2]),
        announcements.save(replace(first, version=2, author="y"), was=1, audit=audits[3]),
    ]

    assert saved == [True, False, True, False]
    found = announcements.announcement(first.id)
    assert found is not None
    assert found.author == "x"
    with database.reading() as connection:
        noted = set(connection.scalars(select(tables.audits.c.id)))
    assert noted == {"a", "c"}


def test_of_many_who_save_at_once_one_does(announcements: SqlAnnouncements) -> None:
    announcements.save(announcement(version=1), was=0)

    said = at_once(8, lambda n: announcements.save(announcement(version=2, author=f"{n}"), was=1))

    assert sorted(said) == [False] * 7 + [True]


def test_lists_are_by_state_and_author_newest_first(announcements: SqlAnnouncements) -> None:
    for number, state in enumerate(("draft", "running", "ended", "withdrawn", "template")):
        one = announcement(state, version=1, state=state, author=state[0], made_at=NOW + timedelta(number))
        announcements.save(one, was=0)
    announcements.save(announcement("old", version=1, state="ended", changed_at=NOW - timedelta(9)), was=0)

    def names(*states: str, author: str = "") -> list[str]:
        return [one.id for one in announcements.listed(states, limit=2, author=author)]  # type: ignore[arg-type] # plain strings read better

    assert names("draft", "running", "ended") == ["ended", "running"]
    assert names("draft", "running", author="d") == ["draft"]
    at_work = announcements.at_work(since=NOW - timedelta(days=7))
    assert [one.id for one in at_work] == ["running", "ended", "withdrawn"]


def test_a_reader_is_added_once_leaves_and_is_taken_back(announcements: SqlAnnouncements) -> None:
    kept(announcements, "U1", "U2")
    delivered(announcements, "U2")

    again = announcements.admit([replace(receipt("U1"), due_at=LATER)])
    announcements.leave(ids("U1", "U2"), at=NOW)
    announcements.leave(ids("U1"), at=LATER)
    left = announcements.receipts("New-deck")
    back = announcements.admit([replace(receipt(one), due_at=LATER) for one in ("U1", "U2", "U3")])

    assert (again, back) == (0, 1)
    assert [one.left_at for one in left] == [NOW, NOW]
    by_reader = {one.slack_id: one for one in announcements.receipts("New-deck")}
    assert [by_reader[name].left_at for name in ("U1", "U2", "U3")] == [None] * 3
    # Who was told already is not told anew.
    assert [by_reader[name].due_at for name in ("U1", "U2", "U3")] == [LATER, NOW, LATER]


def test_who_did_not_leave_is_not_put_off_by_being_added_again(announcements: SqlAnnouncements) -> None:
    kept(announcements, "U1")

    announcements.admit([replace(receipt("U1"), due_at=LATER)])

    assert announcements.receipts("New-deck")[0].due_at == NOW


def test_who_is_due_and_not_told_is_found(announcements: SqlAnnouncements) -> None:
    kept(announcements, "U1", "U2", "U3", "U4", "U5")
    announcements.postpone({receipt("U2").id: LATER, receipt("U1").id: NOW - timedelta(1)})
    delivered(announcements, "U3")
    announcements.leave(ids("U4"), at=NOW)

    def found(limit: int) -> list[str]:
        return [one.slack_id for one in announcements.untold("New-deck", until=NOW, limit=limit)]

    assert found(9) == ["U1", "U5"]
    assert found(1) == ["U1"]
    announcements.failed(receipt("U5").id, "cannot_dm_bot")
    assert found(9) == ["U1"]


def test_who_was_told_is_not_put_off(announcements: SqlAnnouncements) -> None:
    kept(announcements, "U1")
    delivered(announcements, "U1")

    announcements.postpone({receipt("U1").id: LATER})

    assert announcements.receipts("New-deck")[0].due_at == NOW


def test_messages_that_show_an_earlier_revision_are_found(announcements: SqlAnnouncements) -> None:
    kept(announcements, "U1", "U2", "U3", "U4")
    delivered(announcements, "U1", "U2")
    delivered(announcements, "U3", revision=2)
    announcements.leave(ids("U2"), at=NOW)

    def found(*, left_too: bool) -> set[str]:
        some = announcements.outdated("New-deck", revision=2, left_too=left_too, limit=9)
        return {one.slack_id for one in some}

    assert found(left_too=False) == {"U1"}
    assert found(left_too=True) == {"U1", "U2"}


def test_the_first_delivery_counts_and_a_revision_never_goes_back(announcements: SqlAnnouncements) -> None:
    kept(announcements, "U1")
    mine = receipt("U1").id

    announcements.delivered(mine, channel="D1", ts="1.0", revision=2, at=NOW)
    announcements.delivered(mine, channel="D1", ts="1.0", revision=3, at=LATER)
    announcements.delivered(mine, channel="D1", ts="1.0", revision=2, at=LATER)

    found = announcements.receipt(mine)
    assert found is not None
    assert (found.delivered_at, found.shown_revision, found.channel, found.ts) == (NOW, 3, "D1", "1.0")
    assert announcements.receipts_of("U1", limit=5) == [found]
    assert announcements.receipts_of("U2", limit=5) == []


def test_what_a_reader_does_twice_counts_once(announcements: SqlAnnouncements) -> None:
    kept(announcements, "U1")
    delivered(announcements, "U1")
    mine = receipt("U1").id

    acknowledged = at_once(4, lambda _: announcements.acknowledged(mine, revision=1, at=NOW))
    earlier = announcements.acknowledged(mine, revision=1, at=LATER)
    for at in (NOW, LATER):
        announcements.opened(mine, at=at)
        announcements.reminded(mine, number=1, at=at)

    assert (sorted(acknowledged), earlier) == ([False] * 3 + [True], False)
    found = announcements.receipt(mine)
    assert found is not None
    assert (found.opened_at, found.acknowledged_at, found.acknowledged_revision) == (NOW, NOW, 1)
    assert (found.reminders, found.reminded_at) == (1, NOW)
    assert announcements.acknowledged(mine, revision=2, at=LATER)


def test_the_first_answer_counts(announcements: SqlAnnouncements) -> None:
    kept(announcements, "U1", "U2")
    mine = receipt("U1").id
    first = QuizAnswer("a", mine, 0, 1, True, NOW)

    said = [
        announcements.answer(first),
        announcements.answer(replace(first, option=0, is_right=False, at=LATER)),
        announcements.answer(replace(first, id="b", option=0, is_right=False, at=LATER)),
    ]

    assert said == [first] * 3
    assert announcements.answers("New-deck") == [first]


def test_who_waits_to_be_reminded_is_found_by_time_zone(
    announcements: SqlAnnouncements, mirror: SqlMirror
) -> None:
    one = announcement(state="running", version=1)
    everybody = [f"U{number}" for number in range(1, 9)]
    kept(announcements, *everybody)
    delivered(announcements, *everybody)
    mirror.keep_profiles([profile(name, name) for name in everybody[:-1]])
    mirror.keep_profile(profile("U8", "U8", time_zone="Asia/Bangkok"))
    due = NOW + timedelta(hours=24)
    announcements.acknowledged(receipt("U2").id, revision=1, at=NOW)
    announcements.snoozed(receipt("U3").id, until=due + timedelta(hours=1))
    announcements.snoozed(receipt("U4").id, until=due - timedelta(hours=20))
    announcements.reminded(receipt("U5").id, number=1, at=LATER)
    announcements.leave(ids("U6"), at=NOW)
    announcements.reminded(receipt("U7").id, number=2, at=NOW)

    def found(hours: float, zone: str = "Europe/Berlin") -> set[str]:
        now = NOW + timedelta(hours=hours)
        return {item.slack_id for item in announcements.unacknowledged(one, now=now, zones=[zone], limit=9)}

    assert found(3.9) == set()
    # A snooze that ends is a reason of its own.
    assert found(4) == found(23.9) == {"U4"}
    assert found(24) == {"U1", "U4"}
    assert found(25) == {"U1", "U3", "U4", "U5"}
    assert found(25, "Asia/Bangkok") == {"U8"}


def test_deals_lead_to_their_owners(mirror: SqlMirror) -> None:
    def owned(name: str, owner: str, **changes: object) -> None:
        mirror.store(deals=[deal(name, owner_id=owner, **changes)])

    owned("A – 1", "big", amount=60_000.0, stage="Proposal", products=("Dock",))
    owned("B – 1", "small", amount=40_000.0, stage="Proposal", competitors=("Rival",))
    owned("C – 1", "retail", industry="Retail", amount=None)
    owned("D – 1", "done", is_closed=True)

    assert mirror.owners_of(DealFilter()) == {"big", "small", "retail"}
    assert mirror.owners_of(DealFilter(stages=("Proposal",), least_amount=50_000.0)) == {"big"}
    assert mirror.owners_of(DealFilter(most_amount=50_000.0)) == {"small"}
    assert mirror.owners_of(DealFilter(industries=("Retail",))) == {"retail"}
    assert mirror.owners_of(DealFilter(products=("Dock", "Gate"))) == {"big"}
    assert mirror.owners_of(DealFilter(competitors=("Rival",), products=("Dock",))) == set()


def test_what_reached_any_of_these_is_found_the_newest_first(announcements: SqlAnnouncements) -> None:
    for number, title in enumerate(("First", "Second", "Third")):
        made = NOW + timedelta(number)
        announcements.save(announcement(title, state="running", version=1, made_at=made), was=0)
    announcements.admit([receipt("U1", "First"), receipt("U2", "Second"), receipt("U2", "Third")])
    announcements.admit([receipt("U1", "Third")])
    many = [f"X{number}" for number in range(1_200)]

    def told(*slack_ids: str, limit: int = 9) -> list[str]:
        return [one.id for one in announcements.told(slack_ids, limit=limit)]

    assert told("U1", *many, "U2") == ["Third", "Second", "First"]
    assert told("U1") == ["Third", "First"]
    assert told("U1", *many, "U2", limit=1) == ["Third"]
    assert told("U3") == told() == []


def test_where_progress_is_shown_is_kept(announcements: SqlAnnouncements) -> None:
    kept(announcements)
    first = ProgressMessage(announcement().id, "D1", "1.0", "a")

    assert announcements.progress(announcement().id) is None
    announcements.keep_progress(first)
    announcements.keep_progress(replace(first, shows="b"))

    assert announcements.progress(announcement().id) == replace(first, shows="b")


def test_the_answers_of_one_reader_come_by_question(announcements: SqlAnnouncements) -> None:
    kept(announcements, "U1", "U2")
    for slack_id, question in (("U1", 1), ("U2", 0), ("U1", 0)):
        mine = receipt(slack_id).id
        announcements.answer(QuizAnswer(f"{mine} {question}", mine, question, 0, is_right=True, at=NOW))

    assert [one.question for one in announcements.answers_of(receipt("U1").id)] == [0, 1]
    assert [one.receipt_id for one in announcements.answers_of(receipt("U2").id)] == [receipt("U2").id]
    assert announcements.answers_of("nobody") == []
