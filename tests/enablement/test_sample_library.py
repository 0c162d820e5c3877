"""The sample library as the product takes it in: nothing to complain of, and one of each state that governs it."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from enablement import governance
from enablement.adapters.intake import files_in, take_in_files
from enablement.adapters.sql.catalog import SqlCatalog
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.ledger import SqlLedger
from enablement.analyser import words
from enablement.model import Asset
from enablement.ports import IndexQuery
from tests.builders import NOW
from tests.enablement.conftest import SAMPLES, Library, everything

TODAY = NOW.date()


def found(library: Library, question: str) -> list[str]:
    hits = library.index.search(IndexQuery(tuple(words(question))), only=everything(), limit=100).hits
    return [hit.asset_id for hit in hits]


def in_state(library: Library, state: str) -> dict[str, Asset]:
    assets = library.catalog.assets()
    return {Path(one.source).name: one for one in assets if governance.state(one, on=TODAY) == state}


def test_every_file_is_taken_in_without_a_word_and_changes_nothing_the_second_time(
    migrated_sqlite: Path, tmp_path: Path
) -> None:
    shutil.copy(migrated_sqlite, tmp_path / "touchline.db")
    database = Database(f"sqlite:///{tmp_path / 'touchline.db'}")
    catalog, ledger = SqlCatalog(database), SqlLedger(database)
    files = files_in([SAMPLES])

    first, second = (list(take_in_files(files, catalog, ledger, clock=lambda: NOW)) for _ in range(2))
    database.close()

    assert [(one.path.name, one.refusal, one.notes) for one in first if one.refusal or one.notes] == []
    assert Counter(one.outcome for one in first) == {"added": len(files)}
    assert Counter(one.outcome for one in second) == {"unchanged": len(files)}


def test_launch_briefs_wait_for_an_approver_and_nothing_else_does(library: Library) -> None:
    waiting = in_state(library, "in review")

    assert set(waiting) == {"launch-insight-shift-forecast.md", "launch-number-plate-cameras.md"}
    assert {(one.collection, one.audience) for one in waiting.values()} == {("Launches", "internal")}
    for one in waiting.values():
        assert set(governance.approvers(one.collection, library.catalog)) - {one.owner}


@pytest.mark.parametrize(
    "question", ["number plate cameras", "shift forecast six weeks", "autumn offer", "prices 2025"]
)
def test_what_is_not_published_or_not_valid_is_not_suggested(question: str, library: Library) -> None:
    shown = {"published", "review due"}
    hidden = {one.id for one in library.catalog.assets() if governance.state(one, on=TODAY) not in shown}

    answers = set(found(library, question))

    assert len(hidden) == 4
    assert answers
    assert not answers & hidden


def test_last_years_prices_were_replaced_by_this_years_and_an_offer_has_expired(library: Library) -> None:
    archived = in_state(library, "archived")

    successor = governance.successor(archived["pricing-one-pager-2025.md"], library.catalog, on=TODAY)

    assert set(archived) == {"pricing-one-pager-2025.md"}
    assert successor == library.asset("pricing-one-pager-2026.pdf")
    assert set(in_state(library, "expired")) == {"offer-autumn-2026-second-site.md"}


def test_links_lead_to_an_address_and_are_found_by_what_is_said_of_them(library: Library) -> None:
    links = {one.title: one for one in library.catalog.assets() if one.url}

    assert {title: one.url for title, one in links.items()} == {
        "Interface reference for developers": "https://developers.stowmark.example/reference",
        "Product tour: Stowmark Warehouse in seven minutes": "https://tour.stowmark.example/warehouse",
    }
    first = found(library, "film to click through, no registration")[0]
    assert first == links["Product tour: Stowmark Warehouse in seven minutes"].id
