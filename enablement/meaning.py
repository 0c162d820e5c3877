"""The meaning of the library and of questions as vectors: what was embedded is kept, who asks never waits for it."""

import contextlib
import logging
import re
import textwrap
import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import ceil
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from enablement.model import Page, Vectors
from enablement.ports import Embedder, Services, TryLater, Undeliverable

log = logging.getLogger(__name__)
# In characters. Measured on XQuAD (en, th, zh; asked in another language): the right page is among the first three for
# .862 of the questions with sentences of at least 100, .873 with 60, .879 with any, .881 with these two.
SHORTEST, LONGEST = 15, 160
MOST_SENTENCES_A_PAGE, MOST_SENTENCES_A_VERSION = 32, 4_000
# A row of length 1 has no number above 1: this makes most of an int8. Cosines change by less than .01.
SCALE = 127
REMEMBERED = 1_024
WAITING = 8
PREPARE_WITHIN_S = 10.0
FIRST_REST_S, LONGEST_REST_S = 1.0, 60.0
_PROBE = "price"
_ENDS = re.compile(
    r"""
    \n+
    | (?<=[.!?…])\s+ | (?<=[.!?…]["'”’»)\]])\s+
    | (?<=[。！？；])(?![」』”’）]) | (?<=[。！？；][」』”’）])
    # Thai has no full stops: a space ends a sentence or a part of one.
    | (?<=[฀-๿])\s+(?=[฀-๿])
    """,
    re.VERBOSE,
)


class NotEmbeddable(Undeliverable):
    """An embedder refuses a text, and always will; other texts it may take."""


@dataclass(frozen=True)
class _Paper:
    """What is embedded of a version: for each sentence, `places` holds the ordinal (from 0) of its page."""

    version_id: str
    pages: tuple[str, ...]
    sentences: tuple[str, ...]
    places: tuple[int, ...]


def sentences(text: str, *, most: int = MOST_SENTENCES_A_PAGE) -> list[str]:
    """Return the sentences of a text in any of our languages, in order: at most `most`, the short ones joined."""
    parts = [
        part for line in _ENDS.split(text) for part in textwrap.wrap(line, LONGEST, break_on_hyphens=False)
    ]
    enough = max(SHORTEST, ceil(sum(len(part) + 1 for part in parts) / most))
    joined: list[str] = []
    for part in parts:
        if joined and len(joined[-1]) < enough:
            joined[-1] += f" {part}"
        else:
            joined.append(part)
    return joined


def quantise(rows: NDArray[np.float32]) -> NDArray[np.int8]:
    """Return rows of length 1 (or 0) as int8, 127 for 1."""
    return np.clip(np.rint(rows * SCALE), -SCALE, SCALE).astype(np.int8)


def embed_versions(services: Services, *, limit: int) -> int:
    """Embed versions that have no vectors yet, `limit` at most; return how many, 0 when none is left.

    A version whose text is refused is noted, so that it does not keep the others waiting. Raises TryLater,
    Undeliverable.
    """
    if services.embedder is None:
        return 0
    version_ids = services.vectors.missing(services.embedder.model, limit=limit)
    papers = [_paper(version_id, services.catalog.pages(version_id)) for version_id in version_ids]
    services.vectors.keep(_embedded(papers, services.embedder))
    return len(papers)


