"""What a change of a deal causes: its suggestions are made anew, and kept until somebody asks for them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import uuid4

from enablement.access import asset_filter, may_show
from enablement.facets import deal_facets
from enablement.model import Deal, DealChange, Recommended, Task, key
from enablement.ports import AssetFilter, Services
from enablement.recommend import BY_FIT, MOST, WORTH_SHOWING, Ranked, fitting

SUGGEST = "deals.suggest"
SUGGEST_IN_CRM = "crm.suggest"
# So many that five are left for those who may see less, or who dismissed some.
KEPT = 20
FIELDS = frozenset(
    {"stage", "amount", "close_date", "is_closed", "owner_id"}
    | {"industry", "region", "size", "language", "competitors", "products"}
)


def work_after(changes: Sequence[DealChange]) -> list[Task]:
    """Return the work that these changes of deals cause; to be written in the same transaction as they."""
    return [_task(change.deal.id, uuid4().hex) for change in changes if _matters(change)]


def suggest(deal_ids: Iterable[str], services: Services, *, now: datetime) -> None:
    """Choose for these deals anew what fits, and keep it, of a closed deal nothing; the CRM is told of what differs."""
    deals = [deal for deal_id in dict.fromkeys(deal_ids) if (deal := _renewed(deal_id, services, now))]
    stale = services.crm.stale_suggestions({deal.id: shown_in_crm(deal, services, now=now) for deal in deals})
    if stale:
        services.outbox.add([crm_task(deal_id) for deal_id in stale], now=now, lazily=True)


def shown_in_crm(deal: Deal | None, services: Services, *, now: datetime) -> list[Recommended]:
    """Return of what is kept for a deal that which is worth showing in the CRM, best first: at most five."""
    if deal is None or deal.is_closed or not services.suggests_in_crm:
        return []
    rows = services.shortlists.of(deal.id)
    only = asset_filter(shared_outside=False, now=now)
    assets = {asset.id: asset for asset in services.catalog.assets([row.asset_id for row in rows])}
    valid = [row for row in rows if row.asset_id in assets and may_show(assets[row.asset_id], only)]
    return [row for row in valid[:MOST] if row.score >= WORTH_SHOWING * valid[0].score]


def crm_task(deal_id: str) -> Task:
    """Return the work of making the CRM show of a deal's suggestions what is kept.

    Touches lock the same Opportunity, so they share its partition.
    """
    return Task(key(SUGGEST_IN_CRM, deal_id, uuid4().hex), SUGGEST_IN_CRM, "write", deal_id, deal_id)


def kept(deal: Deal, services: Services, *, only: AssetFilter) -> list[Ranked] | None:
    """Return what is kept for a deal and may be shown, best first; None when it would differ if chosen now."""
    rows = services.shortlists.of(deal.id)
    stands_at = services.index.stands_at()
    whole = _made_from(deal, stands_at, only.on)
    if not rows or rows[0].made_from not in (whole, _narrowed(whole, only)):
        return None
    if services.catalog.changes(stands_at, limit=1):
        return None
    assets = {asset.id: asset for asset in services.catalog.assets([row.asset_id for row in rows])}
    shown = [
        Ranked(assets[row.asset_id], row.score, row.reasons)
        for row in rows
        if row.asset_id in assets and may_show(assets[row.asset_id], only)
    ]
    return shown if len(shown) >= MOST or len(rows) < KEPT else None


def renewal(deal: Deal, services: Services, *, on: date) -> Task:
    """Return the task to choose anew what is kept for a deal: one for the same facts, library and day."""
    return _task(deal.id, _made_from(deal, services.index.stands_at(), on))


def _task(deal_id: str, occasion: str) -> Task:
    # Beside what goes to and comes from the CRM: in `compute` it would wait for a slice of embedding, ten seconds and
    # more, in `reply` thousands of changed deals would keep people waiting.
    return Task(key(SUGGEST, deal_id, occasion), SUGGEST, "write", deal_id, f"suggest {deal_id}")


def _matters(change: DealChange) -> bool:
    return not change.deal.is_closed if change.was is None else not FIELDS.isdisjoint(change.fields)


def _renewed(deal_id: str, services: Services, now: datetime) -> Deal | None:
    """Choose anew for a deal and keep it; return the deal as it was chosen for."""
    was, deal = None, services.mirror.deal(deal_id)
    while deal and deal != was:
        made = [] if deal.is_closed else _made(deal, services, now)
        before = services.shortlists.of(deal_id)
        if [replace(row, made_at=now) for row in before] != made:
            services.shortlists.keep(deal_id, made)
        # It may have changed meanwhile, and somebody else may have chosen for that already: ours would undo theirs.
        was, deal = deal, services.mirror.deal(deal_id)
    return deal


def _made(deal: Deal, services: Services, now: datetime) -> list[Recommended]:
    only = asset_filter(shared_outside=False, now=now)
    made_from = _made_from(deal, services.index.stands_at(), only.on)
    ranked, is_all = fitting(deal, within=services, only=only, now=now)
    return [
        Recommended(
            deal_id=deal.id,
            rank=rank,
            asset_id=one.asset.id,
            version_id=one.asset.version_id,
            score=one.score,
            reasons=one.reasons,
            model=BY_FIT,
            # Of a library that holds more than was looked at, who may see less would be shown some of the rest.
            made_from=made_from if is_all else _narrowed(made_from, only),
            made_at=now,
        )
        for rank, one in enumerate(ranked[:KEPT], start=1)
    ]


def _made_from(deal: Deal, stands_at: int, on: date) -> str:
    """Return what is the same for the same list: weights, the deal's facts, the library, the day."""
    return key(BY_FIT, deal_facets(deal), deal.language, stands_at, on)


def _narrowed(made_from: str, only: AssetFilter) -> str:
    return key(made_from, only.audiences, only.without)
