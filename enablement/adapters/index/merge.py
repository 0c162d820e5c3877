"""Make one segment of several, without what newer ones replaced."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from enablement.adapters.index.postings import Postings, merged, sizes, term_keys
from enablement.adapters.index.segment import AssetRows, PageRows, Segment, Vectors8, held
from enablement.adapters.index.vocabulary import vocabulary

Moves = NDArray[np.int64]


def merge(segments: Sequence[Segment], *, keep_gone: bool) -> Segment:
    """Return one segment for neighbours, oldest first; `keep_gone`: still older ones may hold what is gone."""
    stays = [_stays(segments, number, keep_gone) for number in range(len(segments))]
    page_stays = [
        np.repeat(stay, sizes(one.assets.first_page)) for one, stay in zip(segments, stays, strict=True)
    ]
    asset_moves, page_moves = _moves(stays), _moves(page_stays)

    def postings(of: Callable[[Segment], Postings], moves: list[Moves]) -> Postings:
        return merged([of(one) for one in segments], moves)

    spelling = postings(lambda one: one.spelling, asset_moves)
    words = {word for one in segments for word in one.words}
    pages = _pages(segments, page_stays)
    return Segment(
        _assets(segments, stays),
        pages,
        postings(lambda one: one.body, page_moves),
        postings(lambda one: one.title, asset_moves),
        postings(lambda one: one.facet, asset_moves),
        spelling,
        vocabulary(_still_spelt(words, spelling)),
        held(pages),
    )


def replaced(ids: NDArray[np.bytes_], newer: Sequence[Segment]) -> NDArray[np.bool_]:
    """Say of each asset whether a newer segment has it, or says that it is gone."""
    if not newer:
        return np.zeros(len(ids), bool)
    return np.isin(ids, np.concatenate([one.assets.ids for one in newer]))


def _stays(segments: Sequence[Segment], number: int, keep_gone: bool) -> NDArray[np.bool_]:
    assets = segments[number].assets
    stays = ~replaced(assets.ids, segments[number + 1 :])
    return stays if keep_gone else stays & (sizes(assets.first_page) > 0)


def _moves(stays: Sequence[NDArray[np.bool_]]) -> list[Moves]:
    """Return for each part the new number of each entry, -1 for one that does not stay."""
    moves, first = [], 0
    for stay in stays:
        moves.append(np.where(stay, first + np.cumsum(stay) - 1, -1))
        first += int(stay.sum())
    return moves


def _assets(segments: Sequence[Segment], stays: Sequence[NDArray[np.bool_]]) -> AssetRows:
    rows = [one.assets for one in segments]
    counts = [sizes(one.first_page) for one in rows]
    kept = np.concatenate([count[stay] for count, stay in zip(counts, stays, strict=True)])
    first_page = np.concatenate([np.zeros(1, np.int64), np.cumsum(kept)]).astype(np.int64)

    def column(name: str) -> NDArray[np.generic]:
        return np.concatenate([getattr(one, name)[stay] for one, stay in zip(rows, stays, strict=True)])

    names = ("ids", "audience", "language", "family", "released", "expires", "title_length")
    return AssetRows(first_page=first_page, **{name: column(name) for name in names})  # type: ignore[arg-type]  # as they were


def _pages(segments: Sequence[Segment], stays: Sequence[NDArray[np.bool_]]) -> PageRows:
    rows = [one.pages for one in segments]
    dimensions = max(one.vector.shape[1] for one in rows)
    counts = [sizes(one.first_sentence) for one in rows]
    kept = np.concatenate([count[stay] for count, stay in zip(counts, stays, strict=True)])
    sentences = [
        _widened(one.sentence, dimensions)[np.repeat(stay, count)]
        for one, stay, count in zip(rows, stays, counts, strict=True)
    ]
    return PageRows(
        number=np.concatenate([one.number[stay] for one, stay in zip(rows, stays, strict=True)]),
        length=np.concatenate([one.length[stay] for one, stay in zip(rows, stays, strict=True)]),
        vector=np.concatenate(
            [_widened(one.vector, dimensions)[stay] for one, stay in zip(rows, stays, strict=True)]
        ),
        first_sentence=np.concatenate([np.zeros(1, np.int64), np.cumsum(kept)]).astype(np.int64),
        sentence=np.concatenate(sentences),
    )


def _widened(vectors: Vectors8, dimensions: int) -> Vectors8:
    if vectors.shape[1] == dimensions:
        return vectors
    # Of a segment from before anything was embedded, or from another model: as if there were none.
    return np.zeros((len(vectors), dimensions), np.int8)


def _still_spelt(words: set[str], spelling: Postings) -> list[str]:
    spelt = list(words)
    there = np.isin(term_keys(spelt), spelling.keys)
    return [word for word, is_there in zip(spelt, there.tolist(), strict=True) if is_there]
