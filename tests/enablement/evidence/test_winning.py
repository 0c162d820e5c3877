"""Effects on winning: nothing is credited that the content did not do."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from enablement.evidence import expected
from enablement.evidence.expected import expect
from enablement.evidence.study import Study, in_order
from enablement.evidence.winning import calibration, winning
from enablement.model import Effect
from tests.enablement.evidence.studies import shuffled, study


@pytest.fixture(autouse=True)
def _few_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    """These deals differ in a fact or two: that takes few trees."""
    monkeypatch.setattr(expected, "_TREES", 40)


def _one(effects: list[Effect], asset: int = 0, segment: str = "") -> Effect:
    return next(one for one in effects if one.asset_id == f"asset{asset:04}" and one.segment == segment)


def _deals(effect: float = 0.0, *, count: int = 3_000, pull: float = 2.0, assets: int = 1) -> Study:
    """Return deals of which the good ones use each asset more, and the asset does as is said."""
    chance = np.random.default_rng(7)
    good = chance.random(count) < 0.5
    uses = [
        (deal, asset, 1.0)
        for asset in range(assets)
        for deal in np.flatnonzero(chance.random(count) < expit(-2 + pull * good))
    ]
    used = np.zeros(count)
    used[[deal for deal, asset, _ in uses if asset == 0]] = 1
    won = chance.random(count) < expit(-2 + 2 * good + effect * used)
    made = study([10.0] * count, won=won.tolist(), assets=assets, uses=uses)
    quality = np.where(good, "good", "poor")
    return replace(made, facts={"quality": quality}, segments={"quality": quality})


def _passing(share: float, *, count: int = 6_000) -> Study:
    """Return deals that go through two stages, an asset without effect being used by chance in each."""
    chance = np.random.default_rng(8)
    proposal, won = chance.random(count) < 0.5, chance.random(count) < 0.5
    stays = [(deal, stage, stage * 7.0) for deal in range(count) for stage in range(1 + int(proposal[deal]))]
    uses = [(deal, 0, at + 1) for deal, _, at in stays if chance.random() < share]
    return study((7.0 * (1 + proposal)).tolist(), won=(proposal & won).tolist(), stays=stays, uses=uses)


def test_good_deals_that_use_it_more_are_no_effect() -> None:
    one = _one(winning(_deals(0.0), seed=1))

    assert one.interval.low <= 0 <= one.interval.high
    assert abs(one.interval.estimate) < 0.04
    assert one.hidden is None


def test_an_effect_is_found_in_points() -> None:
    made = _deals(1.0)
    used = np.unique(made.use_deal)
    good = made.facts["quality"][used] == "good"
    truth = float(np.mean(expit(-1 + 2 * good) - expit(-2 + 2 * good)))

    one = _one(winning(made, seed=1))

    assert one.interval.low < truth < one.interval.high
    assert one.interval.estimate == pytest.approx(truth, abs=0.05)
    assert one.verdict == "helps"
    assert one.deals == used.size
    assert one.hidden is not None
    assert one.hidden > 1.5


def test_getting_far_is_not_credited_to_what_was_used_on_the_way() -> None:
    made = _passing(0.3)
    used = np.isin(np.arange(made.deals.size), made.use_deal)
    assert made.won[used].mean() > 1.5 * made.won[~used].mean()

    one = _one(winning(made, seed=1))

    assert one.interval.low <= 0 <= one.interval.high
    assert abs(one.interval.estimate) < 0.03


def test_touches_over_time_are_not_credited_with_the_time() -> None:
    chance = np.random.default_rng(9)
    won = chance.random(5_000) < 0.5
    # As with real deals: those that are won take longer.
    days = np.where(won, chance.gamma(4, 15, 5_000), chance.gamma(2, 8, 5_000)) + 1
    touched = np.flatnonzero(chance.random(5_000) < 1 - np.exp(-0.02 * days))
    made = study(days.tolist(), won=won.tolist(), uses=[(deal, 0, days[deal] / 2) for deal in touched])
    assert made.won[touched].mean() > 0.6

    one = _one(winning(made, seed=1))

    assert one.interval.low <= 0 <= one.interval.high


def test_counts_are_plain() -> None:
    made = study(
        [9.0] * 5,
        won=[True, True, False, False, False],
        stays=[*((deal, 0, 0.0) for deal in range(5)), *((deal, 1, 4.0) for deal in (0, 1, 2, 3))],
        uses=[(0, 0, 5.0), (2, 0, 6.0), (2, 0, 5.0), (4, 0, 1.0), (3, 0, 10.0)],
    )

    one = _one(winning(made, seed=1))

    assert one.plain is not None
    # The last use came after the end; deal 4 never reached the stage in which most began to use it.
    assert (one.plain.stage, one.plain.used_won, one.plain.won) == ("Proposal", 1, 2)
    assert (one.plain.used_lost, one.plain.lost) == (1, 2)
    assert one.deals == 3
    assert one.verdict == "not_enough"


def test_a_deal_opened_again_is_one_deal_with_its_last_end() -> None:
    made = study(
        [30.0, 9.0],
        won=[True, False],
        stays=[(0, 0, 0.0), (0, 1, 5.0), (0, 0, 20.0), (0, 1, 25.0), (1, 0, 0.0)],
        uses=[(0, 0, 22.0)],
    )

    one = _one(winning(made, seed=1))

    assert one.plain is not None
    assert (one.plain.stage, one.plain.used_won, one.plain.won, one.plain.lost) == ("Proposal", 1, 1, 0)


def test_an_asset_that_works_in_one_segment_is_told_to_work_there() -> None:
    made, chance = _deals(0.0, count=4_000, pull=0.0, assets=2), np.random.default_rng(3)
    used = np.zeros((4_000, 2), bool)
    used[made.use_deal, made.use_asset] = True
    quality = np.array(made.facts["quality"], dtype=str)
    # Of a tenth of the deals it is not known; what helps the good ones is the first asset, these the second.
    unknown = chance.random(4_000) < 0.1
    gained = expit(
        np.where(quality == "good", 1.5 * used[:, 0], 0.0) + np.where(unknown, 3.0 * used[:, 1], 0.0)
    )
    won = made.won | (chance.random(4_000) < 2 * gained - 1)
    quality[unknown] = ""

    effects = winning(replace(made, won=won, segments={"quality": quality}), seed=1)

    good, poor, whole = (_one(effects, segment=name) for name in ("quality:good", "quality:poor", ""))
    assert good.deals + poor.deals < whole.deals
    # What is unknown is no segment.
    assert {one.segment for one in effects if not one.segment.startswith("stage:")} == {
        "",
        "quality:good",
        "quality:poor",
    }
    assert good.plain is not None
    assert whole.plain is not None
    assert good.plain.won < whole.plain.won
    here = used[:, 0] & (quality == "good")
    truth = float(np.mean((won & ~made.won)[here]))
    assert good.verdict == "helps"
    assert good.interval.low < truth < good.interval.high
    assert poor.interval.low < 0 < poor.interval.high
    assert abs(poor.interval.estimate) < 0.04
    assert good.interval.low > whole.interval.estimate
    assert good.logit_error >= whole.logit_error * 0.5


def test_the_order_of_rows_changes_nothing() -> None:
    made = _deals(0.5, count=800, assets=3)

    assert winning(shuffled(made, seed=3), seed=1) == winning(made, seed=1)


def test_what_was_expected_may_be_kept_in_between() -> None:
    made = in_order(_deals(0.5, count=800))
    first = expect(made, seed=1)

    again = type(first).unpacked(first.packed())

    assert winning(made, seed=1, expected=again) == winning(made, seed=1)


def test_what_is_left_to_learn_is_taken_off_common_content_and_told_as_doubt() -> None:
    made = in_order(_deals(0.5, count=800))
    found = expect(made, seed=1)
    assert found.halved.size == found.leaving.size
    # Half of the deals taught nothing, the whole that good ones use it more: there is more of that to learn.
    nothing = replace(found, halved=np.full(found.leaving.size, found.leaving.mean()))
    plain = replace(found, halved=np.zeros(0))

    told, without = (_one(winning(made, seed=1, expected=one)) for one in (nothing, plain))

    assert told.logit < without.logit - 0.2
    assert told.logit_error > without.logit_error


def test_expectations_are_calibrated() -> None:
    made = in_order(_deals(0.0))

    bins = calibration(made, expect(made, seed=1))

    assert sum(count for _, _, count in bins) == made.deals.size
    assert max(abs(likely - observed) for likely, observed, _ in bins) < 0.09
    assert bins[-1][0] - bins[0][0] > 0.3


def test_where_facts_tell_nothing_only_the_average_is_expected() -> None:
    chance = np.random.default_rng(2)
    made = study([10.0] * 2_000, won=(chance.random(2_000) < 0.4).tolist())
    made = replace(
        made, facts={"noise": chance.integers(0, 30, 2_000).astype(str), "none": np.full(2_000, np.nan)}
    )

    found = expect(in_order(made), seed=1)

    assert found.loss == found.constant_loss
    assert np.ptp(found.ahead[:, 0]) == 0


@pytest.mark.parametrize("won", [[True] * 3, [False] * 3, [True, False, True]])
def test_three_deals_are_not_enough_but_no_trouble(won: list[bool]) -> None:
    effects = winning(study([5.0] * 3, won=won, uses=[(0, 0, 1.0), (1, 0, 1.0), (2, 0, 1.0)]), seed=1)

    assert [one.verdict for one in effects] == ["not_enough"]


def test_no_uses_no_deals_and_open_deals_give_no_effects() -> None:
    assert winning(study([5.0], won=[True]), seed=1) == []
    assert winning(study([], won=[]), seed=1) == []
    assert winning(study([np.nan], won=[False], uses=[(0, 0, 1.0)]), seed=1) == []


def test_an_asset_that_all_deals_use_is_not_said_to_help() -> None:
    chance = np.random.default_rng(1)
    made = study(
        [5.0] * 500, won=(chance.random(500) < 0.7).tolist(), uses=[(deal, 0, 1.0) for deal in range(500)]
    )

    assert _one(winning(made, seed=1)).verdict != "helps"


def test_an_id_that_is_there_twice_is_refused() -> None:
    made = study([5.0, 5.0], won=[True, False])

    with pytest.raises(ValueError, match="deal same is there twice"):
        winning(replace(made, deals=np.array(["same", "same"])), seed=1)
    with pytest.raises(ValueError, match="use_asset names rows up to 7"):
        winning(
            replace(made, use_deal=np.array([0]), use_asset=np.array([7]), use_at=np.array([1.0])), seed=1
        )


def test_amounts_of_other_currencies_are_compared_within_theirs() -> None:
    chance = np.random.default_rng(4)
    rank, yen = chance.random(2_000), chance.random(2_000) < 0.5
    won = chance.random(2_000) < expit(3 * rank - 1.5)
    made = replace(
        study([5.0] * 2_000, won=won.tolist()),
        facts={"amount": rank * np.where(yen, 15_000_000, 100_000), "currency": np.where(yen, "JPY", "USD")},
    )
    ranked = replace(made, facts={"amount": rank, "currency": made.facts["currency"]})

    loss, same = (expect(in_order(one), seed=1).loss for one in (made, ranked))

    assert loss == pytest.approx(same, rel=0.01)
