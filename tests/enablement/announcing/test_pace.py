"""How fast messages go: evenly, and never more in any minute than allowed, whatever stood still before."""

from bisect import bisect_right
from datetime import datetime, timedelta

from hypothesis import given, settings, strategies as st

from enablement.announcing.pace import AHEAD, MINUTE, slots
from tests.builders import NOW

RATE = 60


def most_in_a_minute(times: list[datetime]) -> int:
    times = sorted(times)
    return max((index + 1 - bisect_right(times, at - MINUTE) for index, at in enumerate(times)), default=0)


def test_messages_go_evenly_half_a_minute_ahead() -> None:
    found = slots([], [], per_minute=RATE, now=NOW)

    assert found == [NOW + timedelta(seconds=second) for second in range(30)]
    assert slots([], found, per_minute=RATE, now=NOW) == []
    later = slots(found[:10], found[10:], per_minute=RATE, now=NOW + timedelta(seconds=10))
    assert later == [NOW + timedelta(seconds=second) for second in range(30, 40)]


def test_what_piled_up_is_made_up_for_before_more_is_added() -> None:
    waiting = [NOW - timedelta(seconds=second) for second in range(30)]

    assert slots([], waiting, per_minute=RATE, now=NOW) == []
    assert len(slots([], waiting[:20], per_minute=RATE, now=NOW)) == 10


def test_what_is_put_off_for_long_holds_nobody_else_up() -> None:
    far = [NOW + timedelta(minutes=5)] * 3

    assert len(slots([], far, per_minute=RATE, now=NOW)) == 27


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 40), st.floats(0, 1), st.booleans()), min_size=1, max_size=40),
    st.sampled_from([1, 7, 60, 300]),
)
def test_no_minute_ever_has_more_than_allowed(steps: list[tuple[int, float, bool]], rate: int) -> None:
    """Looks come at odd times, and of what is due a part is done, or nothing at all while Slack is away."""
    now, done, waiting = NOW, [], []  # type: datetime, list[datetime], list[datetime]
    for seconds, part, is_away in steps:
        recent = [at for at in done if at >= now - MINUTE]
        waiting += slots(recent, waiting, per_minute=rate, now=now)
        then = now + timedelta(seconds=seconds)
        due = sorted(at for at in waiting if at <= then)
        for at in [] if is_away else due[: round(len(due) * part)]:
            waiting.remove(at)
            done.append(max(at, now))
        now = then

    assert most_in_a_minute(done) <= rate
    assert len(waiting) < rate * (AHEAD / MINUTE) + 1
