"""Compares what should be with what is: who is meant with who was told, what was written with what is shown.

Nobody keeps a list of what is to be done for whom. What is missing becomes a task, at the pace that Slack takes.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain, islice, zip_longest

from enablement.announcing.audience import readers
from enablement.announcing.pace import AHEAD, MINUTE, slots
from enablement.announcing.progress import progress_task
from enablement.announcing.receipts import receipt_id
from enablement.announcing.timing import Quiet, next_moment, next_working
from enablement.model import Announcement, Audit, LetterState, Receipt, Task, key
from enablement.ports import Services, TryLater, Undeliverable

log = logging.getLogger(__name__)
ANNOUNCE_FOLLOW, ANNOUNCE_DELIVER = "announce.follow", "announce.deliver"
# Between changes of an announcement, whom it means is worked out this often: people join, leave, move.
AUDIENCE_EVERY = timedelta(minutes=3)
# What was edited or withdrawn at its end is still shown for so long; a message that can't be changed by then stays.
WORK_LASTS = timedelta(days=7)
# Slack takes fewer changes of messages in a minute than new ones: of what is under way, only one in so many is one, so
# that an edit of a large announcement keeps no other from going out.
CHANGES_ONE_IN = 6
_CHANGES = ("retract", "update")

_Find = Callable[[Announcement, int], Sequence[Receipt]]


def follow(services: Services, *, now: datetime) -> None:
    """Take in who joined, let go who left, end what is over, and add tasks for what is due, as many as may go now."""
    at_work = [
        _ended(one, services, now=now) for one in services.announcements.at_work(since=now - WORK_LASTS)
    ]
    # Who is meant now must be known before anybody is told.
    met = {one.id for one in at_work if one.state == "running" and _meet(one, services, now=now)}
    done, waiting = services.outbox.turns(ANNOUNCE_DELIVER, since=now - MINUTE)
    free = slots(done, waiting, per_minute=services.announce_per_minute, now=now)
    if not free:
        return
    under_way = services.outbox.unsettled(ANNOUNCE_DELIVER)
    wanted = _wanted(at_work, met, services, most=len(free) + len(under_way), now=now)
    tasks = [
        Task(
            # The moment is part of it: what came to nothing, such as in quiet hours, is tried anew.
            key(ANNOUNCE_DELIVER, subject, at.isoformat()),
            ANNOUNCE_DELIVER,
            "write",
            subject,
            partition=receipt.id,
            due_at=at,
        )
        for at, (subject, receipt) in zip(free, _new(wanted, under_way, services), strict=False)
    ]
    services.outbox.add(tasks, now=now, lazily=True)


def follow_task(one: Announcement) -> Task:
    """Return the task to follow at once, after a change of an announcement."""
    name = key(ANNOUNCE_FOLLOW, one.id, one.version)
    return Task(name, ANNOUNCE_FOLLOW, "write", one.id, partition=ANNOUNCE_FOLLOW)


def is_met(one: Announcement, services: Services) -> bool:
    """Say whether the receipts of an announcement are those of whom it means since its last change."""
    return services.mirror.watermark(_met(one)) is not None


def due_at(one: Announcement, time_zone: str, services: Services, *, now: datetime) -> datetime:
    """Return when somebody in a time zone is to be told."""
    begins = max(now, one.starts_at or now)
    if one.at_once:
        return begins
    quiet = Quiet(*services.quiet_hours)
    return next_moment(begins, time_zone=time_zone, quiet=quiet, local_time=one.local_time)


def _wanted(
    at_work: Sequence[Announcement], met: set[str], services: Services, *, most: int, now: datetime
) -> Iterator[tuple[str, Receipt]]:
    """Yield what is due, the most urgent first; announcements take turns, so that none waits for a large one."""
    announcements = services.announcements
    running = [one for one in at_work if one.id in met]
    reminding = [one for one in running if one.must_acknowledge and one.reminders]
    zones = (
        [zone for zone in services.mirror.time_zones() if next_working(now, time_zone=zone) <= now]
        if reminding
        else []
    )

    def outdated(one: Announcement, limit: int) -> Sequence[Receipt]:
        is_gone = one.state == "withdrawn"
        return announcements.outdated(one.id, revision=one.revision, left_too=is_gone, limit=limit)

    def untold(one: Announcement, limit: int) -> Sequence[Receipt]:
        return announcements.untold(one.id, until=now, limit=limit)

    def unacknowledged(one: Announcement, limit: int) -> Sequence[Receipt]:
        return announcements.unacknowledged(one, now=now, zones=zones, limit=limit)

    def say(verb: str, find: _Find, some: Sequence[Announcement]) -> Iterator[tuple[str, Receipt]]:
        in_turn = chain.from_iterable(
            zip_longest(
                *([(_subject(verb, one, receipt), receipt) for receipt in find(one, most)] for one in some)
            )
        )
        return islice(filter(None, in_turn), most)

    yield from say("retract", outdated, [one for one in at_work if one.state == "withdrawn"])
    yield from say("update", outdated, [one for one in at_work if one.state != "withdrawn"])
    yield from say("post", untold, running)
    yield from say("remind", unacknowledged, reminding)


def _new(
    wanted: Iterable[tuple[str, Receipt]], under_way: Mapping[str, LetterState], services: Services
) -> Iterator[tuple[str, Receipt]]:
    """Yield what is not under way yet, and not too many changes of messages."""
    at_once = max(1, round(services.announce_per_minute * (AHEAD / MINUTE) / CHANGES_ONE_IN))
    left = at_once - sum(
        subject.startswith(_CHANGES) for subject, state in under_way.items() if state != "dead"
    )
    for subject, receipt in wanted:
        is_change = subject.startswith(_CHANGES)
        if subject not in under_way and (not is_change or left > 0):
            left -= is_change
            yield subject, receipt


def _subject(verb: str, one: Announcement, receipt: Receipt) -> str:
    number = {"update": f" {one.revision}", "remind": f" {receipt.reminders + 1}"}.get(verb, "")
    return f"{verb} {receipt.id}{number}"


def _ended(one: Announcement, services: Services, *, now: datetime) -> Announcement:
    if one.state != "running" or one.ends_at > now:
        return one
    ended = replace(one, state="ended", version=one.version + 1, changed_at=now)
    audit = Audit(key("audit", one.id, ended.version), one.author, "announcement.end", one.id, "", now)
    # Who was quicker, extended it perhaps: the next look sees it.
    services.announcements.save(ended, was=one.version, audit=audit)
    return ended


def _meet(one: Announcement, services: Services, *, now: datetime) -> bool:
    """Bring an announcement's receipts in line with whom it means; False where that can't be known now."""
    met_at = services.mirror.watermark(_met(one))
    if met_at and now - met_at < AUDIENCE_EVERY:
        return True
    try:
        zones = {reader.slack_id: (reader.email, reader.time_zone) for reader in readers(one.aim, services)}
    except (TryLater, Undeliverable) as error:
        log.warning("whom %s is for is not known: %s", one.id, error)
        return False
    author = services.mirror.profile(one.author_slack_id)
    zones |= dict.fromkeys(one.channels, ("", author.time_zone if author else ""))
    dues = {zone: due_at(one, zone, services, now=now) for _, zone in set(zones.values())}
    meant = {
        slack_id: Receipt(receipt_id(one.id, slack_id), one.id, slack_id, email, dues[zone])
        for slack_id, (email, zone) in zones.items()
    }
    known = {receipt.slack_id: receipt for receipt in services.announcements.receipts(one.id)}
    there = {slack_id for slack_id, receipt in known.items() if not receipt.left_at}
    services.announcements.admit([meant[slack_id] for slack_id in meant.keys() - there])
    services.announcements.leave([known[slack_id].id for slack_id in there - meant.keys()], at=now)
    if meant and not known:
        services.outbox.add([progress_task(one, begins=True)], now=now, lazily=True)
    both = [(known[slack_id], meant[slack_id].due_at) for slack_id in there & meant.keys()]
    services.announcements.postpone({was.id: due for was, due in both if _is_put_off(one, was, due, now)})
    services.mirror.set_watermark(_met(one), now)
    return True


def _is_put_off(one: Announcement, was: Receipt, due: datetime, now: datetime) -> bool:
    # Whose turn it is keeps it, for as long as the line may be; unless all begins later now.
    is_to_come = was.due_at > now or (one.starts_at is not None and one.starts_at > now)
    return not was.shown_revision and is_to_come and was.due_at != due


def _met(one: Announcement) -> str:
    # By version, not by time: those who edit and those who follow may have clocks that differ.
    return f"announce.met {one.id} {one.version}"
