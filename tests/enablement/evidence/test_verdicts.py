"""What an effect is called."""

import math

import pytest

from enablement.evidence.verdicts import AMPLE_DEALS, FEW_DEALS, hidden, verdict
from enablement.model import EffectOn, Interval


@pytest.mark.parametrize(
    ("on", "low", "high", "said"),
    [
        ("winning", 0.01, 0.2, "helps"),
        ("winning", -0.2, -0.01, "hurts"),
        ("winning", -0.04, 0.05, "no_clear_effect"),
        ("winning", -0.06, 0.01, "not_enough"),
        ("winning", 0.0, 0.04, "no_clear_effect"),
        ("speed", 1.1, 2.0, "helps"),
        ("speed", 0.5, 0.9, "hurts"),
        ("speed", 0.81, 1.2, "no_clear_effect"),
        ("speed", 0.7, 1.2, "not_enough"),
    ],
)
def test_an_interval_decides(on: EffectOn, low: float, high: float, said: str) -> None:
    assert verdict(on, Interval((low + high) / 2, low, high), FEW_DEALS) == said


def test_nothing_is_said_of_few_deals() -> None:
    assert verdict("winning", Interval(0.2, 0.1, 0.3), FEW_DEALS - 1) == "not_enough"


def test_many_deals_without_a_clear_effect_are_said_to_have_none() -> None:
    assert verdict("winning", Interval(0.0, -0.08, 0.08), AMPLE_DEALS) == "no_clear_effect"


def test_what_is_no_number_is_not_enough() -> None:
    assert verdict("winning", Interval(0.1, math.nan, 0.2), 100) == "not_enough"


def test_the_e_value_of_the_nearest_end_is_what_something_unseen_needs() -> None:
    # VanderWeele and Ding's own example: a ratio of 3.9 needs 7.3, its interval's end of 1.8 needs 3.0.
    assert hidden(Interval(math.log(3.9), math.log(1.8), math.log(8.7))) == pytest.approx(3.0, abs=0.01)


def test_something_unseen_is_as_strong_for_harm_as_for_help() -> None:
    assert hidden(Interval(-0.5, -0.8, -0.2)) == hidden(Interval(0.5, 0.2, 0.8))


def test_no_verdict_needs_nothing_to_be_overturned() -> None:
    assert hidden(Interval(0.1, -0.1, 0.3)) is None
