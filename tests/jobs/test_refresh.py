"""Deals are read again as often as needed, and no oftener: what is said many times before it is done is done once."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from enablement.adapters.sql.database import Database
from enablement.adapters.sql.outbox import LEASE
from enablement.model import Letter, LetterState, Task
from enablement.ports import TryLater, Undeliverable
from jobs.kinds import DEALS_AT_ONCE, KINDS
from jobs.lanes import LONGEST_PAUSE_S, MOST_ATTEMPTS, drain
from tests.fakes import FakeCrm, World


class Org(FakeCrm):
    """A CRM that notes what is read, and can be held up or made to fail while it reads."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[tuple[str, ...]] = []
        self.failures: list[Exception] = []
        self.reached, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()

    def refresh(self, deal_ids: Sequence[str]) -> list[str]:
        self.read.append(tuple(deal_ids))
        self.reached.set()
        assert self.go_on.wait(10)
        if self.failures:
            raise self.failures.pop(0)
        return list(deal_ids)


class Loop(World):
    """A world whose CRM is that one."""

    def __init__(self, database: Database, folder: Path, org: Org) -> None:
        super().__init__(database, folder)
        self.org = org
        self.services = replace(self.services, crm=org)

    def name(self, *deals: str, notification: str = "n") -> None:
        tasks = [
            Task(f"{notification} {number}", "deals.refresh", "write", deal, partition=f"refresh {deal}")
            for number, deal in enumerate(deals)
        ]
        self.outbox.add(tasks, now=self.clock())

    def go(self, owner: str = "one") -> None:
        drain("write", KINDS["write"], self.services, owner=owner)

    def letters(self, *states: LetterState) -> list[Letter]:
        return self.outbox.letters(states=states, limit=10_000)


class Poisoned(Org):
    """Refuses whatever is asked together with a deal that is broken."""

    def refresh(self, deal_ids: Sequence[str]) -> list[str]:
        if "bad" in deal_ids:
            raise Undeliverable("this one is broken")
        return super().refresh(deal_ids)


@pytest.fixture
def loop(database: Database, tmp_path: Path) -> Loop:
    return Loop(database, tmp_path, Org())


def test_many_notifications_of_one_deal_are_one_reading(loop: Loop) -> None:
    loop.name(*["d1"] * 50, "d2", "d1", "d2")

    loop.go()

    [read] = loop.org.read
    assert sorted(read) == ["d1", "d2"]
    assert len(loop.letters("done")) == 53


def test_so_are_more_notifications_than_are_claimed_at_once(loop: Loop) -> None:
    loop.name(*["d1", "d2", "d3"] * DEALS_AT_ONCE, *(f"e{n}" for n in range(50)))

    loop.go()

    assert sum("d1" in read for read in loop.org.read) == 1
    assert sorted(deal for read in loop.org.read for deal in read) == sorted(
        ["d1", "d2", "d3", *(f"e{n}" for n in range(50))]
    )
    assert not loop.letters("due", "leased", "dead")


def test_a_notification_that_arrives_while_its_deal_is_read_causes_another_reading(loop: Loop) -> None:
    loop.org.go_on.clear()
    loop.name("d1")
    reading = threading.Thread(target=loop.go)
    reading.start()
    assert loop.org.reached.wait(10)
    loop.name("d1", "d1", notification="meanwhile")

    loop.go("two")
    assert loop.org.read == [("d1",)], "never two readings of one deal at once"
    loop.org.go_on.set()
    reading.join()
    loop.go("two")

    assert loop.org.read == [("d1",), ("d1",)]


def test_a_reading_does_not_wait_for_one_of_another_deal(loop: Loop) -> None:
    loop.org.go_on.clear()
    loop.name("d1")
    reading = threading.Thread(target=loop.go)
    reading.start()
    assert loop.org.reached.wait(10)
    loop.name("d2", notification="meanwhile")
    other = threading.Thread(target=lambda: loop.go("two"))
    loop.org.reached.clear()
    other.start()

    assert loop.org.reached.wait(10)
    assert loop.org.read == [("d1",), ("d2",)]
    loop.org.go_on.set()
    reading.join()
    other.join()


def test_what_can_not_be_read_now_is_read_later(loop: Loop) -> None:
    loop.org.failures = [TryLater("busy", seconds=30)]
    loop.name("d1", "d1")
    loop.go()
    loop.clock.move(29)
    loop.go()
    assert loop.org.read == [("d1",)]

    loop.clock.move(2)
    loop.go()

    assert loop.org.read == [("d1",), ("d1",)]
    assert len(loop.letters("done")) == 2


def test_a_deal_that_can_not_be_read_at_all_does_not_keep_others_back(
    database: Database, tmp_path: Path
) -> None:
    loop = Loop(database, tmp_path, Poisoned())
    loop.name("d1", "bad", "d2", "d3")

    loop.go()

    assert sorted(deal for read in loop.org.read for deal in read) == ["d1", "d2", "d3"]
    assert [(one.subject, one.error) for one in loop.letters("dead")] == [("bad", "this one is broken")]


def test_what_a_killed_worker_held_is_read_by_another(loop: Loop) -> None:
    loop.name("d1", "d1")
    [first] = loop.outbox.claim("write", ["deals.refresh"], owner="killed", limit=1, now=loop.clock())
    loop.outbox.claim_alike([first], owner="killed", now=loop.clock())
    loop.go()
    assert not loop.org.read

    loop.clock.move(LEASE.total_seconds() + 1)
    loop.go()

    assert loop.org.read == [("d1",)]
    assert len(loop.letters("done")) == 2


def test_an_org_that_is_away_for_long_is_left_to_the_sweep(loop: Loop) -> None:
    loop.org.failures = [TryLater("away")] * MOST_ATTEMPTS
    loop.name("d1")
    for _ in range(MOST_ATTEMPTS + 2):
        loop.go()
        loop.clock.move(LONGEST_PAUSE_S)

    assert len(loop.org.read) == MOST_ATTEMPTS
    assert len(loop.letters("done")) == 1, "no dead letter: nobody needs to act"
