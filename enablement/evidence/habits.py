"""What deals like this one use: how common an asset is, how much more so in the deal's segments and beside what it has.

Each of these speaks as a log ratio, shrunk where there is little to count, and gets a weight that is fitted on deals
held back from the counting. A habit says nothing of whether an asset helps: that is what effects are for.
"""

import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from enablement.evidence.study import Floats, Ints, Study
from enablement.model import Habit

if TYPE_CHECKING:
    from scipy.sparse import csr_array

MOST = 200
# Counts as if so many uses more had been seen, and as many expected.
SHRUNK_BY = 5.0
# A segment with fewer deals than this says nothing.
FEWEST_DEALS = 30
# So many values of a dimension are told apart, the commonest.
MOST_VALUES = 200
# So many assets are remembered beside each that deals use with it.
BESIDE = 100
# Weights are fitted on so many uses, held back with their deals, each against so many other assets.
HELD_BACK = 0.2
QUESTIONS = 2000
AGAINST = 250
RIDGE = 5.0
ROUNDS = 25
SEED = 1


@dataclass(frozen=True)
class _Uses:
    """Each (deal, asset) once, both as places in their sorted ids; `values` hold places in `names`, -1 unknown."""

    assets: NDArray[np.str_]
    deal: Ints
    asset: Ints
    deals: int
    dimensions: tuple[str, ...]
    names: tuple[NDArray[np.str_], ...]
    values: tuple[Ints, ...]


@dataclass(frozen=True)
class _Counts:
    """Uses by asset; uses and deals by value and asset; log ratios of those used beside each asset, row by row."""

    uses: Floats
    by_value: tuple[Ints, ...]
    deals: tuple[Ints, ...]
    starts: Ints
    beside: Ints
    ratios: Floats


def fit(study: Study) -> bytes:
    """Learn what deals use, as an npz file for `read`; the same for the same study in any order of rows."""
    uses = _uses(study)
    order = np.random.default_rng(SEED).permutation(uses.deals)
    held = np.zeros(uses.deals, bool)
    held[order[: int(HELD_BACK * uses.deals)]] = True
    weights = _weights(uses, _count(uses, ~held), held)
    counts = _count(uses, np.ones(uses.deals, bool))
    columns: dict[str, NDArray[np.generic]] = {
        "assets": uses.assets,
        "dimensions": np.array(uses.dimensions, np.str_),
        "deals": np.array(uses.deals),
        "weights": weights,
        "uses": counts.uses,
        "starts": counts.starts,
        "beside": counts.beside.astype(np.int32),
        "ratios": counts.ratios.astype(np.float32),
    }
    for place, names in enumerate(uses.names):
        columns[f"names{place}"] = names
        columns[f"used{place}"] = counts.by_value[place].astype(np.int32)
        columns[f"deals{place}"] = counts.deals[place]
    file = io.BytesIO()
    np.savez_compressed(file, **columns)  # type: ignore[arg-type]  # the stub takes any keyword for a flag
    return file.getvalue()