def _paper(version_id: str, pages: Sequence[Page]) -> _Paper:
    texts = [f"{page.title}\n{page.text}".strip() for page in pages]
    most = min(MOST_SENTENCES_A_PAGE, max(1, MOST_SENTENCES_A_VERSION // max(1, len(texts))))
    split = [(place, one) for place, text in enumerate(texts) for one in sentences(text, most=most)]
    return _Paper(
        version_id, tuple(texts), tuple(one for _, one in split), tuple(place for place, _ in split)
    )


def _embedded(papers: Sequence[_Paper], embedder: Embedder) -> list[Vectors]:
    """Embed papers together; where one is refused, each alone."""
    try:
        rows = quantise(
            _rows([text for paper in papers for text in (*paper.pages, *paper.sentences)], embedder)
        )
    except NotEmbeddable as refusal:
        if len(papers) > 1:
            return [one for paper in papers for one in _embedded([paper], embedder)]
        _expect_words_to_be_taken(embedder)
        log.warning("version %s has no vectors of %s: %s", papers[0].version_id, embedder.model, refusal)
        return [Vectors(papers[0].version_id, embedder.model, 0, b"", b"", ())]
    made, start = [], 0
    for paper in papers:
        middle, end = start + len(paper.pages), start + len(paper.pages) + len(paper.sentences)
        pages, split = rows[start:middle].tobytes(), rows[middle:end].tobytes()
        made.append(Vectors(paper.version_id, embedder.model, rows.shape[1], pages, split, paper.places))
        start = end
    return made


def _rows(texts: Sequence[str], embedder: Embedder) -> NDArray[np.float32]:
    """Return a row for each text, zeros for one that says nothing."""
    rows = np.zeros((len(texts), embedder.dimensions), np.float32)
    said = [number for number, text in enumerate(texts) if text.strip()]
    if said:
        rows[said] = embedder.passages([texts[number] for number in said])
    return rows


def _expect_words_to_be_taken(embedder: Embedder) -> None:
    """Raise Undeliverable when an embedder refuses any text: then it is not the version that is to blame."""
    try:
        embedder.passages([_PROBE])
    except NotEmbeddable as error:
        raise Undeliverable(str(error)) from error


class QuestionEmbedder:
    """Gives a question's vector if it can be had soon; without an embedder there is none.

    `degraded` says why the last question that needed the embedder got no vector, or nothing when all is well. An
    embedder that failed is left alone for a second, then for longer, up to a minute. An answer that comes too late is
    kept for the next who asks the same.
    """

    def __init__(self, embedder: Embedder | None, within_s: float = 0.3) -> None:
        self._embedder = embedder
        self._within_s = within_s
        self.model = embedder.model if embedder else ""
        self.alike_from = embedder.alike_from if embedder else 1.0
        self.degraded = ""
        self._known: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._pool = ThreadPoolExecutor(WAITING, thread_name_prefix="question")
        self._lock = threading.Lock()
        self._rest_s = 0.0
        self._rests_until = 0.0
        self._failed_at = -1.0

    def prepare(self) -> None:
        """Load what the first question would otherwise wait for; that it can't be had shows with the first question."""
        if self._embedder:
            with contextlib.suppress(Exception):
                self._pool.submit(self._embedder.question, _PROBE).result(PREPARE_WITHIN_S)

    def vector(self, text: str) -> NDArray[np.float32] | None:
        """Return the vector (length 1) of a question, or None; takes `within_s` at most."""
        asked = " ".join(text.split())
        if self._embedder is None or not asked:
            return None
        with self._lock:
            if asked in self._known:
                self._known.move_to_end(asked)
                return self._known[asked]
            now = monotonic()
            if now < self._rests_until:
                return None
            if self._rest_s:
                # One tries whether it is back; the others do not wait with them.
                self._rests_until = now + self._rest_s
        waiting = self._pool.submit(self._learn, asked, self._embedder)
        try:
            found = waiting.result(self._within_s)
        except TimeoutError:
            self._rest(f"no answer within {self._within_s:g} s", since=now)
        except NotEmbeddable as error:
            # Its own fault, not the embedder's.
            self.degraded = str(error)
        except (TryLater, Undeliverable) as error:
            self._rest(str(error), since=now)
        except Exception as error:
            log.exception("the embedder failed")
            self._rest(f"{type(error).__name__}: {error}", since=now)
        else:
            self.degraded, self._rest_s, self._rests_until = "", 0.0, 0.0
            return found
        return None

    def _rest(self, why: str, *, since: float) -> None:
        self.degraded = why
        with self._lock:
            # Of several that were asked together and failed, one counts.
            if since > self._failed_at:
                self._failed_at = monotonic()
                self._rest_s = min(LONGEST_REST_S, 2 * self._rest_s or FIRST_REST_S)
                self._rests_until = self._failed_at + self._rest_s

    def _learn(self, asked: str, embedder: Embedder) -> NDArray[np.float32]:
        found = embedder.question(asked)
        # All who ask the same get the same row.
        found.setflags(write=False)
        with self._lock:
            self._known[asked] = found
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return found
