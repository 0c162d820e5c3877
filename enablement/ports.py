"""What the product needs of the world, said as protocols; `Services` is the bundle of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Collection as Some
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from enablement.model import (
    Answered,
    Ask,
    Asset,
    Audience,
    Audit,
    Claimed,
    Collection,
    Contact,
    CrmRole,
    CrmUser,
    DeadLetters,
    Deal,
    DealChange,
    DealSummary,
    Decision,
    Facets,
    Feedback,
    Fetched,
    Incident,
    IntegrationDay,
    Lane,
    Letter,
    LetterState,
    Notice,
    Page,
    PersonLink,
    Preview,
    Profile,
    QualityPart,
    Recommended,
    Share,
    Signal,
    Stage,
    StageHop,
    Suggestion,
    Task,
    Touch,
    Upload,
    Vectors,
    Version,
    Vocabulary,
    Waiting,
    Withdrawal,
    Written,
)

Clock = Callable[[], datetime]
# The work that changes of deals cause; committed together with them.
WorkAfter = Callable[[Sequence[DealChange]], Sequence[Task]]
# Told while deals are read: how many are there already, of how many (0 where that is not known).
Progress = Callable[[int, int], object]


class TryLater(Exception):
    """Something passing is in the way (a rate limit, a timeout); the queue tries again after `seconds`."""

    def __init__(self, message: str, *, seconds: float | None = None) -> None:
        super().__init__(message)
        self.seconds = seconds


class Undeliverable(Exception):
    """This work can never succeed as it is; a person must act. The message says what is wrong."""


class CannotFetch(Exception):
    """A file can't be had from Slack; the message tells the person why and what to do."""


@dataclass(frozen=True)
class IndexQuery:
    """What to look for: folded words and what they mean; or, when there are none, facets that make an asset fit.

    `phrases` are words that must stand on the page one after the other. `meaning` is the question's vector.
    """

    words: tuple[str, ...]
    facets: Facets = field(default_factory=Facets)
    phrases: tuple[tuple[str, ...], ...] = ()
    meaning: NDArray[np.float32] | None = None


@dataclass(frozen=True)
class AssetFilter:
    """Which assets may be found: decided by access, or asked for; applied inside the search.

    Languages are tags such as "pt-BR"; of each facet named in `made_for` an asset must have one of the values.
    """

    audiences: tuple[Audience, ...]
    on: date
    without: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    made_for: Facets = field(default_factory=Facets)


@dataclass(frozen=True)
class PageHit:
    """The best page of one asset: score in 0..1; `likeness` is how alike page and question are (-1..1), if known."""

    asset_id: str
    page: int
    score: float
    likeness: float | None = None


@dataclass(frozen=True)
class Found:
    """What a search found, best first; all of it, the numbers too, as if what the filter hides were not there.

    `rarity` says how telling each asked word is (inverse document frequency, ≥ 0); `meant` gives, for each asked
    word that no page holds, the words that it is taken for.
    """

    hits: tuple[PageHit, ...]
    rarity: Mapping[str, float]
    meant: Mapping[str, tuple[str, ...]]


class Index(Protocol):
    """Finds pages by words and by meaning, and assets by facets."""

    def siblings(self, asset_ids: Sequence[str], *, only: AssetFilter) -> Mapping[str, tuple[str, ...]]:
        """Return for each asset the original and translations that belong with it, as far as the filter lets them."""

    def search(self, query: IndexQuery, *, only: AssetFilter, limit: int) -> Found:
        """Return the best page of each matching asset, best first."""

    def meant(self, words: Sequence[str], *, only: AssetFilter) -> Mapping[str, tuple[str, ...]]:
        """Return, for each (folded) word that no page holds, what it may stand for, likeliest first, if anything."""

    def follow(self) -> int:
        """Take in what changed in the catalogue; return how many assets were taken in."""

    def stands_at(self) -> int:
        """Return the number of the catalogue's last change that is in the index."""


