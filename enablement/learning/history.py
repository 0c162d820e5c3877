"""What was known of deals and happened in them, as a study: columns sorted by ids, whatever order they came in."""

import math
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from enablement.evidence.study import Flags, Floats, Ints, Study, Words
from enablement.facets import deal_segments
from enablement.model import Deal, Lot, Stage, StageHop
from enablement.ports import History, Use

SEGMENTS = ("industry", "region", "size", "language", "product", "competitor")
# A competitor is often named as a deal is lost: known too late to foresee that.
FACTS = ("industry", "region", "size", "language", "product")
_DAY_S = 86_400.0
_CLOSED, _UNKNOWN = -1, -2


@dataclass(frozen=True)
class _Hops:
    """The hops of known deals, by deal, then time; `stage` is a place among the open stages or _CLOSED."""

    deal: Ints
    stage: Ints
    at: Floats
    amount: Floats
    close: Floats

    def first(self, count: int) -> Ints:
        """Return for each deal the row of its first hop; len(deal) where it has none."""
        rows = np.full(count, len(self.deal), np.int64)
        rows[self.deal[::-1]] = np.arange(len(self.deal))[::-1]
        return rows

    def news(self) -> Flags:
        """Return which hops changed the stage, rather than the amount or the date alone."""
        news = np.ones(len(self.deal), np.bool_)
        news[1:] = (self.deal[1:] != self.deal[:-1]) | (self.stage[1:] != self.stage[:-1])
        return news


def study_of(history: History) -> Study:
    """Return what estimates are made from. Deals begin when they were created, or with what is first known of them.

    A closed deal ended when it came to the stage that it is closed in; without history, at the end of its close date.
    Where nothing is known of its stages, it was in the first one from its beginning on. Use before the beginning counts
    from then; use after the end can have done nothing and is left out.
    """
    deals = sorted(history.deals, key=lambda deal: deal.id)
    row_of = {deal.id: row for row, deal in enumerate(deals)}
    stages = [stage for stage in sorted(history.stages, key=lambda one: one.position) if not stage.is_closed]
    hops = _hops(history.hops, row_of, stages, history.stages)
    first = hops.first(len(deals))
    begun = _begun(deals, hops, first)
    ended = _ended(deals, hops, begun)
    stays = _stays(deals, hops, stages, begun)
    assets, used = _uses(history.uses, row_of, begun, ended)
    assets, lots = _lots(history.lots, row_of, assets)
    return Study(
        deals=_words(deal.id for deal in deals),
        accounts=_words(deal.account_id or deal.account[:80] for deal in deals),
        facts=_facts(deals, hops, first, begun, stages),
        segments=_segments(deals, SEGMENTS),
        begun=begun,
        ended=ended,
        won=np.array([deal.is_closed and deal.is_won for deal in deals], np.bool_),
        stages=tuple(stage.name for stage in stages),
        stay_deal=stays[0],
        stay_stage=stays[1],
        stay_from=stays[2],
        assets=assets,
        use_deal=used.deal,
        use_asset=used.asset,
        use_at=used.at,
        lot_deal=lots.deal,
        lot_asset=lots.asset,
        lot_shown=lots.shown,
        lot_chance=lots.chance,
        lot_at=lots.at,
    )


def _hops(
    hops: Iterable[StageHop], row_of: dict[str, int], stages: Sequence[Stage], every: Sequence[Stage]
) -> _Hops:
    places = {stage.name: _CLOSED for stage in every if stage.is_closed}
    places |= {stage.name: place for place, stage in enumerate(stages)}
    ids: list[str] = []
    deal, stage, at, amount, close = array("q"), array("q"), array("d"), array("d"), array("d")
    for hop in hops:
        row = row_of.get(hop.deal_id, -1)
        place = places.get(hop.stage, _UNKNOWN)
        # A stage that the process does not have any more says nothing of where in it a deal stood.
        if row < 0 or place == _UNKNOWN:
            continue
        ids.append(hop.id)
        deal.append(row)
        stage.append(place)
        at.append(_days(hop.at))
        amount.append(math.nan if hop.amount is None else hop.amount)
        close.append(_day(hop.close_date))
    # Of hops of one moment the CRM's ids say which came later.
    when, whose = np.array(at, np.float64), np.array(deal, np.int64)
    order = np.lexsort((_words(ids), when, whose))
    return _Hops(
        np.array(deal, np.int64)[order],
        np.array(stage, np.int64)[order],
        np.array(at, np.float64)[order],
        np.array(amount, np.float64)[order],
        np.array(close, np.float64)[order],
    )


def _begun(deals: Sequence[Deal], hops: _Hops, first: Ints) -> Floats:
    created = np.array(
        [_days(deal.created_at) if deal.created_at else math.nan for deal in deals], np.float64
    )
    known = np.fmin(created, np.append(hops.at, math.nan)[first])
    latest = np.array([min(_closing(deal), _days(deal.modified_at)) for deal in deals], np.float64)
    return np.where(np.isnan(known), latest, known)


def _ended(deals: Sequence[Deal], hops: _Hops, begun: Floats) -> Floats:
    """Return when closed deals came to be closed for good; nan for open ones."""
    closing = np.full(len(deals), math.nan)
    came = np.flatnonzero(hops.news())
    # Of the changes of stage of each deal the last one counts, if it closed the deal.
    closing[hops.deal[came]] = np.where(hops.stage[came] == _CLOSED, hops.at[came], math.nan)
    told = np.array([min(_closing(deal), _days(deal.modified_at)) for deal in deals], np.float64)
    is_closed = np.array([deal.is_closed for deal in deals], np.bool_)
    ended = np.fmax(np.where(np.isnan(closing), told, closing), begun)
    return np.where(is_closed, ended, math.nan)


