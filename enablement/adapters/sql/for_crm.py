"""Which touches the CRM should have, and what they add up to: one definition for all who ask."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, func, or_, select, union

from enablement.adapters.sql import tables
from enablement.adapters.sql.rows import from_row
from enablement.model import DealSummary, Touch

_touches, _shares, _taken_back = tables.touches, tables.shares, tables.withdrawals
# What a rep opens concerns nobody but us.
_OURS_ALONE = "opened"
_MOST_NAMED = 500


def for_crm(
    connection: Connection,
    *,
    since: datetime | None,
    after: str,
    limit: int,
    begins: str = "",
    among: Collection[str] | None = None,
) -> list[Touch]:
    """Return by id, after an id, touches that the CRM should have; `begins` and `among` take only some ids."""
    query = _should_be_there(select(_touches)).where(_touches.c.id > after)
    if begins:
        query = query.where(_touches.c.id.startswith(begins, autoescape=True))
    if among is not None:
        query = query.where(_touches.c.id.in_(list(among)))
    if since:
        query = query.where(_touches.c.occurred_at >= since)
    rows = connection.execute(query.order_by(_touches.c.id).limit(limit)).mappings()
    return [from_row(Touch, row) for row in rows]


def deals_touched(connection: Connection, *, since: datetime | None) -> list[str]:
    """Return the deals that were touched, or had a touch taken back, since then or ever."""
    touched = select(_touches.c.deal_id)
    taken_back = touched.join(_taken_back, _taken_back.c.touch_id == _touches.c.id)
    if since:
        touched = touched.where(_touches.c.occurred_at >= since)
        taken_back = taken_back.where(_taken_back.c.at >= since)
    known = select(tables.deals.c.id).where(tables.deals.c.id.in_(union(touched, taken_back)))
    return list(connection.scalars(known.order_by(tables.deals.c.id)))


def summaries(connection: Connection, deal_ids: Collection[str]) -> list[DealSummary]:
    """Return for each of these deals what its touches add up to; nothing adds up to 0."""
    ids = list(deal_ids)
    found: dict[str, DealSummary] = {}
    for start in range(0, len(ids), _MOST_NAMED):
        found |= _summaries(connection, ids[start : start + _MOST_NAMED])
    return [found.get(deal_id) or DealSummary(deal_id, 0, None, None) for deal_id in ids]


def _summaries(connection: Connection, ids: Sequence[str]) -> dict[str, DealSummary]:
    count, last = func.count().label("count"), func.max(_touches.c.occurred_at).label("last")
    by_asset = (
        _should_be_there(select(_touches.c.deal_id, _touches.c.asset_id, count, last))
        .where(_touches.c.deal_id.in_(ids))
        .group_by(_touches.c.deal_id, _touches.c.asset_id)
        # Of two that touched it as often, the later one; then a fixed order, so that the same says the same.
        .order_by(_touches.c.deal_id, count.desc(), last.desc(), _touches.c.asset_id)
    )
    made: dict[str, DealSummary] = {}
    for deal_id, asset_id, touches, last_at in connection.execute(by_asset):
        one = made.get(deal_id)
        if one is None:
            made[deal_id] = DealSummary(deal_id, touches, last_at, asset_id)
        else:
            made[deal_id] = DealSummary(
                deal_id, one.touches + touches, max(filter(None, (one.last_at, last_at))), one.top_asset_id
            )
    return made


def _should_be_there(query: Select[Any]) -> Select[Any]:
    on_record = or_(_touches.c.share_id == "", _shares.c.on_record)
    return (
        query.select_from(_touches)
        .join(tables.deals, tables.deals.c.id == _touches.c.deal_id)
        .outerjoin(_shares, _shares.c.id == _touches.c.share_id)
        .outerjoin(_taken_back, _taken_back.c.touch_id == _touches.c.id)
        .where(and_(_touches.c.kind != _OURS_ALONE, on_record, _taken_back.c.id.is_(None)))
    )
