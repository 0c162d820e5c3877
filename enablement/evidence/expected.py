"""What is expected of a deal without its content: cross-fitted, so that no deal speaks for itself."""

import io
from dataclasses import dataclass, field

import numpy as np
from threadpoolctl import threadpool_limits

from enablement.evidence.passages import NO_STAGE, Passages, common, passages, uses
from enablement.evidence.study import Flags, Floats, Ints, Study, Words

FOLDS = 5
_TREES = 100
# With fewer of either outcome, nothing is expected but the average.
_FEW_OUTCOMES = 50
# With fewer rows, learning stops as soon as a tenth of them, held out, gains nothing any more.
_MANY_ROWS = 20_000
# More rows teach little more, and cost as much as all the rest.
_MOST_ROWS = 60_000
# Trees take so many words of a column apart; rarer ones are as one.
_MOST_WORDS = 200
# No deal is as good as lost or won before it is decided.
_SUREST = 0.002
# If the time that a deal took tells its outcome by itself, it was written down after the outcome, and is left out.
_TOLD_BY_TIME = 0.35


@dataclass(frozen=True)
class Expected:
    """Log odds that a deal moves on from a stage.

    `leaving` has one for each passage, the time that the deal spent in the stage being known: of those that left it
    after so long, how many left forward? `ahead` (deals × stages, and a last column for an unknown stage; zero for open
    deals) is what could be known on the way in. `loss` and `constant_loss` are the mean log losses, over the passages,
    of the latter and of each stage's average. `halved` is as `leaving`, learned from half as many rows: how much more
    would more rows have told? It is empty where no asset is common.
    """

    leaving: Floats
    ahead: Floats
    loss: float
    constant_loss: float
    halved: Floats = field(default_factory=lambda: np.zeros(0))

    def packed(self) -> bytes:
        kept = io.BytesIO()
        np.savez(
            kept,
            leaving=self.leaving,
            ahead=self.ahead,
            losses=[self.loss, self.constant_loss],
            halved=self.halved,
        )
        return kept.getvalue()

    @staticmethod
    def unpacked(data: bytes) -> "Expected":
        with np.load(io.BytesIO(data), allow_pickle=False) as kept:
            loss, constant = kept["losses"].tolist()
            return Expected(kept["leaving"], kept["ahead"], loss, constant, kept["halved"])


def expect(study: Study, *, seed: int) -> Expected:
    """Learn what is expected of the closed deals of a study that is in order."""
    rows = passages(study)
    moved = rows.moved.astype(np.float64)
    plain = _averages(rows, len(study.stages))
    average = plain[rows.stage]
    ahead = np.where(np.isfinite(study.ended)[:, None], plain, 0.0)
    losses = _loss(average, moved), _loss(average, moved)
    if min(moved.sum(), (1 - moved).sum()) < _FEW_OUTCOMES:
        return Expected(average, ahead, *losses)
    facts, words = columns(study)
    fold = folds(study, seed)
    inside = fold[rows.deal]
    deals = np.flatnonzero(np.isfinite(study.ended))
    stages = np.append(np.arange(len(study.stages)), NO_STAGE)
    asked = np.column_stack([np.repeat(facts[deals], stages.size, axis=0), np.tile(stages, deals.size)])
    known = np.column_stack([facts[rows.deal], rows.stage])
    told = crossed(
        known,
        np.append(words, True),
        moved,
        inside,
        seed=seed,
        asked=asked,
        asked_inside=np.repeat(fold[deals], stages.size),
    )
    learned = ahead.copy()
    learned[deals] = told.reshape(deals.size, -1)
    loss = _loss(learned[rows.deal, rows.stage], moved)
    if loss < losses[1]:
        ahead, average = learned, learned[rows.deal, rows.stage]
    timed, kinds = with_time(study, rows)
    leaving = crossed(timed, kinds, moved, inside, seed=seed)
    better = _TOLD_BY_TIME * _loss(average, moved) < _loss(leaving, moved) < _loss(average, moved)
    halved = np.zeros(0)
    if (better or loss < losses[1]) and common(uses(study, rows), study).any():
        by, categories = (timed, kinds) if better else (known, np.append(words, True))
        halved = crossed(by, categories, moved, inside, seed=seed, part=0.5)
    return Expected(leaving if better else average, ahead, min(loss, losses[1]), losses[1], halved)


