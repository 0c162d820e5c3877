"""What several ports use: the time, and how an adapter says that it can't."""

from collections.abc import Callable
from datetime import datetime

Clock = Callable[[], datetime]


class TryLater(Exception):
    """Something passing is in the way (a rate limit, a timeout); the queue tries again after `seconds`."""

    def __init__(self, message: str, *, seconds: float | None = None) -> None:
        super().__init__(message)
        self.seconds = seconds


class ShutOut(TryLater):
    """The whole other side does not let us in: what it was for waits for as long as that lasts, and is not worn out."""


class Undeliverable(Exception):
    """This work can never succeed as it is; a person must act. The message says what is wrong."""


class CannotFetch(Exception):
    """A file can't be had from Slack; the message tells the person why and what to do."""


class AccessUnknown(Exception):
    """The CRM could not be asked who may see a deal; nobody may until it can."""
