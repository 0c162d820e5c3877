"""What content does to how fast deals move on: weekly rates, with uses that count from their moment on."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from enablement.evidence.glmm import Fitted, Prior, fit
from enablement.evidence.rates import expected_moves
from enablement.evidence.spells import Spells, Stays, first_uses, spells, stays
from enablement.evidence.study import Flags, Floats, Ints, Study, Words, in_order
from enablement.evidence.verdicts import FEW_DEALS, Z90, hidden, verdict
from enablement.model import Effect, Interval

# A weak word on how far segments lie apart (log rate): worth two of them.
_BELIEVED, _BELIEVED_VARIANCE = 2.0, 0.01
_STEPS = 30
# How large ratios are, and how far apart, is found on so many deals.
SAMPLE = 8_000
# Errors are so much larger than the joint model holds them, for it takes the expected moves as known. Measured: see
# docs/benchmarks.md.
WIDER = 1.15
# With fewer moves of deals that have not used an asset, nothing is said of it.
FEW_MOVES = 10
# With so many moves before any use, facts are first learned from these alone: uses had no part in them.
ENOUGH_UNUSED = 500


@dataclass(frozen=True)
class _Use:
    """Uses that fell into the time of a deal, by their place among first uses: what they tell effects by."""

    asset: Ints
    deal: Ints
    # The stage that the deal was in, or was about to come to, when it was used.
    stage: Ints
    # Those of them after which there was time left.
    there: Ints
    # Of each use in each spell: which use, how many moves came after, and how many the joint model expects.
    which: Ints
    moved: Floats
    expected: Floats


def speed(study: Study, *, seed: int) -> list[Effect]:
    """Return for each used asset, and its segments with deals enough, the ratio of the rate at which deals move on.

    Piecewise exponential: the rate of moving to a later stage or to a win is that which the deal's facts, its stage and
    its time there lead to expect, times the ratios of all assets that it has used so far; all ratios are found
    together. Lost deals leave, as open ones do on the last day: what makes deals lost is not speed. Raises ValueError
    where ids are doubled.
    """
    study = in_order(study)
    of = stays(study)
    cut = spells(study, of)
    known = np.flatnonzero(np.bincount(cut.use.indices, minlength=len(study.assets)))
    if not len(known):
        return []
    place = np.zeros(len(study.assets), np.int64)
    place[known] = np.arange(len(known))
    columns = (cut.use.data, place[cut.use.indices], cut.use.indptr)
    use = sparse.csr_array(columns, shape=(len(cut.stay), len(known)))
    fitted, moves = _fitted(study, of, cut, use, seed=seed)
    found = _uses(study, of, cut, moves)
    deals = np.bincount(found.asset[found.there], minlength=len(study.assets))[known]
    effects, errors = fitted.effects[: len(known)], WIDER * fitted.errors[: len(known)]
    told = [
        _effect(str(study.assets[asset]), "", effects[at], errors[at], deals[at])
        for at, asset in enumerate(known)
    ]
    for name, values in _dimensions(study, found):
        told += _segments(study, found, name, values, place, effects, errors)
    # What moves on with it alone can be compared with nothing.
    without = dict(zip(study.assets[known].tolist(), cut.moved.sum() - use.T @ cut.moved, strict=True))
    told = [one if without[one.asset_id] >= FEW_MOVES else _unsaid(one) for one in told]
    return sorted(told, key=lambda one: (one.asset_id, one.segment))


def _fitted(
    study: Study, of: Stays, cut: Spells, use: sparse.csr_array, *, seed: int
) -> tuple[Fitted, Floats]:
    """Fit the joint model, and return the moves that it expects of each spell.

    Twice: what the uses did is found on a sample, so that facts and time can be learned anew with that taken out.
    """
    made, whole = np.ones(len(cut.stay)), np.ones(len(cut.stay), bool)
    unused = np.diff(use.indptr) == 0
    moves = expected_moves(
        study, of, cut, made, unused if cut.moved[unused].sum() >= ENOUGH_UNUSED else whole, seed=seed
    )
    some = np.random.default_rng(seed).permutation(len(study.deals)) < SAMPLE
    deal = of.deal[cut.stay]
    rows = np.flatnonzero(some[deal])
    first = _joint(of.stage[cut.stay[rows]], deal[rows], cut.moved[rows], use[rows], moves[rows])
    made = np.exp(use @ first.effects[: use.shape[1]])
    moves = expected_moves(study, of, cut, made, whole, seed=seed)
    fitted = _joint(
        of.stage[cut.stay], deal, cut.moved, use, moves, held=None if some.all() else first.priors
    )
    return fitted, moves * np.exp(fitted.linear)


def _joint(
    stage: Ints,
    deal: Ints,
    moved: Flags,
    use: sparse.csr_array,
    moves: Floats,
    held: tuple[Prior, ...] | None = None,
) -> Fitted:
    """Fit ratios of assets, of stages and of deals (some are slow for no known reason) to what is left unexplained."""
    stages = int(stage.max(initial=0)) + 1
    passing = sparse.csr_array(
        (np.ones(len(stage)), (np.arange(len(stage)), stage)), shape=(len(stage), stages)
    )
    return fit(
        sparse.hstack([use, passing], format="csr"),
        np.zeros(len(stage)),
        moved / moves,
        family="poisson",
        blocks=[slice(0, use.shape[1]), slice(use.shape[1], use.shape[1] + stages)],
        weights=moves,
        clusters=deal,
        free_slope=False,
        held=held,
    )


def _uses(study: Study, of: Stays, cut: Spells, moves: Floats) -> _Use:
    deal, asset, _ = first_uses(study)
    spell = np.repeat(np.arange(len(cut.stay)), np.diff(cut.use.indptr))
    stage = np.zeros(len(deal), np.int64)
    # Backwards, so that the first spell after the use stays.
    stage[cut.made[::-1]] = of.stage[cut.stay[spell[::-1]]]
    there = np.zeros(len(deal), bool)
    there[cut.made] = True
    return _Use(
        asset, deal, stage, np.flatnonzero(there), cut.made, cut.moved[spell].astype(float), moves[spell]
    )


def _dimensions(study: Study, found: _Use) -> Iterator[tuple[str, Words]]:
    """Yield by what effects are told apart, with the value of each use."""
    for name in sorted(study.segments):
        yield name, study.segments[name][found.deal]
    if len(study.stages) > 1:
        yield "stage", np.array(study.stages)[found.stage]


def _segments(
    study: Study, found: _Use, name: str, values: Words, place: Ints, effects: Floats, errors: Floats
) -> list[Effect]:
    """Return how an asset works in each segment: its own effect, and how far the segment lies from that, shrunken."""
    names, value = np.unique(values, return_inverse=True)
    cell = found.asset * len(names) + value
    size = len(study.assets) * len(names)
    deals = np.bincount(cell[found.there], minlength=size)
    there = np.flatnonzero(deals >= FEW_DEALS)
    there = there[names[there % len(names)] != ""]
    moved = np.bincount(cell[found.which], found.moved, minlength=size)[there]
    expected = np.bincount(cell[found.which], found.expected, minlength=size)[there]
    apart, told, spread = _apart(moved, expected)
    own = place[there // len(names)]
    # What is known of the asset comes from this segment too: both at once, as two unknowns of one normal model.
    whole = np.maximum(1 / errors[own] ** 2, told)
    error = np.sqrt((1 / spread + whole - told) / (whole * (told + 1 / spread) - told**2))
    return [
        _effect(
            str(study.assets[at // len(names)]),
            f"{name}:{names[at % len(names)]}",
            effects[own[row]] + apart[row],
            error[row],
            deals[at],
        )
        for row, at in enumerate(there)
    ]


def _apart(moved: Floats, expected: Floats) -> tuple[Floats, Floats, float]:
    """Return how far segments lie from what was expected of them (log ratio), what the moves tell of that, its spread.

    One normal prior for all, found from them; Newton's steps on each, as moves are counts.
    """
    apart, spread = np.zeros(len(moved)), _BELIEVED_VARIANCE
    told = expected
    for _ in range(_STEPS):
        told = expected * np.exp(apart)
        step = (moved - told - apart / spread) / (told + 1 / spread)
        apart = apart + np.clip(step, -1, 1)
        decided = (told / (told + 1 / spread)).sum()
        spread = ((apart**2).sum() + _BELIEVED * _BELIEVED_VARIANCE) / (decided + _BELIEVED)
    return apart, told, float(spread)


def _effect(asset_id: str, segment: str, logit: float, error: float, deals: int) -> Effect:
    low, high = float(logit - Z90 * error), float(logit + Z90 * error)
    interval = Interval(*(float(np.exp(np.clip(one, -20, 20))) for one in (logit, low, high)))
    called = verdict("speed", interval, int(deals))
    return Effect(
        asset_id,
        "speed",
        segment,
        interval,
        called,
        int(deals),
        float(logit),
        float(error),
        hidden=hidden(Interval(float(logit), low, high)) if called in ("helps", "hurts") else None,
    )


def _unsaid(effect: Effect) -> Effect:
    return replace(effect, verdict="not_enough", hidden=None)
