"""What each asset does to the chance of winning, in all deals and by segment."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import expit

from enablement.evidence import glmm
from enablement.evidence.expected import Expected, expect
from enablement.evidence.passages import NO_STAGE, Passages, Uses, by_then, common, passages, uses
from enablement.evidence.shrinkage import Shrunk, data_alone, shrunk, shrunk_apart
from enablement.evidence.study import Floats, Ints, Study, Words, in_order
from enablement.evidence.verdicts import FEW_DEALS, hidden, verdict
from enablement.model import Effect, Interval, Plain

# How much is left to learn, in parts of what twice as many rows have taught, and how unsure that is (one standard
# deviation): 2.5 where each doubling of rows leaves 0.71 of it, as we measured; with 0.6 or 0.78, it is 1.5 or 3.5.
_LEFT, _LEFT_DOUBT = 2.5, 1.0
# The variance of a weak prior on how far segments are apart (log odds), and Newton's steps to find that.
_WEAK, _STEPS = 1.0, 8


def winning(study: Study, *, seed: int, expected: Expected | None = None) -> list[Effect]:
    """Return the effect of each asset that a closed deal used, and by segment where it is known enough.

    Effects are the mean change of the chance to win of the deals that used the asset (ATT, in points -1..1), given
    what else they used. `expected`, if it is there, comes from `expect` for the same study in order. Raises ValueError
    where the study is not sound. The same data and seed give the same effects, in whatever order the rows are.
    """
    ordered = in_order(study)
    at_hand = _look(ordered, expected or expect(ordered, seed=seed))
    if not at_hand.found.asset.size:
        return []
    own = _own(at_hand)
    whole = _Cells(
        "", np.array([""]), np.zeros(ordered.deals.size, np.int64), at_hand.found.asset, at_hand.found.asset
    )
    effects = list(_effects(at_hand, own, whole, own.effect, least=1))
    for cells, effect in _by_segment(at_hand, own):
        effects.extend(_effects(at_hand, own, cells, effect, least=FEW_DEALS))
    return sorted(effects, key=lambda one: (one.asset_id, one.segment))


def calibration(study: Study, expected: Expected) -> list[tuple[float, float, int]]:
    """Return up to ten bins of passages of a study in order: mean expected chance, share that moved on, how many."""
    rows = passages(study)
    chance = expit(expected.ahead[rows.deal, rows.stage])
    order = np.lexsort((np.arange(chance.size), chance))
    return [
        (float(chance[part].mean()), float(rows.moved[part].mean()), int(part.size))
        for part in np.array_split(order, 10)
        if part.size
    ]


@dataclass(frozen=True)
class _AtHand:
    """A study, its passages and first uses, and what is expected; `row`, `use`: which passages each use had reached."""

    study: Study
    rows: Passages
    found: Uses
    expected: Expected
    row: Ints
    use: Ints
    visited: Floats


@dataclass(frozen=True)
class _Own:
    """The effect of each asset in all deals (log odds), and what was fitted with it."""

    effect: Shrunk
    fitted: glmm.Fitted
    # What the data alone say of each effect, and the variance of that.
    plain: Floats
    noise: Floats
    # Log odds that all that the deal of each use had used adds, but for this use.
    others: Floats


@dataclass(frozen=True)
class _Cells:
    """Uses by asset and value of one dimension: `value` per deal, `cell` per use (-1: none), `asset` per use."""

    dimension: str
    values: Words
    value: Ints
    cell: Ints
    asset: Ints


def _look(study: Study, expected: Expected) -> _AtHand:
    rows = passages(study)
    found = uses(study, rows)
    row, use = by_then(found, rows)
    return _AtHand(study, rows, found, expected, row, use, _visited(study, rows))


def _own(at_hand: _AtHand) -> _Own:
    study, rows, found = at_hand.study, at_hand.rows, at_hand.found
    assets = study.assets.size
    used = _matrix(at_hand.row, found.asset[at_hand.use], (rows.deal.size, assets))
    fitted = glmm.fit(
        used,
        at_hand.expected.leaving,
        rows.moved.astype(np.float64),
        family="logit",
        blocks=[slice(0, assets)],
        clusters=_accounts(study, rows),
        free_means=False,
    )
    further, doubt = _unlearned(at_hand, used, fitted)
    variance = fitted.priors[0].variance
    effect = shrunk(fitted.effects + further, fitted.errors, variance, doubt=doubt)
    alone, noise = data_alone(fitted.effects + further, fitted.errors, variance)
    together = np.bincount(found.deal, fitted.effects[found.asset], minlength=study.deals.size)
    others = together[found.deal] - fitted.effects[found.asset]
    return _Own(effect, fitted, alone, noise + doubt**2, others)


def _unlearned(at_hand: _AtHand, used: sparse.csr_array, fitted: glmm.Fitted) -> tuple[Floats, Floats]:
    """Return what to add to each asset's effect for what is not learned yet of the deals, and how unsure that is.

    What trees have yet to learn of the good deals, which use more, is credited to what they use. For content that is
    common this outweighs chance. It falls as they see more rows, so half as many show how much of it is left.
    """
    halved = at_hand.expected.halved
    if not halved.size:
        return np.zeros(used.shape[1]), np.zeros(used.shape[1])
    with_half = glmm.fit(
        used,
        halved,
        at_hand.rows.moved.astype(np.float64),
        family="logit",
        blocks=[slice(0, used.shape[1])],
        clusters=_accounts(at_hand.study, at_hand.rows),
        held=fitted.priors,
    )
    gained = np.where(common(at_hand.found, at_hand.study), fitted.effects - with_half.effects, 0.0)
    return _LEFT * gained, _LEFT_DOUBT * np.abs(gained)


def _by_segment(at_hand: _AtHand, own: _Own) -> Iterator[tuple[_Cells, Shrunk]]:
    """Yield the cells of each dimension with the effect in each that is used enough."""
    found, assets = at_hand.found, at_hand.study.assets.size
    for cells in _dimensions(at_hand):
        size = assets * cells.values.size
        deals = np.bincount(cells.cell[cells.cell >= 0], minlength=size)
        # What is left of an asset's deals, in cells too small or in none, is a part beside them.
        enough = (cells.cell >= 0) & (deals[cells.cell] >= FEW_DEALS)
        names, part = np.unique(np.where(enough, cells.cell, size + found.asset), return_inverse=True)
        told = names < size
        if not told.any():
            continue
        asset = np.where(told, names // max(cells.values.size, 1), names - size)
        apart, information = _apart(at_hand, own, part, names.size)
        variance = own.fitted.priors[0].variance
        judged = shrunk_apart(
            own.plain, own.noise, variance, asset=asset, apart=apart, information=information
        )
        columns = np.zeros((4, size))
        columns[:, names[told]] = np.array([judged.mean, judged.error, judged.low, judged.high])[:, told]
        yield cells, Shrunk(*columns)


def _apart(at_hand: _AtHand, own: _Own, part: Ints, parts: int) -> tuple[Floats, Floats]:
    """Return how far each part of the uses is from what was fitted (log odds), and the information on that.

    By Newton's steps with a weak prior, which is taken out again: where all of a part moved on, nothing is likeliest.
    """
    linear, of_row = own.fitted.linear[at_hand.row], part[at_hand.use]
    moved = np.bincount(of_row, at_hand.rows.moved[at_hand.row], parts)
    apart, information = np.zeros(parts), np.zeros(parts)
    for _ in range(_STEPS):
        chance = expit(linear + apart[of_row])
        information = np.maximum(np.bincount(of_row, chance * (1 - chance), parts), 1e-9)
        step = (moved - np.bincount(of_row, chance, parts) - apart / _WEAK) / (information + 1 / _WEAK)
        apart = apart + np.clip(step, -1, 1)
    return apart * (1 + 1 / (_WEAK * information)), information


def _dimensions(at_hand: _AtHand) -> Iterator[_Cells]:
    study, found = at_hand.study, at_hand.found
    for name in sorted(study.segments):
        values, value = np.unique(study.segments[name], return_inverse=True)
        known = np.where(values[value[found.deal]] == "", -1, found.asset * values.size + value[found.deal])
        yield _Cells(name, values, value, known, found.asset)
    if len(study.stages) > 1:
        stage = at_hand.rows.stage[found.row]
        cell = np.where(stage == NO_STAGE, -1, found.asset * len(study.stages) + stage)
        # That a deal used something in a stage is not a fact of the deal: all deals are what it is counted among.
        yield _Cells("stage", np.array(study.stages), np.zeros(study.deals.size, np.int64), cell, found.asset)


def _effects(at_hand: _AtHand, own: _Own, cells: _Cells, effect: Shrunk, *, least: int) -> Iterator[Effect]:
    """Turn log odds by cell into points over the deals of the cell, and say what they amount to."""
    study = at_hand.study
    inside = np.flatnonzero(cells.cell >= 0)
    cell, size = cells.cell[inside], effect.mean.size
    deals = np.bincount(cell, minlength=size)
    before = _to_win(at_hand, own, inside, own.others[inside])
    points = []
    for logit in (effect.mean, effect.low, effect.high):
        after = _to_win(at_hand, own, inside, own.others[inside] + logit[cell])
        points.append(np.bincount(cell, after - before, minlength=size) / np.maximum(deals, 1))
    plain = _plain(at_hand, cells, inside)
    for one in np.flatnonzero(deals >= least).tolist():
        interval = Interval(*(float(column[one]) for column in points))
        named = verdict("winning", interval, int(deals[one]))
        logits = Interval(*(float(column[one]) for column in (effect.mean, effect.low, effect.high)))
        value = cells.values[one % cells.values.size]
        yield Effect(
            asset_id=str(study.assets[one // cells.values.size]),
            on="winning",
            segment=f"{cells.dimension}:{value}" if cells.dimension else "",
            interval=interval,
            verdict=named,
            deals=int(deals[one]),
            logit=logits.estimate,
            logit_error=float(effect.error[one]),
            plain=plain[one],
            hidden=hidden(logits) if named in ("helps", "hurts") else None,
        )


def _to_win(at_hand: _AtHand, own: _Own, which: Ints, added: Floats) -> Floats:
    """Return the chance to win of each use's deal from the stage of the use on, with `added` log odds in each stage."""
    deal = at_hand.found.deal[which]
    first = at_hand.rows.stage[at_hand.found.row[which]]
    ahead = own.fitted.intercept + own.fitted.slope * at_hand.expected.ahead
    chance = np.where(first == NO_STAGE, expit(ahead[deal, NO_STAGE] + added), 1.0)
    for stage in range(len(at_hand.study.stages)):
        here = np.flatnonzero((first != NO_STAGE) & (first <= stage))
        comes = np.where(first[here] == stage, 1.0, at_hand.visited[stage])
        chance[here] *= 1 - comes * (1 - expit(ahead[deal[here], stage] + added[here]))
    return np.asarray(chance)


