"""The mirror: rows are taken over as they are; the same on both databases."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from enablement.adapters.sql.database import Database
from enablement.adapters.sql.mirror import SqlMirror
from enablement.adapters.sql.outbox import SqlOutbox
from enablement.model import FORGOTTEN, CrmRole, Deal, DealChange, Profile, Stage, StageHop, Task
from tests.builders import NOW, contact, deal, user

OURS = deal("Ours", team=("005T", "005U"), competitors=("Dockwright",), products=("Yard",))


def test_everything_comes_back_as_it_was_stored(mirror: SqlMirror) -> None:
    bare = deal("Bare", amount=None, close_date=None, industry=None, region=None, size=None, language=None)
    roles = [CrmRole("00E1", None), CrmRole("00E2", "00E1", "Sales EMEA")]
    met = contact(deal_id=OURS.id)

    mirror.store(users=[user()], roles=roles, deals=[OURS, bare], contacts=[met])

    assert mirror.deal(OURS.id) == OURS
    assert mirror.deal(bare.id) == bare
    assert mirror.user(user().id) == user()
    assert sorted(mirror.roles(), key=lambda role: role.id) == roles
    assert mirror.contacts(OURS.id) == [met]


def test_what_is_not_there_is_none(mirror: SqlMirror) -> None:
    one = (mirror.deal("x"), mirror.user("x"), mirror.profile("x"), mirror.watermark("x"))
    many = (*mirror.users_by_email("x"), *mirror.deals([]), *mirror.deals(["x"]), *mirror.contacts("x"))

    assert one == (None,) * 4
    assert many == ()


def test_people_are_found_by_e_mail_whatever_its_case(mirror: SqlMirror) -> None:
    mirror.store(users=[user(), user("bo", id="005B")])

    assert mirror.users_by_email("Anna@Stowmark.EXAMPLE") == [user()]


def test_only_the_active_are_listed_but_all_are_found(mirror: SqlMirror) -> None:
    gone = user("gone", id="005G", is_active=False)

    mirror.store(users=[user(), gone])

    assert mirror.users() == [user()]
    assert mirror.user("005G") == gone


def test_the_deals_of_owner_and_team_are_listed_newest_first(mirror: SqlMirror) -> None:
    def aged(name: str, minutes: int, **changes: Any) -> Deal:
        return deal(name, modified_at=NOW - timedelta(minutes=minutes), **changes)

    owned = aged("owned", 2, owner_id="005A")
    on_team = aged("on team", 1, owner_id="005B", team=("005X", "005ME"))
    closed = aged("closed", 0, owner_id="005A", is_closed=True)
    foreign = aged("foreign", 0, owner_id="005B")
    mirror.store(deals=[owned, on_team, closed, foreign])

    assert mirror.deals_of(["005A"], team_member="005ME") == [on_team, owned]
    assert mirror.deals_of([], team_member="005X") == [on_team]
    assert mirror.deals_of([], team_member="") == []


def test_storing_a_deal_again_replaces_its_team_and_contacts_and_no_others(mirror: SqlMirror) -> None:
    other = deal("Other", owner_id="005A", team=("005T",))
    both = [contact("Old", deal_id=OURS.id), contact("Kept", deal_id=other.id)]
    mirror.store(deals=[OURS, other], contacts=both)

    mirror.store(deals=[deal("Ours", team=("005N",))], contacts=[contact("New", deal_id=OURS.id)])

    assert [one.name for one in mirror.contacts(OURS.id)] == ["New"]
    assert [one.name for one in mirror.contacts(other.id)] == ["Kept"]
    assert mirror.deals_of([], team_member="005T") == [other]
    assert [one.id for one in mirror.deals_of([], team_member="005N")] == [OURS.id]


def test_the_contacts_of_a_deal_that_did_not_change_are_still_replaced(mirror: SqlMirror) -> None:
    mirror.store(deals=[OURS], contacts=[contact("Old", deal_id=OURS.id)])

    mirror.store(deals=[OURS], contacts=[contact("New", deal_id=OURS.id)])
    renamed = [one.name for one in mirror.contacts(OURS.id)]
    mirror.store(deals=[OURS])

    assert renamed == ["New"]
    assert mirror.contacts(OURS.id) == []


def test_reading_again_what_is_known_writes_nothing(
    mirror: SqlMirror, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    met = contact(deal_id=OURS.id)
    mirror.store(users=[user()], roles=[CrmRole("00E1", None)], deals=[OURS], contacts=[met])

    monkeypatch.setattr(database, "writing", None)
    mirror.store(users=[user()], roles=[CrmRole("00E1", None)], deals=[OURS], contacts=[met])

    assert mirror.contacts(OURS.id) == [met]


def test_a_row_that_comes_twice_in_one_reading_is_taken_as_it_came_last(mirror: SqlMirror) -> None:
    """A deal that changes while pages of a query are fetched stands on two of them."""
    last = deal("Ours", stage="Closing", team=("005N",))

    mirror.store(deals=[OURS, last], users=[user(), user(role_id="00E1")])

    assert mirror.deal(OURS.id) == last
    assert mirror.deals_of([], team_member="005N") == [last]
    assert mirror.deals_of([], team_member="005T") == []
    assert mirror.user(user().id) == user(role_id="00E1")


def test_thousands_of_rows_are_stored_and_read(mirror: SqlMirror) -> None:
    many = [deal(f"Deal {number}", team=("005T",)) for number in range(1201)]

    mirror.store(deals=many)

    assert len(mirror.deals([one.id for one in many])) == len({one.id for one in many}) == 1201
    assert len(mirror.deals_of([], team_member="005T")) == 1201


def test_the_latest_profile_and_watermark_are_kept(mirror: SqlMirror) -> None:
    earlier = Profile("U1", "anna@stowmark.example", "Anna", "th-TH", "Asia/Bangkok", "member", NOW)
    later = Profile(
        "U1", "anna@stowmark.example", "Anna", "th-TH", "Asia/Bangkok", "guest", NOW + timedelta(1)
    )

    for profile in (earlier, later):
        mirror.keep_profile(profile)
        mirror.set_watermark("deals", profile.seen_at)

    assert mirror.profile("U1") == later
    assert mirror.watermark("deals") == later.seen_at


def test_watermarks_are_found_by_how_their_names_begin(mirror: SqlMirror) -> None:
    for name in ("file:a", "file:b", "files", "filexc", "deals"):
        mirror.set_watermark(name, NOW)
    mirror.set_watermark("file:b", NOW + timedelta(1))

    assert mirror.watermarks("file:") == {"a": NOW, "b": NOW + timedelta(1)}
    assert mirror.watermarks("none:") == {}


def hop(number: int, deal_id: str = OURS.id, **minutes: float) -> StageHop:
    at = NOW + timedelta(**minutes)
    return StageHop(f"008{number}", deal_id, f"Stage {number}", 10.5, date(2027, 1, 31), "005A", at)


def work_of(changes: Sequence[DealChange]) -> list[Task]:
    return [Task(f"{one.deal.id} {one.fields}", "deals.look", "write", one.deal.id) for one in changes]


def test_a_reading_says_what_it_changed(mirror: SqlMirror) -> None:
    later = NOW + timedelta(minutes=1)
    changed = deal("Ours", stage="Closing", amount=None, modified_at=later)

    first = mirror.store(deals=[OURS])
    same = mirror.store(deals=[OURS])
    second = mirror.store(deals=[changed])

    assert first == [DealChange(OURS, None, ())]
    assert same == []
    [change] = second
    assert (change.deal, change.was) == (changed, OURS)
    assert set(change.fields) == {"stage", "amount", "team", "competitors", "products", "modified_at"}


def test_a_reading_that_was_overtaken_says_nothing_any_more(mirror: SqlMirror) -> None:
    newer = deal("Ours", stage="Closing", modified_at=NOW + timedelta(minutes=1))
    mirror.store(deals=[newer])

    changes = mirror.store(deals=[OURS], work=work_of, now=NOW)

    assert changes == []
    assert mirror.deal(OURS.id) == newer


def test_two_states_with_one_stamp_both_count(mirror: SqlMirror) -> None:
    """The CRM's stamps may be coarse, and an account's facts change without the deal's stamp."""
    mirror.store(deals=[OURS])

    changes = mirror.store(deals=[deal("Ours", industry="Retail")])

    assert "industry" in changes[0].fields


