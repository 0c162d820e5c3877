"""The page of an opportunity calls the product as the deployed package would, with its address and its secret."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from threading import Thread
from typing import Any

import pytest
from flask import Flask, Response, request
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from sandbox import plugin
from sandbox.salesforce import BARE_ORG, OrgConfig, create_app
from sandbox.salesforce.deploy.deployment import Deployment, deploy
from tests.sandbox.chromium import PATIENCE_MS, chromium, in_browser, in_one_process
from tests.sandbox.salesforce.client import OrgClient, log_in

pytestmark = in_one_process
KEY = b"k" * 32
PHRASE = f"whsec_{base64.b64encode(KEY).decode()}"
LINK = "https://touchline.example.com/o/token"


class Product:
    """What the product was asked, and what it answers."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.answer: tuple[int, Any] = (200, "taken")

    def take(self, way: str) -> Response:
        stamp, hook_id = request.headers["webhook-timestamp"], request.headers["webhook-id"]
        signed = f"{hook_id}.{stamp}.".encode() + request.data
        digest = base64.b64encode(hmac.digest(KEY, signed, hashlib.sha256)).decode()
        assert request.headers["webhook-signature"] == f"v1,{digest}"
        self.asked.append((way, json.loads(request.data)))
        status, body = self.answer
        text = body if isinstance(body, str) else json.dumps(body)
        return Response(text, status, content_type="application/json")


@pytest.fixture
def product() -> Iterator[tuple[Product, str]]:
    double, door = Product(), Flask("product")
    door.add_url_rule("/salesforce/<way>", view_func=double.take, methods=["POST"])
    server = make_server("127.0.0.1", 0, door, threaded=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield double, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def app(config: OrgConfig, product: tuple[Product, str]) -> Iterator[Flask]:
    app = create_app(replace(config, source=BARE_ORG))
    setup = plugin.Setup(product[1], PHRASE, "p" * 32, config.integration_username)
    deployment = Deployment("0Af", "005", "2026-01-01T00:00:00Z", {})
    deploy(app.extensions["org"], deployment, plugin.package(setup))
    assert deployment.failures == ()
    yield app
    app.extensions["org"].store.close()


@pytest.fixture
def deal(org: OrgClient) -> str:
    return org.deal(OwnerId=org.user("maya"))


def press(org: OrgClient, deal: str, way: str, **body: Any) -> tuple[int, Any]:
    answer = org.app.test_client().post(f"/_sandbox/opportunity/{deal}/{way}", json=body)
    return answer.status_code, answer.get_json()


def test_asking_sends_the_signed_request_of_the_owner(
    org: OrgClient, deal: str, product: tuple[Product, str]
) -> None:
    status, said = press(org, deal, "ask")

    [owner] = org.query("SELECT OwnerId, Owner.Name FROM Opportunity")
    assert (status, said) == (200, {"asked": owner["Owner"]["Name"]})
    assert product[0].asked == [("ask", {"user": owner["OwnerId"], "opportunity": deal})]


def test_opening_asks_for_a_link_in_the_owners_language(
    org: OrgClient, deal: str, product: tuple[Product, str]
) -> None:
    product[0].answer = (200, {"link": LINK})

    assert press(org, deal, "open", asset="a-1") == (200, {"link": LINK})

    [(way, sent)] = product[0].asked
    assert (way, sent["asset"], sent["language"]) == ("open", "a-1", "en_US")
    assert press(org, deal, "open", thing="a-1")[0] == 400


@pytest.mark.parametrize(
    ("answer", "words"),
    [((422, {"error": "Partagez-le"}), "Partagez-le"), ((401, "not signed"), "401"), ((200, "x"), None)],
)
def test_a_refusal_is_shown_in_its_own_words(
    org: OrgClient, deal: str, product: tuple[Product, str], answer: tuple[int, Any], words: str | None
) -> None:
    product[0].answer = answer

    status, said = press(org, deal, "ask")

    assert (status == 200) is (words is None)
    assert words is None or words in said[0]["message"]


def test_an_org_that_is_not_set_up_says_so(config: OrgConfig) -> None:
    bare = create_app(replace(config, source=BARE_ORG))
    there = log_in(bare)
    deal = there.deal()

    status, said = press(there, deal, "ask")

    assert (status, said[0]["errorCode"]) == (400, "NOT_SET_UP")
    assert there.control("GET", f"/opportunity/{deal}.json")["can_ask"] is False
    bare.extensions["org"].store.close()


def test_the_page_knows_whether_it_can_ask(org: OrgClient, deal: str) -> None:
    assert org.control("GET", f"/opportunity/{deal}.json")["can_ask"] is True


def suggest(org: OrgClient, deal: str) -> None:
    asset = {
        "Name": "ROI",
        "Title__c": "Payback",
        "External_Ref__c": "a-1",
        "Version__c": 2,
        "Kind__c": "deck",
    }
    org.create("Content_Asset__c", **asset, Status__c="Review due", Audience__c="Internal")
    facts = {"Reason__c": "About <b>.", "Reasons__c": json.dumps({"en": ["about <b>", "made for Europe"]})}
    named = {"Content_Asset__r": {"External_Ref__c": "a-1"}, "Suggested_At__c": "2026-11-20T09:00:00Z"}
    org.create(
        "Content_Suggestion__c", Opportunity__c=deal, External_Ref__c="s-1", Rank__c=1, **facts, **named
    )


def test_suggestions_make_the_page_new(org: OrgClient, deal: str) -> None:
    before = org.control("GET", f"/opportunity/{deal}.json")

    suggest(org, deal)

    after = org.control("GET", f"/opportunity/{deal}.json")
    [row] = after["opportunity"]["Content_Suggestions__r"]["records"]
    assert after["revision"] != before["revision"]
    assert row["Content_Asset__r"]["Title__c"] == "Payback"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


@pytest.fixture
def page(browser: Browser, served: str) -> Iterator[Page]:
    page = browser.new_page(base_url=served, locale="en-US")
    page.set_default_timeout(PATIENCE_MS)
    yield page
    page.close()


@in_browser
def test_the_panel_shows_why_and_asks(
    org: OrgClient, deal: str, page: Page, product: tuple[Product, str]
) -> None:
    suggest(org, deal)
    page.goto(f"/lightning/r/Opportunity/{deal}/view")

    expect(page.get_by_role("heading", name="Content for this deal")).to_be_visible()
    expect(page.locator("#suggestions .reasons")).to_contain_text("about <b>")
    expect(page.locator("#suggestions .status")).to_have_text(["Internal", "Review due"])
    page.get_by_role("button", name="Ask in Slack").click()

    expect(page.locator("#told")).to_contain_text("direct message in Slack")
    assert [way for way, _ in product[0].asked] == ["ask"]


@in_browser
def test_the_panel_says_why_content_does_not_open(
    org: OrgClient, deal: str, page: Page, product: tuple[Product, str]
) -> None:
    suggest(org, deal)
    product[0].answer = (422, {"error": "This is no longer in the library."})
    page.goto(f"/lightning/r/Opportunity/{deal}/view")

    page.get_by_role("button", name="Payback").click()

    expect(page.locator("#told")).to_have_text("This is no longer in the library.")
