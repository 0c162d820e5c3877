"""What the CRM was last told of assets and suggestions, in SQL."""

from collections.abc import Collection, Mapping

from sqlalchemy import delete, select

from enablement.adapters.sql import tables
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.statements import put
from enablement.model import Copy, CopyKind

IDS_AT_ONCE = 500
_rows = tables.crm_copies


class SqlCopies:
    """The copies in SQL: a row for each asset, and for each deal, that the CRM was told of."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def told(self, kind: CopyKind, ids: Collection[str] | None = None) -> dict[str, Copy]:
        query = select(_rows.c.id, _rows.c.digest, _rows.c.rows).where(_rows.c.kind == kind)
        if ids is None:
            parts = [query]
        else:
            named = list(ids)
            starts = range(0, len(named), IDS_AT_ONCE)
            parts = [query.where(_rows.c.id.in_(named[start : start + IDS_AT_ONCE])) for start in starts]
        with self._database.reading() as connection:
            return {
                name: Copy(digest, rows) for part in parts for name, digest, rows in connection.execute(part)
            }

    def keep(self, kind: CopyKind, copies: Mapping[str, Copy]) -> None:
        made = [
            {"kind": kind, "id": name, "digest": one.digest, "rows": one.rows} for name, one in copies.items()
        ]
        # What a power cut undoes is written again: the row of that work is settled later, and comes back with it.
        with self._database.writing(lazily=True) as connection:
            put(connection, _rows, sorted(made, key=lambda row: str(row["id"])))

    def forget(self, kind: CopyKind, ids: Collection[str] | None = None) -> None:
        named = None if ids is None else list(ids)
        with self._database.writing(lazily=True) as connection:
            if named is None:
                connection.execute(delete(_rows).where(_rows.c.kind == kind))
            else:
                for start in range(0, len(named), IDS_AT_ONCE):
                    some = _rows.c.id.in_(named[start : start + IDS_AT_ONCE])
                    connection.execute(delete(_rows).where(_rows.c.kind == kind, some))
