"""The time that deals spend in their stages, cut wherever a stage ends or content is used."""

from dataclasses import dataclass, fields

import numpy as np
from scipy.sparse import csr_array

from enablement.evidence.study import Flags, Floats, Ints, Study

DAYS_A_WEEK = 7.0
# Time in stage is told apart in so many bands, with as many of the moves in each.
BANDS = 5


@dataclass(frozen=True)
class Stays:
    """Stays with time in them, ordered by deal and time: from when to when, and whether it ended by moving on.

    A deal moves on when it comes to a later stage or is won. What ends otherwise is censored: it is still open, it was
    lost, or it fell back. Times are days.
    """

    deal: Ints
    stage: Ints
    begin: Floats
    end: Floats
    moved: Flags

    def some(self, which: Flags) -> "Stays":
        """Return some of the stays."""
        return Stays(*(getattr(self, one.name)[which] for one in fields(self)))


@dataclass(frozen=True)
class Spells:
    """Rows of time in which no use was added: of which stay, from when to when in weeks of it, and whether it moved on.

    `use` has a row for each spell and a column for each asset: 1 where the deal had used it when the spell began.
    `made` says for each of these ones which of the first uses it is.
    """

    stay: Ints
    begin: Floats
    end: Floats
    moved: Flags
    use: csr_array
    made: Ints


def first_uses(study: Study) -> tuple[Ints, Ints, Floats]:
    """Return the first use of each asset by each deal (deal, asset, day), ordered by deal, day and asset."""
    order = np.lexsort((study.use_at, study.use_asset, study.use_deal))
    deal, asset, at = study.use_deal[order], study.use_asset[order], study.use_at[order]
    new = np.ones(len(deal), bool)
    new[1:] = (deal[1:] != deal[:-1]) | (asset[1:] != asset[:-1])
    deal, asset, at = deal[new], asset[new], at[new]
    order = np.lexsort((asset, at, deal))
    return deal[order], asset[order], at[order]


def last_day(study: Study) -> float:
    """Return the last day of which the study knows anything: until then open deals were watched."""
    times = (study.begun, study.ended, study.stay_from, study.use_at, study.lot_at)
    return max((float(np.nanmax(one)) for one in times if np.isfinite(one).any()), default=0.0)


def stays(study: Study) -> Stays:
    """Return the stays that have time in them; a deal of which no stay is known is in the first stage all along."""
    silent = np.ones(len(study.deals), bool)
    silent[study.stay_deal] = False
    deal = np.concatenate([study.stay_deal, np.flatnonzero(silent)])
    stage = np.concatenate([study.stay_stage, np.zeros(int(silent.sum()), np.int64)])
    begin = np.concatenate([study.stay_from, study.begun[silent]])
    closed = np.isfinite(study.ended[deal])
    until = np.where(closed, study.ended[deal], last_day(study))
    real = begin < until  # not where it is unknown, either
    deal, stage, begin, until, closed = (one[real] for one in (deal, stage, begin, until, closed))
    order = np.lexsort((stage, begin, deal))
    # Of two stages that begin at one moment the later one counts.
    same = (deal[order][1:] == deal[order][:-1]) & (begin[order][1:] == begin[order][:-1])
    order = order[np.append(~same, True)] if len(order) else order
    deal, stage, begin, until, closed = (one[order] for one in (deal, stage, begin, until, closed))
    last = np.append(deal[1:] != deal[:-1], True)[: len(deal)]
    end = np.where(last, until, np.append(begin[1:], 0.0)[: len(deal)])
    later = np.append(stage[1:] > stage[:-1], False)[: len(deal)]
    moved = np.where(last, closed & study.won[deal], later)
    return Stays(deal, stage, begin, end, moved)


def cuts(of: Stays) -> Floats:
    """Return where bands of time in stage begin, in weeks: each has about as many moves."""
    weeks = (of.end - of.begin)[of.moved] / DAYS_A_WEEK
    if not len(weeks):
        return np.zeros(1)
    return np.unique(np.append(0.0, np.quantile(weeks, np.arange(1, BANDS) / BANDS)))


