"""What content does to how fast deals move on: weekly rates, with uses that count from their moment on."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy import optimize, sparse

from enablement.evidence.glmm import Fitted, Prior, fit
from enablement.evidence.rates import expected_moves
from enablement.evidence.shrinkage import Shrunk, shrunk
from enablement.evidence.spells import Spells, Stays, first_uses, spells, stays
from enablement.evidence.study import Flags, Floats, Ints, Study, Words, in_order
from enablement.evidence.verdicts import FEW_DEALS, Z90, hidden, verdict
from enablement.model import Effect, Interval

# A weak word on how far segments lie apart (log rate): worth two of them.
_BELIEVED, _BELIEVED_VARIANCE = 2.0, 0.01
_STEPS = 30
# Deals' own paces: how often their spread is tried, over how many places they are summed, the ends of the log of their
# variance, the step to see how it bends, and bounds on what a flat likelihood would say.
_SECANTS, _PLACES, _SPREADS, _STEP = 2, 21, (-7.0, 1.5), 0.1
_STEEPEST, _LEAST_SURE = 0.9, 1.0
# How large ratios are, and how far apart, is found on so many deals.
SAMPLE = 20_000
# With fewer moves of deals that have not used an asset, nothing is said of it.
FEW_MOVES = 10
# With so many moves before any use, facts are first learned from these alone: uses had no part in them.
ENOUGH_UNUSED = 500


@dataclass(frozen=True)
class _AtHand:
    """Deals in their spells; `use` has a column for each asset that was used at all."""

    study: Study
    of: Stays
    cut: Spells
    use: sparse.csr_array

    @property
    def deal(self) -> Ints:
        return self.of.deal[self.cut.stay]

    @property
    def stage(self) -> Ints:
        return self.of.stage[self.cut.stay]

    def of_deals(self, which: Flags) -> "_AtHand":
        """Return the same of some deals alone."""
        of = self.of.some(which[self.of.deal])
        return replace(
            self, of=of, cut=spells(self.study, of), use=self.use[np.flatnonzero(which[self.deal])]
        )

    def unused(self) -> Flags:
        """Return the spells before any use, where there are enough of them to learn from, else all."""
        before = np.diff(self.use.indptr) == 0
        return before if self.cut.moved[before].sum() >= ENOUGH_UNUSED else np.ones(len(before), bool)

    def rates(self, made: Floats, learn: Flags, *, seed: int, in_time: bool = True) -> Floats:
        return expected_moves(self.study, self.of, self.cut, made, learn, seed=seed, in_time=in_time)

    def design(self) -> tuple[sparse.csr_array, list[int]]:
        """Return a column for each asset and stage, and where each of the two begins and ends."""
        blocks = [self.use, _columns(self.stage)]
        return sparse.hstack(blocks, format="csr"), np.cumsum([0, *(one.shape[1] for one in blocks)]).tolist()


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
    fitted, moves = _fitted(_AtHand(study, of, cut, use), seed=seed)
    found = _uses(study, of, cut, moves)
    deals = np.bincount(found.asset[found.there], minlength=len(study.assets))[known]
    own = shrunk(fitted.effects[: len(known)], fitted.errors[: len(known)], fitted.priors[0].variance)
    told = [
        _effect(
            str(study.assets[asset]), "", own.mean[at], own.error[at], (own.low[at], own.high[at]), deals[at]
        )
        for at, asset in enumerate(known)
    ]
    for name, values in _dimensions(study, found):
        told += _segments(study, found, name, values, place, own)
    # What moves on with it alone can be compared with nothing.
    without = dict(zip(study.assets[known].tolist(), cut.moved.sum() - use.T @ cut.moved, strict=True))
    told = [one if without[one.asset_id] >= FEW_MOVES else _unsaid(one) for one in told]
    return sorted(told, key=lambda one: (one.asset_id, one.segment))


def _fitted(at_hand: _AtHand, *, seed: int) -> tuple[Fitted, Floats]:
    """Fit the joint model, and return the moves that it expects of each spell.

    Facts and time are learned twice. What uses did, and each deal's own pace, is found on a sample in between and taken
    out (the EM algorithm for frailty: Klein 1992, doi:10.2307/2532345). Otherwise rates would seem to fall with time,
    as fast deals are gone by then, and late uses would be given credit for it. So time is left out at first.
    """
    some = np.random.default_rng(seed).permutation(len(at_hand.study.deals)) < SAMPLE
    learn = some[at_hand.deal]
    few = at_hand.of_deals(some)
    rates = few.rates(np.ones(len(few.deal)), few.unused(), seed=seed, in_time=False)
    joint = _settled(few, rates).joint
    made = np.ones(len(learn))
    made[learn] = _made(few, rates, joint)
    moves = at_hand.rates(made, learn, seed=seed)
    settled = _settled(few, moves[learn], held=joint.priors)
    fitted = settled.joint if some.all() else _joint(at_hand, moves, held=settled.joint.priors)
    errors = np.hypot(fitted.errors, settled.unsure)
    return replace(fitted, errors=errors), moves * np.exp(fitted.linear)


def _joint(at_hand: _AtHand, moves: Floats, held: tuple[Prior, ...] | None = None) -> Fitted:
    """Fit ratios of assets, of stages and of deals (some are slow for no known reason) to what is left."""
    design, ends = at_hand.design()
    return fit(
        design,
        np.zeros(len(moves)),
        at_hand.cut.moved / moves,
        family="poisson",
        blocks=[slice(*both) for both in pairwise(ends)],
        weights=moves,
        clusters=at_hand.deal,
        free_means=False,
        free_slope=False,
        held=held,
    )


@dataclass(frozen=True)
class _Settled:
    """A joint model whose spread of paces agrees with what deals did; `unsure`: what that leaves open of effects."""

    joint: Fitted
    unsure: Floats


def _settled(at_hand: _AtHand, moves: Floats, held: tuple[Prior, ...] | None = None) -> _Settled:
    """Fit with the spread of deals' own paces under which what they did is likeliest: found by the secant method.

    The joint model alone holds deals too much alike: few moves say little of each, and it draws near the truth slowly.
    How far effects hang on the spread, and how sure that is, is a part of their error (delta method).
    """
    joint = _joint(at_hand, moves, held=held)
    tried = float(np.log(joint.priors[-1].variance))
    found, unsure = _spread_of_paces(at_hand, moves, joint)
    steep, slope = 0.0, np.zeros(len(joint.effects))
    for _ in range(_SECANTS):
        # What agrees with itself, were the rest straight; at first as if what is found did not hang on what is tried.
        better = float(np.clip(tried + (found - tried) / (1 - steep), *_SPREADS))
        priors = (*joint.priors[:-1], Prior(0.0, float(np.exp(better))))
        before, joint = joint, _joint(at_hand, moves, held=priors)
        now, unsure = _spread_of_paces(at_hand, moves, joint)
        if abs(better - tried) > 1e-4:
            steep = float(np.clip((now - found) / (better - tried), 0.0, _STEEPEST))
            slope = (joint.effects - before.effects) / (better - tried)
        tried, found = better, now
    return _Settled(joint, np.abs(slope) * unsure / (1 - steep))


def _spread_of_paces(at_hand: _AtHand, moves: Floats, joint: Fitted) -> tuple[float, float]:
    """Return the log variance of deals' log paces that is likeliest, all else held, and its standard error."""
    fixed = joint.intercept + at_hand.design()[0] @ joint.effects
    expected = np.bincount(at_hand.deal, moves * np.exp(fixed), minlength=1)
    did = np.bincount(at_hand.deal, at_hand.cut.moved, minlength=1)[expected > 0][:, None]
    expected = expected[expected > 0][:, None]
    places, weights = np.polynomial.hermite_e.hermegauss(_PLACES)

    def unlikely(log_variance: float) -> float:
        pace = np.exp(log_variance / 2) * places
        terms = did * pace - expected * np.exp(pace)
        most = terms.max(axis=1)
        return -float((most + np.log(np.exp(terms - most[:, None]) @ weights)).sum())

    best = float(optimize.minimize_scalar(unlikely, bounds=_SPREADS, method="bounded").x)
    bent = (unlikely(best + _STEP) + unlikely(best - _STEP) - 2 * unlikely(best)) / _STEP**2
    return best, float(min(1 / np.sqrt(max(bent, 1e-9)), _LEAST_SURE))


