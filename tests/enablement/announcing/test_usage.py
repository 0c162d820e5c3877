"""Use of what was attached: as long before as after, by those who got it alone, counted and no more."""

from datetime import datetime, timedelta

import pytest

from enablement import announcing
from enablement.model import Announcement, Audit, PersonLink, Touch, Withdrawal, Written
from tests.builders import announcement, asset, publish, touch, user
from tests.enablement.announcing.desk import LIB, pass_time, receipt_of, sent, staff
from tests.fakes import World

BO, CY = "bo@stowmark.example", "cy@stowmark.example"


@pytest.fixture
def told(world: World) -> Announcement:
    """An announcement with a deck, which everybody got; then 20 days went by."""
    staff(world)
    deck = publish(world.catalog, asset("Deck"))
    one = sent(world, asset_ids=(deck.id,))
    pass_time(world, 60)
    world.clock.move(days=20)
    return one


def got_at(world: World, one: Announcement, slack_id: str = "UBO") -> datetime:
    at = receipt_of(world, slack_id, one).delivered_at
    assert at is not None
    return at


def touched(world: World, name: str, at: datetime, **changes: object) -> Touch:
    one = touch(id=name, asset_id=asset("Deck").id, email=BO, occurred_at=at, **changes)
    world.ledger.write(Written(records=(one,)), now=world.clock())
    return one


def used(world: World, one: Announcement, viewer: str = LIB) -> announcing.Usage:
    found = announcing.results_of(one.id, viewer, world.services)
    (usage,) = announcing.usage(found, world.services, now=world.clock())
    return usage


def test_touches_stand_before_or_after_each_reader_got_it(world: World, told: Announcement) -> None:
    at = got_at(world, told)
    for name, days in (("long before", -15), ("before", -13), ("after", 0), ("late", 13), ("too late", 15)):
        touched(world, name, at + timedelta(days=days))
    touched(world, "opened", at + timedelta(days=1), kind="opened_by_buyer", deal_id="another")

    found = used(world, told)

    assert found.title == "Deck"
    assert (found.before.touches["shared"], found.before.people, found.before.deals) == (1, 1, 1)
    assert found.after.touches == {"opened": 0, "shared": 2, "presented": 0, "opened_by_buyer": 1}
    assert (found.after.people, found.after.deals) == (1, 2)


def test_before_is_no_longer_than_after_has_been(world: World, told: Announcement) -> None:
    at = got_at(world, told)
    touched(world, "before", at - timedelta(days=3))
    touched(world, "just before", at - timedelta(hours=40))
    touched(world, "after", at + timedelta(hours=40))
    world.clock.now = at + timedelta(days=2)

    found = used(world, told)

    assert (found.before.touches["shared"], found.after.touches["shared"]) == (1, 1)


def test_others_other_assets_and_what_was_taken_back_do_not_count(world: World, told: Announcement) -> None:
    at = got_at(world, told) + timedelta(days=1)
    touched(world, "counts", at)
    back = touched(world, "taken back", at)
    other = touch(id="other", asset_id="another", email=BO, occurred_at=at)
    nobody = touch(id="nobody", asset_id=asset("Deck").id, email="eve@stowmark.example", occurred_at=at)
    taken = Withdrawal("w", back.id, BO, at)
    world.ledger.write(Written(records=(other, nobody, taken)), now=world.clock())

    assert used(world, told).after.touches["shared"] == 1


def test_a_manager_sees_the_use_of_their_team_alone(world: World, told: Announcement) -> None:
    at = got_at(world, told) + timedelta(days=1)
    touched(world, "bo", at)
    dee = touch(id="dee", asset_id=asset("Deck").id, email="dee@stowmark.example", occurred_at=at)
    world.ledger.write(Written(records=(dee,)), now=world.clock())

    assert used(world, told).after.touches["shared"] == 2
    assert used(world, told, "UMIA").after.touches["shared"] == 1


def test_who_has_another_e_mail_in_the_crm_is_the_same_person(world: World, told: Announcement) -> None:
    world.mirror.store(users=[user("delia", id="005DEL", role_id="00E9")])
    audit = Audit("audit", LIB, "people.link", "UDEE", "", world.clock())
    world.services.people.keep(PersonLink("UDEE", "005DEL", LIB, world.clock()), audit)
    at = got_at(world, told, "UDEE") + timedelta(days=1)
    one = touch(id="dee", asset_id=asset("Deck").id, email="delia@stowmark.example", occurred_at=at)
    world.ledger.write(Written(records=(one,)), now=world.clock())

    assert used(world, told).after.touches["shared"] == 1


def test_without_assets_or_readers_there_is_nothing_to_say(world: World) -> None:
    staff(world)
    bare = announcement("Bare")
    announcing.send(bare, LIB, world.services, now=world.clock())
    deck = publish(world.catalog, asset("Deck"))
    attached = sent(world, title="Later", asset_ids=(deck.id,), starts_at=world.clock() + timedelta(days=1))

    def use(one: Announcement) -> list[announcing.Usage]:
        found = announcing.results_of(one.id, LIB, world.services)
        return announcing.usage(found, world.services, now=world.clock())

    assert use(bare) == []
    assert [sum(one.after.touches.values()) for one in use(attached)] == [0]
