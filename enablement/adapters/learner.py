"""Learning in a process of its own: bounded in memory and time, gone with its parent, and killed without harm.

As a program it reads one order (JSON) from standard input and ends when that is closed: its parent is gone then.
"""

import json
import logging
import os
import resource
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from time import monotonic
from uuid import uuid4

from enablement.adapters.lessons import TROUBLE
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.evidence import SqlEvidence
from enablement.adapters.sql.journal import SqlJournal
from enablement.adapters.sql.outbox import SqlOutbox
from enablement.copying import renewal_of_all
from enablement.learning import LEARNING, learn_round
from enablement.model import Run, Signal
from enablement.ports import LearnerSays

log = logging.getLogger(__name__)
# A hundred thousand deals with a million uses take less than three quarters of it.
MOST_BYTES = 4 << 30
MOST_S = 3600.0
LEASE_S, HOLD_EVERY_S = 30.0, 5.0
NICENESS = 10
_FAILED, _BUSY = 1, 75


class LearningProcess:
    """The `Learner` port: one child at a time, which another process's child keeps from beginning."""

    def __init__(
        self,
        database_url: str,
        *,
        is_taken: Callable[[], bool],
        most_bytes: int = MOST_BYTES,
        most_s: float = MOST_S,
    ) -> None:
        self._order = {"database": database_url, "most_bytes": most_bytes, "most_s": most_s}
        self._is_taken = is_taken
        self._child: subprocess.Popen[bytes] | None = None
        # Which orders the child knew as it began: it may have read before others came.
        self._orders: frozenset[str] = frozenset()
        self._put_away: weakref.finalize[..., LearningProcess] | None = None

    def go_on(self, *, seconds: float, orders: Collection[str] = ()) -> LearnerSays:
        if self._child is None:
            if self._is_taken():
                return "busy"
            self._child, self._orders = self._begun(), frozenset(orders)
            # Whoever forgets about it ends it.
            self._put_away = weakref.finalize(self, _ended, self._child)
        try:
            code = self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            return "runs"
        self._end()
        if not self._orders.issuperset(orders):
            return self.go_on(seconds=0, orders=orders)
        says: dict[int, LearnerSays] = {0: "ended", _FAILED: "failed", _BUSY: "busy"}
        return says.get(code, "died")

    def stop(self) -> None:
        self._end()

    def _begun(self) -> subprocess.Popen[bytes]:
        # The address of the database holds a password: not as an argument, which everybody on the machine may read.
        child = subprocess.Popen(
            [sys.executable, "-m", __name__], stdin=subprocess.PIPE, start_new_session=True
        )
        if child.stdin:
            child.stdin.write(json.dumps(self._order).encode() + b"\n")
            child.stdin.flush()
        return child

    def _end(self) -> None:
        if self._put_away:
            self._put_away()
        self._child = self._put_away = None


def _ended(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    child.wait()
    if child.stdin:
        child.stdin.close()


def main() -> int:
    """Learn, as ordered; return 0, or why not."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    order = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.nice(max(0, NICENESS - os.nice(0)))
    bound_memory(int(order["most_bytes"]))
    database = Database(order["database"])
    outbox, owner = SqlOutbox(database), f"{LEARNING} {uuid4().hex}"
    if not outbox.hold(LEARNING, owner=owner, seconds=LEASE_S, now=_now()):
        return _BUSY
    ends = monotonic() + float(order["most_s"])
    threading.Thread(target=_hold, args=(outbox, owner, ends, SqlJournal(database)), daemon=True).start()
    try:
        return _learn(database, outbox)
    finally:
        outbox.release(LEARNING, owner=owner)


def bound_memory(most_bytes: int) -> None:
    """Let this process have so many bytes of its own at most; who asks for more gets a MemoryError."""
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    bound = most_bytes if most == resource.RLIM_INFINITY else min(most_bytes, most)
    resource.setrlimit(resource.RLIMIT_DATA, (bound, most))


def _learn(database: Database, outbox: SqlOutbox) -> int:
    journal, evidence, began = SqlJournal(database), SqlEvidence(database), _now()
    try:
        run = learn_round(evidence, clock=_now)
        _put_to_use(run, outbox, journal)
        if run and run.begun_at < began <= (run.ended_at or began):
            # Gone on with: what came since it was broken off is still to be learned from.
            _put_to_use(learn_round(evidence, clock=_now), outbox, journal)
    except Exception as error:
        # The parent learns it from the exit code, ops from the journal: a trace alone would tell neither.
        log.exception("learning from deals failed")
        _tell(journal, f"Learning from deals failed: {type(error).__name__}")
        return _FAILED
    return 0


def _put_to_use(run: Run | None, outbox: SqlOutbox, journal: SqlJournal) -> None:
    if run is None:
        log.info("there is too little to learn from yet")
    elif run.state == "in_use":
        # Known by the run: what is there already is not done again.
        outbox.add([renewal_of_all(run.id)], now=_now())
        _tell(journal, "")
    elif run.state == "refused":
        _tell(journal, f"What was learned from deals was refused, the run before stays in use: {run.trouble}")


def _tell(journal: SqlJournal, trouble: str) -> None:
    journal.note([Signal(TROUBLE, "learning", int(bool(trouble)), int(not trouble), trouble, _now())])


def _hold(outbox: SqlOutbox, owner: str, ends: float, journal: SqlJournal) -> None:
    """Hold the lease until the time is up; then end the process: what it saved stays."""
    pause = threading.Event()
    while monotonic() < ends:
        pause.wait(min(HOLD_EVERY_S, max(0.0, ends - monotonic())))
        try:
            outbox.hold(LEARNING, owner=owner, seconds=LEASE_S, now=_now())
        except Exception as error:
            # The database may be restarting, and the time goes on.
            log.warning("the lease of learning could not be renewed: %s", type(error).__name__)
    _tell(journal, "Learning from deals took too long, and was ended")
    outbox.release(LEARNING, owner=owner)
    os._exit(_FAILED)


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(_FAILED)


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    sys.exit(main())
