"""An announcement goes out while Slack fails and processes die: each reader has one message, each press counts once."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import requests

from bench.announced import violations
from enablement import announcing
from enablement.model import Aim, Announcement
from sandbox.world import ENABLEMENT
from tests.builders import announcement
from tests.journeys.people import History, Stack, wait_for

pytestmark = pytest.mark.xdist_group("stack")
PEOPLE = 60
TITLE = "Prices rise in January"
# As long as Slack is away; it is meant to be met by many, not by all.
OUTAGE_S = 4.0
ZONES = ("Asia/Bangkok", "America/Sao_Paulo", "Europe/Paris", "Asia/Taipei")
ACKNOWLEDGE = "announcement.acknowledge"


@pytest.mark.timeout(150)
def test_each_reader_has_one_message_whatever_fails_and_whoever_dies(stack: Stack) -> None:
    history, readers = History(), bring(stack)
    for kind, count in (("429", 5), ("lost_reply", 6), ("500", 4), ("drop", 3)):
        fault(stack, method="chat.postMessage", kind=kind, times=count)

    one = sent(stack, readers)
    for name in ("worker-write-0", "relay", "worker-write-0"):
        some = len(told(stack, one))
        wait_for(lambda: len(told(stack, one)) >= min(some + 5, PEOPLE), "it goes on")  # noqa: B023 - called at once
        stack.kill(name, history)
    fault(stack, method="*", kind="drop", times=100_000)
    time.sleep(OUTAGE_S)
    requests.delete(f"{stack.demo.slack_url}/_sandbox/faults", timeout=10).raise_for_status()
    wait_for(lambda: len(told(stack, one)) == PEOPLE, "everybody is told", seconds=90)
    acknowledging = readers[::3]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda who: press_twice(stack, who), acknowledging))

    arrived = [who for who in everybody(stack) for _ in messages(stack, who)]
    receipts = stack.demo.services.announcements.receipts(one.id)
    assert violations(readers, arrived, receipts, acknowledging) == []
    assert not stack.work("announce.deliver", "dead")


def bring(stack: Stack) -> list[str]:
    """Let more people be in the workspace, and Touchline know of them; return their ids."""
    address = f"{stack.demo.slack_url}/_sandbox/workspace"
    workspace = requests.get(address, timeout=10).json()
    readers = [f"U0NEWS{number:03}" for number in range(PEOPLE)]
    known = {one["id"] for one in workspace["users"]}
    workspace["users"] += [_colleague(who) for who in readers if who not in known]
    requests.post(address, json=workspace, timeout=10).raise_for_status()
    announcing.read_colleagues(stack.demo.services, now=stack.demo.services.clock())
    return readers


def _colleague(slack_id: str) -> dict[str, Any]:
    name = slack_id.lower()
    zone = ZONES[int(name[-1]) % len(ZONES)]
    return {"id": slack_id, "name": name, "real_name": name, "email": f"{name}@news.example", "tz": zone}


def sent(stack: Stack, readers: Sequence[str]) -> Announcement:
    services = stack.demo.services
    now = services.clock()
    author = next(one for one in services.mirror.profiles() if one.email == ENABLEMENT)
    one = announcement(
        TITLE,
        id=f"{TITLE} {now.isoformat()}",
        author=author.email,
        author_slack_id=author.slack_id,
        aim=Aim(people=tuple(readers)),
        at_once=True,
        made_at=now,
        ends_at=now + timedelta(days=3),
    )
    return announcing.send(one, author.slack_id, services, now=now)


def told(stack: Stack, one: Announcement) -> list[str]:
    receipts = stack.demo.services.announcements.receipts(one.id)
    return [receipt.slack_id for receipt in receipts if receipt.shown_revision]


def everybody(stack: Stack) -> list[str]:
    workspace = requests.get(f"{stack.demo.slack_url}/_sandbox/workspace", timeout=10).json()
    return [one["id"] for one in workspace["users"] if not one.get("deleted")]


def messages(stack: Stack, who: str) -> list[dict[str, Any]]:
    """Return the messages with the announcement that somebody sees anywhere, as the local Slack has them."""
    seen = requests.get(f"{stack.demo.slack_url}/_sandbox/state", params={"as": who}, timeout=15).json()
    return [
        {**message, "channel": channel["id"]}
        for channel in seen["channels"]
        for message in channel["messages"]
        if message["text"] == TITLE
    ]


def press_twice(stack: Stack, who: str) -> None:
    """Press “I have read it” with a hurried thumb, until the message says that it is noted."""
    [message] = messages(stack, who)
    click = {
        "user": who,
        "channel": message["channel"],
        "ts": message["ts"],
        "action_id": ACKNOWLEDGE,
        "times": 2,
    }
    wait_for(stack.answers, "the web door answers")
    requests.post(f"{stack.demo.slack_url}/_sandbox/click", json=click, timeout=30).raise_for_status()
    wait_for(lambda: ACKNOWLEDGE not in str(messages(stack, who)), f"{who} sees that it is noted")


def fault(stack: Stack, **order: Any) -> None:
    requests.post(f"{stack.demo.slack_url}/_sandbox/faults", json=order, timeout=10).raise_for_status()
