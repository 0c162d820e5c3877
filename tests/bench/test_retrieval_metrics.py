"""The measures of a ranking, checked against values worked out by hand."""

import math
from random import Random

import pytest

from bench.retrieval.metrics import Quality, judge, ndcg, recall, reciprocal_rank
from bench.retrieval.typos import mistyped


@pytest.mark.parametrize(
    ("ranking", "gains", "value"),
    [
        ([7], {7: 1}, 1.0),
        ([1, 7], {7: 1}, 1 / math.log2(3)),
        ([1, 2, 3], {7: 1}, 0.0),
        ([], {7: 1}, 0.0),
        # Järvelin and Kekäläinen: 3/1 + 1/log2(4) of 3/1 + 1/log2(3).
        ([5, 9, 6], {5: 3, 6: 1}, (3 + 1 / 2) / (3 + 1 / math.log2(3))),
        ([6, 5], {5: 3, 6: 1}, (1 + 3 / math.log2(3)) / (3 + 1 / math.log2(3))),
    ],
)
def test_gain_is_discounted_by_rank_and_compared_with_the_best_order(
    ranking: list[int], gains: dict[int, int], value: float
) -> None:
    assert ndcg(ranking, gains) == pytest.approx(value)


def test_what_comes_after_the_first_ten_counts_for_nothing() -> None:
    ranking = [*range(100, 110), 7]

    assert (ndcg(ranking, {7: 1}), recall(ranking, {7: 1}), reciprocal_rank(ranking, {7: 1})) == (0, 0, 0)


def test_ten_right_ones_are_all_that_can_be_had_of_twenty() -> None:
    gains = dict.fromkeys(range(20), 1)

    assert recall(range(10), gains) == 1.0
    assert ndcg(range(10), gains) == pytest.approx(1.0)
    assert recall(range(5), gains) == 0.5


def test_the_first_that_answers_gives_the_reciprocal_rank() -> None:
    assert reciprocal_rank([4, 5, 6, 7], {6: 1, 7: 9}) == pytest.approx(1 / 3)


def test_quality_is_the_mean_over_all_questions() -> None:
    assert judge([[1], [2]], [{1: 1}, {3: 1}]) == Quality(0.5, 0.5, 0.5)


def test_rankings_that_do_not_match_the_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        judge([[1]], [{1: 1}, {3: 1}])


def test_every_longer_word_has_one_slip_and_the_others_none() -> None:
    text = "which wings lift the heavier aircraft 12345"

    for seed in range(200):
        slipped = mistyped(text, Random(seed)).split()

        assert [slipped[at] for at in (2, 3, 6)] == ["lift", "the", "12345"]
        assert all(
            slipped[at] != word and abs(len(slipped[at]) - len(word)) <= 1
            for at, word in ((0, "which"), (1, "wings"), (4, "heavier"), (5, "aircraft"))
        )


def test_all_four_slips_happen() -> None:
    kinds = set()
    for seed in range(200):
        slipped = mistyped("wings", Random(seed))
        same_letters = sorted(slipped) == sorted("wings")
        kinds.add((len(slipped) - 5, same_letters))

    assert kinds == {(1, False), (-1, False), (0, False), (0, True)}


def test_the_same_seed_slips_the_same_way() -> None:
    assert mistyped("several longer words", Random(1)) == mistyped("several longer words", Random(1))
