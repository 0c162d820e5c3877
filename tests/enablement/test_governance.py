"""Governance: who decides, what becomes of an asset, who is told; and nothing is published past its approvers."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from enablement.governance import (
    NotAllowed,
    all_awaiting,
    approve,
    archive,
    decline,
    is_review_due,
    may_manage,
    may_publish,
    preview,
    restore,
    state,
    successor,
    verify,
)
from enablement.library import Taken, take_in
from enablement.model import Asset, Collection, Notice
from enablement.reviews import due_notices, is_moot, remind
from enablement.sharing import NoSuchLink, serve_preview
from tests.builders import NOW, asset, publish
from tests.enablement.test_library import incoming
from tests.fakes import World, at_once

JANA, OMAR, PRIYA = "jana@stowmark.example", "omar@stowmark.example", "priya@stowmark.example"
LIBRARIAN = "lib@stowmark.example"
TODAY = NOW.date()
DAY = timedelta(days=1)


@pytest.fixture
def cards(world: World) -> World:
    """A world whose battlecards need approval by Jana or Omar."""
    world.catalog.keep_collections([Collection("Cards", (JANA, OMAR)), Collection("Open")])
    return world


def put(world: World, text: str = "The price is 5.", *, by: str = PRIYA, **said: Any) -> Taken:
    about: dict[str, Any] = {"collection": "Cards", "owner": PRIYA, **said}
    return take_in(
        incoming(text=text, **about),
        world.catalog,
        world.ledger,
        is_there=lambda _: True,
        now=world.clock.now,
        by=by,
    )


def current(world: World) -> Asset:
    (one,) = world.catalog.assets()
    return one


def text_of(world: World) -> str:
    return world.catalog.data(current(world).version_id).decode()


def notices(world: World) -> list[Notice]:
    rows = world.outbox.letters(states=["due"], limit=99)
    ids = [row.subject for row in rows if row.kind == "library.notice"]
    found = [one for notice_id in ids if (one := world.ledger.notice(notice_id))]
    return sorted(found, key=lambda one: (one.kind, one.to))


def told(world: World, kind: str) -> list[str]:
    return [one.to for one in notices(world) if one.kind == kind]


def decide(world: World, act: object, *, by: str = JANA, **more: object) -> Asset:
    one = current(world)
    return act(one.id, email=by, services=world.services, now=world.clock.now, **more)  # type: ignore[no-any-return,operator]  # any of governance's acts


def test_what_is_put_on_a_collection_with_approvers_waits_and_they_are_told(cards: World) -> None:
    taken = put(cards)

    assert (taken.outcome, taken.waits_for) == ("added", (JANA, OMAR))
    assert current(cards).status == "in_review"
    assert told(cards, "approve") == [JANA, OMAR]
    assert notices(cards)[0].by == PRIYA
    assert all_awaiting(cards.catalog) == [current(cards)]


def test_approval_publishes_it_and_tells_who_submitted(cards: World) -> None:
    put(cards)

    done = decide(cards, approve, by=JANA.upper(), note="Good")

    assert done == current(cards)
    assert (done.status, done.reviewed_on) == ("published", TODAY)
    (notice,) = [one for one in notices(cards) if one.kind == "approved"]
    assert (notice.to, notice.by, notice.note) == (PRIYA, JANA, "Good")
    assert [one.kind for one in cards.ledger.decisions(done.id)] == ["submitted", "approved"]
    assert "library.index" in {row.kind for row in cards.outbox.letters(states=["due"], limit=99)}
    assert set(cards.work.woken) == {"write", "compute"}


def test_a_new_version_waits_while_the_old_one_stays(cards: World) -> None:
    put(cards)
    decide(cards, approve)
    before = current(cards)

    taken = put(cards, "The price is 6.")

    assert (taken.outcome, taken.asset.version, taken.asset.status) == ("new version", 2, "in_review")
    assert current(cards) == before
    assert text_of(cards) == "The price is 5."
    assert cards.catalog.data(taken.asset.version_id) == b"The price is 6."
    assert all_awaiting(cards.catalog) == [taken.asset]


def test_the_approved_version_takes_the_place_of_the_old_one(cards: World) -> None:
    put(cards)
    decide(cards, approve)
    put(cards, "The price is 6.", title="New prices")

    decide(cards, approve, by=OMAR)

    assert text_of(cards) == "The price is 6."
    assert (current(cards).title, current(cards).version) == ("New prices", 2)
    assert cards.catalog.proposals() == []


def test_what_is_said_of_a_published_asset_waits_too(cards: World) -> None:
    put(cards, audience="internal")
    decide(cards, approve)

    taken = put(cards, audience="customer")

    assert taken.outcome == "updated"
    assert current(cards).audience == "internal"
    decide(cards, approve)
    assert current(cards).audience == "customer"


def test_leaving_a_collection_with_approvers_needs_their_approval(cards: World) -> None:
    put(cards)
    decide(cards, approve)

    put(cards, "Nobody looked at this.", collection="Open")

    assert text_of(cards) == "The price is 5."
    with pytest.raises(NotAllowed):
        decide(cards, approve, by=PRIYA)
    decide(cards, approve, by=OMAR)
    assert (current(cards).collection, text_of(cards)) == ("Open", "Nobody looked at this.")


def test_what_was_never_approved_does_not_get_out_by_leaving(cards: World) -> None:
    put(cards)

    for _ in range(2):
        put(cards, collection="Open")

    assert current(cards).status == "in_review"


def test_a_declined_version_is_told_with_the_reason_and_is_not_asked_for_again(cards: World) -> None:
    put(cards)
    decide(cards, approve)
    put(cards, "The price is 6.")

    decide(cards, decline, note="It is 7.")
    again = put(cards, "The price is 6.")

    (notice,) = [one for one in notices(cards) if one.kind == "declined"]
    assert (notice.to, notice.note, notice.by) == (PRIYA, "It is 7.", JANA)
    assert (again.outcome, again.asset.status) == ("unchanged", "draft")
    assert text_of(cards) == "The price is 5."
    assert all_awaiting(cards.catalog) == []
    assert told(cards, "approve") == [JANA, JANA, OMAR, OMAR]


def test_a_changed_file_is_asked_for_again_under_a_number_of_its_own(cards: World) -> None:
    put(cards)
    decide(cards, decline, note="No")
    assert current(cards).status == "draft"

    taken = put(cards, "The price is 7.")

    assert (taken.asset.status, taken.asset.version) == ("in_review", 2)
    assert cards.catalog.versions(current(cards).id)[-1].number == 2


def test_a_file_that_is_as_published_again_takes_its_proposal_back(cards: World) -> None:
    put(cards)
    decide(cards, approve)
    put(cards, "The price is 6.")

    put(cards, "The price is 5.")

    assert cards.catalog.proposals() == []
    assert all_awaiting(cards.catalog) == []


@pytest.mark.parametrize("by", [PRIYA, "anna@stowmark.example", ""])
def test_only_approvers_decide(by: str, cards: World) -> None:
    put(cards)

    for act, more in ((approve, {}), (decline, {"note": "No"})):
        with pytest.raises(NotAllowed, match=f"Ask {JANA}, {OMAR} or {LIBRARIAN}"):
            decide(cards, act, by=by, **more)

    assert current(cards).status == "in_review"


def test_nobody_approves_what_is_theirs(cards: World) -> None:
    put(cards, by=JANA, owner=OMAR)

    for by in (JANA, OMAR):
        with pytest.raises(NotAllowed, match="somebody else must approve"):
            decide(cards, approve, by=by)

    assert decide(cards, approve, by=LIBRARIAN).status == "published"


def test_a_second_approver_hears_who_was_first(cards: World) -> None:
    put(cards)
    decide(cards, approve, by=OMAR)

    with pytest.raises(NotAllowed, match=f"approved by {OMAR} on 20 Nov 2026"):
        decide(cards, approve)


def test_of_many_who_approve_at_once_one_does(cards: World) -> None:
    put(cards)

    def try_it(_: int) -> bool:
        try:
            decide(cards, approve)
        except NotAllowed:
            return False
        return True

    assert at_once(6, try_it).count(True) == 1
    assert [one.kind for one in cards.ledger.decisions(current(cards).id)].count("approved") == 1


def test_what_was_not_seen_is_not_approved(cards: World) -> None:
    seen = put(cards).asset.version_id
    put(cards, "Something else.")

    with pytest.raises(NotAllowed, match="has changed since: look at version 2"):
        decide(cards, approve, version_id=seen)

    assert current(cards).status == "in_review"


def test_declining_needs_a_reason(cards: World) -> None:
    put(cards)

    with pytest.raises(NotAllowed, match="Say in a few words"):
        decide(cards, decline, note="  ")


def test_verifying_starts_the_next_period(world: World) -> None:
    one = publish(world.catalog, asset(owner=PRIYA, review_every_days=30, updated_at=NOW - 40 * DAY))
    assert state(one, on=TODAY) == "review due"

    done = verify(one.id, email=PRIYA, services=world.services, now=NOW)
    verify(one.id, email=PRIYA, services=world.services, now=NOW + timedelta(hours=1))

    assert state(done, on=TODAY) == "published"
    assert is_review_due(done, on=TODAY + 30 * DAY)
    assert not is_review_due(done, on=TODAY + 29 * DAY)
    assert [one.kind for one in world.ledger.decisions(one.id)] == ["verified"]


def test_owner_approvers_and_librarians_look_after_an_asset(cards: World) -> None:
    one = asset(owner=PRIYA, collection="Cards")

    people = (PRIYA, JANA, LIBRARIAN, "x@y.example", "")

    managers = {email for email in people if may_manage(one, email, cards.services)}
    publishers = {email for email in people if may_publish(email, cards.services)}

    assert managers == {PRIYA, JANA, LIBRARIAN}
    assert publishers == {JANA, LIBRARIAN}


def test_an_archived_asset_names_what_replaces_it(world: World) -> None:
    old, new = publish(world.catalog, asset("Old", owner=PRIYA)), publish(world.catalog, asset("New"))

    done = archive(old.id, email=PRIYA, services=world.services, now=NOW, replaced_by=new.id, note="2026")

    assert (done.status, done.replaced_by) == ("archived", new.id)
    assert successor(done, world.catalog, on=TODAY) == new
    with pytest.raises(NotAllowed, match=f"archived already. It was archived by {PRIYA}"):
        archive(old.id, email=PRIYA, services=world.services, now=NOW)


@pytest.mark.parametrize("other", ["Old", "nothing"])
def test_an_asset_is_not_replaced_by_itself_or_nothing(other: str, world: World) -> None:
    publish(world.catalog, asset("Old", owner=PRIYA))

    with pytest.raises(NotAllowed, match="Name another asset"):
        archive("Old", email=PRIYA, services=world.services, now=NOW, replaced_by=other)


def test_the_successor_is_the_first_that_is_of_use_and_circles_end(world: World) -> None:
    a = publish(world.catalog, asset("a", status="archived", replaced_by="b"))
    publish(world.catalog, asset("b", expires=TODAY - DAY, replaced_by="c"))
    c = publish(world.catalog, asset("c"))
    x = publish(world.catalog, asset("x", status="archived", replaced_by="y"))
    publish(world.catalog, asset("y", status="archived", replaced_by="x"))

    assert successor(a, world.catalog, on=TODAY) == c
    assert successor(x, world.catalog, on=TODAY) is None
    assert successor(c, world.catalog, on=TODAY) is None


def test_a_restored_asset_is_approved_anew_where_that_is_needed(cards: World) -> None:
    publish(cards.catalog, asset("free", owner=PRIYA, status="archived", replaced_by="x"))
    publish(cards.catalog, asset("card", owner=PRIYA, status="archived", collection="Cards"))

    free = restore("free", email=PRIYA, services=cards.services, now=NOW)
    card = restore("card", email=PRIYA, services=cards.services, now=NOW)

    assert (free.status, free.replaced_by) == ("published", None)
    assert card.status == "in_review"
    assert told(cards, "approve") == [JANA, OMAR]
    with pytest.raises(NotAllowed, match="is not archived"):
        restore("free", email=PRIYA, services=cards.services, now=NOW)


def test_archiving_takes_the_proposal_along(cards: World) -> None:
    put(cards)
    decide(cards, approve)
    put(cards, "The price is 6.")

    decide(cards, archive)

    assert cards.catalog.proposals() == []
    assert all_awaiting(cards.catalog) == []


def test_who_looks_after_other_things_changes_nothing(cards: World) -> None:
    publish(cards.catalog, asset("card", owner=PRIYA, collection="Cards"))

    for act in (verify, archive, restore):
        with pytest.raises(NotAllowed, match="looked after by others"):
            act("card", email="anna@stowmark.example", services=cards.services, now=NOW)
    with pytest.raises(NotAllowed, match="not in the library"):
        verify("nothing", email=LIBRARIAN, services=cards.services, now=NOW)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "published"),
        ({"status": "draft"}, "draft"),
        ({"status": "in_review"}, "in review"),
        ({"status": "archived", "expires": date(2020, 1, 1)}, "archived"),
        ({"expires": TODAY - DAY, "review_every_days": 1}, "expired"),
        ({"expires": TODAY}, "published"),
        ({"released": TODAY + DAY}, "not yet released"),
        ({"review_every_days": 30, "updated_at": NOW - 30 * DAY}, "review due"),
        ({"review_every_days": 30, "updated_at": NOW - 29 * DAY}, "published"),
        ({"review_every_days": 30, "updated_at": NOW - 99 * DAY, "reviewed_on": TODAY}, "published"),
        ({"review_every_days": 30, "updated_at": NOW, "reviewed_on": TODAY - 99 * DAY}, "review due"),
        (
            {"review_every_days": 30, "updated_at": NOW, "reviewed_on": TODAY - 99 * DAY, "version": 2},
            "published",
        ),
    ],
)
def test_the_state_in_one_word(changes: dict[str, Any], expected: str) -> None:
    assert state(asset(**changes), on=TODAY) == expected


def test_the_owner_is_reminded_once_for_each_due_day(world: World) -> None:
    due = asset(owner=PRIYA, review_every_days=30, updated_at=NOW - 40 * DAY)
    publish(world.catalog, due)
    publish(world.catalog, asset("fresh", owner=PRIYA, review_every_days=90))
    publish(world.catalog, asset("gone", owner=PRIYA, review_every_days=1, expires=TODAY - DAY))

    for days in range(3):
        remind(world.services, now=NOW + days * DAY)

    assert told(world, "review_due") == [PRIYA]
    verify(due.id, email=PRIYA, services=world.services, now=NOW)
    remind(world.services, now=NOW + 30 * DAY)
    assert told(world, "review_due") == [PRIYA, PRIYA]


def test_without_an_owner_the_approvers_or_the_librarians_are_reminded(cards: World) -> None:
    old = {"review_every_days": 1, "updated_at": NOW - 9 * DAY}
    publish(cards.catalog, asset("card", collection="Cards", **old))
    publish(cards.catalog, asset("paper", **old))

    found = {(one.asset_id, one.to) for one in due_notices(cards.services, now=NOW)}

    assert found == {("card", JANA), ("card", OMAR), ("paper", LIBRARIAN)}


def test_a_notice_is_moot_once_somebody_decided(cards: World) -> None:
    put(cards)
    (asked, *_) = notices(cards)
    assert not is_moot(asked, cards.services, on=TODAY)

    put(cards, "Something else.")
    assert is_moot(asked, cards.services, on=TODAY)
    asked = next(one for one in notices(cards) if one.version_id == current(cards).version_id)
    decide(cards, approve)
    assert is_moot(asked, cards.services, on=TODAY)


def test_an_approver_looks_at_what_waits_through_a_link_of_their_own(cards: World) -> None:
    put(cards)
    decide(cards, approve)
    put(cards, "The price is 6.")
    (asked, *_) = [one for one in notices(cards) if one.version_id != current(cards).version_id]

    served = serve_preview(asked.open_token, cards.services, now=NOW)

    assert served
    assert served.data == b"The price is 6."
    with pytest.raises(NoSuchLink):
        serve_preview(asked.open_token, cards.services, now=NOW + 15 * DAY)
    assert serve_preview("A" * 32, cards.services, now=NOW) is None


def test_a_preview_is_for_those_who_look_after_the_asset(world: World) -> None:
    one = publish(world.catalog, asset(owner=PRIYA, status="draft"), "Draft text")

    url = preview(one, email=PRIYA, services=world.services, now=NOW)

    assert preview(one, email=PRIYA, services=world.services, now=NOW) == url
    served = serve_preview(url.rpartition("/")[2], world.services, now=NOW)
    assert served
    assert served.data == b"Draft text"
    with pytest.raises(NotAllowed):
        preview(one, email="anna@stowmark.example", services=world.services, now=NOW)


def test_what_a_file_replaces_is_archived_at_once(world: World) -> None:
    old = publish(world.catalog, asset("Old prices", owner=PRIYA))

    put(world, collection="", replaces="Old prices")
    put(world, collection="", replaces="Old prices")

    new = next(one for one in world.catalog.assets() if one.id != old.id)
    gone = world.catalog.asset(old.id)
    assert gone == replace(old, status="archived", replaced_by=new.id)
    assert [one.kind for one in world.ledger.decisions(old.id)] == ["archived"]


def test_what_a_waiting_file_replaces_stays_until_it_is_approved(cards: World) -> None:
    old = publish(cards.catalog, asset("Old prices", owner=PRIYA))
    waiting = put(cards, replaces="Old prices").asset
    assert state(cards.catalog.assets([old.id])[0], on=TODAY) == "published"

    approve(waiting.id, email=JANA, services=cards.services, now=NOW)

    gone = cards.catalog.assets([old.id])[0]
    assert (gone.status, gone.replaced_by) == ("archived", waiting.id)


def test_what_was_restored_since_stays(world: World) -> None:
    old = publish(world.catalog, asset("Old prices", owner=PRIYA))
    put(world, collection="", replaces="Old prices")
    restore(old.id, email=PRIYA, services=world.services, now=world.clock.move(60))

    again = put(world, collection="", replaces="Old prices")

    assert world.catalog.asset(old.id) == old
    assert again.notes == ("“Old prices” was restored since and stays; archive it if it is replaced",)


def test_a_change_to_an_archived_asset_waits_for_its_return(world: World) -> None:
    put(world, collection="")
    decide(world, archive, by=PRIYA)

    taken = put(world, "The price is 6.", collection="")

    assert taken.outcome == "unchanged"
    assert taken.notes == ("it is archived and stays as it was: restore it, then add it again",)
    assert text_of(world) == "The price is 5."
