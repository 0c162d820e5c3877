"""Real opportunities with their outcomes, and the chance of each to be won as far as what is known tells."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import lightgbm

Floats = NDArray[np.float64]
Words = NDArray[np.str_]

_FOLDS = 5
_WORDS = {
    "product": "Supplies Subgroup",
    "industry": "Supplies Group",
    "region": "Region",
    "route": "Route To Market",
    "size": "Client Size By Revenue (USD)",
    "staff": "Client Size By Employee Count",
    "business": "Revenue From Client Past Two Years (USD)",
    "competitor": "Competitor Type",
    "amount_size": "Deal Size Category (USD)",
}


@dataclass(frozen=True)
class Opportunities:
    """Facts known at the start (columns of words, and the amount), and `chance`: log odds to be won, by them alone."""

    facts: dict[str, Words | Floats]
    won: NDArray[np.bool_]
    chance: Floats


def opportunities(folder: Path, *, most: int | None = None) -> Opportunities:
    """Read them (all, or a fixed random part) and fit their chance by LightGBM, another learner than the product's."""
    import duckdb

    read = duckdb.read_parquet(str(folder / "opportunities.parquet")).order("row_position")
    rows = read.fetchnumpy()
    size = len(rows["Region"])
    part = np.arange(size)
    if most is not None and most < size:
        part = np.sort(np.random.default_rng(0).choice(size, most, replace=False))
    facts: dict[str, Words | Floats] = {
        name: np.asarray(rows[column], dtype=str)[part] for name, column in _WORDS.items()
    }
    facts["amount"] = np.asarray(rows["Opportunity Amount USD"], float)[part]
    won = np.asarray(rows["Opportunity Result"], dtype=str)[part] == "Won"
    return Opportunities(facts, won, _chance(facts, won))


def coded(facts: dict[str, Words | Floats]) -> Floats:
    """Return facts as a matrix of numbers: words by their place in the alphabet."""
    return np.column_stack(
        [
            np.unique(column, return_inverse=True)[1]
            if column.dtype.kind == "U"
            else np.log1p(column.astype(float))
            for column in facts.values()
        ]
    ).astype(float)


def crossed(matrix: Floats, outcome: Floats, objective: str) -> Floats:
    """Return for each row what LightGBM learned from other folds: its mean outcome."""
    fold = _folds(outcome.size)
    told = np.zeros(outcome.size)
    for one in range(_FOLDS):
        model = _learned(matrix[fold != one], outcome[fold != one], objective)
        told[fold == one] = np.asarray(model.predict(matrix[fold == one]))
    return told


def _chance(facts: dict[str, Words | Floats], won: NDArray[np.bool_]) -> Floats:
    """Return the mean log odds of the models of all folds: deals of the same facts have the same chance.

    Crossed, it would differ by the fold that a deal is in, which nobody sees, and who uses what would follow from that.
    """
    matrix, fold = coded(facts), _folds(won.size)
    models = [
        _learned(matrix[fold != one], won[fold != one].astype(float), "binary") for one in range(_FOLDS)
    ]
    told = np.mean([np.asarray(model.predict(matrix, raw_score=True)) for model in models], axis=0)
    return np.asarray(np.clip(told, -4, 4))


def _folds(size: int) -> NDArray[np.int64]:
    return np.random.default_rng(0).integers(0, _FOLDS, size)


def _learned(matrix: Floats, outcome: Floats, objective: str) -> "lightgbm.Booster":
    import lightgbm

    settings = {
        "objective": objective,
        "num_leaves": 31,
        "learning_rate": 0.05,
        "min_data_in_leaf": 50,
        "verbose": -1,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "seed": 0,
    }
    return lightgbm.train(settings, lightgbm.Dataset(matrix, outcome), 200)
