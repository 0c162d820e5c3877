"""Salesforce's hooks as the internet reaches them: whatever comes is taken or refused, and never breaks anything."""

import json
import random
import time
from collections.abc import Mapping
from typing import Any

import pytest
import requests

from sandbox.salesforce.ids import make_id
from tests.crm.hook_requests import (
    BOMBS,
    MALFORMED,
    SOAP_HEADERS,
    deal_id,
    hook_body,
    hook_headers,
    message,
    notification_id,
    one_message,
)
from tests.doors import OUTBOUND_PATH, Stage

OUTBOUND = f"outbound/{OUTBOUND_PATH}"
SIGNED = ("hook", "ask", "open", "share")
WAYS = (OUTBOUND, *SIGNED)
NAMES = ("outbound", *SIGNED)

SHARED = json.dumps(
    {
        "user": make_id("005", 77),
        "opportunity": deal_id(1),
        "asset": "a1",
        "recipients": [{"name": "Mia", "email": "mia@buyer.example"}],
        "note": "As discussed",
        "language": "fr",
    }
).encode()


def send(
    stage: Stage, way: str, raw: Any, headers: Mapping[str, Any], *, method: str = "POST"
) -> requests.Response:
    return requests.request(
        method, f"{stage.app_url}/salesforce/{way}", data=raw, headers=dict(headers), timeout=30
    )


def good_headers(way: str, raw: bytes) -> Mapping[str, str]:
    return SOAP_HEADERS if way == OUTBOUND else hook_headers(raw, at=time.time())


def test_a_message_is_acknowledged_in_soap(stage: Stage) -> None:
    answer = send(stage, OUTBOUND, one_message(), SOAP_HEADERS)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert "<Ack>true</Ack>" in answer.text
    assert stage.rows()["outbox"] == 1


def test_a_signed_hook_is_taken(stage: Stage) -> None:
    raw = hook_body(deal_id(1))

    assert send(stage, "hook", raw, hook_headers(raw, at=time.time())).status_code == 200
    assert stage.rows()["outbox"] == 1


@pytest.mark.parametrize("name", [*MALFORMED, *BOMBS])
@pytest.mark.parametrize("way", WAYS, ids=NAMES)
def test_what_is_malformed_is_refused_everywhere(shared_stage: Stage, way: str, name: str) -> None:
    raw, before = {**MALFORMED, **BOMBS}[name], shared_stage.rows()

    answer = send(shared_stage, way, raw, good_headers(way, raw))

    assert 400 <= answer.status_code < 500
    assert "Traceback" not in answer.text
    assert OUTBOUND_PATH not in answer.text
    assert shared_stage.rows() == before


@pytest.mark.parametrize("way", WAYS, ids=NAMES)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_only_posts_are_taken(shared_stage: Stage, way: str, method: str) -> None:
    before, raw = shared_stage.rows(), one_message()

    assert send(shared_stage, way, raw, good_headers(way, raw), method=method).status_code == 405
    assert shared_stage.rows() == before


@pytest.mark.parametrize(
    "way",
    [
        *(
            "",
            "outbound",
            "outbound/",
            "outbound/x",
            f"outbound/{OUTBOUND_PATH}/x",
            f"outbound/{OUTBOUND_PATH}x",
        ),
        *(
            f"outbound/{OUTBOUND_PATH.upper()}",
            f"outbound//{OUTBOUND_PATH}x",
            "outbound/%ff",
            "outbound/%ed%a0%80",
        ),
        *("hook/x", "ask/x", "open/", "share/x", "nothing", "%00", "hook%2f", "outbound/" + "a" * 5_000),
    ],
    ids=lambda way: way[:40],
)
def test_other_paths_lead_nowhere(shared_stage: Stage, way: str) -> None:
    before = shared_stage.rows()

    assert send(shared_stage, way, one_message(), SOAP_HEADERS).status_code in {404, 405, 308}
    assert shared_stage.rows() == before


@pytest.mark.parametrize("way", WAYS, ids=NAMES)
def test_ten_megabytes_are_refused(shared_stage: Stage, way: str) -> None:
    before, raw = shared_stage.rows(), b"<a>" + b"x" * 10_000_000

    try:
        status = send(shared_stage, way, raw, good_headers(way, raw)).status_code
    except requests.ConnectionError:
        # The rest is not even taken off the wire.
        status = 413

    assert status == 413
    assert shared_stage.rows() == before


def test_a_body_of_untold_length_is_refused_when_it_grows_too_large(shared_stage: Stage) -> None:
    before = shared_stage.rows()

    try:
        status = send(shared_stage, OUTBOUND, iter([b"<a>" * 1_000] * 1_000), SOAP_HEADERS).status_code
    except requests.ConnectionError:
        status = 413

    assert status in {400, 411, 413}
    assert shared_stage.rows() == before


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook-id": "é".encode()},
        {"webhook-signature": "v1,é".encode()},
        {"webhook-signature": "v1," + "A" * 7_000},
        {"webhook-timestamp": "9" * 7_000},
        {"content-type": "\x7f"},
        {"content-encoding": "gzip"},
        {"x-forwarded-for": "127.0.0.1"},
        {"host": "evil.example"},
    ],
    ids=str,
)
@pytest.mark.parametrize("way", SIGNED)
def test_strange_headers_are_refused(shared_stage: Stage, way: str, changes: dict[str, Any]) -> None:
    before, raw = shared_stage.rows(), b'{"a": 1}'

    answer = send(shared_stage, way, raw, {**hook_headers(raw, at=time.time()), **changes})

    assert answer.status_code in {400, 401, 415}
    assert "evil.example" not in answer.text
    assert shared_stage.rows() == before


def test_a_thousand_damaged_requests_break_nothing(shared_stage: Stage) -> None:
    chance, before = random.Random(20_261_122), shared_stage.rows()
    good = message([(notification_id(n), deal_id(n)) for n in range(3)], org=deal_id(1))
    statuses = set()
    with requests.Session() as session:
        for _ in range(1_000):
            raw = bytearray(chance.choice([good, hook_body(deal_id(1)), SHARED]))
            for _ in range(chance.randint(1, 8)):
                raw[chance.randrange(len(raw))] = chance.randrange(256)
            way = chance.choice(WAYS)
            headers = dict(good_headers(way, bytes(raw)))
            headers["webhook-id"] = f"msg_{chance.random()}"
            url = f"{shared_stage.app_url}/salesforce/{way}"
            statuses.add(session.post(url, data=bytes(raw), headers=headers, timeout=30).status_code)

    assert statuses <= {400, 401, 403, 422}
    assert shared_stage.rows() == before