def _visited(study: Study, rows: Passages) -> Floats:
    """Return for each stage how many of the closed deals that could come through it did: some skip stages."""
    first = np.full(study.deals.size, len(study.stages))
    last = np.full(study.deals.size, NO_STAGE)
    np.minimum.at(first, rows.deal, rows.stage)
    np.maximum.at(last, rows.deal, np.where(rows.moved & study.won[rows.deal], len(study.stages), rows.stage))
    stages = np.arange(len(study.stages))
    came = np.array([np.count_nonzero(rows.stage == stage) for stage in stages], np.float64)
    could = np.array([np.count_nonzero((first <= stage) & (stage <= last)) for stage in stages], np.float64)
    return np.minimum(came / np.maximum(could, 1), 1.0)


def _plain(at_hand: _AtHand, cells: _Cells, inside: Ints) -> list[Plain]:
    """Count the won and the lost by the stage in which most of a cell's deals began to use the asset."""
    study, found, rows = at_hand.study, at_hand.found, at_hand.rows
    stages, size = len(study.stages) + 1, cells.values.size * study.assets.size
    cell, deal = cells.cell[inside], found.deal[inside]
    first = rows.stage[found.row[inside]] % stages
    most = np.bincount(cell * stages + first, minlength=size * stages).reshape(size, stages).argmax(axis=1)
    reached = np.zeros((study.deals.size, stages), bool)
    reached[rows.deal, rows.stage] = True
    by_then = (first <= most[cell]) & reached[deal, most[cell]]
    counts = [
        np.bincount(cell[by_then & (study.won[deal] == won)], minlength=size).tolist()
        for won in (True, False)
    ]
    of_value = np.zeros((2, int(cells.value.max(initial=0)) + 1, stages), np.int64)
    for at, won in enumerate((True, False)):
        here = study.won[rows.deal] == won
        np.add.at(of_value[at], (cells.value[rows.deal[here]], rows.stage[here]), 1)
    names = (*study.stages, "")
    values = np.arange(size) % cells.values.size if of_value.shape[1] > 1 else np.zeros(size, np.int64)
    return [
        Plain(
            names[stage], used_won, int(of_value[0, value, stage]), used_lost, int(of_value[1, value, stage])
        )
        for stage, value, used_won, used_lost in zip(most.tolist(), values.tolist(), *counts, strict=True)
    ]


def _accounts(study: Study, rows: Passages) -> NDArray[np.generic]:
    """Return a cluster for each passage: its account, or itself alone where that is unknown."""
    _, account = np.unique(study.accounts, return_inverse=True)
    alone = study.accounts[rows.deal] == ""
    return np.where(alone, -1 - np.arange(rows.deal.size), account[rows.deal])


def _matrix(row: Ints, column: Ints, shape: tuple[int, int]) -> sparse.csr_array:
    return sparse.csr_array((np.ones(row.size), (row, column)), shape=shape)
