"""The org's clock: real time unless a test or a demo sets it."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_MILLISECOND = timedelta(milliseconds=1)


def real_time() -> datetime:
    """Return the time of this machine."""
    return datetime.now(UTC)


def as_text(moment: datetime) -> str:
    """Return a moment the way the API writes it, in milliseconds and UTC; such texts sort by time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}+0000"


class Clock:
    """Tell the time and give every write a stamp later than the one before."""

    def __init__(self, source: Callable[[], datetime] = real_time) -> None:
        self._source = source
        self._set_to: datetime | None = None
        self._last_stamp = datetime.min.replace(tzinfo=UTC)
        self._lock = threading.Lock()
        self._moved: list[Callable[[], object]] = []

    @property
    def is_stopped(self) -> bool:
        """Tell whether the clock moves only when told to."""
        return self._set_to is not None

    def when_moved(self, act: Callable[[], object]) -> None:
        """Do something whenever the clock is set or moved."""
        self._moved.append(act)

    def now(self) -> datetime:
        """Return the org's present moment."""
        with self._lock:
            return self._set_to or self._source()

    def stamp(self) -> datetime:
        """Return a moment for one write: now, or a millisecond after the last stamp."""
        with self._lock:
            now = self._set_to or self._source()
            now = now.replace(microsecond=now.microsecond // 1000 * 1000)
            self._last_stamp = max(now, self._last_stamp + _MILLISECOND)
            return self._last_stamp

    def set(self, moment: datetime | None) -> None:
        """Stop the clock at a moment, or let it run again (None); stamps start over from there."""
        with self._lock:
            self._set_to = moment
            self._last_stamp = datetime.min.replace(tzinfo=UTC)
        self._tell()

    def advance(self, seconds: float) -> None:
        """Move a stopped clock on; a running one stops that far ahead of real time."""
        with self._lock:
            self._set_to = (self._set_to or self._source()) + timedelta(seconds=seconds)
        self._tell()

    def _tell(self) -> None:
        for act in self._moved:
            act()
