"""RQ: one queue and one worker process a lane, wake-ups only, nothing but our own three functions."""

import logging
from collections.abc import Callable
from threading import Event
from typing import Any

from redis import Redis
from redis.backoff import ExponentialBackoff
from redis.client import Pipeline
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue, SimpleWorker, worker_registration
from rq.job import Job
from rq.serializers import JSONSerializer

from enablement.model import LANES, Lane

log = logging.getLogger(__name__)
# One for now and one for what arrives while that one runs; more would only repeat the same.
WAKE_UPS_WAITING = 2
WAKE_UP_LASTS_S = 120
CONNECT_TIMEOUT_S = 2
# A wake-up is given while somebody waits for Slack's three seconds to pass; the relay gives it again anyway.
HURRY_S = 0.3
# RQ would let the pause between its tries grow to a minute, while the relay trusts a worker that is still registered.
LONGEST_RECONNECT_S = 2.0
# An idle worker looks after abandoned jobs only between two waits: keep them short (measured: 74 s, not 809 s).
WORKER_TTL_S, MAINTENANCE_S, MONITORING_S = 30, 10, 5
_ALLOWED = frozenset(f"jobs.wakeups.{lane}" for lane in LANES)


class NotAllowed(Exception):
    """Somebody put a job into Redis that is none of ours."""


class WakeUp(Job):
    """A job that runs nothing but our wake-ups, whatever stands in Redis."""

    @property
    def func(self) -> Callable[..., Any] | None:
        if self.func_name not in _ALLOWED or self.args or self.kwargs:
            raise NotAllowed(f"refused to run {self.func_name!r}")
        function: Callable[..., Any] | None = super().func
        return function

    # Callbacks are names in Redis too, and RQ would import and call them: ours has none.
    @property
    def success_callback(self) -> None:
        return None

    @property
    def failure_callback(self) -> None:
        return None

    @property
    def stopped_callback(self) -> None:
        return None


class RedisWork:
    """The `Work` port: a wake-up in Redis. When Redis is away the relay does without."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(url, socket_connect_timeout=HURRY_S, socket_timeout=HURRY_S)

    def wake(self, *lanes: Lane) -> None:
        for lane in lanes:
            try:
                self.top_up(lane)
            except RedisError as error:
                log.warning("no wake-up for %s: %s", lane, type(error).__name__)

    def top_up(self, lane: Lane) -> None:
        """Put a wake-up into a lane's queue unless enough are waiting; raises RedisError."""
        queue = _queue(lane, self._redis)
        if queue.count < WAKE_UPS_WAITING:
            queue.enqueue(
                f"jobs.wakeups.{lane}",
                job_timeout=WAKE_UP_LASTS_S,
                result_ttl=0,
                failure_ttl=3600,
                ttl=WAKE_UP_LASTS_S,
                description=f"wake {lane}",
            )

    def has_workers(self, lane: Lane) -> bool:
        """Say whether anybody listens to a lane; raises RedisError."""
        return bool(SimpleWorker.count(queue=_queue(lane, self._redis)))


class NoWork:
    """The `Work` port without Redis: the relay finds what is due by itself."""

    def wake(self, *lanes: Lane) -> None:
        """Do nothing: the relay looks twice a second."""


class _Worker(SimpleWorker):
    """Passes on that it is told to stop, and goes on saying where it listens."""

    stop: Event

    def handle_warm_shutdown_request(self) -> None:
        self.stop.set()

    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        super().heartbeat(timeout, pipeline)
        # RQ says it once. A Redis that was restarted empty would never hear it, and the relay do all the work alone.
        worker_registration.register(self, pipeline)


def work_in(lane: Lane, url: str, stop: Event) -> None:
    """Work in one lane until told to stop; then `stop` is set, for the drain that runs."""
    worker_of(lane, connect(url), stop).work(logging_level="WARNING")


def worker_of(lane: Lane, redis: Redis, stop: Event) -> SimpleWorker:
    """Return a worker of one lane that has not begun; `stop` is set when it is told to stop."""
    worker = _Worker(
        [_queue(lane, redis)],
        connection=redis,
        job_class=WakeUp,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL_S,
        maintenance_interval=MAINTENANCE_S,
        job_monitoring_interval=MONITORING_S,
        log_job_description=False,
    )
    worker.stop = stop
    worker.max_connection_wait_time = LONGEST_RECONNECT_S
    return worker


def connect(url: str) -> Redis:
    """Return a client; `from_url` alone would not try again at all."""
    retry = Retry(ExponentialBackoff(cap=0.5, base=0.05), retries=3)
    return Redis.from_url(
        url, retry=retry, socket_connect_timeout=CONNECT_TIMEOUT_S, health_check_interval=15
    )


def _queue(lane: Lane, redis: Redis) -> Queue:
    return Queue(f"touchline-{lane}", connection=redis, job_class=WakeUp, serializer=JSONSerializer)
