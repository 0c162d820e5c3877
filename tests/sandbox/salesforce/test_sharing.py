"""Who sees and changes what."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.sandbox.salesforce.client import TOUCHES, OrgClient, touch


@dataclass(frozen=True)
class Team:
    """A head above two managers, a rep below each; `deal` belongs to the first rep."""

    users: dict[str, str]
    deal: str
    touch: str


@pytest.fixture
def team(org: OrgClient) -> Team:
    head = org.create("UserRole", Name="Head")
    east, west = (org.create("UserRole", Name=name, ParentRoleId=head) for name in ("East", "West"))
    roles = {"head": head, "manager": east, "stranger": west, "bystander": None}
    roles["rep"] = org.create("UserRole", Name="East reps", ParentRoleId=east)
    roles["peer"] = roles["rep"]
    users = {name: org.user(name, role=role) for name, role in roles.items()}
    deal = org.deal(OwnerId=users["rep"])
    return Team(users, deal, org.create("Content_Touch__c", **touch(deal, "ref")))


def access(org: OrgClient, user: str, record: str) -> tuple[bool, bool]:
    [row] = org.query(
        "SELECT RecordId, HasReadAccess, HasEditAccess FROM UserRecordAccess "  # noqa: S608 a value of this test
        f"WHERE UserId = '{user}' AND RecordId IN ('{record}')"
    )
    return row["HasReadAccess"], row["HasEditAccess"]


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("rep", True),
        ("manager", True),
        ("head", True),
        ("peer", False),
        ("stranger", False),
        ("bystander", False),
    ],
)
def test_a_deal_is_open_to_its_owner_and_the_roles_above(
    org: OrgClient, team: Team, as_user: Callable[[str], OrgClient], who: str, sees: bool
) -> None:
    session = as_user(who)

    assert access(org, team.users[who], team.deal) == (sees, sees)
    assert session.values("SELECT Id FROM Opportunity") == ([team.deal] if sees else [])
    assert session.values("SELECT COUNT(Id) FROM Opportunity") == [int(sees)]
    status = session.call("GET", f"/sobjects/Opportunity/{team.deal}").status_code
    assert status == (200 if sees else 404)


def test_touches_and_history_follow_their_deal(
    org: OrgClient, team: Team, as_user: Callable[[str], OrgClient]
) -> None:
    statements = [
        "SELECT Id FROM Content_Touch__c",
        "SELECT Id FROM OpportunityHistory",
        "SELECT Id FROM User WHERE Id IN (SELECT CreatedById FROM Content_Touch__c)",
    ]

    assert [len(as_user("rep").query(statement)) for statement in statements] == [1, 1, 1]
    assert [len(as_user("peer").query(statement)) for statement in statements] == [0, 0, 0]
    assert access(org, team.users["peer"], team.touch) == (False, False)


def test_a_parent_that_is_closed_to_the_user_is_null(
    org: OrgClient, team: Team, as_user: Callable[[str], OrgClient]
) -> None:
    row = org.query("SELECT Id, Opportunity__r.Name FROM Content_Touch__c")[0]
    assert row["Opportunity__r"]["Name"] == "Norfield"

    assert (
        as_user("peer").query("SELECT Id FROM Content_Touch__c WHERE Opportunity__r.Name = 'Norfield'") == []
    )


@pytest.mark.parametrize(("level", "expected"), [("Read", (True, False)), ("Edit", (True, True))])
def test_a_team_member_has_the_access_the_team_gives(
    org: OrgClient,
    team: Team,
    as_user: Callable[[str], OrgClient],
    level: str,
    expected: tuple[bool, bool],
) -> None:
    org.create(
        "OpportunityTeamMember",
        OpportunityId=team.deal,
        UserId=team.users["peer"],
        OpportunityAccessLevel=level,
    )

    assert access(org, team.users["peer"], team.deal) == expected
    status = (
        as_user("peer")
        .call("PATCH", f"/sobjects/Opportunity/{team.deal}", json={"NextStep": "x"})
        .status_code
    )
    assert status == (204 if expected[1] else 403)


def test_reading_the_deal_suffices_to_log_a_touch(
    org: OrgClient, team: Team, as_user: Callable[[str], OrgClient]
) -> None:
    org.create("OpportunityTeamMember", OpportunityId=team.deal, UserId=team.users["peer"])

    rows = {"records": [touch(team.deal, "peer's")]}
    [mine] = as_user("peer").call("PATCH", TOUCHES, json=rows).get_json()
    [strangers] = as_user("stranger").call("PATCH", TOUCHES, json=rows).get_json()

    assert mine["success"]
    assert strangers["errors"][0]["statusCode"] in (
        "NOT_FOUND",
        "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
    )


def test_unknown_deleted_and_inactive_mean_no(org: OrgClient, team: Team) -> None:
    org.call("PATCH", f"/sobjects/User/{team.users['head']}", json={"IsActive": False})

    assert access(org, team.users["head"], team.deal) == (False, False)
    assert access(org, team.users["rep"], "006Hs0000000099") == (False, False)
    org.call("DELETE", f"/sobjects/Opportunity/{team.deal}")
    assert access(org, team.users["rep"], team.deal) == (False, False)


@pytest.mark.parametrize(
    "where",
    [
        "",
        "WHERE UserId = '005Hs0000000001'",
        "WHERE RecordId = '006Hs0000000001'",
        "WHERE UserId = '005Hs0000000001' OR RecordId = '006Hs0000000001'",
        "WHERE UserId = '005Hs0000000001' AND RecordId IN ({})".format(
            ", ".join(f"'006Hs0000000{number:03}'" for number in range(201))
        ),
        "WHERE UserId = '005Hs0000000001' AND RecordId = '006Hs0000000001' LIMIT 1",
    ],
)
def test_access_is_asked_for_one_user_and_at_most_200_records(still_org: OrgClient, where: str) -> None:
    assert still_org.query(f"SELECT RecordId FROM UserRecordAccess {where}") == "MALFORMED_QUERY"  # noqa: S608 a value of this test


def test_a_rep_asks_about_nobody_else_and_administers_nothing(
    team: Team, as_user: Callable[[str], OrgClient]
) -> None:
    session = as_user("rep")
    head = team.users["head"]

    about_head = f"SELECT RecordId FROM UserRecordAccess WHERE UserId = '{head}' AND RecordId = '{team.deal}'"  # noqa: S608 a value of this test
    assert session.query(about_head) == "INSUFFICIENT_ACCESS"
    assert session.refusal("PATCH", f"/sobjects/User/{head}", json={"Title": "x"})[0] == 403
