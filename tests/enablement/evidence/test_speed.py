import numpy as np
import pytest

from bench.recommend.speed import Planted, planted
from enablement.evidence.speed import speed
from enablement.evidence.spells import spells, stays
from enablement.model import Effect
from tests.enablement.evidence.studies import shuffled, study

STRONG = np.array([0.0, 0.0, 0.9, -0.9])
OPEN = float("nan")


@pytest.fixture(scope="module")
def lives() -> Planted:
    """Deals that use four assets: two do nothing, one speeds up, one slows down."""
    return planted(24, deals=800, truth=STRONG)


@pytest.fixture(scope="module")
def found(lives: Planted) -> list[Effect]:
    return speed(lives.study, seed=1)


def test_what_speeds_deals_up_is_told_from_what_slows_them_down(lives: Planted, found: list[Effect]) -> None:
    own = [one for one in found if not one.segment]

    assert [one.verdict for one in own[2:]] == ["helps", "hurts"]
    for one, truth in zip(own, lives.truth, strict=True):
        assert abs(one.logit - truth) < 3.5 * one.logit_error
    assert all(one.hidden and one.hidden > 1 for one in own[2:])


def test_long_lives_give_what_does_nothing_no_credit_nor_blame() -> None:
    chance = np.random.default_rng(1)
    ended, used_at = chance.exponential(80, 600), chance.exponential(60, 600)
    used = used_at < ended
    of = study(
        ended.tolist(),
        won=[True] * 600,
        uses=[(deal, 0, used_at[deal]) for deal in np.flatnonzero(used)],
    )

    [nothing] = [one for one in speed(of, seed=1) if not one.segment]

    assert ended[used].mean() > 2 * ended[~used].mean()
    assert nothing.interval.low < 1 < nothing.interval.high
    assert abs(nothing.logit) < 0.2


def test_segments_lie_about_the_assets_own_effect(found: list[Effect]) -> None:
    [own] = [one for one in found if one.asset_id == "asset00002" and not one.segment]
    segments = [one for one in found if one.asset_id == "asset00002" and one.segment]

    assert {one.segment.split(":")[0] for one in segments} == {"region", "stage"}
    assert all(abs(one.logit - own.logit) < 0.35 and one.deals <= own.deals for one in segments)


def test_the_order_of_rows_changes_nothing() -> None:
    few = planted(8, deals=200, truth=STRONG).study

    assert speed(shuffled(few, seed=3), seed=1) == speed(few, seed=1)


def test_time_before_a_use_is_not_its_own() -> None:
    one = study([70.0], won=[True], stays=[(0, 0, 0.0), (0, 1, 28.0)], uses=[(0, 0, 14.0), (0, 0, 42.0)])

    cut = spells(one, stays(one))

    assert (cut.end - cut.begin).tolist() == [2.0, 2.0, 6.0]
    assert cut.use.toarray()[:, 0].tolist() == [0.0, 1.0, 1.0]
    assert cut.moved.tolist() == [False, True, True]


def test_a_use_at_the_moment_of_a_move_did_not_bring_it_about() -> None:
    one = study([70.0], won=[True], stays=[(0, 0, 0.0), (0, 1, 28.0)], uses=[(0, 0, 28.0), (0, 0, 70.0)])

    cut = spells(one, stays(one))

    assert cut.use.toarray()[:, 0].tolist() == [0.0, 1.0]
    assert cut.moved.tolist() == [True, True]


def test_who_is_lost_or_still_open_or_falls_back_did_not_move_on() -> None:
    back = [(2, 1, 0.0), (2, 0, 35.0)]
    three = study([70.0, OPEN, 70.0], won=[False, False, True], stays=[(0, 0, 0.0), (1, 0, 0.0), *back])

    there = stays(three)

    assert list(zip(there.deal.tolist(), there.moved.tolist(), strict=True)) == [
        (0, False),
        (1, False),
        (2, False),
        (2, True),
    ]
    assert there.end.tolist() == [70.0, 70.0, 35.0, 70.0]


def test_a_deal_that_passes_stages_in_one_moment_moves_once() -> None:
    one = study([70.0], won=[True], stays=[(0, 0, 0.0), (0, 0, 30.0), (0, 1, 30.0)])

    assert stays(one).moved.tolist() == [True, True]


def test_a_deal_of_which_no_stage_is_known_counts_from_its_beginning() -> None:
    two = study([70.0, 35.0], won=[True, True], stays=[(0, 1, 7.0)])

    there = stays(two)

    assert there.begin.tolist() == [7.0, 0.0]


def test_little_is_not_enough() -> None:
    few = study(
        [20.0 + deal for deal in range(20)],
        won=[deal % 2 == 0 for deal in range(20)],
        assets=2,
        uses=[(deal, 0, 5.0) for deal in range(10)],
    )

    [effect] = speed(few, seed=1)

    assert (effect.asset_id, effect.verdict, effect.deals) == ("asset0000", "not_enough", 10)


@pytest.mark.parametrize("won", [True, False])
def test_deals_that_all_end_alike_give_finite_effects(won: bool) -> None:
    alike = study([50.0] * 60, won=[won] * 60, uses=[(deal, 0, 5.0) for deal in range(60)])

    [effect] = [one for one in speed(alike, seed=1) if not one.segment]

    assert effect.verdict == "not_enough"
    assert 0 < effect.interval.low < effect.interval.high < 100


def test_without_use_there_is_nothing_to_tell() -> None:
    assert speed(study([50.0, OPEN], won=[True, False]), seed=1) == []
    assert speed(study([], won=[]), seed=1) == []
