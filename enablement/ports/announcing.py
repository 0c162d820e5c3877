"""Where announcements and their receipts are kept."""

from collections.abc import Collection as Some, Sequence
from datetime import datetime
from typing import Protocol

from enablement.model import Announcement, AnnouncementState, Audit, QuizAnswer, Receipt


class Announcements(Protocol):
    """Announcements, what became of them with each reader, and the answers to their questions."""

    def announcement(self, announcement_id: str) -> Announcement | None: ...

    def listed(self, states: Some[AnnouncementState], *, limit: int, author: str = "") -> list[Announcement]:
        """Return announcements in these states (of one author, if named), the newest first."""

    def save(self, one: Announcement, *, was: int, audit: Audit | None = None) -> bool:
        """Store an announcement whose version was this one (0: it is new); False when somebody was quicker."""

    def admit(self, receipts: Sequence[Receipt]) -> int:
        """Add readers who are not there yet, take back those who had left; return how many were added."""

    def leave(self, receipt_ids: Some[str], *, at: datetime) -> None:
        """Note that these readers are no longer meant."""

    def receipt(self, receipt_id: str) -> Receipt | None: ...

    def receipts(self, announcement_id: str) -> list[Receipt]:
        """Return all receipts of an announcement by id, those who left included."""

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
