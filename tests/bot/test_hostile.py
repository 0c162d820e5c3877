"""Requests that Slack never sent, or that no Slack would send: refused in plain words, and nothing is written."""

import json
import random
import time
from collections.abc import Mapping
from urllib.parse import quote_plus, urlencode

import pytest
import requests

from tests.doors import DEALS, FORM, JSON, MAYA, Stage, signed

# Slack's own clock may differ by this much, in seconds.
WINDOW = 300
EVENT = json.dumps({"type": "event_callback", "event_id": "Ev1", "event": {"type": "team_join"}}).encode()
COMMAND = urlencode(
    {"command": "/content", "text": "pricing", "user_id": MAYA, "channel_id": DEALS, "response_url": ""}
).encode()

BODIES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", JSON),
    "an empty form": (b"", FORM),
    "not UTF-8": (b'{"a": "\xff\xfe"}', JSON),
    "a form that is not UTF-8": (b"text=\xff\xfe", FORM),
    "an array": (b"[]", JSON),
    "an array of objects": (b'[{"type": "event_callback"}]', JSON),
    "null": (b"null", JSON),
    "a string": (b'"text"', JSON),
    "a number": (b"17", JSON),
    "true": (b"true", JSON),
    "NaN": (b"NaN", JSON),
    "an empty object": (b"{}", JSON),
    "a number of 5,000 digits": (b'{"a": ' + b"9" * 5_000 + b"}", JSON),
    "cut off": (EVENT[: len(EVENT) // 2], JSON),
    "two documents": (EVENT + EVENT, JSON),
    "a byte order mark": (b"\xef\xbb\xbf" + EVENT, JSON),
    "100,000 arrays deep": (b"[" * 100_000, JSON),
    "100,000 arrays deep and closed": (b"[" * 100_000 + b"]" * 100_000, JSON),
    "100,000 objects deep": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, JSON),
    "deep behind a string of brackets": (
        b'{"a": "' + b"]" * 50_000 + b'", "b": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        JSON,
    ),
    "deep with a bracket in a string at each step": (
        b'{"a": ' + b'["]",' * 50_000 + b"1" + b"]" * 50_000 + b"}",
        JSON,
    ),
    "an empty payload": (b"payload=", FORM),
    "a payload that is not JSON": (b"payload=%7Bnot", FORM),
    "a payload that is an array": (b"payload=%5B%5D", FORM),
    "a payload that is null": (b"payload=null", FORM),
    "a payload that is not UTF-8": (b"payload=%FF%FE", FORM),
    "a deep payload": (b"payload=" + quote_plus("[" * 100_000).encode(), FORM),
    "a form called JSON": (COMMAND, JSON),
    "an event called a form": (EVENT, FORM),
    "an event called text": (EVENT[:-3], "text/plain"),
    "XML": (b'<?xml version="1.0"?><a/>', "application/xml"),
    "a multipart form": (b"--x\r\n\r\npayload\r\n--x--\r\n", "multipart/form-data; boundary=x"),
    "no content type": (b"\x00\x01\x02", ""),
    "objects where texts belong": (
        b'{"type": {"a": 1}, "event_id": ["x"], "event": {"type": {"b": 2}}}',
        JSON,
    ),
    "an event that is a list": (b'{"type": "event_callback", "event_id": "Ev2", "event": []}', JSON),
    "an event without a type": (b'{"type": "event_callback", "event_id": "Ev3", "event": {}}', JSON),
    "a mention by nobody": (
        b'{"type": "event_callback", "event_id": "Ev4", "event": {"type": "app_mention"}}',
        JSON,
    ),
    "a mention with numbers for texts": (
        b'{"type": "event_callback", "event_id": 7, "event": {"type": "app_mention", "user": 1, "channel": {}}}',
        JSON,
    ),
    "a message that says nothing of itself": (
        b'{"type": "event_callback", "event_id": "Ev5", "event": {"type": "message", "channel_type": "im"}}',
        JSON,
    ),
    "a click without actions": (b"payload=" + quote_plus('{"type": "block_actions"}').encode(), FORM),
    "a click on nothing": (
        b"payload=" + quote_plus('{"type": "block_actions", "actions": []}').encode(),
        FORM,
    ),
    "a choice without an option": (
        b"payload="
        + quote_plus(
            '{"type": "block_actions", "user": {"id": "U1"}, "actions": [{"action_id": "find.deal", "block_id": "x"}]}'
        ).encode(),
        FORM,
    ),
    "a word on a suggestion without an option": (
        b"payload="
        + quote_plus(
            '{"type": "block_actions", "user": {"id": "U1"}, "actions": [{"action_id": "find.say", "block_id": "x"}]}'
        ).encode(),
        FORM,
    ),
    "why, of nothing": (
        b"payload="
        + quote_plus(
            '{"type": "block_actions", "user": {"id": "U1"}, "actions": [{"action_id": "find.why", "block_id": "x"}]}'
        ).encode(),
        FORM,
    ),
    "a submit without a view": (b"payload=" + quote_plus('{"type": "view_submission"}').encode(), FORM),
    "a submit of an empty form": (
        b"payload="
        + quote_plus(
            '{"type": "view_submission", "user": {"id": "U1"}, "view": {"callback_id": "share.submit"}}'
        ).encode(),
        FORM,
    ),
    "a submit with a torn note to itself": (
        b"payload="
        + quote_plus(
            '{"type": "view_submission", "user": {"id": "U1"}, "view": {"callback_id": "share.submit", '
            '"private_metadata": "{", "state": {"values": {}}, "blocks": []}}'
        ).encode(),
        FORM,
    ),
    "a shortcut on nothing": (
        b"payload="
        + quote_plus(
            '{"type": "message_action", "callback_id": "publish.message", "trigger_id": "1", "response_url": "", '
            '"user": {"id": "U1"}}'
        ).encode(),
        FORM,
    ),
    "a shortcut on files that are none": (
        b"payload="
        + quote_plus(
            '{"type": "message_action", "callback_id": "publish.message", "trigger_id": "1", "response_url": "", '
            '"user": {"id": "U1"}, "message": {"files": "all"}}'
        ).encode(),
        FORM,
    ),
    "a menu without a name": (
        b"payload=" + quote_plus('{"type": "block_suggestion", "user": {"id": "U1"}}').encode(),
        FORM,
    ),
    "a command from nobody": (b"command=%2Fcontent&text=pricing", FORM),
}

