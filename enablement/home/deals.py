"""Somebody's open deals on their Home tab: the next best asset of each, and what changed since they last looked."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from enablement.access import asset_filter, may_show
from enablement.asked_deals import FINALISTS, visible_deals
from enablement.feedback import standing
from enablement.following import USES, past, renewal
from enablement.model import (
    Ask,
    Asset,
    CrmUser,
    Deal,
    HomeState,
    Place,
    Recommended,
    Seen,
    SeenDeal,
    Suggestion,
    Written,
    key,
    unasked,
)
from enablement.ports import Services
from enablement.sharing import TOKEN_BYTES

ON_A_PAGE = 8
# Of what is kept for a deal so many are looked at for one that was not shared or put away yet.
LOOKED_AT = 8
# What was shared longer ago may be suggested again.
SHARED_LATELY = timedelta(days=180)
ChangeKind = Literal["new", "stage", "competitors", "closes", "suggestion"]


@dataclass(frozen=True)
class Change:
    """What changed about a deal since somebody last looked: from what to what, as the CRM says it; dates are ISO."""

    kind: ChangeKind
    was: tuple[str, ...] = ()
    now: tuple[str, ...] = ()


@dataclass(frozen=True)
class HomeDeal:
    """A deal with the next best asset for it, where there is one, and what changed."""

    deal: Deal
    is_own: bool
    changes: tuple[Change, ...]
    asset: Asset | None = None
    suggestion: Suggestion | None = None


@dataclass(frozen=True)
class DealsPage:
    """One page of the deals that somebody may see, those that changed first; `is_one`: they chose to see one alone.

    `is_cut`: there are more than are counted.
    """

    deals: tuple[HomeDeal, ...]
    page: int
    pages: int
    count: int
    is_one: bool = False
    is_cut: bool = False


def deals_page(
    user: CrmUser, state: HomeState, services: Services, *, now: datetime, looks: bool
) -> DealsPage:
    """Return the page that somebody is at; `looks`: they are there now, so what they see counts as seen.

    Raises AccessUnknown.
    """
    mine = visible_deals(user, services, also=[state.deal_id] if state.deal_id else [])
    best = _best(mine, user, services, now)
    before = _before(state, [_facts(one, best.get(one.id)) for one in mine], services, looks=looks)
    changes = {one.id: _changes(before, one, best.get(one.id)) for one in mine}
    only = [one for one in mine if one.id == state.deal_id]
    ordered = only or sorted(mine, key=lambda one: _order(one, user, changes[one.id]))
    pages = max(1, -(-len(ordered) // ON_A_PAGE))
    page = min(state.page, pages)
    shown = ordered[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    _choose_missing([one for one in shown if one.id not in best], services, now)
    made = _suggestions(shown, best, user, state, services, now)
    return DealsPage(
        tuple(
            HomeDeal(one, _is_own(one, user), changes[one.id], best.get(one.id), made.get(one.id))
            for one in shown
        ),
        page,
        pages,
        len(ordered),
        is_one=bool(only),
        is_cut=len(mine) >= FINALISTS,
    )


def _best(deals: Sequence[Deal], user: CrmUser, services: Services, now: datetime) -> dict[str, Asset]:
    """Return for each deal the first of what is kept for it that this person may have and did not deal with yet."""
    ids = [one.id for one in deals]
    kept = services.shortlists.firsts(ids, most=LOOKED_AT)
    only = asset_filter(shared_outside=False, now=now)
    known = {
        one.id: one
        for one in services.catalog.assets({asset for some in kept.values() for asset in some})
        if may_show(one, only)
    }
    given = standing(services.ledger.feedback(*ids, email=user.email), now=now)
    touches = services.ledger.touches_by([user.email], since=now - SHARED_LATELY)
    done = {(one.deal_id, one.asset_id) for one in given}
    done |= {(one.deal_id, one.asset_id) for one in touches if one.kind in USES}
    found = {
        deal: next((known[one] for one in some if one in known and (deal, one) not in done), None)
        for deal, some in kept.items()
    }
    return {deal: asset for deal, asset in found.items() if asset}


def _choose_missing(deals: Sequence[Deal], services: Services, now: datetime) -> None:
    """Have something chosen for deals without a list: once as long as they and the library stay as they are."""
    only = asset_filter(shared_outside=False, now=now)
    tasks = []
    for one in deals:
        given = services.ledger.feedback(one.id, email=None)
        before = past(one, services, only=only, given=given, now=now)
        tasks.append(renewal(one, services, past=before, on=now.date()))
    if tasks:
        services.outbox.add(tasks, now=now, lazily=True)
        services.work.wake("write")


def _facts(deal: Deal, asset: Asset | None) -> SeenDeal:
    closes = deal.close_date.isoformat() if deal.close_date else ""
    return SeenDeal(deal.id, deal.stage, closes, deal.competitors, asset.id if asset else "")


def _before(
    state: HomeState, facts: Sequence[SeenDeal], services: Services, *, looks: bool
) -> Mapping[str, SeenDeal]:
    """Return how deals stood when the last look ended, and note how they stand in this one."""
    began, kept = state.looked_at, services.homes.seen(state.slack_id)
    # Whoever looks for the first time has seen nothing change; what changes while they look is marked.
    earlier = tuple(facts) if kept is None else kept.now
    before = kept.before if kept and kept.looked_at == began else earlier
    seen = Seen(state.slack_id, began, before, tuple(facts)) if looks and began else None
    if seen and seen != kept:
        services.homes.keep_seen(seen)
    return {one.deal_id: one for one in before}


def _changes(before: Mapping[str, SeenDeal], deal: Deal, asset: Asset | None) -> tuple[Change, ...]:
    was, now = before.get(deal.id), _facts(deal, asset)
    if was is None:
        # Where not all are listed one may come and go.
        return (Change("new"),) if 0 < len(before) < FINALISTS else ()
    found = []
    if was.stage != now.stage:
        found.append(Change("stage", (was.stage,), (now.stage,)))
    if set(was.competitors) != set(now.competitors):
        found.append(Change("competitors", was.competitors, now.competitors))
    if was.closes != now.closes:
        found.append(Change("closes", _some(was.closes), _some(now.closes)))
    if now.asset_id and was.asset_id != now.asset_id:
        found.append(Change("suggestion"))
    return tuple(found)


def _some(value: str) -> tuple[str, ...]:
    return (value,) if value else ()


def _order(deal: Deal, user: CrmUser, changes: Collection[Change]) -> tuple[bool, bool, date, str, str]:
    return (not changes, not _is_own(deal, user), deal.close_date or date.max, deal.name, deal.id)


def _is_own(deal: Deal, user: CrmUser) -> bool:
    return user.id in (deal.owner_id, *deal.team)


def _suggestions(
    deals: Sequence[Deal],
    best: Mapping[str, Asset],
    user: CrmUser,
    state: HomeState,
    services: Services,
    now: datetime,
) -> dict[str, Suggestion]:
    """Return for these deals what stands for the best asset: one a day and stage, so that its links stay the same.

    Its reasons are those of the stage that the deal is at.
    """
    shown = [one for one in deals if one.id in best]
    if not shown:
        return {}
    ask_id, place = key("home", state.slack_id, now.date()), Place(is_direct=True)
    ask = unasked(ask_id, "home", state.slack_id, email=user.email, place=place, now=now)
    ids = {one.id: key("suggestion", ask.id, one.id, best[one.id].version_id, one.stage) for one in shown}
    stand = {one.id: one for one in services.ledger.suggestions(ask.id)}
    if missing := [one for one in shown if ids[one.id] not in stand]:
        made = tuple(
            _suggestion(ids[one.id], ask, one, best[one.id], services.shortlists.of(one.id), now)
            for one in missing
        )
        # What a power cut undoes is made again when it is drawn again, and a link of it is pressed once more.
        services.ledger.write(Written(records=(ask, *made)), now=now, lazily=True)
        stand = {one.id: one for one in services.ledger.suggestions(ask.id)}
    return {deal_id: stand[name] for deal_id, name in ids.items() if name in stand}


def _suggestion(
    name: str, ask: Ask, deal: Deal, asset: Asset, kept: Sequence[Recommended], now: datetime
) -> Suggestion:
    row = next((one for one in kept if one.asset_id == asset.id), None)
    return Suggestion(
        id=name,
        ask_id=ask.id,
        email=ask.email,
        deal_id=deal.id,
        asset_id=asset.id,
        version_id=asset.version_id,
        rank=1,
        score=row.score if row else 0.0,
        # No lots are drawn here: the first of the list is shown for certain.
        propensity=1.0,
        reasons=row.reasons if row else (),
        model=row.model if row else "home",
        open_token=secrets.token_urlsafe(TOKEN_BYTES),
        made_at=now,
    )
