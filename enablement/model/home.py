"""The Home tab of one person: what it shows of, what they had seen when they last looked, the library's figures."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

HomeTab = Literal["", "rep", "manager", "enablement", "ops"]


@dataclass(frozen=True)
class HomeState:
    """Where somebody is in their Home tab; pages start at 1, `deal_id` is the only deal that they chose to see.

    `tab` is the one that they chose, for the next look too; where they chose none they land on what is theirs.
    `opened_at` is when they last opened it or pressed something in it, `looked_at` when this look at it began. `hash`
    is Slack's for what stands there, `shows` is ours of its blocks, `made_from` of what they were drawn from. `asked`
    counts what they did in it, and `drawn` is up to which of that it was drawn.
    """

    slack_id: str
    tab: HomeTab = ""
    page: int = 1
    deal_id: str = ""
    opened_at: datetime | None = None
    looked_at: datetime | None = None
    looked_before: datetime | None = None
    hash: str = ""
    shows: str = ""
    made_from: str = ""
    asked: int = 0
    drawn: int = 0


@dataclass(frozen=True)
class SeenDeal:
    """How a deal stood when somebody saw it: `closes` is an ISO date or empty, `asset_id` the best for it, or empty."""

    deal_id: str
    stage: str
    closes: str
    competitors: tuple[str, ...]
    asset_id: str


@dataclass(frozen=True)
class Seen:
    """How somebody's deals stood at the end of the look before this one, and how they stand in it."""

    slack_id: str
    looked_at: datetime
    before: tuple[SeenDeal, ...]
    now: tuple[SeenDeal, ...]


@dataclass(frozen=True)
class LibraryFigures:
    """The library in numbers, as of a moment; those from `gaps` on are as in the coverage views."""

    at: datetime
    published: int
    drafts: int
    in_review: int
    review_due: int
    expired: int
    gaps: int
    unmet: int
    unused: int
    outlived: int
