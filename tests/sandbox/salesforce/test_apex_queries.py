"""The queries of our Apex classes, run as they stand there on rows of the local org."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.sandbox.salesforce.client import OrgClient
from tests.sandbox.salesforce.conftest import PROJECT

CLASSES = PROJECT / "force-app" / "main" / "default" / "classes"
BIND = re.compile(r":(\w+)")
LogIn = Callable[[str], OrgClient]


@pytest.fixture
def deal(org: OrgClient) -> str:
    return org.deal()


def run(org: OrgClient, apex_class: str, source: str, **binds: str) -> list[dict[str, Any]]:
    """Return what the query of a class on this object finds, with these values bound, relations below their names."""
    found = [one for one in queries(apex_class) if re.search(rf"\bFROM {source}\b", one)]
    assert len(found) == 1, f"{apex_class} should have one query on {source}"
    rows = org.query(BIND.sub(lambda bind: binds[bind[1]], found[0]))
    assert isinstance(rows, list), rows
    return rows


def queries(apex_class: str) -> list[str]:
    code = (CLASSES / f"{apex_class}.cls").read_text()
    return re.findall(r"\[(SELECT\b[^\]]+)\]", re.sub(r"\s+", " ", code).replace("[ ", "["))


def quoted(*ids: str) -> str:
    return ", ".join(f"'{one}'" for one in ids)


def asset(org: OrgClient, ref: str, status: str = "Published") -> str:
    facts = {"Title__c": f"Title of {ref}", "Kind__c": "guide", "Version__c": 3, "Audience__c": "Customer"}
    return org.create("Content_Asset__c", Name=ref, External_Ref__c=ref, Status__c=status, **facts)


def suggest(org: OrgClient, deal: str, rank: int, content: str | None) -> None:
    facts = {"Reasons__c": '{"en": ["fits the stage"]}', "Suggested_At__c": "2026-11-20T08:00:00Z"}
    org.create(
        "Content_Suggestion__c",
        External_Ref__c=f"{deal}-{rank}",
        Opportunity__c=deal,
        Rank__c=rank,
        Content_Asset__c=content,
        **facts,
    )


def touch(org: OrgClient, deal: str, day: int, **more: str) -> None:
    facts = {"Kind__c": "Shared", "Occurred_At__c": f"2026-11-{day:02}T08:00:00Z", **more}
    org.create("Content_Touch__c", External_Ref__c=f"{deal}-{day}", Opportunity__c=deal, **facts)


def contact(org: OrgClient, deal: str, name: str, email: str | None, **more: str) -> str:
    made = org.create("Contact", LastName=name, Email=email, **more)
    org.create("OpportunityContactRole", OpportunityId=deal, ContactId=made, IsPrimary=name == "Zimmer")
    return made


def fields(row: Mapping[str, Any]) -> set[str]:
    return {
        f"{name}.{inner}" if isinstance(value, dict) else name
        for name, value in row.items()
        if name != "attributes"
        for inner in (value if isinstance(value, dict) else [name])
        if inner != "attributes"
    }


def test_the_panel_reads_what_may_be_shown_best_first(org: OrgClient, deal: str) -> None:
    shown = [asset(org, f"asset-{number}") for number in range(6)]
    due = asset(org, "due", "Review due")
    for rank, content in enumerate([due, *reversed(shown)], start=1):
        suggest(org, deal, 8 - rank, content)
    suggest(org, deal, 9, asset(org, "expired", "Expired"))
    suggest(org, deal, 10, asset(org, "archived", "Archived"))
    suggest(org, deal, 11, None)
    suggest(org, org.deal("Another"), 1, shown[0])

    rows = run(org, "ContentPanelController", "Content_Suggestion__c", opportunityId=quoted(deal))

    assert [row["Content_Asset__c"] for row in rows] == shown[:5]
    assert rows[0]["Content_Asset__r"]["Title__c"] == "Title of asset-0"
    assert {"Reasons__c", "Basis__c", "Content_Asset__r.Status__c", "Content_Asset__r.Link__c"} <= fields(
        rows[0]
    )


def test_the_panel_reads_what_is_due_for_review_too(org: OrgClient, deal: str) -> None:
    suggest(org, deal, 1, asset(org, "due", "Review due"))

    rows = run(org, "ContentPanelController", "Content_Suggestion__c", opportunityId=quoted(deal))

    assert [row["Content_Asset__r"]["Status__c"] for row in rows] == ["Review due"]


def test_the_panel_reads_touches_latest_first(org: OrgClient, deal: str) -> None:
    content = asset(org, "asset-1", "Archived")
    for day in (3, 9, 5):
        touch(org, deal, day, Content_Asset__c=content, Asset_Title__c="ROI calculator")
    touch(org, org.deal("Another"), 7)

    rows = run(org, "ContentPanelController", "Content_Touch__c", opportunityId=quoted(deal))

    assert [row["Occurred_At__c"][:10] for row in rows] == ["2026-11-09", "2026-11-05", "2026-11-03"]
    assert rows[0]["Content_Asset__r"]["Status__c"] == "Archived"


def test_the_panel_reads_contacts_with_an_address_the_primary_one_first(org: OrgClient, deal: str) -> None:
    contact(org, deal, "Nobody", None)
    contact(org, deal, "Adams", "adams@norfield.test")
    first = contact(org, deal, "Zimmer", "zimmer@norfield.test")

    rows = run(org, "ContentPanelController", "OpportunityContactRole", opportunityId=quoted(deal))

    assert [row["Contact"]["Name"] for row in rows] == ["Zimmer", "Adams"]
    assert rows[0]["ContactId"] == first
    assert rows[0]["Contact"]["Email"] == "zimmer@norfield.test"


def test_sharing_finds_the_chosen_contacts_of_that_deal_alone(org: OrgClient, deal: str) -> None:
    chosen = contact(org, deal, "Adams", "adams@norfield.test")
    contact(org, deal, "Zimmer", "zimmer@norfield.test")
    elsewhere = contact(org, org.deal("Another"), "Berg", "berg@norfield.test")
    binds = {"opportunityId": quoted(deal), "contactIds": f"({quoted(chosen, elsewhere)})"}

    rows = run(org, "ContentActions", "OpportunityContactRole", **binds)

    assert [row["ContactId"] for row in rows] == [chosen]


def test_actions_read_the_deal_and_the_asset_that_they_are_about(org: OrgClient, deal: str) -> None:
    content = asset(org, "asset-1")

    deals = run(org, "ContentActions", "Opportunity", opportunityId=quoted(deal))
    assets = run(org, "ContentActions", "Content_Asset__c", assetId=quoted(content))

    assert [row["Id"] for row in deals] == [deal]
    assert [row["External_Ref__c"] for row in assets] == ["asset-1"]


def test_suggest_content_reads_the_owners(org: OrgClient, deal: str) -> None:
    other = org.deal("Another")

    rows = run(org, "SuggestContent", "Opportunity", ids=f"({quoted(deal, other)})")

    assert {row["Id"] for row in rows} == {deal, other}
    assert all(row["OwnerId"].startswith("005") for row in rows)


def somebody(org: OrgClient, name: str, *permission_sets: str) -> str:
    """Return the id of a user who may do nothing but what these sets give."""
    user = org.user(name, profile="Minimum Access - API Only Integrations")
    for one in permission_sets:
        [set_id] = org.values(f"SELECT Id FROM PermissionSet WHERE Name = '{one}'")  # noqa: S608 a value of this test
        org.create("PermissionSetAssignment", AssigneeId=user, PermissionSetId=set_id)
    return user


def test_the_rep_s_permission_set_is_all_that_the_actions_need(org: OrgClient, as_user: LogIn) -> None:
    rep = somebody(org, "rep", "Touchline_Rep")
    deal = org.deal(OwnerId=rep)
    content = asset(org, "asset-1")
    person = contact(org, deal, "Adams", "adams@norfield.test", OwnerId=rep)
    session = as_user("rep")

    chosen = {"opportunityId": quoted(deal), "contactIds": f"({quoted(person)})"}
    assert len(run(session, "ContentActions", "OpportunityContactRole", **chosen)) == 1
    assert len(run(session, "ContentActions", "Opportunity", opportunityId=quoted(deal))) == 1
    assert len(run(session, "ContentActions", "Content_Asset__c", assetId=quoted(content))) == 1
    assert len(run(session, "SuggestContent", "Opportunity", ids=f"({quoted(deal)})")) == 1


def test_no_action_finds_a_deal_that_the_person_may_not_read(org: OrgClient, as_user: LogIn) -> None:
    somebody(org, "other", "Touchline_Rep")
    deal = org.deal()
    person = contact(org, deal, "Adams", "adams@norfield.test")
    session = as_user("other")

    chosen = {"opportunityId": quoted(deal), "contactIds": f"({quoted(person)})"}
    assert run(session, "ContentActions", "OpportunityContactRole", **chosen) == []
    assert run(session, "ContentActions", "Opportunity", opportunityId=quoted(deal)) == []
    assert run(session, "SuggestContent", "Opportunity", ids=f"({quoted(deal)})") == []


def test_without_a_permission_set_every_query_is_refused(org: OrgClient, as_user: LogIn) -> None:
    somebody(org, "nobody")

    for apex_class in ("ContentPanelController", "ContentActions", "SuggestContent"):
        for query in queries(apex_class):
            with_lists = re.sub(r"\bIN :\w+", "IN ('006000000000001AAA')", query)
            statement = BIND.sub("'006000000000001AAA'", with_lists)
            assert as_user("nobody").query(statement) == "INVALID_TYPE", statement
