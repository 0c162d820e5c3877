"""What a change of a deal causes: its suggestions are made anew, and kept until somebody asks for them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import uuid4

from enablement.access import asset_filter, may_show
from enablement.exploring import FRESH, REACH, Ranked, draw, lots
from enablement.facets import deal_facets
from enablement.feedback import standing
from enablement.model import Asset, Deal, DealChange, Feedback, Lot, Recommended, Task, Written, key
from enablement.ports import AssetFilter, Services
from enablement.recommend import KEPT as KEPT, MOST, NOTHING_YET, Past, fitting, model, seed
from enablement.shelf import Shelf

SUGGEST = "deals.suggest"
SUGGEST_IN_CRM = "crm.suggest"
# So many people say of an asset that it is wrong for a deal until it counts for everybody.
WRONG_FROM = 2
USES = ("shared", "presented", "opened_by_buyer")
FIELDS = frozenset(
    {"stage", "amount", "close_date", "is_closed", "owner_id"}
    | {"industry", "region", "size", "language", "competitors", "products"}
)


@dataclass(frozen=True)
class _Chosen:
    """What is kept for a deal and may be shown, best first, with the deal and the past that it was chosen for."""

    deal: Deal
    past: Past
    shown: Sequence[tuple[Recommended, Ranked]]

    @property
    def rows(self) -> list[Recommended]:
        return [row for row, _one in self.shown]


def work_after(changes: Sequence[DealChange]) -> list[Task]:
    """Return the work that these changes of deals cause; to be written in the same transaction as they."""
    return [_task(change.deal.id, uuid4().hex) for change in changes if _matters(change)]


def suggest(
    deal_ids: Iterable[str], services: Services, *, now: datetime, shelf: Shelf | None = None
) -> None:
    """Choose for these deals anew what fits, and keep it, of a closed deal nothing; the CRM is told of what differs.

    Some hundred deals at once are cheapest; `shelf` spares reading assets again.
    """
    shelf = shelf or Shelf(services.catalog)
    chosen: dict[str, _Chosen] = {}
    left = _deals(dict.fromkeys(deal_ids), services)
    while left:
        made = _chosen(list(left.values()), services, shelf, now)
        services.shortlists.keep({deal_id: one.rows for deal_id, one in made.items()})
        chosen |= made
        # They may have changed meanwhile, and somebody else may have chosen for that already: ours would undo theirs.
        stand = _deals(left, services)
        left = {deal_id: deal for deal_id, deal in stand.items() if deal != left[deal_id]}
        for gone in made.keys() - stand.keys():
            del chosen[gone]
    shown = {deal_id: _in_crm(one, services, now=now) for deal_id, one in sorted(chosen.items())}
    stale = services.crm.stale_suggestions({deal_id: rows for deal_id, (rows, _lots) in shown.items()})
    drawn = tuple(lot for _rows, some in shown.values() for lot in some)
    tasks = tuple(crm_task(deal_id) for deal_id in stale)
    if drawn or tasks:
        # What a power cut undoes is drawn again, by the same generator.
        services.ledger.write(Written(records=drawn, tasks=tasks), now=now, lazily=True)


def shown_in_crm(deal: Deal | None, services: Services, *, now: datetime) -> list[Recommended]:
    """Return of what is kept for a deal that which is worth showing in the CRM, as drawn: at most five."""
    if deal is None or deal.is_closed or not services.suggests_in_crm:
        return []
    only = asset_filter(shared_outside=False, now=now)
    shown = _shown(services.shortlists.of(deal.id), services, only)
    before = past(deal, services, only=only, given=_given(deal, services), now=now) if shown else NOTHING_YET
    return _in_crm(_Chosen(deal, before, shown), services, now=now)[0]


def crm_task(deal_id: str) -> Task:
    """Return the work of making the CRM show of a deal's suggestions what is kept.

    Touches lock the same Opportunity, so they share its partition.
    """
    return Task(key(SUGGEST_IN_CRM, deal_id, uuid4().hex), SUGGEST_IN_CRM, "write", deal_id, deal_id)


def past(
    deal: Deal, services: Services, *, only: AssetFilter, given: Sequence[Feedback], now: datetime
) -> Past:
    """Return what happened in a deal as far as who may see these assets may know of it; `given` is all its feedback."""
    touched = {one.asset_id for one in services.ledger.touches_of(deal.id) if one.kind in USES}
    return _past(services.catalog.assets(touched) if touched else (), only=only, given=given, now=now)


def kept(
    deal: Deal, services: Services, *, only: AssetFilter, past: Past = NOTHING_YET
) -> list[Ranked] | None:
    """Return what is kept for a deal and may be shown, best first; None when it would differ if chosen now."""
    rows = services.shortlists.of(deal.id)
    stands_at = services.index.stands_at()
    whole = _made_from(deal, past, services.lessons.model, stands_at, only.on)
    if not rows or rows[0].made_from not in (whole, _narrowed(whole, only)):
        return None
    if services.catalog.changes(stands_at, limit=1):
        return None
    shown = _shown(rows, services, only)
    return [one for _row, one in shown] if _are_enough([row for row, _one in shown], rows) else None


def renewal(deal: Deal, services: Services, *, past: Past, on: date) -> Task:
    """Return the task to choose anew what is kept for a deal: one for the same facts, past, library, run and day."""
    stands_at = services.index.stands_at()
    return _task(deal.id, _made_from(deal, past, services.lessons.model, stands_at, on))


def _task(deal_id: str, occasion: str) -> Task:
    # Beside what goes to and comes from the CRM: in `compute` it would wait for a slice of embedding, ten seconds and
    # more, in `reply` thousands of changed deals would keep people waiting.
    return Task(key(SUGGEST, deal_id, occasion), SUGGEST, "write", deal_id, f"suggest {deal_id}")


def _matters(change: DealChange) -> bool:
    return not change.deal.is_closed if change.was is None else not FIELDS.isdisjoint(change.fields)


def _deals(ids: Iterable[str], services: Services) -> dict[str, Deal]:
    return {deal.id: deal for deal in services.mirror.deals(list(ids))}


def _chosen(deals: Sequence[Deal], services: Services, shelf: Shelf, now: datetime) -> dict[str, _Chosen]:
    """Choose for deals as they stand, by id, with one look at what happened in all of them."""
    still_open = [deal.id for deal in deals if not deal.is_closed]
    only = asset_filter(shared_outside=False, now=now)
    used, given = defaultdict[str, set[str]](set), defaultdict[str, list[Feedback]](list)
    for touch in services.ledger.touches_of(*still_open):
        if touch.kind in USES:
            used[touch.deal_id].add(touch.asset_id)
    for one in services.ledger.feedback(*still_open, email=None):
        given[one.deal_id].append(one)
    chosen = {}
    for deal in deals:
        assets = shelf.columns(used[deal.id], services.index.stands_at()).assets(used[deal.id])
        before = _past(assets, only=only, given=given[deal.id], now=now)
        shown = [] if deal.is_closed else _made(deal, before, services, shelf, now)
        chosen[deal.id] = _Chosen(deal, before, shown)
    return chosen


def _past(used: Iterable[Asset], *, only: AssetFilter, given: Sequence[Feedback], now: datetime) -> Past:
    wrong = Counter(one.asset_id for one in standing(given, now=now) if one.verdict == "wrong_for_deal")
    everything = replace(only, without=())
    seen = [one.id for one in used if may_show(one, everything)]
    found = [asset_id for asset_id, people in wrong.items() if people >= WRONG_FROM]
    return Past(used=tuple(sorted(seen)), wrong=tuple(sorted(found)))


def _made(
    deal: Deal, before: Past, services: Services, shelf: Shelf, now: datetime
) -> list[tuple[Recommended, Ranked]]:
    only = asset_filter(shared_outside=False, now=now)
    run, stands_at = services.lessons.model, services.index.stands_at()
    made_from = _made_from(deal, before, run, stands_at, only.on)
    ranked, is_all = fitting(deal, within=services, only=only, now=now, past=before, shelf=shelf)
    # Of a library that holds more than was looked at, who may see less would be shown some of the rest.
    made_from = made_from if is_all else _narrowed(made_from, only)
    return [
        (
            Recommended(
                deal_id=deal.id,
                rank=rank,
                asset_id=one.asset.id,
                version_id=one.asset.version_id,
                score=one.score,
                reasons=one.reasons,
                model=model(run, basis="fit"),
                made_from=made_from,
                made_at=now,
            ),
            one,
        )
        for rank, one in enumerate(ranked, start=1)
    ]


def _in_crm(
    chosen: _Chosen, services: Services, *, now: datetime
) -> tuple[list[Recommended], tuple[Lot, ...]]:
    """Return what of a deal's suggestions the CRM shows, and the lots that were drawn for it."""
    if not chosen.shown or not services.suggests_in_crm:
        return [], ()
    deal, seeded = chosen.deal, seed(chosen.deal, chosen.past)
    drawn, chances = draw([one for _row, one in chosen.shown], most=MOST, seed=seeded)
    rows = {row.asset_id: row for row in chosen.rows}
    listed = [
        replace(rows[one.asset.id], rank=rank, reasons=one.reasons, propensity=one.propensity)
        for rank, one in enumerate(drawn, start=1)
    ]
    return listed, lots(chances, deal_id=deal.id, seed=seeded, model=chosen.rows[0].model, now=now)


