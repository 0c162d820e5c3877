"""What is kept of people's Home tabs."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from enablement.model import HomeState, LibraryFigures, Seen, Task


class HomeMoved(Exception):
    """Somebody else drew a Home tab meanwhile: what would be drawn now may be older than what stands there."""


# Makes of how a Home tab stands how it shall stand.
Turning = Callable[[HomeState], HomeState]


class Homes(Protocol):
    """Where each person is in their Home tab, and what they saw there."""

    def of(self, slack_id: str) -> HomeState:
        """Return where somebody is; the beginning where they never were."""

    def change(self, slack_id: str, how: Turning, *, now: datetime, tasks: Sequence[Task] = ()) -> bool:
        """Change where somebody is, together with tasks; False, and nothing changed, when those are all known."""

    def opened_since(self, since: datetime) -> list[HomeState]:
        """Return the Home tabs that were opened, or pressed in, since then, the last one first."""

    def seen(self, slack_id: str) -> Seen | None: ...

    def keep_seen(self, seen: Seen) -> None: ...

    def figures(self) -> LibraryFigures | None:
        """Return the library in numbers as they were last counted."""

    def keep_figures(self, figures: LibraryFigures) -> None: ...
