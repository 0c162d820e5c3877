"""Messages that the org sends by itself."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from flask import Flask, Response, request
from werkzeug.serving import make_server

from tests.sandbox.salesforce.client import OrgClient

OUT = "{http://soap.sforce.com/2005/09/outbound}"
SF = "{urn:sobject.enterprise.soap.sforce.com}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
ACK = (
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
    '<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>{}</Ack></notificationsResponse>'
    "</soapenv:Body></soapenv:Envelope>"
)
SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()


class Listener:
    """An endpoint that keeps what it gets; `answers` are given in turn, then Ack true for ever."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.answers: list[tuple[int, str]] = []
        self.came = threading.Event()
        self.url = ""

    def receive(self) -> Response:
        self.bodies.append(request.get_data())
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        status, text = self.answers.pop(0) if self.answers else (200, ACK.format("true"))
        self.came.set()
        return Response(text, status, content_type="text/xml")

    @property
    def notifications(self) -> list[Element]:
        return [each for body in self.bodies for each in fromstring(body).iter(f"{OUT}Notification")]

    @property
    def records(self) -> list[str | None]:
        return [each.findtext(f"{OUT}sObject/{SF}Id") for each in self.notifications]


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    app = Flask("listener")
    app.add_url_rule("/hook", "hook", listener.receive, methods=["POST"])
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    listener.url = f"http://127.0.0.1:{server.server_port}/hook"
    yield listener
    server.shutdown()
    thread.join()
    server.server_close()


def rule(org: OrgClient, listener: Listener, **changed: Any) -> str:
    body = {
        "name": "Stage",
        "object": "Opportunity",
        "fields": ["Name", "StageName", "Amount"],
        "endpoint": listener.url,
    }
    org.control("POST", "/outbound/manners", json={"automatic": False, **changed.pop("manners", {})})
    return str(org.control("POST", "/outbound", json={**body, **changed})["id"])


def deliver(org: OrgClient) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = org.control("POST", "/outbound/deliver")["messages"]
    return messages


def pending(org: OrgClient) -> int:
    return int(org.control("GET", "/outbound")["pending"])


def test_a_message_has_the_form_of_the_platform(org: OrgClient, listener: Listener) -> None:
    action = rule(org, listener)
    deal = org.deal("A & B <C>", Amount=5)

    [message] = deliver(org)

    notifications = fromstring(listener.bodies[0]).find(f".//{OUT}notifications")
    assert notifications is not None
    [organization] = org.values("SELECT Id FROM Organization")
    assert (notifications.findtext(f"{OUT}OrganizationId"), notifications.findtext(f"{OUT}ActionId")) == (
        organization,
        action,
    )
    session = notifications.find(f"{OUT}SessionId")
    assert session is not None
    assert (session.text, session.get(f"{XSI}nil")) == (None, "true")
    [notification] = listener.notifications
    record = notification.find(f"{OUT}sObject")
    assert record is not None
    assert record.get(f"{XSI}type") == "sf:Opportunity"
    assert {child.tag: child.text for child in record} == {
        f"{SF}Id": deal, f"{SF}Name": "A & B <C>", f"{SF}StageName": "Prospecting", f"{SF}Amount": "5.0"
    }  # fmt: skip
    assert (notification.findtext(f"{OUT}Id") or "").startswith("04l")
    assert listener.headers[0]["content-type"] == "text/xml; charset=UTF-8"
    assert (message["ack"], message["status"], pending(org)) == (True, 200, 0)


def test_only_rows_that_meet_the_rule_are_reported(org: OrgClient, listener: Listener) -> None:
    rule(org, listener, when="StageName = 'Closed Won'", events=["update"])
    won, open_deal = org.deal("won", StageName="Closed Won"), org.deal("open")
    assert pending(org) == 0

    for deal in (won, open_deal):
        org.call("PATCH", f"/sobjects/Opportunity/{deal}", json={"NextStep": "x"})
    deliver(org)

    assert listener.records == [won]


def test_a_row_that_was_not_kept_is_not_reported(org: OrgClient, listener: Listener) -> None:
    rule(org, listener)
    good = {
        "attributes": {"type": "Opportunity"},
        "Name": "a",
        "StageName": "Prospecting",
        "CloseDate": "2026-01-01",
    }
    body = {"allOrNone": True, "records": [good, {**good, "StageName": "Nowhere"}]}

    org.call("POST", "/composite/sobjects", json=body)

    assert pending(org) == 0


def test_the_message_carries_what_is_true_when_it_is_sent(org: OrgClient, listener: Listener) -> None:
    rule(org, listener)
    deal = org.deal()
    org.call("PATCH", f"/sobjects/Opportunity/{deal}", json={"StageName": "Closed Won"})

    deliver(org)

    assert [each.findtext(f"{OUT}sObject/{SF}StageName") for each in listener.notifications] == [
        "Closed Won"
    ] * 2


def test_a_message_holds_at_most_a_hundred(org: OrgClient, listener: Listener) -> None:
    rule(org, listener)
    deals = [
        {
            "attributes": {"type": "Opportunity"},
            "Name": f"d{number}",
            "StageName": "Prospecting",
            "CloseDate": "2026-01-01",
        }
        for number in range(150)
    ]
    org.call("POST", "/composite/sobjects", json={"records": deals})

    messages = deliver(org)

    assert [len(message["notifications"]) for message in messages] == [100, 50]
    assert len({each["id"] for message in messages for each in message["notifications"]}) == 150


