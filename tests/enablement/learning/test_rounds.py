"""A round of learning: what is new is learned, what was broken off goes on, what fails its checks is refused."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from enablement.evidence.study import Study
from enablement.learning import LEAST_DEALS, learn_round
from enablement.model import Effect, Interval, Run, RunCheck, Written
from enablement.ports import HABITS
from tests.builders import deal, touch
from tests.enablement.learning.conftest import closed_deals
from tests.fakes import World

# What decides is the same on either database; the contract of the store has both.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
FOUND = Effect("deck", "winning", "", Interval(0.1, 0.0, 0.2), "no_clear_effect", 40, 0.4, 0.2)


@dataclass
class Lesson:
    """Learns in two steps, and can be made to break off in the second, or to fail its check."""

    breaks: BaseException | None = None
    passes: bool = True
    begun: list[str] = field(default_factory=list)
    studied: list[Study] = field(default_factory=list)

    effects = (FOUND,)
    habits = b"habits"

    @property
    def checks(self) -> tuple[RunCheck, ...]:
        return (RunCheck("calibration", 0.01 if self.passes else 0.2, 0.05, self.passes),)

    def __call__(
        self,
        study: Study,
        *,
        seed: int,
        on_step: Callable[[str, float], None],
        saved: Callable[[str], bytes | None],
        save: Callable[[str, bytes], None],
    ) -> "Lesson":
        self.studied.append(study)
        for number, part in enumerate(("expected", "winning")):
            if saved(part):
                continue
            on_step(part, number / 2)
            self.begun.append(part)
            if part == "winning" and self.breaks:
                raise self.breaks
            save(part, b"found")
        return self


class Killed(BaseException):
    """As if the process died: nothing is written any more."""


def learn(world: World, lesson: Lesson) -> Run | None:
    return learn_round(world.evidence, clock=world.clock, learn=lesson)


def current(world: World) -> Run:
    run = world.evidence.current()
    assert run is not None
    return run


def test_what_was_found_is_put_to_use(world: World) -> None:
    closed_deals(world, 60)

    run = learn(world, Lesson())

    assert run == current(world)
    assert (run.state, run.deals, run.uses, run.progress) == ("in_use", 60, 20, 1.0)
    assert [check.name for check in run.checks] == ["calibration"]
    assert world.evidence.effects(run.id) == [FOUND]
    assert world.evidence.saved(run.id, HABITS) == b"habits"


def test_with_too_few_closed_deals_or_without_use_nothing_is_learned(world: World) -> None:
    closed_deals(world, LEAST_DEALS - 1)
    assert learn(world, Lesson()) is None

    world.mirror.store(deals=[deal("One more", is_closed=True)])
    assert learn(world, Lesson()) is not None


def test_closed_deals_in_which_nothing_was_used_teach_nothing(world: World) -> None:
    world.mirror.store(deals=[deal(f"Deal {n}", is_closed=True) for n in range(LEAST_DEALS)])

    assert learn(world, Lesson()) is None
    assert world.evidence.runs(limit=9) == []


def test_from_the_same_nothing_is_learned_twice(world: World) -> None:
    closed_deals(world, 60)
    first, lesson = learn(world, Lesson()), Lesson()
    world.clock.move(days=1)

    second = learn(world, lesson)

    assert second == first
    assert lesson.begun == []


def test_one_more_use_is_something_to_learn_from(world: World) -> None:
    closed_deals(world, 60)
    first = learn(world, Lesson())
    used = touch(id="one more", asset_id="deck", deal_id=deal("Deal 1").id, occurred_at=world.clock.now)
    early = touch(
        id="new", asset_id="sheet", deal_id=deal("Deal 1").id, occurred_at=deal().modified_at.replace(day=1)
    )
    world.ledger.write(Written(records=(used, early)), now=world.clock.now)
    world.clock.move(days=1)

    second = learn(world, Lesson())

    assert second != first
    assert second == current(world)
    assert {run.state for run in world.evidence.runs(limit=9)} == {"in_use", "retired"}


def test_what_fails_a_check_is_refused_and_the_one_before_stays(world: World) -> None:
    closed_deals(world, 60)
    first = learn(world, Lesson())
    closed_deals(world, 61)
    world.clock.move(days=1)

    second = learn(world, Lesson(passes=False))

    assert current(world) == first
    assert second is not None
    assert second.state == "refused"
    assert second.trouble == "calibration: 0.2 instead of 0.05"
    # It would be refused again: the same is not tried again each night.
    lesson = Lesson(passes=False)
    assert learn(world, lesson) == second
    assert lesson.begun == []


def test_a_killed_round_goes_on_where_it_was_with_what_it_began_with(world: World) -> None:
    closed_deals(world, 60)
    with pytest.raises(Killed):
        learn(world, Lesson(breaks=Killed()))
    broken_off, lesson = world.evidence.runs(limit=9)[0], Lesson()
    assert (broken_off.state, broken_off.step, broken_off.progress) == ("learning", "winning", 0.5)
    # More deals close meanwhile: half of what is learned would be from the one, half from the other.
    closed_deals(world, 80)
    world.clock.move(hours=2)

    run = learn(world, lesson)

    assert run is not None
    assert (run.id, run.state, run.deals) == (broken_off.id, "in_use", 60)
    assert lesson.begun == ["winning"]
    assert len(lesson.studied[0].deals) == 60


def test_what_was_broken_off_long_ago_is_begun_anew(world: World) -> None:
    closed_deals(world, 60)
    with pytest.raises(Killed):
        learn(world, Lesson(breaks=Killed()))
    world.clock.move(days=2)

    run = learn(world, Lesson())

    assert run == current(world)
    assert [(one.state, one.trouble) for one in world.evidence.runs(limit=9)] == [
        ("in_use", ""),
        ("failed", "it was broken off, and too long ago to go on with"),
    ]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RuntimeError("no such thing"), "RuntimeError: no such thing"),
        (MemoryError(), "there was not enough memory"),
    ],
)
def test_a_round_that_fails_says_why_and_is_tried_again(world: World, error: Exception, said: str) -> None:
    closed_deals(world, 60)
    with pytest.raises(type(error)):
        learn(world, Lesson(breaks=error))
    [failed] = world.evidence.runs(limit=9)
    world.clock.move(days=1)

    run = learn(world, Lesson())

    assert (failed.state, failed.trouble) == ("failed", said)
    assert run == current(world)
    assert world.evidence.saved(failed.id, "study") is None


def test_of_many_rounds_the_newest_are_kept(world: World) -> None:
    for count in range(60, 70):
        closed_deals(world, count)
        world.clock.move(days=1)
        learn(world, Lesson())

    runs = world.evidence.runs(limit=99)
    held: list[Any] = [run.id for run in runs if world.evidence.effects(run.id)]

    assert len(runs) == 10
    assert held == [run.id for run in runs[:7]]
