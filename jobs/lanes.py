"""Do what is due in a lane: claim, act, settle. Called by a wake-up, or by the relay when there is no queue."""

import logging
import random
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event

from enablement.model import Claimed, Lane
from enablement.ports import Services, ShutOut, TryLater, Undeliverable

log = logging.getLogger(__name__)
# After this many attempts a row becomes a dead letter. With the pauses below that is a quarter of an hour of trying.
MOST_ATTEMPTS = 8
# What may pass is tried for so long at least: workers that died used up attempts without a pause.
TRIED_FOR = timedelta(minutes=10)
# What was claimed so often kills who works on it.
MOST_CLAIMS = MOST_ATTEMPTS + 4
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 300.0
# Where the other side says for how long (a rate limit, a day's calls that are spent), a row waits for up to this long.
LONGEST_WAIT = timedelta(days=2)
FADES_AFTER = timedelta(days=1)
# A drain ends after this long even if there is more: its RQ job must not outlive the job's time limit.
DRAIN_LASTS_S = 20.0
# While some rows are being worked on, new ones are looked for this often.
LOOK_AGAIN_S = 0.02
RENEW_EVERY_S = 3.0
# Who writes waits for Salesforce nearly all the time.
THREADS: Mapping[Lane, int] = {"reply": 8, "write": 4, "compute": 1}
# Set when the process is told to end: nothing more is begun, and what is long ends early.
stop = Event()

Outcome = Mapping[str, Exception | None]
Handler = Callable[[Services, Sequence[Claimed]], Outcome]


@dataclass(frozen=True)
class Kind:
    """How rows of one kind are done: by which function, and how many at once.

    `gathers`: what waits with the same partition is the same work, and done at once with it, however many rows it is.
    `fades`: a day later it is of no use to anybody.
    """

    handle: Handler
    batch: int = 1
    gathers: bool = False
    fades: bool = False


def drain(lane: Lane, kinds: Mapping[str, Kind], services: Services, *, owner: str) -> int:
    """Do what is due in a lane until nothing is; return how many rows were handled."""
    handled = 0
    ends, renew_at = time.monotonic() + DRAIN_LASTS_S, time.monotonic() + RENEW_EVERY_S
    running: dict[Future[None], Sequence[Sequence[Claimed]]] = {}
    with ThreadPoolExecutor(THREADS[lane], thread_name_prefix=lane) as pool:
        while True:
            claimed: list[Claimed] = []
            if len(running) < THREADS[lane] and time.monotonic() < ends and not stop.is_set():
                claimed = _claim(lane, kinds, services, owner, free=THREADS[lane] - len(running))
            batches = [
                _gathered(some, kinds[some[0].kind], services, owner) for some in _batches(claimed, kinds)
            ]
            for chain in _chains(batches):
                running[pool.submit(_handle_all, chain, kinds, services, owner)] = chain
            handled += len(claimed)
            if not running:
                return handled
            done, _ = wait(running, timeout=LOOK_AGAIN_S, return_when=FIRST_COMPLETED)
            for future in done:
                running.pop(future)
                future.result()
            if time.monotonic() > renew_at and running:
                renew_at = time.monotonic() + RENEW_EVERY_S
                held = [row.id for chain in running.values() for rows in chain for row in rows]
                services.outbox.renew(held, owner=owner, now=services.clock())


def _claim(
    lane: Lane, kinds: Mapping[str, Kind], services: Services, owner: str, *, free: int
) -> list[Claimed]:
    most = max(kind.batch for kind in kinds.values())
    return services.outbox.claim(lane, kinds, owner=owner, limit=max(free, most), now=services.clock())


def _gathered(rows: Sequence[Claimed], kind: Kind, services: Services, owner: str) -> Sequence[Claimed]:
    if not kind.gathers:
        return rows
    return [*rows, *services.outbox.claim_alike(rows, owner=owner, now=services.clock())]


def _handle_all(
    batches: Sequence[Sequence[Claimed]], kinds: Mapping[str, Kind], services: Services, owner: str
) -> None:
    for rows in batches:
        if stop.is_set():
            ids, now = [row.id for row in rows], services.clock()
            services.outbox.try_again(ids, owner=owner, error="", at=now, counts=False)
        else:
            _handle(rows, kinds[rows[0].kind], services, owner)


