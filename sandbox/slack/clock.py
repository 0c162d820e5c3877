"""The clock everything here reads, so that a test can let minutes pass at once."""

import time
from collections.abc import Callable


class Clock:
    """A clock that runs with the machine's and can be pushed forward."""

    def __init__(self, base: Callable[[], float] = time.time) -> None:
        self._base = base
        self._ahead = 0.0

    def now(self) -> float:
        """Return seconds since 1970, pushes included."""
        return self._base() + self._ahead

    def wall(self) -> float:
        """Return seconds since 1970 without the pushes: what the app's own clock says."""
        return self._base()

    def advance(self, seconds: float) -> None:
        """Push the clock forward by `seconds` (0 or more)."""
        if seconds < 0:
            raise ValueError("time does not run backwards")
        self._ahead += seconds
