"""What a lane does with its work: do it, try again after a while, or give it up where people see it."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from enablement.adapters.sql.outbox import LEASE
from enablement.model import Claimed, Letter
from enablement.ports import Services, TryLater, Undeliverable
from jobs import lanes
from jobs.lanes import (
    FIRST_PAUSE_S,
    LONGEST_PAUSE_S,
    MOST_ATTEMPTS,
    MOST_CLAIMS,
    THREADS,
    TRIED_FOR,
    Kind,
    drain,
)
from tests.builders import NOW, task
from tests.fakes import World

KIND = "test.kind"
Outcome = Mapping[str, Exception | None]


class Handler:
    """Does rows, and fails for those it is told to."""

    def __init__(self, **failures: Exception) -> None:
        self.failures = failures
        self.batches: list[list[str]] = []

    def __call__(self, services: Services, rows: Sequence[Claimed]) -> Outcome:
        self.batches.append([row.id for row in rows])
        return {row.id: self.failures.get(row.id) for row in rows}


class AllOrNothing(Handler):
    """Refuses a whole batch when one of its rows is bad, and says not which."""

    def __call__(self, services: Services, rows: Sequence[Claimed]) -> Outcome:
        self.batches.append([row.id for row in rows])
        for row in rows:
            if row.id in self.failures:
                raise self.failures[row.id]
        return {row.id: None for row in rows}


def kinds(handler: Handler, batch: int = 1) -> dict[str, Kind]:
    return {KIND: Kind(handler, batch)}


def letter(world: World, task_id: str = "task") -> Letter:
    listed = world.outbox.letters(states=["due", "leased", "done", "dead"], limit=1000)
    return next(one for one in listed if one.id == task_id)


def drain_often(world: World, handler: Handler, *, batch: int = 1, times: int = 20) -> None:
    """Drain, and go on to the next attempt, as often as there may be attempts."""
    for _ in range(times):
        drain("write", kinds(handler, batch), world.services, owner="one")
        world.clock.move(LONGEST_PAUSE_S)


def test_all_that_is_due_is_done_and_settled(world: World) -> None:
    world.outbox.add([task(f"task {number}") for number in range(30)], now=NOW)
    handler = Handler()

    count = drain("write", kinds(handler), world.services, owner="one")

    assert count == 30
    assert sorted(row for rows in handler.batches for row in rows) == sorted(f"task {n}" for n in range(30))
    assert world.outbox.counts() == {("write", "done"): 30}


def test_rows_come_in_batches_of_their_kind(world: World) -> None:
    both = {KIND: Kind(Handler(), 20), "other": Kind(Handler(), 20)}
    world.outbox.add([task(f"{n:02}", kind="other" if n % 2 else KIND) for n in range(30)], now=NOW)

    drain("write", both, world.services, owner="one")

    assert all(len({int(row) % 2 for row in rows}) == 1 for rows in both[KIND].handle.batches)  # type: ignore[attr-defined] # a Handler
    assert max(len(rows) for rows in both["other"].handle.batches) > 1  # type: ignore[attr-defined] # a Handler


def test_kinds_of_a_newer_version_are_left_for_those_who_know_them(world: World) -> None:
    world.outbox.add([task("new", kind="kind.of.tomorrow"), task("ours")], now=NOW)

    count = drain("write", kinds(Handler()), world.services, owner="one")

    assert count == 1
    assert letter(world, "new").state == "due"
    assert letter(world, "new").attempts == 0


def test_a_failure_is_tried_again_after_a_pause_that_grows(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.outbox.add([task()], now=NOW)
    handler = Handler(task=ValueError("broken"))
    pauses = []

    for _ in range(MOST_ATTEMPTS - 1):
        drain("write", kinds(handler), world.services, owner="one")
        pauses.append((letter(world).due_at - world.clock.now).total_seconds())
        world.clock.now = letter(world).due_at

    assert letter(world).error == "ValueError: broken"
    assert len(handler.batches) == MOST_ATTEMPTS - 1, "each attempt happens once, and not before its time"
    for number, pause in enumerate(pauses, start=1):
        longest = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 4 ** (number - 1) * 2)
        assert 0 < pause <= longest
    assert pauses[-1] > pauses[0]


def test_it_is_not_tried_before_the_pause_is_over(world: World) -> None:
    world.outbox.add([task()], now=NOW)
    handler = Handler(task=TryLater("busy", seconds=30))
    drain("write", kinds(handler), world.services, owner="one")

    world.clock.move(29.9)
    drain("write", kinds(handler), world.services, owner="one")
    too_early = len(handler.batches)
    world.clock.move(0.1)
    drain("write", kinds(handler), world.services, owner="one")

    assert (too_early, len(handler.batches)) == (1, 2)


def test_who_says_when_to_come_back_is_listened_to(world: World) -> None:
    world.outbox.add([task()], now=NOW)

    drain("write", kinds(Handler(task=TryLater("slow down", seconds=47))), world.services, owner="one")

    assert letter(world).due_at == NOW + timedelta(seconds=47)
    assert letter(world).error == "slow down"


def test_after_eight_attempts_it_is_a_dead_letter(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.outbox.add([task()], now=NOW)
    handler = Handler(task=ValueError("broken"))

    drain_often(world, handler)

    assert len(handler.batches) == MOST_ATTEMPTS == 8
    assert letter(world).state == "dead"
    assert letter(world).error == "ValueError: broken"
    assert "test.kind subject of task is given up: ValueError: broken" in caplog.text


def test_what_can_never_succeed_is_given_up_at_once(world: World) -> None:
    world.outbox.add([task()], now=NOW)
    handler = Handler(task=Undeliverable("the field Touch__c.Kind__c is not there"))

    drain_often(world, handler)

    assert len(handler.batches) == 1
    assert (letter(world).state, letter(world).error) == ("dead", "the field Touch__c.Kind__c is not there")


def test_a_revived_letter_is_tried_as_if_new(world: World) -> None:
    world.outbox.add([task()], now=NOW)
    drain_often(world, Handler(task=ValueError("broken")))

    world.outbox.revive(None, now=world.clock.now)
    drain("write", kinds(Handler()), world.services, owner="one")

    assert letter(world).state == "done"


def test_one_failing_row_of_a_batch_leaves_the_others_done(world: World) -> None:
    world.outbox.add([task(f"{n:03}") for n in range(200)], now=NOW)

    drain("write", kinds(Handler(**{"077": ValueError("bad")}), 200), world.services, owner="one")

    assert world.outbox.counts() == {("write", "done"): 199, ("write", "due"): 1}


@pytest.mark.parametrize("refusal", [Undeliverable("refused"), ValueError("a bug")], ids=["refused", "bug"])
def test_a_row_that_spoils_its_batch_is_found_and_given_up_alone(world: World, refusal: Exception) -> None:
    world.outbox.add([task(f"{n:03}") for n in range(200)], now=NOW)
    handler = AllOrNothing(**{"077": refusal})

    drain_often(world, handler, batch=200)

    assert len(handler.batches[0]) == 200
    assert world.outbox.counts() == {("write", "done"): 199, ("write", "dead"): 1}
    assert letter(world, "077").state == "dead"


def test_a_batch_that_comes_too_early_is_not_taken_apart(world: World) -> None:
    world.outbox.add([task(f"{n:03}") for n in range(200)], now=NOW)
    handler = AllOrNothing(**{"077": TryLater("busy", seconds=30)})

    drain("write", kinds(handler, 200), world.services, owner="one")

    assert len(handler.batches) == 1
    assert world.outbox.counts() == {("write", "due"): 200}


def test_a_row_that_kills_its_worker_each_time_is_given_up(world: World) -> None:
    world.outbox.add([task()], now=NOW)
    for number in range(MOST_CLAIMS):
        world.outbox.claim("write", [KIND], owner=f"killed {number}", limit=1, now=world.clock.now)
        world.clock.move(LEASE.total_seconds())
    handler = Handler()

    drain("write", kinds(handler), world.services, owner="next")

    assert handler.batches == []
    assert (letter(world).state, letter(world).error) == ("dead", "its worker died at each attempt")


def test_what_passes_is_not_given_up_because_workers_died(world: World) -> None:
    world.outbox.add([task()], now=NOW)
    for number in range(MOST_ATTEMPTS):
        world.outbox.claim("write", [KIND], owner=f"killed {number}", limit=1, now=world.clock.now)
        world.outbox.forsake(f"killed {number}", now=world.clock.now)
    locked: dict[str, Kind] = {KIND: Kind(lambda _, rows: {row.id: TryLater("locked") for row in rows})}

    drain("write", locked, world.services, owner="next")
    early = letter(world).state
    world.clock.now = NOW + TRIED_FOR
    drain("write", locked, world.services, owner="next")

    assert (early, letter(world).state) == ("due", "dead")


def test_the_work_of_a_killed_worker_is_done_by_another(world: World) -> None:
    world.outbox.add([task()], now=NOW)
    world.outbox.claim("write", [KIND], owner="killed", limit=1, now=NOW)
    handler = Handler()

    before = drain("write", kinds(handler), world.services, owner="next")
    world.clock.move(LEASE.total_seconds())
    after = drain("write", kinds(handler), world.services, owner="next")

    assert (before, after) == (0, 1)
    assert letter(world).state == "done"


def test_long_work_is_held_for_as_long_as_it_lasts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "RENEW_EVERY_S", 0.0)
    world.outbox.add([task()], now=NOW)
    renewed = threading.Event()
    ends_at = NOW + 3 * LEASE

    class Renewing:
        """The outbox, listened to."""

        def __getattr__(self, name: str) -> object:
            return getattr(world.outbox, name)

        def renew(self, ids: Sequence[str], *, owner: str, now: object) -> None:
            world.outbox.renew(ids, owner=owner, now=world.clock.now)
            if world.clock.now == ends_at:
                renewed.set()

    class LongWork(Handler):
        stolen: Sequence[Claimed] = ()

        def __call__(self, services: Services, rows: Sequence[Claimed]) -> Outcome:
            world.clock.now = ends_at
            assert renewed.wait(20), "the lease was not renewed"
            self.stolen = world.outbox.claim("write", [KIND], owner="thief", limit=1, now=ends_at)
            return super().__call__(services, rows)

    work = LongWork()
    services = replace(world.services, outbox=Renewing())  # type: ignore[arg-type] # passes the rest on
    drain("write", kinds(work), services, owner="one")

    assert work.stolen == []
    assert (letter(world).state, letter(world).attempts) == ("done", 1)


def test_people_are_answered_side_by_side(world: World) -> None:
    """One slow answer does not hold up seven others."""
    world.outbox.add([task(f"task {n}", lane="reply") for n in range(8)], now=NOW)
    together = threading.Barrier(8, timeout=20)

    class Together(Handler):
        def __call__(self, services: Services, rows: Sequence[Claimed]) -> Outcome:
            together.wait()
            return super().__call__(services, rows)

    drain("reply", kinds(Together()), world.services, owner="one")

    assert world.outbox.counts() == {("reply", "done"): 8}


def test_a_drain_that_is_told_to_stop_ends_after_what_it_has_in_hand(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.outbox.add([task(f"task {number}") for number in range(30)], now=NOW)
    stop = threading.Event()
    monkeypatch.setattr(lanes, "stop", stop)

    def stopping(services: Services, rows: Sequence[Claimed]) -> Outcome:
        stop.set()
        return {row.id: None for row in rows}

    drain("write", {KIND: Kind(stopping)}, world.services, owner="one")

    done = world.outbox.counts()["write", "done"]
    assert 0 < done <= THREADS["write"]
    assert world.outbox.counts()["write", "due"] == 30 - done


def test_what_was_claimed_and_not_begun_is_due_again_when_the_process_is_told_to_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = [task(f"{number:02}", partition="one after the other") for number in range(2)]
    world.outbox.add([replace(one, kind=f"kind {number}") for number, one in enumerate(tasks)], now=NOW)
    stop = threading.Event()
    monkeypatch.setattr(lanes, "stop", stop)

    def stopping(services: Services, rows: Sequence[Claimed]) -> Outcome:
        stop.set()
        return {row.id: None for row in rows}

    drain("write", {"kind 0": Kind(stopping, 5), "kind 1": Kind(stopping, 5)}, world.services, owner="one")

    assert world.outbox.counts() == {("write", "done"): 1, ("write", "due"): 1}
