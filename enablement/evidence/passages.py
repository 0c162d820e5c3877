"""How closed deals passed through their stages, and what they had used by then."""

from dataclasses import dataclass

import numpy as np

from enablement.evidence.study import Flags, Floats, Ints, Study

# The stage of a closed deal of which no stay is known.
NO_STAGE = -1
_COMMON = 0.05


@dataclass(frozen=True)
class Passages:
    """A row for each open stage that a closed deal reached, ordered by deal and stage.

    A deal moved on from a stage when it later came to a higher one, or was won. It was in it from the first time it
    came until it moved on or, where it never did, until it was closed for good: a deal that was closed and opened
    again has one end, the last.
    """

    deal: Ints
    stage: Ints
    moved: Flags
    days: Floats
    left: Floats


def passages(study: Study) -> Passages:
    """Return what is known of closed deals; open ones have yet to show."""
    count = study.deals.size
    closed = np.isfinite(study.ended)
    parts = []
    seen = np.zeros(count, bool)
    for stage in range(len(study.stages)):
        came = _first(study, study.stay_stage == stage, count)
        higher = (study.stay_stage > stage) & (study.stay_from >= came[study.stay_deal])
        left = _first(study, higher, count)
        deal = np.flatnonzero(closed & np.isfinite(came))
        seen[deal] = True
        onward = np.isfinite(left[deal]) & (left[deal] <= study.ended[deal])
        parts.append(
            _rows(study, deal, stage, onward, came[deal], np.where(onward, left[deal], study.ended[deal]))
        )
    deal = np.flatnonzero(closed & ~seen)
    parts.append(
        _rows(study, deal, NO_STAGE, np.zeros(deal.size, bool), study.begun[deal], study.ended[deal])
    )
    whole = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.lexsort((whole[1], whole[0]))
    return Passages(*(column[order] for column in whole))


@dataclass(frozen=True)
class Uses:
    """The first use of each asset in each closed deal, ordered by deal and asset; `row` is the passage it fell in."""

    deal: Ints
    asset: Ints
    row: Ints


def uses(study: Study, rows: Passages) -> Uses:
    """Return first uses; what was used after the end is none."""
    known = np.isfinite(study.ended[study.use_deal]) & (study.use_at <= study.ended[study.use_deal])
    deal, asset, at = study.use_deal[known], study.use_asset[known], study.use_at[known]
    order = np.lexsort((at, asset, deal))
    deal, asset, at = deal[order], asset[order], at[order]
    first = np.ones(deal.size, bool)
    first[1:] = (deal[1:] != deal[:-1]) | (asset[1:] != asset[:-1])
    deal, asset, at = deal[first], asset[first], at[first]
    begin = np.searchsorted(rows.deal, deal, "left")
    count = np.searchsorted(rows.deal, deal, "right") - begin
    row = begin + count - 1
    # The lowest stage that the deal had not yet left.
    for step in range(int(count.max(initial=0)) - 1, -1, -1):
        here = np.flatnonzero(step < count)
        fits = at[here] <= rows.left[begin[here] + step]
        row[here[fits]] = begin[here[fits]] + step
    return Uses(deal, asset, row)


def common(found: Uses, study: Study) -> Flags:
    """Return which assets so many of the closed deals used that chance is not what one has to fear most."""
    closed = np.count_nonzero(np.isfinite(study.ended))
    return np.asarray(np.bincount(found.asset, minlength=study.assets.size) > _COMMON * closed)


def by_then(found: Uses, rows: Passages) -> tuple[Ints, Ints]:
    """Return pairs of a passage and a first use: the deal had used the asset before it left the stage."""
    last = np.searchsorted(rows.deal, found.deal, "right")
    count = last - found.row
    which = np.repeat(np.arange(count.size), count)
    row = found.row[which] + np.arange(which.size) - np.repeat(np.cumsum(count) - count, count)
    return row, which


def _first(study: Study, which: Flags, count: int) -> Floats:
    came = np.full(count, np.inf)
    np.minimum.at(came, study.stay_deal[which], study.stay_from[which])
    return came


def _rows(
    study: Study, deal: Ints, stage: int, onward: Flags, came: Floats, left: Floats
) -> tuple[Ints, Ints, Flags, Floats, Floats]:
    days = np.maximum(left - came, 0)
    return deal, np.full(deal.size, stage), onward | study.won[deal], days, left
