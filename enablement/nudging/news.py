"""What a nudge says when it is sent: looked at anew, and dropped where there is nothing to say any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from enablement.access import asset_filter, may_show
from enablement.feedback import standing
from enablement.following import USES
from enablement.model import Asset, CrmUser, Deal, Nudge, Suggestion
from enablement.nudging.causes import is_battlecard, names_one_of, newer, workers
from enablement.ports import Services
from enablement.sent import still_sent

# What was shared longer ago may be suggested again.
SHARED_LATELY = timedelta(days=180)
# That a buyer opened something is of use while one can still call them about it.
OPENED_LATELY = timedelta(days=3)


class Moot(Exception):
    """There is nothing to say any more; the message is one word of why, for the record."""


@dataclass(frozen=True)
class News:
    """One thing to tell: of which deal, and the asset that is offered with it, as a suggestion once it is sent.

    `stage` is the new one, `joined` and `left` are competitors, where they changed; `replaced` is what the asset takes
    the place of; `who` opened it and `at` which moment; `deals` are those that a battlecard is for, largest first.
    """

    nudge: Nudge
    deal: Deal
    asset: Asset
    suggestion: Suggestion | None = None
    stage: str = ""
    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    replaced: Asset | None = None
    who: str = ""
    at: datetime | None = None
    deals: tuple[Deal, ...] = ()


def news_of(nudge: Nudge, user: CrmUser, services: Services, *, now: datetime) -> News:
    """Return what a nudge says now; what was sent keeps the asset that it had. Raises Moot, AccessUnknown."""
    match nudge.kind:
        case "deal_changed":
            return _deal_changed(nudge, user, services, now)
        case "buyer_opened":
            return _buyer_opened(nudge, user, services, now)
        case "replaced":
            return _replaced(nudge, user, services, now)
        case "battlecard":
            return _battlecard(nudge, user, services, now)


def _deal_changed(nudge: Nudge, user: CrmUser, services: Services, now: datetime) -> News:
    deal = _deal(nudge.deal_id, user, services)
    if user.id not in workers(deal):
        raise Moot("given away")
    stage, first, *before = nudge.was
    joined = tuple(one for one in deal.competitors if one not in before)
    left = tuple(one for one in before if one not in deal.competitors)
    moved = deal.stage if deal.stage != stage else ""
    asset = _sent(nudge, services)
    if asset is None:
        if not (moved or joined or left):
            raise Moot("undone")
        asset = _worth_saying(deal, first, joined, user, services, now)
    return News(nudge, deal, asset, stage=moved, joined=joined, left=left)


def _worth_saying(
    deal: Deal, first: str, joined: Sequence[str], user: CrmUser, services: Services, now: datetime
) -> Asset:
    """Return a battlecard against who joined, or else what now comes first and did not before. Raises Moot."""
    listed = _listed(deal, user, services, now)
    for one in listed:
        if is_battlecard(one) and names_one_of(one, joined):
            return one
    if not listed or listed[0].id == first:
        raise Moot("nothing new")
    return listed[0]


def _listed(deal: Deal, user: CrmUser, services: Services, now: datetime) -> list[Asset]:
    """Return of what is kept for a deal that which this person may have, and did not use or put away yet."""
    given = standing(services.ledger.feedback(deal.id, email=user.email), now=now)
    used = services.ledger.touches_by([user.email], since=now - SHARED_LATELY)
    done = {one.asset_id for one in given}
    done |= {one.asset_id for one in used if one.deal_id == deal.id and one.kind in USES}
    ids = [row.asset_id for row in services.shortlists.of(deal.id) if row.asset_id not in done]
    only = asset_filter(shared_outside=False, now=now)
    known = {one.id: one for one in services.catalog.assets(ids) if may_show(one, only)}
    return [known[one] for one in ids if one in known]


def _buyer_opened(nudge: Nudge, user: CrmUser, services: Services, now: datetime) -> News:
    deal = _deal(nudge.deal_id, user, services)
    share, asset = services.ledger.share(nudge.share_id), services.catalog.asset(nudge.asset_id)
    at = services.ledger.last_opening(nudge.share_id)
    if share is None or asset is None or at is None:
        raise Moot("gone")
    if not any(one.id == share.id for one in still_sent(deal.id, email=user.email, services=services)):
        raise Moot("undone")
    if not nudge.sent_at and now - at > OPENED_LATELY:
        raise Moot("too late")
    return News(nudge, deal, asset, who=share.recipient_name or share.recipient, at=at)


def _replaced(nudge: Nudge, user: CrmUser, services: Services, now: datetime) -> News:
    deal, old = _deal(nudge.deal_id, user, services), services.catalog.asset(nudge.asset_id)
    if old is None:
        raise Moot("gone")
    asset = _sent(nudge, services) or newer(old, services, now=now)
    if asset is None or not may_show(asset, asset_filter(shared_outside=True, now=now)):
        raise Moot("not for customers")
    shares = still_sent(deal.id, email=user.email, services=services)
    live = [one for one in shares if not one.revoked_at and now < one.expires_at and one.asset_id == old.id]
    if not nudge.sent_at and not any(one.version_id != asset.version_id for one in live):
        raise Moot("no link works")
    if not nudge.sent_at and any(one.version_id == asset.version_id for one in shares):
        raise Moot("shared already")
    return News(nudge, deal, asset, replaced=old)


def _battlecard(nudge: Nudge, user: CrmUser, services: Services, now: datetime) -> News:
    asset = services.catalog.asset(nudge.asset_id)
    only = asset_filter(shared_outside=False, now=now)
    if asset is None or not is_battlecard(asset) or not may_show(asset, only):
        raise Moot("not valid")
    mine = [
        one
        for one in services.mirror.deals_of([user.id], team_member=user.id)
        if names_one_of(asset, one.competitors)
    ]
    seen = services.access.readable(user.id, [one.id for one in mine]) if mine else frozenset()
    deals = sorted(
        (one for one in mine if one.id in seen), key=lambda one: (-(one.amount or 0.0), one.name, one.id)
    )
    if not deals:
        raise Moot("no deal")
    return News(nudge, deals[0], asset, deals=tuple(deals))


def _deal(deal_id: str, user: CrmUser, services: Services) -> Deal:
    """Return an open deal that this person may read now. Raises Moot, AccessUnknown."""
    may = services.access.readable(user.id, [deal_id])
    deal = services.mirror.deal(deal_id)
    if not may or deal is None:
        raise Moot("not theirs to see")
    if deal.is_closed:
        raise Moot("closed")
    return deal


def _sent(nudge: Nudge, services: Services) -> Asset | None:
    """Return the asset that a nudge was sent with, None where it was not sent yet. Raises Moot."""
    suggestion = services.ledger.suggestion(nudge.suggestion_id) if nudge.suggestion_id else None
    if suggestion is None:
        return None
    asset = services.catalog.asset(suggestion.asset_id)
    if asset is None:
        raise Moot("gone")
    return asset
