"""What was embedded, and what of a day's budget is left: the same on both databases."""

from dataclasses import replace

import pytest

from enablement.adapters.sql.budget import SqlBudget
from enablement.adapters.sql.catalog import SqlCatalog
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.vectors import SqlVectors
from enablement.model import Vectors
from tests.builders import NOW, asset, publish
from tests.fakes import FakeClock, at_once

MODEL = "use"
FIRST = asset("first")


def embedded(version_id: str, **changes: object) -> Vectors:
    made = Vectors(version_id, MODEL, 2, b"\x7f\x00\x00\x81", b"\x7f\x00", (1,))
    return replace(made, **changes)  # type: ignore[arg-type] # fields of Vectors


@pytest.fixture
def vectors(database: Database) -> SqlVectors:
    return SqlVectors(database)


def test_vectors_come_back_as_they_were_kept(vectors: SqlVectors, catalog: SqlCatalog) -> None:
    one, other = embedded("v1"), embedded("v1", model="another", places=())
    vectors.keep([one, other])

    assert vectors.of(["v1", "v2"], MODEL) == [one]
    assert vectors.of(["v1"], "another") == [other]
    assert vectors.of([], MODEL) == vectors.of(["v1"], "none") == []


def test_what_lacks_vectors_is_told_oldest_first(vectors: SqlVectors, catalog: SqlCatalog) -> None:
    for hours, title in ((2, "new"), (0, "old"), (1, "middle")):
        publish(catalog, asset(title, updated_at=NOW.replace(hour=NOW.hour + hours)))

    everything, few = vectors.missing(MODEL, limit=9), vectors.missing(MODEL, limit=2)
    vectors.keep([embedded("old v1")])

    assert everything == ["old v1", "middle v1", "new v1"]
    assert few == everything[:2]
    assert vectors.missing(MODEL, limit=9) == everything[1:]
    assert vectors.missing("another", limit=9) == everything, "vectors of one model are none of another"


def test_only_what_is_published_is_embedded_and_only_as_it_stands_now(
    vectors: SqlVectors, catalog: SqlCatalog
) -> None:
    publish(catalog, asset("draft", status="draft"))
    publish(catalog, asset("gone", status="archived"))
    publish(catalog, FIRST, "one")
    publish(catalog, replace(FIRST, version=2, version_id="first v2"), "two")

    assert vectors.missing(MODEL, limit=9) == ["first v2"]
    assert vectors.count(MODEL) == (0, 1)


def test_progress_is_counted(vectors: SqlVectors, catalog: SqlCatalog) -> None:
    for title in ("first", "second", "third"):
        publish(catalog, asset(title))

    vectors.keep([embedded("first v1"), embedded("second v1", model="another")])

    assert vectors.count(MODEL) == vectors.count("another") == (1, 3)
    assert vectors.count("none") == (0, 3)


def test_a_version_that_was_refused_is_noted_and_not_asked_for_again(
    vectors: SqlVectors, catalog: SqlCatalog
) -> None:
    publish(catalog, FIRST)
    before = catalog.changes(0, limit=9)

    vectors.keep([Vectors(FIRST.version_id, MODEL, 0, b"", b"", ())])

    assert vectors.missing(MODEL, limit=9) == []
    assert (vectors.count(MODEL), vectors.refused(MODEL)) == ((0, 1), 1)
    assert vectors.of([FIRST.version_id], MODEL) == []
    assert catalog.changes(0, limit=9) == before, "there is nothing new to take in"


def test_indexes_are_told_which_assets_changed(vectors: SqlVectors, catalog: SqlCatalog) -> None:
    for title in ("first", "second", "third"):
        publish(catalog, asset(title))
    at = catalog.changes(0, limit=9)[-1][0]

    vectors.keep([embedded("third v1"), embedded("first v1"), embedded("unknown")])
    vectors.keep([])

    assert sorted(asset_id for _, asset_id in catalog.changes(at, limit=9)) == ["first", "third"]


def test_the_vectors_of_versions_that_were_replaced_are_thrown_away(
    vectors: SqlVectors, catalog: SqlCatalog
) -> None:
    publish(catalog, asset("other"))
    publish(catalog, FIRST, "one")
    vectors.keep([embedded("first v1"), embedded("first v1", model="another"), embedded("other v1")])
    publish(catalog, replace(FIRST, version=2, version_id="first v2"), "two")

    vectors.keep([embedded("first v2")])

    kept = vectors.of(["first v1", "first v2", "other v1"], MODEL)
    assert sorted(one.version_id for one in kept) == ["first v2", "other v1"]
    assert vectors.of(["first v1"], "another") == []


def test_keeping_again_replaces(vectors: SqlVectors) -> None:
    vectors.keep([embedded("v1")])

    vectors.keep([embedded("v1", sentences=b"", places=())])

    assert vectors.of(["v1"], MODEL) == [embedded("v1", sentences=b"", places=())]


def test_a_budget_is_for_a_day_and_survives_a_restart(database: Database) -> None:
    clock = FakeClock()
    budget = SqlBudget(database, "tokens", a_day=100, clock=clock)
    budget.spend(30)
    budget.spend(80)

    after_restart = SqlBudget(database, "tokens", a_day=100, clock=clock)
    other = SqlBudget(database, "others", a_day=100, clock=clock)
    left = (after_restart.left(), other.left())
    clock.move(after_restart.seconds_until_more() - 1)
    late = after_restart.left()
    clock.move(1)

    assert left == (-10, 100)
    assert (late, after_restart.left()) == (-10, 100)
    after_restart.spend(1)
    assert after_restart.left() == 99


def test_what_many_spend_at_once_is_all_counted(database: Database) -> None:
    budget = SqlBudget(database, "tokens", a_day=1000, clock=FakeClock())

    def spend(_: int) -> None:
        for _ in range(5):
            budget.spend(3)

    at_once(8, spend)

    assert budget.left() == 1000 - 8 * 5 * 3
