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
        kept = self._kept(self._alike(made))
        new = {deal_id: rows for deal_id, rows in made.items() if [*map(_said, rows)] != kept.get(deal_id)}
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

    def _alike(self, made: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
        """Return whose list may be the one that is kept: it was made from the same, which each night it is not."""
        query = (
            select(_rows.c.deal_id, _rows.c.made_from)
            .where(_rows.c.deal_id.in_(list(made)))
            .order_by(_rows.c.deal_id, _rows.c.rank)
        )
        kept: dict[str, list[str]] = {deal_id: [] for deal_id in made}
        with self._database.reading() as connection:
            for deal_id, made_from in connection.execute(query):
                kept[deal_id].append(made_from)
        return [one for one, rows in made.items() if [row["made_from"] for row in rows] == kept[one]]

    def firsts(self, deal_ids: Collection[str], *, most: int) -> dict[str, list[str]]:
        columns = select(_rows.c.deal_id, _rows.c.asset_id)
        query = columns.where(_rows.c.deal_id.in_(list(deal_ids)), _rows.c.rank <= most)
        found: dict[str, list[str]] = {}
        with self._database.reading() as connection:
            for deal_id, asset_id in connection.execute(query.order_by(_rows.c.deal_id, _rows.c.rank)):
                found.setdefault(deal_id, []).append(asset_id)
        return found

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
