"""Nudges: what somebody is told of unasked, why, and what became of that."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from enablement.model.preferences import NudgeKind

# "sending": the message is being posted, and may be there already.
NudgeState = Literal["waiting", "sending", "sent", "dropped"]


@dataclass(frozen=True)
class Nudge:
    """One cause to tell one person something; its id is that of the cause, so that nobody hears of it twice.

    `was` is how the deal stood before it changed: stage, the first asset of its list (or empty), competitors; or how
    the battlecard stood, nothing when it is new. `asset_id` is what was replaced, or the battlecard; `share_id` the
    link. `why` says of a dropped one why it was moot. Several that are told at once have one `message_id`.
    """

    id: str
    kind: NudgeKind
    slack_id: str
    email: str
    deal_id: str
    asset_id: str
    share_id: str
    was: tuple[str, ...]
    state: NudgeState
    made_at: datetime
    due_at: datetime
    why: str = ""
    message_id: str = ""
    suggestion_id: str = ""
    sent_at: datetime | None = None
    opened_at: datetime | None = None
    snoozed_at: datetime | None = None
    muted_at: datetime | None = None


@dataclass(frozen=True)
class Stood:
    """How something stood when it was last looked at: an id such as "deal 006…", and what counts of it."""

    id: str
    value: tuple[str, ...]
    at: datetime


@dataclass(frozen=True)
class NudgeMeasure:
    """What became of the nudges of one kind that were sent: how many were opened, shared from within 7 days, put off,
    answered with "less of this"; `unwanted` are those with either of the last two."""

    kind: NudgeKind
    sent: int
    opened: int
    shared: int
    snoozed: int
    muted: int
    unwanted: int
    dropped: int
    waiting: int