@pytest.mark.parametrize(
    "answer",
    [
        (200, ACK.format("false")),
        (500, ACK.format("true")),
        (200, "ok"),
        (200, "<Ack>true</Ack>"),
        (200, '<!DOCTYPE a [<!ENTITY b "true">]>' + ACK.format("&b;")),
        (302, ""),
    ],
)
def test_whatever_is_no_acknowledgement_brings_the_whole_batch_again(
    org: OrgClient, listener: Listener, answer: tuple[int, str]
) -> None:
    org.set_clock("2026-01-01T00:00:00Z")
    rule(org, listener)
    deals = [org.deal(name) for name in ("a", "b")]
    listener.answers = [answer]

    deliver(org)
    assert deliver(org) == []
    org.control("POST", "/clock", json={"advance_seconds": 15})
    deliver(org)

    assert listener.records == deals * 2
    ids = [each.findtext(f"{OUT}Id") for each in listener.notifications]
    assert ids[:2] == ids[2:]
    assert pending(org) == 0


def test_tries_become_rarer_and_end_after_a_day(org: OrgClient, listener: Listener) -> None:
    org.set_clock("2026-01-01T00:00:00Z")
    rule(org, listener)
    org.deal()
    listener.answers = [(500, "")] * 100_000
    tries = []
    for minute in range(25 * 60):
        if deliver(org):
            tries.append(minute)
        org.control("POST", "/clock", json={"advance_seconds": 60})

    pauses = [after - before for before, after in pairwise(tries)]
    assert pauses == sorted(pauses)
    assert (max(pauses), pending(org)) == (120, 0)
    assert 22 * 60 <= tries[-1] <= 24 * 60


def test_an_endpoint_that_is_not_there_is_tried_again(org: OrgClient, listener: Listener) -> None:
    rule(org, listener, endpoint="http://127.0.0.1:1/hook")
    org.deal()

    [message] = deliver(org)

    assert (message["status"], message["ack"], pending(org)) == (None, False, 1)


def test_messages_come_twice_and_out_of_order_when_told(org: OrgClient, listener: Listener) -> None:
    rule(org, listener, manners={"unordered": True, "duplicates": 1, "seed": 3})
    deals = [org.deal(f"d{number}") for number in range(8)]

    deliver(org)

    half = len(deals)
    assert listener.records[:half] == listener.records[half:]
    assert listener.records[:half] != deals
    assert sorted(str(each) for each in listener.records[:half]) == sorted(deals)


def test_a_deleted_row_is_not_reported(org: OrgClient, listener: Listener) -> None:
    rule(org, listener)
    org.call("DELETE", f"/sobjects/Opportunity/{org.deal()}")

    assert (deliver(org), pending(org)) == ([], 0)


def test_by_itself_the_org_sends_at_once_and_again_when_the_clock_moves(
    org: OrgClient, listener: Listener
) -> None:
    org.set_clock("2026-01-01T00:00:00Z")
    listener.answers = [(500, "")]
    rule(org, listener, manners={"automatic": True})

    deal = org.deal()

    assert listener.came.wait(5)
    while not org.control("GET", "/outbound/sent")["messages"]:
        listener.came.wait(0.005)
    listener.came.clear()
    org.control("POST", "/clock", json={"advance_seconds": 15})
    assert listener.came.wait(5)
    assert listener.records == [deal, deal]
    org.control("DELETE", "/outbound")


@pytest.mark.parametrize(
    "changed",
    [
        {"object": "Nope"},
        {"fields": ["Nope"]},
        {"fields": "Name"},
        {"endpoint": "https://example.com/hook"},
        {"endpoint": None},
        {"when": "Nope = 1"},
        {"when": "Name ="},
        {"events": ["delete"]},
        {"colour": "red"},
    ],
)
def test_a_senseless_rule_is_refused(org: OrgClient, listener: Listener, changed: dict[str, Any]) -> None:
    body = {"object": "Opportunity", "fields": ["Name"], "endpoint": listener.url, **changed}

    assert org.app.test_client().post("/_sandbox/outbound", json=body).status_code == 400


def test_a_hook_is_signed_so_that_its_receiver_can_check(org: OrgClient, listener: Listener) -> None:
    listener.answers = [(202, "thanks")] * 2
    order = {"url": listener.url, "secret": SECRET, "payload": {"deal": "ü"}, "id": "msg_1", "times": 2}

    messages = org.control("POST", "/hooks", json=order)["messages"]

    headers, body = listener.headers[0], listener.bodies[0]
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    said = f"msg_1.{headers['webhook-timestamp']}.".encode() + body
    wanted = base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{wanted}"
    assert (headers["webhook-id"], json.loads(body)) == ("msg_1", {"deal": "ü"})
    assert [(each["status"], each["body"]) for each in messages] == [(202, "thanks")] * 2
    assert [each["kind"] for each in org.control("GET", "/outbound/sent")["messages"]] == ["hook", "hook"]


def test_a_hook_may_lie_about_time_and_signature(org: OrgClient, listener: Listener) -> None:
    order = {"url": listener.url, "secret": SECRET, "payload": [], "timestamp": 1, "signature": "v1,forged"}

    org.control("POST", "/hooks", json=order)

    sent = listener.headers[0]
    assert (sent["webhook-timestamp"], sent["webhook-signature"]) == ("1", "v1,forged")


@pytest.mark.parametrize(
    "changed", [{"url": "http://example.com"}, {"secret": "x y"}, {"secret": ""}, {"times": 0}, {"colour": 1}]
)
def test_a_senseless_hook_is_refused(org: OrgClient, listener: Listener, changed: dict[str, Any]) -> None:
    order = {"url": listener.url, "secret": SECRET, "payload": {}, **changed}

    assert org.app.test_client().post("/_sandbox/hooks", json=order).status_code == 400
