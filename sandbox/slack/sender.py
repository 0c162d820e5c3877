"""Signed requests to the app, each with Slack's deadline, and the retries of events."""

import hashlib
import hmac
import http.client
import json
import threading
import time
import urllib.parse
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sandbox.slack.errors import Json
from sandbox.slack.state import Retry, Slack

# Slack tries again nearly at once, then after a minute, then after five.
RETRY_SECONDS = (0.0, 60.0, 300.0)
_BODY_MOST = 4_000_000


@dataclass(frozen=True)
class Delivery:
    """One request to the app and its answer; `failure` is empty when the app took it."""

    kind: str
    status: int | None
    ms: int
    body: str
    content_type: str
    failure: str
    retry_num: int
    no_retry: bool

    def as_json(self) -> Json:
        """Return it for the control endpoints."""
        return {
            "type": self.kind,
            "status": self.status,
            "ms": self.ms,
            "body": self.body,
            "failure": self.failure,
            "retry_num": self.retry_num,
        }


def send_form(slack: Slack, kind: str, fields: Json) -> Delivery:
    """Send a command or an interaction, once."""
    body = urllib.parse.urlencode(fields)
    return _send(slack, kind, fields, body.encode(), "application/x-www-form-urlencoded", {})


def send_interaction(slack: Slack, payload: Json) -> Delivery:
    """Send an interaction as Slack does: JSON in the form field `payload`, once."""
    body = urllib.parse.urlencode({"payload": json.dumps(payload, ensure_ascii=False)})
    return _send(slack, payload["type"], payload, body.encode(), "application/x-www-form-urlencoded", {})


def send_event(slack: Slack, kind: str, envelope: Json) -> list[Delivery]:
    """Send an event; when it fails, once more at once, and later as the clock goes on."""
    first = _send_event_once(slack, kind, envelope, {})
    if not first.failure:
        return [first]
    return [first, *_try_again(slack, Retry(slack.clock.now(), kind, envelope, 1, first.failure), first)]


def send_many(times: int, send: Callable[[], list[Delivery]]) -> list[Delivery]:
    """Do the same sending `times` times at the very same moment and return all deliveries."""
    if times == 1:
        return send()
    start = threading.Barrier(times)

    def together() -> list[Delivery]:
        start.wait()
        return send()

    with ThreadPoolExecutor(times) as pool:
        running = [pool.submit(together) for _ in range(times)]
        return [delivery for future in running for delivery in future.result()]


def deliver_due(slack: Slack) -> list[Delivery]:
    """Send every retry whose time has come."""
    deliveries: list[Delivery] = []
    while retry := _take_due(slack):
        deliveries += _retry(slack, retry)
    return deliveries


def _take_due(slack: Slack) -> Retry | None:
    with slack.lock:
        due = [retry for retry in slack.retries if retry.due <= slack.clock.now()]
        if not due:
            return None
        slack.retries.remove(due[0])
        return due[0]


def _retry(slack: Slack, retry: Retry) -> list[Delivery]:
    headers = {"X-Slack-Retry-Num": str(retry.number), "X-Slack-Retry-Reason": retry.reason}
    delivery = _send_event_once(slack, retry.kind, retry.payload, headers)
    if not delivery.failure:
        return [delivery]
    following = Retry(retry.due, retry.kind, retry.payload, retry.number + 1, delivery.failure)
    return [delivery, *_try_again(slack, following, delivery)]


def _try_again(slack: Slack, retry: Retry, failed: Delivery) -> list[Delivery]:
    if failed.no_retry or retry.number > len(RETRY_SECONDS):
        return []
    wait = RETRY_SECONDS[retry.number - 1]
    if wait == 0:
        return _retry(slack, retry)
    later = Retry(retry.due + wait, retry.kind, retry.payload, retry.number, retry.reason)
    with slack.lock:
        slack.retries.append(later)
    # What is due already is taken by the `deliver_due` we are in, after a push of the clock.
    if (left := later.due - slack.clock.now()) > 0:
        timer = threading.Timer(left, deliver_due, (slack,))
        timer.daemon = True
        timer.start()
    return []


def _send_event_once(slack: Slack, kind: str, envelope: Json, headers: dict[str, str]) -> Delivery:
    body = json.dumps(envelope, ensure_ascii=False).encode()
    return _send(slack, kind, envelope, body, "application/json", headers)


def _send(
    slack: Slack, kind: str, payload: Json, body: bytes, content_type: str, headers: dict[str, str]
) -> Delivery:
    url = slack.config.app_url.rstrip("/") + "/slack/events"
    signed = {
        "Content-Type": content_type,
        "User-Agent": "Slackbot 1.0",
        **_signature(slack, body),
        **headers,
    }
    started = time.monotonic()
    answer = _post(url, body, signed, slack.config.deadline_seconds)
    delivery = Delivery(
        kind=kind,
        status=answer.status,
        ms=round((time.monotonic() - started) * 1000),
        body=answer.body,
        content_type=answer.content_type,
        failure=answer.failure,
        retry_num=int(headers.get("X-Slack-Retry-Num", "0")),
        no_retry=answer.no_retry,
    )
    with slack.lock:
        slack.records.add_sent({**delivery.as_json(), "at": slack.clock.now(), "payload": payload})
        slack.changed.notify_all()
    return delivery


def _signature(slack: Slack, body: bytes) -> dict[str, str]:
    # The wall clock, not ours: the app compares it with its own, which nobody pushes forward.
    timestamp = str(int(slack.clock.wall()))
    base = b"v0:" + timestamp.encode() + b":" + body
    digest = hmac.new(slack.config.signing_secret.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}


@dataclass(frozen=True)
class _Answer:
    status: int | None
    body: str
    content_type: str
    failure: str
    no_retry: bool = False


def _post(url: str, body: bytes, headers: dict[str, str], deadline: float) -> _Answer:
    parts = urllib.parse.urlsplit(url)
    connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = connect(parts.netloc, timeout=deadline)
    try:
        connection.request("POST", parts.path, body, headers)
        response = connection.getresponse()
        text = response.read(_BODY_MOST).decode("utf-8", "replace")
    except TimeoutError:
        return _Answer(None, "", "", "http_timeout")
    except (OSError, http.client.HTTPException):
        return _Answer(None, "", "", "connection_failed")
    finally:
        connection.close()
    taken = 200 <= response.status < 300
    return _Answer(
        status=response.status,
        body=text,
        content_type=response.headers.get_content_type(),
        failure="" if taken else "http_error",
        no_retry=response.headers.get("X-Slack-No-Retry") == "1",
    )
