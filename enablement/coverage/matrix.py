"""Where deals wait for content: open pipeline by stage, segment and language, beside the content that fits it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from enablement.access import is_valid
from enablement.facets import deal_facets, facet
from enablement.model import Answered, Ask, Asset, Deal
from enablement.ports import Services

Dimension = Literal["industry", "region", "size", "product", "competitor"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
UNMET_WITHIN = timedelta(days=90)
MOST_UNMET = 2_000
_DEALS_AT_ONCE = 500
_FACETS: Mapping[Dimension, str] = {
    "industry": "industries",
    "region": "regions",
    "size": "sizes",
    "product": "products",
    "competitor": "competitors",
}


@dataclass(frozen=True)
class Cell:
    """The open deals of one stage, segment and language ("" is unknown), and what there is for them: ids throughout.

    Deals stand with the largest first. `amounts` are sums by currency. `unmet` are searches for these deals that
    nothing matched.
    """

    stage: str
    segment: str
    language: str
    deals: tuple[str, ...]
    amounts: tuple[tuple[str, float], ...]
    assets: tuple[str, ...]
    unmet: tuple[str, ...]

    @property
    def is_gap(self) -> bool:
        """Say whether deals wait here, and nothing good is there for them."""
        return not self.assets


@dataclass(frozen=True)
class Coverage:
    """All cells that have open deals, by one dimension of segments; a deal of two products stands in two cells.

    `currency` is that of all amounts; None where there are several, which add up to nothing.
    """

    by: Dimension
    stages: tuple[str, ...]
    cells: tuple[Cell, ...]
    currency: str | None
    deals: Mapping[str, Deal]
    unmet: Mapping[str, tuple[Ask, Answered]]

    def gaps(self) -> list[Cell]:
        """Return the cells without good content, those with most pipeline first."""
        return sorted((one for one in self.cells if one.is_gap), key=self.weight, reverse=True)

    def languages(self) -> list[str]:
        """Return the languages of deals, those with most pipeline first."""
        sums: dict[str, tuple[float, int]] = {}
        for one in self.cells:
            money, deals = sums.get(one.language, (0.0, 0))
            more_money, more_deals = self.weight(one)
            sums[one.language] = (money + more_money, deals + more_deals)
        return sorted(sums, key=lambda name: (*sums[name], name), reverse=True)

    def weight(self, cell: Cell) -> tuple[float, int]:
        """Return how much pipeline is in a cell: its sum where that can be told, then its deals."""
        return (sum(amount for _, amount in cell.amounts) if self.currency else 0.0, len(cell.deals))


def coverage(services: Services, *, by: Dimension = "industry", now: datetime) -> Coverage:
    """Return what there is for the open deals: published, valid on the day, made for them, and not found to hurt."""
    deals = {one.id: one for one in open_deals(services)}
    unmet = {
        ask.id: (ask, answered)
        for ask, answered in services.ledger.unmet(since=now - UNMET_WITHIN, limit=MOST_UNMET)
    }
    wanted: dict[str, list[str]] = defaultdict(list)
    for ask, answered in unmet.values():
        wanted[answered.deal_id].append(ask.id)
    stages = [one.name for one in services.mirror.stages() if not one.is_closed]
    places: dict[tuple[str, str, str], list[Deal]] = defaultdict(list)
    spelt = {facet(one): one for one in stages}
    for deal in sorted(deals.values(), key=lambda one: (-(one.amount or 0.0), one.id)):
        stage = spelt.setdefault(facet(deal.stage), deal.stage)
        for segment in _segments(deal, by):
            places[stage, spelt.setdefault(f"{by}:{facet(segment)}", segment), _tag(deal)].append(deal)
    said = {f"stage:{one.stage}" for one in deals.values()}
    said |= {f"{by}:{value}" for one in deals.values() for value in _segments(one, by)}
    shelf = _Shelf(services, by, {"", *said}, now)
    cells = [
        Cell(
            *place,
            deals=tuple(one.id for one in some),
            amounts=_amounts(some),
            assets=tuple(shelf.good_for(*place)),
            unmet=tuple(ask for one in some for ask in wanted.get(one.id, ())),
        )
        for place, some in sorted(places.items())
    ]
    seen = [*stages, *sorted({one.stage for one in cells} - set(stages))]
    currencies = {name for one in cells for name, _ in one.amounts}
    return Coverage(
        by=by,
        stages=tuple(stage for stage in seen if any(one.stage == stage for one in cells)),
        cells=tuple(cells),
        currency=next(iter(currencies)) if len(currencies) == 1 else None,
        deals=deals,
        unmet=unmet,
    )


def open_deals(services: Services) -> Iterator[Deal]:
    """Yield all open deals that are known, by id."""
    after = ""
    while ids := services.mirror.open_deals(after=after, limit=_DEALS_AT_ONCE):
        yield from services.mirror.deals(ids)
        after = ids[-1]


def hurting(services: Services, segments: Iterable[str] = ("",)) -> Mapping[str, set[str]]:
    """Return which assets were found to hurt the chance to win, by segment; "" holds those that do in all deals."""
    found: dict[str, set[str]] = defaultdict(set)
    if run := services.evidence.current():
        for one in services.evidence.effects(run.id, segments=sorted(segments), on="winning"):
            if one.verdict == "hurts":
                found[_folded(one.segment)].add(one.asset_id)
    return found


class _Shelf:
    """What can be shown to customers or colleagues today, by language and by what it is made for."""

    def __init__(self, services: Services, by: Dimension, segments: Iterable[str], now: datetime) -> None:
        self._by = by
        self._hurting = hurting(services, segments)
        self._in: dict[str, set[str]] = defaultdict(set)
        self._for: dict[tuple[str, str], set[str]] = defaultdict(set)
        for one in services.catalog.assets():
            if is_valid(one, on=now.date()):
                self._put(one)

    def good_for(self, stage: str, segment: str, language: str) -> list[str]:
        """Return by id what is made for the stage or the segment, and says nothing against the other."""
        of_stage, any_stage = self._made_for("stages", stage)
        of_segment, any_segment = self._made_for(self._by, segment)
        fits = (of_stage & of_segment) | (of_stage & any_segment) | (any_stage & of_segment)
        if language:
            fits = fits & self._in[language]
        names = ("", _folded(f"stage:{stage}"), _folded(f"{self._by}:{segment}"))
        return sorted(fits.difference(*(self._hurting.get(name, ()) for name in names)))

    def _put(self, asset: Asset) -> None:
        self._in[asset.language[:2]].add(asset.id)
        self._in[""].add(asset.id)
        for name, values in (
            ("stages", asset.facets.stages),
            (self._by, getattr(asset.facets, _FACETS[self._by])),
        ):
            for value in values or ("",):
                self._for[name, facet(value)].add(asset.id)

    def _made_for(self, name: str, value: str) -> tuple[set[str], set[str]]:
        """Return what is made for a value, and what is made for any; where the value is unknown, all may be."""
        whatever = self._for[name, ""]
        return (self._for[name, facet(value)], whatever) if value else (set(), self._in[""])


def _folded(segment: str) -> str:
    """Return one spelling for a segment such as "industry:Retail"."""
    dimension, colon, value = segment.partition(":")
    return f"{dimension}{colon}{facet(value)}"


def _segments(deal: Deal, by: Dimension) -> Collection[str]:
    return getattr(deal_facets(deal), _FACETS[by]) or ("",)


def _tag(deal: Deal) -> str:
    return (deal.language or "")[:2].lower()


def _amounts(deals: Iterable[Deal]) -> tuple[tuple[str, float], ...]:
    sums: dict[str, float] = defaultdict(float)
    for one in deals:
        if one.amount is not None:
            sums[one.currency] += one.amount
    return tuple(sorted(sums.items()))
