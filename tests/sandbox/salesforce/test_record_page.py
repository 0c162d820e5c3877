"""People change an opportunity on its page: the org keeps it, follows its stage, and tells who listens."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.sandbox.chromium import PATIENCE_MS, chromium, in_browser, in_one_process
from tests.sandbox.salesforce.client import OrgClient

pytestmark = in_one_process


def saved(app: Flask, deal: str, **fields: Any) -> tuple[int, Any]:
    """Save fields as the page does; return status and what was said."""
    answer = app.test_client().post(f"/_sandbox/opportunity/{deal}", json=fields)
    return answer.status_code, answer.get_json(silent=True)


def test_the_owner_changes_a_stage_and_it_is_history(org: OrgClient) -> None:
    owner = org.user("maya")
    deal = org.deal(OwnerId=owner)

    status, _ = saved(org.app, deal, StageName="Negotiation/Review", Amount=77)

    [row] = org.query("SELECT StageName, Probability, Amount, LastModifiedById FROM Opportunity")
    assert status == 204
    assert (row["StageName"], row["Probability"], row["Amount"]) == ("Negotiation/Review", 90.0, 77.0)
    assert row["LastModifiedById"] == owner
    stages = org.values("SELECT StageName FROM OpportunityHistory ORDER BY CreatedDate")
    assert stages == ["Prospecting", "Negotiation/Review"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"CloseDate": "soon"}, "JSON_PARSER_ERROR"),
        ({"CloseDate": None}, "REQUIRED_FIELD_MISSING"),
        ({"Nonsense__c": 1}, "INVALID_FIELD"),
    ],
)
def test_what_the_org_refuses_is_said_and_not_kept(org: OrgClient, fields: dict[str, Any], code: str) -> None:
    deal = org.deal(Amount=5)

    status, said = saved(org.app, deal, Amount=6, **fields)

    assert (status, said[0]["errorCode"]) == (400, code)
    assert org.values("SELECT Amount FROM Opportunity") == [5.0]


def test_an_opportunity_that_is_none_is_not_found(org: OrgClient) -> None:
    assert saved(org.app, "006Hs0000000099", Amount=1)[0] == 404


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


@pytest.fixture
def page(browser: Browser, served: str) -> Iterator[Page]:
    page = browser.new_page(base_url=served)
    page.set_default_timeout(PATIENCE_MS)
    yield page
    page.close()


def opened(page: Page, deal: str) -> None:
    page.goto(f"/lightning/r/Opportunity/{deal}/view")
    expect(page.locator("#name")).to_have_text("Norfield")


@in_browser
def test_a_stage_is_moved_along_the_path(org: OrgClient, page: Page) -> None:
    opened(page, org.deal())

    page.get_by_role("button", name="Qualification").click()
    page.get_by_role("button", name="Mark as Current Stage").click()
    expect(page.locator("#path .is-now")).to_have_text("Qualification")
    page.get_by_role("button", name="Mark Stage as Complete").click()
    expect(page.locator("#path .is-now")).to_have_text("Needs Analysis")

    assert org.values("SELECT StageName FROM Opportunity") == ["Needs Analysis"]


@in_browser
def test_a_deal_is_closed_by_choosing_how(org: OrgClient, page: Page) -> None:
    opened(page, org.deal(StageName="Negotiation/Review"))

    page.get_by_role("button", name="Mark Stage as Complete").click()
    page.get_by_label("Closed stage").select_option("Closed Lost")
    page.get_by_role("button", name="Mark as Current Stage").click()

    expect(page.locator("#path .is-lost")).to_have_text("Closed Lost")
    assert org.values("SELECT StageName FROM Opportunity") == ["Closed Lost"]


@in_browser
def test_fields_are_edited_and_emptied(org: OrgClient, page: Page) -> None:
    opened(page, org.deal(Amount=5, NextStep="Call"))

    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Amount").fill("")
    page.get_by_label("Next step").fill("<b>Send the offer</b>")
    page.get_by_role("button", name="Save").click()

    expect(page.locator("#details")).to_contain_text("<b>Send the offer</b>")
    expect(page.locator("#editor")).to_be_hidden()
    [row] = org.query("SELECT Amount, NextStep FROM Opportunity")
    assert (row["Amount"], row["NextStep"]) == (None, "<b>Send the offer</b>")


@in_browser
def test_what_is_refused_stays_in_the_dialog(org: OrgClient, page: Page) -> None:
    deal = org.deal()
    opened(page, deal)
    page.get_by_role("button", name="Edit").click()
    assert org.call("DELETE", f"/sobjects/Opportunity/{deal}").status_code == 204

    page.get_by_role("button", name="Save").click()

    expect(page.locator("#fields-complaint")).not_to_be_empty()
    expect(page.locator("#editor")).to_be_visible()
