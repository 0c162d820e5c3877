"""The catalogue, its index, and what gives texts a meaning."""

from collections.abc import Collection as Some, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from enablement.model import Asset, Audience, Collection, Facets, Page, Vectors, Version, Vocabulary


@dataclass(frozen=True)
class IndexQuery:
    """What to look for: folded words and what they mean; or, when there are none, facets that make an asset fit.

    `phrases` are words that must stand on the page one after the other. `meaning` is the question's vector.
    """

    words: tuple[str, ...]
    facets: Facets = field(default_factory=Facets)
    phrases: tuple[tuple[str, ...], ...] = ()
    meaning: NDArray[np.float32] | None = None


@dataclass(frozen=True)
class AssetFilter:
    """Which assets may be found: decided by access, or asked for; applied inside the search.

    Languages are tags such as "pt-BR"; of each facet named in `made_for` an asset must have one of the values.
    """

    audiences: tuple[Audience, ...]
    on: date
    without: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    made_for: Facets = field(default_factory=Facets)


@dataclass(frozen=True)
class PageHit:
    """The best page of one asset: score in 0..1; `likeness` is how alike page and question are (-1..1), if known.

    `held` are the index terms of the question that the page's title and text hold.
    """

    asset_id: str
    page: int
    score: float
    likeness: float | None = None
    held: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Found:
    """What a search found, best first; all of it, the numbers too, as if what the filter hides were not there.

    `rarity` says how telling each asked word is (inverse document frequency, ≥ 0); `meant` gives, for each asked
    word that no page holds, the words that it is taken for.
    """

    hits: tuple[PageHit, ...]
    rarity: Mapping[str, float]
    meant: Mapping[str, tuple[str, ...]]


class Index(Protocol):
    """Finds pages by words and by meaning, and assets by facets."""

    def siblings(self, asset_ids: Sequence[str], *, only: AssetFilter) -> Mapping[str, tuple[str, ...]]:
        """Return for each asset the original and translations that belong with it, as far as the filter lets them."""

    def search(self, query: IndexQuery, *, only: AssetFilter, limit: int) -> Found:
        """Return the best page of each matching asset, best first."""

    def meant(self, words: Sequence[str], *, only: AssetFilter) -> Mapping[str, tuple[str, ...]]:
        """Return, for each (folded) word that no page holds, what it may stand for, likeliest first, if anything."""

    def rarity(self, words: Sequence[str], *, only: AssetFilter) -> Mapping[str, float]:
        """Return how telling each of these (folded) words is that a page holds, as a search would say; no others."""

    def follow(self) -> int:
        """Take in what changed in the catalogue; return how many assets were taken in."""

    def stands_at(self) -> int:
        """Return the number of the catalogue's last change that is in the index."""


class Catalog(Protocol):
    """The assets, their versions, pages and bytes."""

    def publish(self, asset: Asset, version: Version, pages: Sequence[Page], data: bytes) -> bool:
        """Store a version of an asset as its current one; False when that version was current already."""

    def keep(self, asset: Asset) -> bool:
        """Store what is said of a known asset, its version left as it is; False when nothing changed."""

    def collections(self) -> list[Collection]: ...

    def keep_collections(self, collections: Iterable[Collection]) -> None:
        """Store collections, each in place of the one of that name."""

    def asset(self, asset_id: str) -> Asset | None: ...

    def asset_by_source(self, source: str) -> Asset | None: ...

    def assets_by_content(self, content_hash: str) -> list[Asset]:
        """Return the assets whose current version has these bytes."""

    def assets(self, ids: Some[str] | None = None) -> list[Asset]:
        """Return these assets, or all, by title."""

    def assets_titled(self, title: str) -> list[Asset]: ...

    def assets_like(self, words: str, *, limit: int) -> list[Asset]:
        """Return assets in use whose title holds these words, whatever their case, by title."""

    def vocabulary(self) -> Vocabulary:
        """Return the kinds, collections and facets of the assets in use."""

    def assets_replaced_by(self, asset_id: str) -> list[Asset]: ...

    def proposal(self, asset_id: str) -> Asset | None:
        """Return this asset as somebody proposed it: in review, or a draft once declined."""

    def proposals(self) -> list[Asset]: ...

    def version(self, version_id: str) -> Version | None: ...

    def versions(self, asset_id: str) -> list[Version]:
        """Return all versions that were ever stored of an asset, the first one first."""

    def page(self, version_id: str, number: int) -> Page | None: ...

    def pages_at(self, places: Some[tuple[str, int]]) -> list[Page]:
        """Return the pages of these (version id, page number), in any order; those that are not there are left out."""

    def pages(self, version_id: str) -> list[Page]: ...

    def pages_of(self, version_ids: Some[str]) -> Mapping[str, list[Page]]:
        """Return the pages of each of these versions, in order; a version without pages may be left out."""

    def data(self, version_id: str) -> bytes:
        """Return the bytes of a version as they were published."""

    def changes(self, after: int, *, limit: int) -> list[tuple[int, str]]:
        """Return (change number, asset id) after a change number, oldest first."""


class Embedder(Protocol):
    """Turns text into vectors whose inner product says how alike two meanings are."""

    @property
    def model(self) -> str:
        """Name the model: vectors of different models are never compared."""

    @property
    def dimensions(self) -> int: ...

    @property
    def alike_from(self) -> float:
        """Say from which likeness on a page is likely to answer a question."""

    @property
    def likeness_weight(self) -> float:
        """Say how much of a score likeness should give; the rest is for words."""

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a row of length 1 for each text that may be found; raises TryLater, Undeliverable."""

    def question(self, text: str) -> NDArray[np.float32]:
        """Return the vector (length 1) of a question; raises TryLater, Undeliverable."""


class Questions(Protocol):
    """Turns questions into vectors while somebody waits."""

    @property
    def alike_from(self) -> float: ...

    @property
    def degraded(self) -> str:
        """Say why the last question got no vector; empty when all is well."""

    def prepare(self) -> None:
        """Load what the first question would otherwise wait for."""

    def vector(self, text: str) -> NDArray[np.float32] | None:
        """Return the vector (length 1) of a question, or None when there is none to be had soon."""


class VectorStore(Protocol):
    """Keeps what was embedded: it took time, or money, so it is kept with the catalogue."""

    def missing(self, model: str, *, limit: int) -> list[str]:
        """Return current versions of published assets that have no vectors of this model, oldest change first."""

    def count(self, model: str) -> tuple[int, int]:
        """Return (versions with vectors of this model, versions that should have)."""

    def keep(self, vectors: Sequence[Vectors]) -> None:
        """Store vectors and tell the indexes that their assets changed."""

    def of(self, version_ids: Some[str], model: str) -> list[Vectors]: ...
