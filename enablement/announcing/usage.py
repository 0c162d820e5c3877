"""How what was attached to an announcement was used on deals: after readers got it, and as long before.

That more was used afterwards does not mean that the announcement is why: a launch, a quarter's end or a campaign moves
both. So there is no rate and no lift here, only counts side by side.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from enablement.announcing.audience import all_readers
from enablement.announcing.results import Results
from enablement.model import Touch, TouchKind
from enablement.ports import Services

WITHIN = timedelta(days=14)
KINDS: tuple[TouchKind, ...] = ("opened", "shared", "presented", "opened_by_buyer")


@dataclass(frozen=True)
class Used:
    """Touches of one asset on deals by those who got the announcement, by kind; `people` and `deals` had any."""

    touches: Mapping[str, int]
    people: int
    deals: int


@dataclass(frozen=True)
class Usage:
    """One attached asset's use, up to so many days before and after each reader got the announcement."""

    asset_id: str
    title: str
    before: Used
    after: Used


def usage(found: Results, services: Services, *, now: datetime, within: timedelta = WITHIN) -> list[Usage]:
    """Return for each attached asset how those in these results used it before and after they got the announcement.

    Both spans are as long as each other for each person: as much of `within` as has gone by since.
    """
    got = _got(found, services)
    asset_ids = found.announcement.asset_ids
    if not asset_ids:
        return []
    touches: list[Touch] = []
    if got:
        since, until = min(got.values()) - within, min(max(got.values()) + within, now)
        touches = services.ledger.touches_with(asset_ids, since=since, until=until)
    before: dict[str, list[Touch]] = {asset_id: [] for asset_id in asset_ids}
    after: dict[str, list[Touch]] = {asset_id: [] for asset_id in asset_ids}
    for touch in touches:
        at = got.get(touch.email)
        span = min(within, now - at) if at else timedelta(0)
        if at and at - span <= touch.occurred_at < at:
            before[touch.asset_id].append(touch)
        elif at and at <= touch.occurred_at < at + span:
            after[touch.asset_id].append(touch)
    return [
        Usage(asset_id, _title(asset_id, services), _used(before[asset_id]), _used(after[asset_id]))
        for asset_id in asset_ids
    ]


def _got(found: Results, services: Services) -> dict[str, datetime]:
    """Return by e-mail when each got the announcement: the e-mail in the CRM, under which touches are kept."""
    emails = {one.slack_id: one.user.email for one in all_readers(services) if one.user}
    receipts = (person.receipt for person in found.people)
    return {
        emails.get(receipt.slack_id, receipt.email): receipt.delivered_at
        for receipt in receipts
        if receipt.delivered_at
    }


def _used(touches: Iterable[Touch]) -> Used:
    some = list(touches)
    kinds = Counter(touch.kind for touch in some)
    return Used(
        {kind: kinds[kind] for kind in KINDS},
        people=len({touch.email for touch in some}),
        deals=len({touch.deal_id for touch in some}),
    )


def _title(asset_id: str, services: Services) -> str:
    asset = services.catalog.asset(asset_id)
    return asset.title if asset else asset_id
