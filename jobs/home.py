"""The outbox rows of Home tabs: draw one, find those that show something old, count the library."""

import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from enablement.home import count_library, home_of, kept_up, made_from, show_task
from enablement.model import Claimed, HomeState, Profile, Task
from enablement.people import in_words_of
from enablement.ports import HomeMoved, Services, TryLater, Undeliverable
from jobs.lanes import Outcome

log = logging.getLogger(__name__)
# Others wait in the lane: what is not looked at now is in the next turn.
FOLLOW_SLICE_S = 3.0
# Slack takes a hundred Home tabs a minute, and who opens one comes first: four turns a minute take a third of that.
MOST_A_TURN = 8
# As often a Home tab is drawn anew when somebody else drew it meanwhile.
DRAWN_AGAIN = 3


def show(services: Services, rows: Sequence[Claimed]) -> Outcome:
    """Draw a Home tab, once for all rows of one person."""
    for slack_id in dict.fromkeys(row.subject for row in rows):
        # Only what a person did stands in the lane of replies.
        _show(slack_id, services, looks=any(row.lane == "reply" for row in rows))
    return {row.id: None for row in rows}


def follow(services: Services, rows: Sequence[Claimed]) -> Outcome:
    """Have those Home tabs drawn anew that somebody had open lately and that show something old; once for all rows."""
    now, ends = services.clock(), time.monotonic() + FOLLOW_SLICE_S
    old: list[Task] = []
    for state in kept_up(services, now=now):
        if time.monotonic() > ends:
            log.warning("there are more open Home tabs than can be followed at once")
            break
        made = made_from(state, services, now=now)
        if made != state.made_from:
            old.append(show_task(state.slack_id, made, "write"))
        if len(old) == MOST_A_TURN:
            # The others in the next turn, when these show what is so.
            break
    services.outbox.add(old, now=now, lazily=True)
    services.work.wake("write")
    return {row.id: None for row in rows}


def count(services: Services, rows: Sequence[Claimed]) -> Outcome:
    """Count the library, once for all rows."""
    count_library(services, now=services.clock())
    return {row.id: None for row in rows}


def _show(slack_id: str, services: Services, *, looks: bool) -> None:
    now = services.clock()
    profile = _profile(slack_id, services, now)
    for _time in range(DRAWN_AGAIN):
        state = services.homes.of(slack_id)
        if looks == (state.drawn >= state.asked):
            # Drawn already for something that the person did later; or it is they who wait, and their own row draws it.
            return
        # Before anything is read: what changes while it is drawn is drawn in the next turn. Somebody who waits for it
        # does not wait for that: the next turn compares what it shows.
        made = "" if looks else made_from(state, services, now=now)
        with in_words_of(profile):
            home = home_of(profile, state, services, now=now, looks=looks)
            try:
                shown = services.messenger.show_home(home, always=looks)
            except HomeMoved:
                if services.homes.of(slack_id).hash == state.hash:
                    # Nobody noted what stands there: whoever drew it died in between.
                    services.homes.change(slack_id, lambda was: replace(was, hash=""), now=now)
                continue
        _note(state, shown, made, services, now)
        return
    raise TryLater("a Home tab was drawn anew by others each time")


def _note(state: HomeState, shown: tuple[str, str], made: str, services: Services, now: datetime) -> None:
    mark, shows = shown

    def noted(was: HomeState) -> HomeState:
        # Not where they are: they may have turned to another page meanwhile.
        return replace(was, hash=mark, shows=shows, made_from=made, drawn=state.asked)

    services.homes.change(state.slack_id, noted, now=now)


def _profile(slack_id: str, services: Services, now: datetime) -> Profile:
    known = services.mirror.profile(slack_id)
    if known is None:
        services.mirror.keep_profile(services.messenger.profile(slack_id, now=now))
        known = services.mirror.profile(slack_id)
    if known is None:
        raise Undeliverable(f"{slack_id} is not known in Slack")
    return known