def in_band(of: Spells, at: Floats, band: int) -> Floats:
    """Return how many weeks of each spell lie in one of the bands that begin at `at`."""
    until = at[band + 1] if band + 1 < len(at) else np.inf
    weeks: Floats = np.maximum(np.minimum(of.end, until) - np.maximum(of.begin, at[band]), 0.0)
    return weeks


def spells(study: Study, of: Stays) -> Spells:
    """Cut the stays at uses. A use counts from its moment on: what happened right then happened without it."""
    use_deal, use_asset, use_at = first_uses(study)
    stay, begin = _begins(of, use_deal, use_at)
    same = np.append(stay[1:] == stay[:-1], False)[: len(stay)]
    end = np.where(same, np.append(begin[1:], 0.0)[: len(stay)], of.end[stay])
    moved = ~same & of.moved[stay]
    count = _before(use_deal, use_at, of.deal[stay], begin, deals=len(study.deals))
    rows = np.concatenate([[0], np.cumsum(count)])
    made = np.arange(rows[-1]) - np.repeat(rows[:-1] - np.searchsorted(use_deal, of.deal[stay]), count)
    use = csr_array((np.ones(len(made)), use_asset[made], rows), shape=(len(stay), len(study.assets)))
    began = (begin - of.begin[stay]) / DAYS_A_WEEK
    return Spells(stay, began, (end - of.begin[stay]) / DAYS_A_WEEK, moved, use, made)


def _begins(of: Stays, use_deal: Ints, use_at: Floats) -> tuple[Ints, Floats]:
    """Return where spells begin (stay, day): with the stay, and at each use within it."""
    used_in = _stay_at(of, use_deal, use_at)
    within = used_in >= 0
    stay = np.concatenate([np.arange(len(of.deal)), used_in[within]])
    begin = np.concatenate([of.begin, use_at[within]])
    order = np.lexsort((begin, stay))
    stay, begin = stay[order], begin[order]
    new = np.ones(len(stay), bool)
    new[1:] = (stay[1:] != stay[:-1]) | (begin[1:] > begin[:-1])
    return stay[new], begin[new]


def _stay_at(of: Stays, deal: Ints, day: Floats) -> Ints:
    """Return for each moment of a deal the stay that it lies in, -1 where in none."""
    if not len(of.deal):
        return np.full(len(deal), -1)
    order = np.lexsort(
        (
            np.concatenate([np.zeros(len(of.deal)), np.ones(len(deal))]),
            np.concatenate([of.begin, day]),
            np.concatenate([of.deal, deal]),
        )
    )
    is_stay = order < len(of.deal)
    latest = np.maximum.accumulate(np.where(is_stay, order, -1))
    found = np.empty(len(deal), np.int64)
    found[order[~is_stay] - len(of.deal)] = latest[~is_stay]
    safe = np.maximum(found, 0)
    return np.where((found >= 0) & (of.deal[safe] == deal) & (day < of.end[safe]), found, -1)


def _before(use_deal: Ints, use_at: Floats, deal: Ints, day: Floats, *, deals: int) -> Ints:
    """Return how many uses each deal had made by each day, that very moment included; uses are in order."""
    order = np.lexsort(
        (
            np.concatenate([np.zeros(len(use_deal)), np.ones(len(deal))]),
            np.concatenate([use_at, day]),
            np.concatenate([use_deal, deal]),
        )
    )
    is_use = order < len(use_deal)
    made = np.cumsum(is_use)
    so_far = np.empty(len(deal), np.int64)
    so_far[order[~is_use] - len(use_deal)] = made[~is_use]
    of_others = np.concatenate([[0], np.cumsum(np.bincount(use_deal, minlength=deals))])
    made_here: Ints = so_far - of_others[deal]
    return made_here
