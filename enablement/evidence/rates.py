"""How fast a deal would be expected to move on in each stage, by what is known of it besides the content it used."""

import numpy as np
from threadpoolctl import threadpool_limits

from enablement.evidence.expected import columns, folds
from enablement.evidence.spells import Spells, Stays, cuts, in_band
from enablement.evidence.study import Flags, Floats, Ints, Study

# More rows than this say nothing more of facts, and cost time.
MOST_ROWS = 100_000
# With fewer moves than this, facts are left out: they would be learned by heart.
LEAST_MOVES = 100
# Numbers are told apart in so many steps.
_STEPS = 64
# What is shorter has no rate worth the name.
_LEAST_EXPECTED = 1e-6


def expected_moves(
    study: Study, of: Stays, cut: Spells, made: Floats, learn: Flags, *, seed: int, in_time: bool = True
) -> Floats:
    """Return how many moves to expect in each spell (above 0) by its deal's facts, its stage and its time in there.

    Learned from the spells `learn`; `made` is the ratio by which what was used, and the deal's own pace, are held to
    have changed the rate in each spell: it is taken out. Cross-fitted: what is said of a deal is learned from deals of
    other accounts. Gradient boosted trees with a Poisson loss over the time at risk. How long earlier stages took is
    left out: uses made that longer or shorter. The time in stage is left out where it is not asked for (`in_time`).
    """
    at = cuts(of) if in_time else np.zeros(1)
    inside = [in_band(cut, at, band) for band in range(len(at))]
    count = len(of.deal)
    there = np.column_stack([np.bincount(cut.stay, one, minlength=count) for one in inside]) > 0
    at_risk = made * learn
    weeks = np.zeros(there.shape)
    for place, one in enumerate(inside):
        weeks[:, place] = np.bincount(cut.stay, one * at_risk, minlength=count)
    # A stay ends in the last band that it reached.
    moves = np.zeros(weeks.shape)
    moves[np.arange(count), there.shape[1] - 1 - np.argmax(there[:, ::-1], axis=1)] = np.bincount(
        cut.stay, cut.moved & learn, minlength=count
    )
    rate = np.full(weeks.shape, max(moves.sum(), 0.5) / max(weeks.sum(), 1e-9))
    if moves.sum() >= LEAST_MOVES:
        stay, band = np.nonzero(there)
        rate[there] = _learned(study, of, stay, band, moves[there], weeks[there], seed=seed)
    whole = sum((one * rate[cut.stay, place] for place, one in enumerate(inside)), np.zeros(len(cut.stay)))
    return np.maximum(whole, _LEAST_EXPECTED)


def _learned(
    study: Study, of: Stays, stay: Ints, band: Ints, moves: Floats, weeks: Floats, *, seed: int
) -> Floats:
    """Return the rate of each stay in each band; those with time at risk are learned from."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    facts, words = columns(study)
    steps = [column if is_words else _steps(column) for column, is_words in zip(facts.T, words, strict=True)]
    deal = of.deal[stay]
    known = [*(column[deal] for column in steps), of.stage[stay], band]
    table = np.column_stack(known).astype(np.float64)
    fold = folds(study, seed)[deal]
    chance = np.random.default_rng(seed)
    found = np.full(len(stay), moves.sum() / weeks.sum())
    for one in np.unique(fold):
        learn = np.flatnonzero((fold != one) & (weeks > 0))
        if not moves[learn].any():
            continue
        if len(learn) > MOST_ROWS:
            learn = np.sort(chance.choice(learn, MOST_ROWS, replace=False))
        model = HistGradientBoostingRegressor(
            loss="poisson",
            max_iter=80,
            learning_rate=0.1,
            max_leaf_nodes=16,
            min_samples_leaf=50,
            l2_regularization=1.0,
            early_stopping=False,
            categorical_features=[*words, False, False],
            random_state=seed,
        )
        # One thread: sums of floats depend on how they are parted.
        with threadpool_limits(1):
            model.fit(table[learn], moves[learn] / weeks[learn], sample_weight=weeks[learn])
            found[fold == one] = model.predict(table[fold == one])
    return found


def _steps(numbers: Floats) -> Floats:
    """Return numbers as steps with about as many of them on each, from 0; what is unknown is a step below."""
    known = np.isfinite(numbers)
    if not known.any():
        return np.full(len(numbers), -1.0)
    edges = np.unique(np.quantile(numbers[known], np.arange(1, _STEPS) / _STEPS))
    return np.where(known, np.searchsorted(edges, numbers, side="right"), -1.0)
