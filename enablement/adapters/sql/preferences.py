"""What people chose for themselves, in SQL."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from sqlalchemy import Connection, select

from enablement.adapters.sql import tables
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.statements import put
from enablement.model import Preferences
from enablement.ports import Choosing

_rows = tables.preferences


class SqlPreferences:
    """What is chosen, one row a person; who never chose has none."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, slack_id: str) -> Preferences:
        with self._database.reading() as connection:
            return _of(connection, slack_id)

    def change(self, slack_id: str, how: Choosing) -> Preferences:
        with self._database.writing(alone=f"preferences {slack_id}") as connection:
            was = _of(connection, slack_id)
            chosen = how(was)
            if chosen != was:
                put(connection, _rows, [_row(chosen)])
            return chosen


def _of(connection: Connection, slack_id: str) -> Preferences:
    row = connection.execute(select(_rows).where(_rows.c.slack_id == slack_id)).mappings().first()
    return _made(row) if row else Preferences(slack_id)


def _row(chosen: Preferences) -> dict[str, Any]:
    begins, ends = (f"{one:%H:%M}" for one in chosen.quiet_hours) if chosen.quiet_hours else ("", "")
    return {
        "slack_id": chosen.slack_id,
        "language": chosen.language,
        "quiet_from": begins,
        "quiet_to": ends,
        "muted": sorted(chosen.muted),
        "digest": chosen.digest,
        "changed_at": chosen.changed_at,
    }


def _made(row: Mapping[Any, Any]) -> Preferences:
    begins, ends = row["quiet_from"], row["quiet_to"]
    return Preferences(
        slack_id=row["slack_id"],
        language=row["language"],
        quiet_hours=(time.fromisoformat(begins), time.fromisoformat(ends)) if begins else None,
        muted=frozenset(row["muted"]),
        digest=row["digest"],
        changed_at=row["changed_at"],
    )
