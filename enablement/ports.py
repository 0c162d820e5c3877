"""What the product needs of the world, said as protocols; `Services` is the bundle of them."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from enablement.model import (
    Answered,
    Ask,
    Asset,
    Audience,
    Claimed,
    Contact,
    CrmRole,
    CrmUser,
    Deal,
    Facets,
    Feedback,
    Lane,
    Letter,
    Page,
    Profile,
    Share,
    Suggestion,
    Task,
    Touch,
    Version,
    Written,
)

Clock = Callable[[], datetime]


class TryLater(Exception):
    """Something passing is in the way (a rate limit, a timeout); the queue tries again after `seconds`."""

    def __init__(self, message: str, *, seconds: float | None = None) -> None:
        super().__init__(message)
        self.seconds = seconds


class Undeliverable(Exception):
    """This work can never succeed as it is; a person must act. The message says what is wrong."""


@dataclass(frozen=True)
class IndexQuery:
    """What to look for: folded words; or, when there are none, facets that make an asset fit."""

    words: tuple[str, ...]
    facets: Facets = field(default_factory=Facets)


@dataclass(frozen=True)
class AssetFilter:
    """Which assets may be found: decided by access, applied inside the search."""

    audiences: tuple[Audience, ...]
    on: date
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class PageHit:
    """The best page of one asset; score ≥ 0."""

    asset_id: str
    page: int
    score: float


class Index(Protocol):
    """Finds pages by words and assets by facets."""

    def search(self, query: IndexQuery, *, only: AssetFilter, limit: int) -> list[PageHit]:
        """Return the best page of each matching asset, best first."""

    def rarity(self, words: Sequence[str]) -> dict[str, float]:
        """Return how telling each word is (inverse document frequency, ≥ 0)."""

    def follow(self) -> int:
        """Take in what changed in the catalogue; return how many assets were taken in."""


class Catalog(Protocol):
    """The assets, their versions, pages and bytes."""

    def publish(self, asset: Asset, version: Version, pages: Sequence[Page], data: bytes) -> bool:
        """Store a version of an asset as its current one; False when that version was current already."""

    def asset(self, asset_id: str) -> Asset | None: ...

    def asset_by_source(self, source: str) -> Asset | None: ...

    def assets_by_content(self, content_hash: str) -> list[Asset]:
        """Return the assets whose current version has these bytes."""

    def assets(self, ids: Collection[str] | None = None) -> list[Asset]:
        """Return these assets, or all, by title."""

    def version(self, version_id: str) -> Version | None: ...

    def page(self, version_id: str, number: int) -> Page | None: ...

    def pages_at(self, places: Collection[tuple[str, int]]) -> list[Page]:
        """Return the pages of these (version id, page number), in any order; those that are not there are left out."""

    def pages(self, version_id: str) -> list[Page]: ...

    def data(self, version_id: str) -> bytes:
        """Return the bytes of a version as they were published."""

    def changes(self, after: int, *, limit: int) -> list[tuple[int, str]]:
        """Return (change number, asset id) after a change number, oldest first."""


class Mirror(Protocol):
    """The CRM's deals, people and roles as last seen, and Slack's profiles."""

    def store(
        self,
        *,
        users: Iterable[CrmUser] = (),
        roles: Iterable[CrmRole] = (),
        deals: Iterable[Deal] = (),
        contacts: Iterable[Contact] = (),
    ) -> None:
        """Take over these rows as they are; the contacts of a stored deal are replaced as a whole."""

    def deal(self, deal_id: str) -> Deal | None: ...

    def deals(self, ids: Collection[str]) -> list[Deal]: ...

    def deals_of(self, owners: Collection[str], *, team_member: str) -> list[Deal]:
        """Return the open deals owned by any of these users or with this user on the team, newest first."""

    def contacts(self, deal_id: str) -> list[Contact]: ...

    def users_by_email(self, email: str) -> list[CrmUser]: ...

    def user(self, user_id: str) -> CrmUser | None: ...

    def users(self, *, roles: Collection[str] | None = None) -> list[CrmUser]:
        """Return the active users, or those of them who have one of these roles."""

    def roles(self) -> list[CrmRole]: ...

    def profile(self, slack_id: str) -> Profile | None: ...

    def keep_profile(self, profile: Profile) -> None: ...

    def watermark(self, name: str) -> datetime | None: ...

    def set_watermark(self, name: str, at: datetime) -> None: ...


class Ledger(Protocol):
    """What happened, who asked, what was shown and shared: written once, together with the work it causes."""

    def write(self, written: Written, *, now: datetime, lazily: bool = False) -> bool:
        """Commit records, tasks and event in one transaction; False (and nothing written) for a known event.

        `lazily` does not wait for the disk: a power cut may undo it, unless something written later is on disk.
        """

    def ask(self, ask_id: str) -> Ask | None: ...

    def answered(self, ask_id: str) -> Answered | None: ...

    def suggestions(self, ask_id: str) -> list[Suggestion]: ...

    def suggestion(self, suggestion_id: str) -> Suggestion | None: ...

    def suggestion_by_token(self, open_token: str) -> Suggestion | None: ...

    def share(self, share_id: str) -> Share | None: ...

    def share_by_token(self, token: str) -> Share | None: ...

    def revoke_share(self, share_id: str, *, at: datetime) -> None: ...

    def touch(self, touch_id: str) -> Touch | None: ...

    def touches(self, ids: Collection[str]) -> list[Touch]: ...

    def touches_of(self, deal_id: str) -> list[Touch]: ...

    def last_opening(self, share_id: str) -> datetime | None: ...

    def feedback(self, *, email: str, deal_id: str) -> list[Feedback]: ...

    def channel_deal(self, channel: str) -> str | None: ...

    def thread_deal(self, channel: str, thread: str, email: str) -> str | None:
        """Return the deal that this person's last answer in this thread was about."""

    def begin_delivery(self, ask_id: str, *, at: datetime) -> bool:
        """Note that a reply is about to be shown; False when that was noted before (so it may be there already)."""