class Habits:
    """What was learned, in memory: a few megabytes for thousands of assets. Reading is safe from many threads."""

    def __init__(self, data: bytes) -> None:
        """Read what `fit` made; raises ValueError or KeyError where it is damaged."""
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            self._assets: list[str] = file["assets"].tolist()
            self.dimensions: tuple[str, ...] = tuple(file["dimensions"].tolist())
            self._deals = int(file["deals"])
            self._weights: Floats = file["weights"]
            uses: Floats = file["uses"]
            self._starts: Ints = file["starts"]
            self._beside: Ints = file["beside"].astype(np.int64)
            self._ratios: Floats = file["ratios"].astype(np.float64)
            places = range(len(self.dimensions))
            self._used = [file[f"used{place}"] for place in places]
            self._of = [file[f"deals{place}"] for place in places]
            self._names: list[list[str]] = [file[f"names{place}"].tolist() for place in places]
        self._rows = [{name: row for row, name in enumerate(some)} for some in self._names]
        self._places = {asset: place for place, asset in enumerate(self._assets)}
        self._common = _share(uses) * self._weights[0] if len(self._weights) else uses
        self._lifts = [
            (_lifts(used, uses) * weight).astype(np.float32)
            for used, weight in zip(self._used, self._weights[1:-1], strict=True)
        ]
        self._all = uses.astype(np.int64)
        self._a_deal = float(uses.sum()) / max(1, self._deals)

    def of(self, segments: Mapping[str, str], used: Collection[str]) -> dict[str, Habit]:
        """Return the assets that a deal of these segments is likeliest to use next, best first: at most 200."""
        if not self._assets:
            return {}
        rows = [
            self._rows[place].get(segments.get(name, ""), -1) for place, name in enumerate(self.dimensions)
        ]
        said = [(place, row) for place, row in enumerate(rows) if row >= 0]
        has = sorted(place for asset in used if (place := self._places.get(asset)) is not None)
        score = self._common.copy()
        for place, row in said:
            score += self._lifts[place][row]
        for one in has:
            some = slice(self._starts[one], self._starts[one + 1])
            score[self._beside[some]] += self._weights[-1] / len(has) ** 0.5 * self._ratios[some]
        likely = np.exp(score - score.max())
        likely *= self._a_deal / likely.sum()
        likely[has] = -1.0
        top = np.argpartition(-likely, min(MOST, len(likely)) - 1)[:MOST]
        best = top[np.lexsort((top, -likely[top]))]
        best = best[(likely[best] > 0) & (self._all[best] > 0)]
        return self._counted(best, np.minimum(1.0, likely[best]), said)

    def _counted(self, assets: Ints, likely: Floats, said: Sequence[tuple[int, int]]) -> dict[str, Habit]:
        """Count plainly, in the segment that speaks most for each asset; in all deals where none does."""
        used, of = [self._all[assets]], [self._deals]
        lifts = [np.full(len(assets), 1e-9)]
        named = [""]
        for place, row in said:
            lifts.append(self._lifts[place][row, assets])
            used.append(self._used[place][row, assets])
            of.append(int(self._of[place][row]))
            named.append(f"{self.dimensions[place]}:{self._names[place][row]}")
        most = np.argmax(lifts, axis=0)
        counted = np.stack(used)[most, np.arange(len(assets))]
        return {
            self._assets[asset]: Habit(chance, count, of[part], named[part])
            for asset, chance, count, part in zip(
                assets.tolist(), likely.tolist(), counted.tolist(), most.tolist(), strict=True
            )
        }


def read(data: bytes) -> Habits:
    """Read what `fit` made; raises ValueError or KeyError where it is damaged."""
    return Habits(data)


def _uses(study: Study) -> _Uses:
    deals, assets = np.argsort(study.deals, kind="stable"), np.argsort(study.assets, kind="stable")
    deal_place, asset_place = np.argsort(deals, kind="stable"), np.argsort(assets, kind="stable")
    pairs = np.unique(deal_place[study.use_deal] * max(1, len(assets)) + asset_place[study.use_asset])
    dimensions = tuple(sorted(study.segments))
    names, values = [], []
    for name in dimensions:
        known, place, count = np.unique(study.segments[name][deals], return_inverse=True, return_counts=True)
        enough = (count >= FEWEST_DEALS) & (known != "")
        commonest = np.argsort(-count, kind="stable")
        chosen = np.sort(commonest[enough[commonest]][:MOST_VALUES])
        row = np.full(len(known), -1)
        row[chosen] = np.arange(len(chosen))
        names.append(known[chosen])
        values.append(row[place])
    deal, asset = np.divmod(pairs, max(1, len(assets)))
    return _Uses(study.assets[assets], deal, asset, len(deals), dimensions, tuple(names), tuple(values))


def _count(uses: _Uses, of: NDArray[np.bool_]) -> _Counts:
    """Count the uses of these deals."""
    # Only learning needs it: who reads what was learned does without.
    from scipy.sparse import csr_array

    kept = of[uses.deal]
    deal, asset, count = uses.deal[kept], uses.asset[kept], len(uses.assets)
    by_value, deals = [], []
    for names, value in zip(uses.names, uses.values, strict=True):
        row = value[deal]
        flat = np.bincount(row[row >= 0] * count + asset[row >= 0], minlength=len(names) * count)
        by_value.append(flat.reshape(len(names), count))
        deals.append(np.bincount(value[of & (value >= 0)], minlength=len(names)))
    total = np.bincount(asset, minlength=count).astype(np.float64)
    matrix = csr_array((np.ones(len(deal)), (deal, asset)), (uses.deals, count))
    each = np.bincount(deal, minlength=uses.deals)
    # How many other uses the deals of each asset have: what would be beside it if it were all chance.
    others = np.bincount(asset, weights=(each[deal] - 1.0), minlength=count).astype(np.float64)
    return _Counts(total, tuple(by_value), tuple(deals), *_beside(matrix, total, others))


