"""Shares, their openings, and touches."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

TouchKind = Literal["opened", "shared", "presented", "opened_by_buyer"]


@dataclass(frozen=True)
class Share:
    """A link for one recipient to one version; expiring and revocable."""

    id: str
    token: str
    suggestion_id: str
    asset_id: str
    version_id: str
    deal_id: str
    email: str
    recipient: str
    recipient_name: str
    note: str
    on_record: bool
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True)
class Touch:
    """One asset version touched one deal."""

    id: str
    kind: TouchKind
    asset_id: str
    version_id: str
    deal_id: str
    email: str
    recipient: str
    channel: str
    share_id: str
    occurred_at: datetime


@dataclass(frozen=True)
class Opening:
    """A request for a shared link's bytes by what looks like a person."""

    id: str
    share_id: str
    agent: str
    opened_at: datetime
