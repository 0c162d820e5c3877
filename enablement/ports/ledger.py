"""What happened, what is to be done, and what ops should know."""

from collections.abc import Collection as Some, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from enablement.model import (
    Answered,
    Ask,
    Audit,
    Claimed,
    DeadLetters,
    DealSummary,
    Decision,
    Feedback,
    Incident,
    IntegrationDay,
    Lane,
    Letter,
    LetterState,
    Notice,
    PostedLinks,
    Preview,
    QualityPart,
    Share,
    Signal,
    Suggestion,
    Task,
    Touch,
    Upload,
    Waiting,
    Withdrawal,
    Written,
)


class Ledger(Protocol):
    """What happened, who asked, what was shown and shared: written once, together with the work it causes."""

    def write(self, written: Written, *, now: datetime, lazily: bool = False) -> bool:
        """Commit records, tasks, event and changes in one transaction.

        False, and nothing written, for a known event and when an asset is no longer what its change says that it was.
        `lazily` does not wait for the disk: a power cut may undo it, unless something written later is on disk.
        """

    def forget_events(self, *, before: datetime) -> None:
        """Forget which events were known before a moment: nobody sends those again; of each source the last is kept."""

    def ask(self, ask_id: str) -> Ask | None: ...

    def answered(self, ask_id: str) -> Answered | None: ...

    def suggestions(self, ask_id: str) -> list[Suggestion]: ...

    def suggestion(self, suggestion_id: str) -> Suggestion | None: ...

    def suggestion_by_token(self, open_token: str) -> Suggestion | None: ...

    def share(self, share_id: str) -> Share | None: ...

    def share_by_token(self, token: str) -> Share | None: ...

    def revoke_share(self, share_id: str, *, at: datetime) -> None: ...

    def prolong_shares(self, ids: Some[str], *, until: datetime) -> None:
        """Let the links of these shares work until then and no longer; one that was ended stays ended."""

    def decisions(self, asset_id: str) -> list[Decision]:
        """Return what was decided about an asset, the oldest first."""

    def notice(self, notice_id: str) -> Notice | None: ...

    def preview(self, preview_id: str) -> Preview | None: ...

    def preview_by_token(self, token: str) -> Preview | None: ...

    def posted_links(self, links_id: str) -> PostedLinks | None: ...

    def keep_posted_links(self, some: Sequence[PostedLinks]) -> None:
        """Store how these stand, as far as they are still known: what was forgotten stays so."""

    def drop_posted_links(self, links_id: str) -> None:
        """Forget links: Slack was told of them, or nothing of them is to be seen any more."""

    def old_posted_links(self, *, now: datetime, limit: int) -> list[PostedLinks]:
        """Return links that are to be looked at by now, those first who wait longest."""

    def look_at_links(self, about: Some[str], *, now: datetime) -> None:
        """Have those links looked at that show something made of any of these."""

    def ended_shares(self, *, since: datetime) -> list[str]:
        """Return the ids of shares that were revoked since then."""

    def upload(self, upload_id: str) -> Upload | None: ...

    def touch(self, touch_id: str) -> Touch | None: ...

    def touches(self, ids: Some[str]) -> list[Touch]: ...

    def touches_of(self, *deal_ids: str) -> list[Touch]:
        """Return the touches of these deals, the oldest first."""

    def touches_with(self, asset_ids: Some[str], *, since: datetime, until: datetime) -> list[Touch]:
        """Return the touches of deals with any of these assets from one moment to before another, not taken back."""

    def touches_by(self, emails: Some[str], *, since: datetime) -> list[Touch]:
        """Return the touches by these people (openings by a buyer are by who shared) since then, the newest first.

        Those that were taken back are left out.
        """

    def last_touches(self, deal_ids: Some[str]) -> Mapping[str, datetime]:
        """Return when each of these deals was touched last; those that never were are left out, and what was undone."""

    def shares_by(self, email: str, *, limit: int) -> list[Share]:
        """Return what a person shared last, for whichever deal, the newest first."""

    def last_used(self) -> Mapping[str, datetime]:
        """Return for each asset that was ever used when it last was: touches of any kind, not taken back."""

    def live_shares(self, asset_ids: Some[str], *, at: datetime) -> list[Share]:
        """Return the shares of these assets that can be opened at a moment, the oldest first."""

    def unmet(self, *, since: datetime, limit: int) -> list[tuple[Ask, Answered]]:
        """Return the newest asks answered since then whose words, or whose language, nothing in the library met."""

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

    def shares_of(self, *, email: str, deal_id: str) -> list[Share]:
        """Return what a person shared for a deal, the oldest first."""

    def last_opening(self, share_id: str) -> datetime | None: ...

    def feedback(self, *deal_ids: str, email: str | None) -> list[Feedback]:
        """Return what a person said, or everybody (None), of suggestions for these deals, the oldest first."""

    def reasoned(self, *, since: datetime, limit: int) -> list[Feedback]:
        """Return the newest feedback since then that says why something is not useful, newest first."""

    def channel_deal(self, channel: str) -> str | None: ...

    def thread_deal(self, channel: str, thread: str, email: str) -> str | None:
        """Return the deal that this person's last answer in this thread was about."""

    def last_answer(
        self, channel: str, email: str, *, thread: str | None = None, since: datetime | None = None
    ) -> Answered | None:
        """Return this person's newest answer in a thread (ts of its root), or anywhere in a channel (None)."""

    def begin_thread(self, ask_id: str, channel: str, thread: str) -> None:
        """Note that an answer was posted to a channel as the root (ts) of a thread of its own."""

    def briefed_deals(self, channel: str, email: str, *, since: datetime) -> list[str]:
        """Return for which deals this person had suggestions sent from the CRM into this conversation, newest first."""

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

    def add(self, tasks: Iterable[Task], *, now: datetime, lazily: bool = False) -> None:
        """Write tasks; a known id is left as it is.

        `lazily` as in `Ledger.write`: for what follows from what is stored.
        """

    def letters(self, *, states: Some[str], limit: int) -> list[Letter]: ...

    def unsettled(self, kind: str) -> dict[str, LetterState]:
        """Return the subjects of all rows of a kind that are not done, each with how far its row is."""

    def turns(self, kind: str, *, since: datetime) -> tuple[list[datetime], list[datetime]]:
        """Return when rows of a kind were done since then, and when those that are not done yet are due, in order."""

    def clear(self, *, before: datetime) -> None:
        """Remove what was done before a moment and was about nothing in particular: the rounds of schedules."""

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

    def record(self, audit: Audit) -> None:
        """Note who did what; what is known by its id is left as it is."""

    def audits(self, *, limit: int, since: datetime | None = None, person: str = "") -> list[Audit]:
        """Return who did what, decisions on the library too, newest first; of or to one person (e-mail, Slack id)."""

    def waiting(self, *, now: datetime, kinds: Some[str] | None = None) -> list[Waiting]:
        """Return what is due, being worked on, and dead, by lane and state; of some kinds alone where named."""

    def dead_letters(self) -> list[DeadLetters]:
        """Return the dead letters grouped by kind and reason, the most first."""

    def lasted(self, kinds: Some[str], *, since: datetime, limit: int) -> list[tuple[datetime, float]]:
        """Return of the last rows of these kinds when each was settled, and how many seconds after it was written."""

    def unfinished(self, kinds: Some[str]) -> dict[str, datetime]:
        """Return of these scheduled kinds when the oldest round that still waits was written, where one does."""

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
