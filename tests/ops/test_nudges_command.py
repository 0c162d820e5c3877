"""`touchline nudges` as an operator types it."""

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from enablement.adapters.sql.database import Database
from enablement.adapters.sql.nudging import SqlNudges
from enablement.model import Nudge
from tests.ops.commands import touchline


def test_how_welcome_nudges_are_is_printed(tmp_path: Path, migrated_sqlite: Path) -> None:
    shutil.copy(migrated_sqlite, tmp_path / "touchline.db")
    database, now = Database(f"sqlite:///{tmp_path / 'touchline.db'}"), datetime.now(UTC)
    some = [
        Nudge(str(n), "replaced", "U1", "", "d", "", "", (), "sent", now, now, sent_at=now, muted_at=now)
        for n in range(20)
    ]
    SqlNudges(database).note({}, some, now=now)
    office = {"PATH": os.environ["PATH"], "TOUCHLINE_DATA": str(tmp_path), "COLUMNS": "200"}

    (said,) = json.loads(touchline("nudges", "--json", environ=office).stdout)
    printed = touchline("nudges", environ=office).stdout

    assert (said["kind"], said["sent"], said["muted"], said["is_unwelcome"]) == ("replaced", 20, 20, True)
    assert "more than a third do not want it" in printed
