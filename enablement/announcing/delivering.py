"""Does one task of an announcement, and looks first whether it is still wanted: what was true may not be any more."""

from collections.abc import Callable, Mapping
from datetime import datetime

from enablement.announcing.complaints import are_outsiders_in
from enablement.announcing.following import due_at, is_met
from enablement.announcing.links import assets_of
from enablement.announcing.receipts import TEST, signed, wording_for
from enablement.announcing.rights import is_channel
from enablement.announcing.timing import Quiet, is_quiet, next_moment, next_working
from enablement.language import speaking
from enablement.model import Announcement, Profile, Receipt, key
from enablement.ports import Services, Undeliverable
from enablement.preferences import quiet_hours_of

_Do = Callable[[Announcement, Receipt, Services, datetime], None]


def deliver(task_id: str, subject: str, services: Services, *, now: datetime) -> None:
    """Post, update, retract or remind, as a subject of `follow` says; what is no longer wanted is left.

    Raises TryLater. Whoever can't be reached is noted in the receipt.
    """
    verb, name, *_rest = subject.split()
    if verb == "test":
        _test(task_id, name, services, now)
        return
    receipt = services.announcements.receipt(name)
    one = services.announcements.announcement(receipt.announcement_id) if receipt else None
    if receipt is None or one is None or receipt.failed:
        return
    try:
        _DO[verb](signed(one, services), receipt, services, now)
    except Undeliverable as error:
        services.announcements.failed(receipt.id, str(error))


def _post(one: Announcement, receipt: Receipt, services: Services, now: datetime) -> None:
    if receipt.shown_revision:
        return
    is_first = services.ledger.begin_delivery(key("announce.post", receipt.id), at=now)
    if not _is_wanted(one, receipt, services, now):
        # It may be there from an attempt whose end nobody saw: then it has to be known, to be changed or taken back.
        there = None if is_first else services.messenger.find_announcement(receipt, to=receipt.slack_id)
        if there:
            _note_post(receipt, there, 1, services, now)
        return
    locale = _locale(one, receipt, services)
    (wording, _is_fallback), assets = wording_for(one, locale), assets_of(one, services, now=now)
    with speaking(locale, time_zone=_time_zone(receipt, services)):
        there = services.messenger.announce(
            one, receipt, wording, assets, to=receipt.slack_id, again=not is_first
        )
    # What was posted before may show an earlier revision: then it is brought up to date.
    _note_post(receipt, there, one.revision if is_first else 1, services, now)


def _note_post(
    receipt: Receipt, there: tuple[str, str], revision: int, services: Services, now: datetime
) -> None:
    channel, ts = there
    services.announcements.delivered(receipt.id, channel=channel, ts=ts, revision=revision, at=now)


def _is_wanted(one: Announcement, receipt: Receipt, services: Services, now: datetime) -> bool:
    """Say whether a message is to be posted now; if not, note why, so that it comes back when it is."""
    if not _is_running(one, now) or receipt.left_at or receipt.due_at > now or not is_met(one, services):
        return False
    if is_channel(receipt.slack_id):
        if are_outsiders_in(receipt.slack_id, services):
            raise Undeliverable("guests or people of other companies are in this channel")
        return True
    profile = _member(receipt, services)
    if profile is None:
        services.announcements.leave([receipt.id], at=now)
        return False
    # Who chose a clock time for all means that time, also for who has chosen to be left alone then.
    hours = services.quiet_hours if one.local_time else quiet_hours_of(profile.slack_id, services)
    zone, quiet = profile.time_zone, Quiet(*hours)
    if not one.at_once and is_quiet(now, time_zone=zone, quiet=quiet):
        due = due_at(one, zone, services, now=now)
        services.announcements.postpone({receipt.id: next_moment(due, time_zone=zone, quiet=quiet)})
        return False
    return True


def _show(one: Announcement, receipt: Receipt, services: Services, now: datetime) -> None:
    """Change a message to the revision, or the withdrawal, that it does not show yet."""
    is_over = receipt.left_at and one.state != "withdrawn"
    if not 0 < receipt.shown_revision < one.revision or is_over:
        return
    locale = _locale(one, receipt, services)
    (wording, _is_fallback), assets = wording_for(one, locale), assets_of(one, services, now=now)
    latest: Receipt | None = receipt
    answers = services.announcements.answers_of(receipt.id)
    shown = None
    # Whoever presses meanwhile has their message changed by the door: ours must not be the last, with less in it.
    while latest and (latest, answers) != shown:
        shown = (latest, answers)
        with speaking(locale, time_zone=_time_zone(receipt, services)):
            services.messenger.show_announcement(one, latest, wording, assets, answers=answers)
        latest = services.announcements.receipt(receipt.id)
        answers = services.announcements.answers_of(receipt.id)
    services.announcements.delivered(
        receipt.id, channel=receipt.channel, ts=receipt.ts, revision=one.revision, at=now
    )


def _remind(one: Announcement, receipt: Receipt, services: Services, now: datetime) -> None:
    is_done = not one.must_acknowledge or receipt.acknowledged_revision >= one.counts_from
    is_snoozed = receipt.snoozed_until is not None and receipt.snoozed_until > now
    if not _is_running(one, now) or receipt.left_at or is_done or is_snoozed or not is_met(one, services):
        return
    if receipt.reminders >= one.reminders or not receipt.shown_revision:
        return
    profile = _member(receipt, services)
    if profile is None or next_working(now, time_zone=profile.time_zone) > now:
        return
    number = receipt.reminders + 1
    first = services.ledger.begin_delivery(key("announce.remind", receipt.id, number), at=now)
    wording, _is_fallback = wording_for(one, profile.locale)
    with speaking(profile.locale, time_zone=profile.time_zone):
        services.messenger.remind(one, receipt, wording, number=number, again=not first)
    services.announcements.reminded(receipt.id, number=number, at=now)


def _test(task_id: str, announcement_id: str, services: Services, now: datetime) -> None:
    one = services.announcements.announcement(announcement_id)
    author = services.mirror.profile(one.author_slack_id) if one else None
    if one is None or author is None or author.standing != "member":
        return
    first = services.ledger.begin_delivery(task_id, at=now)
    receipt = Receipt(f"{TEST}{task_id}", one.id, author.slack_id, author.email, now)
    wording, _is_fallback = wording_for(one, author.locale)
    assets = assets_of(one, services, now=now)
    with speaking(author.locale, time_zone=author.time_zone):
        services.messenger.announce(
            signed(one, services), receipt, wording, assets, to=author.slack_id, again=not first
        )


def _locale(one: Announcement, receipt: Receipt, services: Services) -> str:
    profile = services.mirror.profile(receipt.slack_id)
    # A channel is spoken to in the language of the first text.
    return profile.locale if profile else one.wordings[0].language


def _time_zone(receipt: Receipt, services: Services) -> str:
    profile = services.mirror.profile(receipt.slack_id)
    return profile.time_zone if profile else "UTC"


def _is_running(one: Announcement, now: datetime) -> bool:
    return one.state == "running" and now < one.ends_at and (one.starts_at is None or one.starts_at <= now)


def _member(receipt: Receipt, services: Services) -> Profile | None:
    profile = services.mirror.profile(receipt.slack_id)
    return profile if profile and profile.standing == "member" else None


_DO: Mapping[str, _Do] = {"post": _post, "update": _show, "retract": _show, "remind": _remind}
