"""Whether what a run learned is fit for use: it must say what happens, not collapse onto few assets, do no worse."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from enablement.evidence import offpolicy
from enablement.evidence.expected import Expected
from enablement.evidence.habits import Habits
from enablement.evidence.study import Floats, Ints, Study
from enablement.evidence.winning import calibration
from enablement.model import Effect, RunCheck

# How far the expected chance may be off, besides what chance alone does to so few; how much worse than the average.
MOST_OFF, CHANCE_ALLOWED, MOST_LOSS = 0.03, 2.0, 1.02
# One asset may be first for so large a part of the open deals, or for so much more of them than by habit alone.
MOST_FIRST, MORE_FIRST = 0.5, 0.2
# Of the assets that are suggested by habit alone, such a part must still be.
LEAST_DISTINCT = 0.5
# With fewer assets than this to suggest, one may well be right for most deals.
LEAST_ASSETS = 10
PLACES, MOST_DEALS = 5, 500


def soundness(
    study: Study, expected: Expected, effects: Sequence[Effect], habits: Habits, *, seed: int
) -> tuple[RunCheck, ...]:
    """Return the checks that a run must pass, of a study in order; what cannot be measured yet passes and says so."""
    return (
        *_calibrated(study, expected),
        *_spread_out(study, effects, habits),
        _no_worse(study, effects, seed),
    )


def _calibrated(study: Study, expected: Expected) -> tuple[RunCheck, ...]:
    bins = np.array(calibration(study, expected)).reshape(-1, 3)
    told, seen, rows = bins.T
    share = rows / max(rows.sum(), 1)
    off = float(share @ np.abs(told - seen))
    # Mean absolute deviation of a normal distribution: √(2/π) standard deviations.
    chance = float(share @ np.sqrt(2 / np.pi * told * (1 - told) / np.maximum(rows, 1)))
    bound = MOST_OFF + CHANCE_ALLOWED * chance
    loss = expected.loss / max(expected.constant_loss, 1e-12) if expected.constant_loss else 1.0
    return (
        RunCheck("expected chance to move on, mean error over ten bins", off, bound, off <= bound),
        RunCheck("its log loss as a part of the average's", loss, MOST_LOSS, loss <= MOST_LOSS),
    )


def _spread_out(study: Study, effects: Sequence[Effect], habits: Habits) -> tuple[RunCheck, ...]:
    known = {(one.asset_id, one.segment): one.logit for one in effects if one.on == "winning"}
    deals = np.flatnonzero(np.isnan(study.ended))
    deals = deals[np.linspace(0, len(deals) - 1, min(len(deals), MOST_DEALS)).astype(np.int64)]
    plain, weighed = [], []
    for deal in deals.tolist():
        segments = {name: str(values[deal]) for name, values in study.segments.items()}
        likely = {asset: one.likely for asset, one in habits.of(segments, ()).items()}
        plain.append(_first(likely))
        weighed.append(_first(_weighed(likely, segments, known)))
    usual = len({asset for some in plain for asset in some})
    if usual < LEAST_ASSETS:
        return (
            RunCheck("spread over assets, not measured: too few assets or open deals yet", 0.0, 0.0, True),
        )
    first, first_by_habit = _most_first(weighed), _most_first(plain)
    most = max(MOST_FIRST, first_by_habit + MORE_FIRST)
    distinct = len({asset for some in weighed for asset in some})
    least = LEAST_DISTINCT * usual
    return (
        RunCheck("share of open deals for which one asset comes first", first, most, first <= most),
        RunCheck("distinct assets among the first five, at least", float(distinct), least, distinct >= least),
    )


def _weighed(
    likely: Mapping[str, float], segments: Mapping[str, str], known: Mapping[tuple[str, str], float]
) -> dict[str, float]:
    """Return what is likely times the odds ratio of each asset, in the deal's segment where that is told."""
    found = {}
    for asset, chance in likely.items():
        own = known.get((asset, ""), 0.0)
        told = [known.get((asset, f"{name}:{value}"), own) for name, value in segments.items()]
        found[asset] = chance * float(np.exp(max(told, key=lambda logit: abs(logit - own), default=own)))
    return found


def _first(scores: Mapping[str, float]) -> list[str]:
    return sorted(scores, key=lambda asset: (-scores[asset], asset))[:PLACES]


def _most_first(lists: Sequence[Sequence[str]]) -> float:
    firsts = Counter(some[0] for some in lists if some)
    return max(firsts.values()) / firsts.total()


def _no_worse(study: Study, effects: Sequence[Effect], seed: int) -> RunCheck:
    """Hold what the new effects would have shown of each draw against what the ranking in use drew."""
    chance = _would_show(study, {one.asset_id: one.logit for one in effects if _is_own(one)})
    for reward in ("won", "used"):
        worth = offpolicy.value(study, chance, reward=reward, seed=seed)
        if worth and worth.enough:
            name = f"gain over the ranking in use by {worth.lots} lots ({reward}), upper end"
            return RunCheck(name, worth.gain.high, 0.0, worth.gain.high >= 0)
    return RunCheck("gain over the ranking in use, not measured: too few lots yet", 0.0, 0.0, True)


def _is_own(effect: Effect) -> bool:
    return effect.on == "winning" and not effect.segment


def _would_show(study: Study, logits: Mapping[str, float]) -> Floats:
    """Return 1 for the lots of each draw that would be shown, as many as were: those with the best effects."""
    _, draw = np.unique(np.column_stack([study.lot_deal, study.lot_at]), axis=0, return_inverse=True)
    score = np.array([logits.get(str(asset), 0.0) for asset in study.assets])
    places = np.bincount(draw, study.lot_shown, minlength=int(draw.max(initial=-1)) + 1)
    order = np.lexsort((study.lot_asset, -score[study.lot_asset], draw))
    shown = np.zeros(len(draw))
    shown[order] = _rank(draw[order]) < places[draw[order]]
    return shown


def _rank(group: Ints) -> Ints:
    """Return the place of each row in its group; groups stand together."""
    return np.arange(len(group)) - np.searchsorted(group, group)
