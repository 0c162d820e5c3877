"""What lots say: whether deals for which an asset was shown by lot do better than those for which it was not."""

from dataclasses import dataclass

import numpy as np

from enablement.evidence.spells import first_uses
from enablement.evidence.study import Flags, Floats, Ints, Study, in_order
from enablement.evidence.verdicts import Z90
from enablement.model import Interval

# Fewer closed deals than this on either side say nothing.
LEAST_EACH = 5


@dataclass(frozen=True)
class _Drawn:
    """The first lot of each closed deal for each asset: a later one may depend on what the first one did."""

    asset: Ints
    shown: Flags
    # One through the chance of what came out: the deals on each side stand for all of them.
    weight: Floats
    won: Floats
    used: Floats


@dataclass(frozen=True)
class _Arm:
    """The deals on one side of the lots, for each asset: how many, how many they are worth, and their means."""

    deals: Floats
    worth: Floats
    won: Floats
    used: Floats
    # Of won with used: the covariance of the two means.
    together: Floats


def trials(study: Study) -> dict[str, tuple[Interval, int]]:
    """Return by asset what showing it by lot changed in the chance to win (-1..1), and from how many closed deals.

    As drawn: whoever was shown it counts, whether they used it or not. Only what was known at the lot enters; deals are
    drawn apart, so that two of one account are two. Newcombe's hybrid score interval (1998, method 10), in which
    weighted deals count for as many as they are worth. Open deals are left out, as are lots that could come out one
    way only.
    """
    study = in_order(study)
    shown, not_shown, kept = _arms(study)
    low_1, high_1 = _wilson(shown.won, shown.worth)
    low_0, high_0 = _wilson(not_shown.won, not_shown.worth)
    change = shown.won - not_shown.won
    low = change - np.hypot(shown.won - low_1, high_0 - not_shown.won)
    high = change + np.hypot(high_1 - shown.won, not_shown.won - low_0)
    return _told(study, kept, change, low, high, shown.deals + not_shown.deals)


def trials_of_use(study: Study) -> dict[str, tuple[Interval, int]]:
    """Return by asset what using it because it was shown changed in the chance to win, where the lots say enough.

    The change in winning through the change in use (Wald's ratio), which holds if showing does nothing but by use.
    Fieller's interval; assets are left out where that has no ends: showing them did not clearly change their use.
    """
    study = in_order(study)
    shown, not_shown, kept = _arms(study)
    win, use = shown.won - not_shown.won, shown.used - not_shown.used
    win_error, use_error = (
        _variance(getattr(shown, one), shown.worth) + _variance(getattr(not_shown, one), not_shown.worth)
        for one in ("won", "used")
    )
    both = shown.together + not_shown.together
    # (win - r·use)² ≤ z²·Var(win - r·use), solved for r.
    a, b, c = (
        use**2 - Z90**2 * use_error,
        win * use - Z90**2 * both,
        win**2 - Z90**2 * win_error,
    )
    clear = kept & (use > 0) & (a > 0) & (b**2 >= a * c)
    with np.errstate(invalid="ignore", divide="ignore"):
        root = np.sqrt(b**2 - a * c)
        ratio, low, high = win / use, (b - root) / a, (b + root) / a
    return _told(study, clear, ratio, low, high, shown.deals + not_shown.deals)


def used_after(study: Study, deal: Ints, asset: Ints, at: Floats) -> Floats:
    """Return how many days after each moment the deal first used the asset; infinity where never, or before already."""
    use_deal, use_asset, use_at = first_uses(study)
    width = len(study.assets)
    keys = use_deal * width + use_asset
    order = np.argsort(keys, kind="stable")
    keys, use_at = keys[order], use_at[order]
    if not len(keys):
        return np.full(len(deal), np.inf)
    wanted = deal * width + asset
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where((keys[place] == wanted) & (use_at[place] >= at), use_at[place] - at, np.inf)


def _arms(study: Study) -> tuple[_Arm, _Arm, Flags]:
    drawn, count = _drawn(study), len(study.assets)
    shown, not_shown = _arm(drawn, drawn.shown, count), _arm(drawn, ~drawn.shown, count)
    return shown, not_shown, (shown.deals >= LEAST_EACH) & (not_shown.deals >= LEAST_EACH)


def _drawn(study: Study) -> _Drawn:
    order = np.lexsort((study.lot_at, study.lot_asset, study.lot_deal))
    deal, asset = study.lot_deal[order], study.lot_asset[order]
    shown, chance, at = study.lot_shown[order], study.lot_chance[order], study.lot_at[order]
    first = np.ones(len(deal), bool)
    first[1:] = (deal[1:] != deal[:-1]) | (asset[1:] != asset[:-1])
    # While the deal was open, and it has closed since; nan compares as false.
    kept = first & (chance > 0) & (chance < 1) & (at <= study.ended[deal])
    deal, asset, shown = deal[kept], asset[kept], shown[kept]
    used = np.isfinite(used_after(study, deal, asset, at[kept]))
    weight = 1 / np.where(shown, chance[kept], 1 - chance[kept])
    return _Drawn(asset, shown, weight, study.won[deal].astype(float), used.astype(float))


def _arm(drawn: _Drawn, side: Flags, count: int) -> _Arm:
    asset, weight = drawn.asset[side], drawn.weight[side]
    won, used = drawn.won[side], drawn.used[side]

    def total(values: Floats) -> Floats:
        return np.bincount(asset, values, minlength=count).astype(np.float64)

    with np.errstate(invalid="ignore", divide="ignore"):
        weights = total(weight)
        means = total(weight * won) / weights, total(weight * used) / weights
        # As many as equal weights would need for the same error (Kish); fewer where heavy deals vary more than light.
        worth = weights**2 / total(weight**2)
        spread = total(weight**2 * (won - means[0][asset]) ** 2)
        worth = np.fmin(worth, means[0] * (1 - means[0]) * weights**2 / spread)
        together = (total(weight * won * used) / weights - means[0] * means[1]) / worth
    return _Arm(total(np.ones(len(asset))), worth, *means, together)


def _wilson(share: Floats, worth: Floats) -> tuple[Floats, Floats]:
    """Return the ends of Wilson's score interval."""
    with np.errstate(invalid="ignore"):
        middle = share + Z90**2 / (2 * worth)
        reach = Z90 * np.sqrt(share * (1 - share) / worth + Z90**2 / (4 * worth**2))
        return (middle - reach) / (1 + Z90**2 / worth), (middle + reach) / (1 + Z90**2 / worth)


def _variance(share: Floats, worth: Floats) -> Floats:
    """Return the variance of a share; the smoothed share keeps it above 0 where all or none did."""
    with np.errstate(invalid="ignore"):
        smoothed = (share * worth + 1) / (worth + 2)
        return smoothed * (1 - smoothed) / worth


def _told(
    study: Study, where: Flags, middle: Floats, low: Floats, high: Floats, deals: Floats
) -> dict[str, tuple[Interval, int]]:
    ends = (np.clip(one, -1, 1) for one in (middle, low, high))
    estimate, least, most = ends
    return {
        str(study.assets[row]): (
            Interval(float(estimate[row]), float(least[row]), float(most[row])),
            int(deals[row]),
        )
        for row in sorted(np.flatnonzero(where), key=lambda row: str(study.assets[row]))
    }
