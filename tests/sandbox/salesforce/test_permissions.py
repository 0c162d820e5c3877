"""Which objects and fields a profile and permission sets open."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.salesforce.client import TOUCHES, OrgClient, touch

LogIn = Callable[[str], OrgClient]


def assign(org: OrgClient, user: str, permission_set: str) -> str:
    [set_id] = org.values(f"SELECT Id FROM PermissionSet WHERE Name = '{permission_set}'")  # noqa: S608 a value of this test
    return org.create("PermissionSetAssignment", AssigneeId=user, PermissionSetId=set_id)


def field_row(org: OrgClient, field: str) -> str:
    where = f"Field = '{field}' AND Parent.Profile.Name = 'Standard User'"
    [row] = org.values(f"SELECT Id FROM FieldPermissions WHERE {where}")  # noqa: S608 a value of this test
    return str(row)


@pytest.fixture
def robot(org: OrgClient) -> str:
    return org.user("robot", profile="Minimum Access - API Only Integrations")


def test_without_permission_sets_an_integration_sees_nothing(
    org: OrgClient, robot: str, as_user: LogIn
) -> None:
    deal = org.deal(OwnerId=robot)
    session = as_user("robot")

    assert session.query("SELECT Id FROM Opportunity") == "INVALID_TYPE"
    assert session.refusal("GET", f"/sobjects/Opportunity/{deal}") == (404, "NOT_FOUND")
    assert session.refusal("GET", "/sobjects/Opportunity/describe") == (404, "NOT_FOUND")
    body = {"Name": "x", "StageName": "Prospecting", "CloseDate": "2026-01-01"}
    assert session.refusal("POST", "/sobjects/Opportunity", json=body) == (404, "NOT_FOUND")
    names = {each["name"] for each in session.call("GET", "/sobjects").get_json()["sobjects"]}
    assert "User" in names
    assert not {"Opportunity", "Account", "OpportunityHistory"} & names


def test_the_permission_set_of_the_project_opens_what_it_says(
    org: OrgClient, robot: str, as_user: LogIn
) -> None:
    account = org.create("Account", Name="Norfield", Industry="Energy", Phone="1")
    deal = org.deal(OwnerId=robot, AccountId=account, Amount=5)
    assign(org, robot, "Touchline_Integration")
    session = as_user("robot")

    [row] = session.query("SELECT Name, Amount, Account.Name, Account.Industry FROM Opportunity")
    [written] = session.call("PATCH", TOUCHES, json={"records": [touch(deal, "ref")]}).get_json()

    assert (row["Amount"], row["Account"]["Industry"]) == (5.0, "Energy")
    assert written["success"] is True, written
    assert session.query("SELECT Phone FROM Account") == "INVALID_FIELD"
    assert session.refusal("PATCH", f"/sobjects/Opportunity/{deal}", json={"Amount": 7}) == (
        400,
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
    )


def test_a_field_taken_from_a_profile_is_as_if_it_were_not_there(org: OrgClient, as_user: LogIn) -> None:
    rep = org.user("rep")
    deal = org.deal(OwnerId=rep, Amount=5)
    session = as_user("rep")
    assert session.values("SELECT Amount FROM Opportunity") == [5.0]

    org.call("DELETE", f"/sobjects/FieldPermissions/{field_row(org, 'Opportunity.Amount')}")

    answer = session.call("GET", "/query", query_string={"q": "SELECT Amount FROM Opportunity"})
    assert "No such column 'Amount' on entity 'Opportunity'" in answer.get_json()[0]["message"]
    assert session.query("SELECT Id FROM Opportunity WHERE Amount > 1") == "INVALID_FIELD"
    assert session.query("SELECT Id FROM Opportunity ORDER BY Amount") == "INVALID_FIELD"
    assert session.query("SELECT SUM(Amount) FROM Opportunity") == "INVALID_FIELD"
    assert "Amount" not in session.call("GET", f"/sobjects/Opportunity/{deal}").get_json()
    described = session.call("GET", "/sobjects/Opportunity/describe").get_json()["fields"]
    assert "Amount" not in {field["name"] for field in described}
    assert session.refusal("PATCH", f"/sobjects/Opportunity/{deal}", json={"Amount": 1})[1] == "INVALID_FIELD"
    assert org.values("SELECT Amount FROM Opportunity") == [5.0]


def test_a_field_that_may_only_be_read_is_not_written(org: OrgClient, as_user: LogIn) -> None:
    rep = org.user("rep")
    deal = org.deal(OwnerId=rep, Amount=5)
    org.call(
        "PATCH",
        f"/sobjects/FieldPermissions/{field_row(org, 'Opportunity.Amount')}",
        json={"PermissionsEdit": False},
    )
    session = as_user("rep")

    refused = session.refusal("PATCH", f"/sobjects/Opportunity/{deal}", json={"Amount": 1})

    assert refused == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")
    assert session.values("SELECT Amount FROM Opportunity") == [5.0]
    described = session.call("GET", "/sobjects/Opportunity/describe").get_json()["fields"]
    assert [field["updateable"] for field in described if field["name"] == "Amount"] == [False]


def test_permissions_of_several_sets_add_up_and_end_with_the_assignment(
    org: OrgClient, robot: str, as_user: LogIn
) -> None:
    org.deal(OwnerId=robot, NextStep="call")
    assign(org, robot, "Touchline_Integration")
    more = org.create("PermissionSet", Name="More", Label="More")
    org.create(
        "FieldPermissions",
        ParentId=more,
        SobjectType="Opportunity",
        Field="Opportunity.LeadSource",
        PermissionsRead=True,
    )
    assignment = assign(org, robot, "More")
    session = as_user("robot")
    assert session.values("SELECT LeadSource FROM Opportunity") == [None]

    org.call("DELETE", f"/sobjects/PermissionSetAssignment/{assignment}")

    assert session.query("SELECT LeadSource FROM Opportunity") == "INVALID_FIELD"


def test_view_all_records_goes_past_sharing(org: OrgClient, robot: str, as_user: LogIn) -> None:
    deal = org.deal()
    more = org.create("PermissionSet", Name="More", Label="More")
    rights: dict[str, Any] = {"ParentId": more, "SobjectType": "Opportunity", "PermissionsRead": True}
    rights |= {"PermissionsEdit": True}
    row = org.create("ObjectPermissions", **rights)
    assign(org, robot, "More")
    session = as_user("robot")
    assert session.values("SELECT Id FROM Opportunity") == []

    org.call("PATCH", f"/sobjects/ObjectPermissions/{row}", json={"PermissionsViewAllRecords": True})

    assert session.values("SELECT Id FROM Opportunity") == [deal]
    access = org.query(
        f"SELECT HasReadAccess, HasEditAccess FROM UserRecordAccess WHERE UserId = '{robot}' AND RecordId = '{deal}'"  # noqa: S608 values of this test
    )
    assert (access[0]["HasReadAccess"], access[0]["HasEditAccess"]) == (True, False)
    assert (
        session.refusal("DELETE", f"/sobjects/Opportunity/{deal}")[1]
        == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"
    )


@pytest.mark.parametrize(
    ("sobject", "row"),
    [
        ("FieldPermissions", {"SobjectType": "Opportunity", "Field": "Opportunity.Nope"}),
        ("FieldPermissions", {"SobjectType": "Opportunity", "Field": "Opportunity.StageName"}),
        ("FieldPermissions", {"SobjectType": "Opportunity", "Field": "Account.Industry"}),
        (
            "FieldPermissions",
            {"SobjectType": "Opportunity", "Field": "Opportunity.Amount", "PermissionsEdit": True},
        ),
        ("ObjectPermissions", {"SobjectType": "Nope"}),
        ("ObjectPermissions", {"SobjectType": "Opportunity", "PermissionsCreate": True}),
    ],
)
def test_a_senseless_permission_is_refused(org: OrgClient, sobject: str, row: dict[str, Any]) -> None:
    more = org.create("PermissionSet", Name="More", Label="More")

    assert org.call("POST", f"/sobjects/{sobject}", json={"ParentId": more, **row}).status_code == 400


def test_only_administrators_hand_out_permissions(org: OrgClient, robot: str, as_user: LogIn) -> None:
    org.user("rep")
    body = {"Name": "Mine", "Label": "Mine"}

    assert as_user("rep").call("POST", "/sobjects/PermissionSet", json=body).status_code == 403
