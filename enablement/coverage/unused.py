"""Content that nobody uses though it could be, and content that is used though its time is over."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from enablement.access import is_valid
from enablement.coverage.matrix import hurting
from enablement.facets import facet_terms
from enablement.model import Asset, Share, Touch
from enablement.ports import Services

# What is newer than this had no time to be used.
NEW_FOR_DAYS = 90
UNUSED_DAYS = 180
# An asset that is over counts as in use for as long after its last touch.
STILL = timedelta(days=180)


@dataclass(frozen=True)
class Dead:
    """An asset that could be used and is not. `last_used` is None where it never was; `instead` is what people use."""

    asset: Asset
    published: date
    last_used: datetime | None
    instead: Asset | None


@dataclass(frozen=True)
class Outlived:
    """An asset whose time was over at `since`, with the touches of it after that and the links that still open it."""

    asset: Asset
    since: datetime
    touches: tuple[Touch, ...]
    links: tuple[Share, ...]


def dead(services: Services, *, now: datetime, unused_days: int = UNUSED_DAYS) -> list[Dead]:
    """Return what could be found for 90 days and was not used for `unused_days`; the longest unused first."""
    used = services.ledger.last_used()
    assets = [one for one in services.catalog.assets() if is_valid(one, on=now.date())]
    unused_since = now - timedelta(days=unused_days)
    old = (now - timedelta(days=NEW_FOR_DAYS)).date()
    found = [
        (one, published)
        for one in assets
        if (used.get(one.id) or unused_since) <= unused_since
        and (published := _published(one, services)) <= old
    ]
    gone = {one.id for one, _ in found} | hurting(services).get("", set())
    others = _Alternatives([one for one in assets if one.id not in gone and one.id in used], used)
    known = {one.id: one for one in assets}
    made = [
        Dead(one, published, used.get(one.id), known.get(one.replaced_by or "") or others.to(one))
        for one, published in found
    ]
    return sorted(made, key=lambda one: (one.last_used or _midnight(one.published), one.asset.id))


def outlived(services: Services, *, now: datetime) -> list[Outlived]:
    """Return what expired or was archived, and is still touched or open to buyers; the most touched first."""
    over = {one.id: one for one in services.catalog.assets() if _is_over(one, now.date())}
    links: dict[str, list[Share]] = defaultdict(list)
    for share in services.ledger.live_shares(over, at=now):
        links[share.asset_id].append(share)
    ends = {one.id: _ended(one, services) for one in over.values()}
    touches: dict[str, list[Touch]] = defaultdict(list)
    for touch in services.ledger.touches_with(over, since=now - STILL, until=now):
        if touch.occurred_at >= ends[touch.asset_id]:
            touches[touch.asset_id].append(touch)
    found = [
        Outlived(one, ends[one.id], tuple(touches[one.id]), tuple(links[one.id]))
        for one in over.values()
        if touches[one.id] or links[one.id]
    ]
    return sorted(found, key=lambda one: (-len(one.touches), -len(one.links), one.asset.id))


class _Alternatives:
    """Assets in use, to be found by what they have in common with another."""

    def __init__(self, assets: list[Asset], used: Mapping[str, datetime]) -> None:
        self._used = used
        self._alike: dict[tuple[str, str], list[tuple[Asset, frozenset[tuple[str, str]]]]] = defaultdict(list)
        for one in assets:
            self._alike[_sort(one)].append((one, frozenset(facet_terms(one.facets))))

    def to(self, asset: Asset) -> Asset | None:
        """Return what has most in common with an asset of its kind and language, then what was used last."""
        terms = frozenset(facet_terms(asset.facets))
        alike = [(len(terms & theirs), one) for one, theirs in self._alike[_sort(asset)] if terms & theirs]
        return max(alike, key=lambda pair: (pair[0], self._used[pair[1].id], pair[1].id), default=(0, None))[
            1
        ]


def _sort(asset: Asset) -> tuple[str, str]:
    return asset.kind, asset.language[:2]


def _published(asset: Asset, services: Services) -> date:
    if asset.released:
        return asset.released
    first = services.catalog.versions(asset.id)[:1] if asset.version > 1 else ()
    return min((one.created_at for one in first), default=asset.updated_at).date()


def _is_over(asset: Asset, today: date) -> bool:
    has_expired = asset.status == "published" and asset.expires is not None and asset.expires < today
    return has_expired or asset.status == "archived"


def _ended(asset: Asset, services: Services) -> datetime:
    """Return from when on an asset should not have been used any more."""
    archived = [one.at for one in services.ledger.decisions(asset.id) if one.kind == "archived"]
    ends = archived[-1:] if asset.status == "archived" else []
    if asset.expires:
        ends.append(_midnight(asset.expires + timedelta(days=1)))
    return min(ends, default=asset.updated_at)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
