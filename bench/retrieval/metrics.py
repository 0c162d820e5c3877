"""How good a ranking is, by the measures of the field, at ten."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

DEPTH = 10


@dataclass(frozen=True)
class Quality:
    """Means over all questions, each in 0..1."""

    ndcg: float
    recall: float
    mrr: float


def judge(rankings: Sequence[Sequence[int]], relevant: Sequence[Mapping[int, int]]) -> Quality:
    """Judge the rankings of document numbers, best first, against the gains of what answers each question."""
    pairs = list(zip(rankings, relevant, strict=True))
    return Quality(
        fmean(ndcg(ranking, gains) for ranking, gains in pairs),
        fmean(recall(ranking, gains) for ranking, gains in pairs),
        fmean(reciprocal_rank(ranking, gains) for ranking, gains in pairs),
    )


def ndcg(ranking: Sequence[int], gains: Mapping[int, int], *, depth: int = DEPTH) -> float:
    """Return the normalised discounted cumulative gain (Järvelin and Kekäläinen 2002), in 0..1."""
    best = sorted(gains.values(), reverse=True)[:depth]
    return _discounted([gains.get(one, 0) for one in ranking[:depth]]) / _discounted(best)


def recall(ranking: Sequence[int], gains: Mapping[int, int], *, depth: int = DEPTH) -> float:
    """Return which share of what answers is among the first; 1 is within reach, however much answers."""
    return sum(one in gains for one in ranking[:depth]) / min(depth, len(gains))


def reciprocal_rank(ranking: Sequence[int], gains: Mapping[int, int], *, depth: int = DEPTH) -> float:
    """Return 1 / the rank of the first that answers; 0 when none of the first does."""
    return next((1 / rank for rank, one in enumerate(ranking[:depth], start=1) if one in gains), 0.0)


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))
