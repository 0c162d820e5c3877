"""What is kept of each deal's suggestions between two changes of it, in SQL."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select

from enablement.adapters.sql import tables
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.rows import from_row, to_row
from enablement.adapters.sql.statements import put
from enablement.model import Recommended

_rows = tables.recommended


class SqlShortlists:
    """The shortlists in SQL, one a deal, replaced as a whole."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, lists: Mapping[str, Sequence[Recommended]]) -> None:
        made = {deal_id: [to_row(row) for row in rows] for deal_id, rows in lists.items()}
        kept = self._kept(made)
        new = {deal_id: rows for deal_id, rows in made.items() if [*map(_said, rows)] != kept[deal_id]}
        if not new:
            return
        # What a power cut undoes is made again: the row of that work is settled later, and comes back with it.
        with self._database.writing(alone="shortlists", lazily=True) as connection:
            connection.execute(delete(_rows).where(_rows.c.deal_id.in_(list(new))))
            put(connection, _rows, [row for rows in new.values() for row in rows])

    def of(self, deal_id: str) -> list[Recommended]:
        query = select(_rows).where(_rows.c.deal_id == deal_id).order_by(_rows.c.rank)
        with self._database.reading() as connection:
            return [from_row(Recommended, row) for row in connection.execute(query).mappings()]

    def _kept(self, deal_ids: Collection[str]) -> dict[str, list[dict[str, Any]]]:
        query = (
            select(_rows).where(_rows.c.deal_id.in_(list(deal_ids))).order_by(_rows.c.deal_id, _rows.c.rank)
        )
        kept: dict[str, list[dict[str, Any]]] = {deal_id: [] for deal_id in deal_ids}
        with self._database.reading() as connection:
            for row in connection.execute(query).mappings():
                kept[row["deal_id"]].append(_said({**row}))
        return kept


def _said(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "made_at"}
