"""How fast announcements go to Slack: evenly, and never more in any minute than the installation allows."""

from bisect import insort
from collections.abc import Sequence
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)
# What is under way at most, in seconds of full pace: after an outage no more than that comes at once.
AHEAD = timedelta(seconds=30)


def slots(
    done: Sequence[datetime], waiting: Sequence[datetime], *, per_minute: int, now: datetime
) -> list[datetime]:
    """Return when the next messages may go, in order, within the next half minute.

    `done`: when messages went in the last minute; `waiting`: when those under way are due. A slot is `per_minute`
    places behind any that is less than a minute before it.
    """
    step = MINUTE / per_minute
    # What is due later than our view goes, a rate limit or an outage put off: it counts when it comes into view.
    near = [max(due, now) for due in waiting if due <= now + AHEAD]
    taken = sorted([*done, *near])
    last = max(near, default=now - step)
    found: list[datetime] = []
    while len(waiting) + len(found) < per_minute * (AHEAD / MINUTE):
        at = max(last + step, now)
        if len(taken) >= per_minute:
            at = max(at, taken[-per_minute] + MINUTE)
        if at > now + AHEAD:
            break
        found.append(at)
        insort(taken, at)
        last = at
    return found
