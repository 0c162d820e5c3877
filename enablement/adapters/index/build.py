"""Make a segment of assets, their pages and what these mean."""

import posixpath
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from enablement import analyser
from enablement.adapters.index.postings import Gatherer, term_key, term_keys
from enablement.adapters.index.segment import AssetRows, PageRows, Segment, Vectors8, held
from enablement.adapters.index.vocabulary import vocabulary
from enablement.facets import facet, facet_terms
from enablement.model import Asset, Facets, Page, Vectors

NEVER = date.max.toordinal()


@dataclass(frozen=True)
class Entry:
    """An asset as it is to be found; one that is to be found no more has no asset."""

    asset_id: str
    asset: Asset | None
    pages: Sequence[Page] = ()
    vectors: Vectors | None = None


def build(entries: Sequence[Entry]) -> Segment:
    """Return the segment of these entries, in their order."""
    body, title, facets, spelling = Gatherer(), Gatherer(), Gatherer(), Gatherer()
    page_numbers: list[int] = []
    page_lengths: list[int] = []
    title_lengths: list[int] = []
    first_pages = [0]
    spelt: set[str] = set()
    for number, entry in enumerate(entries):
        titled: list[str] = []
        if entry.asset:
            language = entry.asset.language
            words = analyser.words(_title(entry.asset))
            titled = _terms(words, language)
            said = set(words)
            for page in _pages(entry):
                words = analyser.words(f"{page.title}\n{page.text}")
                terms = _terms(words, language)
                body.add(len(page_numbers), Counter(terms))
                page_numbers.append(page.number)
                page_lengths.append(len(terms))
                said.update(words)
            title.add(number, Counter(titled))
            facets.add(number, dict.fromkeys(facet_keys(entry.asset.facets), 1))
            letters = {word for word in said if analyser.is_spelt(word)}
            spelling.add(number, dict.fromkeys(letters, 1))
            spelt |= letters
        title_lengths.append(len(titled))
        first_pages.append(len(page_numbers))
    pages = _page_rows(entries, page_numbers, page_lengths)
    return Segment(
        _asset_rows(entries, first_pages, title_lengths),
        pages,
        body.postings(),
        title.postings(),
        facets.postings(),
        spelling.postings(),
        vocabulary(spelt),
        held(pages),
    )


def facet_keys(facets: Facets) -> Iterator[str]:
    """Yield a term for each value of each facet."""
    return (f"{name}:{value}" for name, value in facet_terms(facets))


def family(asset: Asset) -> str:
    """Return what an asset and its translations have in common: the source of the original."""
    if not asset.translation_of:
        return asset.source
    return posixpath.normpath(posixpath.join(posixpath.dirname(asset.source), asset.translation_of))


def language_key(tag: str) -> int:
    return term_key(facet(tag))


def _title(asset: Asset) -> str:
    name = posixpath.basename(asset.source)
    return f"{asset.title} {asset.kind} {posixpath.splitext(name)[0].replace('_', ' ')}"


def _pages(entry: Entry) -> Sequence[Page]:
    if entry.asset and not entry.pages:
        # A file of pictures alone is still found by its title.
        return [Page(entry.asset.version_id, 1, "", "")]
    return entry.pages


def _terms(words: Sequence[str], language: str) -> list[str]:
    return [term for word in words for term in analyser.word_terms(word, language)]


def _asset_rows(entries: Sequence[Entry], first_pages: list[int], title_lengths: list[int]) -> AssetRows:
    assets = [entry.asset for entry in entries]
    return AssetRows(
        ids=np.array([entry.asset_id.encode() for entry in entries], np.bytes_),
        first_page=np.asarray(first_pages, np.int64),
        audience=term_keys(one.audience if one else "" for one in assets),
        language=np.fromiter((language_key(one.language if one else "") for one in assets), np.uint64),
        family=term_keys(family(one) if one else "" for one in assets),
        released=np.asarray([_day(one.released, 0) if one else 0 for one in assets], np.int32),
        expires=np.asarray([_day(one.expires, NEVER) if one else 0 for one in assets], np.int32),
        title_length=np.asarray(title_lengths, np.int64),
    )


def _page_rows(entries: Sequence[Entry], numbers: list[int], lengths: list[int]) -> PageRows:
    dimensions = max((entry.vectors.dimensions for entry in entries if entry.vectors), default=0)
    vectors: list[Vectors8] = []
    sentences: list[Vectors8] = []
    counts: list[NDArray[np.int64]] = []
    for entry in entries:
        count = len(_pages(entry)) if entry.asset else 0
        page, sentence, places = _embedded(entry.vectors, count, dimensions)
        vectors.append(page)
        sentences.append(sentence)
        counts.append(np.bincount(places, minlength=count))
    first_sentence = np.zeros(len(numbers) + 1, np.int64)
    np.cumsum(np.concatenate([*counts, np.empty(0, np.int64)]), out=first_sentence[1:])
    nothing = np.empty((0, dimensions), np.int8)
    return PageRows(
        np.asarray(numbers, np.int64),
        np.asarray(lengths, np.int64),
        np.concatenate([*vectors, nothing]),
        first_sentence,
        np.concatenate([*sentences, nothing]),
    )


def _embedded(
    vectors: Vectors | None, count: int, dimensions: int
) -> tuple[Vectors8, Vectors8, NDArray[np.int64]]:
    """Return the vectors of an entry's pages and sentences, by page; zeros where there are none (yet)."""
    if vectors and len(vectors.pages) == count * dimensions and vectors.dimensions == dimensions:
        places = np.asarray(vectors.places, np.int64)
        order = np.argsort(places, kind="stable")
        sentences = np.frombuffer(vectors.sentences, np.int8).reshape(-1, dimensions)
        pages = np.frombuffer(vectors.pages, np.int8).reshape(-1, dimensions)
        return pages, sentences[order], places[order]
    return np.zeros((count, dimensions), np.int8), np.empty((0, dimensions), np.int8), np.empty(0, np.int64)


def _day(day: date | None, otherwise: int) -> int:
    return day.toordinal() if day else otherwise
