"""Where announcements and their receipts are kept."""

from collections.abc import Collection as Some, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from enablement.model import Announcement, AnnouncementState, Audit, ProgressMessage, QuizAnswer, Receipt


class Announcements(Protocol):
    """Announcements, what became of them with each reader, and the answers to their questions."""

    def announcement(self, announcement_id: str) -> Announcement | None: ...

    def listed(self, states: Some[AnnouncementState], *, limit: int, author: str = "") -> list[Announcement]:
        """Return announcements in these states (of one author, if named), the newest first."""

    def at_work(self, *, since: datetime) -> list[Announcement]:
        """Return those that run, and those that ended or were withdrawn since then; the oldest first."""

    def save(self, one: Announcement, *, was: int, audit: Audit | None = None) -> bool:
        """Store an announcement whose version was this one (0: it is new); False when somebody was quicker."""

    def admit(self, receipts: Sequence[Receipt]) -> int:
        """Add readers who are not there yet, take back those who had left; return how many were added.

        Who is taken back and was not told yet is told at the new `due_at`.
        """

    def leave(self, receipt_ids: Some[str], *, at: datetime) -> None:
        """Note that these readers are no longer meant."""

    def receipt(self, receipt_id: str) -> Receipt | None: ...

    def receipts(self, announcement_id: str) -> list[Receipt]:
        """Return all receipts of an announcement by id, those who left included."""

    def untold(self, announcement_id: str, *, until: datetime, limit: int) -> list[Receipt]:
        """Return readers, still meant, whose message is due by then and not sent, the first due first."""

    def outdated(self, announcement_id: str, *, revision: int, left_too: bool, limit: int) -> list[Receipt]:
        """Return those whose message shows an earlier revision; `left_too`: also where they are no longer meant."""

    def unacknowledged(
        self, one: Announcement, *, now: datetime, zones: Some[str], limit: int
    ) -> list[Receipt]:
        """Return readers in these time zones who have a reminder to get by now: the longest waiting first.

        That is `remind_every_hours` after their message or last reminder, not while it is snoozed, and when that ends.
        """

    def postpone(self, due: Mapping[str, datetime]) -> None:
        """Set anew when readers are to be told, where they were not told yet."""

    def receipts_of(self, slack_id: str, *, limit: int) -> list[Receipt]:
        """Return what one reader was sent, the newest first."""

    def delivered(self, receipt_id: str, *, channel: str, ts: str, revision: int, at: datetime) -> None:
        """Note where a message is and which revision it shows; the first time is when it was delivered."""

    def failed(self, receipt_id: str, why: str) -> None: ...

    def opened(self, receipt_id: str, *, at: datetime) -> None:
        """Note the first time only."""

    def acknowledged(self, receipt_id: str, *, revision: int, at: datetime) -> bool:
        """Note that a revision was acknowledged; False, and nothing changed, when it or a later one was before."""

    def snoozed(self, receipt_id: str, *, until: datetime) -> None: ...

    def reminded(self, receipt_id: str, *, number: int, at: datetime) -> None:
        """Note the reminder of this number (from 1); noted again it changes nothing."""

    def answer(self, one: QuizAnswer) -> QuizAnswer:
        """Note an answer; return the one that counts, which is the first."""

    def answers(self, announcement_id: str) -> list[QuizAnswer]: ...

    def answers_of(self, receipt_id: str) -> list[QuizAnswer]:
        """Return what one reader answered, by question."""

    def told(self, slack_ids: Some[str], *, limit: int) -> list[Announcement]:
        """Return the announcements that any of these readers has a receipt of, the newest first."""

    def progress(self, announcement_id: str) -> ProgressMessage | None: ...

    def keep_progress(self, one: ProgressMessage) -> None:
        """Note where an announcement's progress is shown, and how far; in place of what was noted before."""
