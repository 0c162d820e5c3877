"""When people are told: by their own clocks, outside their quiet hours, through the changes of daylight saving.

A clock time that a day has twice is meant the first time; one that it has not is as much later as the clocks jump.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
WORKING_HOURS = (time(9), time(17))
WORKING_DAYS = (0, 1, 2, 3, 4)
EVERY_DAY = range(7)


@dataclass(frozen=True)
class Quiet:
    """When nobody is told anything, over midnight too; from one time to the same there are no quiet hours."""

    begins: time
    ends: time

    def holds(self, local: time) -> bool:
        """Say whether a time of day is quiet; the end is not."""
        if self.begins <= self.ends:
            return self.begins <= local < self.ends
        return local >= self.begins or local < self.ends


def next_moment(at: datetime, *, time_zone: str, quiet: Quiet, local_time: str = "") -> datetime:
    """Return the first moment from `at` on that is not quiet there and, where given, at that clock time ("09:00")."""
    zone, when = _zone(time_zone), at.astimezone(UTC)
    if local_time:
        when = _at_clock(when, zone, time.fromisoformat(local_time))
    local = when.astimezone(zone)
    if not quiet.holds(local.time()):
        return when
    goes_on = quiet.begins > quiet.ends and local.time() >= quiet.begins
    ends = _utc(local.date() + _DAY if goes_on else local.date(), quiet.ends, zone)
    # In the hour that a day has twice, the quiet may end a second time.
    return ends if ends > when else _utc(local.date(), quiet.ends, zone, fold=1)


def is_quiet(at: datetime, *, time_zone: str, quiet: Quiet) -> bool:
    """Say whether it is quiet there at a moment."""
    return quiet.holds(at.astimezone(_zone(time_zone)).time())


def next_working(
    at: datetime,
    *,
    time_zone: str,
    hours: tuple[time, time] = WORKING_HOURS,
    weekdays: Collection[int] = WORKING_DAYS,
) -> datetime:
    """Return the first moment from `at` on that lies in working hours there; Monday is 0, one weekday at least."""
    zone = _zone(time_zone)
    day = at.astimezone(zone).date()
    while True:
        if day.weekday() in weekdays and at < _utc(day, hours[1], zone):
            return max(at.astimezone(UTC), _utc(day, hours[0], zone))
        day += _DAY


def next_morning(at: datetime, *, time_zone: str, weekdays: Collection[int] = EVERY_DAY) -> datetime:
    """Return when work begins there on the first of these weekdays after today; Monday is 0."""
    zone = _zone(time_zone)
    day = at.astimezone(zone).date() + _DAY
    while day.weekday() not in weekdays:
        day += _DAY
    return _utc(day, WORKING_HOURS[0], zone)


def _at_clock(at: datetime, zone: ZoneInfo, clock: time) -> datetime:
    today = at.astimezone(zone).date()
    when = _utc(today, clock, zone)
    return when if when >= at else _utc(today + _DAY, clock, zone)


def _utc(day: date, clock: time, zone: ZoneInfo, *, fold: int = 0) -> datetime:
    return datetime.combine(day, clock.replace(fold=fold), zone).astimezone(UTC)


@cache
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        # Slack knows no zone of some people, and may know some that this system does not.
        return ZoneInfo("UTC")
