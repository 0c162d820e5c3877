"""What is kept of nudges."""

from collections.abc import Callable, Collection as Some, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from enablement.model import Nudge, NudgeMeasure, NudgeState, Stood, Touch

# Makes of how a nudge stands how it shall stand.
Moving = Callable[[Nudge], Nudge]


class Nudges(Protocol):
    """The nudges of each person, and how what they are about stood when it was last looked at."""

    def stood(self, ids: Some[str]) -> dict[str, Stood]:
        """Return how these stood; what was never looked at is left out."""

    def note(self, stand: Mapping[str, tuple[str, ...]], nudges: Sequence[Nudge], *, now: datetime) -> None:
        """Store how things stand, and the nudges that come of it, at once; a nudge that is known is left as it is."""

    def due(self, *, now: datetime) -> list[str]:
        """Return the Slack ids of those for whom something is due, who waits longest first."""

    def of(self, slack_id: str, states: Some[NudgeState]) -> list[Nudge]:
        """Return somebody's nudges in these states, the oldest first."""

    def message(self, message_id: str) -> list[Nudge]:
        """Return what was told in a message, the oldest first."""

    def messages_since(self, slack_id: str, since: datetime) -> int:
        """Return in how many messages somebody was told something since then."""

    def change(self, slack_id: str, ids: Some[str], how: Moving) -> list[Nudge]:
        """Change somebody's nudges, alone; return these as they are now."""

    def first_openings(self, *, since: datetime) -> list[Touch]:
        """Return the touches of links that a buyer opened for the first time since then, the oldest first."""

    def measure(self, *, since: datetime) -> list[NudgeMeasure]:
        """Return what became of the nudges made since then, of each kind that there were any."""
