"""Which documents hold which terms: sorted keys, and for each a run of documents with how often they hold it."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
# Wide, as numpy indexes with nothing else: it would copy narrower ones at every use.
Numbers = NDArray[np.int64]
Counts = NDArray[np.uint8]
MOST_COUNTED = 255


@lru_cache(maxsize=200_000)
def term_key(term: str) -> int:
    """Return the 64 bits that stand for a term; with a million terms two share them once in 37 million indexes."""
    return int.from_bytes(hashlib.blake2b(term.encode(errors="replace"), digest_size=8).digest(), "little")


def term_keys(terms: Iterable[str]) -> Keys:
    return np.fromiter(map(term_key, terms), np.uint64)


@dataclass(frozen=True)
class Postings:
    """Run i, of key `keys[i]`, is `documents[starts[i]:starts[i + 1]]`, ascending; `counts` go with documents."""

    keys: Keys
    starts: Numbers
    documents: Numbers
    counts: Counts

    def runs(self, keys: Keys) -> list[tuple[int, int, int]]:
        """Return (which of the asked keys, start, end) of those that are there."""
        if not len(self.keys):
            return []
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        here = np.flatnonzero(self.keys[at] == keys)
        found = at[here]
        return list(
            zip(here.tolist(), self.starts[found].tolist(), self.starts[found + 1].tolist(), strict=True)
        )


def sizes(starts: Numbers) -> Numbers:
    """Return how long each run is."""
    return starts[1:] - starts[:-1]


class Gatherer:
    """Takes documents one after the other and makes postings of them."""

    def __init__(self) -> None:
        self._keys: list[Keys] = []
        self._documents: list[int] = []
        self._counts: list[Counts] = []

    def add(self, document: int, terms: Mapping[str, int]) -> None:
        """Add a document that holds these terms so many times; documents come in ascending order."""
        counts = np.fromiter(terms.values(), np.int64, len(terms))
        self._keys.append(term_keys(terms))
        self._counts.append(np.minimum(counts, MOST_COUNTED).astype(np.uint8))
        self._documents.append(document)

    def postings(self) -> Postings:
        keys, terms = np.unique(np.concatenate([*self._keys, np.empty(0, np.uint64)]), return_inverse=True)
        documents = np.repeat(np.asarray(self._documents, np.int64), [len(one) for one in self._keys])
        # Documents were added in order: a stable sort by term leaves them so within each run.
        by_term = np.argsort(terms, kind="stable")
        starts = np.zeros(len(keys) + 1, np.int64)
        np.cumsum(np.bincount(terms, minlength=len(keys)), out=starts[1:])
        counts = np.concatenate([*self._counts, np.empty(0, np.uint8)])
        return Postings(keys, starts, documents[by_term], counts[by_term])


def merged(parts: Sequence[Postings], moves: Sequence[NDArray[np.int64]]) -> Postings:
    """Return one for many, without sorting again.

    `moves[i]` gives for each document of `parts[i]` its new number, or -1 for one that is gone; all new numbers of a
    part come after those of the part before, in the same order.
    """
    kept = [_without_gone(part, move) for part, move in zip(parts, moves, strict=True)]
    keys = np.unique(np.concatenate([part.keys for part in kept]))
    places = [np.searchsorted(keys, part.keys) for part in kept]
    totals = np.zeros(len(keys), np.int64)
    for part, place in zip(kept, places, strict=True):
        totals[place] += sizes(part.starts)
    starts = np.zeros(len(keys) + 1, np.int64)
    np.cumsum(totals, out=starts[1:])
    documents, counts = np.empty(starts[-1], np.int64), np.empty(starts[-1], np.uint8)
    free = starts[:-1].copy()
    for part, place in zip(kept, places, strict=True):
        lengths = sizes(part.starts)
        at = np.repeat(free[place] - part.starts[:-1], lengths) + np.arange(len(part.documents))
        documents[at], counts[at] = part.documents, part.counts
        free[place] += lengths
    return Postings(keys, starts, documents, counts)


def _without_gone(part: Postings, move: NDArray[np.int64]) -> Postings:
    moved = move[part.documents] if len(part.documents) else np.empty(0, np.int64)
    stays = moved >= 0
    seen = np.concatenate([np.zeros(1, np.int64), np.cumsum(stays)])
    starts = seen[part.starts]
    is_left = sizes(starts) > 0
    return Postings(
        part.keys[is_left],
        np.concatenate([starts[:-1][is_left], starts[-1:]]).astype(np.int64),
        moved[stays].astype(np.int64),
        part.counts[stays],
    )
