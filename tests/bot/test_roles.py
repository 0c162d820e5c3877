"""Roles from a Slack group, a profile and a permission set, as the local Slack and the local Salesforce have them."""

from dataclasses import replace

import pytest

from enablement.model import RoleRule
from enablement.ports import Undeliverable
from enablement.roles import read_role_members, roles_of
from tests.doors import MAYA, RAFA, Stage


@pytest.fixture
def grouped(stage: Stage) -> Stage:
    source = stage.see("workspace")
    source["usergroups"] = [{"id": "S0TEAM", "handle": "content-team", "name": "Content", "users": [RAFA]}]
    stage.do("workspace", **source)
    return stage


def test_members_of_a_group_a_profile_and_a_permission_set_have_the_role(grouped: Stage) -> None:
    org = grouped.org
    permission_set = org.query("SELECT Id, Name FROM PermissionSet WHERE Name = 'Touchline_Manager'")
    org.insert(
        "PermissionSetAssignment",
        [{"AssigneeId": grouped.users["maya"], "PermissionSetId": permission_set[0]["Id"]}],
    )
    rules = (
        RoleRule("enablement", "@content-team"),
        RoleRule("admin", "S0TEAM"),
        RoleRule("ops", "permission-set:Touchline_Manager"),
        RoleRule("manager", "profile:Standard User"),
        RoleRule("manager", "profile:O'Hara"),
    )
    services = replace(grouped.services, role_rules=rules)
    for user in (MAYA, RAFA):
        services.mirror.keep_profile(services.messenger.profile(user, now=grouped.clock()))

    read_role_members(services, now=grouped.clock())

    assert roles_of(RAFA, services) == {"rep", "enablement", "admin", "manager"}
    assert roles_of(MAYA, services) == {"rep", "ops", "manager"}
    # Of those who left nobody is there.
    assert grouped.users["gone"] not in services.crm.users_in(profile="Standard User")


def test_a_group_that_nobody_knows_is_said_to_be_so(stage: Stage) -> None:
    with pytest.raises(Undeliverable, match="no Slack group is called @content-team"):
        stage.services.messenger.group_members("@content-team")
