"""What people chose for themselves."""

from collections.abc import Callable
from typing import Protocol

from enablement.model import Preferences

# Makes of what is chosen what shall be chosen.
Choosing = Callable[[Preferences], Preferences]


class PreferenceStore(Protocol):
    """What each Slack user chose for themselves."""

    def of(self, slack_id: str) -> Preferences:
        """Return what somebody chose; the defaults where they never did."""

    def change(self, slack_id: str, how: Choosing) -> Preferences:
        """Change what somebody chose, alone: two changes at once are both kept. Return what is chosen now."""
