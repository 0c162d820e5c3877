"""The two statements that SQLite and PostgreSQL spell in dialects of their own."""

from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

ROWS_AT_ONCE = 500


def insert_missing(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> int:
    """Insert the rows whose key or unique value is not there yet; return how many were new."""
    inserted = 0
    for start in range(0, len(rows), ROWS_AT_ONCE):
        some = rows[start : start + ROWS_AT_ONCE]
        statement = _dialect(connection).insert(table).on_conflict_do_nothing()
        # Without the option PostgreSQL's count of an insert is thrown away and reads -1.
        options = {"preserve_rowcount": True}
        if len(some) == 1:
            # The usual case, and much faster: compiled once, where VALUES of many rows are compiled each time.
            done = connection.execute(statement, some[0], execution_options=options)
        else:
            done = connection.execute(statement.values(some), execution_options=options)
        inserted += done.rowcount
    return inserted


def put(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows, or overwrite those with the same primary key; of two rows with one key the last is kept."""
    keys = [column.name for column in table.primary_key]
    # PostgreSQL refuses a statement that would write one row twice.
    rows = list({tuple(row[name] for name in keys): row for row in rows}.values())
    for start in range(0, len(rows), ROWS_AT_ONCE):
        insert = _dialect(connection).insert(table).values(rows[start : start + ROWS_AT_ONCE])
        others = {name: insert.excluded[name] for name in rows[start] if name not in keys}
        connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=others))


def _dialect(connection: Connection) -> Any:
    return postgresql if connection.dialect.name == "postgresql" else sqlite
