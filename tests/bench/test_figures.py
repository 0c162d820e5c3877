"""What is counted as kept, and how percentiles and ratios are reckoned."""

import pytest

from bench.figures import Figure, Promise, median_ratio, percentile


@pytest.mark.parametrize(("percent", "value"), [(1, 1), (50, 50), (95, 95), (99, 99), (100, 100)])
def test_a_percentile_of_a_hundred_values_is_the_value_of_that_rank(percent: float, value: float) -> None:
    values = [float(number) for number in range(100, 0, -1)]

    found = percentile(values, percent)

    assert found == value


@pytest.mark.parametrize(("percent", "value"), [(50, 20), (75, 30), (76, 40), (99, 40)])
def test_a_percentile_is_always_a_value_that_was_measured(percent: float, value: float) -> None:
    assert percentile([40, 10, 30, 20], percent) == value


def test_one_value_is_every_percentile() -> None:
    assert [percentile([7.5], percent) for percent in (1, 50, 99.9)] == [7.5, 7.5, 7.5]


@pytest.mark.parametrize(("count", "rank"), [(200, 198), (600, 594), (1000, 990), (1001, 991)])
def test_floating_point_does_not_move_a_rank(count: int, rank: int) -> None:
    assert percentile([float(number) for number in range(1, count + 1)], 99) == rank


@pytest.mark.parametrize(("values", "percent"), [([], 50), ([1.0], 0), ([1.0], 101)])
def test_there_is_no_percentile_of_nothing_nor_beyond_all(values: list[float], percent: float) -> None:
    with pytest.raises(ValueError, match="no percentile"):
        percentile(values, percent)


def test_the_ratio_is_the_median_of_pairs_and_not_the_ratio_of_medians() -> None:
    ours, peers = [10.0, 2.0, 30.0], [1.0, 2.0, 10.0]

    ratio = median_ratio(ours, peers)

    assert ratio == 3.0


def test_one_disturbed_pair_does_not_move_the_ratio() -> None:
    calm = median_ratio([2.0, 2.1, 1.9, 2.0, 2.0], [1.0] * 5)

    disturbed = median_ratio([2.0, 2.1, 1.9, 2.0, 900.0], [1.0] * 5)

    assert disturbed == calm


def test_pairs_that_do_not_match_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        median_ratio([1.0, 2.0], [1.0])


@pytest.mark.parametrize(
    ("promise", "ours", "ratio", "kept"),
    [
        (Promise(100), 100.0, None, True),
        (Promise(100), 100.1, None, False),
        (Promise(100), float("nan"), None, False),
        (Promise(100, "least"), 100.0, None, True),
        (Promise(100, "least"), 99.9, None, False),
        (Promise(2, "most", "ratio"), 500.0, 2.0, True),
        (Promise(2, "most", "ratio"), 1.0, 2.1, False),
        (Promise(50, "least", "ratio"), 1.0, 49.0, False),
        (Promise(50, "least", "ratio"), 1.0, None, False),
    ],
)
def test_a_promise_is_kept_up_to_its_bound(
    promise: Promise, ours: float, ratio: float | None, kept: bool
) -> None:
    figure = Figure("ack p99", "ms", ours, ratio=ratio, promise=promise)

    assert figure.kept is kept


def test_what_was_not_promised_is_neither_kept_nor_broken() -> None:
    assert Figure("ack p50", "ms", 1e9).kept is None
