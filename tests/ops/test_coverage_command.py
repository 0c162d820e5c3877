"""`touchline coverage` as an operator types it, in processes of its own."""

import json
import os
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from enablement.adapters.sql.catalog import SqlCatalog
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.ledger import SqlLedger
from enablement.adapters.sql.mirror import SqlMirror
from enablement.model import Answered, Facets, Stage, Written
from tests.builders import ANNA, NOW, ask, asset, deal, publish, touch
from tests.ops.commands import touchline

GAP, COVERED = deal("Shop [new]", industry="Retail"), deal("Plant", amount=9.0)
OLD = NOW - timedelta(days=4000)


@pytest.fixture
def office(tmp_path: Path, migrated_sqlite: Path) -> dict[str, str]:
    """An installation with a covered deal and one that waits; return the environment of its commands."""
    shutil.copy(migrated_sqlite, tmp_path / "touchline.db")
    database = Database(f"sqlite:///{tmp_path / 'touchline.db'}")
    stages = [Stage("Negotiation", 1, is_closed=False, is_won=False)]
    SqlMirror(database).store(stages=stages, deals=[GAP, COVERED])
    catalog, ledger = SqlCatalog(database), SqlLedger(database)
    publish(catalog, asset("Book", facets=Facets(industries=("Manufacturing",)), updated_at=OLD))
    publish(catalog, asset("Over", expires=(NOW - timedelta(days=3000)).date(), updated_at=OLD))
    asked = ask("landmines", id="asked")
    answered = Answered("asked", GAP.id, "only", "nothing", False, ANNA, "C", "", NOW)
    late = touch(id="late", asset_id="Over", occurred_at=NOW)
    ledger.write(Written(records=(asked, answered, late)), now=NOW)
    return {"PATH": os.environ["PATH"], "TOUCHLINE_DATA": str(tmp_path), "COLUMNS": "200"}


def found(office: dict[str, str], *words: str) -> Any:
    return json.loads(touchline("coverage", *words, "--json", environ=office).stdout)


def test_gaps_stand_first_and_name_their_rows(office: dict[str, str]) -> None:
    gap, covered = found(office)
    printed = touchline("coverage", "--rows", environ=office).stdout

    assert (gap["industry"], gap["gap"], gap["deals"], gap["assets"]) == ("Retail", True, [GAP.id], [])
    assert (covered["industry"], covered["gap"], covered["assets"]) == ("Manufacturing", False, ["Book"])
    assert covered["pipeline"] == {"EUR": 9.0}
    assert "GAP" in printed
    assert "deals: Shop [new]" in printed
    assert "content: Book" in printed


def test_unused_and_outlived_content_is_listed(office: dict[str, str]) -> None:
    [unused] = found(office, "--unused")
    printed = touchline("coverage", "--unused", environ=office).stdout
    nothing = touchline("coverage", "--expired", environ=office)

    assert (unused["asset"], unused["last_used"]) == ("Book", None)
    assert "Book" in printed
    assert nothing.returncode == 0


def test_a_matrix_is_drawn_into_a_file(office: dict[str, str], tmp_path: Path) -> None:
    done = touchline("coverage", "--png", str(tmp_path / "gaps.png"), environ=office)
    nothing = touchline("coverage", "--language", "ko", "--png", str(tmp_path / "ko.png"), environ=office)
    nowhere = touchline("coverage", "--png", str(tmp_path / "no" / "gaps.png"), environ=office)

    assert done.returncode == 0, done.stderr
    with Image.open(tmp_path / "gaps.png") as picture:
        assert picture.format == "PNG"
    for refused in (nothing, nowhere):
        assert refused.returncode == 1
        assert "Traceback" not in refused.stderr
    assert "ko" in nothing.stderr


@pytest.mark.parametrize("words", [("--by", "colour"), ("--unused", "--expired")])
def test_a_wrong_wish_is_told_what_to_say(office: dict[str, str], words: tuple[str, ...]) -> None:
    refused = touchline("coverage", *words, environ=office)

    assert refused.returncode == 1
    assert "choose one of" in refused.stderr or "not both" in refused.stderr
