"""A library of ours to search in: catalogue, vectors and index in a folder, as the product has them."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from bench import library
from bench.library import Drawn
from bench.retrieval.synthetic import published
from enablement.adapters.index import PageIndex
from enablement.adapters.sql.catalog import SqlCatalog
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.vectors import SqlVectors
from enablement.analyser import is_stop_word, words
from enablement.meaning import embed_versions
from enablement.model import Asset, Facets, Page, key
from enablement.ports import AssetFilter, Embedder, IndexQuery, PageHit, Services
from enablement.search import corrected

_EMBEDDED_AT_ONCE = 32
_WHEN = datetime(2026, 1, 1, tzinfo=UTC)
EVERYTHING = AssetFilter(("internal", "customer"), _WHEN.date())


@dataclass(frozen=True)
class Shelf:
    """Where things lie, open."""

    folder: Path
    catalog: SqlCatalog
    vectors: SqlVectors
    index: PageIndex

    def publish(self, drawn: Iterable[Drawn]) -> int:
        """Put assets into the catalogue; return how many. The index has them once it has followed."""
        return library.publish(drawn, database_url(self.folder))

    def embed(self, embedder: Embedder) -> None:
        """Embed what is published."""
        # The rest of what a product has plays no part in it.
        services = cast(
            "Services", SimpleNamespace(catalog=self.catalog, vectors=self.vectors, embedder=embedder)
        )
        while embed_versions(services, limit=_EMBEDDED_AT_ONCE):
            pass

    def search(
        self, question: str, meaning: NDArray[np.float32] | None, *, only: AssetFilter, limit: int
    ) -> Sequence[PageHit]:
        return self.index.search(query(question, meaning), only=only, limit=limit).hits

    def meaning(self, question: str, embedder: Embedder, *, only: AssetFilter) -> NDArray[np.float32]:
        """Return the vector of a question as the product asks for it: with what it takes misspelt words for."""
        asked = query(question, None).words
        return embedder.question(corrected(question, asked, index=self.index, only=only))


@contextmanager
def opened(folder: Path, model: str) -> Iterator[Shelf]:
    """Open the library in a folder, which may be empty; `model` names the embedder of its vectors."""
    folder.mkdir(parents=True, exist_ok=True)
    database = Database(database_url(folder))
    database.migrate()
    catalog, vectors = SqlCatalog(database), SqlVectors(database)
    try:
        yield Shelf(folder, catalog, vectors, PageIndex(folder / "index", catalog, vectors, model))
    finally:
        database.close()


def database_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'touchline.db'}"


def query(question: str, meaning: NDArray[np.float32] | None) -> IndexQuery:
    """Turn a question into what the index is asked, as the product does: without the words that say nothing."""
    asked = words(question)
    return IndexQuery(
        tuple(word for word in asked if not is_stop_word(word)) or tuple(asked), meaning=meaning
    )


def paragraphs(texts: Sequence[str], language: str) -> list[Drawn]:
    """Return an asset of one page for each text."""
    return [_paragraph(number, text, language) for number, text in enumerate(texts)]


def source_of(number: int) -> str:
    """Return where a paragraph lies. File names are searched too: no question holds this one."""
    return f"bench/{key('paragraph', number)}"


def _paragraph(number: int, text: str, language: str) -> Drawn:
    source = source_of(number)
    version_id = key("version", source)
    asset = Asset(
        id=key("asset", source),
        source=source,
        title="",
        kind="",
        language=language,
        audience="customer",
        collection="",
        owner="",
        facets=Facets(),
        translation_of=None,
        released=None,
        expires=None,
        version=1,
        version_id=version_id,
        updated_at=_WHEN,
    )
    return published(asset, (Page(version_id, 1, "", text),))
