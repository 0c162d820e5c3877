"""What may be spent in a day, counted in SQL: a restart does not begin the day anew."""

from datetime import datetime, time, timedelta

from sqlalchemy import Connection, select

from enablement.adapters.sql import tables
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.statements import put
from enablement.ports import Clock

_spent = tables.budgets


class SqlBudget:
    """So many of something a day (UTC), for all processes together."""

    def __init__(self, database: Database, name: str, *, a_day: int, clock: Clock) -> None:
        self._database = database
        self._name = name
        self._a_day = a_day
        self._clock = clock

    def left(self) -> int:
        """Return how much may still be spent today; 0 or less when all is gone."""
        with self._database.reading() as connection:
            return self._a_day - self._spent(connection, self._clock())

    def seconds_until_more(self) -> float:
        """Return the time until the next day begins."""
        now = self._clock()
        tomorrow = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
        return (tomorrow - now).total_seconds()

    def spend(self, amount: int) -> None:
        now = self._clock()
        with self._database.writing(alone=f"budget {self._name}") as connection:
            spent = self._spent(connection, now) + amount
            put(connection, _spent, [{"name": self._name, "day": now.date(), "spent": spent}])

    def _spent(self, connection: Connection, now: datetime) -> int:
        today = (_spent.c.name == self._name) & (_spent.c.day == now.date())
        return connection.scalar(select(_spent.c.spent).where(today)) or 0