def _beside(matrix: "csr_array", total: Floats, others: Floats) -> tuple[Ints, Ints, Floats]:
    """Return as rows, one an asset, the assets that are used with it more or less than by chance, and log ratios."""
    both = (matrix.T @ matrix).tocsr()
    both.setdiag(0)
    both.eliminate_zeros()
    both.sort_indices()
    row = np.repeat(np.arange(len(total)), np.diff(both.indptr))
    expected = others[row] * total[both.indices] / max(1.0, total.sum())
    ratio = np.log((both.data + SHRUNK_BY) / (expected + SHRUNK_BY))
    # The strongest of each row.
    order = np.lexsort((both.indices, -np.abs(ratio), row))
    rank = np.arange(len(order)) - np.asarray(both.indptr, np.int64)[row[order]]
    chosen = np.sort(order[(rank < BESIDE) & (np.abs(ratio[order]) > 0)])
    starts = np.concatenate(([0], np.cumsum(np.bincount(row[chosen], minlength=len(total)))))
    return starts, np.asarray(both.indices, np.int64)[chosen], ratio[chosen]


def _share(uses: Floats) -> Floats:
    share: Floats = np.log((uses + 0.5) / (uses.sum() + 0.5 * len(uses)))
    return share


def _lifts(used: Ints, uses: Floats) -> Floats:
    """Return for each value and asset the log of how much more often it is used there than anywhere."""
    expected = used.sum(axis=1, keepdims=True) * (uses / max(1.0, float(uses.sum())))
    lifts: Floats = np.log((used + SHRUNK_BY) / (expected + SHRUNK_BY))
    return lifts


def _weights(uses: _Uses, counts: _Counts, held: NDArray[np.bool_]) -> Floats:
    """Return how much each part says of what deals that were not counted use: common, each dimension, beside.

    A conditional logit: which of some assets was the one used? Drawn from all alike, the others leave the weights
    unbiased (McFadden 1978).
    """
    parts = len(uses.dimensions) + 2
    prior = np.ones(parts)
    asked = np.flatnonzero(held[uses.deal])
    if not len(asked) or len(uses.assets) < 2:
        return prior
    chance = np.random.default_rng(SEED)
    asked = np.sort(chance.permutation(asked)[:QUESTIONS])
    others = chance.integers(0, len(uses.assets), (len(asked), min(AGAINST, len(uses.assets))))
    choices = np.concatenate((uses.asset[asked][:, None], others), axis=1)
    said = _said(uses, counts, asked, choices)
    weights = prior.copy()
    for _ in range(ROUNDS):
        score = said @ weights
        likely = np.exp(score - score.max(axis=1, keepdims=True))
        likely /= likely.sum(axis=1, keepdims=True)
        mean = np.einsum("qc,qcp->qp", likely, said)
        slope = (said[:, 0] - mean).sum(axis=0) - RIDGE * (weights - prior)
        bend = np.einsum("qc,qcp,qcr->pr", likely, said, said) - mean.T @ mean + RIDGE * np.eye(parts)
        step = np.linalg.solve(bend, slope)
        weights = np.clip(weights + step, 0.0, 3.0)
        if np.abs(step).max() < 1e-6:
            break
    return np.round(weights, 6)


def _said(uses: _Uses, counts: _Counts, asked: Ints, choices: Ints) -> Floats:
    """Return what each part says of each choice: questions × choices × parts."""
    parts = [_share(counts.uses)[choices]]
    for value, used in zip(uses.values, counts.by_value, strict=True):
        row = value[uses.deal[asked]]
        lifts = np.concatenate((_lifts(used, counts.uses), np.zeros((1, len(uses.assets)))))
        parts.append(lifts[row[:, None], choices])
    starts = np.searchsorted(uses.deal, np.arange(uses.deals + 1))
    beside = np.zeros(choices.shape)
    ratios = np.zeros(len(uses.assets))
    for question, use in enumerate(asked.tolist()):
        deal = uses.deal[use]
        has = [one for one in uses.asset[starts[deal] : starts[deal + 1]].tolist() if one != uses.asset[use]]
        for one in has:
            some = slice(counts.starts[one], counts.starts[one + 1])
            ratios[counts.beside[some]] += counts.ratios[some] / len(has) ** 0.5
        beside[question] = ratios[choices[question]]
        ratios[:] = 0.0
    return np.stack((*parts, beside), axis=-1)
