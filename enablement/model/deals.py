"""Deals as the CRM tells them, and how they change."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

# What the CRM holds copies of; "followed" says how far the library was followed.
CopyKind = Literal["asset", "suggestions", "followed"]


@dataclass(frozen=True)
class Deal:
    """An opportunity with the account facts that matter to choosing content."""

    id: str
    name: str
    account: str
    stage: str
    amount: float | None
    currency: str
    close_date: date | None
    is_closed: bool
    is_won: bool
    owner_id: str
    team: tuple[str, ...]
    industry: str | None
    region: str | None
    size: str | None
    language: str | None
    competitors: tuple[str, ...]
    products: tuple[str, ...]
    modified_at: datetime
    account_id: str = ""
    created_at: datetime | None = None
    loss_reason: str | None = None
    trial_ends: date | None = None


@dataclass(frozen=True)
class Stage:
    """A step of the sales process; `position` counts up from the first."""

    name: str
    position: int
    is_closed: bool
    is_won: bool


@dataclass(frozen=True)
class StageHop:
    """That a deal stood like this from a moment on: one row of the CRM's own history."""

    id: str
    deal_id: str
    stage: str
    amount: float | None
    close_date: date | None
    by: str
    at: datetime


@dataclass(frozen=True)
class DealChange:
    """What a reading of the CRM found different about a deal: names of `Deal`'s fields, or none for a new deal."""

    deal: Deal
    was: Deal | None
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Withdrawal:
    """That a touch was taken back: it is to vanish from the CRM too."""

    id: str
    touch_id: str
    email: str
    at: datetime


@dataclass(frozen=True)
class QualityPart:
    """One thing that deals should have: `missing` of the `of` deals that it applies to do not."""

    name: str
    missing: int
    of: int
    # The largest of them, as (deal id, name).
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Contact:
    """A person on the buyer's side of one deal."""

    deal_id: str
    id: str
    name: str
    email: str
    role: str


@dataclass(frozen=True)
class DealSummary:
    """What the touches of a deal add up to: how many, the last one, and the asset that touched it most often."""

    deal_id: str
    touches: int
    last_at: datetime | None
    top_asset_id: str | None


@dataclass(frozen=True)
class Copy:
    """What the CRM was last told of something: the digest of it, and how many rows it may have there.

    An empty digest: nobody knows what the CRM has, so it is to be told again.
    """

    digest: str
    rows: int = 1
