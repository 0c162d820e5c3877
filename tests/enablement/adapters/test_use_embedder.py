"""The embedder that is always there: six languages, any text, many threads."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import example, given, settings, strategies as st
from numpy.typing import NDArray

from enablement.adapters.embed.texts import LONGEST
from enablement.adapters.embed.use import UseEmbedder
from tests.fakes import at_once

LOAD_AT_ONCE = """
import threading
import numpy as np
from enablement.adapters.embed.use import UseEmbedder
embedder, found, gate = UseEmbedder(), {}, threading.Barrier(6)
def ask(number):
    gate.wait()
    found[number] = embedder.question("how much does it cost")
threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert len(found) == 6 and all(np.array_equal(found[0], one) for one in found.values())
"""
SAYINGS = {
    "en": ["How much does the system cost?", "Is our data encrypted?", "The goods spoil in the cold store."],
    "fr": [
        "Combien coûte le système ?",
        "Nos données sont-elles chiffrées ?",
        "Les denrées s'abîment au froid.",
    ],
    "pt-BR": [
        "Quanto custa o sistema?",
        "Nossos dados são criptografados?",
        "A mercadoria estraga na câmara fria.",
    ],
    "th": ["ระบบนี้ราคาเท่าไร", "ข้อมูลของเราถูกเข้ารหัสหรือไม่", "สินค้าเน่าเสียในห้องเย็น"],
    "zh-TW": ["這個系統多少錢？", "我們的資料有加密嗎？", "貨物在冷藏庫裡腐壞。"],
    "ko": ["이 시스템은 얼마입니까?", "우리 데이터는 암호화됩니까?", "냉장 창고에서 상품이 상합니다."],
}


# Loaded once; Hypothesis does without fixtures.
_shared = UseEmbedder()


@pytest.fixture
def embedder() -> UseEmbedder:
    return _shared


def expect_rows(rows: NDArray[np.float32], count: int) -> None:
    assert rows.shape == (count, UseEmbedder.dimensions)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3)


@pytest.mark.parametrize("language", SAYINGS)
def test_a_sentence_is_nearest_to_its_own_translation(language: str, embedder: UseEmbedder) -> None:
    english = embedder.passages(SAYINGS["en"])

    translated = np.stack([embedder.question(text) for text in SAYINGS[language]])

    expect_rows(translated, 3)
    assert (translated @ english.T).argmax(axis=1).tolist() == [0, 1, 2]


@settings(deadline=None, max_examples=150)
@given(st.lists(st.text(st.characters(codec=None, categories=None)), max_size=4))
@example([])
@example(["", " ", "\n\t"])
@example(["\x00" * 300, "".join(map(chr, range(32))), "\x7f\x9b"])
@example(["\ud800 half a character", "\udfff"])
@example(["\ufdfa" * 3_000, "a\u0300" * 5_000, "\U0010ffff\u202e\u200b\ufeff"])
@example(["倉" * 100_000, "ก" * 100_000, "a" * 100_000, "👩‍👩‍👧‍👦" * 20_000])
def test_any_text_gets_its_row(texts: list[str]) -> None:
    expect_rows(_shared.passages(texts), len(texts))


def test_only_the_beginning_of_an_endless_text_counts(embedder: UseEmbedder) -> None:
    text = "The goods spoil in the cold store. " * 3_000

    whole, beginning, shorter = embedder.passages([text, text[:LONGEST], text[: LONGEST // 2]])

    assert np.array_equal(whole, beginning)
    assert not np.array_equal(whole, shorter)


def test_a_text_gets_the_same_row_alone_among_others_and_in_any_thread(embedder: UseEmbedder) -> None:
    texts = [text for sayings in SAYINGS.values() for text in sayings]
    alone = np.stack([embedder.question(text) for text in texts])

    found = at_once(8, lambda number: embedder.passages(texts[number:] + texts[:number]))

    for number, rows in enumerate(found):
        assert np.allclose(np.roll(rows, number, axis=0), alone, atol=1e-5)


def test_those_who_come_while_it_loads_get_the_same() -> None:
    done = subprocess.run([sys.executable, "-c", LOAD_AT_ONCE], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
