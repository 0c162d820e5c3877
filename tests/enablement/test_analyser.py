"""Index terms of words in each script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enablement import analyser


@pytest.mark.parametrize(
    ("asked", "written", "language"),
    [
        ("prices", "our price list", "en"),
        ("securite", "Fiche de sécurité", "fr"),
        ("implantação", "IMPLANTAÇÃO em 6 semanas", "pt-BR"),
        ("ราคา", "ตารางราคาสำหรับลูกค้า", "th"),
        ("報價", "產品報價單", "zh-TW"),
        ("報價", "2026年報價單", "zh-TW"),
        ("가격", "2026년가격표", "ko"),
        ("가격표", "2026년 가격표", "ko"),
        ("v2.1", "Release V2.1 notes", "en"),
        ("ISO-27001", "certified to iso-27001", "en"),
    ],
)
def test_a_word_finds_its_other_forms(asked: str, written: str, language: str) -> None:
    page = set(analyser.terms(written, language))

    parts = [part for word in analyser.words(asked) for part in analyser.asked_terms(word)]

    assert parts
    assert all(page & set(alternatives) for alternatives in parts)


def test_different_words_stay_apart() -> None:
    assert set(analyser.terms("pricing", "en")).isdisjoint(analyser.terms("security", "en"))


@given(st.text())
def test_any_text_gives_terms_without_an_exception(text: str) -> None:
    for term in analyser.terms(text, "en"):
        assert term
        assert not term.isspace()
