"""What the mirror's deals lack: one aggregate over all of them, and the largest examples of each part."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, exists, func, select

from enablement.adapters.sql import tables
from enablement.model import QualityPart

YEAR = timedelta(days=365)
_deals, _hops, _stages = tables.deals, tables.stage_hops, tables.stages
Condition = ColumnElement[bool]


def parts(connection: Connection, *, on: date, loss_reasons: bool, examples: int) -> list[QualityPart]:
    """Return each part with how many deals lack it, and the largest of those (at least one is looked for)."""
    wanted = _conditions(on, loss_reasons=loss_reasons)
    counted = [_count(applies) for applies, _ in wanted.values()]
    of = connection.execute(select(*counted).where(_in_scope(on))).one()
    found = []
    for (name, (applies, lacks)), deals in zip(wanted.items(), of, strict=True):
        # Counted and listed in one go: the history is read once.
        query = select(_deals.c.id, _deals.c.name, func.count().over()).where(_in_scope(on), applies, lacks)
        order = (func.coalesce(_deals.c.amount, 0).desc(), _deals.c.id)
        rows = connection.execute(query.order_by(*order).limit(max(examples, 1))).all()
        largest = tuple((deal_id, title) for deal_id, title, _ in rows[:examples])
        found.append(QualityPart(name, rows[0][2] if rows else 0, deals, largest))
    return found


def _in_scope(on: date) -> Condition:
    return _deals.c.is_closed.is_(False) | (_deals.c.close_date >= on - YEAR)


def _conditions(on: date, *, loss_reasons: bool) -> dict[str, tuple[Condition, Condition]]:
    """Return for each part which deals it applies to, and which of them lack it."""
    each, is_open = _deals.c.id.is_not(None), _deals.c.is_closed.is_(False)
    is_lost = _deals.c.is_closed.is_(True) & _deals.c.is_won.is_(False)
    contact = exists().where(tables.contacts.c.deal_id == _deals.c.id)
    return {
        "industry": (each, _deals.c.industry.is_(None)),
        "region": (each, _deals.c.region.is_(None)),
        "size": (each, _deals.c.size.is_(None)),
        "amount": (each, _deals.c.amount.is_(None)),
        "contact role": (each, ~contact),
        "close date to come": (is_open, _deals.c.close_date < on),
        "stage moved forward only": (each, _deals.c.id.in_(_moved_back())),
        **({"loss reason": (is_lost, _deals.c.loss_reason.is_(None))} if loss_reasons else {}),
    }


def _moved_back() -> Any:
    """Select the deals that once went to an earlier stage; from one way of being closed to another is no step back."""
    before = func.lag(_stages.c.position).over(
        partition_by=_hops.c.deal_id, order_by=(_hops.c.at, _hops.c.id)
    )
    steps = (
        select(_hops.c.deal_id, _stages.c.position, _stages.c.is_closed, before.label("before"))
        .join(_stages, _stages.c.name == _hops.c.stage)
        .subquery()
    )
    back = (steps.c.position < steps.c.before) & steps.c.is_closed.is_(False)
    return select(steps.c.deal_id).where(back)


def _count(condition: Condition) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
