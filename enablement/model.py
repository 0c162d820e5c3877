"""The nouns of the product: plain, frozen values."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Audience = Literal["internal", "customer"]
Standing = Literal["member", "guest", "stranger", "deactivated"]
Surface = Literal["command", "mention", "dm", "terminal", "salesforce"]
TouchKind = Literal["opened", "shared", "presented", "opened_by_buyer"]
How = Literal["chosen", "named", "thread", "channel", "record", "only"]
Status = Literal["draft", "in_review", "published", "archived"]
DecisionKind = Literal["submitted", "approved", "declined", "verified", "archived", "restored"]
NoticeKind = Literal["approve", "approved", "declined", "review_due"]
Basis = Literal["words", "nearest", "fit", "nothing"]
Lane = Literal["reply", "write", "compute"]
LetterState = Literal["due", "leased", "done", "dead"]

LANES: tuple[Lane, ...] = ("reply", "write", "compute")
LANGUAGES = ("en", "fr", "pt-BR", "th", "zh-TW", "ko")


def key(*parts: object) -> str:
    """Return the id (40 hex digits) that these parts always get: the root of "nothing twice"."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:40]


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
class Reason:
    """Why an asset is suggested: a kind that each language can word, and its values."""

    kind: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recommended:
    """One asset of the list that is kept for a deal between two changes of it. Ranks start at 1, scores lie in 0..1.

    `made_from` is one for the same facts of the deal, library, day and weights: another one means that the list is old.
    """

    deal_id: str
    rank: int
    asset_id: str
    version_id: str
    score: float
    reasons: tuple[Reason, ...]
    model: str
    made_from: str
    made_at: datetime


@dataclass(frozen=True)
class Withdrawal:
    """That a touch was taken back: it is to vanish from the CRM too."""

    id: str
    touch_id: str
    email: str
    at: datetime


@dataclass(frozen=True)
class PersonLink:
    """An administrator's word that a Slack user is this CRM user, where their e-mails differ."""

    slack_id: str
    crm_user_id: str
    set_by: str
    at: datetime


@dataclass(frozen=True)
class Audit:
    """Who did what to what, for those who must answer for it; `detail` holds no secret and no content."""

    id: str
    email: str
    action: str
    subject: str
    detail: str
    at: datetime


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
class CrmUser:
    """A colleague as the CRM knows them; superiors are the role ids above theirs."""

    id: str
    email: str
    name: str
    role_id: str | None
    is_active: bool


@dataclass(frozen=True)
class CrmRole:
    """A place in the role hierarchy; who stands above sees what those below own."""

    id: str
    parent_id: str | None


@dataclass(frozen=True)
class Profile:
    """A colleague as Slack knows them, as of `seen_at`."""

    slack_id: str
    email: str
    name: str
    locale: str
    time_zone: str
    standing: Standing
    seen_at: datetime


@dataclass(frozen=True)
class Place:
    """Where in Slack something was said; `thread` is the root's ts."""

    channel: str = ""
    thread: str = ""
    is_direct: bool = False


@dataclass(frozen=True)
class Ask:
    """One question of one person, however it was put."""

    id: str
    surface: Surface
    slack_id: str
    email: str
    question: str
    place: Place
    response_url: str
    replaces: bool
    deal_id: str | None
    asked_at: datetime


@dataclass(frozen=True)
class Suggestion:
    """One asset shown for one deal to one person. Score and propensity lie in 0..1; ranks start at 1."""

    id: str
    ask_id: str
    email: str
    deal_id: str
    asset_id: str
    version_id: str
    rank: int
    score: float
    propensity: float
    reasons: tuple[Reason, ...]
    model: str
    open_token: str
    made_at: datetime


@dataclass(frozen=True)
class Answered:
    """That an ask was answered: for which deal, how that deal was found, on what basis assets were chosen.

    Basis: the words matched, nothing matched and these are nearest, or no words were given and fit decided.
    `customers_only`: outsiders read the place, so internal assets were left out.
    """

    ask_id: str
    deal_id: str
    how: How
    basis: Basis
    customers_only: bool
    email: str
    channel: str
    thread: str
    at: datetime


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
class DealSummary:
    """What the touches of a deal add up to: how many, the last one, and the asset that touched it most often."""

    deal_id: str
    touches: int
    last_at: datetime | None
    top_asset_id: str | None


@dataclass(frozen=True)
class Feedback:
    """What a person said of a suggestion."""

    id: str
    suggestion_id: str
    deal_id: str
    asset_id: str
    email: str
    verdict: Literal["not_useful"]
    given_at: datetime


@dataclass(frozen=True)
class Opening:
    """A request for a shared link's bytes by what looks like a person."""

    id: str
    share_id: str
    agent: str
    opened_at: datetime


@dataclass(frozen=True)
class ChannelLink:
    """The deal that a channel is about; a later link takes the place of an earlier one."""

    channel: str
    deal_id: str
    linked_by: str
    linked_at: datetime


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


Record = (
    Ask
    | Answered
    | Suggestion
    | Share
    | Touch
    | Feedback
    | Opening
    | ChannelLink
    | Decision
    | Notice
    | Preview
    | Upload
    | Withdrawal
    | Audit
)


@dataclass(frozen=True)
class Event:
    """A request from outside by its own id, so that a second delivery is known."""

    source: str
    id: str


@dataclass(frozen=True)
class Written:
    """What is to be committed together. A known event or record id is left as it is."""

    records: tuple[Record, ...] = ()
    tasks: tuple[Task, ...] = ()
    event: Event | None = None
    changes: tuple[Change, ...] = ()
