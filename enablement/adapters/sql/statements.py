"""The two statements that SQLite and PostgreSQL spell in dialects of their own."""

from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import sqlite


def insert_missing(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> int:
    """Insert the rows whose key or unique value is not there yet; return how many were new."""
    if not rows:
        return 0
    # Without the option PostgreSQL's count of an insert is thrown away and reads -1.
    done = connection.execute(
        _inserting(connection.dialect.name, table), rows, execution_options={"preserve_rowcount": True}
    )
    return done.rowcount


def put(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows, or overwrite those with the same primary key; of two rows with one key the last is kept."""
    if not rows:
        return
    # One statement for all rows, compiled once: VALUES of hundreds of rows takes long to compile, under the write lock.
    connection.execute(_putting(connection.dialect.name, table, tuple(rows[0])), rows)


@cache
def _inserting(dialect: str, table: Table) -> Insert:
    statement: Insert = _dialect(dialect).insert(table).on_conflict_do_nothing()
    return statement


@cache
def _putting(dialect: str, table: Table, names: tuple[str, ...]) -> Insert:
    keys = [column.name for column in table.primary_key]
    insert = _dialect(dialect).insert(table)
    others = {name: insert.excluded[name] for name in names if name not in keys}
    statement: Insert = insert.on_conflict_do_update(index_elements=keys, set_=others)
    return statement


def _dialect(name: str) -> Any:
    if name == "postgresql":
        # It is loaded already; who never speaks with one starts sooner without it.
        from sqlalchemy.dialects import postgresql

        return postgresql
    return sqlite
