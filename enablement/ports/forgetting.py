"""What is needed of the store to forget a person."""

from typing import Protocol

from enablement.model import Handled, Identity, Left


class Forgetting(Protocol):
    """Finds and removes what names a person, in every table there is."""

    def identify(self, said: str) -> Identity:
        """Return by what somebody is known, of whom an e-mail or a Slack id is said."""

    def touches_of(self, who: Identity) -> list[str]:
        """Return the ids of touches that name the person."""

    def forget(self, who: Identity, *, pseudonym: str) -> list[Handled]:
        """Remove or rename what names the person; done twice it is once. Return the tables where anything was found."""

    def left(self, who: Identity) -> list[Left]:
        """Search every column of text of every table for what names the person; return where it still does, and why."""
