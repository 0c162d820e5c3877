"""The two ways to the app: a signed request over HTTP, or an envelope over one of its WebSockets."""

import hashlib
import hmac
import http.client
import json
import urllib.parse
import uuid
from dataclasses import dataclass

from sandbox.slack.errors import Json
from sandbox.slack.state import Slack

_BODY_MOST = 4_000_000
# Slack's words for why an event comes again differ between the two ways.
_SOCKET_REASONS = {"http_timeout": "timeout"}


@dataclass(frozen=True)
class Outgoing:
    """One thing to send; `answers` says whether an acknowledgement may carry more than itself."""

    envelope_type: str
    payload: Json
    body: bytes
    content_type: str
    answers: bool = False
    attempt: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Answer:
    """What the app answered; `failure` is empty when it took the thing."""

    status: int | None
    body: str = ""
    content_type: str = ""
    failure: str = ""
    no_retry: bool = False
    socket: int | None = None


def over_http(slack: Slack, out: Outgoing) -> Answer:
    """Send a signed request."""
    headers = {"Content-Type": out.content_type, "User-Agent": "Slackbot 1.0", **_signature(slack, out.body)}
    if out.attempt:
        headers |= {"X-Slack-Retry-Num": str(out.attempt), "X-Slack-Retry-Reason": out.reason}
    parts = urllib.parse.urlsplit(slack.config.app_url.rstrip("/") + "/slack/events")
    connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = connect(parts.netloc, timeout=slack.config.deadline_seconds)
    try:
        connection.request("POST", parts.path, out.body, headers)
        response = connection.getresponse()
        text = response.read(_BODY_MOST).decode("utf-8", "replace")
    except TimeoutError:
        return Answer(None, failure="http_timeout")
    except (OSError, http.client.HTTPException):
        return Answer(None, failure="connection_failed")
    finally:
        connection.close()
    return Answer(
        status=response.status,
        body=text,
        content_type=response.headers.get_content_type(),
        failure="" if 200 <= response.status < 300 else "http_error",
        no_retry=response.headers.get("X-Slack-No-Retry") == "1",
    )


def over_socket(slack: Slack, out: Outgoing) -> Answer:
    """Send an envelope to one of the app's sockets; with none open it fails at once."""
    envelope: Json = {
        "envelope_id": str(uuid.uuid4()),
        "type": out.envelope_type,
        "accepts_response_payload": out.answers,
        "payload": out.payload,
    }
    if out.envelope_type == "events_api":
        reason = _SOCKET_REASONS.get(out.reason, out.reason)
        envelope |= {"retry_attempt": out.attempt, "retry_reason": reason}
    waiting = slack.sockets.deliver(envelope, seconds=slack.config.deadline_seconds)
    if waiting is None:
        return Answer(None, failure="connection_failed")
    number = waiting.link.number
    if waiting.answer is None:
        return Answer(None, failure=waiting.failure, socket=number)
    said = waiting.answer.get("payload")
    # An answer to what takes none is let fall.
    body = json.dumps(said, ensure_ascii=False) if out.answers and said else ""
    return Answer(200, body, "application/json" if body else "", socket=number)


def _signature(slack: Slack, body: bytes) -> dict[str, str]:
    # The wall clock, not ours: the app compares it with its own, which nobody pushes forward.
    timestamp = str(int(slack.clock.wall()))
    base = b"v0:" + timestamp.encode() + b":" + body
    digest = hmac.new(slack.config.signing_secret.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}
