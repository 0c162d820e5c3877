"""The author's message of how it goes: one, changed when the numbers do, in the author's words."""

from datetime import timedelta

import pytest

from enablement import announcing
from enablement.model import Announcement
from enablement.ports import TryLater
from tests.builders import announcement, profile
from tests.enablement.announcing.desk import LIB, pass_time, receipt_of, sent, staff
from tests.fakes import World


@pytest.fixture(autouse=True)
def staffed(world: World) -> None:
    staff(world)


def show(world: World) -> int:
    """Show all authors how it goes; return how many calls that took."""
    before = len(world.messenger.progress)
    announcing.show_progress(world.services, now=world.clock())
    return len(world.messenger.progress) - before


def running(world: World) -> Announcement:
    one = sent(world)
    pass_time(world, 60)
    return one


def test_it_is_shown_once_and_changed_when_numbers_change(world: World) -> None:
    one = running(world)

    calls = [show(world), show(world)]
    announcing.acknowledge(receipt_of(world, "UBO", one).id, "UBO", world.services, now=world.clock())
    calls += [show(world), show(world)]

    assert calls == [1, 0, 1, 0]
    (_, to, shown, _), (found, _, later, _) = world.messenger.progress
    assert (to, shown) == (LIB, None)
    assert later is not None
    assert (later.channel, later.ts) == (f"D-{LIB}", "1.5")
    assert found.totals.acknowledged == 1


@pytest.mark.parametrize("act", [announcing.stop, announcing.withdraw])
def test_the_end_is_shown(world: World, act: object) -> None:
    one = running(world)
    show(world)
    world.clock.move(hours=1)
    assert callable(act)
    act(one.id, LIB, world.services, now=world.clock())

    assert show(world) == 1
    assert world.messenger.progress[-1][0].announcement.state in ("ended", "withdrawn")


def test_a_withdrawn_draft_is_not_spoken_of(world: World) -> None:
    announcing.keep(announcement(), world.services, now=world.clock())
    announcing.withdraw(announcement().id, LIB, world.services, now=world.clock())

    assert show(world) == 0


def test_after_a_crash_the_message_is_looked_for(world: World) -> None:
    running(world)
    world.messenger.failure = TryLater("Slack is away")
    announcing.show_progress(world.services, now=world.clock())
    world.messenger.failure = None

    show(world)

    assert [again for _, _, _, again in world.messenger.progress] == [True]


def test_one_author_whom_slack_refuses_is_no_harm_to_the_others(world: World) -> None:
    running(world)
    world.mirror.keep_profile(profile(LIB, "Lib", standing="deactivated"))

    assert show(world) == 0


def test_it_is_kept_up_for_a_day_after_the_end(world: World) -> None:
    one = running(world)
    announcing.stop(one.id, LIB, world.services, now=world.clock())
    show(world)
    announcing.opened(receipt_of(world, "UBO", one).id, "UBO", world.services, now=world.clock())
    world.clock.move(hours=23)
    within = show(world)
    announcing.opened(receipt_of(world, "UCY", one).id, "UCY", world.services, now=world.clock())
    world.clock.now += timedelta(hours=2)

    assert (within, show(world)) == (1, 0)
