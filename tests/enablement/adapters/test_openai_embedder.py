"""The embedder behind OpenAI's API: through the real client, against a real server that fails as services do."""

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from flask import Response, current_app, request
from numpy.typing import NDArray

from enablement.adapters.embed import openai_api
from enablement.adapters.embed.openai_api import CHARACTERS_A_CALL, TEXTS_A_CALL, OpenAIEmbedder
from enablement.adapters.embed.texts import LONGEST
from enablement.meaning import NotEmbeddable, QuestionEmbedder
from enablement.ports import TryLater, Undeliverable
from tests.enablement.adapters.embeddings_service import DIMENSIONS, Service, refusal, serving, vector

KEY = "sk-canary-5511"


class Purse:
    """A budget in memory."""

    def __init__(self, tokens: int = 1_000_000_000) -> None:
        self.tokens = tokens

    def left(self) -> int:
        return self.tokens

    def seconds_until_more(self) -> float:
        return 3_600.0

    def spend(self, amount: int) -> None:
        self.tokens -= amount


@pytest.fixture
def service() -> Iterator[Service]:
    with serving() as running:
        yield running


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def make(service: Service, pauses: list[float]) -> Callable[..., OpenAIEmbedder]:
    def made(**changes: object) -> OpenAIEmbedder:
        said: dict[str, Any] = {
            "model": "text-embedding-3-small",
            "api_key": KEY,
            "base_url": service.url,
            "with_prefixes": True,
            "budget": Purse(),
            "pause": pauses.append,
        }
        return OpenAIEmbedder(**{**said, **changes})

    return made


@pytest.fixture
def embedder(make: Callable[..., OpenAIEmbedder]) -> OpenAIEmbedder:
    return make()


def even(text: str) -> NDArray[np.float64]:
    """Return the row that a text should get."""
    found = np.asarray(vector(text))
    row: NDArray[np.float64] = found / np.linalg.norm(found)
    return row


def test_each_text_gets_its_own_row_of_length_one(embedder: OpenAIEmbedder, service: Service) -> None:
    texts = [f"text {number}" for number in range(5)]

    rows = embedder.passages(texts)

    assert rows.dtype == np.float32
    assert np.allclose(rows, [even(text) for text in texts], atol=1e-6)
    assert np.allclose(embedder.question("text 3"), rows[3], atol=1e-6)
    assert (embedder.model, embedder.dimensions) == ("text-embedding-3-small", DIMENSIONS)
    assert service.keys[0] == f"Bearer {KEY}"


def test_dimensions_are_asked_for_when_nobody_knows_them_yet(embedder: OpenAIEmbedder) -> None:
    assert embedder.dimensions == DIMENSIONS
    assert embedder.passages([]).shape == (0, DIMENSIONS)


def test_a_call_bears_only_so_many_texts_and_characters(embedder: OpenAIEmbedder, service: Service) -> None:
    many = [f"text {number}" for number in range(2 * TEXTS_A_CALL + 1)]
    long = [f"{number} {'long ' * LONGEST}" for number in range(80)]

    rows = embedder.passages([*many, *long])

    assert len(rows) == len(many) + len(long)
    assert np.allclose(rows[-1], even(long[-1][:LONGEST]), atol=1e-6)
    assert max(len(call["input"]) for call in service.calls) == TEXTS_A_CALL
    assert max(sum(map(len, call["input"])) for call in service.calls) <= CHARACTERS_A_CALL
    assert len(service.calls) == 3 + 2


def test_any_text_can_be_sent(embedder: OpenAIEmbedder) -> None:
    rows = embedder.passages(["\ud800 half a character", "\x00\x1f", "倉" * 100_000])

    assert rows.shape == (3, DIMENSIONS)