def test_a_change_and_its_work_are_stored_together(mirror: SqlMirror, database: Database) -> None:
    outbox = SqlOutbox(database)

    mirror.store(deals=[OURS, deal("Other")], work=work_of, now=NOW)
    mirror.store(deals=[OURS], work=work_of, now=NOW)

    subjects = [one.subject for one in outbox.letters(states=("due",), limit=9)]
    assert sorted(subjects) == sorted([OURS.id, deal("Other").id])


def test_a_change_whose_work_cannot_be_stored_is_not_stored(mirror: SqlMirror) -> None:
    def broken(_: Sequence[DealChange]) -> list[Task]:
        raise RuntimeError("no work")

    with pytest.raises(RuntimeError):
        mirror.store(deals=[OURS], contacts=[contact(deal_id=OURS.id)], work=broken, now=NOW)

    assert mirror.deal(OURS.id) is None
    assert mirror.contacts(OURS.id) == []


def test_hops_come_back_oldest_first_and_once(mirror: SqlMirror) -> None:
    hops = [hop(3, minutes=3), hop(1, minutes=1), hop(2, minutes=2)]

    mirror.store(hops=hops)
    mirror.store(hops=[*hops, hop(9, "006OTHER")])

    assert mirror.hops(OURS.id) == [hop(1, minutes=1), hop(2, minutes=2), hop(3, minutes=3)]


