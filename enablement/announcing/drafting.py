"""What authors do with announcements: keep, send, approve, edit, withdraw; each change is noted in the audit log."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from enablement.announcing.complaints import about_wordings, complaints
from enablement.announcing.following import ANNOUNCE_DELIVER, follow_task
from enablement.announcing.progress import progress_task
from enablement.announcing.refusal import CannotAnnounce
from enablement.announcing.rights import email_of, is_librarian, may_change, right_of
from enablement.language import _
from enablement.model import Aim, Announcement, AnnouncementState, Audit, Task, key
from enablement.ports import Services

_UNSENT: tuple[AnnouncementState, ...] = ("template", "draft", "in_review")
# Who is noted where the command line did something.
OPERATOR = "operator"
SHORTEST_LIFE = timedelta(days=1)
USUAL_LIFE = timedelta(days=14)


def keep(one: Announcement, services: Services, *, now: datetime) -> Announcement:
    """Store a draft or a template as its author has it; what waited for approval becomes a draft again.

    Raises CannotAnnounce: not theirs, sent already, or changed by somebody else since it was read.
    """
    _check_unsent(one, one.author_slack_id, services)
    state: AnnouncementState = "template" if one.state == "template" else "draft"
    return _save(replace(one, state=state), "keep", one.author_slack_id, services, now=now)


def send(one: Announcement, by_slack_id: str, services: Services, *, now: datetime) -> Announcement:
    """Start an announcement, or hand it to the librarians where its author needs approval; raises CannotAnnounce."""
    _check_unsent(one, by_slack_id, services)
    _check(one, services, now=now)
    needs_approval = right_of(by_slack_id, services).needs_approval
    state: AnnouncementState = "in_review" if needs_approval else "running"
    return _save(replace(one, state=state), "send", by_slack_id, services, now=now)


def approve(
    announcement_id: str, by_slack_id: str, services: Services, *, now: datetime, seen: int = 0
) -> Announcement:
    """Start an announcement that waits for approval, in the version that was `seen` unless that is 0.

    Raises CannotAnnounce, also where it is one's own.
    """
    one = _in_review(announcement_id, by_slack_id, services, seen=seen)
    _check(one, services, now=now)
    approved = replace(one, state="running", approved_by=email_of(by_slack_id, services))
    return _save(approved, "approve", by_slack_id, services, now=now)


def decline(
    announcement_id: str, by_slack_id: str, services: Services, *, now: datetime, seen: int = 0
) -> Announcement:
    """Give an announcement that waits for approval back to its author, as a draft; raises as `approve` does."""
    one = _in_review(announcement_id, by_slack_id, services, seen=seen)
    return _save(replace(one, state="draft"), "decline", by_slack_id, services, now=now)


def edit(
    one: Announcement, by_slack_id: str, services: Services, *, now: datetime, ask_again: bool
) -> Announcement:
    """Change a running announcement; messages that were sent are changed too where readers would see a difference.

    `ask_again`: who acknowledged it is asked anew. Raises CannotAnnounce.
    """
    known = _changeable(one.id, by_slack_id, services)
    if known.state != "running":
        raise CannotAnnounce(_("This is not running, so it can't be edited. Duplicate it instead."))
    if known.author_slack_id == by_slack_id and right_of(by_slack_id, services).needs_approval:
        raise CannotAnnounce(
            _("This was approved as it is. Ask a librarian to change it, or withdraw it and send a copy.")
        )
    quiz = [len(question.options) for question in one.wordings[0].questions] if one.wordings else []
    was = [len(question.options) for question in known.wordings[0].questions]
    if (quiz != was or one.right != known.right) and services.announcements.answers(one.id):
        text = _("People have answered the questions already, so these stay as they are.")
        raise CannotAnnounce(text, "questions")
    # Who wrote it, how far it is and who approved it are not the form's to say.
    changed = replace(
        one,
        author=known.author,
        author_slack_id=known.author_slack_id,
        state="running",
        revision=known.revision,
        counts_from=known.counts_from,
        made_at=known.made_at,
        approved_by=known.approved_by,
        pinned=known.pinned,
    )
    _check(changed, services, now=now)
    if ask_again or _shown(changed) != _shown(known):
        changed = replace(changed, revision=known.revision + 1)
    if ask_again:
        changed = replace(changed, counts_from=changed.revision)
    detail = "asked again" if ask_again else ""
    return _save(changed, "edit", by_slack_id, services, now=now, detail=detail)


def begin(by_slack_id: str, services: Services, *, now: datetime, announcement_id: str = "") -> Announcement:
    """Return an empty draft for its author to fill in; it is stored once they have (see `keep`)."""
    return Announcement(
        id=announcement_id or _new_id(),
        author=email_of(by_slack_id, services),
        author_slack_id=by_slack_id,
        state="draft",
        wordings=(),
        aim=Aim(),
        right=(),
        asset_ids=(),
        channels=(),
        must_acknowledge=True,
        reminders=2,
        remind_every_hours=24,
        starts_at=None,
        local_time="",
        ends_at=now + USUAL_LIFE,
        revision=1,
        counts_from=1,
        version=0,
        made_at=now,
        changed_at=now,
    )


def pin(
    announcement_id: str, by_slack_id: str, services: Services, *, now: datetime, pinned: bool
) -> Announcement:
    """Show a running announcement on its readers' Home tabs, or not any more; raises CannotAnnounce."""
    one = _changeable(announcement_id, by_slack_id, services)
    if one.state != "running":
        raise CannotAnnounce(_("This is not running."))
    if one.pinned == pinned:
        return one
    return _save(replace(one, pinned=pinned), "pin" if pinned else "unpin", by_slack_id, services, now=now)


