"""Any service that speaks OpenAI's embeddings API: OpenAI itself, or a server of one's own."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray
from openai import APIConnectionError, APIError, APIStatusError, OpenAI
from openai.types import CreateEmbeddingResponse

from enablement.adapters.embed.texts import bearable
from enablement.meaning import NotEmbeddable
from enablement.ports import TryLater, Undeliverable

log = logging.getLogger(__name__)
# OpenAI takes 300,000 tokens a call, others less; a letter of some scripts is more than one token.
TEXTS_A_CALL, CHARACTERS_A_CALL = 128, 60_000
# A worker's wake-up lasts two minutes: one call with all its attempts and pauses must end well before.
PASSAGES_WITHIN_S, QUESTION_WITHIN_S = 20.0, 5.0
PAUSES_S = (0.5, 2.0)
LONGEST_PAUSE_S = 5.0
LONGEST_QUOTE = 200
# Another attempt may do: timeout, conflict, too many requests; so may all from 500 on.
_PASSING = (408, 409, 425, 429)
_TEXT_REFUSED = (400, 413, 422)
_KEY_REFUSED = (401, 403)


# Told of each call: the integration's name, and whether it answered as it should.
OnCall = Callable[[str, bool], object]


class Budget(Protocol):
    """What may be spent, in tokens."""

    def left(self) -> int: ...
    def seconds_until_more(self) -> float: ...
    def spend(self, amount: int) -> None: ...


class OpenAIEmbedder:
    """Asks a service for vectors. What is embedded for the library is counted against the budget, questions are not."""

    def __init__(
        self,
        *,
        model: str,
        api_key: str,
        base_url: str,
        with_prefixes: bool,
        budget: Budget,
        pause: Callable[[float], None] = time.sleep,
        on_call: OnCall | None = None,
    ) -> None:
        # Models of the e5 family were trained to be told which is which. Without, their vectors are other vectors.
        is_told = with_prefixes and "e5" in model.lower()
        self._passage, self._question = ("passage: ", "query: ") if is_told else ("", "")
        self.model = f"{model} (prefixed)" if is_told else model
        # Vectors of the e5 family lie close together: what is unlike has .8 too. Not measured for others.
        self.alike_from = 0.84 if "e5" in model.lower() else 0.4
        self.likeness_weight = 0.5
        self._asked_model = model
        self._host = urlsplit(base_url).hostname or base_url
        self._client = OpenAI(api_key=api_key or "none", base_url=base_url, max_retries=0)
        self._budget = budget
        self._pause = pause
        self._on_call = on_call
        self._dimensions = 0

    @property
    def dimensions(self) -> int:
        """Return how long the model's vectors are; asks the service when it is not known yet."""
        if not self._dimensions:
            self.question("price")
        return self._dimensions

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a row of length 1 for each text; raises TryLater, NotEmbeddable, Undeliverable."""
        rows = [self._embed_passages(batch) for batch in _batches([bearable(text) for text in texts])]
        return np.concatenate(rows) if rows else np.empty((0, self.dimensions), np.float32)

    def question(self, text: str) -> NDArray[np.float32]:
        """Return the vector (length 1) of a question; raises TryLater, NotEmbeddable, Undeliverable."""
        asked = [self._question + bearable(text)]
        row: NDArray[np.float32] = self._rows(self._call(asked, QUESTION_WITHIN_S), 1)[0]
        return row

    def _embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self._budget.left() <= 0:
            said = "the day's tokens for embedding are used up (TOUCHLINE_EMBED_BUDGET)"
            raise TryLater(said, seconds=self._budget.seconds_until_more())
        sent = [self._passage + text for text in texts]
        answer = self._call_patiently(sent)
        used = answer.usage.total_tokens if answer.usage else 0
        # Some servers do not count: then a token for every three characters.
        self._budget.spend(used or sum(map(len, sent)) // 3 + 1)
        return self._rows(answer, len(texts))

    def _call_patiently(self, texts: Sequence[str]) -> CreateEmbeddingResponse:
        for pause in PAUSES_S:
            try:
                return self._call(texts, PASSAGES_WITHIN_S)
            except TryLater as error:
                if (error.seconds or 0) > LONGEST_PAUSE_S:
                    raise
                log.info("%s: trying again", error)
                self._pause(error.seconds or pause)
        return self._call(texts, PASSAGES_WITHIN_S)

    def _call(self, texts: Sequence[str], within_s: float) -> CreateEmbeddingResponse:
        went_well = False
        try:
            answer = self._create(texts, within_s)
            went_well = True
        except NotEmbeddable:
            # A text that is refused is no failure of the service's.
            went_well = True
            raise
        finally:
            if self._on_call:
                self._on_call("embedder", went_well)
        return answer

    def _create(self, texts: Sequence[str], within_s: float) -> CreateEmbeddingResponse:
        # “from None”: what a service says of a request may quote the key.
        try:
            return self._client.embeddings.create(
                model=self._asked_model, input=list(texts), timeout=within_s
            )
        except APIConnectionError as error:
            raise TryLater(f"{self._host} can't be reached ({type(error).__name__})") from None
        except APIStatusError as error:
            raise self._refusal(error) from None
        except (APIError, ValueError, TypeError, AttributeError):
            raise self._no_embeddings() from None

    def _refusal(self, error: APIStatusError) -> Exception:
        status = error.status_code
        quote = error.message.replace(self._client.api_key, "…")[:LONGEST_QUOTE]
        if status in _PASSING or status >= 500:
            return TryLater(f"{self._host} answers {status}: {quote}", seconds=_seconds(error))
        if status in _KEY_REFUSED:
            return Undeliverable(f"{self._host} refuses the key ({status}): check OPENAI_API_KEY")
        if status in _TEXT_REFUSED:
            return NotEmbeddable(f"{self._host} refuses the text ({status}): {quote}")
        said = f"{self._host} answers {status}: {quote}. Check OPENAI_BASE_URL and OPENAI_EMBEDDING_MODEL"
        return Undeliverable(said)

    def _rows(self, answer: CreateEmbeddingResponse, count: int) -> NDArray[np.float32]:
        """Return the vectors of an answer as rows of length 1, in the order of the texts."""
        try:
            in_order = sorted(answer.data, key=lambda one: one.index)
            vectors = [np.asarray(one.embedding, np.float64) for one in in_order]
        except (AttributeError, TypeError, ValueError):
            raise self._no_embeddings() from None
        if len(vectors) != count:
            raise Undeliverable(f"{self._host} gives {len(vectors)} vectors for {count} texts")
        expected = self._dimensions or vectors[0].size
        others = [one.size for one in vectors if one.shape != (expected,)]
        if others:
            said = f"{self._host} gives vectors of {others[0]} numbers instead of {expected}"
            raise Undeliverable(f"{said}: is there another model behind {self._asked_model} now?")
        sizes = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.isfinite(sizes).all() or not sizes.all():
            raise NotEmbeddable(f"{self._host} gives a vector that says nothing (zeros, or no numbers)")
        self._dimensions = expected
        rows: NDArray[np.float32] = (vectors / sizes).astype(np.float32)
        return rows

    def _no_embeddings(self) -> Undeliverable:
        said = f"{self._host} does not answer as OpenAI's embeddings API does: check OPENAI_BASE_URL"
        return Undeliverable(said)


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """Yield texts in batches that one call bears, in order."""
    batch: list[str] = []
    size = 0
    for text in texts:
        if batch and (len(batch) == TEXTS_A_CALL or size + len(text) > CHARACTERS_A_CALL):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += len(text)
    if batch:
        yield batch


def _seconds(error: APIStatusError) -> float | None:
    """Return what Retry-After says, when it says seconds."""
    said = error.response.headers.get("retry-after", "")
    return float(said) if said.replace(".", "", 1).isdecimal() else None