def columns(study: Study) -> tuple[Floats, Flags]:
    """Return the facts as deals × columns, words as numbers of categories, and which columns those are.

    What is unknown is a category of its own, or nan. Amounts are told apart by their rank within their currency.
    """
    made, words = [], []
    for name in sorted(study.facts):
        column = study.facts[name]
        words.append(column.dtype.kind == "U")
        if words[-1]:
            made.append(_categories(np.asarray(column, dtype=str)))
        else:
            currency = study.facts.get("currency") if name == "amount" else None
            made.append(_ranks(np.asarray(column, np.float64), currency))
    if not made:
        return np.zeros((study.deals.size, 0)), np.zeros(0, bool)
    return np.column_stack(made), np.array(words)


def with_time(study: Study, rows: Passages) -> tuple[Floats, Flags]:
    """Return passages × columns: facts, stage, days in it; and which are categories."""
    facts, words = columns(study)
    return np.column_stack([facts[rows.deal], rows.stage, np.log1p(rows.days)]), np.append(
        words, [True, False]
    )


def folds(study: Study, seed: int) -> Ints:
    """Return for each deal which part it belongs to; deals of one account belong to the same."""
    alone = study.accounts == ""
    names = np.where(alone, np.char.add("deal ", study.deals), np.char.add("account ", study.accounts))
    _, group = np.unique(names, return_inverse=True)
    part = np.random.default_rng(seed).permutation(int(group.max(initial=-1)) + 1) % FOLDS
    return np.asarray(part[group], np.int64)


def crossed(
    known: Floats,
    words: Flags,
    outcome: Floats,
    inside: Ints,
    *,
    seed: int,
    asked: Floats | None = None,
    asked_inside: Ints | None = None,
    part: float = 1.0,
) -> Floats:
    """Return for each asked row what the rows of other folds, or a part of them, tell: log odds of the outcome."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    if asked is None or asked_inside is None:
        asked, asked_inside = known, inside
    known, asked = _as_trees_take(known, asked, words)
    told = np.zeros(len(asked))
    # One thread: sums of floats depend on how they are parted.
    with threadpool_limits(1):
        for fold in range(FOLDS):
            learn, ask = np.flatnonzero(inside != fold), np.flatnonzero(asked_inside == fold)
            most = int(part * min(learn.size, _MOST_ROWS))
            if learn.size > most:
                learn = np.sort(np.random.default_rng(seed).choice(learn, most, replace=False))
            if not ask.size:
                continue
            positive = np.count_nonzero(outcome[learn])
            if min(positive, learn.size - positive) < _FEW_OUTCOMES // 2:
                told[ask] = outcome.mean()
                continue
            # A number that none of them has tells nothing, and trees do not take such a column.
            some = words | np.isfinite(known[learn]).any(axis=0)
            model = HistGradientBoostingClassifier(
                learning_rate=0.1,
                max_iter=_TREES,
                min_samples_leaf=50 if learn.size > 2_000 else 20,
                l2_regularization=5.0,
                categorical_features=words[some],
                early_stopping=bool(learn.size < _MANY_ROWS),
                random_state=seed,
            ).fit(known[learn][:, some], outcome[learn])
            told[ask] = model.predict_proba(asked[ask][:, some])[:, 1]
    return _log_odds(told)


def _averages(rows: Passages, stages: int) -> Floats:
    """Return the log odds of moving on from each stage, and last from an unknown one."""
    moved = np.bincount(rows.stage % (stages + 1), rows.moved, minlength=stages + 1)
    reached = np.bincount(rows.stage % (stages + 1), minlength=stages + 1)
    return _log_odds((moved + 0.5) / (reached + 1))


def _log_odds(chance: Floats) -> Floats:
    kept = np.clip(chance, _SUREST, 1 - _SUREST)
    return np.asarray(np.log(kept / (1 - kept)))


def _loss(log_odds: Floats, outcome: Floats) -> float:
    return float(np.mean(np.logaddexp(0, log_odds) - outcome * log_odds)) if outcome.size else 0.0


def _categories(column: Words) -> Floats:
    """Number words by how many deals have them, rarest last and together."""
    _, word, count = np.unique(column, return_inverse=True, return_counts=True)
    place = np.empty(count.size, np.int64)
    place[np.argsort(-count, kind="stable")] = np.arange(count.size)
    return np.minimum(place, _MOST_WORDS - 1)[word].astype(np.float64)


def _ranks(column: Floats, currency: Words | Floats | None) -> Floats:
    if currency is None:
        return column
    ranks = np.full(column.size, np.nan)
    for one in np.unique(currency):
        here = np.flatnonzero((currency == one) & np.isfinite(column))
        _, place = np.unique(column[here], return_inverse=True)
        ranks[here] = place / max(int(place.max(initial=0)), 1)
    return ranks


def _as_trees_take(known: Floats, asked: Floats, words: Flags) -> tuple[Floats, Floats]:
    """Shift stages so that no category is below zero."""
    lift = np.where(words, 1.0, 0.0)
    return known + lift, asked + lift
