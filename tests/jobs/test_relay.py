"""The relay: no work is left lying, with a queue, without workers, without a queue."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import pytest
from redis import Redis
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from enablement.model import LANES, Written
from jobs.queue import RedisWork, WakeUp, connect
from jobs.relay import LEADER_LEASE_S, Relay
from tests.builders import NOW, task, touch
from tests.fakes import World, at_once

CLOSED = "redis://127.0.0.1:1/0"


def a_relay(world: World, url: str = "", *, owner: str = "relay", every: int = 0) -> Relay:
    services = replace(world.services, work=RedisWork(url)) if url else world.services
    return Relay(services, owner=owner, schedules={"deals.sync": every} if every else {})


def tick(relay: Relay) -> None:
    """Tick, and wait for what that began."""
    relay.tick()
    for running in list(relay._draining.values()):
        running.result(timeout=30)


def due_touch(world: World) -> None:
    work = task(kind="crm.touch", subject="touch", partition="deal")
    world.ledger.write(Written(records=(touch(),), tasks=(work,)), now=NOW)


@contextmanager
def listening(redis: Redis, lane: str) -> Iterator[None]:
    worker = SimpleWorker(
        [f"touchline-{lane}"], connection=redis, job_class=WakeUp, serializer=JSONSerializer
    )
    worker.register_birth()  # type: ignore[no-untyped-call] # RQ's
    try:
        yield
    finally:
        worker.register_death()  # type: ignore[no-untyped-call] # RQ's


@pytest.fixture
def redis(queue_url: str) -> Iterator[Redis]:
    client = connect(queue_url)
    yield client
    client.close()


class _Ticks(threading.Event):
    """Lets a relay tick so many times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self._left = times

    def wait(self, timeout: float | None = None) -> bool:
        self._left -= 1
        return self._left < 0


