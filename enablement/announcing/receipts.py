"""What readers do with an announcement: open, acknowledge, snooze, answer; each counts once."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from enablement.announcing.refusal import CannotAnnounce
from enablement.announcing.rights import is_channel
from enablement.language import _, spoken_for
from enablement.model import Announcement, AnnouncementState, QuizAnswer, Receipt, Wording, key
from enablement.people import called
from enablement.ports import Services

TEST = "test-"
# Next Monday is up to a week and some hours away.
LONGEST_SNOOZE_H = 8 * 24
_RUNNING: tuple[AnnouncementState, ...] = ("running",)
# A double click is one snooze.
_SAME_SNOOZE = timedelta(minutes=1)


def signed(one: Announcement, services: Services) -> Announcement:
    """Return an announcement as people are to see it: its author is called by name, where that is known."""
    return replace(one, author=called(one.author, services.mirror))


def receipt_id(announcement_id: str, slack_id: str) -> str:
    """Return the id of the receipt that a reader, or a channel, has of an announcement."""
    return key("receipt", announcement_id, slack_id)


def opened(receipt_id: str, slack_id: str, services: Services, *, now: datetime) -> Receipt:
    """Note that a reader opened an announcement; raises CannotAnnounce where it is not theirs or gone."""
    _one, mine, _revision = _pressed(receipt_id, slack_id, services, ("running", "ended"))
    services.announcements.opened(mine.id, at=now)
    return _again(mine, services)


def acknowledge(
    receipt_id: str, slack_id: str, services: Services, *, now: datetime, seen: int = 0
) -> Receipt:
    """Note that a reader acknowledged the revision that they saw, or else what their message shows.

    Raises CannotAnnounce.
    """
    one, mine, shown = _pressed(receipt_id, slack_id, services)
    services.announcements.acknowledged(mine.id, revision=min(seen or shown, one.revision), at=now)
    return _again(mine, services)


def snooze(
    receipt_id: str, slack_id: str, services: Services, *, now: datetime, hours: float = 24
) -> Receipt:
    """Leave a reader in peace for some hours (1 to 192); raises CannotAnnounce."""
    if not 1 <= hours <= LONGEST_SNOOZE_H:
        raise CannotAnnounce(_("You can snooze for one hour to eight days."))
    _one, mine, _revision = _pressed(receipt_id, slack_id, services)
    until = now + timedelta(hours=hours)
    if mine.snoozed_until is None or abs(until - mine.snoozed_until) >= _SAME_SNOOZE:
        services.announcements.snoozed(mine.id, until=until)
    return _again(mine, services)


def answer(
    receipt_id: str, slack_id: str, question: int, option: int, services: Services, *, now: datetime
) -> QuizAnswer:
    """Note a reader's answer to a question (both counted from 0); return the one that counts, which is the first.

    Raises CannotAnnounce.
    """
    one, mine, _revision = _pressed(receipt_id, slack_id, services)
    questions = one.wordings[0].questions
    if not (0 <= question < len(questions) and 0 <= option < len(questions[question].options)):
        raise CannotAnnounce(_("This question has changed since. Look at the message again."))
    is_right = one.right[question] == option
    given = QuizAnswer(key("answer", mine.id, question), mine.id, question, option, is_right, now)
    return services.announcements.answer(given)


def language_for(locale: str) -> str:
    """Return in which of our languages somebody with this locale is told something, as a wording calls it."""
    return spoken_for(locale).replace("_", "-")


def wording_for(one: Announcement, locale: str) -> tuple[Wording, bool]:
    """Return what an announcement says to somebody with this locale, and whether it is not in their language."""
    language = language_for(locale)
    found = next((wording for wording in one.wordings if wording.language == language), None)
    return (found, False) if found else (one.wordings[0], True)


def _pressed(
    receipt_id: str,
    slack_id: str,
    services: Services,
    states: Collection[AnnouncementState] = _RUNNING,
) -> tuple[Announcement, Receipt, int]:
    """Return the announcement, the receipt of who pressed a button, and the revision that the message shows."""
    if receipt_id.startswith(TEST):
        raise CannotAnnounce(_("This is a test message that only you were sent: nothing is counted."))
    there = services.announcements.receipt(receipt_id)
    mine = _own(there, slack_id, services) if there else None
    one = services.announcements.announcement(mine.announcement_id) if mine else None
    if there is None or mine is None or one is None or mine.left_at:
        raise CannotAnnounce(_("You are not among those whom this is for, so nothing is counted."))
    if one.state == "withdrawn":
        raise CannotAnnounce(_("This was withdrawn."))
    if one.state not in states:
        raise CannotAnnounce(_("This has ended, so nothing is counted any more."))
    # Who is quicker than we are in noting that it is there sees what was just sent.
    return one, mine, there.shown_revision or one.revision


def _own(there: Receipt, slack_id: str, services: Services) -> Receipt | None:
    """Return the reader's own receipt: a message in a channel has buttons for everybody."""
    if there.slack_id == slack_id:
        return there
    if not is_channel(there.slack_id):
        return None
    return services.announcements.receipt(key("receipt", there.announcement_id, slack_id))


def _again(mine: Receipt, services: Services) -> Receipt:
    return services.announcements.receipt(mine.id) or replace(mine)