def _stays(
    deals: Sequence[Deal], hops: _Hops, stages: Sequence[Stage], begun: Floats
) -> tuple[Ints, Ints, Floats]:
    came = np.flatnonzero(hops.news() & (hops.stage != _CLOSED))
    deal, stage, start = hops.deal[came], hops.stage[came], hops.at[came]
    unknown = np.setdiff1d(np.arange(len(deals)), deal) if stages else np.zeros(0, np.int64)
    places = {stage.name: place for place, stage in enumerate(stages)}
    stood = np.array([places.get(deals[row].stage, 0) for row in unknown], np.int64)
    deal, stage = np.concatenate((deal, unknown)), np.concatenate((stage, stood))
    start = np.concatenate((start, begun[unknown]))
    order = np.lexsort((start, deal))
    return deal[order], stage[order], start[order]


@dataclass(frozen=True)
class _Used:
    deal: Ints
    asset: Ints
    at: Floats


def _uses(uses: Iterable[Use], row_of: dict[str, int], begun: Floats, ended: Floats) -> tuple[Words, _Used]:
    numbers: dict[str, int] = {}
    deals, assets, moments = array("q"), array("q"), array("d")
    for deal_id, asset_id, at in uses:
        row = row_of.get(deal_id, -1)
        if row >= 0:
            deals.append(row)
            assets.append(numbers.setdefault(asset_id, len(numbers)))
            moments.append(_days(at))
    names, places = _sorted(numbers)
    deal, asset = np.array(deals, np.int64), places[np.array(assets, np.int64)]
    at_days = np.fmax(np.array(moments, np.float64), begun[deal])
    order = np.lexsort((at_days, asset, deal))
    deal, asset, at_days = deal[order], asset[order], at_days[order]
    # The first use of each asset in each deal, and none after the end: nan is no end.
    is_first = np.ones(len(deal), np.bool_)
    is_first[1:] = (deal[1:] != deal[:-1]) | (asset[1:] != asset[:-1])
    counts = is_first & ~(at_days > ended[deal])
    return names, _Used(deal[counts], asset[counts], at_days[counts])


@dataclass(frozen=True)
class _Drawn:
    deal: Ints
    asset: Ints
    shown: Flags
    chance: Floats
    at: Floats


def _lots(lots: Iterable[Lot], row_of: dict[str, int], assets: Words) -> tuple[Words, _Drawn]:
    """Return the lots of known deals; assets that were drawn but never used come after the others."""
    known = sorted((lot for lot in lots if lot.deal_id in row_of), key=lambda lot: lot.id)
    place = {str(name): number for number, name in enumerate(assets)}
    for name in sorted({lot.asset_id for lot in known} - place.keys()):
        place[name] = len(place)
    drawn = _Drawn(
        np.array([row_of[lot.deal_id] for lot in known], np.int64),
        np.array([place[lot.asset_id] for lot in known], np.int64),
        np.array([lot.shown for lot in known], np.bool_),
        np.array([lot.chance for lot in known], np.float64),
        np.array([_days(lot.drawn_at) for lot in known], np.float64),
    )
    return _words(place), drawn


def _facts(
    deals: Sequence[Deal], hops: _Hops, first: Ints, begun: Floats, stages: Sequence[Stage]
) -> dict[str, Words | Floats]:
    """Return what was known when each deal began, as far as it is kept."""
    names = np.array([*(stage.name for stage in stages), ""])
    stage_then = np.append(hops.stage, _CLOSED)[first]
    amount_now = np.array([math.nan if deal.amount is None else deal.amount for deal in deals], np.float64)
    amount_then = np.append(hops.amount, math.nan)[first]
    currency = _words(deal.currency for deal in deals)
    return {
        **_segments(deals, FACTS),
        "currency": currency,
        "owner": _words(deal.owner_id for deal in deals),
        # What is closed from the first was in no open stage: the last name.
        "first_stage": names[stage_then],
        # Where no history is kept, an amount of today is better than none: few change by much.
        "amount": _ranked_within(np.where(first < len(hops.deal), amount_then, amount_now), currency),
        "planned_days": np.append(hops.close, math.nan)[first] - begun,
    }


def _ranked_within(amounts: Floats, currency: Words) -> Floats:
    """Return where each amount stands (0..1) among those of its currency: no rates, and no giants."""
    ranks = np.full(len(amounts), math.nan)
    for one in np.unique(currency):
        rows = np.flatnonzero((currency == one) & ~np.isnan(amounts))
        values, place, count = np.unique(amounts[rows], return_inverse=True, return_counts=True)
        below = np.cumsum(count) - count
        ranks[rows] = (below[place] + count[place] / 2) / max(1, len(rows)) if len(values) else ranks[rows]
    return ranks


def _segments(deals: Sequence[Deal], names: Sequence[str]) -> dict[str, Words]:
    known = [deal_segments(deal) for deal in deals]
    return {name: _words(one.get(name, "") for one in known) for name in names}


def _sorted(numbers: dict[str, int]) -> tuple[Words, Ints]:
    """Return names in their order, and for each number the place of its name in it."""
    names = sorted(numbers)
    places = np.zeros(len(names), np.int64)
    places[[numbers[name] for name in names]] = np.arange(len(names))
    return _words(names), places


def _words(texts: Iterable[str]) -> Words:
    found = list(texts)
    return np.array(found, np.str_) if found else np.zeros(0, "<U1")


def _days(moment: datetime) -> float:
    return moment.timestamp() / _DAY_S


def _day(day: date | None) -> float:
    return math.nan if day is None else float((day - date(1970, 1, 1)).days)


def _closing(deal: Deal) -> float:
    """Return when a deal's close date is over; infinite without one."""
    return math.inf if deal.close_date is None else _day(deal.close_date) + 1
