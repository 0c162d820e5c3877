"""The meaning of a drawn library, put together from that of its sentences: to embed each page would take too long."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

import numpy as np

from bench.library import Drawn
from enablement.meaning import quantise
from enablement.model import Vectors
from enablement.ports import Embedder, VectorStore

KEPT_AT_ONCE = 200


def embed(
    drawn: Sequence[Drawn], bank: Mapping[str, Sequence[str]], *, store: VectorStore, embedder: Embedder
) -> None:
    """Keep vectors for each asset: a sentence's is its own, a page's the mean of those of its sentences."""
    said = list(dict.fromkeys(sentence for some in bank.values() for sentence in some))
    rows = embedder.passages(said)
    places = {sentence: place for place, sentence in enumerate(said)}

    def vectors() -> Iterator[Vectors]:
        for one in drawn:
            used = [[places[line] for line in page.text.splitlines() if line in places] for page in one.pages]
            means = np.array([rows[page].mean(axis=0) for page in used])
            means /= np.linalg.norm(means, axis=1, keepdims=True)
            sentences = rows[[place for page in used for place in page]]
            of_pages = tuple(number for number, page in enumerate(used) for _ in page)
            yield Vectors(
                one.version.id,
                embedder.model,
                embedder.dimensions,
                quantise(means).tobytes(),
                quantise(sentences).tobytes(),
                of_pages,
            )

    rest = vectors()
    while some := list(islice(rest, KEPT_AT_ONCE)):
        store.keep(some)
