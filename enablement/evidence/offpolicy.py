"""Would another ranking have done better? Its value from what was shown by lot, and with which chance."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from enablement.evidence.spells import last_day
from enablement.evidence.study import Flags, Floats, Ints, Study
from enablement.evidence.trials import used_after
from enablement.evidence.verdicts import Z90
from enablement.model import Interval

Reward = Literal["used", "won"]
# An asset counts as used because it was shown when it is used within so many days.
SOON_DAYS = 14.0
# Lots that stand for fewer than this, or come from fewer deals, say nothing.
LEAST_EFFECTIVE = 100.0
LEAST_DEALS = 30
_FOLDS = 5
# A mean is drawn to that of all assets as if so many lots of these had been seen.
_DRAWN_TO_ALL = 20.0


@dataclass(frozen=True)
class Value:
    """The mean reward (0..1) of a lot under another ranking, and under the one that drew, with 90 % intervals.

    By inverse propensity (`ips`), the same divided by its weights (`normalised`), and doubly robust; `gain` is the
    doubly robust value less the drawn one, -1..1. `effective` is for how many lots, drawn by the other ranking, these
    stand (Kish). Where they are not `enough`, nothing should be concluded.
    """

    reward: Reward
    lots: int
    deals: int
    effective: float
    drawn: Interval
    ips: Interval
    normalised: Interval
    doubly_robust: Interval
    gain: Interval

    @property
    def enough(self) -> bool:
        return self.effective >= LEAST_EFFECTIVE and self.deals >= LEAST_DEALS


def value(study: Study, chance: Floats, *, reward: Reward, seed: int) -> Value | None:
    """Return what it would be worth to show each lot's asset with `chance` (0..1, one for each lot) instead; or None.

    The reward of a lot is that the deal used the asset within 14 days (`used`), or that it was won (`won`), shown or
    not. Left out are lots whose reward is not known yet, and those that could come out one way only. Deals, not lots,
    are drawn independently: errors are those of their sums. None where no lot is left. Raises ValueError unless there
    is a chance for each lot.
    """
    if chance.shape != study.lot_chance.shape or not ((chance >= 0) & (chance <= 1)).all():
        raise ValueError(f"{len(study.lot_chance)} lots need as many chances between 0 and 1")
    # By ids, not as they happen to come.
    deals, assets = np.argsort(np.argsort(study.deals)), np.argsort(np.argsort(study.assets))
    order = np.lexsort((study.lot_at, assets[study.lot_asset], deals[study.lot_deal]))
    drawn_by_lot = (study.lot_chance > 0) & (study.lot_chance < 1) & _known(study, reward)
    known = order[drawn_by_lot[order]]
    if not len(known):
        return None
    deal, asset, shown = study.lot_deal[known], study.lot_asset[known], study.lot_shown[known]
    drawn, wanted, got = study.lot_chance[known], chance[known], _rewards(study, reward)[known]
    weight = np.where(shown, wanted / drawn, (1 - wanted) / (1 - drawn))
    fold = (np.random.default_rng(seed).permutation(len(deals)) % _FOLDS)[deals[deal]]
    guess_shown, guess_not = _guesses(fold, asset, shown, got, assets=len(assets))
    guess = np.where(shown, guess_shown, guess_not)
    robust = wanted * guess_shown + (1 - wanted) * guess_not + weight * (got - guess)
    normalised = float((weight * got).sum() / max(weight.sum(), 1e-12))
    return Value(
        reward,
        len(deal),
        len(np.unique(deal)),
        float(weight.sum() ** 2 / max((weight**2).sum(), 1e-12)),
        _mean(got, deal),
        _mean(weight * got, deal),
        _around(normalised, weight * (got - normalised) / max(weight.mean(), 1e-12), deal),
        _mean(robust, deal),
        _mean(robust - got, deal),
    )


def _known(study: Study, reward: Reward) -> Flags:
    if reward == "won":
        return np.asarray(study.lot_at <= study.ended[study.lot_deal])
    return study.lot_at + SOON_DAYS <= last_day(study)


def _rewards(study: Study, reward: Reward) -> Floats:
    if reward == "won":
        return study.won[study.lot_deal].astype(float)
    after = used_after(study, study.lot_deal, study.lot_asset, study.lot_at)
    return (after <= SOON_DAYS).astype(float)


def _guesses(fold: Ints, asset: Ints, shown: Flags, got: Floats, *, assets: int) -> tuple[Floats, Floats]:
    """Return the reward to expect of each lot, shown and not, by what other deals did with that asset."""
    side = asset * 2 + shown
    size = assets * 2
    guesses = np.zeros((2, len(asset)))
    for one in range(_FOLDS):
        learn, ask = fold != one, fold == one
        lots = np.bincount(side[learn], minlength=size).reshape(-1, 2)
        total = np.bincount(side[learn], got[learn], minlength=size).reshape(-1, 2)
        level = (total.sum(axis=0) + 0.5) / (lots.sum(axis=0) + 1)
        means = (total + _DRAWN_TO_ALL * level) / (lots + _DRAWN_TO_ALL)
        guesses[0, ask], guesses[1, ask] = means[asset[ask], 1], means[asset[ask], 0]
    return guesses[0], guesses[1]


def _mean(values: Floats, deal: Ints) -> Interval:
    middle = float(values.mean())
    return _around(middle, values - middle, deal)


def _around(middle: float, rest: Floats, deal: Ints) -> Interval:
    """Return the interval of a mean whose rows deviate by `rest`, those of one deal together."""
    deals = len(np.unique(deal))
    sums = np.bincount(deal, rest)
    error = float(np.sqrt((sums**2).sum() * deals / max(deals - 1, 1))) / len(rest)
    return Interval(middle, middle - Z90 * error, middle + Z90 * error)
