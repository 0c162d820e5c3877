"""The words as they are spelt, to know a misspelt or unfinished one by.

A word within so many edits has nearly the same letters: one number per word says which letters it has once and twice,
and an edit changes at most two of its bits. So a few numpy operations leave a handful of words to compare in full.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import DamerauLevenshtein

from enablement.adapters.index.postings import Keys, Numbers

BITS_AN_EDIT = 2
ONE_EDIT_FROM, TWO_EDITS_FROM = 4, 9
PREFIX_FROM = 3
LONGEST = 64
MOST_COMPLETIONS = 50
_LETTERS = 32


@dataclass(frozen=True)
class Vocabulary:
    """Words in ascending order of their UTF-8; word i is `text[starts[i]:starts[i + 1]]`."""

    text: NDArray[np.uint8]
    starts: Numbers
    lengths: NDArray[np.uint8]
    letters: Keys

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[str]:
        return (self.word(number) for number in range(len(self)))

    def word(self, number: int) -> str:
        return bytes(self.text[self.starts[number] : self.starts[number + 1]]).decode()

    def misspellings(self, asked: str) -> dict[str, int]:
        """Return the words that `asked` may stand for, each with its distance: one edit, two for long ones."""
        edits = edits_allowed(asked)
        if not edits:
            return {}
        unlike = np.bitwise_count(self.letters ^ np.uint64(letters(asked)))
        near = np.abs(self.lengths.astype(np.int16) - len(asked)) <= edits
        found = {}
        for number in np.flatnonzero(near & (unlike <= BITS_AN_EDIT * edits)).tolist():
            word = self.word(number)
            distance = DamerauLevenshtein.distance(asked, word, score_cutoff=edits)
            if distance <= edits:
                found[word] = distance
        return found

    def completions(self, asked: str) -> list[str]:
        """Return words that begin with `asked`, at most 50."""
        if len(asked) < PREFIX_FROM:
            return []
        wanted = asked.encode()
        at = bisect_left(range(len(self)), wanted, key=lambda number: self.word(number).encode())
        found: list[str] = []
        while at < len(self) and len(found) < MOST_COMPLETIONS and self.word(at).startswith(asked):
            found.append(self.word(at))
            at += 1
        return found


def edits_allowed(word: str) -> int:
    """Return how many edits a word may be away from what was meant."""
    return (len(word) >= ONE_EDIT_FROM) + (len(word) >= TWO_EDITS_FROM)


def letters(word: str) -> int:
    """Return which letters a word has (low 32 bits) and which it has twice (high 32 bits)."""
    once = twice = 0
    for character in word:
        bit = 1 << (ord(character) % _LETTERS)
        twice |= once & bit
        once |= bit
    return once | twice << _LETTERS


def vocabulary(words: Iterable[str]) -> Vocabulary:
    """Return the vocabulary of words; longer ones than 64 characters are left out."""
    spelt: Sequence[str] = sorted(
        {word for word in words if len(word) <= LONGEST}, key=lambda word: word.encode(errors="replace")
    )
    encoded = [word.encode(errors="replace") for word in spelt]
    starts = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum([len(one) for one in encoded], out=starts[1:])
    return Vocabulary(
        np.frombuffer(b"".join(encoded), np.uint8),
        starts,
        np.fromiter(map(len, spelt), np.uint8, len(spelt)),
        np.fromiter(map(letters, spelt), np.uint64, len(spelt)),
    )
