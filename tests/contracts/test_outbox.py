"""The outbox: work is held by one at a time, is missed when its holder dies, and is never forgotten."""

import threading
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from enablement.adapters.sql import clearing
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.outbox import LEASE, SqlOutbox
from enablement.model import Claimed, Lane
from tests.builders import NOW, task
from tests.fakes import at_once, partitions

KIND = "test.kind"


def claim(
    outbox: SqlOutbox, owner: str = "one", *, limit: int = 100, now: datetime = NOW, lane: Lane = "write"
) -> list[Claimed]:
    return outbox.claim(lane, [KIND], owner=owner, limit=limit, now=now)


def ids(rows: list[Claimed]) -> list[str]:
    return [row.id for row in rows]


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_the_oldest_work_is_claimed_first(outbox: SqlOutbox) -> None:
    outbox.add([task("b", due_at=after(-1)), task("a"), task("c", due_at=after(-5))], now=NOW)

    assert ids(claim(outbox, limit=2)) == ["c", "b"]
    assert ids(claim(outbox)) == ["a"]


def test_a_claim_takes_whole_partitions_so_that_others_find_work_beside_it(outbox: SqlOutbox) -> None:
    tasks = [task(f"{deal}{n}", partition=deal, due_at=after(-n)) for n in range(4) for deal in "abc"]
    outbox.add([*tasks, task("oldest", partition="d", due_at=after(-9))], now=NOW)

    claims = [ids(claim(outbox, owner, limit=5)) for owner in ("one", "two", "three")]

    assert claims == [["oldest", "a3", "a2", "a1", "a0"], ["b3", "c3", "b2", "c2", "b1"], []]


def test_work_is_left_until_it_is_due(outbox: SqlOutbox) -> None:
    outbox.add([task(due_at=after(10))], now=NOW)

    assert not outbox.due("write", now=after(9.9))
    assert claim(outbox, now=after(9.9)) == []
    assert outbox.due("write", now=after(10))
    assert ids(claim(outbox, now=after(10))) == ["task"]


def test_other_lanes_and_unknown_kinds_are_left_alone(outbox: SqlOutbox) -> None:
    outbox.add([task("lane", lane="reply"), task("kind", kind="of.a.newer.version"), task("ours")], now=NOW)

    assert ids(claim(outbox)) == ["ours"]
    assert outbox.counts() == {("reply", "due"): 1, ("write", "due"): 1, ("write", "leased"): 1}


def test_a_claim_says_what_is_to_be_done_and_counts_the_attempt(outbox: SqlOutbox) -> None:
    outbox.add([task(partition="deal")], now=NOW)

    first = claim(outbox)
    outbox.try_again(["task"], owner="one", error="away", at=NOW)
    second = claim(outbox)

    assert first == [Claimed("task", KIND, "write", "subject of task", "deal", 1, NOW)]
    assert second[0].attempts == 2


def test_the_same_id_is_added_once_even_after_it_is_done(outbox: SqlOutbox) -> None:
    outbox.add([task()], now=NOW)
    outbox.settle(ids(claim(outbox)), owner="one", now=NOW)

    outbox.add([task(), task()], now=NOW)

    assert outbox.counts() == {("write", "done"): 1}


def test_held_work_is_not_claimed_before_its_lease_is_over(outbox: SqlOutbox) -> None:
    outbox.add([task()], now=NOW)
    claim(outbox)

    assert claim(outbox, "two", now=NOW + LEASE - timedelta(microseconds=1)) == []
    late = claim(outbox, "two", now=NOW + LEASE)

    assert [(row.id, row.attempts) for row in late] == [("task", 2)]


def test_renewed_work_stays_with_its_owner(outbox: SqlOutbox) -> None:
    outbox.add([task()], now=NOW)
    claim(outbox)

    outbox.renew(["task"], owner="one", now=after(10))
    outbox.renew(["task"], owner="stranger", now=after(1000))

    assert claim(outbox, "two", now=after(10) + LEASE - timedelta(microseconds=1)) == []
    assert ids(claim(outbox, "two", now=after(10) + LEASE)) == ["task"]


