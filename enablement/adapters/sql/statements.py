"""The two statements that SQLite and PostgreSQL spell in dialects of their own."""

from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import sqlite


def insert_missing(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> int:
    """Insert the rows whose key or unique value is not there yet; return how many were new."""
    if not rows:
        return 0
    statement = _dialect(connection).insert(table).on_conflict_do_nothing()
    # Without the option PostgreSQL's count of an insert is thrown away and reads -1.
    done = connection.execute(statement, rows, execution_options={"preserve_rowcount": True})
    return done.rowcount


def put(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows, or overwrite those with the same primary key; of two rows with one key the last is kept."""
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    insert = _dialect(connection).insert(table)
    others = {name: insert.excluded[name] for name in rows[0] if name not in keys}
    # One statement for all rows, compiled once: VALUES of hundreds of rows takes long to compile, under the write lock.
    connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=others), rows)


def _dialect(connection: Connection) -> Any:
    if connection.dialect.name == "postgresql":
        # It is loaded already; who never speaks with one starts sooner without it.
        from sqlalchemy.dialects import postgresql

        return postgresql
    return sqlite