def withdraw(announcement_id: str, by_slack_id: str, services: Services, *, now: datetime) -> Announcement:
    """Take an announcement back: its messages say only that; a draft is dropped. Raises CannotAnnounce."""
    one = _changeable(announcement_id, by_slack_id, services)
    if one.state == "withdrawn":
        return one
    gone = replace(one, state="withdrawn", revision=one.revision + 1)
    return _save(gone, "withdraw", by_slack_id, services, now=now)


def stop(announcement_id: str, by_slack_id: str, services: Services, *, now: datetime) -> Announcement:
    """End an announcement now: nobody else is told or reminded, messages stay. Raises CannotAnnounce."""
    return _stopped(_changeable(announcement_id, by_slack_id, services), by_slack_id, services, now=now)


def stop_as_operator(announcement_id: str, services: Services, *, now: datetime) -> Announcement:
    """End an announcement now, as whoever runs the installation; raises CannotAnnounce."""
    return _stopped(_there(announcement_id, services), OPERATOR, services, now=now)


def extend(
    announcement_id: str, by_slack_id: str, services: Services, *, now: datetime, ends_at: datetime
) -> Announcement:
    """Set a later end; one that has ended goes on. Raises CannotAnnounce."""
    one = _changeable(announcement_id, by_slack_id, services)
    if one.state not in ("running", "ended"):
        raise CannotAnnounce(_("This is not running."))
    if ends_at <= one.ends_at:
        raise CannotAnnounce(_("Choose an end that is later than before."), "ends_at")
    longer = replace(one, state="running", ends_at=ends_at)
    _check(longer, services, now=now)
    return _save(longer, "extend", by_slack_id, services, now=now, detail=f"to {ends_at:%Y-%m-%d %H:%M} UTC")


def duplicate(announcement_id: str, by_slack_id: str, services: Services, *, now: datetime) -> Announcement:
    """Return a new draft like an announcement or a template, as long as that one; raises CannotAnnounce.

    Templates are for all who may announce, everything else for its author and librarians.
    """
    one = _there(announcement_id, services)
    if one.state != "template" and not may_change(one, by_slack_id, services):
        raise CannotAnnounce(_("This is not yours."))
    life = max(one.ends_at - (one.starts_at or one.made_at), SHORTEST_LIFE)
    copy = replace(
        one,
        id=_new_id(),
        author=email_of(by_slack_id, services),
        author_slack_id=by_slack_id,
        state="draft",
        starts_at=None,
        ends_at=now + life,
        revision=1,
        counts_from=1,
        version=0,
        made_at=now,
        approved_by="",
        pinned=False,
    )
    return keep(copy, services, now=now)


