import numpy as np
import pytest

from bench.recommend.trials import BY_USE, UPTAKE, covers, drawn
from enablement.evidence.trials import trials, trials_of_use
from tests.enablement.evidence.studies import shuffled, study

OPEN = float("nan")


@pytest.mark.parametrize("deals", [20, 200])
def test_intervals_hold_the_truth_as_often_as_they_say(deals: int) -> None:
    lots = drawn(11, assets=600, deals=deals)

    assert 0.86 <= covers(trials(lots), BY_USE * UPTAKE) <= 0.94
    assert 0.86 <= covers(trials_of_use(lots), BY_USE) <= 0.94


def test_better_deals_that_were_shown_more_often_do_not_count_for_it() -> None:
    lots = drawn(12, assets=300, deals=200)
    naive = lots.won[lots.lot_shown].mean() - lots.won[~lots.lot_shown].mean()

    told = np.mean([one.estimate for one, _ in trials(lots).values()])

    assert naive > BY_USE * UPTAKE + 0.025
    assert abs(told - BY_USE * UPTAKE) < 0.012


def test_only_the_first_lot_of_a_deal_counts() -> None:
    won = [True] * 5 + [False] * 5
    first = [(deal, 0, deal < 5, 0.5, 1.0) for deal in range(10)]
    later = [(deal, 0, deal >= 5, 0.5, 2.0) for deal in range(10)]

    assert trials(study([9.0] * 10, won=won, lots=[*later, *first])) == trials(
        study([9.0] * 10, won=won, lots=first)
    )


def test_open_deals_and_lots_that_could_come_out_one_way_only_are_left_out() -> None:
    ended = [9.0] * 10 + [OPEN] * 10 + [9.0] * 10
    lots = [(deal, 0, deal % 2 == 0, 0.5, 1.0) for deal in range(20)]
    sure = [(deal, 0, True, 1.0, 1.0) for deal in range(20, 25)]
    late = [(deal, 0, deal % 2 == 0, 0.5, 10.0) for deal in range(25, 30)]

    [(_, deals)] = trials(study(ended, won=[False] * 30, lots=[*lots, *sure, *late])).values()

    assert deals == 10


def test_fewer_than_five_on_a_side_say_nothing() -> None:
    lots = [(deal, 0, deal < 4, 0.5, 1.0) for deal in range(20)]

    assert trials(study([9.0] * 20, won=[True] * 20, lots=lots)) == {}


def test_where_showing_changes_no_use_nothing_is_said_of_use() -> None:
    lots = [(deal, 0, deal < 10, 0.5, 1.0) for deal in range(20)]
    shown = study([9.0] * 20, won=[deal < 10 for deal in range(20)], lots=lots)

    assert trials(shown)["asset0000"][0].low > 0
    assert trials_of_use(shown) == {}


def test_use_before_the_lot_did_not_come_from_it() -> None:
    lots = [(deal, 0, deal < 10, 0.5, 5.0) for deal in range(20)]
    won = [deal < 10 for deal in range(20)]

    before = trials_of_use(study([9.0] * 20, won=won, lots=lots, uses=[(deal, 0, 1.0) for deal in range(10)]))
    after = trials_of_use(study([9.0] * 20, won=won, lots=lots, uses=[(deal, 0, 6.0) for deal in range(10)]))

    assert before == {}
    assert after["asset0000"][0].estimate == 1


def test_the_order_of_rows_changes_nothing() -> None:
    lots = drawn(13, assets=10, deals=40)

    assert trials(shuffled(lots, seed=2)) == trials(lots)
    assert trials_of_use(shuffled(lots, seed=2)) == trials_of_use(lots)
