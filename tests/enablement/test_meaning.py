"""Meaning: text cut into sentences, versions embedded one slice after the other, questions that never wait."""

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from enablement.meaning import (
    LONGEST,
    MOST_SENTENCES_A_PAGE,
    MOST_SENTENCES_A_VERSION,
    REMEMBERED,
    NotEmbeddable,
    QuestionEmbedder,
    embed_versions,
    quantise,
    sentences,
)
from enablement.model import Vectors
from enablement.ports import Services, TryLater, Undeliverable
from tests.builders import asset, publish
from tests.fakes import FakeEmbedder, World, at_once

PAUSE_S = 0.05


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Our plan has three parts. Each takes four weeks! Will it hold? Yes, “it will.” And then we go on.",
            [
                "Our plan has three parts.",
                "Each takes four weeks!",
                "Will it hold? Yes, “it will.”",
                "And then we go on.",
            ],
        ),
        (
            "Le prix comprend l'assistance. Qu'est-ce qui n'est pas compris ? Les déplacements.",
            ["Le prix comprend l'assistance.", "Qu'est-ce qui n'est pas compris ?", "Les déplacements."],
        ),
        (
            "O preço inclui o suporte… E a implantação? Também está incluída.",
            ["O preço inclui o suporte…", "E a implantação?", "Também está incluída."],
        ),
        (
            "ราคานี้รวมการสนับสนุน ไม่รวมค่าเดินทางของทีมงาน กรุณาติดต่อฝ่ายขายของเรา",
            ["ราคานี้รวมการสนับสนุน", "ไม่รวมค่าเดินทางของทีมงาน", "กรุณาติดต่อฝ่ายขายของเรา"],
        ),
        (
            "本方案包含全年的技術支援與教育訓練。「差旅費用是否也包含在價格之內？」不包含，費用需另行計算與報價！",
            [
                "本方案包含全年的技術支援與教育訓練。",
                "「差旅費用是否也包含在價格之內？」",
                "不包含，費用需另行計算與報價！",
            ],
        ),
        (
            "가격에는 지원이 포함되어 있습니다. 출장비는 별도로 청구됩니다. 자세한 내용은 문의해 주세요.",
            [
                "가격에는 지원이 포함되어 있습니다.",
                "출장비는 별도로 청구됩니다.",
                "자세한 내용은 문의해 주세요.",
            ],
        ),
        (
            "What you get\n• Forklift terminals\n• Offline scanning\n\n- Support around the clock",
            ["What you get • Forklift terminals", "• Offline scanning", "- Support around the clock"],
        ),
    ],
    ids=["en", "fr", "pt-BR", "th", "zh-TW", "ko", "bullets"],
)
def test_text_is_cut_where_its_language_ends_a_sentence(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_a_text_without_any_end_is_cut_at_its_words_or_anywhere() -> None:
    words, signs = sentences("warehouse " * 60), sentences("倉" * 500)

    assert "".join(words).replace(" ", "") == "warehouse" * 60
    assert all(len(one) <= LONGEST and not one.startswith("arehouse") for one in words)
    assert [len(one) for one in signs] == [LONGEST, LONGEST, LONGEST, 500 - 3 * LONGEST]


@given(st.text(), st.integers(1, 40))
@example("a. " * 1000, 32)
@example("word\n" * 999, 1)
@example("\x00\ud800\u2028\ufdfa " * 300, 3)
def test_no_word_is_lost_and_there_are_never_too_many(text: str, most: int) -> None:
    found = sentences(text, most=most)

    assert "".join("".join(found).split()) == "".join(text.split())
    assert len(found) <= most
    assert all(one.strip() for one in found)


def test_a_long_page_is_covered_to_its_end() -> None:
    text = " ".join(f"This is sentence number {number} of them." for number in range(2_000))

    found = sentences(text)

    assert len(found) == MOST_SENTENCES_A_PAGE
    assert found[-1].endswith("number 1999 of them.")
    assert max(map(len, found)) < 2 * min(map(len, found[:-1]))


def test_a_hundred_thousand_signs_without_a_space_take_no_longer_than_a_moment() -> None:
    began = time.process_time()

    sentences("ก" * 100_000)
    sentences("a." * 50_000)
    sentences(" \n" * 50_000)

    assert time.process_time() - began < 5


@given(arrays(np.float32, (3, 16), elements=st.floats(-1, 1, width=32)))
def test_eight_bits_change_a_likeness_by_little(rows: NDArray[np.float32]) -> None:
    # In 64 bits: the square of what is tiny is nothing in 32.
    sizes = np.linalg.norm(rows.astype(np.float64), axis=1, keepdims=True)
    even = np.where(sizes > 0, rows / np.where(sizes > 0, sizes, 1), 0).astype(np.float32)

    packed = quantise(even)

    assert packed.dtype == np.int8
    assert packed.min() >= -127
    # Each number is off by half a step at most.
    unpacked = packed.astype(np.float32) / 127
    assert np.abs(unpacked - even).max() < 0.501 / 127
    assert np.abs(unpacked @ unpacked.T - even @ even.T).max() < 16 * 0.5 / 127
    assert (packed[sizes[:, 0] == 0] == 0).all()


def with_embedder(world: World) -> tuple[FakeEmbedder, Services]:
    embedder = FakeEmbedder()
    return embedder, replace(world.services, embedder=embedder)


def kept(world: World, *version_ids: str) -> list[Vectors]:
    return sorted(world.vectors.of(version_ids, FakeEmbedder.model), key=lambda one: one.version_id)


def rows(packed: bytes) -> NDArray[np.float32]:
    found: NDArray[np.float32] = np.frombuffer(packed, np.int8).astype(np.float32) / np.float32(127)
    return found.reshape(-1, FakeEmbedder.dimensions)


def test_pages_and_sentences_get_rows_of_their_own(world: World) -> None:
    embedder, services = with_embedder(world)
    second = ("Title", "The first thing to say here.\nAnd the second thing.")
    publish(world.catalog, asset("deck"), "Only one sentence.", ("", ""), second)

    count = embed_versions(services, limit=8)

    (found,) = kept(world, "deck v1")
    assert count == 1
    assert (found.dimensions, found.places) == (64, (0, 2, 2))
    asked = embedder.question("Title\nThe first thing to say here.\nAnd the second thing.")
    assert (rows(found.pages) @ asked).round(1).tolist()[2] == 1.0
    sentence = embedder.question("And the second thing.")
    assert (rows(found.sentences) @ sentence).argmax() == 2
    assert not rows(found.pages)[1].any(), "a page that says nothing is like nothing"


def test_what_was_embedded_is_not_embedded_again(world: World) -> None:
    embedder, services = with_embedder(world)
    for number in range(5):
        publish(world.catalog, asset(f"deck {number}"), f"text number {number}")

    counts = [embed_versions(services, limit=2) for _ in range(4)]

    assert counts == [2, 2, 1, 0]
    pages = [text for text in embedder.given if text.startswith("text number")]
    assert len(pages) == 2 * 5, "once as a page and once as a sentence"
    assert world.vectors.count("words") == (5, 5)


def test_without_an_embedder_nothing_is_done(world: World) -> None:
    publish(world.catalog, asset("deck"))

    assert embed_versions(world.services, limit=8) == 0


def test_a_version_that_is_refused_does_not_block_the_others(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    embedder, services = with_embedder(world)
    embedder.refused_word = "poison"
    for title in ("good", "bad", "better"):
        publish(world.catalog, asset(title), "a drop of poison" if title == "bad" else "fresh water")

    counts = [embed_versions(services, limit=8) for _ in range(2)]

    assert counts == [3, 0]
    assert [one.version_id for one in kept(world, "good v1", "bad v1", "better v1")] == [
        "better v1",
        "good v1",
    ]
    assert world.vectors.refused("words") == 1
    assert "bad v1" in caplog.text


def test_an_embedder_that_refuses_everything_is_to_blame_and_not_the_versions(world: World) -> None:
    embedder, services = with_embedder(world)
    embedder.refused_word = ""
    embedder.failure = NotEmbeddable("the model is asleep")
    publish(world.catalog, asset("deck"))

    with pytest.raises(Undeliverable, match="the model is asleep") as refused:
        embed_versions(services, limit=8)

    assert not isinstance(refused.value, NotEmbeddable)
    assert world.vectors.refused("words") == 0
    assert world.vectors.missing("words", limit=8) == ["deck v1"]


def test_a_document_of_thousands_of_pages_gets_a_bounded_number_of_sentences(world: World) -> None:
    _, services = with_embedder(world)
    page = "One thing that is said here. Another thing that is said. A third thing that is said."
    publish(world.catalog, asset("tome"), *[page] * 2_000)

    embed_versions(services, limit=8)

    (found,) = kept(world, "tome v1")
    assert len(found.pages) == 2_000 * 64
    assert len(found.places) == len(found.sentences) / 64 == MOST_SENTENCES_A_VERSION
    assert all(before <= after for before, after in pairwise(found.places))


class Gate(FakeEmbedder):
    """An embedder that answers when it is let to; remembers who came."""

    def __init__(self) -> None:
        super().__init__()
        self.opened = threading.Event()
        self.asked: list[str] = []

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        assert self.opened.wait(20)
        return super().passages(texts)


def test_a_question_gets_its_vector_and_asking_again_costs_nothing() -> None:
    embedder = FakeEmbedder()
    asker = QuestionEmbedder(embedder, within_s=10)

    first, again = asker.vector("how much  is it"), asker.vector(" how much is it\n")

    assert first is not None
    assert np.array_equal(first, embedder.question("how much is it"))
    assert again is first
    assert embedder.given.count("how much is it") == 1 + 1
    assert (asker.model, asker.degraded) == ("words", "")
    assert not first.flags.writeable, "nobody may change what all are given"


def test_without_an_embedder_or_without_words_there_is_no_vector_and_nothing_is_wrong() -> None:
    for asker in (QuestionEmbedder(None), QuestionEmbedder(FakeEmbedder())):
        assert asker.vector(" \n") is None
        assert asker.degraded == ""
    assert QuestionEmbedder(None).vector("words") is None
    assert QuestionEmbedder(None).model == ""


def test_a_slow_embedder_is_not_waited_for_and_its_answer_is_kept() -> None:
    embedder = Gate()
    asker = QuestionEmbedder(embedder, within_s=PAUSE_S)

    began = time.monotonic()
    late = asker.vector("price")
    took = time.monotonic() - began
    said = asker.degraded
    embedder.opened.set()
    asker._pool.shutdown(wait=True)

    assert late is None
    assert took < PAUSE_S + 1
    assert said == "no answer within 0.05 s"
    assert asker.vector("price") is not None, "what came late is there for the next"


def test_an_embedder_that_failed_is_left_alone_for_longer_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("enablement.meaning.monotonic", lambda: now)
    embedder = FakeEmbedder()
    embedder.failure = TryLater("the service is away")
    tries: list[float] = []
    asker = QuestionEmbedder(embedder, within_s=10)

    def question(text: str) -> NDArray[np.float32]:
        tries.append(now)
        return FakeEmbedder.question(embedder, text)

    monkeypatch.setattr(embedder, "question", question)
    while now < 400:
        assert asker.vector(f"question at {now}") is None
        now += 0.5
    pauses = [after - before for before, after in pairwise(tries)]
    said = asker.degraded
    embedder.failure = None
    now += 60
    found = asker.vector("again")

    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert said == "the service is away"
    assert found is not None
    assert asker.degraded == ""
    assert asker.vector("another one at once") is not None


def test_while_one_tries_whether_it_is_back_the_others_do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("enablement.meaning.monotonic", lambda: now)
    embedder = Gate()
    asker = QuestionEmbedder(embedder, within_s=PAUSE_S)
    asker.vector("first")
    now += 1

    found = at_once(8, lambda number: asker.vector(f"question {number}"))
    embedder.opened.set()

    assert found == [None] * 8
    assert len(embedder.asked) == 2


def test_several_that_fail_together_count_as_one_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("enablement.meaning.monotonic", lambda: now)
    embedder = FakeEmbedder()
    together = threading.Barrier(8, timeout=20)

    def fail(_: str) -> NDArray[np.float32]:
        together.wait()
        raise TryLater("the service is away")

    with monkeypatch.context() as patch:
        patch.setattr(embedder, "question", fail)
        asker = QuestionEmbedder(embedder, within_s=10)
        at_once(8, lambda number: asker.vector(f"question {number}"))
    now += 1

    assert asker.vector("again") is not None


def test_a_question_that_is_refused_does_not_cost_others_their_vector() -> None:
    embedder = FakeEmbedder()
    embedder.refused_word = "poison"
    asker = QuestionEmbedder(embedder, within_s=10)

    refused = asker.vector("a drop of poison")
    said = asker.degraded

    assert refused is None
    assert "is refused" in said
    assert asker.vector("water") is not None
    assert asker.degraded == ""


def test_to_prepare_asks_the_embedder_once_and_bears_that_it_fails() -> None:
    embedder = FakeEmbedder()
    asker = QuestionEmbedder(embedder)

    asker.prepare()
    asked = len(embedder.given)
    embedder.failure = TryLater("the service is away")
    asker.prepare()
    QuestionEmbedder(None).prepare()

    assert asked == 1
    assert asker.degraded == "", "that shows with the first question"


def test_a_bug_in_an_embedder_does_not_stop_the_search(caplog: pytest.LogCaptureFixture) -> None:
    embedder = FakeEmbedder()
    embedder.failure = ZeroDivisionError("oops")
    asker = QuestionEmbedder(embedder, within_s=10)

    assert asker.vector("price") is None
    assert asker.degraded == "ZeroDivisionError: oops"
    assert "the embedder failed" in caplog.text


def test_only_so_many_questions_are_remembered() -> None:
    embedder = FakeEmbedder()
    asker = QuestionEmbedder(embedder, within_s=10)

    for number in range(REMEMBERED + 1):
        asker.vector(f"question {number}")
        asker.vector("question 1")

    asked = len(embedder.given)
    asker.vector("question 1")
    kept_one = len(embedder.given)
    asker.vector("question 0")

    assert asked == kept_one == REMEMBERED + 1, "what is asked often stays"
    assert len(embedder.given) == asked + 1, "what was not asked for long is asked anew"


def test_many_may_ask_at_once() -> None:
    embedder = FakeEmbedder()
    asker = QuestionEmbedder(embedder, within_s=10)

    found = at_once(16, lambda number: [asker.vector(f"question {number} {n}") for n in range(20)])

    for number, vectors in enumerate(found):
        for n, vector in enumerate(vectors):
            assert np.array_equal(vector, embedder.question(f"question {number} {n}"))
