"""Whether Slack lets the app in: once uninstalled, nothing is sent until a token works again."""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from enablement.ports import Clock, Mirror, ShutOut

# Between two looks at whether another process found the gate shut, and between two tries whether it is open again.
LOOK_EVERY_S = 1.0
TRY_EVERY = timedelta(seconds=60)
SHUT, OPENED = "slack.shut_out", "slack.let_in"
# Error codes that stand for all calls, whatever they ask for.
SHUTTING = frozenset({"account_inactive", "invalid_auth", "token_expired", "token_revoked"})
SIGNAL = ("slack", "the app")

Alert = Callable[[str, str, str], object]
Mended = Callable[[str, str], object]


class Gate:
    """One gate for all processes, kept in the database; whoever is refused shuts it, whoever gets through opens it."""

    def __init__(self, mirror: Mirror, clock: Clock, *, alert: Alert, mended: Mended) -> None:
        self._mirror = mirror
        self._clock = clock
        self._alert, self._mended = alert, mended
        self._lock = threading.Lock()
        self._looked_at = -LOOK_EVERY_S
        self._is_shut = False
        self._tried_at: datetime | None = None

    def is_shut(self) -> bool:
        """Say whether Slack refused the app, as far as any process knows."""
        with self._lock:
            if time.monotonic() - self._looked_at >= LOOK_EVERY_S:
                shut, opened = self._mirror.watermark(SHUT), self._mirror.watermark(OPENED)
                self._is_shut = shut is not None and (opened is None or opened < shut)
                self._looked_at = time.monotonic()
            return self._is_shut

    def shut(self, why: str, *, tried: bool) -> ShutOut:
        """Let nothing through any more; `tried`: a call was refused just now, so that none need be made to know."""
        now = self._clock()
        with self._lock:
            self._tried_at = now if tried else None
            self._is_shut, self._looked_at = True, time.monotonic()
        self._mirror.set_watermark(SHUT, now)
        self._alert(
            *SIGNAL,
            f"Slack does not let Touchline in ({why}): was the app uninstalled? What is to be said waits",
        )
        return ShutOut(f"Slack does not let the app in: {why}", seconds=TRY_EVERY.total_seconds())

    def pass_through(self, knock: Callable[[], str]) -> None:
        """Return when calls may be made; `knock` asks Slack, and returns why it refuses, if so. Raises ShutOut."""
        if not self.is_shut():
            return
        now = self._clock()
        with self._lock:
            is_time = self._tried_at is None or now - self._tried_at >= TRY_EVERY
            if is_time:
                self._tried_at = now
        if not is_time:
            raise ShutOut("Slack does not let the app in", seconds=TRY_EVERY.total_seconds())
        if why := knock():
            raise self.shut(why, tried=True)
        with self._lock:
            self._is_shut, self._looked_at = False, time.monotonic()
        self._mirror.set_watermark(OPENED, now)
        self._mended(*SIGNAL)
