"""Fixtures of learning: a world with closed deals in it."""

from datetime import timedelta
from pathlib import Path

import pytest

from enablement.adapters.sql.database import Database
from enablement.model import Stage, Written
from tests.builders import NOW, deal, touch
from tests.fakes import World

PROCESS = (
    Stage("Negotiation", 1, is_closed=False, is_won=False),
    Stage("Won", 2, is_closed=True, is_won=True),
    Stage("Lost", 3, is_closed=True, is_won=False),
)


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return World(database, tmp_path / "index")


def closed_deals(world: World, count: int) -> None:
    """Put closed deals into the mirror, every second one won, and the use of one asset in every third."""
    deals = [
        deal(
            f"Deal {n}",
            is_closed=True,
            is_won=n % 2 == 0,
            stage="Won" if n % 2 == 0 else "Lost",
            created_at=NOW - timedelta(100),
            close_date=(NOW - timedelta(10)).date(),
        )
        for n in range(count)
    ]
    touches = [
        touch(id=f"touch {n}", deal_id=one.id, asset_id="deck", occurred_at=NOW - timedelta(50))
        for n, one in enumerate(deals)
        if n % 3 == 0
    ]
    world.mirror.store(stages=PROCESS, deals=deals)
    world.ledger.write(Written(records=tuple(touches)), now=NOW)