class Catalog(Protocol):
    """The assets, their versions, pages and bytes."""

    def publish(self, asset: Asset, version: Version, pages: Sequence[Page], data: bytes) -> bool:
        """Store a version of an asset as its current one; False when that version was current already."""

    def keep(self, asset: Asset) -> bool:
        """Store what is said of a known asset, its version left as it is; False when nothing changed."""

    def collections(self) -> list[Collection]: ...

    def keep_collections(self, collections: Iterable[Collection]) -> None:
        """Store collections, each in place of the one of that name."""

    def asset(self, asset_id: str) -> Asset | None: ...

    def asset_by_source(self, source: str) -> Asset | None: ...

    def assets_by_content(self, content_hash: str) -> list[Asset]:
        """Return the assets whose current version has these bytes."""

    def assets(self, ids: Some[str] | None = None) -> list[Asset]:
        """Return these assets, or all, by title."""

    def assets_titled(self, title: str) -> list[Asset]: ...

    def assets_like(self, words: str, *, limit: int) -> list[Asset]:
        """Return assets in use whose title holds these words, whatever their case, by title."""

    def vocabulary(self) -> Vocabulary:
        """Return the kinds, collections and facets of the assets in use."""

    def assets_replaced_by(self, asset_id: str) -> list[Asset]: ...

    def proposal(self, asset_id: str) -> Asset | None:
        """Return this asset as somebody proposed it: in review, or a draft once declined."""

    def proposals(self) -> list[Asset]: ...

    def version(self, version_id: str) -> Version | None: ...

    def versions(self, asset_id: str) -> list[Version]:
        """Return all versions that were ever stored of an asset, the first one first."""

    def page(self, version_id: str, number: int) -> Page | None: ...

    def pages_at(self, places: Some[tuple[str, int]]) -> list[Page]:
        """Return the pages of these (version id, page number), in any order; those that are not there are left out."""

    def pages(self, version_id: str) -> list[Page]: ...

    def pages_of(self, version_ids: Some[str]) -> Mapping[str, list[Page]]:
        """Return the pages of each of these versions, in order; a version without pages may be left out."""

    def data(self, version_id: str) -> bytes:
        """Return the bytes of a version as they were published."""

    def changes(self, after: int, *, limit: int) -> list[tuple[int, str]]:
        """Return (change number, asset id) after a change number, oldest first."""


