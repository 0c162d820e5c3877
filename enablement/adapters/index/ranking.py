"""From a question to the best page of each asset: words by BM25, meaning by likeness, both together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from enablement.adapters.index.build import facet_keys
from enablement.adapters.index.postings import term_keys
from enablement.adapters.index.snapshot import SCALE, Mask, Scores, Snapshot, View
from enablement.analyser import HELD_FROM, asked_terms, is_spelt
from enablement.ports import AssetFilter, Found, IndexQuery, PageHit

# What a page must hold for a word: parts, each of alternatives (see analyser.asked_terms).
Parts = tuple[tuple[str, ...], ...]
# Both legs propose so many assets; sentences are compared only on these pages (measured in docs/benchmarks.md).
CANDIDATES = 100
# A page is as alike as the mean of the whole of it and its best sentence.
WHOLE_PAGE = 0.5
# Words decide in full from this share of what a page scores that holds them all.
SURE_FROM = 0.7


@dataclass(frozen=True)
class _Words:
    """What the words of a question say: a score for each page and each title, and what goes back to the asker.

    `ideal` is what a page of usual length scores that holds every word once; `held` says which terms pages hold.
    """

    pages: Scores
    titles: Scores
    held: Callable[[Sequence[int]], Sequence[frozenset[str]]]
    ideal: float
    rarity: Mapping[str, float]
    meant: Mapping[str, tuple[str, ...]]


def search(
    snapshot: Snapshot, query: IndexQuery, *, only: AssetFilter, limit: int, likeness_weight: float
) -> Found:
    """Return what is found in a snapshot; see the port."""
    view = snapshot.view(only)
    if not query.words and not query.phrases and query.meaning is None:
        return _by_facets(snapshot, query, view, limit)
    words = _by_words(snapshot, query.words, view)
    allowed = view.pages
    if query.phrases:
        parts = [part for phrase in query.phrases for word in phrase for part in asked_terms(word)]
        allowed = snapshot.holds_all(parts, view)
        # A quoted word is asked for by being there: without others every page that holds it is as good.
        bodies = np.where(allowed, words.pages + (not query.words), -np.inf)
        has_one = np.bincount(snapshot.page_asset[allowed], minlength=len(words.titles)) > 0
        words = replace(words, pages=bodies, titles=words.titles * has_one)
    if query.meaning is None:
        pages = _best_pages(snapshot, words.pages, words.titles, limit)
        scores = words.pages[pages] + words.titles[snapshot.page_asset[pages]]
        held = words.held(pages.tolist())
        hits = [
            _hit(snapshot, page, score / scores[0], terms)
            for page, score, terms in zip(pages.tolist(), scores.tolist(), held, strict=True)
        ]
    else:
        hits = _by_both(snapshot, words, query.meaning, allowed, limit, likeness_weight)
    return Found(tuple(hits), words.rarity, words.meant)


def _by_facets(snapshot: Snapshot, query: IndexQuery, view: View, limit: int) -> Found:
    terms = term_keys(dict.fromkeys(facet_keys(query.facets)))
    scores = snapshot.facet_scores(terms, view)
    order = _top(scores, limit)
    numbers = snapshot.page_number[snapshot.asset_starts[order]].tolist()
    relative = (scores[order] / scores[order[:1]]).tolist()
    ids = [one.decode() for one in snapshot.ids[order].tolist()]
    return Found(tuple(map(PageHit, ids, numbers, relative)), {}, {})


def _by_words(snapshot: Snapshot, words: Sequence[str], view: View) -> _Words:
    asked = {word: asked_terms(word) for word in words}
    scores = snapshot.word_scores(_terms(asked), view)
    meant = {word: said for word, said in _meant(snapshot, asked, scores.unknown, view).items() if said}
    for word, said in meant.items():
        asked[word] = (tuple(_terms({one: asked_terms(one) for one in said})),)
    if meant:
        scores = snapshot.word_scores(_terms(asked), view)
    idf = scores.rarity
    telling = {word: [min(idf[term] for term in part) for part in parts] for word, parts in asked.items()}
    ideal = sum(map(sum, telling.values()))
    rarity = {word: max(parts) for word, parts in telling.items()}
    return _Words(scores.pages, scores.titles, scores.held, ideal, rarity, meant)


def meant(snapshot: Snapshot, words: Sequence[str], *, only: AssetFilter) -> Mapping[str, tuple[str, ...]]:
    """Return what the words that no page holds are taken for; see the port."""
    view = snapshot.view(only)
    asked = {word: asked_terms(word) for word in words if is_spelt(word)}
    return _meant(snapshot, asked, snapshot.unknown(_terms(asked), view), view)


def rarity(snapshot: Snapshot, words: Sequence[str], *, only: AssetFilter) -> Mapping[str, float]:
    """Return how telling the words are that pages hold; see the port. A word is held when most of its parts are."""
    asked = {word: asked_terms(word) for word in words}
    scores = snapshot.word_scores(_terms(asked), snapshot.view(only))
    telling = {}
    for word, parts in asked.items():
        held = [
            min(map(scores.rarity.__getitem__, part)) for part in parts if not scores.unknown.issuperset(part)
        ]
        if len(held) >= HELD_FROM * len(parts):
            telling[word] = sum(held) / len(held)
    return telling


def _meant(
    snapshot: Snapshot, asked: Mapping[str, Parts], unknown: frozenset[str], view: View
) -> dict[str, tuple[str, ...]]:
    return {
        word: snapshot.meant(word, view)
        for word, parts in asked.items()
        if is_spelt(word) and unknown.issuperset(_terms({word: parts}))
    }


def _terms(asked: Mapping[str, Parts]) -> list[str]:
    return list(dict.fromkeys(term for parts in asked.values() for part in parts for term in part))


def _by_both(
    snapshot: Snapshot,
    words: _Words,
    meaning: NDArray[np.float32],
    allowed: Mask,
    limit: int,
    likeness_weight: float,
) -> list[PageHit]:
    question = np.rint(meaning * SCALE).astype(np.int8)
    alike = np.where(allowed, snapshot.likeness(question), -np.inf)
    no_bonus = np.zeros(len(words.titles))
    pages = np.union1d(
        _best_pages(snapshot, words.pages, words.titles, CANDIDATES),
        _best_pages(snapshot, alike, no_bonus, CANDIDATES),
    )
    if not len(pages):
        return []
    sentences = snapshot.sentence_likeness(question, pages)
    mean = WHOLE_PAGE * alike[pages] + (1 - WHOLE_PAGE) * sentences
    likeness = np.where(np.isnan(sentences), alike[pages], mean)
    said = words.pages[pages] + words.titles[snapshot.page_asset[pages]]
    # Stretched to 0..1, a chance word shared with a text in another language would count like an answer.
    sure = min(1.0, float(said.max()) / (SURE_FROM * words.ideal)) if words.ideal else 0.0
    scores = (1 - likeness_weight) * sure * _spread(said) + likeness_weight * _spread(likeness)
    order = np.lexsort((pages, -scores))
    # Of the pages of an asset, the best.
    _, firsts = np.unique(snapshot.page_asset[pages[order]], return_index=True)
    best = order[np.sort(firsts)[:limit]]
    chosen = pages[best].tolist()
    return [
        _hit(snapshot, page, score, terms, likely)
        for page, score, terms, likely in zip(
            chosen, scores[best].tolist(), words.held(chosen), likeness[best].tolist(), strict=True
        )
    ]


def _best_pages(snapshot: Snapshot, scores: Scores, bonus: Scores, most: int) -> NDArray[np.int64]:
    """Return the best page of each of the best assets, best first; a bonus goes to all pages of an asset.

    What scores 0 or less is nothing.
    """
    above = np.flatnonzero(scores > 0)
    assets = snapshot.page_asset[above]
    of_assets = bonus.copy()
    np.maximum.at(of_assets, assets, scores[above] + bonus[assets])
    best = _top(of_assets, most)
    firsts, counts = snapshot.asset_starts[best].tolist(), snapshot.page_counts[best].tolist()
    pages = [
        first + int(scores[first : first + count].argmax())
        for first, count in zip(firsts, counts, strict=True)
    ]
    return np.asarray(pages, np.int64)


def _top(scores: Scores, most: int) -> NDArray[np.int64]:
    """Return where the highest scores above 0 stand, highest first, of equals the first."""
    above = np.flatnonzero(scores > 0)
    if len(above) > most:
        least = np.partition(scores[above], -most)[-most]
        above = above[scores[above] >= least]
    return above[np.argsort(-scores[above], kind="stable")][:most]


def _spread(values: Scores) -> Scores:
    """Return values stretched to 0..1; all 0 when they are all the same."""
    least, most = float(values.min()), float(values.max())
    return (values - least) / (most - least) if most > least else np.zeros(len(values))


def _hit(
    snapshot: Snapshot, page: int, score: float, held: frozenset[str], likeness: float | None = None
) -> PageHit:
    asset_id = snapshot.asset_id(int(snapshot.page_asset[page]))
    return PageHit(asset_id, int(snapshot.page_number[page]), score, likeness, held)