STAMPS = {
    "none": None,
    "empty": "",
    "letters": "soon",
    "a fraction": "1763800000.5",
    "an exponent": "1e9",
    "NaN": "NaN",
    "infinity": "inf",
    "negative": "-1",
    "signed": "+1763800000",
    "hexadecimal": "0x6921",
    "a space": "1763800000 1",
    "5,000 digits": "9" * 5_000,
    "thirteen digits": "1763800000000",
    "Thai digits": "๑๗๖๓๘๐๐๐๐๐",
}
SIGNATURES = {
    "none": None,
    "empty": "",
    "another version": "v1=" + "0" * 64,
    "too short": "v0=abc",
    "zeros": "v0=" + "0" * 64,
    "capitals": "v0=" + "A" * 64,
    "not ASCII": "v0=" + "é" * 64,
    "a list": ",".join(["v0=" + "0" * 64] * 2),
    "100,000 long": "v0=" + "0" * 100_000,
}


def test_the_honest_ones_are_taken(stage: Stage) -> None:
    before = stage.rows()

    answers = [stage.post_signed(EVENT), stage.post_signed(COMMAND, kind=FORM)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert stage.rows()["asks"] == before["asks"] + 1


@pytest.mark.parametrize("name", BODIES)
def test_a_malformed_body_is_refused_whoever_signed_it(shared_stage: Stage, name: str) -> None:
    raw, kind = BODIES[name]
    before = shared_stage.rows()

    as_slack = shared_stage.post_signed(raw, kind=kind)
    unsigned = shared_stage.post(raw, {"Content-Type": kind})
    forged = shared_stage.post(raw, signed(raw, kind=kind, secret="guessed"))

    assert 400 <= as_slack.status_code < 500, as_slack.text
    assert (unsigned.status_code, forged.status_code) == (401, 401)
    assert shared_stage.rows() == before


@pytest.mark.parametrize("name", STAMPS)
def test_a_strange_timestamp_is_refused(shared_stage: Stage, name: str) -> None:
    before = shared_stage.rows()
    headers = _with("X-Slack-Request-Timestamp", STAMPS[name])

    answer = shared_stage.post(COMMAND, headers)

    assert 400 <= answer.status_code < 500
    assert shared_stage.rows() == before


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_strange_signature_is_refused(shared_stage: Stage, name: str) -> None:
    before = shared_stage.rows()
    headers = _with("X-Slack-Signature", SIGNATURES[name])

    answer = shared_stage.post(COMMAND, headers)

    assert 400 <= answer.status_code < 500
    assert shared_stage.rows() == before


@pytest.mark.parametrize("seconds", [-360, -WINDOW - 2, WINDOW + 2, 360, 86_400])
def test_a_request_from_another_time_is_refused(shared_stage: Stage, seconds: int) -> None:
    before = shared_stage.rows()

    answer = shared_stage.post_signed(COMMAND, kind=FORM, at=time.time() + seconds)

    assert answer.status_code == 401
    assert shared_stage.rows() == before


@pytest.mark.parametrize("kind", [JSON, FORM])
def test_three_megabytes_are_refused(shared_stage: Stage, kind: str) -> None:
    before = shared_stage.rows()
    raw = b"text=" + b"a" * 3_000_000 if kind == FORM else json.dumps({"a": "a" * 3_000_000}).encode()

    as_slack, unsigned = (
        shared_stage.post_signed(raw, kind=kind),
        shared_stage.post(raw, {"Content-Type": kind}),
    )

    assert (as_slack.status_code, unsigned.status_code) == (413, 413)
    assert shared_stage.rows() == before


def test_no_mutation_of_a_signed_request_is_accepted(shared_stage: Stage) -> None:
    generator = random.Random(20_261_120)
    headers, before = signed(COMMAND, kind=FORM), shared_stage.rows()
    statuses = set()
    with requests.Session() as session:
        for _ in range(2_000):
            raw, changed = _mutated(COMMAND, headers, generator)
            if raw == COMMAND and _as_sent(changed) == _as_sent(headers):
                continue
            answer = session.post(f"{shared_stage.app_url}/slack/events", raw, headers=changed, timeout=10)
            statuses.add(answer.status_code)

    assert statuses <= {400, 401}
    assert shared_stage.rows() == before


def _with(name: str, value: str | None) -> dict[str, str | bytes]:
    """Return the headers of an honest command with one of them changed, or left out when None."""
    headers: dict[str, str | bytes] = {**signed(COMMAND, kind=FORM)}
    del headers[name]
    return headers if value is None else {**headers, name: value.encode()}


def _as_sent(headers: Mapping[str, str | bytes]) -> dict[str, bytes]:
    return {name: value.encode() if isinstance(value, str) else value for name, value in headers.items()}


def _mutated(
    raw: bytes, headers: dict[str, str], generator: random.Random
) -> tuple[bytes, dict[str, str | bytes]]:
    """Change the body, a header, or both in one place."""
    changed: dict[str, str | bytes] = dict(headers)
    if generator.random() < 0.6:
        raw = _mutated_bytes(raw, generator)
    else:
        name = generator.choice(["X-Slack-Request-Timestamp", "X-Slack-Signature"])
        value = _mutated_bytes(headers[name].encode(), generator)
        # What a client can't put into a header can't be sent.
        changed[name] = bytes(byte for byte in value if byte not in b"\r\n\x00").strip()
    return raw, changed


def _mutated_bytes(data: bytes, generator: random.Random) -> bytes:
    place = generator.randrange(len(data))
    match generator.randrange(4):
        case 0:
            return data[:place] + bytes([generator.randrange(256)]) + data[place + 1 :]
        case 1:
            return data[:place] + data[place + 1 :]
        case 2:
            return data[:place] + generator.randbytes(generator.randrange(1, 9)) + data[place:]
        case _:
            return data[:place]