class Embedder(Protocol):
    """Turns text into vectors whose inner product says how alike two meanings are."""

    @property
    def model(self) -> str:
        """Name the model: vectors of different models are never compared."""

    @property
    def dimensions(self) -> int: ...

    @property
    def alike_from(self) -> float:
        """Say from which likeness on a page is likely to answer a question."""

    @property
    def likeness_weight(self) -> float:
        """Say how much of a score likeness should give; the rest is for words."""

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a row of length 1 for each text that may be found; raises TryLater, Undeliverable."""

    def question(self, text: str) -> NDArray[np.float32]:
        """Return the vector (length 1) of a question; raises TryLater, Undeliverable."""


class Questions(Protocol):
    """Turns questions into vectors while somebody waits."""

    @property
    def alike_from(self) -> float: ...

    @property
    def degraded(self) -> str:
        """Say why the last question got no vector; empty when all is well."""

    def prepare(self) -> None:
        """Load what the first question would otherwise wait for."""

    def vector(self, text: str) -> NDArray[np.float32] | None:
        """Return the vector (length 1) of a question, or None when there is none to be had soon."""


class VectorStore(Protocol):
    """Keeps what was embedded: it took time, or money, so it is kept with the catalogue."""

    def missing(self, model: str, *, limit: int) -> list[str]:
        """Return current versions of published assets that have no vectors of this model, oldest change first."""

    def count(self, model: str) -> tuple[int, int]:
        """Return (versions with vectors of this model, versions that should have)."""

    def keep(self, vectors: Sequence[Vectors]) -> None:
        """Store vectors and tell the indexes that their assets changed."""

    def of(self, version_ids: Some[str], model: str) -> list[Vectors]: ...


class Mirror(Protocol):
    """The CRM's deals, people and roles as last seen, and Slack's profiles."""

    def store(
        self,
        *,
        users: Iterable[CrmUser] = (),
        roles: Iterable[CrmRole] = (),
        stages: Iterable[Stage] = (),
        deals: Iterable[Deal] = (),
        contacts: Iterable[Contact] = (),
        hops: Iterable[StageHop] = (),
        work: WorkAfter | None = None,
        now: datetime | None = None,
    ) -> list[DealChange]:
        """Take over these rows as they are, and return what changed of deals; `work` needs `now`.

        The contacts of a stored deal are replaced as a whole. A deal is left as it is where a later state is known.
        """

    def forget(self, deal_ids: Some[str]) -> int:
        """Drop deals that the CRM no longer has; return how many were there."""

    def stages(self) -> list[Stage]:
        """Return the steps of the sales process, in order."""

    def hops(self, deal_id: str) -> list[StageHop]:
        """Return a deal's history, oldest first."""

    def deal(self, deal_id: str) -> Deal | None: ...

    def deals(self, ids: Some[str]) -> list[Deal]: ...

    def deals_of(self, owners: Some[str], *, team_member: str) -> list[Deal]:
        """Return the open deals owned by any of these users or with this user on the team, newest first."""

    def contacts(self, deal_id: str) -> list[Contact]: ...

    def users_by_email(self, email: str) -> list[CrmUser]: ...

    def user(self, user_id: str) -> CrmUser | None: ...

    def users(self, *, roles: Some[str] | None = None) -> list[CrmUser]:
        """Return the active users; or those who have one of these roles, active or not: they may still own deals."""

    def roles(self) -> list[CrmRole]: ...

    def profile(self, slack_id: str) -> Profile | None: ...

    def keep_profile(self, profile: Profile) -> None: ...

    def stamps(self) -> dict[str, datetime]:
        """Return when each deal changed last, as far as is known here."""

    def watermark(self, name: str) -> datetime | None: ...

    def watermarks(self, beginning: str) -> dict[str, datetime]:
        """Return the watermarks whose names begin so, by the rest of the name."""

    def set_watermark(self, name: str, at: datetime) -> None: ...


class People(Protocol):
    """Which Slack user is which CRM user, where an administrator said so."""

    def link(self, slack_id: str) -> PersonLink | None: ...

    def links(self) -> list[PersonLink]:
        """Return all links, by Slack id."""

    def keep(self, link: PersonLink, audit: Audit) -> None:
        """Store a link in place of the one of that Slack user, together with the note of it."""

    def drop(self, slack_id: str, audit: Audit) -> bool:
        """Remove a link, together with the note of it; False, and no note, when there was none."""


class Shortlists(Protocol):
    """What is kept of each deal's suggestions between two changes of it."""

    def keep(self, deal_id: str, rows: Sequence[Recommended]) -> None:
        """Store what fits a deal in place of what was kept for it; nothing removes it."""

    def of(self, deal_id: str) -> list[Recommended]:
        """Return what is kept for a deal, best first."""


