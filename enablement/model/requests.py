"""Content that people keep for later, and content that they miss and ask for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

RequestState = Literal["open", "filled", "declined", "merged"]


@dataclass(frozen=True)
class SavedAsset:
    """That somebody keeps an asset at hand; `suggestion_id` is the suggestion that they found it by."""

    id: str
    email: str
    asset_id: str
    suggestion_id: str
    saved_at: datetime


@dataclass(frozen=True)
class ContentRequest:
    """What somebody misses in the library, in their words, for a deal like this; the deal itself is not named here.

    `asset_id` is what filled it, `merged_into` the request that it became part of, `note` why it was declined.
    """

    id: str
    words: str
    language: str
    stage: str
    industry: str
    region: str
    size: str
    products: tuple[str, ...]
    competitors: tuple[str, ...]
    state: RequestState
    asset_id: str
    merged_into: str
    note: str
    decided_by: str
    made_at: datetime
    decided_at: datetime | None = None
    # When enablement was told of it.
    told_at: datetime | None = None


@dataclass(frozen=True)
class Asker:
    """Who waits for what was requested, for which deal, in which words of theirs, and the ask that found nothing."""

    id: str
    request_id: str
    email: str
    slack_id: str
    deal_id: str
    ask_id: str
    asked_at: datetime
    words: str


@dataclass(frozen=True)
class SigningKey:
    """What buttons are signed with, and since when: what is older bears no signature."""

    key: bytes
    born_at: datetime
