"""How many calls Slack takes: tiers per method, and messages per channel, counted on the clock."""

import math
from dataclasses import dataclass

from sandbox.slack.clock import Clock
from sandbox.slack.errors import RateLimited

MINUTE = 60.0


@dataclass(frozen=True)
class Rate:
    """So many calls `a_minute` in the long run, of which up to `at_once` may come together."""

    a_minute: int
    at_once: int

    @property
    def gap(self) -> float:
        """Return the seconds from call to call in the long run."""
        return MINUTE / self.a_minute


# Slack promises "1+", "20+", "50+" and "100+" a minute and allows bursts it does not name: here 20 is 20. Of tier 1 it
# says that a small burst is tolerated.
TIERS = {
    "1": Rate(1, 3),
    "2": Rate(20, 20),
    "3": Rate(50, 50),
    "4": Rate(100, 100),
    "special": Rate(300, 300),
}
# chat.postMessage to one channel: once a second, "short bursts > 1 allowed".
CHANNEL = Rate(60, 3)


class Pace:
    """When each method and channel has worked off its calls; one workspace and one app, so no more is in the key."""

    def __init__(self, clock: Clock, *, is_on: bool) -> None:
        self._clock = clock
        self._done_at: dict[str, float] = {}
        self.is_on = is_on

    def count(self, method: str, tier: str, *, channel: str | None) -> None:
        """Count one call; raises RateLimited, and does not count, when there were too many.

        `channel` is given for chat.postMessage alone.
        """
        if not self.is_on:
            return
        limits = {method: TIERS[tier]} | ({channel: CHANNEL} if channel is not None else {})
        now = self._clock.now()
        done_at = {key: max(self._done_at.get(key, now), now) for key in limits}
        wait = max(done_at[key] - now - (rate.at_once - 1) * rate.gap for key, rate in limits.items())
        # The clock's own grain is no reason to wait.
        if wait > 1e-3:
            raise RateLimited(math.ceil(wait))
        for key, rate in limits.items():
            self._done_at[key] = done_at[key] + rate.gap

    def forget(self) -> None:
        """Start counting anew."""
        self._done_at.clear()
