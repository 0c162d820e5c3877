"""Is this really Slack? Decided on the raw bytes, before anything parses them.

Bolt parses first and answers 500 to malformed requests, signed or not; see docs/decisions/0005-verify-before-bolt.md.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

MOST_BYTES = 1_000_000
MOST_DEPTH = 64
CLOCK_WINDOW_S = 300
_TIMESTAMP = re.compile(r"\d{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
_FORM = "application/x-www-form-urlencoded"


class Refused(Exception):
    """A request that is not answered; `status` is the 4xx it gets."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Verified:
    """A request that Slack signed: its fields, and an id that its second delivery has too."""

    fields: Mapping[str, Any]
    event_id: str


def verify(raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], *, now: float) -> Verified:
    """Return what a request says; raises Refused. `headers` are lower-case, `now` is Unix time in seconds."""
    if len(raw) > MOST_BYTES:
        raise Refused(413, "too large")
    timestamp = headers.get("x-slack-request-timestamp", "")
    signature = headers.get("x-slack-signature", "")
    if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
        raise Refused(401, "not signed")
    if abs(now - int(timestamp)) > CLOCK_WINDOW_S:
        raise Refused(401, "signed too long ago")
    if not any(hmac.compare_digest(sign(raw, timestamp, secret), signature) for secret in secrets):
        raise Refused(401, "signed by somebody else")
    fields = _fields(raw, headers.get("content-type", ""))
    event_id = fields.get("event_id")
    # Commands and interactions have no id of their own; no two honest requests have the same signature.
    return Verified(fields, event_id if isinstance(event_id, str) and event_id else signature)


def sign(raw: bytes, timestamp: str, secret: str) -> str:
    """Return Slack's v0 signature of a body."""
    return (
        "v0="
        + hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + raw, hashlib.sha256).hexdigest()
    )


def _fields(raw: bytes, content_type: str) -> Mapping[str, Any]:
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise Refused(400, "not UTF-8") from error
    if not content_type.startswith(_FORM):
        return _json_object(text)
    form = dict(parse_qsl(text, keep_blank_values=True))
    return _json_object(form["payload"]) if "payload" in form else form


def _json_object(text: str) -> Mapping[str, Any]:
    if _depth(text) > MOST_DEPTH:
        raise Refused(400, "nested too deeply")
    try:
        value = json.loads(text)
    except ValueError as error:
        raise Refused(400, "not JSON") from error
    if not isinstance(value, dict) or not value:
        raise Refused(400, "not an object")
    return value


def _depth(text: str) -> int:
    """Return how deeply brackets nest; brackets inside strings count too, which can only refuse more."""
    depth = deepest = 0
    for character in text:
        if character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest
