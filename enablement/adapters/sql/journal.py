"""What operators see, in SQL: signals and incidents, integrations by day, audits; and figures of the work."""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, func, literal, or_, select, union_all

from enablement.adapters.sql import quality, tables
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.rows import from_row, to_row
from enablement.adapters.sql.statements import insert_missing, put
from enablement.incidents import COMES_BACK_WITHIN, add_days, add_signals, weigh
from enablement.model import (
    LANES,
    Audit,
    DeadLetters,
    Incident,
    IntegrationDay,
    QualityPart,
    Signal,
    Waiting,
)

# One writer at a time: what is noted is added to, and what is weighed is taken away.
ALONE = "journal"
REASONS_READ = 1000
LONGEST_REASON = 200
# Ids, addresses and numbers: where two reasons differ in them alone they are one.
_PARTICULAR = re.compile(r"[\w.+-]+@[\w.-]+|\b(?=\w*\d)\w+\b")
_incidents, _rows = tables.incidents, tables.outbox


class SqlJournal:
    """The journal in SQL. What it holds are observations: a power cut may undo the last of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, signals: Iterable[Signal], days: Iterable[IntegrationDay] = ()) -> None:
        with self._database.writing(alone=ALONE, lazily=True) as connection:
            known = {(one.kind, one.subject): one for one in _signals(connection)}
            for signal in signals:
                at = (signal.kind, signal.subject)
                known[at] = add_signals(known.get(at), signal)
                put(connection, tables.signals, [to_row(known[at])])
            for day in days:
                put(connection, tables.integration_days, [to_row(add_days(_day(connection, day), day))])

    def weigh(self, *, now: datetime) -> list[Incident]:
        with self._database.writing(alone=ALONE, lazily=True) as connection:
            known = _found(connection, _recent(now - COMES_BACK_WITHIN))
            weighed = weigh(_signals(connection), known, now=now)
            put(connection, _incidents, [to_row(one) for one in weighed.incidents])
            for kind, subject in weighed.spent:
                here = (tables.signals.c.kind == kind) & (tables.signals.c.subject == subject)
                connection.execute(delete(tables.signals).where(here))
        return list(weighed.incidents)

    def untold(self, *, limit: int) -> list[Incident]:
        query = select(_incidents).where(_incidents.c.told.is_(False))
        with self._database.reading() as connection:
            return _found(connection, query.order_by(_incidents.c.opened_at, _incidents.c.id).limit(limit))

    def keep(self, incident: Incident) -> None:
        with self._database.writing(alone=ALONE) as connection:
            put(connection, _incidents, [to_row(incident)])

    def incidents(self, *, since: datetime) -> list[Incident]:
        with self._database.reading() as connection:
            return _found(connection, _recent(since).order_by(_incidents.c.opened_at.desc()))

    def days(self, *, since: date) -> list[IntegrationDay]:
        day = tables.integration_days
        query = select(day).where(day.c.day >= since).order_by(day.c.day.desc(), day.c.name)
        with self._database.reading() as connection:
            return [from_row(IntegrationDay, row) for row in connection.execute(query).mappings()]

    def record(self, audit: Audit) -> None:
        with self._database.writing() as connection:
            insert_missing(connection, tables.audits, [to_row(audit)])

    def audits(self, *, limit: int, since: datetime | None = None, person: str = "") -> list[Audit]:
        audit, decided = tables.audits, tables.decisions.c
        # What was decided about an asset is kept with it; its note is content.
        decisions = select(
            decided.id,
            decided.email,
            (literal("library.") + decided.kind).label("action"),
            decided.asset_id.label("subject"),
            literal("").label("detail"),
            decided.at,
        )
        both = union_all(select(audit), decisions).subquery("noted")
        query = select(both).order_by(both.c.at.desc(), both.c.id).limit(limit)
        if since:
            query = query.where(both.c.at >= since)
        if person:
            mine = func.lower(both.c.email) == person.lower()
            query = query.where(mine | (func.lower(both.c.subject) == person.lower()))
        with self._database.reading() as connection:
            return [from_row(Audit, row) for row in connection.execute(query).mappings()]

    def waiting(self, *, now: datetime, kinds: Collection[str] | None = None) -> list[Waiting]:
        due = (_rows.c.state == "due") & (_rows.c.due_at <= now)
        there = or_(due, _rows.c.state.in_(["leased", "dead"]))
        query = (
            select(_rows.c.lane, _rows.c.state, func.count(), func.min(_rows.c.due_at))
            .where(there if kinds is None else there & _rows.c.kind.in_(list(kinds)))
            .group_by(_rows.c.lane, _rows.c.state)
            .order_by(_rows.c.lane, _rows.c.state)
        )
        with self._database.reading() as connection:
            return [Waiting(*row) for row in connection.execute(query)]

    def dead_letters(self) -> list[DeadLetters]:
        count = func.count()
        query = (
            select(_rows.c.kind, _rows.c.error, count)
            .where(_rows.c.state == "dead")
            .group_by(_rows.c.kind, _rows.c.error)
            .order_by(count.desc())
            .limit(REASONS_READ)
        )
        grouped: Counter[tuple[str, str]] = Counter()
        with self._database.reading() as connection:
            for kind, error, rows in connection.execute(query):
                grouped[kind, _PARTICULAR.sub("…", error)[:LONGEST_REASON]] += rows
        return [DeadLetters(kind, reason, rows) for (kind, reason), rows in grouped.most_common()]

    def lasted(self, kinds: Collection[str], *, since: datetime, limit: int) -> list[tuple[datetime, float]]:
        # By due_at, which there is an index for; a row is settled soon after it is due.
        done = _rows.c.lane.in_(LANES) & (_rows.c.state == "done") & (_rows.c.due_at >= since)
        query = select(_rows.c.settled_at, _rows.c.created_at).where(done, _rows.c.kind.in_(list(kinds)))
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(_rows.c.due_at.desc()).limit(limit))
            return [(settled, (settled - created).total_seconds()) for settled, created in rows]

    def unfinished(self, kinds: Collection[str]) -> dict[str, datetime]:
        # The rounds of a schedule are its partition, and for that there is an index.
        rounds = _rows.c.state.in_(["due", "leased"]) & _rows.c.partition.in_(list(kinds))
        query = select(_rows.c.partition, func.min(_rows.c.created_at)).where(rounds)
        with self._database.reading() as connection:
            found = connection.execute(query.group_by(_rows.c.partition))
            return {str(kind): since for kind, since in found}

    def is_held(self, lease: str, *, now: datetime) -> bool:
        until = self._moment(select(tables.leases.c.until).where(tables.leases.c.name == lease))
        return until is not None and until > now

    def last_event(self, source: str) -> datetime | None:
        inbox = tables.inbox
        return self._moment(select(func.max(inbox.c.seen_at)).where(inbox.c.source == source))

    def last_deal_change(self) -> datetime | None:
        return self._moment(select(func.max(tables.deals.c.modified_at)))

    def quality(self, *, on: date, loss_reasons: bool, examples: int) -> list[QualityPart]:
        with self._database.reading() as connection:
            return quality.parts(connection, on=on, loss_reasons=loss_reasons, examples=examples)

    def _moment(self, query: Select[Any]) -> datetime | None:
        with self._database.reading() as connection:
            found: datetime | None = connection.scalar(query)
            return found


def _signals(connection: Connection) -> list[Signal]:
    return [from_row(Signal, row) for row in connection.execute(select(tables.signals)).mappings()]


def _day(connection: Connection, like: IntegrationDay) -> IntegrationDay | None:
    day = tables.integration_days
    query = select(day).where(day.c.name == like.name, day.c.day == like.day)
    row = connection.execute(query).mappings().first()
    return from_row(IntegrationDay, row) if row else None


def _recent(since: datetime) -> Select[Any]:
    return select(_incidents).where(
        or_(_incidents.c.resolved_at.is_(None), _incidents.c.resolved_at >= since)
    )


def _found(connection: Connection, query: Select[Any]) -> list[Incident]:
    return [from_row(Incident, row) for row in connection.execute(query).mappings()]
