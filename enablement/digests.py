"""Once a week, on Monday morning by each one's clock: what managers and librarians should know."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from enablement.access import is_valid
from enablement.announcing.timing import Quiet, next_moment
from enablement.asked_deals import visible_deals
from enablement.coverage.matrix import Cell, Coverage
from enablement.coverage.unmet import unmet_words
from enablement.home import TeamUse, team_use
from enablement.language import zone_named
from enablement.model import Asset, CrmUser, LibraryFigures, NudgeMeasure, Task, key
from enablement.nudging import is_unwelcome, measures
from enablement.people import known_colleague
from enablement.ports import AccessUnknown, Services, TryLater
from enablement.preferences import preferences_of, quiet_hours_of
from enablement.requests import waiting
from enablement.roles import roles_of

DIGESTS, DIGEST = "digests.send", "digests.tell"
Reader = Literal["manager", "enablement"]
READERS: tuple[Reader, ...] = ("manager", "enablement")
BEGINS = time(9)
# Whoever could not be told on Monday is told on Tuesday; then it is the week's news no more.
LASTS = timedelta(days=2)
WEEK = timedelta(days=7)
MOST_LISTED, MOST_GAPS = 5, 3
MOST_COUNTED = 1_000


@dataclass(frozen=True)
class TeamGap:
    """That nothing good is there for so many open deals of the team: of a stage, an industry and a language, or ""."""

    stage: str
    segment: str
    language: str
    deals: int


@dataclass(frozen=True)
class TeamDigest:
    """A manager's week: how the team used content, the open deals that nobody touches, and where content is missing."""

    use: TeamUse
    gaps: tuple[TeamGap, ...]


@dataclass(frozen=True)
class LibraryDigest:
    """The library's week. `published` are the newest of `new` assets and versions; `searches` found nothing."""

    new: int
    published: tuple[Asset, ...]
    used: int
    figures: LibraryFigures | None
    waiting: int
    requested: int
    searches: tuple[str, ...]
    unmet: int
    unwelcome: tuple[NudgeMeasure, ...]


Digest = TeamDigest | LibraryDigest


def follow(services: Services, *, now: datetime) -> None:
    """Have those told for whom Monday morning has come: each once a week, whatever happens in between."""
    begun = [zone for zone in services.mirror.time_zones() if _week(zone, now)]
    known = services.nudges.stood([f"digests {zone}" for zone in begun])
    new = {
        zone: week
        for zone in begun
        if (week := _week(zone, now))
        and (f"digests {zone}" not in known or known[f"digests {zone}"].value != (week,))
    }
    if not new:
        return
    services.outbox.add(list(_tasks(new, services, now)), now=now, lazily=True)
    services.nudges.note({f"digests {zone}": (week,) for zone, week in new.items()}, (), now=now)


def digest(
    subject: str, services: Services, *, now: datetime, coverage: Coverage
) -> tuple[str, Digest] | None:
    """Return whom to tell what, or None where there is nothing to say, or nobody to hear it. Raises TryLater.

    The subject is that of the work; `coverage` is by industry.
    """
    reader, slack_id, _week_of = subject.split()
    user = known_colleague(slack_id, services)
    if reader not in roles_of(slack_id, services) or not preferences_of(slack_id, services).digest:
        return None
    if reader == "enablement":
        library = _library(services, coverage, now)
        return (slack_id, library) if library else None
    if user is None:
        return None
    try:
        team = _team(user, services, coverage, now)
    except AccessUnknown as error:
        raise TryLater("the CRM can't be asked who may see the deals") from error
    return (slack_id, team) if team else None


def _week(time_zone: str, now: datetime) -> str:
    """Return which week's digest is due there: by the date of its Monday; nothing where none is."""
    local = now.astimezone(zone_named(time_zone))
    monday = local.date() - timedelta(days=local.weekday())
    begins = datetime.combine(monday, BEGINS, local.tzinfo)
    return monday.isoformat() if begins <= local < begins + LASTS else ""


def _tasks(weeks: dict[str, str], services: Services, now: datetime) -> Iterator[Task]:
    for profile in services.mirror.profiles():
        week = weeks.get(profile.time_zone)
        if week is None:
            continue
        roles = roles_of(profile.slack_id, services)
        quiet = Quiet(*quiet_hours_of(profile.slack_id, services))
        for reader in READERS:
            if reader in roles:
                yield Task(
                    key(DIGEST, reader, profile.slack_id, week),
                    DIGEST,
                    "compute",
                    f"{reader} {profile.slack_id} {week}",
                    due_at=next_moment(now, time_zone=profile.time_zone, quiet=quiet),
                )


def _team(user: CrmUser, services: Services, coverage: Coverage, now: datetime) -> TeamDigest | None:
    use = team_use(user, services, now=now)
    team = {one.id for one in visible_deals(user, services)} if use.deals else set()
    gaps = [(one, len(team.intersection(one.deals))) for one in coverage.cells if one.is_gap]
    most = sorted((one for one in gaps if one[1]), key=lambda one: (-one[1], _place(one[0])))
    if not (use.shared[1] or use.opened[1] or use.untouched):
        return None
    return TeamDigest(use, tuple(TeamGap(*_place(cell), count) for cell, count in most[:MOST_GAPS]))


def _library(services: Services, coverage: Coverage, now: datetime) -> LibraryDigest | None:
    since = now - WEEK
    valid = [one for one in services.catalog.assets() if is_valid(one, on=now.date())]
    new = sorted((one for one in valid if one.updated_at >= since), key=lambda one: (one.updated_at, one.id))
    used = sum(at >= since for at in services.ledger.last_used().values())
    requests = waiting(services, limit=MOST_COUNTED)
    unmet = services.ledger.unmet(since=since, limit=MOST_COUNTED)
    asked = Counter(unmet_words(*one) for one in unmet)
    unwelcome = tuple(one for one in measures(services, now=now) if is_unwelcome(one))
    if not (new or used or requests or unmet or coverage.gaps() or unwelcome):
        return None
    return LibraryDigest(
        new=len(new),
        published=tuple(reversed(new[-MOST_LISTED:])),
        used=used,
        figures=services.homes.figures(),
        waiting=len(requests),
        requested=sum(one.made_at >= since for one in requests),
        searches=tuple(
            words for words, _n in sorted(asked.items(), key=lambda one: (-one[1], one[0]))[:MOST_LISTED]
        ),
        unmet=len(unmet),
        unwelcome=unwelcome,
    )


def _place(cell: Cell) -> tuple[str, str, str]:
    return cell.stage, cell.segment, cell.language
