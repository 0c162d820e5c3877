"""Metadata taken out of the org again, by SOAP."""

import re

import pytest

from tests.sandbox.salesforce.client import OrgClient
from tests.sandbox.salesforce.test_deploy import XMLNS, Files, M, deploy, failures, manifest, project

OURS = "Content_Touch__c Content_Suggestion__c Content_Asset__c"


def destroying(path: str = "destructiveChanges.xml", **members: str) -> Files:
    return {"package.xml": manifest(), path: manifest(**members)}


def plain(files: Files) -> Files:
    """Return objects without what went with them and is not sent here."""
    assigned = re.compile(r"<compactLayoutAssignment>.*?</compactLayoutAssignment>")
    return {path: assigned.sub("", text) for path, text in files.items()}


@pytest.mark.parametrize(
    "path", ["destructiveChanges.xml", "destructiveChangesPre.xml", "destructiveChangesPost.xml"]
)
def test_an_object_goes_with_its_rows(org: OrgClient, path: str) -> None:
    deal = org.create("Opportunity", Name="A", StageName="Prospecting", CloseDate="2031-01-31")
    facts = {"Kind__c": "Shared", "Occurred_At__c": "2026-10-01T10:00:00Z", "External_Ref__c": "t1"}
    org.create("Content_Touch__c", Opportunity__c=deal, **facts)

    result = deploy(org, destroying(path, CustomObject=OURS))

    assert failures(result) == []
    assert [each.findtext(f"{M}deleted") for each in result.iter(f"{M}componentSuccesses")] == ["true"] * 3
    assert org.query("SELECT Id FROM Content_Touch__c") == "INVALID_TYPE"
    assert failures(deploy(org, plain(project()))) == []
    assert org.query("SELECT Id FROM Content_Touch__c") == []


def test_an_object_that_others_refer_to_stays(org: OrgClient) -> None:
    [(_, problem)] = failures(deploy(org, destroying(CustomObject="Content_Asset__c")))

    assert problem is not None
    assert "Content_Asset__c, which is not in this org" in problem
    assert org.query("SELECT Id FROM Content_Asset__c") == []


def test_a_field_goes_alone(org: OrgClient) -> None:
    assert failures(deploy(org, destroying(CustomField="Content_Touch__c.Channel__c"))) == []

    assert org.query("SELECT Channel__c FROM Content_Touch__c") == "INVALID_FIELD"
    assert org.query("SELECT Recipient__c FROM Content_Touch__c") == []


def test_a_permission_set_goes_with_its_assignments(org: OrgClient) -> None:
    deploy(org, project())
    found = org.query("SELECT Id FROM PermissionSet WHERE Name = 'Touchline_Integration'")
    [user, *_] = org.query("SELECT Id FROM User")
    org.create("PermissionSetAssignment", PermissionSetId=found[0]["Id"], AssigneeId=user["Id"])

    assert failures(deploy(org, destroying(PermissionSet="Touchline_Integration"))) == []

    assert org.query("SELECT Id FROM PermissionSet WHERE Name = 'Touchline_Integration'") == []
    assert org.values("SELECT PermissionSetId FROM PermissionSetAssignment").count(found[0]["Id"]) == 0


def test_checking_deletes_nothing(org: OrgClient) -> None:
    assert failures(deploy(org, destroying(CustomObject=OURS), checkOnly="true")) == []

    assert org.query("SELECT Id FROM Content_Touch__c") == []


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"CustomObject": "Opportunity"}, "part of the platform"),
        ({"CustomField": "Opportunity.StageName"}, "part of the platform"),
        ({"ApexClass": "*"}, "wildcard"),
        ({"Wish": "A"}, "Unknown type name 'Wish'"),
    ],
)
def test_what_cannot_go_is_refused(org: OrgClient, members: dict[str, str], words: str) -> None:
    assert any(words in (problem or "") for _, problem in failures(deploy(org, destroying(**members))))


def test_what_is_not_there_is_passed_over(org: OrgClient) -> None:
    assert failures(deploy(org, destroying(ApexClass="NeverThere", CustomObject="Never_There__c"))) == []


def test_a_list_that_is_none_is_refused(org: OrgClient) -> None:
    result = deploy(org, {"package.xml": manifest(), "destructiveChanges.xml": f"<Report {XMLNS}/>"})

    assert "destructiveChanges.xml: unexpected root" in (result.findtext(f"{M}errorMessage") or "")
