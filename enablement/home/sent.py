"""What somebody shared, what buyers opened of it, and what they keep for later, on their Home tab."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from enablement.access import is_valid
from enablement.model import Asset, CrmUser, Deal, Share, Touch
from enablement.ports import Services
from enablement.saved import saved_of
from enablement.sent import sent

OPENED_LATELY = timedelta(days=30)
MOST = 5
# Links of one asset for one deal are one line.
SHARES_LOOKED_AT, OPENINGS_LOOKED_AT = 40, 60


@dataclass(frozen=True)
class OpenedShare:
    """That a buyer opened what was shared, and when last: `times` are readings, not clicks."""

    asset: Asset
    deal: Deal
    who: str
    last_at: datetime
    times: int


@dataclass(frozen=True)
class SharedAsset:
    """What somebody shared for a deal, with whom, last when; `suggestion_id` is what its links are managed by.

    `live` counts the links that still work.
    """

    asset: Asset
    deal: Deal
    suggestion_id: str
    names: tuple[str, ...]
    last_at: datetime
    is_opened: bool
    live: int


@dataclass(frozen=True)
class Dealings:
    """The newest of each, and how many are saved in all."""

    opened: tuple[OpenedShare, ...] = ()
    shared: tuple[SharedAsset, ...] = ()
    saved: tuple[Asset, ...] = ()
    saved_count: int = 0


def dealings(user: CrmUser, services: Services, *, now: datetime) -> Dealings:
    """Return what a person shared, had opened and saved, of deals that they may see now. Raises AccessUnknown."""
    shares = services.ledger.shares_by(user.email, limit=SHARES_LOOKED_AT)
    touches = [
        one
        for one in services.ledger.touches_by([user.email], since=now - OPENED_LATELY)
        if one.kind == "opened_by_buyer" and one.deal_id
    ][:OPENINGS_LOOKED_AT]
    of_deals = {*(one.deal_id for one in shares), *(one.deal_id for one in touches)}
    ids = sorted(of_deals - {""})
    readable = services.access.readable(user.id, ids) if ids else frozenset()
    deals = {one.id: one for one in services.mirror.deals(sorted(readable))}
    named = {*(one.asset_id for one in shares), *(one.asset_id for one in touches)}
    assets = {one.id: one for one in services.catalog.assets(named)}
    opened = _opened(touches, {one.id: one for one in shares}, deals, assets, services)
    saved = saved_of(user.email, services, limit=1000)
    kept = {one.id: one for one in services.catalog.assets({one.asset_id for one in saved[:MOST]})}
    return Dealings(
        opened,
        _shared(
            [one for one in shares if one.deal_id in deals and one.asset_id in assets],
            deals,
            assets,
            services,
            now,
        ),
        tuple(kept[one.asset_id] for one in saved[:MOST] if one.asset_id in kept),
        len(saved),
    )


def _opened(
    touches: Sequence[Touch],
    shares: Mapping[str, Share],
    deals: Mapping[str, Deal],
    assets: Mapping[str, Asset],
    services: Services,
) -> tuple[OpenedShare, ...]:
    """Return which links were opened last; the newest touches come first."""
    opened: dict[str, list[Touch]] = {}
    for one in touches:
        if one.deal_id in deals and one.asset_id in assets:
            opened.setdefault(one.share_id, []).append(one)
    made = []
    for share_id, some in list(opened.items())[:MOST]:
        share = shares.get(share_id) or services.ledger.share(share_id)
        who = (share.recipient_name if share else "") or some[0].recipient
        asset, deal = assets[some[0].asset_id], deals[some[0].deal_id]
        made.append(OpenedShare(asset, deal, who, some[0].occurred_at, len(some)))
    return tuple(made)


def _shared(
    shares: list[Share], deals: dict[str, Deal], assets: dict[str, Asset], services: Services, now: datetime
) -> tuple[SharedAsset, ...]:
    alike: dict[tuple[str, str], list[Share]] = {}
    for one in shares:
        alike.setdefault((one.deal_id, one.asset_id), []).append(one)
    made: list[SharedAsset] = []
    for (deal_id, asset_id), some in alike.items():
        if len(made) == MOST:
            break
        standing = [one for one in sent(some, services) if not one.is_undone]
        if not standing:
            continue
        asset = assets[asset_id]
        works = asset.audience == "customer" and is_valid(asset, on=now.date())
        names = dict.fromkeys(one.share.recipient_name or one.share.recipient for one in standing)
        made.append(
            SharedAsset(
                asset,
                deals[deal_id],
                standing[0].share.suggestion_id,
                tuple(names),
                standing[0].share.made_at,
                any(one.is_opened for one in standing),
                sum(one.is_open(now) for one in standing) if works else 0,
            )
        )
    return tuple(made)
