"""A segment: some assets with all that a search needs of them, written once and then only read.

Assets and pages are numbered from 0 in the order of their changes; the pages of an asset stand together. An asset
without pages says that older segments hold it no more.
"""

import os
import shutil
import weakref
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from enablement.adapters.index.postings import Keys, Numbers, Postings
from enablement.adapters.index.vocabulary import Vocabulary

Vectors8 = NDArray[np.int8]


class Damaged(Exception):
    """A segment's files are not as they were written."""


@dataclass(frozen=True)
class AssetRows:
    """One entry for each asset; what is compared for equality only is kept as a key (see postings.term_key)."""

    ids: NDArray[np.bytes_]
    # Pages of asset i: first_page[i] to first_page[i + 1].
    first_page: Numbers
    audience: Keys
    language: Keys
    family: Keys
    released: NDArray[np.int32]
    expires: NDArray[np.int32]
    title_length: Numbers


@dataclass(frozen=True)
class PageRows:
    """One entry for each page; vectors have no columns where nothing was embedded, sentences of page i begin at [i]."""

    number: Numbers
    length: Numbers
    vector: Vectors8
    first_sentence: Numbers
    sentence: Vectors8


@dataclass(frozen=True)
class Segment:
    """The parts of a segment; `body` counts pages, the other postings assets."""

    assets: AssetRows
    pages: PageRows
    body: Postings
    title: Postings
    facet: Postings
    spelling: Postings
    words: Vocabulary
    # Gives the sentences from one number to another. Of millions a search needs a few hundred: to map them would bring
    # their neighbours into memory too.
    sentences: Callable[[int, int], Vectors8]


_KINDS: Mapping[str, type] = {
    "assets": AssetRows,
    "pages": PageRows,
    "body": Postings,
    "title": Postings,
    "facet": Postings,
    "spelling": Postings,
    "words": Vocabulary,
}


def write(segment: Segment, folder: Path) -> dict[str, int]:
    """Write a segment into a new folder; return the checksum of each file."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    sums = {}
    for part in _KINDS:
        for name, array in _arrays(getattr(segment, part)).items():
            file = folder / f"{part}.{name}.npy"
            np.save(file, array, allow_pickle=False)
            sums[file.name] = zlib.crc32(file.read_bytes())
    return sums


def read(folder: Path, sums: Mapping[str, int]) -> Segment:
    """Open a segment without copying it into memory; raises Damaged, or FileNotFoundError when it is gone."""
    parts = {part: kind(**_opened(part, kind, folder, sums)) for part, kind in _KINDS.items()}
    return Segment(**parts, sentences=_reader(folder / "pages.sentence.npy", parts["pages"].sentence))


def held(rows: PageRows) -> Callable[[int, int], Vectors8]:
    """Return the reader of sentences that are in memory."""
    return lambda start, end: rows.sentence[start:end]


def _reader(path: Path, rows: Vectors8) -> Callable[[int, int], Vectors8]:
    width, offset = rows.shape[1], path.stat().st_size - rows.nbytes
    # Kept open: a merge may delete the file while somebody still searches this segment.
    file = os.open(path, os.O_RDONLY)

    def read_rows(start: int, end: int) -> Vectors8:
        data = os.pread(file, (end - start) * width, offset + start * width)
        return np.frombuffer(data, np.int8).reshape(-1, width)

    weakref.finalize(read_rows, os.close, file)
    return read_rows


def _opened(part: str, kind: type, folder: Path, sums: Mapping[str, int]) -> dict[str, NDArray[np.generic]]:
    opened = {}
    for field in fields(kind):
        file = folder / f"{part}.{field.name}.npy"
        if _checksum(file) != sums.get(file.name):
            raise Damaged(f"{file} is not as it was written")
        opened[field.name] = _mapped(file)
    return opened


def _mapped(file: Path) -> NDArray[np.generic]:
    # As a plain array: numpy's class for mapped ones takes three times as long for every slice.
    array: NDArray[np.generic] = np.load(file, allow_pickle=False, mmap_mode="r").view(np.ndarray)
    return array


def _checksum(file: Path) -> int:
    checksum = 0
    with file.open("rb") as opened:
        while some := opened.read(1 << 20):
            checksum = zlib.crc32(some, checksum)
    return checksum


def _arrays(part: object) -> dict[str, NDArray[np.generic]]:
    return {field.name: getattr(part, field.name) for field in fields(part)}  # type: ignore[arg-type]  # a dataclass
