"""What goes to the app, each with Slack's deadline, and the retries of events."""

import json
import threading
import time
import urllib.parse
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from sandbox.slack.errors import Json
from sandbox.slack.state import Retry, Slack
from sandbox.slack.transport import Outgoing, over_http, over_socket

# Slack tries again nearly at once, then after a minute, then after five.
RETRY_SECONDS = (0.0, 60.0, 300.0)
FORM = "application/x-www-form-urlencoded"
# The interactions whose acknowledgement may say something.
_ANSWERED = ("view_submission", "block_suggestion")


@dataclass(frozen=True)
class Delivery:
    """One request to the app and its answer; `failure` is empty when the app took it, `number` is its record's."""

    kind: str
    status: int | None
    ms: int
    body: str
    content_type: str
    failure: str
    retry_num: int
    no_retry: bool
    number: int = 0

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
    return _send(slack, kind, Outgoing("slash_commands", fields, body.encode(), FORM, answers=True))


def send_interaction(slack: Slack, payload: Json) -> Delivery:
    """Send an interaction as Slack does: JSON in the form field `payload`, once."""
    body = urllib.parse.urlencode({"payload": json.dumps(payload, ensure_ascii=False)})
    kind = payload["type"]
    return _send(
        slack, kind, Outgoing("interactive", payload, body.encode(), FORM, answers=kind in _ANSWERED)
    )


def send_event(slack: Slack, kind: str, envelope: Json) -> list[Delivery]:
    """Send an event; when it fails, once more at once, and later as the clock goes on."""
    first = _send_event_once(slack, kind, envelope)
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
    delivery = _send_event_once(slack, retry.kind, retry.payload, attempt=retry.number, reason=retry.reason)
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


def _send_event_once(
    slack: Slack, kind: str, envelope: Json, *, attempt: int = 0, reason: str = ""
) -> Delivery:
    body = json.dumps(envelope, ensure_ascii=False).encode()
    out = Outgoing("events_api", envelope, body, "application/json", attempt=attempt, reason=reason)
    return _send(slack, kind, out)


def _send(slack: Slack, kind: str, out: Outgoing) -> Delivery:
    started = time.monotonic()
    answer = over_socket(slack, out) if slack.is_socket_mode else over_http(slack, out)
    delivery = Delivery(
        kind=kind,
        status=answer.status,
        ms=round((time.monotonic() - started) * 1000),
        body=answer.body,
        content_type=answer.content_type,
        failure=answer.failure,
        retry_num=out.attempt,
        no_retry=answer.no_retry,
    )
    record = {**delivery.as_json(), "at": slack.clock.now(), "payload": out.payload}
    if answer.socket is not None:
        record["socket"] = answer.socket
    with slack.lock:
        number = slack.records.add_sent(record)
        slack.changed.notify_all()
    return replace(delivery, number=number)