def test_stages_come_in_order_and_follow_a_new_one(mirror: SqlMirror) -> None:
    won = Stage("Won", 2, is_closed=True, is_won=True)
    mirror.store(stages=[won, Stage("Open", 1, is_closed=False, is_won=False)])

    mirror.store(
        stages=[Stage("Won", 3, is_closed=True, is_won=True), Stage("Talk", 2, is_closed=False, is_won=False)]
    )

    assert [(one.name, one.position) for one in mirror.stages()] == [("Open", 1), ("Talk", 2), ("Won", 3)]


def test_what_is_forgotten_is_gone_with_all_that_belongs_to_it(mirror: SqlMirror) -> None:
    other = deal("Other", team=("005T",))
    both = [contact("A", deal_id=OURS.id), contact("B", deal_id=other.id)]
    mirror.store(deals=[OURS, other], contacts=both, hops=[hop(1), hop(2, other.id)])

    gone = mirror.forget([OURS.id, "006NEVER"])

    assert gone == 1
    assert mirror.deal(OURS.id) is None
    assert (mirror.contacts(OURS.id), mirror.hops(OURS.id)) == ([], [])
    assert (mirror.deals_of([], team_member="005T"), mirror.contacts(other.id)) == ([other], [both[1]])
    assert mirror.hops(other.id) == [hop(2, other.id)]


def test_a_forgotten_deal_that_comes_back_is_new(mirror: SqlMirror) -> None:
    mirror.store(deals=[OURS])
    mirror.forget([OURS.id])

    assert mirror.store(deals=[OURS]) == [DealChange(OURS, None, ())]


def test_who_left_and_was_forgotten_stays_so_though_the_crm_still_has_their_name(database: Database) -> None:
    mirror = SqlMirror(database)
    left = user("zoe", id="005Z", is_active=False)
    mirror.store(users=[replace(left, name=f"{FORGOTTEN}1", email="")])

    mirror.store(users=[left])
    stays = mirror.user("005Z")
    mirror.store(users=[replace(left, is_active=True)])

    assert stays == replace(left, name=f"{FORGOTTEN}1", email="")
    assert mirror.user("005Z") == replace(left, is_active=True)
