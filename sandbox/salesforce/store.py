"""Keep the org's rows in SQLite: one table per object, one connection, one writer at a time."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sandbox.salesforce.schema import Field, Schema, SObject

Row = dict[str, Any]

_COLUMN_TYPES = {
    "boolean": "INTEGER",
    "int": "INTEGER",
    "double": "REAL",
    "currency": "REAL",
    "percent": "REAL",
}
# What decides who may see what: a change to these makes all that was worked out from them stale.
_GOVERNING = frozenset(
    {
        "FieldPermissions",
        "ObjectPermissions",
        "PermissionSet",
        "PermissionSetAssignment",
        "Profile",
        "User",
        "UserRole",
    }
)


@cache
def quoted(name: str) -> str:
    """Return a table or column name as it may stand in SQL."""
    return '"' + name.replace('"', '""') + '"'


def folded_column(field: Field) -> str:
    """Return the column that holds a text field in lower case, for the platform compares without case."""
    return f"{field.name}~"


class Store:
    """Read and write rows; whoever waits for an opportunity is woken when something about it was written."""

    def __init__(self, database: Path | None, schema: Schema) -> None:
        self.schema = schema
        self._depth = 0
        self._when_kept: list[Callable[[], object]] = []
        self._cache: dict[object, Any] = {}
        self._lock = threading.RLock()
        self._changed = threading.Condition()
        self._connection = sqlite3.connect(
            ":memory:" if database is None else database, check_same_thread=False, isolation_level=None
        )
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        with self.transaction():
            self._create_tables()

    def close(self) -> None:
        """Close the database file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the database alone; keep everything written inside, or nothing when an exception leaves.

        A transaction within a transaction of the same thread is a part of it that can fail alone.
        """
        with self._lock:
            if self._depth:
                with self.savepoint():
                    yield
                return
            self._depth = 1
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.execute("ROLLBACK")
                self._forget()
                raise
            finally:
                self._depth = 0
            kept, self._when_kept = self._when_kept, []
        with self._changed:
            self._changed.notify_all()
        for act in kept:
            act()

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what was written inside, and only that, when an exception leaves; for use in a transaction."""
        waiting = len(self._when_kept)
        self._connection.execute("SAVEPOINT one_row")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK TO one_row")
            del self._when_kept[waiting:]
            self._cache.clear()
            raise
        finally:
            self._connection.execute("RELEASE one_row")

    @property
    def is_mine(self) -> bool:
        """Tell whether the calling thread is inside a transaction."""
        if not self._lock.acquire(blocking=False):
            return False
        try:
            return self._depth > 0
        finally:
            self._lock.release()

    def when_kept(self, act: Callable[[], object]) -> None:
        """Do something once the present transaction is kept, and never when it is not."""
        self._when_kept.append(act)

    def adopt(self, schema: Schema) -> None:
        """Take a schema that has grown and make room for its rows; for use in a transaction."""
        self.schema = schema
        self._cache.clear()
        self._create_tables()

    def cached(self, key: object, compute: Callable[[], Any]) -> Any:
        """Return what was computed for a key since users and permissions last changed."""
        with self._lock:
            if key not in self._cache:
                self._cache[key] = compute()
            return self._cache[key]

    def select(
        self, sql: str, parameters: Mapping[str, object] | Sequence[object] = ()
    ) -> list[tuple[Any, ...]]:
        """Return all rows of a SELECT statement."""
        with self._lock:
            return self._connection.execute(sql, parameters).fetchall()

    def read(self, sobject: SObject, record_id: str) -> Row | None:
        """Return a row by field name, deleted or not, or None."""
        return self.find(sobject, sobject.fields["id"], record_id, with_deleted=True)

    def find(
        self, sobject: SObject, field: Field, value: object, *, with_deleted: bool = False
    ) -> Row | None:
        """Return the oldest row whose field has that value, or None."""
        found = self.find_all(sobject, field, value, with_deleted=with_deleted)
        return found[0] if found else None

    def find_all(
        self, sobject: SObject, field: Field, value: object, *, with_deleted: bool = False
    ) -> list[Row]:
        """Return the rows whose field has that value, oldest first."""
        column = field.name
        if field.is_text and not field.case_sensitive:
            column, value = folded_column(field), str(value).lower()
        names = [each.name for each in sobject.fields.values()]
        alive = " AND IsDeleted = 0" if sobject.has_recycle_bin and not with_deleted else ""
        sql = f"SELECT {_listed(names)} FROM {quoted(sobject.name)} WHERE {quoted(column)} = ?{alive}"  # noqa: S608 names come from the schema
        rows = self.select(f"{sql} ORDER BY seq", [value])
        return [dict(zip(names, row, strict=True)) for row in rows]

    def insert(self, sobject: SObject, row: Mapping[str, object]) -> None:
        """Add a row given by field name."""
        self._note_change(sobject)
        columns = _with_folded(sobject, row)
        marks = ", ".join("?" * len(columns))
        self._connection.execute(
            f"INSERT INTO {quoted(sobject.name)} ({_listed(columns)}) VALUES ({marks})",  # noqa: S608 names come from the schema
            list(columns.values()),
        )

    def update(self, sobject: SObject, record_id: str, changes: Mapping[str, object]) -> None:
        """Change fields of a row."""
        self._note_change(sobject)
        columns = _with_folded(sobject, changes)
        assignments = ", ".join(f"{quoted(name)} = ?" for name in columns)
        self._connection.execute(
            f"UPDATE {quoted(sobject.name)} SET {assignments} WHERE Id = ?",  # noqa: S608 names come from the schema
            [*columns.values(), record_id],
        )

    def erase(self, sobject: SObject, record_id: str, *, viewer_id: str | None = None) -> None:
        """Remove a row for good; of a user's own rows, that user's."""
        self._note_change(sobject)
        own, values = (
            ("", [record_id]) if viewer_id is None else (" AND ViewerId = ?", [record_id, viewer_id])
        )
        self._connection.execute(
            f"DELETE FROM {quoted(sobject.name)} WHERE Id = ?{own}",  # noqa: S608 a name from the schema
            values,
        )

    def run(self, sql: str, parameters: Sequence[object] = ()) -> None:
        """Run a statement that changes something; for use in a transaction."""
        self._connection.execute(sql, parameters)

    def next_number(self, counter: str) -> int:
        """Return 1, 2, 3 … for each counter; for use in a transaction."""
        [(number,)] = self._connection.execute(
            'INSERT INTO "counter~" VALUES (?, 1) '
            "ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
            [counter],
        ).fetchall()
        return int(number)

    def mark_changed(self, opportunity_id: str) -> None:
        """Give the opportunity's page a new revision; for use in a transaction."""
        self._connection.execute(
            'INSERT INTO "revision~" VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET value = excluded.value',
            [opportunity_id, self.next_number("revision")],
        )

    def revision(self, opportunity_id: str) -> int:
        """Return the number of the last write that concerned an opportunity; 0 when there was none."""
        found = self.select('SELECT value FROM "revision~" WHERE id = ?', [opportunity_id])
        return int(found[0][0]) if found else 0

    def wait_for_revision(self, opportunity_id: str, *, since: int, seconds: float) -> None:
        """Return when the opportunity's revision is another than `since`, or after so many seconds."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while self.revision(opportunity_id) == since:
                left = deadline - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    return

    def _note_change(self, sobject: SObject) -> None:
        if sobject.name in _GOVERNING:
            self._cache.clear()

    def _forget(self) -> None:
        self._when_kept.clear()
        self._cache.clear()

    def _create_tables(self) -> None:
        self._connection.execute(
            'CREATE TABLE IF NOT EXISTS "counter~" (name TEXT PRIMARY KEY, value INTEGER NOT NULL)'
        )
        self._connection.execute(
            'CREATE TABLE IF NOT EXISTS "revision~" (id TEXT PRIMARY KEY, value INTEGER NOT NULL)'
        )
        self._connection.execute(
            'CREATE TABLE IF NOT EXISTS "component~" (seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, '
            "name TEXT NOT NULL, path TEXT NOT NULL, content BLOB NOT NULL, stamp TEXT NOT NULL)"
        )
        self._connection.execute(
            'CREATE TABLE IF NOT EXISTS "content~" (id TEXT PRIMARY KEY, data BLOB NOT NULL)'
        )
        for sobject in self.schema:
            if sobject.sharing != "computed":
                self._create_table(sobject)

    def _create_table(self, sobject: SObject) -> None:
        table = quoted(sobject.name)
        columns = {quoted(column): kind for column, kind in _columns(sobject).items()}
        declared = ", ".join(f"{column} {kind}" for column, kind in columns.items())
        self._connection.execute(f"CREATE TABLE IF NOT EXISTS {table} (seq INTEGER PRIMARY KEY, {declared})")
        present = {quoted(row[1]) for row in self._connection.execute(f"PRAGMA table_info({table})")}
        for column in columns.keys() - present:  # the metadata has grown since the file was made
            self._connection.execute(f"ALTER TABLE {table} ADD COLUMN {column} {columns[column]}")
        for field in sobject.fields.values():
            self._create_index(sobject, field)

    def _create_index(self, sobject: SObject, field: Field) -> None:
        # RecentlyViewed repeats the ids of other objects, once for each viewer.
        unique = field.unique or (field.type == "id" and sobject.sharing != "own")
        if not (unique or field.id_lookup or field.type == "reference" or field.name == "SystemModstamp"):
            return
        column = folded_column(field) if field.is_text and not field.case_sensitive else field.name
        # A row in the recycle bin does not keep its unique values from others.
        alive = " WHERE IsDeleted = 0" if unique and field.type != "id" and sobject.has_recycle_bin else ""
        kind = "UNIQUE INDEX" if unique else "INDEX"
        plain, name = f"{sobject.name}.{field.name}", f"{sobject.name}.{field.name}{'!' if unique else ''}"
        other = plain if unique else f"{plain}!"  # a field that has become unique, or is so no more
        self._connection.execute(f"DROP INDEX IF EXISTS {quoted(other)}")
        name, table = quoted(name), quoted(sobject.name)
        self._connection.execute(f"CREATE {kind} IF NOT EXISTS {name} ON {table} ({quoted(column)}){alive}")


def _columns(sobject: SObject) -> dict[str, str]:
    columns = {}
    for field in sobject.fields.values():
        columns[field.name] = _COLUMN_TYPES.get(field.type, "TEXT")
        if field.is_text:
            columns[folded_column(field)] = "TEXT"
    if sobject.sharing == "own":
        columns["ViewerId"] = "TEXT"
    return columns


def _with_folded(sobject: SObject, row: Mapping[str, object]) -> dict[str, object]:
    columns: dict[str, object] = {}
    for name, value in row.items():
        columns[name] = value
        field = sobject.field(name)
        if field is not None and field.is_text:
            columns[folded_column(field)] = value.lower() if isinstance(value, str) else None
    return columns


def _listed(names: Sequence[str] | Mapping[str, object]) -> str:
    return ", ".join(quoted(name) for name in names)