class Outbox(Protocol):
    """The work to be done: rows claimed by lease, settled, tried again or buried."""

    def claim(
        self, lane: Lane, kinds: Collection[str], *, owner: str, limit: int, now: datetime
    ) -> list[Claimed]:
        """Lease due rows of these kinds, oldest first, never two of one partition to two claims; counts the attempt."""

    def renew(self, ids: Collection[str], *, owner: str, now: datetime) -> None:
        """Hold rows for longer, while they are being worked on."""

    def holders(self) -> list[str]:
        """Return the owners that hold rows."""

    def forsake(self, owner: str, *, now: datetime) -> None:
        """End the leases of an owner who is gone: what it held is due at once."""

    def settle(self, ids: Collection[str], *, owner: str, now: datetime) -> int:
        """Mark rows as done; return how many were still this owner's."""

    def try_again(self, task_id: str, *, owner: str, error: str, at: datetime) -> None: ...

    def bury(self, task_id: str, *, owner: str, error: str, now: datetime) -> None:
        """Give a row up: it stays as a dead letter until someone retries it."""

    def revive(self, ids: Collection[str] | None, *, now: datetime) -> int:
        """Make dead letters due again (all, when None); return how many."""

    def add(self, tasks: Iterable[Task], *, now: datetime) -> None: ...

    def letters(self, *, states: Collection[str], limit: int) -> list[Letter]: ...

    def counts(self) -> dict[tuple[str, str], int]:
        """Return the number of rows by (lane, state)."""

    def due(self, lane: Lane, *, now: datetime) -> bool: ...

    def take_turn(self, name: str, *, every: float, now: datetime) -> bool:
        """Say whether a schedule is due, and set its next time (`every` in seconds); one caller is told yes."""

    def hold(self, name: str, *, owner: str, seconds: float, now: datetime) -> bool:
        """Take or renew a named lease; False when another owner holds it."""

    def release(self, name: str, *, owner: str) -> None: ...


class Work(Protocol):
    """Wakes those who do the work; losing or doubling a wake-up is harmless."""

    def wake(self, *lanes: Lane) -> None: ...


class Messenger(Protocol):
    """Reaches people in Slack."""

    def profile(self, slack_id: str, *, now: datetime) -> Profile: ...

    def is_shared_outside(self, channel: str) -> bool:
        """Say whether people of another company are in a channel; unknown means yes."""

    def show(self, reply: Any, *, ask: Ask, again: bool) -> None:
        """Show a reply (see enablement.answering) where the ask came from, to the asker alone.

        `again` says that it may be there already, from before a crash.
        """


class AccessUnknown(Exception):
    """The CRM could not be asked who may see a deal; nobody may until it can."""


class Access(Protocol):
    """Knows who may see a deal now."""

    def readable(self, user_id: str, deal_ids: Sequence[str]) -> frozenset[str]:
        """Return which of these deals this user may read; raises AccessUnknown."""


class Crm(Protocol):
    """Salesforce as the product needs it."""

    def readable(self, user_id: str, deal_ids: Sequence[str]) -> frozenset[str]:
        """Ask which of these deals (at most 200) this user may read; raises TryLater."""

    def write_touches(self, touches: Sequence[Touch]) -> dict[str, Exception | None]:
        """Upsert touches; return for each id what was wrong, or None."""

    def written(self, touch_id: str) -> tuple[str, str] | None:
        """Return (record id, deal id) of a touch as the CRM has it, or None."""

    def sync(self, *, full: bool) -> dict[str, int]:
        """Bring the mirror up to date; return how many rows of each kind were read."""


@dataclass(frozen=True)
class Services:
    """All that a capability may need, handed in."""

    catalog: Catalog
    index: Index
    mirror: Mirror
    ledger: Ledger
    outbox: Outbox
    work: Work
    messenger: Messenger
    crm: Crm
    access: Access
    clock: Clock
    public_url: str
    link_days: int
