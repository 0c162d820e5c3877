"""Lock rows the way the platform does: a child locks its parent, and who waits for 10 s gives up."""

import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sandbox.salesforce.clock import Clock
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.ids import MalformedIdError, normal_id
from sandbox.salesforce.schema import SObject
from sandbox.salesforce.store import Store

LONGEST_WAIT = 10.0


@dataclass(frozen=True)
class _Holder:
    is_call: bool
    until: datetime | None = None
    """When a lock taken on order falls by itself."""


class RowLocks:
    """Who holds which rows; waiting goes by the org's clock, and by real time where that one stands."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._holders: dict[str, _Holder] = {}
        self._waiting = 0
        self._changed = threading.Condition()
        clock.when_moved(self._wake)

    @contextmanager
    def held(self, record_ids: Iterable[str], *, alone: bool = False) -> Iterator[frozenset[str]]:
        """Hold rows in the order given; yield those that others kept for too long.

        `alone`: the caller has the database to itself, so that no other call can be at work on a row.
        """
        mine = _Holder(is_call=True)
        taken: set[str] = set()
        try:
            missed = self._take(dict.fromkeys(record_ids), mine, taken, alone=alone)
            yield frozenset(missed)
        finally:
            self._release(taken, mine)

    def hold(self, record_ids: Iterable[str], *, seconds: float | None) -> None:
        """Hold rows as somebody else's transaction does, for so long or until they are let go."""
        until = None if seconds is None else self._clock.now() + timedelta(seconds=seconds)
        with self._changed:
            self._holders |= dict.fromkeys(record_ids, _Holder(is_call=False, until=until))

    def let_go(self) -> None:
        """Release every row that was held on order."""
        with self._changed:
            self._holders = {row: holder for row, holder in self._holders.items() if holder.is_call}
            self._changed.notify_all()

    def state(self) -> dict[str, Any]:
        """Return the rows held and the number of calls that wait."""
        with self._changed:
            return {"held": sorted(self._holders), "waiting": self._waiting}

    def _take(self, record_ids: Iterable[str], mine: _Holder, taken: set[str], *, alone: bool) -> list[str]:
        missed = []
        virtual = self._clock.now() + timedelta(seconds=LONGEST_WAIT)
        real = time.monotonic() + LONGEST_WAIT
        with self._changed:
            for record_id in record_ids:
                if self._wait_for(record_id, virtual, real, alone=alone):
                    # Within a call that has the database alone, another call's lock has nothing to protect.
                    if record_id not in self._holders:
                        self._holders[record_id] = mine
                        taken.add(record_id)
                else:
                    missed.append(record_id)
        return missed

    def _wait_for(self, record_id: str, virtual: datetime, real: float, *, alone: bool) -> bool:
        self._waiting += 1
        try:
            while not self._is_free(record_id, alone=alone):
                left = min(
                    real - time.monotonic(),
                    LONGEST_WAIT if self._clock.is_stopped else self._until_fall(record_id),
                )
                if self._clock.now() >= virtual or real <= time.monotonic():
                    return False
                self._changed.wait(max(left, 0.001))
            return True
        finally:
            self._waiting -= 1

    def _is_free(self, record_id: str, *, alone: bool) -> bool:
        holder = self._holders.get(record_id)
        if holder is not None and holder.until is not None and self._clock.now() >= holder.until:
            del self._holders[record_id]
            return True
        return holder is None or (alone and holder.is_call)

    def _until_fall(self, record_id: str) -> float:
        until = self._holders[record_id].until
        return LONGEST_WAIT if until is None else (until - self._clock.now()).total_seconds()

    def _release(self, record_ids: Iterable[str], mine: _Holder) -> None:
        with self._changed:
            for record_id in record_ids:
                if self._holders.get(record_id) is mine:
                    del self._holders[record_id]
            self._changed.notify_all()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()


def rows_to_lock(
    store: Store, sobject: SObject, values: Mapping[str, Any], record_ids: Iterable[str] = ()
) -> list[str]:
    """Return the rows a write locks: those written, and the parents they have and will have."""
    parents = [field for field in sobject.fields.values() if field.cascade]
    named = {name.lower(): value for name, value in values.items()}
    locked = [str(named[field.name.lower()]) for field in parents if named.get(field.name.lower())]
    for record_id in record_ids:
        row = store.read(sobject, record_id)
        if row is not None:
            locked += [str(row[field.name]) for field in parents if row[field.name]]
            locked.append(record_id)
    return list(_normal(locked))


def refuse_locked(missed: Iterable[str]) -> None:
    """Raise UNABLE_TO_LOCK_ROW when there are rows that could not be had."""
    for record_id in missed:
        message = f"unable to obtain exclusive access to this record or 1 records: {record_id}"
        raise ApiError("UNABLE_TO_LOCK_ROW", message)


def _normal(record_ids: Iterable[str]) -> Iterator[str]:
    for record_id in record_ids:
        try:
            yield normal_id(record_id)
        except MalformedIdError:
            continue  # The write itself says what is wrong with it.
