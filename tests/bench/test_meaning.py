"""The vectors of a drawn library: as many as it has pages and sentences, and alike where the text is."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bench import library, meaning
from enablement.adapters.sql.database import Database
from enablement.model import Vectors
from tests.builders import NOW
from tests.fakes import FakeEmbedder, World

BANK = {"en": ("the prices are fixed.", "security is audited.", "the yard opens at six.")}


@pytest.fixture
def world(migrated_sqlite: Path, tmp_path: Path) -> Iterator[World]:
    shutil.copy(migrated_sqlite, tmp_path / "touchline.db")
    database = Database(f"sqlite:///{tmp_path / 'touchline.db'}")
    yield World(database, tmp_path / "index")
    database.close()


def test_each_page_and_each_sentence_of_the_bank_gets_its_vector(world: World) -> None:
    embedder = FakeEmbedder()
    drawn = list(library.draw(BANK, ["Norfield"], count=7, seed=1, now=NOW))
    library.publish(drawn, str(world.database.engine.url))

    meaning.embed(drawn, BANK, store=world.vectors, embedder=embedder)

    kept = {one.version_id: one for one in world.vectors.of([one.version.id for one in drawn], "words")}
    assert embedder.given == list(BANK["en"])
    for one in drawn:
        vectors = kept[one.version.id]
        assert len(vectors.pages) == len(one.pages) * 64
        lines = [line for page in one.pages for line in page.text.splitlines() if line in BANK["en"]]
        assert len(vectors.places) == len(lines)
        assert _row(vectors, 0) @ embedder.question(lines[0]) > 0.99


def _row(vectors: Vectors, number: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    row = np.frombuffer(vectors.sentences, np.int8)[number * 64 : (number + 1) * 64]
    return row / float(np.linalg.norm(row))
