"""A person who is to be forgotten, and what came of it."""

from dataclasses import dataclass

# What stands where a forgotten person was named begins so.
FORGOTTEN = "forgotten-"


@dataclass(frozen=True)
class Identity:
    """By what somebody is known here; all that names them."""

    emails: tuple[str, ...] = ()
    slack_ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def ids(self) -> tuple[str, ...]:
        return (*self.emails, *self.slack_ids)


@dataclass(frozen=True)
class Handled:
    """How many rows of a table were removed, and in how many the person is not named any more."""

    table: str
    removed: int
    changed: int


@dataclass(frozen=True)
class Left:
    """Where a word that names the person still stands after all, and why."""

    table: str
    column: str
    rows: int
    why: str


@dataclass(frozen=True)
class Forgotten:
    """What was done to forget somebody; `back` says what other systems will tell us of them again."""

    pseudonym: str
    handled: tuple[Handled, ...]
    left: tuple[Left, ...]
    back: tuple[str, ...]
    told_crm: int
