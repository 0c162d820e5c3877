"""Misbehaviour on order: what should go wrong, where, and how often."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

KINDS = frozenset(
    {
        "status",
        "error_code",
        "expire_session",
        "row_lock",
        "slow",
        "slow_write",
        "drop",
        "lost_reply",
        "half_reply",
    }
)
_MET_BEFORE = frozenset(KINDS - {"slow", "row_lock", "slow_write"})


class BadFaultError(ValueError):
    """The order for a fault makes no sense."""


@dataclass(frozen=True)
class Fault:
    """One order; `times` counts down to 0, and -1 never ends."""

    kind: str
    times: int
    path_prefix: str = "/"
    method: str | None = None
    status: int = 503
    error_code: str = "UNKNOWN_EXCEPTION"
    seconds: float = 0.0

    def fits(self, path: str, method: str) -> bool:
        """Tell whether a call meets this fault."""
        return self.times != 0 and path.startswith(self.path_prefix) and self.method in (None, method)


def fault_from(body: Mapping[str, Any]) -> Fault:
    """Return the fault a control request orders; raise BadFaultError naming what is wrong."""
    unknown = body.keys() - {"path_prefix", "method", "kind", "status", "error_code", "times", "seconds"}
    if unknown:
        raise BadFaultError(f"unknown: {', '.join(sorted(unknown))}")
    if body.get("kind") not in KINDS:
        raise BadFaultError(f"kind must be one of {', '.join(sorted(KINDS))}")
    try:
        times = int(body["times"])
        seconds = float(body.get("seconds", 0))
        status = int(body.get("status", 503))
    except (KeyError, TypeError, ValueError) as cause:
        raise BadFaultError("times, seconds and status are numbers; times must be given") from cause
    if times < -1 or not 0 <= seconds <= 600 or not 400 <= status <= 599:
        raise BadFaultError("times from -1, seconds from 0 to 600, status from 400 to 599")
    method = body.get("method")
    return Fault(
        kind=str(body["kind"]),
        times=times,
        path_prefix=str(body.get("path_prefix", "/")),
        method=None if method is None else str(method).upper(),
        status=status,
        error_code=str(body.get("error_code", "UNKNOWN_EXCEPTION")),
        seconds=seconds,
    )


class Faults:
    """The faults that still wait for a call."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        """Order a fault."""
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        """Forget all faults."""
        with self._lock:
            self._faults.clear()

    def meet(self, path: str, method: str) -> list[Fault]:
        """Return the faults a call meets and count them: every slow one, and the first of the others."""
        met = self._take(path, method, lambda fault: fault.kind == "slow", only_first=False)
        return met + self._take(path, method, lambda f: f.kind in _MET_BEFORE, only_first=True)

    def meets_row_lock(self, path: str, method: str) -> bool:
        """Tell whether the row being written now is locked, and count it."""
        return bool(self._take(path, method, lambda fault: fault.kind == "row_lock", only_first=True))

    def seconds_in_write(self, path: str, method: str) -> float:
        """Return how long the write now begun keeps its locks, and count it."""
        met = self._take(path, method, lambda fault: fault.kind == "slow_write", only_first=True)
        return met[0].seconds if met else 0.0

    def _take(
        self, path: str, method: str, wanted: Callable[[Fault], bool], *, only_first: bool
    ) -> list[Fault]:
        met: list[Fault] = []
        with self._lock:
            for place, fault in enumerate(self._faults):
                if wanted(fault) and fault.fits(path, method) and not (only_first and met):
                    met.append(fault)
                    self._faults[place] = replace(fault, times=max(fault.times - 1, -1))
            self._faults = [fault for fault in self._faults if fault.times != 0]
        return met
