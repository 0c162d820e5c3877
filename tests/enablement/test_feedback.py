"""What was said of suggestions: the last word stands, until it is undone or its time is over."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import get_args

import pytest

from enablement.feedback import SNOOZED_FOR, standing
from enablement.model import FeedbackVerdict
from tests.builders import NOW, feedback

SAID = feedback(id="1", given_at=NOW - timedelta(hours=3))


@pytest.mark.parametrize("verdict", get_args(FeedbackVerdict))
def test_what_was_said_stands_unless_it_takes_something_back(verdict: FeedbackVerdict) -> None:
    said = replace(SAID, verdict=verdict)

    assert standing([said], now=NOW) == (() if verdict == "undone" else (said,))


def test_the_last_word_stands_in_whatever_order_it_is_read() -> None:
    undone = replace(SAID, id="2", verdict="undone", given_at=NOW - timedelta(hours=2))
    again = replace(SAID, id="3", verdict="already_sent", given_at=NOW - timedelta(hours=1))

    for words in permutations([SAID, undone, again]):
        assert standing(words, now=NOW) == (again,)
        assert standing([one for one in words if one is not again], now=NOW) == ()


def test_nobody_takes_back_what_another_said_or_what_was_said_of_something_else() -> None:
    others = [
        replace(SAID, id="2", email="other@stowmark.example"),
        replace(SAID, id="3", asset_id="other"),
        replace(SAID, id="4", deal_id="other"),
    ]
    undone = replace(SAID, id="5", verdict="undone", given_at=NOW)

    assert set(standing([SAID, undone, *others], now=NOW)) == set(others)


def test_what_is_snoozed_comes_back_when_its_time_is_over() -> None:
    said = replace(SAID, verdict="snoozed", given_at=NOW, until=NOW + SNOOZED_FOR)

    assert standing([said], now=NOW + SNOOZED_FOR - timedelta(seconds=1)) == (said,)
    assert standing([said], now=NOW + SNOOZED_FOR) == ()
