"""Who is what: by the CRM, by the settings, and by groups, profiles and permission sets as they were last read."""

from dataclasses import replace
from datetime import timedelta

import pytest

from enablement.governance import may_publish
from enablement.model import Audit, CrmRole, PersonLink, RoleRule
from enablement.ports import Services, TryLater
from enablement.roles import emails_with, has_role, read_role_members, roles_of
from tests.builders import NOW, profile, user
from tests.fakes import World

ANNA, LIB = "anna@stowmark.example", "lib@stowmark.example"
RULES = (
    RoleRule("enablement", "@content-team"),
    RoleRule("enablement", "profile:Marketing"),
    RoleRule("ops", "permission-set:Touchline_Ops"),
    RoleRule("admin", "anna@stowmark.example"),
)


@pytest.fixture
def services(world: World) -> Services:
    world.mirror.store(
        users=[user(role_id="R2"), user("boss", id="005B", role_id="R1")],
        roles=[CrmRole("R1", None), CrmRole("R2", "R1")],
    )
    world.mirror.keep_profiles(
        [profile("UANNA", email=ANNA), profile("UBOSS", email="boss@stowmark.example")]
    )
    return replace(world.services, role_rules=RULES)


def test_whoever_sells_is_a_rep_and_whoever_has_them_below_a_manager(
    world: World, services: Services
) -> None:
    plain = replace(services, role_rules=())

    assert roles_of("UANNA", plain) == {"rep"}
    assert roles_of("UBOSS", plain) == {"rep", "manager"}
    assert roles_of("UNOBODY", plain) == frozenset()


def test_librarians_of_the_settings_are_enablement_still(world: World, services: Services) -> None:
    world.mirror.keep_profile(profile("ULIB", email=LIB))

    assert roles_of("ULIB", services) == {"enablement"}
    assert emails_with("enablement", services) == (LIB,)


def test_groups_profiles_and_permission_sets_give_roles_once_they_were_read(
    world: World, services: Services
) -> None:
    world.messenger.rooms["@content-team"] = ["UANNA"]
    world.crm.users_with = {"Marketing": ["005B"], "Touchline_Ops": ["005B"]}
    before = roles_of("UANNA", services)

    read_role_members(services, now=NOW)

    assert before == {"rep", "admin"}
    assert roles_of("UANNA", services) == {"rep", "enablement", "admin"}
    assert roles_of("UBOSS", services) == {"rep", "manager", "enablement", "ops"}
    assert emails_with("enablement", services) == (LIB, ANNA, "boss@stowmark.example")
    assert has_role("ops", "Boss@Stowmark.example", services)
    assert may_publish(ANNA, services)


def test_whoever_leaves_a_group_loses_the_role_with_the_next_reading_and_both_are_noted(
    world: World, services: Services
) -> None:
    world.messenger.rooms["@content-team"] = ["UANNA"]
    read_role_members(services, now=NOW)
    world.messenger.rooms["@content-team"] = []

    read_role_members(services, now=NOW + timedelta(minutes=5))

    assert not has_role("enablement", ANNA, services)
    noted = [(one.action, one.subject, one.detail) for one in world.journal.audits(limit=9)]
    assert noted == [("role.taken", "UANNA", "@content-team"), ("role.given", "UANNA", "@content-team")]


def test_while_slack_and_the_crm_are_away_the_last_word_holds(
    world: World, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.messenger.rooms["@content-team"] = ["UANNA"]
    world.crm.users_with = {"Marketing": ["005B"]}
    read_role_members(services, now=NOW)

    def away(_: str) -> list[str]:
        raise TryLater("Slack is away")

    monkeypatch.setattr(world.messenger, "group_members", away)
    world.crm.is_down = True
    read_role_members(services, now=NOW)

    assert has_role("enablement", ANNA, services)
    assert has_role("enablement", "boss@stowmark.example", services)


def test_a_group_that_is_gone_and_a_rule_that_was_taken_away_give_nothing(
    world: World, services: Services
) -> None:
    world.messenger.rooms["@content-team"] = ["UANNA"]
    world.crm.users_with = {"Marketing": ["005B"]}
    read_role_members(services, now=NOW)
    del world.messenger.rooms["@content-team"]
    only_groups = replace(services, role_rules=RULES[:1])

    read_role_members(only_groups, now=NOW)

    assert services.people.sources() == frozenset()
    assert emails_with("enablement", services) == (LIB,)


@pytest.mark.parametrize("standing", ["guest", "stranger", "deactivated"])
def test_nobody_but_members_has_a_role_wherever_they_are_listed(
    world: World, services: Services, standing: str
) -> None:
    world.mirror.keep_profile(profile("UANNA", email=ANNA, standing=standing))
    world.messenger.rooms["@content-team"] = ["UANNA"]
    read_role_members(services, now=NOW)

    assert roles_of("UANNA", services) == frozenset()
    assert ANNA not in emails_with("enablement", services)
    assert not has_role("enablement", ANNA, services)


def test_a_linked_person_has_the_roles_of_their_crm_user(world: World, services: Services) -> None:
    world.mirror.keep_profile(profile("UOTHER", email="private@elsewhere.example"))
    link = PersonLink("UOTHER", "005B", "ada@stowmark.example", NOW)
    services.people.keep(link, Audit("a", link.set_by, "people.link", "UOTHER", "", NOW))
    world.crm.users_with = {"Touchline_Ops": ["005B"]}

    read_role_members(services, now=NOW)

    assert "ops" in roles_of("UOTHER", services)
    assert has_role("ops", "private@elsewhere.example", services)