class Ledger(Protocol):
    """What happened, who asked, what was shown and shared: written once, together with the work it causes."""

    def write(self, written: Written, *, now: datetime, lazily: bool = False) -> bool:
        """Commit records, tasks, event and changes in one transaction.

        False, and nothing written, for a known event and when an asset is no longer what its change says that it was.
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

    def decisions(self, asset_id: str) -> list[Decision]:
        """Return what was decided about an asset, the oldest first."""

    def notice(self, notice_id: str) -> Notice | None: ...

    def preview(self, preview_id: str) -> Preview | None: ...

    def preview_by_token(self, token: str) -> Preview | None: ...

    def upload(self, upload_id: str) -> Upload | None: ...

    def touch(self, touch_id: str) -> Touch | None: ...

    def touches(self, ids: Some[str]) -> list[Touch]: ...

    def touches_of(self, deal_id: str) -> list[Touch]: ...

    def touches_for_crm(
        self,
        *,
        since: datetime | None,
        after: str,
        limit: int,
        begins: str = "",
        among: Some[str] | None = None,
    ) -> list[Touch]:
        """Return by id, after an id, touches that the CRM should have: on record, of a known deal, not taken back.

        `begins`: only those whose id begins so; `among`: only these ids.
        """

    def deals_touched(self, *, since: datetime | None) -> list[str]:
        """Return the deals that were touched, or had a touch taken back, since then or ever."""

    def deal_summaries(self, deal_ids: Some[str]) -> list[DealSummary]:
        """Return what the touches that the CRM should have add up to, for each of these deals."""

    def withdrawals(self, touch_ids: Some[str]) -> list[Withdrawal]: ...

    def shares(self, ids: Some[str]) -> list[Share]: ...

    def last_opening(self, share_id: str) -> datetime | None: ...

    def feedback(self, *, email: str, deal_id: str) -> list[Feedback]: ...

    def channel_deal(self, channel: str) -> str | None: ...

    def thread_deal(self, channel: str, thread: str, email: str) -> str | None:
        """Return the deal that this person's last answer in this thread was about."""

    def briefed_deal(self, channel: str, email: str, *, since: datetime) -> str | None:
        """Return the deal that this person last had suggestions sent for, from the CRM into this conversation."""

    def begin_delivery(self, ask_id: str, *, at: datetime, lazily: bool = False) -> bool:
        """Note that a reply is about to be shown; False when that was noted before (so it may be there already).

        `lazily` as in `write`.
        """


class Outbox(Protocol):
    """The work to be done: rows claimed by lease, settled, tried again or buried."""

    def claim(self, lane: Lane, kinds: Some[str], *, owner: str, limit: int, now: datetime) -> list[Claimed]:
        """Lease due rows of these kinds, oldest first, never two of one partition to two claims; counts the attempt."""

    def claim_alike(self, rows: Sequence[Claimed], *, owner: str, now: datetime) -> list[Claimed]:
        """Lease what else is due of the kind and partitions of these rows, which are held and all of one kind."""

    def renew(self, ids: Some[str], *, owner: str, now: datetime) -> None:
        """Hold rows for longer, while they are being worked on."""

    def holders(self) -> list[str]:
        """Return the owners that hold rows."""

    def forsake(self, owner: str, *, now: datetime) -> None:
        """End the leases of an owner who is gone: what it held is due at once."""

    def settle(self, ids: Some[str], *, owner: str, now: datetime) -> int:
        """Mark rows as done; return how many were still this owner's."""

    def try_again(self, ids: Some[str], *, owner: str, error: str, at: datetime, counts: bool = True) -> None:
        """Make rows due again at a later time; where it does not count, the attempt is taken back."""

    def bury(self, task_id: str, *, owner: str, error: str, now: datetime) -> None:
        """Give a row up: it stays as a dead letter until someone retries it."""

    def revive(self, ids: Some[str] | None, *, now: datetime) -> int:
        """Make dead letters due again (all, when None); return how many."""

    def add(self, tasks: Iterable[Task], *, now: datetime) -> None: ...

    def letters(self, *, states: Some[str], limit: int) -> list[Letter]: ...

    def unsettled(self, kind: str) -> dict[str, LetterState]:
        """Return the subjects of all rows of a kind that are not done, each with how far its row is."""

    def counts(self) -> dict[tuple[str, str], int]:
        """Return the number of rows by (lane, state)."""

    def due(self, lane: Lane, *, now: datetime) -> bool: ...

    def take_turn(self, name: str, *, every: float, now: datetime) -> bool:
        """Say whether a schedule is due, and set its next time (`every` in seconds); one caller is told yes."""

    def hold(self, name: str, *, owner: str, seconds: float, now: datetime) -> bool:
        """Take or renew a named lease; False when another owner holds it."""

    def release(self, name: str, *, owner: str) -> None: ...


