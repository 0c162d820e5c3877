"""Deliver Outbound Messages: in batches, again and again for a day, now and then twice or out of order."""

import random
import sqlite3
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import requests

from sandbox.salesforce.clock import as_text
from sandbox.salesforce.ids import make_id
from sandbox.salesforce.local_org import Org
from sandbox.salesforce.outbound.envelope import MOST_NOTIFICATIONS, envelope, is_acknowledged
from sandbox.salesforce.outbound.flows import flow_rules
from sandbox.salesforce.outbound.rules import Rule
from sandbox.salesforce.writer import Written

_GIVES_UP = timedelta(hours=24)
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=15), timedelta(hours=2)
_TIMEOUT_SECONDS = 10.0
_MOST_KEPT = 10_000


@dataclass
class Notification:
    """One row to report; `due` moves on with every try that was not acknowledged."""

    id: str
    rule: Rule
    record_id: str
    born: datetime
    due: datetime
    tries: int = 0


@dataclass(frozen=True)
class Manners:
    """How badly the courier behaves: more copies of each message, order by chance, by itself or when told."""

    automatic: bool = True
    duplicates: int = 0
    unordered: bool = False
    seed: int = 0


class Courier:
    """Hears of written rows and tells endpoints about them."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._rules: list[Rule] = []
        self._of_flows: list[Rule] = []
        self._pending: list[Notification] = []
        self._sent: deque[dict[str, Any]] = deque(maxlen=_MOST_KEPT)
        self._counts = {"rules": 0, "notifications": 0, "sent": 0}
        self._manners = Manners()
        self._chance = random.Random(0)
        self._changed = threading.Condition()
        self._delivering = threading.Lock()
        self._thread: threading.Thread | None = None
        org.listeners.append(self.hear)
        org.clock.when_moved(self._wake)
        org.when_deployed.append(self._follow_flows)
        self._follow_flows()

    def next_rule_id(self) -> str:
        """Return the id of the next rule."""
        return make_id("04k", self._count("rules"))

    def add(self, rule: Rule) -> None:
        """Report rows by a rule from now on."""
        with self._changed:
            self._rules.append(rule)
            self._start()

    def clear(self) -> None:
        """Forget the rules that were ordered, what waits, and manners; flows stay as they were deployed."""
        with self._changed:
            self._rules.clear()
            self._pending.clear()
        self.behave(Manners())

    def behave(self, manners: Manners) -> None:
        """Deliver in another manner from now on."""
        with self._changed:
            self._manners, self._chance = manners, random.Random(manners.seed)
            self._changed.notify_all()

    def state(self) -> dict[str, Any]:
        """Return the rules and how many notifications wait."""
        with self._changed:
            rules = [
                {
                    **vars(rule),
                    "fields": list(rule.fields),
                    "events": list(rule.events),
                    "changes": list(rule.changes),
                }
                for rule in (*self._rules, *self._of_flows)
            ]
            return {"rules": rules, "pending": len(self._pending), "manners": dict(vars(self._manners))}

    def sent_since(self, number: int) -> list[dict[str, Any]]:
        """Return the messages sent after that number, oldest first."""
        with self._changed:
            return [message for message in self._sent if message["n"] > number]

    def note(self, message: dict[str, Any]) -> dict[str, Any]:
        """Keep a record of something sent, under the next number."""
        number = self._count("sent")
        with self._changed:
            numbered = {"n": number, "at": as_text(self._org.clock.now()), **message}
            self._sent.append(numbered)
            return numbered

    def hear(self, written: Written) -> None:
        """Queue a notification for every rule that a written row meets."""
        now = self._org.clock.now()
        fired = [rule for rule in (*self._rules, *self._of_flows) if rule.fires_on(self._org, written)]
        with self._changed:
            for rule in fired:
                self._counts["notifications"] += 1
                notification_id = make_id("04l", self._counts["notifications"])
                self._pending.append(Notification(notification_id, rule, written.record_id, now, now))
            self._changed.notify_all()

    def deliver(self) -> list[dict[str, Any]]:
        """Send everything that is due and return what was sent."""
        with self._delivering:
            return [message for batch in self._batches() for message in self._send(batch)]

    def _batches(self) -> list[list[Notification]]:
        now = self._org.clock.now()
        with self._changed:
            due = [each for each in self._pending if each.due <= now]
        if self._manners.unordered:
            self._chance.shuffle(due)
        batches: list[list[Notification]] = []
        for rule in dict.fromkeys(each.rule for each in due):
            mine = [each for each in due if each.rule == rule]
            batches += [mine[at : at + MOST_NOTIFICATIONS] for at in range(0, len(mine), MOST_NOTIFICATIONS)]
        if self._manners.unordered:
            self._chance.shuffle(batches)
        return batches

    def _send(self, batch: list[Notification]) -> list[dict[str, Any]]:
        rule, now = batch[0].rule, self._org.clock.now()
        rows = {row["Id"]: row for row in rule.rows(self._org, list({each.record_id for each in batch}))}
        here = [each for each in batch if each.record_id in rows]
        self._forget(each for each in batch if each.record_id not in rows)  # deleted in the meantime
        if not here:
            return []
        content = envelope(
            organization=self._org.organization_id,
            action=rule.id,
            base=self._org.config.base_url.rstrip("/"),
            object_name=rule.object,
            rows=[(each.id, rows[each.record_id]) for each in here],
        )
        copies = 1 + self._manners.duplicates
        messages = [self._post(rule, here, content) for _ in range(copies)]
        self._settle(here, now, acknowledged=any(message["ack"] for message in messages))
        return messages

    def _post(self, rule: Rule, batch: list[Notification], content: str) -> dict[str, Any]:
        message: dict[str, Any] = {
            "kind": "outbound_message",
            "rule": rule.id,
            "endpoint": rule.endpoint,
            "notifications": [{"id": each.id, "record_id": each.record_id} for each in batch],
            "try": batch[0].tries + 1,
        }
        headers = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""', "Accept": "text/xml"}
        try:
            answer = post(rule.endpoint, content.encode(), headers)
        except requests.RequestException as error:
            return self.note({**message, "status": None, "ack": False, "error": type(error).__name__})
        ack = is_acknowledged(answer.status_code, answer.content)
        return self.note({**message, "status": answer.status_code, "ack": ack})

    def _settle(self, batch: list[Notification], now: datetime, *, acknowledged: bool) -> None:
        if acknowledged:
            self._forget(batch)
            return
        for each in batch:
            pause = min(_FIRST_PAUSE * 2 ** min(each.tries, 20), _LONGEST_PAUSE)
            each.tries += 1
            each.due = now + pause
        self._forget(each for each in batch if each.due - each.born > _GIVES_UP)

    def _forget(self, gone: Iterable[Notification]) -> None:
        ids = {each.id for each in gone}
        with self._changed:
            self._pending = [each for each in self._pending if each.id not in ids]

    def _follow_flows(self) -> None:
        rules = flow_rules(self._org)
        with self._changed:
            self._of_flows = rules
            if rules:
                self._start()

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="outbound", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            with self._changed:
                while (pause := self._pause()) != 0:
                    self._changed.wait(pause)
            try:
                self.deliver()
            except sqlite3.ProgrammingError:
                return  # The org was closed.

    def _pause(self) -> float | None:
        """Return for how long nothing is to do; None until something changes."""
        if not self._pending or not self._manners.automatic:
            return None
        left = (min(each.due for each in self._pending) - self._org.clock.now()).total_seconds()
        if left <= 0:
            return 0
        return None if self._org.clock.is_stopped else left

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _count(self, what: str) -> int:
        with self._changed:
            self._counts[what] += 1
            return self._counts[what]


def post(url: str, content: bytes, headers: dict[str, str]) -> requests.Response:
    """Send something to an address on this machine, past every proxy."""
    with requests.Session() as session:
        session.trust_env = False
        return session.post(
            url, data=content, headers=headers, timeout=_TIMEOUT_SECONDS, allow_redirects=False
        )
