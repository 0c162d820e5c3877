"""The relay: tops the queue up, keeps schedules and watch, and does the work itself where there is no queue."""

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from time import monotonic

from redis.exceptions import RedisError

from enablement.model import LANES, Lane, Task, key
from enablement.ports import Services
from jobs.kinds import KINDS
from jobs.lanes import drain
from jobs.owners import is_gone
from jobs.queue import RedisWork

log = logging.getLogger(__name__)
TICK_S = 0.5
LEADER_LEASE_S = 5
# SQLite waits for the disk once more after each time its log was carried over whole, and whoever writes next waits too.
TIDY_EVERY_S = 60.0
WATCH_EVERY_S = 60
# While the database is away each tick fails: whole once for each sort of failure, then a line now and then.
COMPLAIN_EVERY_S = 60.0


class Relay:
    """One or more may run; the schedules are kept by the one that holds the leader lease."""

    def __init__(
        self,
        services: Services,
        *,
        owner: str,
        schedules: Mapping[str, int],
        tidy: Callable[[], None] = lambda: None,
        watch: Callable[[], None] = lambda: None,
    ) -> None:
        self._services = services
        self._owner = owner
        self._schedules = schedules
        self._tidy = tidy
        self._tidied = 0.0
        self._watch = watch
        self._watching: Future[None] | None = None
        self._complained_of: tuple[type[BaseException], ...] = ()
        self._complained = 0.0
        # One for each lane, one to keep watch.
        self._pool = ThreadPoolExecutor(len(LANES) + 1, thread_name_prefix="relay")
        self._draining: dict[Lane, Future[int]] = {}

    def run(self, stop: threading.Event) -> None:
        """Tick until told to stop."""
        while not stop.wait(TICK_S):
            try:
                self.tick()
            except Exception as error:
                # The database may be restarting; the next tick is the next attempt.
                self._complain(error)
            else:
                self._complained_of = ()
        self._pool.shutdown(wait=True)

    def _complain(self, error: Exception) -> None:
        sort, now = tuple(type(one) for one in (error, error.__cause__) if one), monotonic()
        if sort != self._complained_of:
            log.error("the relay's tick failed and is tried again: is the database well?", exc_info=error)
        elif now > self._complained + COMPLAIN_EVERY_S:
            log.error("the relay's tick still fails: %s", error.__cause__ or error)
        else:
            return
        self._complained_of, self._complained = sort, now

    def tick(self) -> None:
        """Do once what there is to do now."""
        if monotonic() > self._tidied + TIDY_EVERY_S:
            self._tidy()
            self._tidied = monotonic()
        self._keep_schedules()
        self._miss_the_dead()
        for lane in LANES:
            if self._services.outbox.due(lane, now=self._services.clock()) and not self._topped_up(lane):
                self._drain_here(lane)

    def _topped_up(self, lane: Lane) -> bool:
        work = self._services.work
        if not isinstance(work, RedisWork):
            return False
        try:
            if not work.has_workers(lane):
                return False
            work.top_up(lane)
        except RedisError as error:
            log.warning("no queue for %s (%s): draining here", lane, type(error).__name__)
            return False
        return True

    def _drain_here(self, lane: Lane) -> None:
        running = self._draining.get(lane)
        if running and not running.done():
            return
        if running:
            running.result()
        self._draining[lane] = self._pool.submit(
            drain, lane, KINDS[lane], self._services, owner=f"{self._owner} {lane}"
        )

    def _miss_the_dead(self) -> None:
        # People wait for what a killed worker held: not for as long as its lease would last.
        for owner in self._services.outbox.holders():
            if is_gone(owner):
                self._services.outbox.forsake(owner, now=self._services.clock())

    def _keep_schedules(self) -> None:
        services, now = self._services, self._services.clock()
        if not services.outbox.hold("relay", owner=self._owner, seconds=LEADER_LEASE_S, now=now):
            return
        for kind, every in self._schedules.items():
            if services.outbox.take_turn(kind, every=every, now=now):
                lane: Lane = next((lane for lane in LANES if kind in KINDS[lane]), "compute")
                task = Task(key(kind, now.isoformat()), kind, lane, "", partition=kind)
                services.outbox.add([task], now=now, lazily=True)
        self._keep_watch(now)

    def _keep_watch(self, now: datetime) -> None:
        """Look at how all is. Not as a row of the outbox: it would stand in the lines that it watches."""
        if self._watching and not self._watching.done():
            return
        outbox = self._services.outbox
        if not outbox.take_turn("ops.watch", every=WATCH_EVERY_S, now=now):
            return
        # A relay that led before may still be at it, waiting for Slack.
        if outbox.hold("watch", owner=self._owner, seconds=2 * WATCH_EVERY_S, now=now):
            self._watching = self._pool.submit(self._look)

    def _look(self) -> None:
        try:
            self._watch()
        except Exception:
            # The database may be restarting; the next look is the next attempt.
            log.exception("keeping watch failed")
        finally:
            self._services.outbox.release("watch", owner=self._owner)
