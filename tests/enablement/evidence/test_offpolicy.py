from dataclasses import replace

import numpy as np
import pytest

from bench.recommend.trials import UPTAKE, USED_ANYWAY, drawn
from enablement.evidence.offpolicy import Value, value
from enablement.evidence.study import Study
from tests.enablement.evidence.studies import study


def _worth(of: Study, chance: float) -> Value:
    worth = value(of, np.full(of.lot_deal.size, chance), reward="used", seed=1)
    assert worth is not None
    return worth


def test_always_and_never_showing_are_worth_what_they_are() -> None:
    lots = drawn(21, assets=4, deals=2_000)

    always, never = _worth(lots, 1.0), _worth(lots, 0.0)

    for worth, truth in ((always, USED_ANYWAY + UPTAKE), (never, USED_ANYWAY)):
        for one in (worth.ips, worth.normalised, worth.doubly_robust):
            assert abs(one.estimate - truth) < 0.03
            assert one.low < one.estimate < one.high
    assert always.gain.low > 0 > never.gain.high
    assert always.enough


def test_doubly_robust_is_surer_than_inverse_propensity() -> None:
    worth = _worth(drawn(22, assets=4, deals=1_000), 1.0)

    assert worth.doubly_robust.high - worth.doubly_robust.low < worth.ips.high - worth.ips.low


def test_the_ranking_that_drew_gains_nothing_over_itself() -> None:
    lots = drawn(23, assets=4, deals=1_000)

    worth = value(lots, lots.lot_chance, reward="used", seed=1)

    assert worth is not None
    assert worth.ips.estimate == pytest.approx(worth.drawn.estimate)
    assert worth.effective == pytest.approx(worth.lots)
    assert worth.gain.low < 0 < worth.gain.high


def test_lots_of_one_deal_are_not_as_many_witnesses() -> None:
    lots = drawn(24, assets=2, deals=500)
    doubled = replace(
        lots,
        lot_deal=np.repeat(lots.lot_deal, 2),
        lot_asset=np.repeat(lots.lot_asset, 2),
        lot_shown=np.repeat(lots.lot_shown, 2),
        lot_chance=np.repeat(lots.lot_chance, 2),
        lot_at=np.repeat(lots.lot_at, 2),
    )

    once, twice = _worth(lots, 1.0), _worth(doubled, 1.0)

    assert twice.lots == 2 * once.lots
    assert twice.ips.high - twice.ips.low == pytest.approx(once.ips.high - once.ips.low, rel=0.01)


def test_a_few_lots_are_said_to_be_too_few() -> None:
    assert not _worth(drawn(25, assets=1, deals=50), 1.0).enough


def test_what_is_not_known_yet_does_not_count() -> None:
    two = study(
        [100.0, float("nan")], won=[True, False], lots=[(0, 0, True, 0.5, 50.0), (1, 0, True, 0.5, 99.0)]
    )
    chance = np.ones(2)

    used, won = value(two, chance, reward="used", seed=1), value(two, chance, reward="won", seed=1)

    assert used is not None
    assert won is not None
    assert (used.lots, won.lots) == (1, 1)
    assert won.drawn.estimate == 1
    assert value(study([9.0], won=[True]), np.empty(0), reward="won", seed=1) is None


@pytest.mark.parametrize("chance", [[0.5], [0.5, 1.5]])
def test_chances_that_do_not_fit_the_lots_are_refused(chance: list[float]) -> None:
    two = study([9.0, 9.0], won=[True, True], lots=[(0, 0, True, 0.5, 1.0), (1, 0, False, 0.5, 1.0)])

    with pytest.raises(ValueError, match="2 lots need as many chances"):
        value(two, np.array(chance), reward="won", seed=1)
