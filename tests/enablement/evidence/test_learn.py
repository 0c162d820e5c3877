from dataclasses import replace

import numpy as np
import pytest

from bench.recommend.speed import planted
from enablement.evidence import habits
from enablement.evidence.expected import expect
from enablement.evidence.learn import STEPS, Learned, learn
from enablement.evidence.soundness import soundness
from enablement.evidence.study import Study, in_order
from enablement.model import Effect, Interval
from tests.enablement.evidence.studies import shuffled, study


class Killed(Exception):
    """The process was ended in the middle."""


@pytest.fixture(scope="module")
def lives() -> Study:
    of = planted(31, deals=250, truth=np.zeros(14)).study
    chance = np.random.default_rng(31)
    deal = np.repeat(np.arange(250), 2)
    first = chance.random(250) < 0.5
    return replace(
        of,
        lot_deal=deal,
        lot_asset=np.tile([0, 1], 250),
        lot_shown=np.column_stack([first, ~first]).ravel(),
        lot_chance=np.full(500, 0.5),
        lot_at=of.begun[deal] + 1,
    )


def _learned(of: Study, parts: dict[str, bytes], *, killed_at: str = "") -> Learned:
    def on_step(step: str, _: float) -> None:
        if step == killed_at:
            raise Killed

    return learn(of, seed=1, on_step=on_step, saved=parts.get, save=parts.__setitem__)


@pytest.fixture(scope="module")
def whole(lives: Study) -> tuple[Learned, dict[str, bytes]]:
    parts: dict[str, bytes] = {}
    return _learned(lives, parts), parts


def test_a_killed_round_goes_on_and_learns_the_same(
    lives: Study, whole: tuple[Learned, dict[str, bytes]]
) -> None:
    parts: dict[str, bytes] = {}
    with pytest.raises(Killed):
        _learned(lives, parts, killed_at="trials")
    assert list(parts) == ["expected", "winning", "speed"]

    gone_on = _learned(shuffled(lives, seed=4), parts)

    assert gone_on == whole[0]
    assert parts == whole[1]


def test_speed_learned_beside_is_the_same(
    lives: Study, whole: tuple[Learned, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("enablement.evidence.learn.BESIDE_FROM", 0)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    others = {step: data for step, data in whole[1].items() if step != "speed"}

    assert _learned(lives, others) == whole[0]
    assert others == whole[1]


def test_what_was_kept_is_not_made_again(lives: Study, whole: tuple[Learned, dict[str, bytes]]) -> None:
    def save(step: str, _: bytes) -> None:
        pytest.fail(f"{step} was made again")

    again = learn(lives, seed=1, on_step=lambda *_: None, saved=whole[1].get, save=save)

    assert again == whole[0]
    assert list(whole[1]) == list(STEPS)


def test_effects_on_winning_carry_what_the_lots_say(whole: tuple[Learned, dict[str, bytes]]) -> None:
    own = {(one.asset_id, one.on): one for one in whole[0].effects if not one.segment}

    assert own["asset00000", "winning"].trial is not None
    assert own["asset00000", "winning"].trial_deals > 100
    assert own["asset00002", "winning"].trial is None
    assert own["asset00000", "speed"].trial is None
    assert all(one.passed for one in whole[0].checks)


def test_what_was_drawn_but_never_used_shows_its_lots() -> None:
    lots = [(deal, 1, deal % 2 == 0, 0.5, 1.0) for deal in range(40)]
    of = study([50.0] * 40, won=[True, False] * 20, assets=2, uses=[(0, 0, 5.0)], lots=lots)

    [never] = [one for one in _learned(of, {}).effects if one.asset_id == "asset0001"]

    assert (never.on, never.verdict, never.deals) == ("winning", "not_enough", 0)
    assert never.trial is not None
    assert never.trial.estimate == 1
    assert never.trial_deals == 40


def _effects(logits: dict[str, float]) -> list[Effect]:
    return [
        Effect(asset, "winning", "", Interval(0.1, 0.0, 0.2), "helps", 50, logit, 0.1)
        for asset, logit in logits.items()
    ]


def _failed(of: Study, logits: dict[str, float]) -> list[str]:
    of = in_order(of)
    checks = soundness(of, expect(of, seed=1), _effects(logits), habits.read(habits.fit(of)), seed=1)
    return [one.name for one in checks if not one.passed]


def test_a_run_that_puts_one_asset_first_everywhere_fails(lives: Study) -> None:
    assert _failed(lives, {"asset00003": 9.0}) == ["share of open deals for which one asset comes first"]


def test_a_run_that_would_have_shown_what_loses_fails() -> None:
    # Of two near ties one was shown by lot; deals that were shown the first were won.
    first = np.random.default_rng(5).random(400) < 0.5
    lots = [
        (deal, asset, bool(first[deal]) == (asset == 0), 0.5, 5.0) for deal in range(400) for asset in (0, 1)
    ]
    uses = [(deal, 1 - int(first[deal]), 6.0) for deal in range(400)]
    of = study([50.0] * 400, won=first.tolist(), assets=2, uses=uses, lots=lots)

    assert _failed(of, {"asset0000": 1.0, "asset0001": 0.0}) == []
    [failed] = _failed(of, {"asset0000": 0.0, "asset0001": 1.0})
    assert failed.startswith("gain over the ranking in use by 800 lots (won)")


def test_what_cannot_be_measured_yet_passes_and_says_so() -> None:
    few = study([50.0] * 40, won=[True, False] * 20, uses=[(deal, 0, 5.0) for deal in range(10)])

    checks = _learned(few, {}).checks

    assert all(one.passed for one in checks)
    assert any("too few assets" in one.name for one in checks)
    assert any("too few lots yet" in one.name for one in checks)


def test_doubled_ids_are_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        _learned(replace(study([9.0, 9.0], won=[True, False]), deals=np.array(["one", "one"])), {})
