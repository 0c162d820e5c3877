"""Nudges in SQL."""

from collections.abc import Collection as Some, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from enablement.adapters.sql import tables
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.rows import from_row, to_row
from enablement.adapters.sql.statements import insert_missing, put
from enablement.model import NUDGE_KINDS, Nudge, NudgeMeasure, NudgeState, Stood, Touch
from enablement.ports import Moving

# What is shared from a nudge within this time came of it.
CAME_OF_IT = timedelta(days=7)
_AT_ONCE = 500
_nudges, _stood = tables.nudges, tables.nudge_stood


class SqlNudges:
    """Rows of nudges; whatever depends on how one stands is decided under the lock of its person."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def stood(self, ids: Some[str]) -> dict[str, Stood]:
        with self._database.reading() as connection:
            return {
                row["id"]: from_row(Stood, row)
                for some in _chunks(ids)
                for row in connection.execute(select(_stood).where(_stood.c.id.in_(some))).mappings()
            }

    def note(self, stand: Mapping[str, tuple[str, ...]], nudges: Sequence[Nudge], *, now: datetime) -> None:
        if not stand and not nudges:
            return
        with self._database.writing(lazily=not nudges) as connection:
            put(connection, _stood, [to_row(Stood(name, stand[name], now)) for name in sorted(stand)])
            insert_missing(connection, _nudges, [to_row(one) for one in nudges])

    def due(self, *, now: datetime) -> list[str]:
        is_due = or_(
            and_(_nudges.c.state == "waiting", _nudges.c.due_at <= now), _nudges.c.state == "sending"
        )
        query = select(_nudges.c.slack_id).where(is_due).group_by(_nudges.c.slack_id)
        with self._database.reading() as connection:
            return list(connection.scalars(query.order_by(func.min(_nudges.c.due_at), _nudges.c.slack_id)))

    def of(self, slack_id: str, states: Some[NudgeState]) -> list[Nudge]:
        return self._some(and_(_nudges.c.slack_id == slack_id, _nudges.c.state.in_(list(states))))

    def message(self, message_id: str) -> list[Nudge]:
        return self._some(_nudges.c.message_id == message_id)

    def messages_since(self, slack_id: str, since: datetime) -> int:
        theirs = and_(_nudges.c.slack_id == slack_id, _nudges.c.sent_at >= since)
        with self._database.reading() as connection:
            return int(
                connection.scalar(select(func.count(_nudges.c.message_id.distinct())).where(theirs)) or 0
            )

    def change(self, slack_id: str, ids: Some[str], how: Moving) -> list[Nudge]:
        theirs = and_(_nudges.c.slack_id == slack_id, _nudges.c.id.in_(list(ids)))
        with self._database.writing(alone=f"nudges {slack_id}") as connection:
            query = select(_nudges).where(theirs).order_by(_nudges.c.made_at, _nudges.c.id)
            were = [from_row(Nudge, row) for row in connection.execute(query).mappings()]
            are = [how(one) for one in were]
            put(connection, _nudges, [to_row(now) for was, now in zip(were, are, strict=True) if was != now])
            return are

    def first_openings(self, *, since: datetime) -> list[Touch]:
        touches, earlier = tables.touches, tables.touches.alias()
        before = (
            select(earlier.c.id)
            .where(earlier.c.share_id == touches.c.share_id, earlier.c.kind == "opened_by_buyer")
            .where(earlier.c.occurred_at < since)
        )
        lately = and_(touches.c.kind == "opened_by_buyer", touches.c.occurred_at >= since)
        query = select(touches).where(lately, ~before.exists())
        first: dict[str, Touch] = {}
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(touches.c.occurred_at, touches.c.id)).mappings()
            for row in rows:
                first.setdefault(row["share_id"], from_row(Touch, row))
        return list(first.values())

    def measure(self, *, since: datetime) -> list[NudgeMeasure]:
        suggestions, shares, touches = tables.suggestions, tables.shares, tables.touches
        is_sent = _nudges.c.sent_at.is_not(None)
        # Where it was opened matters not: what was suggested was read for this deal.
        opened = (
            select(touches.c.id)
            .where(
                suggestions.c.id == _nudges.c.suggestion_id,
                touches.c.kind == "opened",
                touches.c.deal_id == _nudges.c.deal_id,
                touches.c.email == _nudges.c.email,
                touches.c.asset_id == suggestions.c.asset_id,
                touches.c.occurred_at >= _nudges.c.sent_at,
            )
            .correlate(_nudges)
            .exists()
        )
        # Days are added here: the two databases add them differently.
        shared_at = (
            select(func.min(shares.c.made_at))
            .where(shares.c.suggestion_id == _nudges.c.suggestion_id, _nudges.c.suggestion_id != "")
            .correlate(_nudges)
            .scalar_subquery()
        )
        query = select(
            *(
                _nudges.c[name]
                for name in ("kind", "state", "sent_at", "opened_at", "snoozed_at", "muted_at")
            ),
            case((is_sent, opened), else_=False).label("opened"),
            shared_at.label("shared_at"),
        ).where(_nudges.c.made_at >= since)
        with self._database.reading() as connection:
            rows = [dict(row) for row in connection.execute(query).mappings()]
        return [
            _measured(kind, some) for kind in NUDGE_KINDS if (some := [r for r in rows if r["kind"] == kind])
        ]

    def _some(self, which: ColumnElement[bool]) -> list[Nudge]:
        query = select(_nudges).where(which).order_by(_nudges.c.made_at, _nudges.c.id)
        with self._database.reading() as connection:
            return [from_row(Nudge, row) for row in connection.execute(query).mappings()]


def _measured(kind: Any, rows: Sequence[Mapping[str, Any]]) -> NudgeMeasure:
    sent = [row for row in rows if row["sent_at"]]
    return NudgeMeasure(
        kind=kind,
        sent=len(sent),
        opened=sum(bool(row["opened_at"] or row["opened"]) for row in sent),
        shared=sum(
            bool(row["shared_at"] and row["shared_at"] - row["sent_at"] <= CAME_OF_IT) for row in sent
        ),
        snoozed=sum(row["snoozed_at"] is not None for row in sent),
        muted=sum(row["muted_at"] is not None for row in sent),
        unwanted=sum(bool(row["snoozed_at"] or row["muted_at"]) for row in sent),
        dropped=sum(row["state"] == "dropped" for row in rows),
        waiting=sum(row["state"] in ("waiting", "sending") for row in rows),
    )


def _chunks(ids: Some[str]) -> Iterator[list[str]]:
    some = list(ids)
    for start in range(0, len(some), _AT_ONCE):
        yield some[start : start + _AT_ONCE]
