"""The library: assets, their versions and pages, and what is decided about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from enablement.model.common import Audience

Status = Literal["draft", "in_review", "published", "archived"]
DecisionKind = Literal["submitted", "approved", "declined", "verified", "archived", "restored"]
NoticeKind = Literal["approve", "approved", "declined", "review_due"]


@dataclass(frozen=True)
class Facets:
    """What an asset says it is made for. An empty tuple means: for any."""

    products: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    personas: tuple[str, ...] = ()
    competitors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asset:
    """A piece of content, as its current version stands."""

    id: str
    source: str
    title: str
    kind: str
    language: str
    audience: Audience
    collection: str
    owner: str
    facets: Facets
    translation_of: str | None
    released: date | None
    expires: date | None
    version: int
    version_id: str
    updated_at: datetime
    # Only what is published can be found or shared; what takes the place of an asset is offered in its stead.
    status: Status = "published"
    replaced_by: str | None = None
    review_every_days: int | None = None
    reviewed_on: date | None = None
    # Where it lies, for an asset that is a link instead of a file.
    url: str = ""


@dataclass(frozen=True)
class Vocabulary:
    """The words that the library's assets are described with, each once."""

    kinds: tuple[str, ...]
    collections: tuple[str, ...]
    facets: Facets


@dataclass(frozen=True)
class Collection:
    """A shelf of the library. Where there are approvers (e-mails), one of them must approve what is put on it."""

    name: str
    approvers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decision:
    """What a person decided about an asset: submitted, approved, declined, verified, archived, restored."""

    id: str
    asset_id: str
    version_id: str
    kind: DecisionKind
    email: str
    note: str
    at: datetime


@dataclass(frozen=True)
class Notice:
    """What a person (e-mail) must hear of an asset: that they may approve it, what was decided, that its review is due.

    `by` is who submitted or decided, `note` their words; `open_token` leads the person to that version (`/o/<token>`).
    """

    id: str
    kind: NoticeKind
    asset_id: str
    to: str
    note: str = ""
    version_id: str = ""
    by: str = ""
    open_token: str = ""


@dataclass(frozen=True)
class Preview:
    """A colleague's own link to one version of an asset that they look after, published or not."""

    id: str
    token: str
    asset_id: str
    version_id: str
    email: str
    made_at: datetime


@dataclass(frozen=True)
class Vectors:
    """The meaning of one version's text: int8 rows of `dimensions` bytes, one for each page and each sentence.

    `places` holds for each sentence the ordinal (from 0) of its page among the version's pages.
    """

    version_id: str
    model: str
    dimensions: int
    pages: bytes
    sentences: bytes
    places: tuple[int, ...]


@dataclass(frozen=True)
class Version:
    """One set of bytes of an asset."""

    id: str
    asset_id: str
    number: int
    content_hash: str
    media_type: str
    file_name: str
    size: int
    created_at: datetime


@dataclass(frozen=True)
class Page:
    """A slide, page or section of one version: the unit of search. Numbers start at 1."""

    version_id: str
    number: int
    title: str
    text: str


@dataclass(frozen=True)
class Upload:
    """A file in Slack that somebody put up for the library, by the id of the ask that it came with.

    `said` is what they say of it, with the keys of a sidecar; `version_of` the asset whose next version it is.
    """

    id: str
    file_id: str
    said: Mapping[str, object]
    version_of: str | None


@dataclass(frozen=True)
class Fetched:
    """A file as it came from Slack."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Edition:
    """A version with its pages and bytes, as it is stored."""

    version: Version
    pages: tuple[Page, ...]
    data: bytes


@dataclass(frozen=True)
class Change:
    """What becomes of one asset. It counts only while the asset is still as it `was`, and its proposal as it `waited`.

    A proposal is the asset as it would be: in review until somebody approves it (the asset stays as it is until then),
    a draft once it was declined.
    """

    was: Asset | None
    asset: Asset
    waited: Asset | None = None
    waits: Asset | None = None
    edition: Edition | None = None
