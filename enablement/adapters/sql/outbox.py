"""The work to be done, claimed by lease; and named leases for those who must be alone."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Row,
    RowMapping,
    bindparam,
    func,
    literal,
    or_,
    select,
    update,
)

from enablement.adapters.sql import tables
from enablement.adapters.sql.clearing import clear
from enablement.adapters.sql.database import Database, UtcDateTime
from enablement.adapters.sql.query import among, given
from enablement.adapters.sql.rows import from_row
from enablement.adapters.sql.statements import insert_missing, put
from enablement.model import LANES, Claimed, Lane, Letter, LetterState, Task

# Short, so that a killed worker is missed soon; whoever works for longer renews (see jobs.lanes).
LEASE = timedelta(seconds=12)
# As many parameters as every database takes in one statement, and some.
MOST_ALIKE = 5_000
SOON = timedelta(minutes=10)
_rows = tables.outbox


def _is_due(lane: ColumnElement[str], now: ColumnElement[datetime]) -> ColumnElement[bool]:
    waiting = (_rows.c.state == "due") & (_rows.c.due_at <= now)
    abandoned = (_rows.c.state == "leased") & (_rows.c.lease_until <= now)
    # The states once more, so that SQLite looks at no rows that are done: there may be a million of them.
    return (_rows.c.lane == lane) & _rows.c.state.in_(["due", "leased"]) & (waiting | abandoned)


def _held_by(owner: str | BindParameter[str]) -> ColumnElement[bool]:
    return (_rows.c.state == "leased") & (_rows.c.owner == owner)


_NOW, _HOLDER = bindparam("now", type_=UtcDateTime), given("holder")
_IS_DUE = _is_due(given("lane"), _NOW)
_BUSY = select(_rows.c.partition).where(
    _rows.c.state == "leased", _rows.c.lease_until > _NOW, _rows.c.partition != ""
)
_READY = (
    _IS_DUE,
    _rows.c.kind.in_(among("kinds")),
    or_(_rows.c.partition == "", _rows.c.partition.not_in(_BUSY)),
)
_DUE = select(_rows.c.id).where(_IS_DUE).limit(1)
_LINE = (
    select(_rows.c.partition, func.count())
    .where(*_READY)
    .group_by(_rows.c.partition)
    .order_by(func.min(_rows.c.due_at), _rows.c.partition)
    .limit(given("limit"))
)
_NEXT = (
    select(_rows)
    .where(*_READY, _rows.c.partition.in_(among("partitions")))
    .order_by(_rows.c.due_at, _rows.c.id)
    .limit(given("limit"))
    # A late owner may be settling one just now: then it is not ours to take (SQLite has one writer).
    .with_for_update(skip_locked=True)
)
_LEASED = (
    update(_rows)
    .where(_rows.c.id.in_(among("ids")))
    .values(
        attempts=_rows.c.attempts + 1,
        owner=_HOLDER,
        lease_until=bindparam("until", type_=UtcDateTime),
        state="leased",
    )
)
_SETTLED = (
    update(_rows)
    .where(_rows.c.id.in_(among("ids")), _held_by(_HOLDER))
    .values(state="done", settled_at=_NOW, owner="", lease_until=None, error="")
)


class SqlOutbox:
    """The outbox in SQL. Claims of one lane are made one at a time, so that a partition has one owner."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, tasks: Iterable[Task], *, now: datetime, lazily: bool = False) -> None:
        with self._database.writing(lazily=lazily) as connection:
            add_tasks(connection, tasks, now=now)

    def due(self, lane: Lane, *, now: datetime) -> bool:
        with self._database.reading() as connection:
            return connection.scalar(_DUE, {"lane": lane, "now": now}) is not None

    def claim(
        self, lane: Lane, kinds: Collection[str], *, owner: str, limit: int, now: datetime
    ) -> list[Claimed]:
        if not self.due(lane, now=now):
            return []
        wanted = {"lane": lane, "now": now, "kinds": list(kinds), "limit": limit}
        with self._database.reading() as connection:
            # Without the pen: in a backlog of 100,000 rows this takes half a second, and questions wait to be kept.
            first = _first(connection.execute(_LINE, wanted), limit)
        if not first:
            return []
        with self._database.writing(alone=f"claim {lane}", lazily=True) as connection:
            rows = connection.execute(_NEXT, {**wanted, "partitions": first}).mappings().all()
            return _leased(connection, rows, owner=owner, now=now)

    def claim_alike(self, rows: Sequence[Claimed], *, owner: str, now: datetime) -> list[Claimed]:
        lane, kind, partitions = rows[0].lane, rows[0].kind, {row.partition for row in rows}
        alike = (
            _is_due(literal(lane), literal(now, UtcDateTime))
            & (_rows.c.kind == kind)
            & _rows.c.partition.in_(partitions)
        )
        with self._database.reading() as connection:
            # Mostly there is nothing: to read makes nobody wait.
            if connection.scalar(select(_rows.c.id).where(alike).limit(1)) is None:
                return []
        query = select(_rows).where(alike).limit(MOST_ALIKE).with_for_update(skip_locked=True)
        with self._database.writing(alone=f"claim {lane}", lazily=True) as connection:
            return _leased(connection, connection.execute(query).mappings().all(), owner=owner, now=now)

    def renew(self, ids: Collection[str], *, owner: str, now: datetime) -> None:
        with self._database.writing(lazily=True) as connection:
            statement = update(_rows).where(_rows.c.id.in_(list(ids)), _held_by(owner))
            connection.execute(statement.values(lease_until=now + LEASE))

    def holders(self) -> list[str]:
        query = select(_rows.c.owner).where(_rows.c.state == "leased").distinct()
        with self._database.reading() as connection:
            return list(connection.scalars(query))

    def forsake(self, owner: str, *, now: datetime) -> None:
        with self._database.writing(lazily=True) as connection:
            connection.execute(
                update(_rows).where(_held_by(owner), _rows.c.lease_until > now).values(lease_until=now)
            )

    def settle(self, ids: Collection[str], *, owner: str, now: datetime) -> int:
        with self._database.writing(lazily=True) as connection:
            return connection.execute(_SETTLED, {"ids": list(ids), "holder": owner, "now": now}).rowcount

    def try_again(
        self, ids: Collection[str], *, owner: str, error: str, at: datetime, counts: bool = True
    ) -> None:
        attempts = _rows.c.attempts if counts else _rows.c.attempts - 1
        self._end(ids, owner, state="due", error=error, due_at=at, attempts=attempts)

    def bury(self, task_id: str, *, owner: str, error: str, now: datetime) -> None:
        self._end([task_id], owner, state="dead", error=error, settled_at=now)

    def revive(self, ids: Collection[str] | None, *, now: datetime) -> int:
        statement = update(_rows).where(_rows.c.state == "dead")
        if ids is not None:
            statement = statement.where(_rows.c.id.in_(list(ids)))
        with self._database.writing() as connection:
            values = {"state": "due", "attempts": 0, "due_at": now, "settled_at": None}
            return connection.execute(statement.values(**values)).rowcount

    def letters(self, *, states: Collection[str], limit: int) -> list[Letter]:
        query = select(_rows).where(_rows.c.state.in_(list(states))).order_by(_rows.c.created_at.desc())
        with self._database.reading() as connection:
            return [from_row(Letter, row) for row in connection.execute(query.limit(limit)).mappings()]

    def unsettled(self, kind: str) -> dict[str, LetterState]:
        # By age, so that of several rows of one subject the newest counts.
        query = select(_rows.c.subject, _rows.c.state).order_by(_rows.c.created_at)
        query = query.where(_rows.c.state.in_(["due", "leased", "dead"]), _rows.c.kind == kind)
        with self._database.reading() as connection:
            return {row.subject: row.state for row in connection.execute(query)}

    def turns(self, kind: str, *, since: datetime) -> tuple[list[datetime], list[datetime]]:
        # By due_at too, which there is an index for: a row is done soon after it is due.
        lately = (_rows.c.due_at >= since - SOON) & (_rows.c.settled_at >= since)
        done = select(_rows.c.settled_at).where(_rows.c.state == "done", lately)
        waiting = select(_rows.c.due_at).where(_rows.c.state.in_(["due", "leased"]))
        ours = _rows.c.lane.in_(LANES) & (_rows.c.kind == kind)
        with self._database.reading() as connection:
            return (
                list(connection.scalars(done.where(ours).order_by(_rows.c.settled_at))),
                list(connection.scalars(waiting.where(ours).order_by(_rows.c.due_at))),
            )

    def clear(self, *, before: datetime) -> None:
        # By due_at too, which there is an index for.
        of_no_use = (_rows.c.state == "done") & _rows.c.lane.in_(LANES) & (_rows.c.due_at < before)
        rounds = select(_rows.c.id).where(of_no_use, _rows.c.subject == "", _rows.c.settled_at < before)
        clear(self._database, _rows.c.id, rounds)

    def counts(self) -> dict[tuple[str, str], int]:
        query = select(_rows.c.lane, _rows.c.state, func.count()).group_by(_rows.c.lane, _rows.c.state)
        with self._database.reading() as connection:
            return {(lane, state): count for lane, state, count in connection.execute(query)}

    def hold(self, name: str, *, owner: str, seconds: float, now: datetime) -> bool:
        leases = tables.leases
        with self._database.writing(alone=f"lease {name}", lazily=True) as connection:
            row = connection.execute(select(leases).where(leases.c.name == name)).mappings().first()
            if row and row["owner"] != owner and row["until"] > now:
                return False
            put(
                connection,
                leases,
                [{"name": name, "owner": owner, "until": now + timedelta(seconds=seconds)}],
            )
            return True

    def release(self, name: str, *, owner: str) -> None:
        leases = tables.leases
        with self._database.writing() as connection:
            connection.execute(leases.delete().where(leases.c.name == name, leases.c.owner == owner))

    def take_turn(self, name: str, *, every: float, now: datetime) -> bool:
        """Say whether a schedule is due, and set its next time; only one caller is told yes."""
        schedules = tables.schedules
        query = select(schedules.c.next_at).where(schedules.c.name == name)
        # Asked twice a second, mostly in vain: to read makes nobody wait.
        with self._database.reading() as connection:
            next_at = connection.scalar(query)
        if next_at and next_at > now:
            return False
        with self._database.writing(alone=f"schedule {name}", lazily=True) as connection:
            next_at = connection.scalar(query)
            if next_at and next_at > now:
                return False
            put(connection, schedules, [{"name": name, "next_at": now + timedelta(seconds=every)}])
            return True

    def _end(self, ids: Collection[str], owner: str, **values: object) -> None:
        # Undone by a power cut, a row is done, tried or given up once more.
        with self._database.writing(lazily=True) as connection:
            statement = update(_rows).where(_rows.c.id.in_(list(ids)), _held_by(owner))
            connection.execute(statement.values(owner="", lease_until=None, **values))


