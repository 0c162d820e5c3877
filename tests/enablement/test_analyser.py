"""Index terms of words in each script."""

import pytest
from hypothesis import given, strategies as st

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


def test_each_way_of_writing_chinese_finds_the_other() -> None:
    assert set(analyser.terms("資安問卷的標準答覆", "zh-TW")) == set(
        analyser.terms("资安问卷的标准答覆", "zh-CN")
    )
    assert analyser.asked_terms("倉儲") == analyser.asked_terms("仓储")
    assert analyser.words("倉儲") == ["倉儲"], "what is shown is what was written"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("가격표", ["가격", "격표"]),
        ("定价", ["定", "价", "定价"]),
        ("\uf900", ["岂"]),
        ("ราคา", ["ราค", "าคา"]),
        ("v2.1 Q3", ["v2.1", "q3"]),
    ],
)
def test_each_script_is_cut_in_its_own_way(text: str, expected: list[str]) -> None:
    assert analyser.terms(text, "") == expected
