"""How many calls Slack takes: tiers per method, and messages per channel, counted on the clock."""

import math
from collections import deque

from sandbox.slack.clock import Clock
from sandbox.slack.errors import RateLimited

MINUTE = 60.0
# Calls a minute, per method. Slack promises "20+" and allows bursts it does not name: here 20 is 20. Tier 1 is
# promised once a minute; ten, since ten sockets may be opened.
TIERS = {"1": 10, "2": 20, "3": 50, "4": 100, "special": 300}
# chat.postMessage to one channel: once a second over a minute, with short bursts: (messages, seconds).
CHANNEL = ((60, MINUTE), (10, 3.0))


class Pace:
    """The calls of the last minute; one workspace and one app, so the method alone is the key."""

    def __init__(self, clock: Clock, *, is_on: bool) -> None:
        self._clock = clock
        self._calls: dict[str, deque[float]] = {}
        self.is_on = is_on

    def count(self, method: str, tier: str, *, channel: str | None) -> None:
        """Count one call; raises RateLimited, and does not count, when there were too many.

        `channel` is given for chat.postMessage alone.
        """
        if not self.is_on:
            return
        windows = [(method, TIERS[tier], MINUTE)]
        if channel is not None:
            windows += [(f"{channel} {seconds:g}", most, seconds) for most, seconds in CHANNEL]
        now = self._clock.now()
        wait = max(self._wait(now, *window) for window in windows)
        if wait > 0:
            raise RateLimited(max(1, math.ceil(wait)))
        for key, _, _ in windows:
            self._calls.setdefault(key, deque()).append(now)

    def forget(self) -> None:
        """Start counting anew."""
        self._calls.clear()

    def _wait(self, now: float, key: str, most: int, seconds: float) -> float:
        calls = self._calls.get(key, deque())
        while calls and calls[0] <= now - seconds:
            calls.popleft()
        return calls[0] + seconds - now if len(calls) >= most else 0.0
