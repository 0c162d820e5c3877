"""What is kept of each deal's suggestions between two changes of it, in SQL."""

from collections.abc import Sequence

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

    def keep(self, deal_id: str, rows: Sequence[Recommended]) -> None:
        # What a power cut undoes is made again: the row of that work is settled later, and comes back with it.
        with self._database.writing(alone=f"shortlist {deal_id}", lazily=True) as connection:
            connection.execute(delete(_rows).where(_rows.c.deal_id == deal_id))
            put(connection, _rows, [to_row(row) for row in rows])

    def of(self, deal_id: str) -> list[Recommended]:
        query = select(_rows).where(_rows.c.deal_id == deal_id).order_by(_rows.c.rank)
        with self._database.reading() as connection:
            return [from_row(Recommended, row) for row in connection.execute(query).mappings()]