def _made(at_hand: _AtHand, moves: Floats, joint: Fitted) -> Floats:
    """Return by how much uses and the deal's own pace changed the rate in each spell, as a mean over what they may be.

    The pace is what is left of the fitted predictor without its stage; its mean is that of a log-normal.
    """
    stages = joint.effects[at_hand.use.shape[1] :][at_hand.stage]
    told = np.bincount(at_hand.deal, moves * np.exp(joint.linear))
    unsure = 1 / (1 / joint.priors[-1].variance + told)
    made: Floats = np.exp(joint.linear - joint.intercept - stages + unsure[at_hand.deal] / 2)
    return made


def _columns(group: Ints) -> sparse.csr_array:
    """Return rows × groups, with a one where the row is of the group."""
    ones = (np.ones(len(group)), (np.arange(len(group)), group))
    return sparse.csr_array(ones, shape=(len(group), int(group.max(initial=0)) + 1))


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
    study: Study, found: _Use, name: str, values: Words, place: Ints, whole: Shrunk
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
    known = np.maximum(1 / np.maximum(whole.error[own], 1e-6) ** 2, told)
    error = np.sqrt((1 / spread + known - told) / (known * (told + 1 / spread) - told**2))
    middle = whole.mean[own] + apart
    return [
        _effect(
            str(study.assets[at // len(names)]),
            f"{name}:{names[at % len(names)]}",
            middle[row],
            error[row],
            (middle[row] - Z90 * error[row], middle[row] + Z90 * error[row]),
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


def _effect(
    asset_id: str, segment: str, logit: float, error: float, ends: tuple[float, float], deals: int
) -> Effect:
    logits = Interval(float(logit), *map(float, ends))
    interval = Interval(
        *(float(np.exp(np.clip(one, -20, 20))) for one in (logits.estimate, logits.low, logits.high))
    )
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
        hidden=hidden(logits) if called in ("helps", "hurts") else None,
    )


def _unsaid(effect: Effect) -> Effect:
    return replace(effect, verdict="not_enough", hidden=None)
