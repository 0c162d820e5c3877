"""Slack and the CRM, as the core speaks to them."""

from collections.abc import Callable, Collection as Some, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

from enablement.model import (
    Announcement,
    Ask,
    Asset,
    CopyKind,
    DealSummary,
    Fetched,
    Incident,
    LetterState,
    Notice,
    PostedLinks,
    Profile,
    ProgressMessage,
    QuizAnswer,
    Receipt,
    Recommended,
    Touch,
    Wording,
)

# Told while deals are read: how many are there already, of how many (0 where that is not known).
Progress = Callable[[int, int], object]


class Messenger(Protocol):
    """Reaches people in Slack."""

    def profile(self, slack_id: str, *, now: datetime) -> Profile: ...

    def find(self, email: str, *, now: datetime) -> Profile | None:
        """Return who has this e-mail in Slack, whatever their standing; raises TryLater."""

    def direct(self, slack_id: str) -> str:
        """Return the channel of direct messages with a person; raises TryLater."""

    def is_shared_outside(self, channel: str) -> bool:
        """Say whether people of another company are in a channel; unknown means yes."""

    def working(self, ask: Ask) -> None:
        """Show that an ask is being answered, where there is a place for that; returns at once, failing is nothing."""

    def show(self, reply: Any, *, ask: Ask, again: bool) -> tuple[str, str] | None:
        """Show a reply (see enablement.answering) where the ask came from, to the asker alone.

        `again` says that it may be there already, from before a crash. Return the channel and ts of a message that was
        posted directly to the asker and begins a thread of its own; None for any other.
        """

    def notify(self, notice: Notice, asset: Asset, *, again: bool) -> None:
        """Tell a person of an asset, as it is proposed or as it stands, in a direct message; `again` as above.

        Raises Undeliverable when Slack knows nobody with that e-mail.
        """

    def show_home(self, home: Any, *, always: bool) -> tuple[str, str]:
        """Draw somebody's Home tab (see enablement.home); return Slack's hash of it, and ours of what it shows.

        Unless `always`, one that shows the same as before is left alone. Raises HomeMoved when it is not what the state
        says any more; TryLater, Undeliverable.
        """

    def show_links(self, posted: PostedLinks, glances: Mapping[str, Any], *, has_details: bool) -> bool:
        """Show below a message what its links lead to (by address, see enablement.previews), to all who read it.

        With `has_details` there is a button for more. False: the message or its preview is gone. Raises TryLater.
        """

    def tell(self, said: Any, *, to: str, mark: str, again: bool) -> None:
        """Tell somebody (by Slack id) of requests (see enablement.requests) in a direct message, known by its mark.

        `again` as above. Raises TryLater, or Undeliverable.
        """

    def nudge(self, message: Any, *, again: bool) -> None:
        """Tell somebody what changed (see enablement.nudging) in a direct message; `again` as above.

        Raises TryLater, or Undeliverable.
        """

    def send_digest(self, said: Any, *, to: str, mark: str, again: bool) -> None:
        """Send a person a digest (see enablement.digests); by its `mark` it is found again. Raises as `nudge`."""

    def report(self, incident: Incident, *, again: bool, now: datetime) -> str:
        """Post an incident to its channel, or change its message to how it stands; return the message's ts.

        `again` as above. Raises Undeliverable when the channel is not to be reached.
        """

    def fetch(self, file_id: str, *, most: int) -> Fetched:
        """Return a file that somebody put into Slack, of at most so many bytes; raises CannotFetch or TryLater."""

    def colleagues(self, *, now: datetime) -> Iterator[Profile]:
        """Yield everybody in the workspace but bots: guests and the deactivated too, as their standing says.

        Raises TryLater.
        """

    def members(self, channel: str) -> list[str]:
        """Return the ids of those in a channel; raises TryLater, Undeliverable."""

    def group_members(self, group: str) -> list[str]:
        """Return the ids of those in a Slack group, by its id or @handle; raises TryLater, Undeliverable."""

    def announce(
        self,
        one: Announcement,
        receipt: Receipt,
        wording: Wording,
        assets: Sequence[Asset],
        *,
        to: str,
        again: bool,
    ) -> tuple[str, str]:
        """Post an announcement to a person or a channel by id; return (channel, ts) of the message.

        Its metadata carries the receipt's id; `again`: it may be there already, so it is looked for first. Raises
        TryLater, or Undeliverable where this one can't be reached.
        """

    def show_progress(
        self, found: Any, *, to: str, shown: ProgressMessage | None, again: bool
    ) -> tuple[str, str]:
        """Show an author results (see enablement.announcing) in one message, changed where it was shown before.

        Return (channel, ts) of the message; `again` as above. Raises TryLater, or Undeliverable.
        """

    def send_file(
        self, to: str, name: str, data: bytes, *, title: str, text: str, alt: str, again: bool
    ) -> None:
        """Send a person a file in a direct message with a text; `alt` describes a picture to who can't see it.

        `again`: it may be there already, so one of this name is looked for first. Raises TryLater, or Undeliverable.
        """

    def find_announcement(self, receipt: Receipt, *, to: str) -> tuple[str, str] | None:
        """Return (channel, ts) of the message of a receipt where it was posted before, known by its metadata.

        Raises TryLater.
        """

    def show_announcement(
        self,
        one: Announcement,
        receipt: Receipt,
        wording: Wording,
        assets: Sequence[Asset],
        *,
        answers: Sequence[QuizAnswer],
    ) -> None:
        """Change a delivered message to how the announcement and its receipt stand: edited, acknowledged, withdrawn.

        `answers` are what its reader answered to its questions so far.
        Raises TryLater, or Undeliverable when the message is gone.
        """

    def remind(
        self, one: Announcement, receipt: Receipt, wording: Wording, *, number: int, again: bool
    ) -> None:
        """Remind a reader of a message that waits to be acknowledged; `again` as above. Raises as `announce`."""


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