@pytest.mark.parametrize(
    ("model", "with_prefixes", "passage", "question", "name"),
    [
        ("multilingual-E5-small", True, "passage: a", "query: a", "multilingual-E5-small (prefixed)"),
        ("multilingual-e5-small", False, "a", "a", "multilingual-e5-small"),
        ("text-embedding-3-small", True, "a", "a", "text-embedding-3-small"),
    ],
)
def test_models_of_the_e5_family_are_told_questions_from_passages(
    model: str,
    with_prefixes: bool,
    passage: str,
    question: str,
    name: str,
    make: Callable[..., OpenAIEmbedder],
    service: Service,
) -> None:
    embedder = make(model=model, with_prefixes=with_prefixes)

    embedder.passages(["a"])
    embedder.question("a")

    assert service.texts == [passage, question]
    assert {call["model"] for call in service.calls} == {model}
    assert embedder.model == name


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 529])
def test_what_is_passing_is_tried_again(
    status: int, embedder: OpenAIEmbedder, service: Service, pauses: list[float]
) -> None:
    service.faults = [lambda _: refusal(status), lambda _: refusal(status)]

    rows = embedder.passages(["a"])

    assert np.allclose(rows[0], even("a"), atol=1e-6)
    assert pauses == [0.5, 2.0]


def test_what_does_not_pass_is_left_for_later(
    embedder: OpenAIEmbedder, service: Service, pauses: list[float]
) -> None:
    service.faults = [lambda _: refusal(500, "overloaded")] * 9

    with pytest.raises(TryLater, match=r"127\.0\.0\.1 answers 500: .*overloaded") as later:
        embedder.passages(["a"])

    assert len(service.calls) == 3
    assert later.value.seconds is None


def test_a_short_retry_after_is_waited_for_and_a_long_one_is_passed_on(
    embedder: OpenAIEmbedder, service: Service, pauses: list[float]
) -> None:
    service.faults = [
        lambda _: refusal(429, **{"Retry-After": "3"}),
        lambda _: refusal(429, **{"Retry-After": "77"}),
    ]

    with pytest.raises(TryLater) as later:
        embedder.passages(["a"])

    assert pauses == [3.0]
    assert later.value.seconds == 77
    assert len(service.calls) == 2


def test_a_question_is_tried_once(embedder: OpenAIEmbedder, service: Service, pauses: list[float]) -> None:
    service.faults = [lambda _: refusal(503)]

    with pytest.raises(TryLater):
        embedder.question("a")

    assert (len(service.calls), pauses) == (1, [])


def test_a_service_that_hangs_is_given_up_and_a_question_does_not_wait_for_it(
    embedder: OpenAIEmbedder, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai_api, "PASSAGES_WITHIN_S", 0.2)
    service.faults = [lambda _: service.let_go.wait(20) and refusal(500)] * 4

    with pytest.raises(TryLater, match="APITimeoutError"):
        embedder.passages(["a"])
    asker = QuestionEmbedder(embedder)
    began = time.monotonic()
    found = asker.vector("a")
    took = time.monotonic() - began

    assert found is None
    assert took < 1.3
    assert asker.degraded == "no answer within 0.3 s"
    service.let_go.set()


def test_a_dropped_connection_and_a_closed_door_are_passing(
    make: Callable[..., OpenAIEmbedder], embedder: OpenAIEmbedder, service: Service
) -> None:
    def drop(_: list[str]) -> Response:
        request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return current_app.response_class()

    service.faults = [drop]
    rows = embedder.passages(["a"])

    assert np.allclose(rows[0], even("a"), atol=1e-6)
    with pytest.raises(TryLater, match="can't be reached"):
        make(base_url="http://127.0.0.1:1/v1").passages(["a"])


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "refuses the key (401): check OPENAI_API_KEY"),
        (403, "refuses the key (403): check OPENAI_API_KEY"),
        (404, "Check OPENAI_BASE_URL and OPENAI_EMBEDDING_MODEL"),
        (418, "Check OPENAI_BASE_URL and OPENAI_EMBEDDING_MODEL"),
    ],
)
def test_what_can_never_succeed_says_what_to_check(
    status: int, said: str, embedder: OpenAIEmbedder, service: Service
) -> None:
    service.faults = [lambda _: refusal(status)]

    with pytest.raises(Undeliverable) as refused:
        embedder.passages(["a"])

    assert said in str(refused.value)
    assert not isinstance(refused.value, NotEmbeddable)
    assert len(service.calls) == 1


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_text_that_is_refused_is_told_from_a_service_that_refuses(
    status: int, embedder: OpenAIEmbedder, service: Service
) -> None:
    service.faults = [lambda _: refusal(status, "input is too long")]

    with pytest.raises(NotEmbeddable, match="input is too long"):
        embedder.passages(["a"])


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 0.0])
def test_a_vector_that_says_nothing_is_refused(
    number: float, embedder: OpenAIEmbedder, service: Service
) -> None:
    service.faults = [lambda texts: [vector(texts[0]), [number] * DIMENSIONS]]

    with pytest.raises(NotEmbeddable, match="says nothing"):
        embedder.passages(["a", "b"])


