"""The org's daily API calls: what its last answer said of them, and how many may go to work that can wait."""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from enablement.ports import TryLater

# From this part of our share on, work that can wait goes slowly.
SLOW_FROM = 0.8
SLOW_PAUSE_S = 1.0
# Nobody says when the day's calls come back: after so long one call goes out to see.
CLOSED_FOR_S = 300.0
# "api-usage=18/5000; per-app-api-usage=17/250(appName=…)": the first is the org's.
_USAGE = re.compile(r"(?:^|[;,\s])api-usage=(\d+)/(\d+)")


@dataclass(frozen=True)
class ApiUsage:
    """How many API calls the org (all that speak with it) used of those that it is allowed in 24 hours."""

    used: int
    allowed: int


class Allowance:
    """Keeps work that can wait within a share (0 to 1) of the org's daily calls; people are never kept waiting."""

    def __init__(
        self,
        share: float = 1.0,
        *,
        ticks: Callable[[], float] = time.monotonic,
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        self._share = share
        self._ticks = ticks
        self._pause = pause
        self._lock = threading.Lock()
        self._usage: ApiUsage | None = None
        self._under_way = 0
        self._look_at: float | None = None

    def usage(self) -> ApiUsage | None:
        """Return what is known; None before the first answer."""
        return self._usage

    def heard(self, limit_info: str) -> None:
        """Take in an answer's Sforce-Limit-Info."""
        if found := _USAGE.search(limit_info):
            used, allowed = int(found[1]), int(found[2])
            with self._lock:
                if self._usage and self._under_way > 1:
                    # The answers of several calls arrive in any order; the day's count sinks when they are done.
                    used = max(used, self._usage.used)
                self._usage = ApiUsage(used, allowed)

    def refused(self) -> None:
        """Take in that the org itself refused a call: its day is spent."""
        with self._lock:
            allowed = self._usage.allowed if self._usage else 1
            self._usage = ApiUsage(max(allowed, 1), max(allowed, 1))

    def ended(self) -> None:
        """Take in that a call that was let go is over."""
        with self._lock:
            self._under_way -= 1

    def admit(self, *, urgent: bool) -> None:
        """Let a call go, if it can wait perhaps after a second; raises TryLater when our share is used up."""
        with self._lock:
            part = 0.0 if urgent or self._usage is None else self._part(self._usage)
            if part >= 1:
                self._keep_closed()
            elif not urgent:
                self._look_at = None
            self._under_way += 1
            if self._usage:
                # Counted before the answer says so: many threads would go over the edge together.
                self._usage = replace(self._usage, used=self._usage.used + 1)
        if SLOW_FROM <= part < 1:
            self._pause(SLOW_PAUSE_S)

    def _part(self, usage: ApiUsage) -> float:
        """Return which part of our share is used, 1 and more: all of it."""
        ours = usage.allowed * self._share
        return usage.used / ours if ours else 1.0

    def _keep_closed(self) -> None:
        now = self._ticks()
        if self._look_at is not None and now >= self._look_at:
            # This one call finds out how things stand.
            self._look_at = now + CLOSED_FOR_S
            return
        self._look_at = self._look_at or now + CLOSED_FOR_S
        raise TryLater(
            f"Salesforce has answered {self._share:.0%} of its calls of the day: what can wait, waits",
            seconds=self._look_at - now,
        )