def _first(line: Iterable[Row[str, int]], most: int) -> list[str]:
    """Return the partitions that stand first in line and hold together as many rows as are wanted.

    Few partitions, and these whole: who took a row of each would leave nothing to those who work beside them.
    """
    found: list[str] = []
    for partition, count in line:
        if most <= 0:
            break
        found.append(partition)
        most -= count
    return found


def _leased(
    connection: Connection, rows: Sequence[RowMapping], *, owner: str, now: datetime
) -> list[Claimed]:
    lease = {"holder": owner, "until": now + LEASE, "ids": [row["id"] for row in rows]}
    connection.execute(_LEASED, lease)
    return [from_row(Claimed, {**row, "attempts": row["attempts"] + 1}) for row in rows]


def add_tasks(connection: Connection, tasks: Iterable[Task], *, now: datetime) -> int:
    """Write tasks inside somebody's transaction, and return how many are new; a known id is left as it is."""
    return insert_missing(
        connection,
        _rows,
        [
            {
                "id": task.id,
                "kind": task.kind,
                "lane": task.lane,
                "subject": task.subject,
                "partition": task.partition,
                "state": "due",
                "attempts": 0,
                "error": "",
                "owner": "",
                "due_at": task.due_at or now,
                "created_at": now,
            }
            for task in tasks
        ],
    )