def _handle(rows: Sequence[Claimed], kind: Kind, services: Services, owner: str) -> None:
    # The attempt is counted in the claim: a row that kills its worker each time ends here too.
    worn_out = Undeliverable("its worker died at each attempt")
    outcome: dict[str, Exception | None] = {row.id: worn_out for row in rows if row.attempts > MOST_CLAIMS}
    outcome |= _attempt([row for row in rows if row.id not in outcome], kind, services)
    now = services.clock()
    for row in rows:
        if kind.fades and isinstance(outcome[row.id], ShutOut) and now - row.created_at > FADES_AFTER:
            log.info("%s %s came to nothing: nobody was let in for a day", row.kind, row.id)
            outcome[row.id] = None
    _settle(rows, outcome, services, owner)


def _attempt(rows: Sequence[Claimed], kind: Kind, services: Services) -> Outcome:
    """Return what came of each row; when a whole batch is refused, find the row that is to blame."""
    if not rows:
        return {}
    try:
        return kind.handle(services, rows)
    except TryLater as error:
        return {row.id: error for row in rows}
    except Exception as error:
        is_refused = isinstance(error, Undeliverable)
        # What fails once may be passing (a broken connection); what fails again may be the fault of one row.
        if len(rows) > 1 and (is_refused or any(row.attempts > 1 for row in rows)):
            middle = len(rows) // 2
            return {**_attempt(rows[:middle], kind, services), **_attempt(rows[middle:], kind, services)}
        if not is_refused:
            log.exception("%s failed", rows[0].kind)
        return {row.id: error for row in rows}


def _settle(
    rows: Sequence[Claimed],
    outcome: Mapping[str, Exception | None],
    services: Services,
    owner: str,
) -> None:
    now = services.clock()
    services.outbox.settle([row.id for row in rows if outcome[row.id] is None], owner=owner, now=now)
    # Rows that failed alike wait alike, and so come back in one call.
    waiting: dict[tuple[str, float | None, int, bool], list[str]] = defaultdict(list)
    for row in rows:
        error = outcome[row.id]
        if error is None:
            continue
        said = _said(error)
        if isinstance(error, Undeliverable) or (
            row.attempts >= MOST_ATTEMPTS and not _passes(row, error, now)
        ):
            log.error("%s %s is given up: %s", row.kind, row.subject, said)
            services.outbox.bury(row.id, owner=owner, error=said, now=now)
        else:
            seconds = error.seconds if isinstance(error, TryLater) else None
            waiting[said, seconds, row.attempts, isinstance(error, ShutOut)].append(row.id)
    for (said, seconds, attempts, is_shut_out), ids in waiting.items():
        at = now + timedelta(seconds=seconds or _pause(attempts))
        # Waiting as long as one was told to brings no row to its end.
        counts = attempts < MOST_ATTEMPTS and not is_shut_out
        services.outbox.try_again(ids, owner=owner, error=said, at=at, counts=counts)


def _passes(row: Claimed, error: Exception, now: datetime) -> bool:
    """Say whether what keeps a row from being done may still pass."""
    if not isinstance(error, TryLater):
        return False
    if isinstance(error, ShutOut):
        return True
    return now - row.created_at < (LONGEST_WAIT if error.seconds else TRIED_FOR)


def _said(error: Exception) -> str:
    is_ours = isinstance(error, TryLater | Undeliverable)
    return (str(error) if is_ours else f"{type(error).__name__}: {error}")[:2000]


def _pause(attempts: int) -> float:
    """Return the seconds to wait: doubling, with jitter so that many do not come back at once."""
    longest: float = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 4.0 ** (attempts - 1))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret


def _batches(rows: Sequence[Claimed], kinds: Mapping[str, Kind]) -> list[list[Claimed]]:
    """Return rows grouped by kind, as many at once as that kind takes; kinds of a newer version are left alone."""
    grouped: dict[str, list[Claimed]] = defaultdict(list)
    for row in rows:
        grouped[row.kind].append(row)
    return [
        some[start : start + kinds[kind].batch]
        for kind, some in grouped.items()
        for start in range(0, len(some), kinds[kind].batch)
    ]


def _chains(batches: Sequence[Sequence[Claimed]]) -> list[list[Sequence[Claimed]]]:
    """Return batches in chains: those that share a partition are done one after the other."""
    chains: list[tuple[set[str], list[Sequence[Claimed]]]] = []
    for batch in batches:
        partitions = {row.partition for row in batch} - {""}
        chain = [batch]
        for other in [one for one in chains if one[0] & partitions]:
            chains.remove(other)
            partitions, chain = partitions | other[0], other[1] + chain
        chains.append((partitions, chain))
    return [chain for _, chain in chains]