class Journal(Protocol):
    """What operators see: calls and errors by day, incidents, what waits and for how long, what deals lack."""

    def note(self, signals: Iterable[Signal], days: Iterable[IntegrationDay] = ()) -> None:
        """Add to what is counted of each signal and each integration's day."""

    def weigh(self, *, now: datetime) -> list[Incident]:
        """Turn what was noted into incidents (see enablement.incidents.weigh); return those that changed."""

    def untold(self, *, limit: int) -> list[Incident]:
        """Return the incidents whose message does not say how they stand, oldest first."""

    def keep(self, incident: Incident) -> None:
        """Store an incident as it is now told."""

    def incidents(self, *, since: datetime) -> list[Incident]:
        """Return the incidents that are open or ended since then, newest first."""

    def days(self, *, since: date) -> list[IntegrationDay]:
        """Return what was counted from this day on, newest day first."""

    def audits(self, *, limit: int) -> list[Audit]:
        """Return who did what, newest first."""

    def waiting(self, *, now: datetime, kinds: Some[str] | None = None) -> list[Waiting]:
        """Return what is due, being worked on, and dead, by lane and state; of some kinds alone where named."""

    def dead_letters(self) -> list[DeadLetters]:
        """Return the dead letters grouped by kind and reason, the most first."""

    def lasted(self, kinds: Some[str], *, since: datetime, limit: int) -> list[tuple[datetime, float]]:
        """Return of the last rows of these kinds when each was settled, and how many seconds after it was written."""

    def is_held(self, lease: str, *, now: datetime) -> bool:
        """Say whether somebody holds a named lease."""

    def last_event(self, source: str) -> datetime | None:
        """Return when the newest event of a source came."""

    def last_deal_change(self) -> datetime | None:
        """Return the newest change of a deal that the mirror knows."""

    def quality(self, *, on: date, loss_reasons: bool, examples: int) -> list[QualityPart]:
        """Return what open deals, and those closed within a year before that day, lack.

        `loss_reasons`: the CRM keeps why a deal was lost.
        """


class Work(Protocol):
    """Wakes those who do the work; losing or doubling a wake-up is harmless."""

    def wake(self, *lanes: Lane) -> None: ...


class Messenger(Protocol):
    """Reaches people in Slack."""

    def profile(self, slack_id: str, *, now: datetime) -> Profile: ...

    def find(self, email: str, *, now: datetime) -> Profile | None:
        """Return who has this e-mail in Slack, whatever their standing; raises TryLater."""

    def direct(self, slack_id: str) -> str:
        """Return the channel of direct messages with a person; raises TryLater."""

    def is_shared_outside(self, channel: str) -> bool:
        """Say whether people of another company are in a channel; unknown means yes."""

    def show(self, reply: Any, *, ask: Ask, again: bool) -> None:
        """Show a reply (see enablement.answering) where the ask came from, to the asker alone.

        `again` says that it may be there already, from before a crash.
        """

    def notify(self, notice: Notice, asset: Asset, *, again: bool) -> None:
        """Tell a person of an asset, as it is proposed or as it stands, in a direct message; `again` as above.

        Raises Undeliverable when Slack knows nobody with that e-mail.
        """

    def report(self, incident: Incident, *, again: bool, now: datetime) -> str:
        """Post an incident to its channel, or change its message to how it stands; return the message's ts.

        `again` as above. Raises Undeliverable when the channel is not to be reached.
        """

    def fetch(self, file_id: str, *, most: int) -> Fetched:
        """Return a file that somebody put into Slack, of at most so many bytes; raises CannotFetch or TryLater."""


class AccessUnknown(Exception):
    """The CRM could not be asked who may see a deal; nobody may until it can."""


class Access(Protocol):
    """Knows who may see a deal now."""

    def readable(self, user_id: str, deal_ids: Sequence[str]) -> frozenset[str]:
        """Return which of these deals this user may read; raises AccessUnknown."""


@dataclass(frozen=True)
class HeldFile:
    """That a file lies in one of the CRM's libraries. `place` is another one when it comes to lie elsewhere."""

    file_id: str
    place: str
    library: str