@dataclass
class CopyCheck:
    """How the CRM's copies of assets and suggestions differ from the library and the deals, as it is being found out.

    `assets` and `suggestions` (rows) should be there, `assets_there` and `suggestions_there` are. `missing` and
    `changed` (with the names of fields) are ids of assets, `deals` those whose suggestions differ.
    """

    assets: int = 0
    assets_there: int = 0
    missing: list[str] = field(default_factory=list)
    changed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    extra: list[str] = field(default_factory=list)
    suggestions: int = 0
    suggestions_there: int = 0
    deals: list[str] = field(default_factory=list)


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

    def copied(self) -> frozenset[CopyKind]:
        """Return of what the CRM has room for copies: an older package has none; raises TryLater."""

    def stale_assets(self, assets: Sequence[Asset], *, on: date) -> list[str]:
        """Return which of these the CRM was last told otherwise than they stand on a day; it is not asked."""

    def write_assets(self, assets: Sequence[Asset], *, on: date) -> dict[str, Exception | None]:
        """Tell the CRM of these assets as they stand on a day; return for each id what was wrong, or None.

        A draft is not told of unless the CRM knows the asset: then it is archived there.
        """

    def stale_suggestions(self, shown: Mapping[str, Sequence[Recommended]]) -> list[str]:
        """Return for which deals the CRM was last told of other suggestions than these; it is not asked."""

    def write_suggestions(self, shown: Mapping[str, Sequence[Recommended]]) -> dict[str, Exception | None]:
        """Make these the suggestions of deals, by deal id, best first; return for each what was wrong, or None."""

    def check_copies(self, *, on: date, waiting: Some[str]) -> CopyCheck:
        """Compare what the CRM has with what it should have; raises TryLater.

        Assets and deals that are `waiting` to be told of are not judged.
        """

    def write_summaries(self, summaries: Sequence[DealSummary]) -> dict[str, Exception | None]:
        """Write what touches add up to onto deals; return for each deal's id what was wrong, or None."""

    def deal_at(self, url: str) -> str:
        """Return the id of the deal that a link into the CRM leads to, known or not; empty for any other link."""

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

    def users_in(self, *, profile: str = "", permission_set: str = "") -> list[str]:
        """Return the ids of the active users with a profile or a permission set; raises TryLater, Undeliverable."""

    def files(self) -> CrmFiles | None:
        """Return the libraries to follow; None when none were chosen."""
