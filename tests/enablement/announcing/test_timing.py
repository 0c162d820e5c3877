"""When people are told: by their own clocks, through quiet nights and both changes of daylight saving."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from enablement.announcing.timing import Quiet, is_quiet, next_moment, next_working

NIGHT = Quiet(time(20), time(8))
NEVER = Quiet(time(0), time(0))
ZONES = (
    "Pacific/Auckland",
    "Pacific/Tongatapu",
    "Pacific/Marquesas",
    "Asia/Kathmandu",
    "Asia/Bangkok",
    "Australia/Lord_Howe",
    "Europe/London",
    "America/New_York",
    "America/St_Johns",
    "America/Santiago",
    "UTC",
)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001 - it gets its zone right here
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))


def local(year: int, month: int, day: int, hour: int, minute: int, zone: str, fold: int = 0) -> datetime:
    # In UTC: two moments of an hour that comes twice are never equal to what is in another zone.
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("Pacific/Auckland", "2026-11-20 20:00"),
        ("Pacific/Tongatapu", "2026-11-20 20:00"),
        ("Asia/Kathmandu", "2026-11-21 03:15"),
        ("Asia/Bangkok", "2026-11-21 02:00"),
        ("Australia/Lord_Howe", "2026-11-20 22:00"),
        ("Europe/London", "2026-11-20 12:00"),
        ("America/New_York", "2026-11-20 14:00"),
        ("America/St_Johns", "2026-11-20 12:30"),
        ("Pacific/Marquesas", "2026-11-20 18:30"),
        ("UTC", "2026-11-20 12:00"),
    ],
)
def test_at_nine_is_at_nine_by_each_ones_clock(zone: str, told: str) -> None:
    at = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

    when = next_moment(at, time_zone=zone, quiet=NEVER, local_time="09:00")

    if zone in ("Europe/London", "UTC"):
        # Nine has passed there: tomorrow then.
        told = "2026-11-21 09:00"
    assert f"{when:%Y-%m-%d %H:%M}" == told


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("19:59", "20 19:59"),
        ("20:00", "21 08:00"),
        ("23:30", "21 08:00"),
        ("07:59", "20 08:00"),
        ("08:00", "20 08:00"),
    ],
)
def test_a_quiet_night_is_waited_for_over_midnight(asked: str, told: str) -> None:
    hour, minute = map(int, asked.split(":"))

    when = next_moment(
        local(2026, 11, 20, hour, minute, "Asia/Bangkok"), time_zone="Asia/Bangkok", quiet=NIGHT
    )

    assert f"{when.astimezone(ZoneInfo('Asia/Bangkok')):%d %H:%M}" == told


def test_a_quiet_noon_ends_the_same_day() -> None:
    noon = Quiet(time(12), time(13))

    when = next_moment(local(2026, 11, 20, 12, 30, "Europe/Paris"), time_zone="Europe/Paris", quiet=noon)

    assert when == local(2026, 11, 20, 13, 0, "Europe/Paris")


def test_a_time_that_a_day_does_not_have_is_as_much_later_as_the_clocks_jump() -> None:
    before = local(2026, 3, 29, 1, 0, "Europe/Berlin")

    when = next_moment(before, time_zone="Europe/Berlin", quiet=NEVER, local_time="02:30")

    assert when == local(2026, 3, 29, 3, 30, "Europe/Berlin")


def test_a_time_that_a_day_has_twice_is_meant_the_first_time_and_once() -> None:
    zone = "America/New_York"
    first = local(2026, 11, 1, 1, 30, zone)

    assert next_moment(first - timedelta(hours=2), time_zone=zone, quiet=NEVER, local_time="01:30") == first
    between = first + timedelta(minutes=10)
    assert next_moment(between, time_zone=zone, quiet=NEVER, local_time="01:30") == local(
        2026, 11, 2, 1, 30, zone
    )


def test_a_quiet_that_ends_in_the_hour_that_comes_twice_ends_twice() -> None:
    zone, quiet = "America/New_York", Quiet(time(20), time(1, 30))

    first = next_moment(local(2026, 11, 1, 1, 10, zone), time_zone=zone, quiet=quiet)
    second = next_moment(local(2026, 11, 1, 1, 10, zone, fold=1), time_zone=zone, quiet=quiet)

    assert second - first == timedelta(hours=1)
    assert second == local(2026, 11, 1, 1, 30, zone, fold=1)


@pytest.mark.parametrize("change", [(3, 8), (11, 1)])
def test_nine_stays_nine_over_the_change(change: tuple[int, int]) -> None:
    zone = "America/New_York"
    before = local(2026, *change, 9, 0, zone) - timedelta(days=2)

    hours = []
    for _ in range(4):
        before = next_moment(before + timedelta(minutes=1), time_zone=zone, quiet=NIGHT, local_time="09:00")
        hours.append(f"{before.astimezone(ZoneInfo(zone)):%H:%M}")

    assert hours == ["09:00"] * 4


@settings(max_examples=400, deadline=None)
@given(at=MOMENTS, zone=st.sampled_from(ZONES), begins=TIMES, ends=TIMES)
def test_nobody_is_told_in_quiet_hours_or_later_than_a_day(
    at: datetime, zone: str, begins: time, ends: time
) -> None:
    quiet = Quiet(begins, ends)

    when = next_moment(at, time_zone=zone, quiet=quiet)

    assert at <= when <= at + timedelta(hours=25)
    assert not is_quiet(when, time_zone=zone, quiet=quiet)
    if not is_quiet(at, time_zone=zone, quiet=quiet):
        assert when == at


@settings(max_examples=400, deadline=None)
@given(at=MOMENTS, zone=st.sampled_from(ZONES), clock=st.times(time(8), time(19, 59)))
def test_a_clock_time_by_day_is_that_time_within_a_day(at: datetime, zone: str, clock: time) -> None:
    clock = clock.replace(second=0, microsecond=0)

    when = next_moment(at, time_zone=zone, quiet=NIGHT, local_time=f"{clock:%H:%M}")

    assert when.astimezone(ZoneInfo(zone)).time() == clock
    assert at <= when <= at + timedelta(hours=25)


@settings(max_examples=400, deadline=None)
@given(at=MOMENTS, zone=st.sampled_from(ZONES))
def test_reminders_come_on_weekdays_from_nine_to_five(at: datetime, zone: str) -> None:
    when = next_working(at, time_zone=zone)

    there = when.astimezone(ZoneInfo(zone))
    assert there.weekday() < 5
    assert time(9) <= there.time() < time(17)
    assert at <= when <= at + timedelta(days=3)
    assert next_working(when, time_zone=zone) == when


def test_a_zone_that_nobody_knows_is_greenwich() -> None:
    at = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)

    for zone in ("", "Mars/Olympus", "America", "../etc/passwd"):
        assert next_moment(at, time_zone=zone, quiet=NIGHT) == datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