def test_an_owner_who_comes_too_late_changes_nothing(outbox: SqlOutbox) -> None:
    outbox.add([task()], now=NOW)
    claim(outbox, "late")
    claim(outbox, "new", now=after(60))

    settled = outbox.settle(["task"], owner="late", now=after(61))
    outbox.bury("task", owner="late", error="late", now=after(61))
    outbox.try_again(["task"], owner="late", error="late", at=after(61))
    outbox.renew(["task"], owner="late", now=after(3600))

    assert settled == 0
    assert outbox.counts() == {("write", "leased"): 1}
    assert outbox.letters(states=["leased"], limit=9)[0].error == ""
    assert outbox.settle(["task"], owner="new", now=after(62)) == 1
    assert outbox.counts() == {("write", "done"): 1}


def test_rounds_that_are_done_are_cleared_and_all_else_stays(outbox: SqlOutbox) -> None:
    outbox.add([task("touch"), task("round", subject="")], now=NOW)
    outbox.settle(ids(claim(outbox)), owner="one", now=NOW)
    outbox.add([task("later", subject="")], now=NOW)
    outbox.settle(ids(claim(outbox)), owner="one", now=after(60))
    outbox.add([task("due", subject="")], now=NOW)

    outbox.clear(before=after(60))

    left = {one.id for one in outbox.letters(states=["done", "due"], limit=9)}
    assert left == {"touch", "later", "due"}


def test_rounds_are_cleared_few_at_once_so_that_others_write_in_between(
    outbox: SqlOutbox, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clearing, "AT_ONCE", 2)
    outbox.add([task(f"round {number}", subject="") for number in range(5)], now=NOW)
    outbox.settle(ids(claim(outbox)), owner="one", now=NOW)
    left: list[int] = []
    writing = Database.writing

    def watched(written: Database, **options: Any) -> Any:
        # Threads of this process may write to databases of other tests.
        if written is database:
            left.append(outbox.counts()["write", "done"])
        return writing(written, **options)

    monkeypatch.setattr(Database, "writing", watched)
    outbox.clear(before=after(60))

    assert (left, outbox.counts()) == ([5, 3, 1], {})


def test_settled_work_is_not_claimed_again(outbox: SqlOutbox) -> None:
    outbox.add([task("a"), task("b")], now=NOW)

    count = outbox.settle(ids(claim(outbox)), owner="one", now=NOW)

    assert count == 2
    assert claim(outbox, "two", now=after(10_000)) == []
    assert not outbox.due("write", now=after(10_000))


def test_what_belongs_together_is_held_by_one_owner_only(outbox: SqlOutbox) -> None:
    outbox.add([task(f"x{n}", partition="x") for n in range(3)] + [task("y", partition="y")], now=NOW)

    first = claim(outbox, limit=2)
    second = claim(outbox, "two")

    assert ids(first) == ["x0", "x1"]
    assert ids(second) == ["y"]
    outbox.settle(ids(first), owner="one", now=NOW)
    assert ids(claim(outbox, "two")) == ["x2"]


def test_a_partition_is_free_again_when_its_holder_is_gone(outbox: SqlOutbox) -> None:
    outbox.add([task("x1", partition="x"), task("x2", partition="x")], now=NOW)
    claim(outbox, limit=1)

    taken = claim(outbox, "two", now=NOW + LEASE)

    assert sorted(ids(taken)) == ["x1", "x2"]


def test_dead_letters_stay_until_someone_revives_them(outbox: SqlOutbox) -> None:
    outbox.add([task("a"), task("b")], now=NOW)
    for row in claim(outbox):
        outbox.bury(row.id, owner="one", error="refused: bad field", now=NOW)

    assert claim(outbox, "two", now=after(10_000)) == []
    assert {letter.error for letter in outbox.letters(states=["dead"], limit=9)} == {"refused: bad field"}
    assert outbox.revive(["a"], now=after(60)) == 1
    assert [(row.id, row.attempts) for row in claim(outbox, now=after(60))] == [("a", 1)]
    assert outbox.revive(None, now=after(60)) == 1
    assert outbox.revive(None, now=after(60)) == 0


def test_only_dead_letters_are_revived(outbox: SqlOutbox) -> None:
    outbox.add([task("done"), task("held")], now=NOW)
    claim(outbox)
    outbox.settle(["done"], owner="one", now=NOW)

    assert outbox.revive(["done", "held", "unknown"], now=NOW) == 0


def test_the_newest_letters_are_listed_first(outbox: SqlOutbox) -> None:
    for number in range(4):
        outbox.add([task(f"task {number}")], now=after(number))

    listed = outbox.letters(states=["due"], limit=2)

    assert [letter.id for letter in listed] == ["task 3", "task 2"]


