"""Keep the org's rows in SQLite: one table per object, one connection, one writer at a time."""

import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
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
        """Hold the database alone; keep everything written inside, or nothing when an exception leaves."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")
        with self._changed:
            self._changed.notify_all()

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what was written inside, and only that, when an exception leaves; for use in a transaction."""
        self._connection.execute("SAVEPOINT one_row")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK TO one_row")
            raise
        finally:
            self._connection.execute("RELEASE one_row")

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
        columns = _with_folded(sobject, row)
        marks = ", ".join("?" * len(columns))
        self._connection.execute(
            f"INSERT INTO {quoted(sobject.name)} ({_listed(columns)}) VALUES ({marks})",  # noqa: S608 names come from the schema
            list(columns.values()),
        )

    def update(self, sobject: SObject, record_id: str, changes: Mapping[str, object]) -> None:
        """Change fields of a row."""
        columns = _with_folded(sobject, changes)
        assignments = ", ".join(f"{quoted(name)} = ?" for name in columns)
        self._connection.execute(
            f"UPDATE {quoted(sobject.name)} SET {assignments} WHERE Id = ?",  # noqa: S608 names come from the schema
            [*columns.values(), record_id],
        )

    def remember_view(self, recent: SObject, viewer_id: str, row: Mapping[str, object]) -> None:
        """Put a record at the end of what a user has looked at; for use in a transaction."""
        self._connection.execute(
            f"DELETE FROM {quoted(recent.name)} WHERE ViewerId = ? AND Id = ?",  # noqa: S608 a name from the schema
            [viewer_id, row["Id"]],
        )
        self.insert(recent, {**row, "ViewerId": viewer_id})

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

    def _create_tables(self) -> None:
        self._connection.execute(
            'CREATE TABLE IF NOT EXISTS "counter~" (name TEXT PRIMARY KEY, value INTEGER NOT NULL)'
        )
        self._connection.execute(
            'CREATE TABLE IF NOT EXISTS "revision~" (id TEXT PRIMARY KEY, value INTEGER NOT NULL)'
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
        name, table = quoted(f"{sobject.name}.{field.name}"), quoted(sobject.name)
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
