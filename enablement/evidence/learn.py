"""All that is learned from deals in one round: each step's result is kept, so that a killed round goes on there."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any

from enablement.evidence import habits
from enablement.evidence.beside import beside
from enablement.evidence.expected import Expected, expect
from enablement.evidence.soundness import soundness
from enablement.evidence.speed import speed
from enablement.evidence.study import Study, in_order
from enablement.evidence.trials import trials
from enablement.evidence.winning import winning
from enablement.model import Effect, Interval, Plain, RunCheck

# The steps in their order, and how far the round is when each begins (0..1).
STEPS = {"expected": 0.0, "winning": 0.25, "speed": 0.5, "trials": 0.85, "habits": 0.87, "checks": 0.95}
# With fewer deals, another process would take longer to begin than to work.
BESIDE_FROM = 5_000
# Nothing is known of what was never used: the log odds of an effect would lie within so much.
_ANYTHING = 8.0


@dataclass(frozen=True)
class Learned:
    """What a round found; `habits` is read by `enablement.evidence.habits.read`."""

    effects: list[Effect]
    checks: tuple[RunCheck, ...]
    habits: bytes


def learn(
    study: Study,
    *,
    seed: int,
    on_step: Callable[[str, float], None],
    saved: Callable[[str], bytes | None],
    save: Callable[[str, bytes], None],
) -> Learned:
    """Learn effects and habits and check them; the same study and seed give the same, in whatever order rows are.

    `on_step` hears which step begins, and how far the round is. What `saved` has under the name of a step is taken
    for its result, and what a step finds is given to `save`: these must be of the same study and seed. Speed is learned
    in a process of its own, beside expected and winning, where there is a processor for it. Raises ValueError where ids
    are doubled or rows name what is not there, and StepDied where that process died.
    """
    study = in_order(study)

    def done(step: str, work: Callable[[], bytes]) -> bytes:
        on_step(step, STEPS[step])
        known = saved(step)
        if known is None:
            known = work()
            save(step, known)
        return known

    with _speed_beside(study, seed, wanted=saved("speed") is None) as found_speed:
        expected = Expected.unpacked(done("expected", lambda: expect(study, seed=seed).packed()))
        on_winning = _effects(done("winning", lambda: _packed(winning(study, seed=seed, expected=expected))))
        on_speed = _effects(done("speed", found_speed))
    drawn = json.loads(done("trials", lambda: json.dumps(_trials(study)).encode()))
    learned_habits = done("habits", lambda: habits.fit(study))
    effects = [*(_with_trial(one, drawn) for one in (*on_winning, *_unused(on_winning, drawn))), *on_speed]
    read = habits.read(learned_habits)
    checks = done("checks", lambda: _packed(soundness(study, expected, effects, read, seed=seed)))
    on_step("checks", 1.0)
    return Learned(effects, tuple(RunCheck(**one) for one in json.loads(checks)), learned_habits)


@contextmanager
def _speed_beside(study: Study, seed: int, *, wanted: bool) -> Iterator[Callable[[], bytes]]:
    """Yield what returns the effects on speed, already being learned if there is a processor to spare for it."""
    if wanted and len(study.deals) >= BESIDE_FROM and len(os.sched_getaffinity(0)) > 1:
        with beside(_speed, study, seed) as found:
            yield found
    else:
        yield lambda: _speed(study, seed)


def _speed(study: Study, seed: int) -> bytes:
    return _packed(speed(study, seed=seed))


def _packed(found: Sequence[Effect] | Sequence[RunCheck]) -> bytes:
    return json.dumps([asdict(one) for one in found]).encode()


def _effects(data: bytes) -> list[Effect]:
    return [_effect(**one) for one in json.loads(data)]


def _effect(*, interval: dict[str, float], plain: dict[str, Any] | None, **others: Any) -> Effect:
    return Effect(interval=Interval(**interval), plain=Plain(**plain) if plain else None, **others)


def _trials(study: Study) -> dict[str, Any]:
    return {asset: [asdict(interval), deals] for asset, (interval, deals) in trials(study).items()}


def _unused(on_winning: Sequence[Effect], drawn: dict[str, Any]) -> list[Effect]:
    """Return effects of which use says nothing, for what was shown by lot but never used in a closed deal."""
    known = {one.asset_id for one in on_winning}
    anything = Interval(0.0, -1.0, 1.0)
    return [
        Effect(asset, "winning", "", anything, "not_enough", 0, 0.0, _ANYTHING)
        for asset in sorted(drawn.keys() - known)
    ]


def _with_trial(effect: Effect, drawn: dict[str, Any]) -> Effect:
    """Return the effect with what lots say of it; they are of all deals, not of a segment."""
    if effect.segment or effect.asset_id not in drawn:
        return effect
    interval, deals = drawn[effect.asset_id]
    return replace(effect, trial=Interval(**interval), trial_deals=deals)
