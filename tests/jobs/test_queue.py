"""The queue: wake-ups of ours and nothing else, whatever stands in Redis and whether there is a Redis at all."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.job import Job
from rq.serializers import JSONSerializer

from jobs import wakeups
from jobs.queue import WAKE_UPS_WAITING, RedisWork, WakeUp, connect, worker_of
from tests.builders import NOW, task
from tests.fakes import World

CLOSED = "redis://127.0.0.1:1/0"


@pytest.fixture
def redis(queue_url: str) -> Iterator[Redis]:
    client = connect(queue_url)
    yield client
    client.close()


def queue(redis: Redis, job_class: type[Job] = WakeUp) -> Queue:
    return Queue("touchline-write", connection=redis, job_class=job_class, serializer=JSONSerializer)


def work_off(redis: Redis) -> None:
    """Do what a worker does, until the queue is empty."""
    worker = SimpleWorker([queue(redis)], connection=redis, job_class=WakeUp, serializer=JSONSerializer)
    worker.work(burst=True, logging_level="CRITICAL")


def test_a_wake_up_has_the_lane_drained(redis: Redis, queue_url: str, world: World) -> None:
    world.outbox.add([task("crm", kind="crm.touch", subject="no such touch")], now=NOW)
    token = wakeups.current.set((world.services, "worker"))

    RedisWork(queue_url).wake("write")
    work_off(redis)

    wakeups.current.reset(token)
    assert world.outbox.counts() == {("write", "dead"): 1}
    assert queue(redis).count == 0


def test_wake_ups_do_not_pile_up(redis: Redis, queue_url: str) -> None:
    work = RedisWork(queue_url)

    for _ in range(50):
        work.wake("write", "reply")

    assert queue(redis).count == WAKE_UPS_WAITING


@pytest.mark.parametrize(
    ("function", "arguments", "keywords"),
    [
        ("os.mkdir", ("{marker}",), {}),
        ("builtins.eval", ("open('{marker}', 'w')",), {}),
        ("jobs.wakeups.write", ("{marker}",), {}),
        ("jobs.wakeups._drain", (), {"lane": "write"}),
        ("jobs.wakeups.current", (), {}),
    ],
)
def test_a_forged_job_is_not_run(
    function: str, arguments: tuple[str, ...], keywords: dict[str, str], redis: Redis, tmp_path: Path
) -> None:
    marker = tmp_path / "marker"
    given = tuple(part.format(marker=marker) for part in arguments)
    job = queue(redis, Job).enqueue(function, args=given, kwargs=keywords)

    work_off(redis)

    assert not marker.exists()
    result = Job.fetch(job.id, connection=redis, serializer=JSONSerializer).latest_result()
    assert result
    assert "NotAllowed: refused to run" in (result.exc_string or "")


@pytest.mark.parametrize(
    ("hook", "function"),
    [("success_callback_name", "jobs.wakeups.write"), ("failure_callback_name", "jobs.wakeups.unknown")],
)
def test_a_forged_callback_is_not_run(
    hook: str, function: str, redis: Redis, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[object] = []
    monkeypatch.setattr(wakeups, "forged", lambda *given: called.append(given), raising=False)
    job = queue(redis, Job).enqueue(function)
    redis.hset(job.key, hook, "jobs.wakeups.forged")
    token = wakeups.current.set((world.services, "worker"))

    work_off(redis)

    wakeups.current.reset(token)
    assert queue(redis).count == 0, "the job was looked at"
    assert called == []


def test_a_forged_callback_of_a_stopped_job_is_not_even_looked_up(redis: Redis) -> None:
    job = queue(redis, Job).enqueue("jobs.wakeups.write")
    redis.hset(job.key, "stopped_callback_name", "os.getcwd")

    fetched = WakeUp.fetch(job.id, connection=redis, serializer=JSONSerializer)

    assert fetched.stopped_callback is None


def test_waking_without_redis_goes_on_quietly(caplog: pytest.LogCaptureFixture) -> None:
    RedisWork(CLOSED).wake("reply", "write")

    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]
    assert "no wake-up for reply" in caplog.text


def test_topping_up_without_redis_says_so() -> None:
    with pytest.raises(RedisError):
        RedisWork(CLOSED).top_up("reply")


def test_nobody_listens_until_a_worker_does(redis: Redis, queue_url: str) -> None:
    work = RedisWork(queue_url)
    worker = SimpleWorker([queue(redis)], connection=redis, job_class=WakeUp, serializer=JSONSerializer)

    before = work.has_workers("write")
    worker.register_birth()  # type: ignore[no-untyped-call] # RQ's
    during = (work.has_workers("write"), work.has_workers("reply"))
    worker.register_death()  # type: ignore[no-untyped-call] # RQ's

    assert before is False
    assert during == (True, False)
    assert work.has_workers("write") is False


def test_a_redis_that_comes_back_empty_hears_again_who_listens(redis: Redis, queue_url: str) -> None:
    work = RedisWork(queue_url)
    worker = worker_of("write", redis, Event())
    worker.register_birth()  # type: ignore[no-untyped-call] # RQ's
    redis.flushall()

    forgotten = work.has_workers("write")
    worker.heartbeat()

    assert forgotten is False
    assert work.has_workers("write") is True
    worker.register_death()  # type: ignore[no-untyped-call] # RQ's
    assert work.has_workers("write") is False


def test_importing_the_queue_connects_to_nothing() -> None:
    code = "import jobs.queue, jobs.relay, jobs.wakeups"

    subprocess.run([sys.executable, "-W", "error::ResourceWarning", "-c", code], check=True, env={"PATH": ""})