def _shown(
    rows: Sequence[Recommended], services: Services, only: AssetFilter
) -> list[tuple[Recommended, Ranked]]:
    """Return of what is kept that which may be shown, in its order."""
    assets = {asset.id: asset for asset in services.catalog.assets([row.asset_id for row in rows])}
    return [
        (row, Ranked(assets[row.asset_id], row.score, row.reasons))
        for row in rows
        if row.asset_id in assets and may_show(assets[row.asset_id], only)
    ]


def _are_enough(shown: Sequence[Recommended], rows: Sequence[Recommended]) -> bool:
    """Say whether lots are drawn among the same assets as if it were chosen anew: the first, and the fresh."""
    first, fresh = min(KEPT, len(rows)), len(rows) - KEPT
    has_first = first < KEPT or sum(row.rank <= KEPT for row in shown) >= REACH
    return has_first and (fresh < FRESH or sum(row.rank > KEPT for row in shown) == fresh)


def _given(deal: Deal, services: Services) -> Sequence[Feedback]:
    return services.ledger.feedback(deal.id, email=None)


def _made_from(deal: Deal, before: Past, run: str, stands_at: int, on: date) -> str:
    """Return what is the same for the same list: weights, the deal's facts and past, lessons, the library, the day."""
    facts = deal_facets(deal), deal.language, before
    return key(model(run, basis="fit"), run, *facts, stands_at, on)


def _narrowed(made_from: str, only: AssetFilter) -> str:
    return key(made_from, only.audiences, only.without)
