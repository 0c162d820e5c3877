"""Shows authors how their announcements go: one message for each, changed as the numbers do."""

import logging
from dataclasses import astuple
from datetime import datetime, timedelta

from enablement.announcing.results import Results, all_results, totals_of
from enablement.language import speaking
from enablement.model import Announcement, ProgressMessage, Task, key
from enablement.ports import Services, TryLater, Undeliverable

log = logging.getLogger(__name__)
ANNOUNCE_PROGRESS = "announce.progress"
# After it is over some may still open it, and Slack may have been away.
FOLLOWED_FOR = timedelta(days=1)


def show_progress(services: Services, *, now: datetime) -> None:
    """Bring each author's message in line with the numbers; where Slack is away, the next turn does it."""
    for one in services.announcements.at_work(since=now - FOLLOWED_FOR):
        receipts = services.announcements.receipts(one.id)
        if not receipts:
            # It never went anywhere, or whom it is for is still being worked out.
            continue
        totals = totals_of(one, receipts)
        shows = key(one.state, one.revision, one.ends_at.isoformat(), one.must_acknowledge, *astuple(totals))
        shown = services.announcements.progress(one.id)
        if shown is None or shown.shows != shows:
            _show(all_results(one, services), shown, shows, services, now=now)


def progress_task(one: Announcement, *, begins: bool = False) -> Task:
    """Return the task to show at once how an announcement goes, after a change of it or as it `begins`."""
    name = key(ANNOUNCE_PROGRESS, one.id, one.version, *(["begins"] if begins else []))
    return Task(name, ANNOUNCE_PROGRESS, "write", one.id, partition=ANNOUNCE_PROGRESS)


def _show(
    found: Results, shown: ProgressMessage | None, shows: str, services: Services, *, now: datetime
) -> None:
    one = found.announcement
    author = services.mirror.profile(one.author_slack_id)
    if author is None or author.standing != "member":
        return
    is_first = shown is None and services.ledger.begin_delivery(key(ANNOUNCE_PROGRESS, one.id), at=now)
    try:
        with speaking(author.locale, time_zone=author.time_zone):
            channel, ts = services.messenger.show_progress(
                found, to=author.slack_id, shown=shown, again=shown is None and not is_first
            )
    except (TryLater, Undeliverable) as error:
        log.warning("how %s goes could not be shown to its author: %s", one.id, error)
        return
    services.announcements.keep_progress(ProgressMessage(one.id, channel, ts, shows))
