"""Delete many rows without making those wait who write meanwhile: a person's press among them."""

from typing import Any

from sqlalchemy import Column, ColumnElement, Select, delete

from enablement.adapters.sql.database import Database

AT_ONCE = 1_000
# The rest in the next round: the first one on an old database may find millions.
MOST = 200_000


def clear(
    database: Database, column: Column[Any], of_no_use: Select[Any], *where: ColumnElement[bool]
) -> None:
    """Delete the rows whose `column` is among those selected, and for which all of `where` holds, few at once."""
    with database.reading() as connection:
        values = connection.scalars(of_no_use.limit(MOST)).all()
    for start in range(0, len(values), AT_ONCE):
        with database.writing(lazily=True) as connection:
            some = column.in_(values[start : start + AT_ONCE])
            connection.execute(delete(column.table).where(some, *where))
