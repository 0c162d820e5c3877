"""What the permission sets of the product open, seen by people who have nothing else."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.salesforce.client import OrgClient, touch
from tests.sandbox.salesforce.conftest import PROJECT

PANEL = PROJECT / "force-app" / "main" / "default" / "classes" / "ContentPanelController.cls"
# May read but not write; may not even read.
_READ_ONLY, _HIDDEN = (400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"), (404, "NOT_FOUND")
As = Callable[[str], OrgClient]


def panel_queries(deal: str) -> dict[str, str]:
    """Return what the panel asks, by the object it reads."""
    found = re.findall(r"\[\s*(SELECT.*?)\];", PANEL.read_text("utf-8"), re.DOTALL)
    asked = [re.sub(r":opportunityId\b", f"'{deal}'", " ".join(each.split())) for each in found]
    return {re.findall(r" FROM (\w+)", each)[-1]: each for each in asked}


def granted(org: OrgClient, as_user: As, *names: str) -> OrgClient:
    """Return a session of a new person with a profile that opens nothing, and these permission sets."""
    who = f"{names[0]}.only".lower()
    person = org.user(who, profile="Minimum Access - API Only Integrations")
    for name in names:
        [found] = org.values(f"SELECT Id FROM PermissionSet WHERE Name = '{name}'")  # noqa: S608 - our own names
        org.create("PermissionSetAssignment", AssigneeId=person, PermissionSetId=found)
    return as_user(who)


def me(client: OrgClient) -> str:
    payload = client.app.test_client().get(
        "/services/oauth2/userinfo", headers={"Authorization": f"Bearer {client.token}"}
    )
    return str(payload.get_json()["user_id"])


def rows(deal: str, asset: str) -> dict[str, dict[str, Any]]:
    shared = {key: value for key, value in touch(deal, "t-2").items() if key != "attributes"}
    return {
        "Content_Asset__c": {
            "Name": "ROI",
            "Title__c": "ROI",
            "External_Ref__c": "a-2",
            "Status__c": "Published",
        },
        "Content_Suggestion__c": {
            "Opportunity__c": deal,
            "External_Ref__c": f"{deal}-2",
            "Rank__c": 2,
            "Content_Asset__c": asset,
            "Reason__c": "Same industry",
            "Suggested_At__c": "2026-01-02T03:04:05Z",
        },
        "Content_Touch__c": {
            **shared,
            "Content_Asset__c": asset,
            "Asset_Title__c": "ROI",
            "Asset_Version__c": 1,
        },
    }


@pytest.fixture
def asset(org: OrgClient) -> str:
    return org.create("Content_Asset__c", **rows("", "")["Content_Asset__c"] | {"External_Ref__c": "a-1"})


def told(org: OrgClient, asset: str, owner: OrgClient) -> str:
    """Return a deal of a person, with a contact, a suggestion and a touch."""
    deal = org.deal(OwnerId=me(owner))
    for name in ("Content_Suggestion__c", "Content_Touch__c"):
        org.create(name, **rows(deal, asset)[name])
    buyer = org.create("Contact", LastName="Byrne", Email="aoife@norfield.test", OwnerId=me(owner))
    org.create("OpportunityContactRole", OpportunityId=deal, ContactId=buyer, Role="Decision Maker")
    return deal


def test_a_rep_reads_all_that_the_panel_asks(org: OrgClient, as_user: As, asset: str) -> None:
    rep = granted(org, as_user, "Touchline_Rep")
    asked = panel_queries(told(org, asset, rep))

    assert set(asked) == {"Content_Suggestion__c", "Content_Touch__c", "OpportunityContactRole"}
    for query in asked.values():
        assert len(rep.query(query)) == 1, query


def test_a_manager_reads_the_panel_but_nobodys_address(org: OrgClient, as_user: As, asset: str) -> None:
    manager = granted(org, as_user, "Touchline_Manager")
    asked = panel_queries(told(org, asset, manager))

    assert len(manager.query(asked["Content_Suggestion__c"])) == 1
    assert len(manager.query(asked["Content_Touch__c"])) == 1
    assert manager.query("SELECT Email FROM Contact") == "INVALID_TYPE"


@pytest.mark.parametrize("name", ["Touchline_Rep", "Touchline_Manager"])
def test_a_deal_of_others_shows_nothing(org: OrgClient, as_user: As, asset: str, name: str) -> None:
    person = granted(org, as_user, name)
    asked = panel_queries(told(org, asset, granted(org, as_user, "Touchline_Integration")))

    assert person.query(asked["Content_Suggestion__c"]) == []
    assert person.query(asked["Content_Touch__c"]) == []


def test_enablement_reads_content_and_no_deals(org: OrgClient, as_user: As, asset: str) -> None:
    librarian = granted(org, as_user, "Touchline_Enablement")

    assert librarian.values("SELECT Title__c FROM Content_Asset__c") == ["ROI"]
    for query in (
        "SELECT Id FROM Opportunity",
        "SELECT Id FROM Content_Touch__c",
        "SELECT Id FROM Content_Suggestion__c",
    ):
        assert librarian.query(query) == "INVALID_TYPE"


@pytest.mark.parametrize("name", ["Touchline_Rep", "Touchline_Manager", "Touchline_Enablement"])
def test_people_write_nothing(org: OrgClient, as_user: As, asset: str, name: str) -> None:
    person = granted(org, as_user, name)
    deal = org.deal(OwnerId=me(person))

    for sobject, row in rows(deal, asset).items():
        hidden = name == "Touchline_Enablement" and sobject != "Content_Asset__c"
        refused = person.refusal("POST", f"/sobjects/{sobject}", json=row)
        assert refused == (_HIDDEN if hidden else _READ_ONLY), sobject
    assert person.call("DELETE", f"/sobjects/Content_Asset__c/{asset}").status_code == 400


def test_the_integration_user_writes_on_deals_of_others_and_changes_no_deal(
    org: OrgClient, as_user: As, asset: str
) -> None:
    deal = org.deal()
    integration = granted(org, as_user, "Touchline_Integration")

    for sobject, row in rows(deal, asset).items():
        written = integration.create(sobject, **row)
        assert integration.call("DELETE", f"/sobjects/{sobject}/{written}").status_code == 204
    refused = integration.refusal("PATCH", f"/sobjects/Opportunity/{deal}", json={"Name": "Mine"})
    assert refused == _READ_ONLY
