"""Changes of deals for a benchmark, and what is no new suggestion."""

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from bench import changed_deals
from bench.changed_deals import Change, draw, waits
from bench.figures import BenchFailed
from enablement.adapters.sql.database import Database
from enablement.following import SUGGEST, suggest
from enablement.model import Task
from sandbox.world.org_client import OrgClient
from tests.builders import NOW, deal
from tests.fakes import World

# Not reached: what is looked at first says that something is missing.
NOWHERE = OrgClient("http://127.0.0.1:9", "", "")
DEALS = [
    deal(
        f"Customer {n} – Rollout",
        account_id=f"001{n}",
        industry=("Retail", "Energy")[n % 2],
        owner_id=f"005{n}",
    )
    for n in range(12)
]


@pytest.fixture
def world(migrated_sqlite: Path, tmp_path: Path) -> Iterator[World]:
    path = tmp_path / "touchline.db"
    shutil.copy(migrated_sqlite, path)
    database = Database(f"sqlite:///{path}")
    yield World(database, tmp_path / "index")
    database.close()


def suggest_anew(world: World, deal_id: str) -> None:
    world.outbox.add([Task("one", SUGGEST, "write", deal_id)], now=NOW)
    suggest([deal_id], world.services, now=NOW)
    world.outbox.claim("write", [SUGGEST], owner="test", limit=1, now=NOW)
    world.outbox.settle(["one"], owner="test", now=NOW)


def wait(world: World, change: Change) -> list[float]:
    return waits([change], org=NOWHERE, services=world.services, database=world.database, since=NOW)


def test_each_deal_gets_another_value_of_one_fact_and_all_facts_have_their_turn() -> None:
    changes = draw(DEALS, DEALS, Random(1))
    others = [draw(DEALS, DEALS, Random(seed)) for seed in range(20)]

    assert Counter(one.fact for one in changes) == dict.fromkeys(
        ("stage", "amount", "industry", "competitors", "owner_id", "close_date"), 2
    )
    assert [one.deal_id for one in changes] == [one.id for one in DEALS]
    for drawn in others:
        assert all(getattr(was, one.fact) != one.value for was, one in zip(DEALS, drawn, strict=True))


def test_a_deal_without_new_suggestions_is_missed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changed_deals, "DONE_WITHIN_S", 0.0)
    world.mirror.store(deals=DEALS[:1])

    with pytest.raises(BenchFailed, match="Of 1 changed deals 1 had no new suggestions"):
        wait(world, Change(DEALS[0].id, {}, "stage", "Negotiation"))


def test_suggestions_for_what_the_deal_was_before_are_no_new_ones(world: World) -> None:
    world.mirror.store(deals=DEALS[:1])
    suggest_anew(world, DEALS[0].id)

    with pytest.raises(BenchFailed, match=f"The stage of deal {DEALS[0].id} is Negotiation, not Proposal"):
        wait(world, Change(DEALS[0].id, {}, "stage", "Proposal"))


def test_a_deal_of_which_nothing_is_kept_has_no_new_suggestions(world: World) -> None:
    world.mirror.store(deals=DEALS[:1])
    suggest_anew(world, DEALS[0].id)

    with pytest.raises(BenchFailed, match="was not chosen for what it is now"):
        wait(world, Change(DEALS[0].id, {}, "stage", "Negotiation"))
