"""Home tabs are drawn by jobs: once for many presses, anew when something changed, never over what is newer."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from enablement.home import FOLLOW, KEPT_UP, open_home, show_task
from enablement.model import Claimed, Task, Written
from enablement.ports import HomeMoved
from jobs import home
from jobs.kinds import KINDS
from jobs.lanes import drain
from tests.builders import NOW, deal, profile, share, user
from tests.fakes import World


@pytest.fixture
def rep(world: World) -> World:
    world.mirror.store(users=[user()], deals=[deal()])
    world.mirror.keep_profile(profile())
    world.crm.allow(user().id, deal().id)
    return world


def press(world: World, request: str = "one") -> None:
    open_home("U1", world.services, request=request, shown="", now=world.clock())


def work(world: World) -> None:
    for lane in ("reply", "write"):
        drain(lane, KINDS[lane], world.services, owner="test")


def follow(world: World) -> None:
    task = Task(f"follow {world.clock()}", FOLLOW, "write", "", FOLLOW)
    world.outbox.add([task], now=world.clock())
    work(world)


def test_many_presses_are_drawn_once(rep: World) -> None:
    for request in ("one", "two", "three", "three"):
        press(rep, request)

    work(rep)

    assert len(rep.messenger.homes) == 1
    assert rep.services.homes.of("U1").hash == "hash 1"


def test_what_changes_is_drawn_anew_for_who_had_it_open_lately(rep: World) -> None:
    press(rep)
    work(rep)
    follow(rep)
    rep.ledger.write(Written(records=(share(),)), now=NOW)
    rep.clock.move(seconds=1)

    follow(rep)

    # The first turn after a press finds what it shows, and draws nothing that is the same.
    assert [always for _home, always in rep.messenger.homes] == [True, False, False]


def test_who_opens_it_is_answered_though_it_was_to_be_drawn_anew_as_well(rep: World) -> None:
    press(rep)
    work(rep)
    rep.outbox.add([show_task("U1", "anew", "write")], now=rep.clock())
    press(rep, "again")

    drain("write", KINDS["write"], rep.services, owner="test")
    work(rep)

    assert [always for _home, always in rep.messenger.homes] == [True, True]


def test_of_many_who_had_it_open_so_many_are_followed_in_a_turn_and_all_in_the_end(world: World) -> None:
    people = [f"U{number}" for number in range(home.MOST_A_TURN + 3)]
    for one in people:
        world.mirror.keep_profile(profile(one, one))
        open_home(one, world.services, request=one, shown="", now=world.clock())
    work(world)
    drawn = []
    for _turn in range(3):
        before = len(world.messenger.homes)
        world.clock.move(seconds=15)
        follow(world)
        drawn.append(len(world.messenger.homes) - before)

    assert drawn == [home.MOST_A_TURN, 3, 0]


def test_nobody_who_left_is_followed(rep: World) -> None:
    press(rep)
    work(rep)
    rep.ledger.write(Written(records=(share(),)), now=NOW)
    rep.clock.move(seconds=KEPT_UP.total_seconds() + 1)

    follow(rep)

    assert len(rep.messenger.homes) == 1


def test_what_somebody_else_drew_meanwhile_is_not_drawn_over(rep: World, monkeypatch: Any) -> None:
    press(rep)
    known: list[str] = []

    def moved(one: Any, *, always: bool) -> tuple[str, str]:
        known.append(one.state.hash)
        if len(known) == 1:
            rep.services.homes.change("U1", lambda was: replace(was, hash="theirs"), now=NOW)
            raise HomeMoved
        return "ours", "shows"

    monkeypatch.setattr(rep.messenger, "show_home", moved)

    work(rep)

    assert known == ["", "theirs"]
    assert rep.services.homes.of("U1").hash == "ours"


def test_after_a_crash_between_drawing_and_noting_it_is_drawn_over(rep: World, monkeypatch: Any) -> None:
    open_home("U1", rep.services, request="one", shown="old", now=NOW)
    known: list[str] = []

    def moved(one: Any, *, always: bool) -> tuple[str, str]:
        known.append(one.state.hash)
        if one.state.hash:
            raise HomeMoved
        return "ours", "shows"

    monkeypatch.setattr(rep.messenger, "show_home", moved)

    work(rep)

    assert known == ["old", ""]


def test_what_is_pressed_while_it_is_drawn_is_not_undone(rep: World, monkeypatch: Any) -> None:
    press(rep)

    def turned(one: Any, *, always: bool) -> tuple[str, str]:
        rep.services.homes.change("U1", lambda was: replace(was, page=2), now=NOW)
        return "ours", "shows"

    monkeypatch.setattr(rep.messenger, "show_home", turned)
    home.show(rep.services, _rows(show_task("U1", "one")))

    assert rep.services.homes.of("U1").page == 2


def test_somebody_new_is_asked_of_slack(rep: World) -> None:
    rep.messenger.profiles["U5"] = profile("U5", standing="guest")
    open_home("U5", rep.services, request="one", shown="", now=NOW)

    work(rep)

    [(shown, _always)] = rep.messenger.homes
    assert shown.problem == "Touchline answers members of this workspace only."


def _rows(task: Task) -> Sequence[Claimed]:
    return [Claimed(task.id, task.kind, task.lane, task.subject, task.partition, 1, NOW)]
