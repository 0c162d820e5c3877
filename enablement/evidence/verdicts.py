"""What an effect is called, and how strong something unseen would have to be to overturn that."""

import math

from enablement.model import EffectOn, Interval, Verdict

# Below so many deals with use nothing is said.
FEW_DEALS = 30
# From so many on, an interval around no effect says that there is no clear one, however wide.
AMPLE_DEALS = 1_000
# How far from no effect an interval may reach and still say that there is no clear one.
_NARROW: dict[EffectOn, tuple[float, float]] = {"winning": (-0.05, 0.05), "speed": (0.8, 1.25)}
_NONE: dict[EffectOn, float] = {"winning": 0.0, "speed": 1.0}
# Of a normal distribution, 90 % lies so many standard deviations around its mean.
Z90 = 1.6448536269514722


def verdict(on: EffectOn, interval: Interval, deals: int) -> Verdict:
    """Name an effect by its 90 % interval (points for winning, ratio for speed) and the deals it comes from."""
    if deals < FEW_DEALS or not all(map(math.isfinite, (interval.low, interval.high))):
        return "not_enough"
    if interval.low > _NONE[on]:
        return "helps"
    if interval.high < _NONE[on]:
        return "hurts"
    low, high = _NARROW[on]
    if deals >= AMPLE_DEALS or (interval.low >= low and interval.high <= high):
        return "no_clear_effect"
    return "not_enough"


def hidden(logit: Interval) -> float | None:
    """Return how strong something unseen must be to explain an effect away; None where its interval includes none.

    `logit` is the effect as log odds (for speed: log rate). The answer is an odds ratio (rate ratio), at least 1: the
    E-value of VanderWeele and Ding (2017, doi:10.7326/M16-2607), R + √(R (R - 1)), of the end R of the 90 % interval
    that is nearest to no effect. Something unseen that goes with use and with the outcome more weakly than this, both,
    can't bring that end to no effect, however common it is.
    """
    if logit.low <= 0 <= logit.high:
        return None
    ratio = math.exp(min(abs(logit.low), abs(logit.high)))
    return ratio + math.sqrt(ratio * (ratio - 1))