def test_another_number_of_dimensions_is_refused_with_both_numbers(
    embedder: OpenAIEmbedder, service: Service
) -> None:
    embedder.passages(["a"])
    service.faults = [
        lambda texts: [vector(text, 5) for text in texts],
        lambda texts: [vector(texts[0]), vector(texts[1], 5)],
    ]

    for _ in range(2):
        with pytest.raises(Undeliverable, match="vectors of 5 numbers instead of 8") as refused:
            embedder.passages(["a", "b"])
        assert not isinstance(refused.value, NotEmbeddable)


def test_a_vector_too_few_is_refused(embedder: OpenAIEmbedder, service: Service) -> None:
    service.faults = [lambda texts: [vector(texts[0])]]

    with pytest.raises(Undeliverable, match="gives 1 vectors for 2 texts"):
        embedder.passages(["a", "b"])


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<html>Welcome to our proxy</html>", "text/html"),
        ("{broken", "application/json"),
        ("[]", "application/json"),
        ("null", "application/json"),
        ('{"data": [{"index": 0, "embedding": "@@@"}]}', "application/json"),
        ('{"data": [{"index": "x", "embedding": [1]}, {"index": 2, "embedding": 7}]}', "application/json"),
        ('{"data": [{}]}', "application/json"),
        ('{"data": [{"index": 0, "embedding": ["a", "b"]}]}', "application/json"),
        ('{"data": [{"index": 0, "embedding": []}]}', "application/json"),
    ],
)
def test_an_answer_of_another_kind_is_refused_in_words(
    body: str, kind: str, embedder: OpenAIEmbedder, service: Service
) -> None:
    service.faults = [lambda _: Response(body, content_type=kind)]

    with pytest.raises(Undeliverable, match=r"127\.0\.0\.1"):
        embedder.passages(["a"])


def test_what_the_library_uses_is_counted_and_when_it_is_used_up_nothing_is_sent(
    make: Callable[..., OpenAIEmbedder], service: Service
) -> None:
    purse = Purse(tokens=15)
    embedder = make(budget=purse)

    embedder.passages(["ten tokens"])
    embedder.question("a question is not counted")
    embedder.passages(["ten tokens"])
    calls = len(service.calls)
    with pytest.raises(TryLater, match="TOUCHLINE_EMBED_BUDGET") as later:
        embedder.passages(["one more"])

    assert purse.tokens == 15 - 20
    assert later.value.seconds == 3_600
    assert len(service.calls) == calls
    assert embedder.question("people may still ask").shape == (DIMENSIONS,)


def test_where_the_service_does_not_count_we_do(
    make: Callable[..., OpenAIEmbedder], service: Service
) -> None:
    purse = Purse(tokens=100)
    service.counts_tokens = False

    make(budget=purse).passages(["x" * 30])

    assert purse.tokens == 100 - 11


def test_the_key_is_never_said(
    make: Callable[..., OpenAIEmbedder], service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    embedder = make()
    caplog.set_level(logging.INFO)
    quoting = f"bad request with Bearer {KEY}"
    shown = [repr(embedder), str(embedder)]

    for status in (400, 401, 404, 429, 500):
        service.faults = [lambda _, status=status: refusal(status, quoting)] * 3
        with pytest.raises((TryLater, Undeliverable)) as refused:
            embedder.passages(["a"])
        shown += [str(refused.value), repr(refused.value.__cause__)]
        assert refused.value.__suppress_context__, "a traceback would quote the service"

    assert len(shown) == 12
    assert [text for text in (*shown, caplog.text) if "canary" in text] == []


def test_many_may_ask_at_once(embedder: OpenAIEmbedder) -> None:
    found: dict[int, bool] = {}

    def ask(number: int) -> None:
        found[number] = bool(
            np.allclose(embedder.question(f"text {number}"), even(f"text {number}"), atol=1e-6)
        )

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == dict.fromkeys(range(8), True)