@dataclass(frozen=True)
class CrmFile:
    """The newest version of a file of the CRM: its name is safe in any folder, its checksum an MD5 in hex digits.

    `said` is what its owner says of it, with the keys of a sidecar, `about` how they describe it; `stamp` tells when
    anything of that changed, by the CRM's clock.
    """

    id: str
    version_id: str
    name: str
    size: int
    checksum: str
    said: Mapping[str, object]
    about: str
    stamp: datetime


class CrmFiles(Protocol):
    """The libraries of files in the CRM that Touchline follows."""

    def held(self) -> tuple[list[HeldFile], list[str]]:
        """Return all files that lie there, and the names of chosen libraries that can't be seen; raises TryLater."""

    def newest(self, ids: Some[str], *, since: datetime | None) -> Iterable[CrmFile]:
        """Yield the newest version of these files, or only of those that changed since; raises TryLater."""

    def fetch(self, file: CrmFile, into: Path) -> None:
        """Write a file's bytes; raises TryLater, also when they do not arrive whole."""


@dataclass
class TouchCheck:
    """How the CRM's touches differ from the ledger's, as it is being found out: ids, and names of fields that differ.

    `touches` should be there, `rows` are; `extra` holds references that nobody here knows.
    """

    touches: int = 0
    rows: int = 0
    missing: list[str] = field(default_factory=list)
    changed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    taken_back: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)


@dataclass
class DealCheck:
    """How the mirror's deals differ from the CRM's: ids; `known` are in the mirror, `there` were looked at."""

    known: int = 0
    there: int = 0
    differing: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


class Crm(Protocol):
    """Salesforce as the product needs it."""

    def readable(self, user_id: str, deal_ids: Sequence[str]) -> frozenset[str]:
        """Ask which of these deals (at most 200) this user may read; raises TryLater."""

    def write_touches(self, touches: Sequence[Touch]) -> dict[str, Exception | None]:
        """Upsert touches; return for each id what was wrong, or None."""

    def withdraw_touches(self, ids: Sequence[str]) -> dict[str, Exception | None]:
        """Delete touches; return for each id what was wrong, or None, also when it is gone already."""

    def check_touches(
        self, *, since: datetime | None, begins: str, waiting: Mapping[str, LetterState], before: datetime
    ) -> TouchCheck:
        """Compare the CRM's touches with the ledger's since a moment, or all; raises TryLater.

        Those that are `waiting` (subjects of their work) or happened only after `before` are not judged.
        """

    def check_deals(self, *, since: datetime | None) -> DealCheck:
        """Compare the mirror's deals with those that changed in the CRM since a moment, or with all."""

    def write_summaries(self, summaries: Sequence[DealSummary]) -> dict[str, Exception | None]:
        """Write what touches add up to onto deals; return for each deal's id what was wrong, or None."""

    def written(self, touch_id: str) -> tuple[str, str] | None:
        """Return (record id, deal id) of a touch as the CRM has it, or None."""

    def sync(
        self, *, full: bool, until: datetime | None = None, progress: Progress = lambda *_: None
    ) -> dict[str, int]:
        """Bring the mirror up to date; return how many rows of each kind were read. Raises TryLater.

        With `until` it may end before all is read; the next one goes on from there.
        """

    def refresh(self, deal_ids: Sequence[str]) -> list[str]:
        """Read these deals anew, forget those that the CRM has no more or hides, return the others; raises TryLater."""

    def files(self) -> CrmFiles | None:
        """Return the libraries to follow; None when none were chosen."""


@dataclass(frozen=True)
class Services:
    """All that a capability may need, handed in."""

    catalog: Catalog
    index: Index
    # None: the library is searched by words alone.
    embedder: Embedder | None
    questions: Questions
    vectors: VectorStore
    mirror: Mirror
    people: People
    shortlists: Shortlists
    ledger: Ledger
    outbox: Outbox
    work: Work
    messenger: Messenger
    crm: Crm
    access: Access
    journal: Journal
    clock: Clock
    public_url: str
    link_days: int
    # E-mails of those who look after the whole library.
    librarians: tuple[str, ...] = ()
