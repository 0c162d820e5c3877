"""All segments as they stand at one moment, searched as one; nothing that the filter hides is counted."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import accumulate
from typing import TypeVar

import numkong
import numpy as np
from numpy.typing import NDArray

from enablement.adapters.index.build import language_key
from enablement.adapters.index.merge import replaced
from enablement.adapters.index.postings import Counts, Keys, Numbers, Postings, sizes, term_keys
from enablement.adapters.index.segment import Segment
from enablement.facets import facet
from enablement.ports import AssetFilter

T = TypeVar("T", bound=np.generic)
Mask = NDArray[np.bool_]
Scores = NDArray[np.float64]
# BM25's constants: the usual B, and a K1 that suits whole questions as well as key words (docs/benchmarks.md).
K1, B = 1.3, 0.75
TITLE_WEIGHT = 1.0
# Vectors are kept as whole numbers of 1/127.
SCALE = 127.0
MOST_MEANT = 3
FILTERS_REMEMBERED = 64


@dataclass(frozen=True)
class Field:
    """A field of documents, of which some are seen: how many, and what the length of each does to its score."""

    count: int
    norm: Scores


@dataclass(frozen=True)
class View:
    """What a filter lets through: which assets and pages, and what BM25 counts of them."""

    assets: Mask
    pages: Mask
    body: Field
    title: Field


@dataclass(frozen=True)
class WordScores:
    """BM25 of each page's body and of each asset's title, how telling a term is, and the terms that nothing holds.

    `held` returns for each of some pages the terms that its body holds.
    """

    pages: Scores
    titles: Scores
    rarity: Mapping[str, float]
    unknown: frozenset[str]
    held: Callable[[Sequence[int]], Sequence[frozenset[str]]]


@dataclass(frozen=True)
class Gathered:
    """Postings of several terms from all segments: which term, in which document, how often."""

    terms: NDArray[np.int64]
    documents: NDArray[np.int64]
    counts: NDArray[np.uint8]

    def anywhere(self, size: int) -> Mask:
        """Say of each document whether it has any of the terms."""
        held = np.zeros(size, bool)
        held[self.documents] = True
        return held

    def of(self, documents: Sequence[int], size: int) -> list[list[int]]:
        """Return which of the terms each of these documents has; there are `size` documents in all."""
        place = np.full(size, -1)
        place[documents] = np.arange(len(documents))
        found = place[self.documents]
        (where,) = (found >= 0).nonzero()
        terms: list[list[int]] = [[] for _ in documents]
        for one, term in zip(found[where].tolist(), self.terms[where].tolist(), strict=True):
            terms[one].append(term)
        return terms

    def bm25(self, field: Field, terms: int) -> tuple[Scores, list[int]]:
        """Return the score of each document, and in how many documents that are seen each term stands."""
        held = np.bincount(self.terms, minlength=terms).tolist()
        idf = np.array([_idf(field.count, holders) * (K1 + 1) for holders in held])
        weights = idf[self.terms] * self.counts / (self.counts + field.norm[self.documents])
        scores = np.bincount(self.documents, weights, minlength=len(field.norm))
        return np.asarray(scores, np.float64), held


class Snapshot:
    """Segments, oldest first. Assets and pages are numbered through them all."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.segments = tuple(segments)
        self.first_asset = [0, *accumulate(len(one.assets.ids) for one in segments)]
        self.first_page = [0, *accumulate(len(one.pages.number) for one in segments)]
        firsts = zip(segments, self.first_page, strict=False)
        self.asset_starts = _joined([one.assets.first_page[:-1] + first for one, first in firsts], np.int64)
        self.page_counts = self._of_assets(lambda one: sizes(one.assets.first_page), np.int64)
        self.ids = self._of_assets(lambda one: one.assets.ids, np.bytes_)
        self.released = self._of_assets(lambda one: one.assets.released, np.int32)
        self.expires = self._of_assets(lambda one: one.assets.expires, np.int32)
        self.audience = self._of_assets(lambda one: one.assets.audience, np.uint64)
        self.language = self._of_assets(lambda one: one.assets.language, np.uint64)
        self.family = self._of_assets(lambda one: one.assets.family, np.uint64)
        self.title_length = self._of_assets(lambda one: one.assets.title_length, np.int64)
        self.page_number = _joined([one.pages.number for one in segments], np.int64)
        self.page_length = _joined([one.pages.length for one in segments], np.int64)
        self.page_asset = np.repeat(np.arange(len(self.ids)), self.page_counts)
        current = [~replaced(one.assets.ids, segments[at + 1 :]) for at, one in enumerate(segments)]
        # Those without pages are notes that an asset is gone.
        self.current = _joined(current, np.bool_) & (self.page_counts > 0)
        self.view = lru_cache(FILTERS_REMEMBERED)(self._view)

    def _of_assets(self, column: Callable[[Segment], NDArray[T]], kind: type[T]) -> NDArray[T]:
        return _joined([column(one) for one in self.segments], kind)

    def _view(self, only: AssetFilter) -> View:
        today = only.on.toordinal()
        seen = self.current & np.isin(self.audience, term_keys(only.audiences))
        seen &= (self.released <= today) & (today <= self.expires)
        if only.without:
            seen &= ~np.isin(self.ids, np.array([one.encode() for one in only.without]))
        if only.languages:
            seen &= np.isin(self.language, np.array([language_key(tag) for tag in only.languages], np.uint64))
        for field in fields(only.made_for):
            values = getattr(only.made_for, field.name)
            if values:
                keys = term_keys(f"{field.name}:{facet(value)}" for value in values)
                seen &= self._gather("facet", keys, seen).anywhere(len(self.ids))
        pages = seen[self.page_asset]
        return View(seen, pages, _field(pages, self.page_length), _field(seen, self.title_length))

    def facet_scores(self, terms: Keys, view: View) -> Scores:
        """Return for each asset how many of these facet values it has."""
        found = self._gather("facet", terms, view.assets)
        return np.bincount(found.documents, minlength=len(self.ids)).astype(np.float64)

    def word_scores(self, terms: Sequence[str], view: View) -> WordScores:
        """Return what BM25 says of each page and of each title."""
        keys = term_keys(terms)
        bodies = self._gather("body", keys, view.pages)
        pages, in_body = bodies.bm25(view.body, len(terms))
        titles, in_title = self._gather("title", keys, view.assets).bm25(view.title, len(terms))
        held = list(zip(terms, in_body, in_title, strict=True))
        return WordScores(
            pages,
            TITLE_WEIGHT * titles,
            {
                term: min(_idf(view.body.count, body), _idf(view.title.count, title))
                for term, body, title in held
            },
            frozenset(term for term, body, title in held if not body and not title),
            lambda some: [frozenset(terms[one] for one in own) for own in bodies.of(some, len(pages))],
        )

    def unknown(self, terms: Sequence[str], view: View) -> frozenset[str]:
        """Return the terms that nothing seen holds."""
        keys = term_keys(terms)
        held = np.concatenate(
            [self._gather("body", keys, view.pages).terms, self._gather("title", keys, view.assets).terms]
        )
        known = set(np.unique(held).tolist())
        return frozenset(term for number, term in enumerate(terms) if number not in known)

    def holds_all(self, parts: Sequence[Sequence[str]], view: View) -> Mask:
        """Say of each page whether it, or its title, holds one term of each part."""
        held = view.pages.copy()
        for part in parts:
            keys = term_keys(part)
            titled = self._gather("title", keys, view.assets).anywhere(len(self.ids))
            in_body = self._gather("body", keys, view.pages).anywhere(len(self.page_number))
            held &= in_body | titled[self.page_asset]
        return held

    def meant(self, asked: str, view: View) -> tuple[str, ...]:
        """Return at most three words of what is seen that a misspelt or unfinished word may stand for."""
        near: dict[str, int] = {}
        for segment in self.segments:
            near |= segment.words.misspellings(asked)
            # Something is left out at the end: less likely than one slip, likelier than two.
            for word in segment.words.completions(asked):
                near.setdefault(word, 1)
        found = self._gather("spelling", term_keys(near), view.assets)
        seen = np.bincount(found.terms, minlength=len(near)).tolist()
        ranked = sorted(
            (edits, -holders, word)
            for (word, edits), holders in zip(near.items(), seen, strict=True)
            if holders
        )
        return tuple(word for edits, _, word in ranked[:MOST_MEANT] if edits == ranked[0][0])

    def likeness(self, question: NDArray[np.int8]) -> Scores:
        """Return the cosine of a question with each page; 0 for one that was not embedded."""
        return _joined([_cosines(question, one.pages.vector) for one in self.segments], np.float64)

    def sentence_likeness(self, question: NDArray[np.int8], pages: NDArray[np.int64]) -> Scores:
        """Return the cosine of a question with the best sentence of each of these pages; NaN where there is none."""
        best = np.full(len(pages), np.nan)
        found: list[NDArray[np.int8]] = []
        which: list[int] = []
        where = np.searchsorted(self.first_page, pages, side="right") - 1
        for at, (number, page) in enumerate(zip(where.tolist(), pages.tolist(), strict=True)):
            segment, local = self.segments[number], page - self.first_page[number]
            start, end = segment.pages.first_sentence[local : local + 2].tolist()
            if start < end and segment.pages.vector.shape[1] == len(question):
                found.append(segment.sentences(start, end))
                which.append(at)
        if found:
            ends = np.cumsum([len(one) for one in found])
            alike = _cosines(question, np.concatenate(found))
            best[which] = np.maximum.reduceat(alike, np.concatenate([[0], ends[:-1]]))
        return best

    def siblings(self, asset_ids: Sequence[str], view: View) -> dict[str, tuple[str, ...]]:
        """Return for each asset the others of its family that are seen."""
        found = {}
        for asset_id in asset_ids:
            mine = np.flatnonzero((self.ids == asset_id.encode()) & self.current)
            if len(mine):
                others = np.flatnonzero((self.family == self.family[mine[0]]) & view.assets).tolist()
                found[asset_id] = tuple(self.asset_id(other) for other in others if other != mine[0])
        return found

    def asset_id(self, asset: int) -> str:
        return bytes(self.ids[asset]).decode()

    def _gather(self, field: str, keys: Keys, seen: Mask) -> Gathered:
        """Return the postings of these keys whose documents are seen."""
        firsts = self.first_page if field == "body" else self.first_asset
        terms: list[int] = []
        documents: list[Numbers] = []
        counts: list[Counts] = []
        for segment, first in zip(self.segments, firsts, strict=False):
            postings: Postings = getattr(segment, field)
            here = seen[first:]
            for term, start, end in postings.runs(keys):
                run = postings.documents[start:end]
                # Where little is seen, this is the one step that looks at every posting.
                (where,) = here[run].nonzero()
                terms.append(term)
                documents.append(run[where] + first)
                counts.append(postings.counts[start:end][where])
        return Gathered(
            np.repeat(np.asarray(terms, np.int64), [len(run) for run in documents]),
            _joined(documents, np.int64),
            _joined(counts, np.uint8),
        )


def _cosines(question: NDArray[np.int8], vectors: NDArray[np.int8]) -> Scores:
    if not len(vectors) or vectors.shape[1] != len(question):
        return np.zeros(len(vectors))
    return np.asarray(numkong.cdist(question.reshape(1, -1), vectors, "dot"), np.float64).ravel() / SCALE**2


def _field(seen: Mask, lengths: Numbers) -> Field:
    count = int(seen.sum())
    average = float(lengths[seen].sum()) / count if count else 1.0
    return Field(count, np.asarray(K1 * (1 - B + B * lengths / max(average, 1.0)), np.float64))


def _idf(count: int, holders: int) -> float:
    return math.log(1 + (count - holders + 0.5) / (holders + 0.5))


def _joined(arrays: Sequence[NDArray[T]], kind: type[T]) -> NDArray[T]:
    return np.concatenate([*arrays, np.empty(0, kind)])
