"""What ops sees: incidents, signals, what waits."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from enablement.model.common import Lane


@dataclass(frozen=True)
class Incident:
    """Something that keeps going wrong, from its first error until it works again: one message, not one an error."""

    id: str
    kind: str
    subject: str
    summary: str
    count: int
    opened_at: datetime
    last_at: datetime
    resolved_at: datetime | None
    channel: str
    ts: str
    # Whether its message says how it stands.
    told: bool = False


@dataclass(frozen=True)
class Signal:
    """How often something failed and worked since it was last weighed, all processes together.

    `summary` is one sentence for operators, without secrets and without anything that customers or reps wrote.
    """

    kind: str
    subject: str
    failed: int
    worked: int
    summary: str
    last_at: datetime


@dataclass(frozen=True)
class IntegrationDay:
    """The calls of one day (UTC) to one integration; `used` and `allowed` are what it last said of its own limit."""

    name: str
    day: date
    calls: int
    errors: int
    used: int | None
    allowed: int | None


@dataclass(frozen=True)
class Waiting:
    """The rows of one lane and state; `oldest` is when the oldest of them was due."""

    lane: Lane
    state: Literal["due", "leased", "dead"]
    count: int
    oldest: datetime


@dataclass(frozen=True)
class DeadLetters:
    """Dead letters of one kind with one reason; what differs between them is left out of the reason."""

    kind: str
    reason: str
    count: int