def test_a_database_that_is_away_for_long_fills_no_log(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    relay = a_relay(world)
    ends = [OSError("away"), OSError("away"), None, OSError("away"), ValueError("full")]
    left, now = iter(ends * 2), iter(range(0, 1000, 5))

    def tick() -> None:
        if error := next(left):
            raise error

    monkeypatch.setattr(relay, "tick", tick)
    monkeypatch.setattr("jobs.relay.monotonic", lambda: float(next(now)))

    relay.run(_Ticks(len(ends * 2)))

    said = [(bool(record.exc_info), record.getMessage()) for record in caplog.records]
    assert [whole for whole, _ in said] == [True] * 6, said


def test_a_database_that_stays_away_is_told_now_and_then(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    relay, now = a_relay(world), iter(range(0, 10_000, 20))

    def tick() -> None:
        raise OSError("away")

    monkeypatch.setattr(relay, "tick", tick)
    monkeypatch.setattr("jobs.relay.monotonic", lambda: float(next(now)))

    relay.run(_Ticks(9))

    said = [record.getMessage() for record in caplog.records]
    assert said[1:] == ["the relay's tick still fails: away"] * 2


def test_without_a_queue_the_relay_does_the_work(world: World) -> None:
    due_touch(world)

    tick(a_relay(world))

    assert list(world.crm.touches) == ["touch"]
    assert world.outbox.counts() == {("write", "done"): 1}


def test_when_redis_is_gone_the_relay_does_the_work(world: World, caplog: pytest.LogCaptureFixture) -> None:
    due_touch(world)

    tick(a_relay(world, CLOSED))

    assert list(world.crm.touches) == ["touch"]
    assert "draining here" in caplog.text


def test_when_nobody_listens_the_relay_does_the_work(world: World, queue_url: str, redis: Redis) -> None:
    due_touch(world)

    tick(a_relay(world, queue_url))

    assert list(world.crm.touches) == ["touch"]


def test_where_there_are_workers_they_are_woken_instead(world: World, queue_url: str, redis: Redis) -> None:
    due_touch(world)
    relay = a_relay(world, queue_url)

    with listening(redis, "write"):
        tick(relay)
        tick(relay)

    assert world.crm.touches == {}
    assert redis.llen("rq:queue:touchline-write") == 2
    assert redis.llen("rq:queue:touchline-reply") == 0, "nothing is due there"


def test_without_work_nothing_is_begun(world: World, queue_url: str, redis: Redis) -> None:
    relay = a_relay(world, queue_url)

    with listening(redis, "write"):
        tick(relay)

    assert relay._draining == {}
    assert redis.llen("rq:queue:touchline-write") == 0


def test_a_schedule_is_kept_at_its_pace(world: World) -> None:
    relay = a_relay(world, every=300)

    for _ in range(90):
        relay._keep_schedules()
        world.clock.move(10)
    tick(relay)

    assert world.crm.synced, "what the schedule asked for is done"
    assert sum(world.outbox.counts().values()) == 4, "at 0, 300, 600 and 900 seconds"


def test_of_two_relays_one_keeps_the_schedules(world: World) -> None:
    one = a_relay(world, owner="one", every=1)
    two = a_relay(world, owner="two", every=1)

    for _ in range(4):
        at_once(2, lambda number: (one, two)[number]._keep_schedules())
        world.clock.move(1)

    assert world.outbox.counts() == {("compute", "due"): 4}


def test_when_the_leader_is_gone_another_takes_over(world: World) -> None:
    a_relay(world, owner="gone", every=1)._keep_schedules()
    heir = a_relay(world, owner="heir", every=1)

    world.clock.move(LEADER_LEASE_S - 0.1)
    heir._keep_schedules()
    before = sum(world.outbox.counts().values())
    world.clock.move(0.1)
    heir._keep_schedules()

    assert (before, sum(world.outbox.counts().values())) == (1, 2)


def test_the_leader_keeps_watch_once_a_minute_and_an_error_does_not_end_it(world: World) -> None:
    looks: list[str] = []

    def watching(name: str) -> Relay:
        def look() -> None:
            looks.append(name)
            raise ConnectionError("the database is away")

        return Relay(world.services, owner=name, schedules={}, watch=look)

    first, second = watching("first"), watching("second")
    for after in (0, 1, 58, 1):
        world.clock.move(after)
        for relay in (first, second):
            relay.tick()
            if relay._watching:
                relay._watching.result(timeout=30)

    assert looks == ["first", "first"]


def test_watch_is_kept_while_all_lanes_are_busy(world: World) -> None:
    looked, release = threading.Event(), threading.Event()
    relay = Relay(world.services, owner="relay", schedules={}, watch=looked.set)
    blocked = [relay._pool.submit(release.wait, 30) for _ in LANES]

    relay.tick()

    assert looked.wait(10)
    release.set()
    assert all(one.result(timeout=30) for one in blocked)


def test_a_look_that_lasts_is_not_begun_again(world: World) -> None:
    looks: list[int] = []
    release = threading.Event()

    def look() -> None:
        looks.append(1)
        release.wait(30)

    relay = Relay(world.services, owner="relay", schedules={}, watch=look)
    for _ in range(3):
        relay.tick()
        world.clock.move(60)
    release.set()
    assert relay._watching
    relay._watching.result(timeout=30)

    assert looks == [1]


def test_a_relay_that_takes_over_keeps_watch_from_the_next_minute_on(world: World) -> None:
    looks: list[str] = []
    for owner in ("first", "second"):
        relay = Relay(world.services, owner=owner, schedules={}, watch=partial(looks.append, owner))
        relay.tick()
        assert relay._watching
        relay._watching.result(timeout=30)
        world.clock.move(60)

    assert looks == ["first", "second"]


def test_two_relays_never_look_at_once(world: World) -> None:
    looks: list[str] = []
    begun, release = threading.Event(), threading.Event()

    def look() -> None:
        looks.append("slow")
        begun.set()
        release.wait(30)

    slow = Relay(world.services, owner="slow", schedules={}, watch=look)
    other = Relay(world.services, owner="other", schedules={}, watch=partial(looks.append, "other"))
    slow.tick()
    assert begun.wait(10)
    world.clock.move(60)
    other.tick()
    release.set()
    assert slow._watching
    slow._watching.result(timeout=30)
    world.clock.move(60)
    other.tick()
    assert other._watching
    other._watching.result(timeout=30)

    assert looks == ["slow", "other"]
