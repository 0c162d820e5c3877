"""Fixtures of the core: a small world on a file, and the sample library with its index."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from enablement.access import asset_filter
from enablement.adapters.index import PageIndex
from enablement.adapters.intake import files_in, take_in_files
from enablement.adapters.sql.catalog import SqlCatalog
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.ledger import SqlLedger
from enablement.analyser import words
from enablement.meaning import QuestionEmbedder
from enablement.model import Asset
from enablement.ports import AssetFilter
from enablement.search import Match, find, phrases_in
from tests.builders import NOW
from tests.fakes import FakeLessons, World

SAMPLES = Path(__file__).parents[2] / "samples" / "library"


@dataclass(frozen=True)
class Library:
    """The sample library, read and indexed."""

    catalog: SqlCatalog
    index: PageIndex
    questions: QuestionEmbedder = field(default_factory=lambda: QuestionEmbedder(None))
    lessons: FakeLessons = field(default_factory=FakeLessons)

    def find(self, question: str, only: AssetFilter | None = None) -> list[Match]:
        return find(words(question), within=self, only=only or everything(), phrases=phrases_in(question))

    def asset(self, file_name: str) -> Asset:
        return next(one for one in self.catalog.assets() if one.source.endswith(f"/{file_name}"))


def everything() -> AssetFilter:
    return asset_filter(shared_outside=False, now=NOW)


@pytest.fixture(scope="session")
def library(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """Shared by those who only read."""
    folder = tmp_path_factory.mktemp("library")
    shutil.copy(migrated_sqlite, folder / "touchline.db")
    database = Database(f"sqlite:///{folder / 'touchline.db'}")
    catalog = SqlCatalog(database)
    refused = [
        one
        for one in take_in_files(files_in([SAMPLES]), catalog, SqlLedger(database), clock=lambda: NOW)
        if one.refusal
    ]
    assert refused == []
    index = PageIndex(folder / "index", catalog)
    index.follow()
    yield Library(catalog, index)
    database.close()


@pytest.fixture
def world(migrated_sqlite: Path, tmp_path: Path) -> Iterator[World]:
    """An empty world; what is asked of both databases is asked in tests/contracts."""
    shutil.copy(migrated_sqlite, tmp_path / "touchline.db")
    database = Database(f"sqlite:///{tmp_path / 'touchline.db'}")
    yield World(database, tmp_path / "index")
    database.close()
