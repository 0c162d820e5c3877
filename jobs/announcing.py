"""The outbox rows of announcements: who is in the workspace, what is missing, one message."""

import logging
from collections.abc import Sequence

from enablement.adapters.pictures import bars
from enablement.announcing import (
    CannotAnnounce,
    Results,
    Totals,
    deliver,
    follow,
    read_colleagues,
    results_of,
    sheet,
    show_progress,
    shown_teams,
    team_lines,
    tell_of_what_waits,
    wording_for,
)
from enablement.language import _, spoken, zone_named
from enablement.model import Claimed
from enablement.people import speaking_to
from enablement.ports import Services, ShutOut, TryLater
from enablement.roles import read_role_members
from jobs.lanes import MOST_ATTEMPTS, Outcome

log = logging.getLogger(__name__)
COLLEAGUES = "announce.colleagues"
# An outage may last: a message that waits is no dead letter, one for each reader.
WAIT_S = 60.0


def read_members(services: Services, rows: Sequence[Claimed]) -> Outcome:
    """Read Slack's members, and who is where roles come from; what can't be had for long the next turn tries anew."""
    read_role_members(services, now=services.clock())
    try:
        read_colleagues(services, now=services.clock())
    except ShutOut:
        # The next turn tries anew; of turns that wait there would be hundreds a day.
        return {row.id: None for row in rows}
    except TryLater as error:
        log.warning("Slack's list of members could not be read: %s", error)
        return {row.id: None if row.attempts >= MOST_ATTEMPTS else error for row in rows}
    return {row.id: None for row in rows}


def follow_all(services: Services, rows: Sequence[Claimed]) -> Outcome:
    """Add what is due of all announcements, once for all rows."""
    now = services.clock()
    tell_of_what_waits(services, now=now)
    follow(services, now=now)
    return {row.id: None for row in rows}


def deliver_one(services: Services, rows: Sequence[Claimed]) -> Outcome:
    """Post, update, retract or remind, once."""
    (row,) = rows
    try:
        deliver(row.id, row.subject, services, now=services.clock())
    except TryLater as error:
        if error.seconds is None and row.attempts >= MOST_ATTEMPTS:
            raise TryLater(str(error), seconds=WAIT_S) from error
        raise
    return {row.id: None}


def show_all_progress(services: Services, rows: Sequence[Claimed]) -> Outcome:
    """Bring the authors' messages in line with the numbers, once for all rows."""
    show_progress(services, now=services.clock())
    return {row.id: None for row in rows}


def send_results(services: Services, rows: Sequence[Claimed]) -> Outcome:
    """Send the table or the picture of results to whoever asked for it, with what they may see now."""
    (row,) = rows
    what, announcement_id, viewer = row.subject.split()
    now = services.clock()
    with speaking_to(viewer, services, now=now):
        try:
            found = results_of(announcement_id, viewer, services)
        except CannotAnnounce:
            # Between the press and now they lost the right to it: no work that somebody should revive.
            log.info("results were asked for by somebody who may not see them any more")
            return {row.id: None}
        first = services.ledger.begin_delivery(row.id, at=now)
        title = wording_for(found.announcement, spoken())[0].title
        lines = team_lines(found)
        is_picture = what == "picture"
        bars = _("Bars of how many have done it, by team: {teams}", teams="; ".join(lines))
        services.messenger.send_file(
            viewer,
            # By its name it is found again after a crash.
            f"results-{now:%Y-%m-%d}-{row.id[:8]}.{'png' if is_picture else 'csv'}",
            _picture(found) if is_picture else _table(found, viewer, services),
            title=title,
            text="\n".join([title, *lines]) if is_picture else title,
            alt=bars if is_picture and lines else title,
            again=not first,
        )
    return {row.id: None}


def _table(found: Results, viewer: str, services: Services) -> bytes:
    profile = services.mirror.profile(viewer)
    return sheet(found, zone=zone_named(profile.time_zone if profile else ""))


def _picture(found: Results) -> bytes:
    one = found.announcement

    def bar(totals: Totals) -> tuple[int, int]:
        return totals.done(one), totals.meant

    return bars(bar(found.totals), [bar(team.totals) for team in shown_teams(found)])
