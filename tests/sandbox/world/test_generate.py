"""The sample world is the same for the same seed and holds together."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from sandbox.world import (
    DOMAIN,
    HOSTILE,
    HOSTILE_OWNER,
    OPEN_STAGES,
    PEER,
    PRODUCTS,
    PROTAGONIST,
    PROTAGONIST_MANAGER,
    ROLLOUT_NAME,
    World,
    generate,
)

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def world() -> World:
    return generate(today=TODAY)


def test_the_same_seed_gives_the_same_world(world: World) -> None:
    assert generate(today=TODAY) == world


def test_another_seed_gives_another_world(world: World) -> None:
    assert generate(today=TODAY, seed=8).opportunities != world.opportunities


def test_it_has_the_sizes_asked_for(world: World) -> None:
    assert (len(world.accounts), len(world.opportunities)) == (80, 600)
    assert sum(not deal.is_closed for deal in world.opportunities) == 180


@pytest.mark.parametrize(("accounts", "opportunities"), [(20, 80), (400, 3_000)])
def test_other_sizes_keep_names_and_keys_apart(accounts: int, opportunities: int) -> None:
    world = generate(today=TODAY, accounts=accounts, opportunities=opportunities)

    assert len({account.name for account in world.accounts}) == accounts
    assert len({deal.name for deal in world.opportunities}) == opportunities
    assert len({deal.key for deal in world.opportunities}) == opportunities


@pytest.mark.parametrize(("accounts", "opportunities"), [(19, 600), (80, 79)])
def test_too_small_a_world_is_refused(accounts: int, opportunities: int) -> None:
    with pytest.raises(ValueError, match="at least"):
        generate(today=TODAY, accounts=accounts, opportunities=opportunities)


def test_every_key_leads_somewhere(world: World) -> None:
    accounts = {account.key for account in world.accounts}
    contacts = {contact.key: contact.account for contact in world.contacts}
    people = {person.email for person in world.people}

    for deal in world.opportunities:
        assert deal.account in accounts
        assert {deal.owner, *deal.team} <= people
        assert deal.owner not in deal.team
        assert {contacts[part.contact] for part in deal.contact_roles} == {deal.account}
        assert set(deal.products) <= set(PRODUCTS)


def test_histories_go_forward_and_lie_in_the_last_eighteen_months(world: World) -> None:
    order = {stage: place for place, stage in enumerate((*OPEN_STAGES, "Closed Won", "Closed Lost"))}
    oldest = datetime(2025, 5, 1, tzinfo=UTC)
    now = datetime(2026, 11, 20, tzinfo=UTC)

    for deal in world.opportunities:
        moments = [change.at for change in deal.history]
        stages = [order[change.stage] for change in deal.history]
        weeks = [moment.isocalendar()[:2] for moment in moments]
        assert oldest < moments[0]
        assert moments[-1] < now
        assert moments == sorted(moments)
        assert stages == sorted(set(stages))
        assert len(set(weeks)) == len(weeks)


def test_closed_deals_close_on_their_day_and_lost_ones_say_why(world: World) -> None:
    for deal in world.opportunities:
        last = deal.history[-1]
        assert bool(deal.loss_reason) == (deal.stage == "Closed Lost")
        if deal.is_closed:
            assert last.close_date == last.at.date()
        else:
            assert last.close_date > last.at.date()


def test_some_deals_are_won_and_more_are_lost(world: World) -> None:
    stages = Counter(deal.stage for deal in world.opportunities)

    assert 120 < stages["Closed Won"] < stages["Closed Lost"]


def test_maya_has_a_dozen_open_deals_with_norfield_in_negotiation(world: World) -> None:
    deals = {deal.name: deal for deal in world.open_deals(PROTAGONIST)}

    rollout = deals[ROLLOUT_NAME]

    assert len(deals) == 12
    assert rollout.stage == "Negotiation/Review"
    assert rollout.competitors == ("Palletary",)
    assert len(rollout.contact_roles) == 3
    assert sum(name.startswith("Norfield") for name in deals) == 1


def test_maya_and_her_peer_see_nothing_of_each_other(world: World) -> None:
    for deal in world.opportunities:
        assert {PROTAGONIST, PEER} - {deal.owner, *deal.team}


def test_her_manager_stands_one_role_above_her(world: World) -> None:
    parents = {role.name: role.parent for role in world.roles}

    assert parents[world.person(PROTAGONIST).role] == world.person(PROTAGONIST_MANAGER).role


def test_hostile_names_are_on_open_deals_and_fit_the_field(world: World) -> None:
    open_names = {deal.name: deal.owner for deal in world.opportunities if not deal.is_closed}

    assert set(HOSTILE) <= set(open_names)
    assert {open_names[name] for name in HOSTILE} == {PROTAGONIST, HOSTILE_OWNER}
    assert max(len(deal.name) for deal in world.opportunities) == 120


def test_addresses_are_ascii_and_lead_nowhere(world: World) -> None:
    addresses = [*(person.email for person in world.people), *(contact.email for contact in world.contacts)]

    assert all(address.isascii() and address.endswith(".example") for address in addresses)
    assert all(person.email.endswith(f"@{DOMAIN}") for person in world.people)


def test_every_library_language_is_spoken_by_a_customer(world: World) -> None:
    assert {account.language for account in world.accounts} == {"en", "fr", "pt-BR", "th", "zh-TW", "ko"}


def test_a_world_of_another_day_moves_along(world: World) -> None:
    later = generate(today=TODAY + timedelta(days=7))

    moved = [
        deal.history[-1].at - old.history[-1].at
        for deal, old in zip(later.opportunities, world.opportunities, strict=True)
    ]

    assert min(moved) >= timedelta(days=5)