def test_many_workers_never_hold_the_same_work_or_partition_and_leave_none(outbox: SqlOutbox) -> None:
    """Workers claim, look who else holds what, and settle; some die with what they hold and the clock goes on."""
    outbox.add(
        [task(f"task {n:03}", partition=f"deal {n % 7}" if n % 3 else "") for n in range(180)], now=NOW
    )
    held: set[str] = set()
    held_partitions: Counter[str] = Counter()
    done: Counter[str] = Counter()
    wrong: list[str] = []
    lock = threading.Lock()

    def work(number: int) -> None:
        owner = f"worker {number}"
        while rows := outbox.claim("write", [KIND], owner=owner, limit=5, now=NOW):
            mine = set(partitions(rows))
            with lock:
                wrong.extend(row.id for row in rows if row.id in held)
                wrong.extend(name for name in mine if held_partitions[name])
                held.update(ids(rows))
                held_partitions.update(mine)
            with lock:
                held.difference_update(ids(rows))
                held_partitions.subtract(mine)
            if outbox.settle(ids(rows), owner=owner, now=NOW) != len(rows):
                wrong.append(f"{owner} lost what it held")
            done.update(ids(rows))

    while outbox.due("write", now=NOW):
        # A worker ends when all that is left is in a partition that another holds just then.
        at_once(6, work)

    assert wrong == []
    assert set(done.values()) == {1}
    assert len(done) == 180
    assert outbox.counts() == {("write", "done"): 180}


def test_settling_late_while_another_claims_never_does_settled_work_again(outbox: SqlOutbox) -> None:
    expired = NOW + LEASE
    for number in range(25):
        name = f"task {number}"
        outbox.add([task(name)], now=NOW)
        claim(outbox, "late")

        settled, claimed = at_once(
            2,
            lambda who, name=name: (
                claim(outbox, "new", now=expired) if who else outbox.settle([name], owner="late", now=expired)
            ),
        )

        assert (settled, ids(claimed)) in [(1, []), (0, [name])]
        outbox.settle([name], owner="new", now=expired)


@pytest.mark.parametrize("workers", [12])
def test_one_of_many_is_told_that_a_schedule_is_due(workers: int, outbox: SqlOutbox) -> None:
    first = at_once(workers, lambda _: outbox.take_turn("sync", every=60, now=NOW))
    early = at_once(workers, lambda _: outbox.take_turn("sync", every=60, now=after(59.9)))
    second = at_once(workers, lambda _: outbox.take_turn("sync", every=60, now=after(60)))

    assert (first.count(True), early.count(True), second.count(True)) == (1, 0, 1)


def test_one_of_many_holds_a_lease_until_it_is_over(outbox: SqlOutbox) -> None:
    def hold(number: int) -> bool:
        return outbox.hold("relay", owner=f"owner {number}", seconds=5, now=NOW)

    first = at_once(12, hold)
    leader = f"owner {first.index(True)}"

    assert first.count(True) == 1
    assert outbox.hold("relay", owner=leader, seconds=5, now=after(4))
    assert not outbox.hold("relay", owner="other", seconds=5, now=after(8.9))
    assert outbox.hold("relay", owner="other", seconds=5, now=after(9))
    assert not outbox.hold("relay", owner=leader, seconds=5, now=after(9))


def test_a_lease_is_released_by_its_owner_alone(outbox: SqlOutbox) -> None:
    outbox.hold("relay", owner="one", seconds=60, now=NOW)

    outbox.release("relay", owner="stranger")
    assert not outbox.hold("relay", owner="two", seconds=60, now=NOW)
    outbox.release("relay", owner="one")
    assert outbox.hold("relay", owner="two", seconds=60, now=NOW)


def test_what_waits_with_the_same_partition_is_claimed_too(outbox: SqlOutbox) -> None:
    outbox.add([task(f"{n}", partition=f"deal {n % 2}", due_at=after(n - 9)) for n in range(6)], now=NOW)
    outbox.add(
        [task("kind", kind="other", partition="deal 0"), task("later", partition="deal 0")], now=after(5)
    )

    [first] = claim(outbox, limit=1)
    alike = outbox.claim_alike([first], owner="one", now=NOW)

    assert (first.id, sorted(ids(alike))) == ("0", ["2", "4"])
    assert {row.attempts for row in alike} == {1}
    assert ids(claim(outbox, "two")) == ["1", "3", "5"], "the rest of that partition is left alone"
