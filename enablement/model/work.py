"""Work that is kept until it is done: tasks and letters."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from enablement.model.common import Lane

LetterState = Literal["due", "leased", "done", "dead"]


@dataclass(frozen=True)
class Task:
    """Something to be done later, exactly once in effect: an outbox row before it is written.

    The same id is the same work. Rows with one partition are never worked on at the same time.
    """

    id: str
    kind: str
    lane: Lane
    subject: str
    partition: str = ""
    due_at: datetime | None = None


@dataclass(frozen=True)
class Claimed:
    """An outbox row that this worker holds until the lease runs out. Attempts count this one."""

    id: str
    kind: str
    lane: Lane
    subject: str
    partition: str
    attempts: int
    created_at: datetime


@dataclass(frozen=True)
class Letter:
    """An outbox row as an operator sees it."""

    id: str
    kind: str
    lane: Lane
    subject: str
    state: LetterState
    attempts: int
    error: str
    created_at: datetime
    due_at: datetime
