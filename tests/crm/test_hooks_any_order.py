"""In whatever order notifications come, and however often: in the end our copy is as one reading would have made it."""

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from sqlalchemy import delete

from crm.hooks.door import HookDoor, HookSettings
from crm.hooks.signed import signing_key
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.tables import metadata
from enablement.model import Deal
from enablement.ports import Mirror
from jobs.kinds import KINDS
from jobs.lanes import MOST_ATTEMPTS, drain
from tests.builders import deal
from tests.crm.hook_requests import (
    ORG,
    SOAP_HEADERS,
    deal_id,
    hook_body,
    hook_headers,
    message,
    notification_id,
)
from tests.doors import HOOK_SECRET, OUTBOUND_PATH
from tests.fakes import FakeCrm, World

DEALS = 5
NOTIFICATIONS = 10_000
OPEN = HookSettings(org_id=ORG, path=OUTBOUND_PATH, keys=(signing_key(HOOK_SECRET),))


class Books(FakeCrm):
    """A CRM with deals, which are read into a mirror."""

    def __init__(self, mirror: Mirror) -> None:
        super().__init__()
        self.deals: dict[str, Deal] = {}
        self.mirror = mirror

    def refresh(self, deal_ids: Sequence[str]) -> list[str]:
        super().refresh(deal_ids)
        there = [one for one in deal_ids if one in self.deals]
        self.mirror.store(deals=[self.deals[one] for one in there])
        self.mirror.forget([one for one in deal_ids if one not in self.deals])
        return there


class Following:
    """Books that change, notifications of it, and the mirror behind the door."""

    def __init__(self, database: Database, folder: Path) -> None:
        with database.writing() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(delete(table))
        self.world = World(database, folder)
        self.books = Books(self.world.mirror)
        self.services = replace(self.world.services, crm=self.books)
        self.door = HookDoor(self.services, OPEN)
        # Of each change the deal; its place is the number of its notification.
        self.changed: list[str] = []

    def change(self, number: int, amount: float) -> None:
        found = deal_id(number)
        at = self.world.clock.move(1)
        self.books.deals[found] = deal(id=found, amount=amount, modified_at=at)
        self.changed.append(found)

    def drop(self, number: int) -> None:
        if self.books.deals.pop(deal_id(number), None):
            self.changed.append(deal_id(number))

    def send(self, notifications: Sequence[int]) -> None:
        rows = [(notification_id(one), self.changed[one]) for one in notifications]
        answer = self.door.handle(f"outbound/{OUTBOUND_PATH}", message(rows), SOAP_HEADERS, "")
        assert answer.status == 200, answer.body

    def send_signed(self, notifications: Sequence[int]) -> None:
        raw, now = hook_body(*(self.changed[one] for one in notifications)), self.world.clock().timestamp()
        headers = hook_headers(raw, at=now, hook_id="-".join(map(str, notifications))[:128])
        assert self.door.handle("hook", raw, headers, "").status == 200

    def work(self) -> None:
        drain("write", KINDS["write"], self.services, owner="worker")

    def is_as_read_once(self) -> bool:
        ids = [deal_id(number) for number in range(DEALS)]
        return {one.id: one for one in self.world.mirror.deals(ids)} == self.books.deals


class AnyOrder(RuleBasedStateMachine):
    """Everything that can happen between a change and its reading, in any order."""

    def __init__(self, following: Following) -> None:
        super().__init__()
        self.following = following
        self.sent: set[int] = set()
        self.swept: list[Deal] | None = None
        self.deaths = 0

    @rule(number=st.integers(0, DEALS - 1), amount=st.integers(0, 9))
    def a_deal_changes(self, number: int, amount: int) -> None:
        self.following.change(number, float(amount))

    @rule(number=st.integers(0, DEALS - 1))
    def a_deal_is_deleted(self, number: int) -> None:
        self.following.drop(number)

    @precondition(lambda self: self.following.changed)
    @rule(data=st.data(), signed=st.booleans())
    def some_notifications_come(self, data: Any, signed: bool) -> None:
        every = st.integers(0, len(self.following.changed) - 1)
        notifications = data.draw(st.lists(every, min_size=1, max_size=8))
        (self.following.send_signed if signed else self.following.send)(notifications)
        self.sent.update(notifications)

    @rule()
    def the_work_is_done(self) -> None:
        self.following.work()

    # After so many deaths of its workers a row is given up.
    @precondition(lambda self: self.deaths < MOST_ATTEMPTS - 1)
    @rule(rows=st.integers(1, 5), has_read=st.booleans())
    def a_worker_dies(self, rows: int, has_read: bool) -> None:
        self.deaths += 1
        outbox, now = self.following.world.outbox, self.following.world.clock()
        claimed = outbox.claim("write", ["deals.refresh"], owner="killed", limit=rows, now=now)
        if claimed:
            outbox.claim_alike(claimed, owner="killed", now=now)
        if has_read:
            self.following.books.refresh([row.subject for row in claimed])
        outbox.forsake("killed", now=now)

    @rule()
    def a_sweep_begins(self) -> None:
        self.swept = list(self.following.books.deals.values())

    @precondition(lambda self: self.swept is not None)
    @rule()
    def a_sweep_ends(self) -> None:
        mirror, books = self.following.world.mirror, self.following.books
        mirror.store(deals=self.swept or [])
        mirror.forget([deal_id(n) for n in range(DEALS) if deal_id(n) not in books.deals])
        self.swept = None

    def teardown(self) -> None:
        missing = [n for n in range(len(self.following.changed)) if n not in self.sent]
        for start in range(0, len(missing), 100):
            self.following.send(missing[start : start + 100])
        self.following.work()
        assert self.following.is_as_read_once()
        assert not self.following.world.outbox.unsettled("deals.refresh")


def test_whatever_happens_in_between_the_copy_is_right_in_the_end(database: Database, tmp_path: Path) -> None:
    run_state_machine_as_test(
        lambda: AnyOrder(Following(database, tmp_path)),  # type: ignore[arg-type]  # whatever makes one will do
        settings=settings(max_examples=60, stateful_step_count=30, deadline=None),
    )


def test_ten_thousand_notifications_shuffled_and_repeated_end_as_one_reading_would(
    database: Database, tmp_path: Path
) -> None:
    chance, following = random.Random(20_261_122), Following(database, tmp_path)
    while len(following.changed) < NOTIFICATIONS // 3:
        number = chance.randrange(DEALS)
        if chance.random() < 0.02:
            following.drop(number)
        else:
            following.change(number, chance.random())
    notifications = [one for one in range(len(following.changed)) for _ in range(chance.randint(1, 5))]
    chance.shuffle(notifications)

    for start in range(0, len(notifications), 100):
        (following.send if chance.random() < 0.8 else following.send_signed)(
            notifications[start : start + 100]
        )
        if chance.random() < 0.1:
            following.work()
    following.work()

    assert len(notifications) > NOTIFICATIONS * 0.9
    assert following.is_as_read_once()
    readings = sum(map(len, following.books.refreshed))
    assert readings < len(notifications) / 20, "what waits for one deal is read at once"
