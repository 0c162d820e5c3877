"""A segment: some assets with all that a search needs of them, written once and then only read.

Assets and pages are numbered from 0 in the order of their changes; the pages of an asset stand together. An asset
without pages says that older segments hold it no more.

In its file a line of JSON says of each array its type, shape and first byte; the arrays follow as they are in memory.
"""

import json
import math
import os
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
# Where an array may begin: what numpy reads quickest begins at a multiple of this many bytes.
_STEP = 64


def write(segment: Segment, file: Path) -> int:
    """Write a segment into a file; return its checksum."""
    arrays = {
        f"{part}.{field.name}": np.ascontiguousarray(getattr(getattr(segment, part), field.name))
        for part, kind in _KINDS.items()
        for field in fields(kind)
    }
    where, size = {}, 0
    for name, array in arrays.items():
        where[name] = (array.dtype.str, array.shape, size)
        size = _stepped(size + array.nbytes)
    line = json.dumps(where).encode() + b"\n"
    checksum = 0
    # Who has an older file of this name open keeps it whole.
    file.unlink(missing_ok=True)
    with file.open("wb") as opened:
        for data in (np.frombuffer(line, np.uint8), *arrays.values()):
            for some in (data.data, bytes(_stepped(data.nbytes) - data.nbytes)):
                opened.write(some)
                checksum = zlib.crc32(some, checksum)
    return checksum


def read(file: Path, checksum: int) -> Segment:
    """Open a segment without copying it into memory; raises Damaged, or FileNotFoundError when it is gone."""
    if _checksum(file) != checksum:
        raise Damaged(f"{file} is not as it was written")
    with file.open("rb") as opened:
        line = opened.readline()
    where, begin = json.loads(line), _stepped(len(line))
    # As a plain array: numpy's class for mapped ones takes three times as long for every slice.
    data = np.memmap(file, np.uint8, "r").view(np.ndarray)
    arrays = {
        name: data[begin + first :][: math.prod(shape) * np.dtype(kind).itemsize].view(kind).reshape(shape)
        for name, (kind, shape, first) in where.items()
    }
    parts = {
        part: kind(**{field.name: arrays[f"{part}.{field.name}"] for field in fields(kind)})
        for part, kind in _KINDS.items()
    }
    _, (_, width), first = where["pages.sentence"]
    return Segment(**parts, sentences=_reader(file, begin + first, width))


def held(rows: PageRows) -> Callable[[int, int], Vectors8]:
    """Return the reader of sentences that are in memory."""
    return lambda start, end: rows.sentence[start:end]


def _reader(path: Path, begin: int, width: int) -> Callable[[int, int], Vectors8]:
    # Kept open: a merge may delete the file while somebody still searches this segment.
    file = os.open(path, os.O_RDONLY)

    def read_rows(start: int, end: int) -> Vectors8:
        data = os.pread(file, (end - start) * width, begin + start * width)
        return np.frombuffer(data, np.int8).reshape(-1, width)

    weakref.finalize(read_rows, os.close, file)
    return read_rows


def _stepped(size: int) -> int:
    return -(-size // _STEP) * _STEP


def _checksum(file: Path) -> int:
    checksum = 0
    with file.open("rb") as opened:
        while some := opened.read(1 << 20):
            checksum = zlib.crc32(some, checksum)
    return checksum
