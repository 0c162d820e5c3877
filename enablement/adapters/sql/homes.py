"""What is kept of people's Home tabs, in SQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from enablement.adapters.sql import tables
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.outbox import add_tasks
from enablement.adapters.sql.rows import from_row, to_row
from enablement.adapters.sql.statements import put
from enablement.model import HomeState, LibraryFigures, Seen, Task
from enablement.ports import Turning

_homes, _seen, _figures = tables.homes, tables.home_seen, tables.library_figures
_OF_THE_LIBRARY = "library"


class SqlHomes:
    """Home tabs in SQL. What a power cut undoes is drawn anew when it is opened again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, slack_id: str) -> HomeState:
        with self._database.reading() as connection:
            return _of(connection, slack_id)

    def change(self, slack_id: str, how: Turning, *, now: datetime, tasks: Sequence[Task] = ()) -> bool:
        with self._database.writing(alone=f"home {slack_id}", lazily=True) as connection:
            if tasks and not add_tasks(connection, tasks, now=now):
                return False
            put(connection, _homes, [to_row(how(_of(connection, slack_id)))])
            return True

    def opened_since(self, since: datetime) -> list[HomeState]:
        query = select(_homes).where(_homes.c.opened_at >= since).order_by(_homes.c.opened_at.desc())
        with self._database.reading() as connection:
            return [from_row(HomeState, row) for row in connection.execute(query).mappings()]

    def seen(self, slack_id: str) -> Seen | None:
        with self._database.reading() as connection:
            row = connection.execute(select(_seen).where(_seen.c.slack_id == slack_id)).mappings().first()
        return from_row(Seen, row) if row else None

    def keep_seen(self, seen: Seen) -> None:
        with self._database.writing(lazily=True) as connection:
            put(connection, _seen, [to_row(seen)])

    def figures(self) -> LibraryFigures | None:
        with self._database.reading() as connection:
            row = connection.execute(select(_figures)).mappings().first()
        return from_row(LibraryFigures, row) if row else None

    def keep_figures(self, figures: LibraryFigures) -> None:
        with self._database.writing(lazily=True) as connection:
            put(connection, _figures, [{"id": _OF_THE_LIBRARY, **to_row(figures)}])


def _of(connection: Connection, slack_id: str) -> HomeState:
    row = connection.execute(select(_homes).where(_homes.c.slack_id == slack_id)).mappings().first()
    return from_row(HomeState, row) if row else HomeState(slack_id)
