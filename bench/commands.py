"""Slash commands as Slack sends them, and when the local Slack had their answers."""

import http.client
import itertools
import json
import re
import time
import urllib.parse
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import requests

from bench.figures import BenchFailed
from bot.blocks import OPEN
from bot.verify import sign
from enablement.model import key

SLACK_WAITS_S = 3.0
ANSWERED_WITHIN_S = 30.0
LOOK_EVERY_S = 0.5
TIMEOUT_S = 60
# Slack takes five posts to one response address.
POSTS_AN_ADDRESS = 5
_MARK = re.compile(r"[0-9a-f]{40}")
_numbers = itertools.count(1)
Form = Mapping[str, str]


class NotAcknowledged(Exception):
    """The app did not take a command as Slack demands: HTTP 200 within three seconds."""


@dataclass(frozen=True)
class Command:
    """A signed slash command; the answer to it holds `mark`."""

    app_url: str
    body: bytes
    headers: Mapping[str, str]
    mark: str

    def send(self) -> None:
        """Send it over a connection of its own; raises NotAcknowledged."""
        connection = http.client.HTTPConnection(
            urllib.parse.urlsplit(self.app_url).netloc, timeout=SLACK_WAITS_S
        )
        try:
            connection.request("POST", "/slack/events", self.body, dict(self.headers))
            answer = connection.getresponse()
            said = answer.read()
        finally:
            connection.close()
        if answer.status != requests.codes.ok or said:
            raise NotAcknowledged(f"HTTP {answer.status} {said[:200]!r}")


@dataclass(frozen=True)
class Answers:
    """When each mark was seen in an answer (Unix time), and what was said without a mark."""

    at: Mapping[str, float]
    others: Sequence[str]


def ask(form: Form, text: str, *, app_url: str, secret: str) -> Command:
    """Return a question to Touchline; its mark is the id that Touchline gives to the ask."""
    body, headers = _signed({**form, "text": text}, secret)
    return Command(app_url, body, headers, key("ask", headers["X-Slack-Signature"]))


def echo(form: Form, text: str, *, app_url: str, secret: str) -> Command:
    """Return the same question to an app that sends its words back; the mark is one of them."""
    mark = key("echo", next(_numbers))
    body, headers = _signed({**form, "text": f"{text} {mark}"}, secret)
    return Command(app_url, body, headers, mark)


def event(inside: Mapping[str, Any], *, app_url: str, secret: str) -> Command:
    """Return an event; its mark is its id."""
    event_id = f"EvBENCH{next(_numbers)}"
    body = json.dumps({"type": "event_callback", "event_id": event_id, "event": inside}).encode()
    return Command(app_url, body, _headers(body, "application/json", secret), event_id)


def forms(slack_url: str, slack_ids: Sequence[str], channel: str) -> Iterator[Form]:
    """Yield a command's form for each of these people, in this order, with an address to answer to.

    Only Slack gives such addresses: so each asks for help once, which Touchline answers by itself, and the form that
    the local Slack made for that is used again, at most five times an address, as Slack allows.
    """
    counts = {one: -(-count // POSTS_AN_ADDRESS) for one, count in Counter(slack_ids).items()}
    before = _get(slack_url, "sent", since=0)["last"]

    def help_for(slack_id: str) -> None:
        what = {"user": slack_id, "channel": channel, "command": "/content", "text": "help"}
        answer = requests.post(f"{slack_url}/_sandbox/command", json=what, timeout=TIMEOUT_S).json()
        if not answer["ok"] or answer["deliveries"][0]["status"] != requests.codes.ok:
            raise BenchFailed(f"The local Slack could not give a command: {answer}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(help_for, [one for one, count in counts.items() for _ in range(count)]))
    made: dict[str, list[Form]] = {}
    for row in _get(slack_url, "sent", since=before)["requests"]:
        made.setdefault(row["payload"]["user_id"], []).append(row["payload"])
    used: Counter[str] = Counter()
    for slack_id in slack_ids:
        yield made[slack_id][used[slack_id] // POSTS_AN_ADDRESS]
        used[slack_id] += 1


def position(slack_url: str) -> int:
    """Return the number of the last call that the local Slack received."""
    return int(_get(slack_url, "received", since=1_000_000_000)["last"])


def received(slack_url: str, *, after: int) -> list[dict[str, Any]]:
    """Return the calls that the local Slack received after that one."""
    return list(_get(slack_url, "received", since=after)["calls"])


def wait_for_answers(
    slack_url: str, marks: Sequence[str], *, after: int, within_s: float = ANSWERED_WITHIN_S
) -> Answers:
    """Wait until each mark was answered, at most so long; raises BenchFailed when one was answered twice."""
    wanted = set(marks)
    at: dict[str, float] = {}
    others: list[str] = []
    ends = time.monotonic() + within_s
    while len(at) < len(wanted) and time.monotonic() < ends:
        time.sleep(LOOK_EVERY_S)
        page = _get(slack_url, "received", since=after)
        after = page["last"]
        for call in page["calls"]:
            if call["method"] not in ("response_url", "chat.postEphemeral", "chat.postMessage"):
                continue
            said = json.dumps(call["arguments"], ensure_ascii=False)
            mark = next((one for one in _MARK.findall(said) if one in wanted), None)
            is_answer = call["status"] == requests.codes.ok and (
                OPEN in said or "blocks" not in call["arguments"]
            )
            if mark is None or not is_answer:
                others.append(said[:300])
            elif mark in at:
                raise BenchFailed(f"One command was answered twice: {said[:300]}")
            else:
                at[mark] = float(call["at"])
    return Answers(at, others)


def _signed(fields: Form, secret: str) -> tuple[bytes, dict[str, str]]:
    # A trigger is new with each command: so no two are the same, and none is taken for a repetition.
    body = urllib.parse.urlencode({**fields, "trigger_id": f"bench.{next(_numbers)}"}).encode()
    return body, _headers(body, "application/x-www-form-urlencoded", secret)


def _headers(body: bytes, kind: str, secret: str) -> dict[str, str]:
    timestamp = str(int(time.time()))
    return {
        "Content-Type": kind,
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": sign(body, timestamp, secret),
    }


def look(slack_url: str, what: str, **query: str) -> dict[str, Any]:
    """Return what the local Slack says of something."""
    answer = requests.get(f"{slack_url}/_sandbox/{what}", params=query, timeout=TIMEOUT_S)
    answer.raise_for_status()
    return dict(answer.json())


def _get(slack_url: str, what: str, *, since: int) -> dict[str, Any]:
    return look(slack_url, what, since=str(since))
