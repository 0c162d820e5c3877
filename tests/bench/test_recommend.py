"""The bench of suggestions measures what it says: planted effects are true, and who misses them is found out."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse
from scipy.special import expit

from bench.recommend import data, planted, ranking, trials, winning
from bench.recommend.data import Floats, Opportunities
from bench.recommend.planted import Mechanism, Planted
from enablement.evidence.study import Study
from enablement.model import Effect, Interval, Verdict

DEALS, ASSETS = 40_000, 20
Estimator = Callable[[Study], list[Effect]]


def opportunities() -> Opportunities:
    """Return deals whose chance to be won follows from two of their facts."""
    chance = np.random.default_rng(3)
    columns = {
        "amount_size": chance.choice(["large", "mid", "small"], DEALS),
        "product": chance.choice(["Rack", "Yard"], DEALS),
        "region": chance.choice(["APAC", "EMEA"], DEALS),
    }
    odds = np.select([columns["amount_size"] == "large", columns["amount_size"] == "mid"], [-1.2, 0.0], 1.0)
    odds = odds + 0.6 * (columns["product"] == "Rack") - 0.5
    return Opportunities({**columns}, chance.random(DEALS) < expit(odds), odds)


@cache
def world(mechanism: Mechanism) -> Planted:
    return planted.study(opportunities(), seed=1, mechanism=mechanism, assets=ASSETS)


def by_the_truth(made: Planted) -> Floats:
    """Return how much more often the deals that used an asset were won than their true chance without it says."""
    used = made.used.toarray() > 0
    each = made.log_odds.T[made.band] * used
    without = expit(made.base[:, None] + each.sum(axis=1, keepdims=True) - each)
    return np.asarray(((made.study.won[:, None] - without) * used).sum(axis=0) / used.sum(axis=0))


def test_the_planted_effects_are_in_the_outcomes_and_naive_lift_misses_them() -> None:
    made = world("strong")

    known, naive = by_the_truth(made) - made.points, winning.naive(made) - made.points

    assert abs(known.mean()) < 0.02, "what is planted is what happened"
    assert naive.mean() > 0.1, "who is likelier to be won uses more: lift flatters"
    assert np.sqrt(np.mean(known**2)) < np.sqrt(np.mean(naive**2)) / 2


def test_without_confounding_lift_is_off_by_what_content_is_made_for_alone() -> None:
    assert abs((winning.naive(world("none")) - world("none").points).mean()) < 0.05


def test_half_of_the_assets_do_nothing_and_the_others_something() -> None:
    made = world("none")

    assert made.null.sum() == ASSETS // 2
    assert not made.points[made.null].any()
    assert made.points[~made.null].all()
    # A deal gains from an asset what it does to deals of its size.
    assert np.flatnonzero(made.gain(0)).tolist() == np.flatnonzero(~made.null).tolist()


def table(won: str, *uses: str) -> Planted:
    """Return a study of as many deals as there are letters: who was won (w), and for each asset who used it (u)."""
    used = np.array([[one == "u" for one in row] for row in uses], float).T
    made = world("none")
    deals = len(won)
    facts = {name: column[:deals] for name, column in made.study.facts.items()}
    study = replace(made.study, won=np.array([one == "w" for one in won]), facts=facts)
    return replace(
        made,
        study=study,
        used=sparse.csr_array(used),
        band=np.zeros(deals, int),
        log_odds=np.zeros((len(uses), 1)),
    )


def test_naive_lift_is_the_share_won_with_less_that_without() -> None:
    made = table("wwwlwlll", "uuuu----", "u---u---")

    assert winning.naive(made) == pytest.approx([3 / 4 - 1 / 4, 2 / 2 - 2 / 6])


def test_aipw_is_its_formula(monkeypatch: pytest.MonkeyPatch) -> None:
    # All are expected to win by half, and to use content once: so an asset's chance is the share that used it.
    expected = {"binary": 0.5, "poisson": 1.0}
    monkeypatch.setattr(data, "crossed", lambda _facts, outcome, kind: np.full(outcome.size, expected[kind]))
    made = table("wwwwllll", "uuuu----", "----uuuu", "u---u---")

    # Of the first all that used it were won and none of the others: (1 - 1/2) - (0 - 1/2). Those without weigh
    # chance / (1 - chance), so that they stand for as many. The second is its mirror; with the third nothing differs.
    estimates, variances = (1.0, -1.0, 0.0), (2 / 4**2, 2 / 4**2, (2 / 4 + 6 / 36) / 2**2)
    spread = np.mean([one**2 - variance for one, variance in zip(estimates, variances, strict=True)])
    assert spread == pytest.approx(19 / 36)
    # The mean is 0 by symmetry: all are drawn there by how little is known of them.
    assert winning.aipw(made) == pytest.approx([38 / 47, -38 / 47, 0])


def says(made: Planted, estimate: Floats, *, half: float) -> list[Effect]:
    """Return estimates as effects, each with an interval of so much to each side."""

    def effect(asset: int, segment: str, value: float) -> Effect:
        low, high = value - half, value + half
        verdict: Verdict = "helps" if low > 0 else "hurts" if high < 0 else "no_clear_effect"
        return Effect(f"asset{asset:04d}", "winning", segment, Interval(value, low, high), verdict, 99, 0, 0)

    bands = [
        effect(asset, f"size:{name}", made.segment_points[asset, at] + estimate[asset] - made.points[asset])
        for asset in range(estimate.size)
        for at, name in enumerate(made.bands)
        if not np.isnan(made.segment_points[asset, at])
    ]
    return [*(effect(asset, "", float(value)) for asset, value in enumerate(estimate)), *bands]


def measured(
    estimate: Callable[[Planted], Floats], half: float, patch: pytest.MonkeyPatch
) -> winning.Measured:
    made = world("none")
    patch.setattr(winning, "_opportunities", lambda _folder, _most: opportunities())
    patch.setattr(winning, "winning", lambda _study, **_: says(made, estimate(made), half=half))
    return winning.measure(winning.Task(Path(), 1, "none", DEALS, ASSETS))


def test_who_knows_the_truth_is_said_to(monkeypatch: pytest.MonkeyPatch) -> None:
    found = measured(lambda made: made.points, 0.001, monkeypatch)

    assert (found.error, found.covered, found.covered_in_segments) == (0, 1, 1)
    assert (found.null_helps, found.null_decided) == (0, 0)


LEAST, MOST, HELPS = "none: true effects in the 90 % intervals", "none: the same, no more than", "to help"


@pytest.mark.parametrize(
    ("estimate", "half", "broken"),
    [
        pytest.param(lambda made: made.points + 0.2, 0.1, [LEAST, HELPS], id="flatters"),
        pytest.param(lambda made: made.points - 0.2, 0.1, [LEAST], id="runs down"),
        pytest.param(lambda made: np.roll(made.points, 1), 0.0, [LEAST, HELPS], id="takes one for another"),
        pytest.param(lambda made: made.points, 9.0, [MOST], id="commits itself to nothing"),
    ],
)
def test_who_misses_the_truth_breaks_a_promise(
    monkeypatch: pytest.MonkeyPatch, estimate: Callable[[Planted], Floats], half: float, broken: list[str]
) -> None:
    found = measured(estimate, half, monkeypatch)

    figures = winning._figures("none", [found], quick=False)
    assert [one.name for one in figures if one.kept is False] == [
        one.name for one in figures if one.name.endswith(tuple(broken))
    ]


def test_gain_by_rank_is_whole_for_the_best_order_and_less_for_any_other() -> None:
    gains = np.array([[3.0, 1.0, 0.0, -2.0], [0.0, 0.0, 0.0, 0.0]])

    assert ranking.ndcg(gains, gains) == 1
    assert ranking.ndcg(gains * 9 + 5, gains) == 1
    # 1/log2(3) of 3 in the place of 1: only the first two places count, and a row where nothing helps does not.
    two = np.array([[1.0, 3.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]])
    assert ranking.ndcg(two, gains, top=2) == pytest.approx((1 + 3 / np.log2(3)) / (3 + 1 / np.log2(3)))
    assert ranking.ndcg(-gains, gains, top=2) == 0


def test_who_is_tried_does_not_know_what_is_hidden() -> None:
    made = world("confounded")

    split = ranking._split(made, seed=1)

    tried = np.flatnonzero(split.hidden >= 0)
    assert tried.size > 100
    assert not split.learns[tried].any()
    assert made.used.toarray()[tried, split.hidden[tried]].all()
    assert not split.has.toarray()[tried, split.hidden[tried]].any()
    left = split.has.toarray()[split.learns][:, split.cold_assets].sum(axis=0)
    assert left.tolist() == [ranking.COLD_USES] * split.cold_assets.size


def test_lots_do_what_they_are_said_to_do() -> None:
    made = trials.drawn(1, assets=1, deals=160_000)
    won, shown, chance = made.won[made.lot_deal], made.lot_shown, made.lot_chance

    by_weight = (won * shown / chance - won * ~shown / (1 - chance)).mean()

    assert by_weight == pytest.approx(trials.BY_USE * trials.UPTAKE, abs=0.015)
    assert won[shown].mean() - won[~shown].mean() > by_weight + 0.01, "better deals are shown more"
