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
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
_EVENT_ID = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
# What was not found whole above is not whole.
_KINDS = (
    *("event_callback", "block_actions", "view_submission", "view_closed"),
    *("message_action", "block_suggestion"),
)
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
    # Commands and interactions have no id of their own; no two honest requests have the same signature.
    return whole(_fields(raw, headers.get("content-type", "")), signature)


def whole(fields: Mapping[str, Any], delivery: str) -> Verified:
    """Return a request with its id, or with that of its delivery if it has none; raises Refused for odd shapes."""
    if not _is_whole(fields):
        raise Refused(400, "not of the shape of Slack's requests")
    event_id = fields.get("event_id")
    is_id = isinstance(event_id, str) and _EVENT_ID.fullmatch(event_id)
    return Verified(fields, str(event_id) if is_id else delivery)


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
    """Return how deeply brackets nest; those inside strings are left out: they could hide how deep it really goes."""
    depth = deepest = 0
    for character in _STRING.sub("", text):
        if character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def _is_whole(fields: Mapping[str, Any]) -> bool:
    """Say whether a request has what its kind always has, and Bolt or a listener of ours reads without asking."""
    match fields:
        case {"type": "event_callback", "event": {"type": "app_mention" | "message"} as event}:
            return _has_texts(event, "channel", "ts")
        case {"type": "event_callback", "event": {"type": str()}}:
            return True
        case {"type": "block_actions", "user": {"id": str()}, "actions": [dict() as action, *_]}:
            return _has_texts(action, "type", "action_id", "block_id")
        case {
            "type": "view_submission" | "view_closed",
            "user": {"id": str()},
            "view": {"type": str()} as view,
        }:
            return _has_texts(view, "callback_id", "private_metadata") and _has_values(view)
        case {"type": "message_action", "user": {"id": str()}, "message": {**message}}:
            files = message.get("files", [])
            return _has_texts(fields, "callback_id", "trigger_id", "response_url") and _are_objects(files)
        case {"type": "block_suggestion", "user": {"id": str()}}:
            return _has_texts(fields, "action_id", "block_id")
        case {"type": str() as kind} if kind in _KINDS:
            return False
        case {"command": str()}:
            return _has_texts(fields, "user_id", "channel_id")
        case {"type": str()}:
            return True
    return False


def _has_texts(part: Mapping[str, Any], *names: str) -> bool:
    return all(isinstance(part.get(name), str) for name in names)


def _are_objects(parts: Any) -> bool:
    return isinstance(parts, list) and all(isinstance(part, dict) for part in parts)


def _has_values(view: Mapping[str, Any]) -> bool:
    match view:
        case {"blocks": [*blocks], "state": {"values": {**values}}}:
            return all(isinstance(part, dict) for part in (*blocks, *values.values()))
    return False