def test_send(one: Announcement, services: Services, *, now: datetime) -> Announcement:
    """Send an announcement to its author alone, as it is now; nothing of it counts. Raises CannotAnnounce.

    What was not sent yet is kept first, and returned as it is kept.
    """
    if found := about_wordings(one):
        raise CannotAnnounce(found[0].text, found[0].field)
    if one.state in _UNSENT:
        one = keep(one, services, now=now)
    elif not may_change(one, one.author_slack_id, services):
        raise CannotAnnounce(_("This is not yours."))
    name = key("test", one.id, now.isoformat())
    task = Task(name, ANNOUNCE_DELIVER, "write", f"test {one.id} {name}", partition=name)
    services.outbox.add([task], now=now)
    services.work.wake("write")
    return one


def _new_id() -> str:
    # Receipts' ids follow from it and open files: it must not be guessed by who knows when it was made.
    return secrets.token_hex(20)


def _stopped(one: Announcement, by_slack_id: str, services: Services, *, now: datetime) -> Announcement:
    if one.state == "ended":
        return one
    if one.state != "running":
        raise CannotAnnounce(_("This is not running."))
    return _save(replace(one, state="ended", ends_at=now), "stop", by_slack_id, services, now=now)


def _save(
    one: Announcement, action: str, by_slack_id: str, services: Services, *, now: datetime, detail: str = ""
) -> Announcement:
    new = replace(one, version=one.version + 1, changed_at=now)
    # No Slack id looks like that, so nobody who asks in Slack is taken for the operator.
    email = OPERATOR if by_slack_id == OPERATOR else email_of(by_slack_id, services)
    audit = Audit(key("audit", new.id, new.version), email, f"announcement.{action}", new.id, detail, now)
    if not services.announcements.save(new, was=one.version, audit=audit):
        raise CannotAnnounce(_("Somebody changed this meanwhile. Open it again."))
    if new.state not in _UNSENT:
        services.outbox.add([follow_task(new), progress_task(new)], now=now)
        services.work.wake("write")
    return new


def _check(one: Announcement, services: Services, *, now: datetime) -> None:
    for found in complaints(one, one.author_slack_id, services, now=now):
        raise CannotAnnounce(found.text, found.field)


def _check_unsent(one: Announcement, by_slack_id: str, services: Services) -> None:
    known = services.announcements.announcement(one.id)
    if by_slack_id != one.author_slack_id or (known and known.author_slack_id != by_slack_id):
        raise CannotAnnounce(_("This is not yours."))
    if right_of(by_slack_id, services).whom == "nobody":
        raise CannotAnnounce(
            _("Announcing is for managers and for those whom your Touchline administrator lets announce.")
        )
    if one.author != email_of(by_slack_id, services):
        raise CannotAnnounce(_("This is not yours."))
    if known and known.state not in _UNSENT:
        raise CannotAnnounce(_("This was sent already."))


def _in_review(announcement_id: str, by_slack_id: str, services: Services, *, seen: int) -> Announcement:
    one = _there(announcement_id, services)
    if not is_librarian(by_slack_id, services):
        raise CannotAnnounce(_("Librarians approve announcements."))
    if one.author_slack_id == by_slack_id:
        raise CannotAnnounce(_("Somebody else has to approve what you wrote."))
    # What its author changed and sent anew is asked about in a message of its own.
    if one.state != "in_review" or seen not in (0, one.version):
        raise CannotAnnounce(_("This does not wait for approval any more."))
    return one


def _changeable(announcement_id: str, by_slack_id: str, services: Services) -> Announcement:
    one = _there(announcement_id, services)
    if not may_change(one, by_slack_id, services):
        raise CannotAnnounce(_("Only its author and librarians may change this."))
    return one


def _there(announcement_id: str, services: Services) -> Announcement:
    one = services.announcements.announcement(announcement_id)
    if one is None:
        raise CannotAnnounce(_("This announcement is not there any more."))
    return one


def _shown(one: Announcement) -> tuple[object, ...]:
    # Not the mentions: they are for posts still to come, changing one that is there calls nobody.
    return one.wordings, one.asset_ids, one.must_acknowledge
