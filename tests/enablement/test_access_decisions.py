"""A hundred thousand decisions in random worlds are those of the rules, written down independently."""

import random
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from enablement.access import asset_filter, may_show
from enablement.asked_deals import visible_deals
from enablement.model import Asset, Audit, CrmRole, Deal, PersonLink, Profile
from enablement.people import NotServed, colleague
from enablement.ports import IndexQuery
from tests.builders import NOW, ask, asset, deal, publish, user
from tests.enablement.access_rules import Org, may_read, may_see, served
from tests.fakes import World

WORLDS, PEOPLE, DEALS, ASSETS = 10, 20, 25, 20
DECISIONS = WORLDS * PEOPLE * DEALS * ASSETS
DAY = timedelta(days=1)
ROLES = tuple(f"R{n}" for n in range(7))


@dataclass(frozen=True)
class Facts:
    org: Org
    people: tuple[Profile, ...]
    assets: tuple[Asset, ...]


def facts(chance: random.Random) -> Facts:
    """Draw an org with people who left, two of one e-mail, circles of roles and deals that have moved since."""
    users = tuple(
        user(
            id=f"U{n:02}",
            email=f"u{chance.randrange(12) if chance.random() < 0.2 else n}@stowmark.example",
            role_id=chance.choice([None, *ROLES, *ROLES]),
            is_active=chance.random() < 0.85,
        )
        for n in range(14)
    )
    ids = [one.id for one in users]
    deals = tuple(
        deal(
            f"Deal {n}",
            id=f"D{n:02}",
            owner_id=chance.choice([*ids, "U99"]),
            team=tuple(chance.sample(ids, chance.randrange(3))),
            is_closed=chance.random() < 0.2,
        )
        for n in range(DEALS)
    )
    org = Org(
        users=users,
        parents={role: chance.choice([None, *ROLES]) for role in ROLES},
        links={f"S{n:02}": chance.choice([*ids, "U99"]) for n in range(PEOPLE) if chance.random() < 0.25},
        deals=deals,
        now_owned={one.id: chance.choice(ids) if chance.random() < 0.15 else one.owner_id for one in deals},
        now_team={one.id: one.team if chance.random() < 0.85 else () for one in deals},
        rules=frozenset((chance.choice(ids), chance.choice(deals).id) for _ in range(30)),
    )
    return Facts(org, tuple(_person(n, chance) for n in range(PEOPLE)), _assets(chance))


def _person(n: int, chance: random.Random) -> Profile:
    email = chance.choice(["", *(f"U{n % 16}@Stowmark.example" for _ in range(12))])
    standing = chance.choice(["member"] * 8 + ["guest", "stranger", "deactivated"])
    return Profile(f"S{n:02}", email, "", "", "", standing, NOW)  # type: ignore[arg-type]  # one of the literals


def _assets(chance: random.Random) -> tuple[Asset, ...]:
    days = (None, None, None, NOW.date() - DAY, NOW.date(), NOW.date() + DAY)
    return tuple(
        asset(
            f"Paper {n}",
            audience=chance.choice(["customer", "internal"]),
            status=chance.choice(["published"] * 5 + ["draft", "in_review", "archived"]),
            released=chance.choice(days),
            expires=chance.choice(days),
        )
        for n in range(ASSETS)
    )


def built(world: World, said: Facts) -> None:
    org = said.org
    roles = [CrmRole(role, parent) for role, parent in org.parents.items()]
    world.mirror.store(users=org.users, roles=roles, deals=org.deals)
    for slack_id, user_id in org.links.items():
        audit = Audit(slack_id, "", "people.link", slack_id, "", NOW)
        world.services.people.keep(PersonLink(slack_id, user_id, "", NOW), audit)
    world.messenger.profiles = {one.slack_id: one for one in said.people}
    world.crm.readers = {(u.id, d.id) for u in org.users for d in org.deals if may_read(u, d, org)}
    for one in said.assets:
        publish(world.catalog, one, "paper")
    world.index.follow()


def decided(
    world: World, person: Profile, assets: tuple[Asset, ...], *, outside: bool, place_deal: str
) -> tuple[set[str], set[str]]:
    """Return the deals and the assets that the product lets a person see in a place."""
    asked = ask("", slack_id=person.slack_id, email="")
    try:
        found = colleague(asked, world.services, now=NOW)
    except NotServed:
        return set(), set()
    deals = {one.id for one in visible_deals(found, world.services, also=[place_deal])}
    only = asset_filter(shared_outside=outside, now=NOW)
    searched = {hit.asset_id for hit in world.index.search(IndexQuery(("paper",)), only=only, limit=99).hits}
    at_hand = {one.id for one in assets if may_show(one, only)}
    assert searched == at_hand, "the search and the check of an asset at hand are two places that must agree"
    return deals, at_hand


@pytest.mark.parametrize("seed", range(WORLDS))
def test_the_product_decides_by_the_rules(seed: int, world: World) -> None:
    chance = random.Random(seed)
    said = facts(chance)
    built(world, said)
    wrong, yes, count = [], 0, 0

    for person in said.people:
        outside, place_deal = chance.random() < 0.4, chance.choice(said.org.deals).id
        deals, assets = decided(world, person, said.assets, outside=outside, place_deal=place_deal)
        for one in said.org.deals:
            for paper in said.assets:
                by_rule = may_see(
                    person, one, paper, said.org, outside=outside, place_deal=place_deal, on=NOW.date()
                )
                by_product = one.id in deals and paper.id in assets
                count, yes = count + 1, yes + by_rule
                wrong += [(person.slack_id, one.id, paper.id)] if by_rule != by_product else []

    assert wrong == []
    assert count == DECISIONS / WORLDS
    assert yes > 50, "the worlds must be such that something may be seen"


def test_there_are_a_hundred_thousand_decisions_and_each_rule_decides_some() -> None:
    """A rule that no world depends on would not be tested: each changes what may be seen when it is taken away."""
    drawn = [facts(random.Random(seed)) for seed in range(WORLDS)]
    served_by_link = served_by_email = twins = 0
    for one in drawn:
        for person in one.people:
            who = served(person, one.org)
            served_by_link += bool(who) and person.slack_id in one.org.links
            served_by_email += bool(who) and person.slack_id not in one.org.links
            unlinked = replace(one.org, links={})
            twins += served(person, unlinked) is None and person.standing == "member" and bool(person.email)

    assert DECISIONS == 100_000
    assert min(served_by_link, served_by_email, twins) > 10
    assert all(_moved(one.org.deals, one.org) for one in drawn)


def _moved(deals: tuple[Deal, ...], org: Org) -> bool:
    return any(org.now_owned[one.id] != one.owner_id for one in deals)
