"""What a check finds, and how checks are run so that one that breaks off does not keep the others from being made."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from crm.mapping import BadMapping
from enablement.adapters.sql.database import DatabaseAway
from enablement.ports import TryLater, Undeliverable

State = Literal["ok", "warning", "wrong"]


class NotChecked(Exception):
    """A check that had nothing to look at, because of something that another check reports."""


@dataclass(frozen=True)
class Finding:
    """What a check found, and what to do about it (empty when nothing is to be done)."""

    part: str
    state: State
    said: str
    mend: str = ""


def guarded(part: str, check: Callable[[], Iterator[Finding]], mend: str) -> list[Finding]:
    """Return what a check finds; when it breaks off, what it found so far and why."""
    found: list[Finding] = []
    try:
        found.extend(check())
    except NotChecked as reason:
        found.append(Finding(part, "warning", f"not checked: {reason}"))
    except (TryLater, Undeliverable, BadMapping, DatabaseAway) as error:
        found.append(Finding(part, "wrong", str(error), mend))
    except Exception as error:
        # Whatever a driver raises: that is the finding.
        found.append(Finding(part, "wrong", f"{type(error).__name__}: {error}", mend))
    return found
