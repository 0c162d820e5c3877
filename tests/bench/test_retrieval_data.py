"""Judged collections are read as they were meant, and what is not one is refused."""

import json
from pathlib import Path

import pytest

from bench.retrieval.datasets import BadDataset, Judged, cranfield, tatoeba, xquad

ALL = ".I 1\n.T\nwings\n.A\nsomebody\n.B\n.W\nlift of wings\n.I 2\n.T\nheat\n.W\nheat in slabs\nand plates\n"
ASKED = ".I 001\n.W\nwhat lifts\na wing\n.I 004\n.W\nwho heats\n.I 008\n.W\nwhat flows\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_xquad(tmp_path, "en", ["One paragraph.", "Another."], ["Which?", "What?", "Who?"])
    write_xquad(tmp_path, "th", ["\ufeffย่อหน้าหนึ่ง", "อีกย่อหน้า"], ["ไหน", "อะไร", "ใคร"])
    (tmp_path / "cran.all").write_text(ALL)
    (tmp_path / "cran.qry").write_text(ASKED)
    (tmp_path / "cranqrel").write_text("1 1 1 \n1 2 4 \n2 2 3\n2 1 -1\n3 1      5\n")
    (tmp_path / "tat.fra.src").write_text("Bonjour.\nMerci.\nSalut.\n")
    (tmp_path / "tat.fra.en").write_text("Hello.\nThank you.\nHello.\n")
    return tmp_path


def write_xquad(folder: Path, language: str, contexts: list[str], questions: list[str]) -> None:
    asked = [{"question": question} for question in questions]
    paragraphs = [{"context": contexts[0], "qas": asked[:2]}, {"context": contexts[1], "qas": asked[2:]}]
    (folder / f"xquad.{language}.json").write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}))


def test_a_question_belongs_to_the_paragraph_it_was_written_for(folder: Path) -> None:
    judged = xquad(folder, "en")

    assert judged == Judged(
        "en", "en", ["One paragraph.", "Another."], ["Which?", "What?", "Who?"], [{0: 1}, {0: 1}, {1: 1}]
    )


def test_the_questions_of_one_language_are_asked_of_the_paragraphs_of_another(folder: Path) -> None:
    english, thai = xquad(folder, "en"), xquad(folder, "th")

    across = thai.asked_in(english)

    assert (across.name, across.questions, across.documents) == ("en → th", english.questions, thai.documents)


def test_a_part_of_the_questions_keeps_what_answers_them(folder: Path) -> None:
    half = xquad(folder, "en").every(2)

    assert (half.questions, half.relevant) == (["Which?", "Who?"], [{0: 1}, {1: 1}])
    assert half.documents == xquad(folder, "en").documents


def test_two_different_collections_are_not_asked_across(folder: Path) -> None:
    write_xquad(folder, "zh", ["一", "二"], ["甲", "乙", "丙", "丁"])

    with pytest.raises(BadDataset, match="not one collection"):
        xquad(folder, "zh").asked_in(xquad(folder, "en"))


def test_cranfield_has_titles_and_texts_and_no_authors(folder: Path) -> None:
    documents = cranfield(folder).documents

    assert [document.split() for document in documents] == [
        ["wings", "lift", "of", "wings"],
        ["heat", "heat", "in", "slabs", "and", "plates"],
    ]


def test_cranfields_best_grade_is_one_and_questions_are_numbered_by_position(folder: Path) -> None:
    judged = cranfield(folder)

    assert judged.relevant == [{0: 15, 1: 1}, {1: 3}]


def test_what_nothing_answers_is_not_asked(folder: Path) -> None:
    assert [question.split() for question in cranfield(folder).questions] == [
        ["what", "lifts", "a", "wing"],
        ["who", "heats"],
    ]


def test_a_sentence_that_stands_there_twice_is_right_both_times(folder: Path) -> None:
    assert tatoeba(folder, "fra").relevant == [{0: 1, 2: 1}, {1: 1}, {0: 1, 2: 1}]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("xquad.en.json", "{", "SQuAD"),
        ("xquad.en.json", '{"data": [{}]}', "SQuAD"),
        ("xquad.en.json", '{"data": 3}', "SQuAD"),
        ("cran.all", "no record", "no records"),
        ("cran.all", ".T\ntitle\n", "does not begin with a record"),
        ("cranqrel", "1 7 2\n", "judges nothing"),
        ("cranqrel", "1 2\n", "judges nothing"),
        ("tat.fra.en", "Hello.\n", "not as many lines"),
    ],
)
def test_a_file_that_holds_something_else_is_named(folder: Path, name: str, text: str, said: str) -> None:
    (folder / name).write_text(text)

    with pytest.raises(BadDataset, match=said) as refusal:
        xquad(folder, "en"), cranfield(folder), tatoeba(folder, "fra")

    assert str(folder) in str(refusal.value)


def test_a_file_that_is_missing_is_named(folder: Path) -> None:
    (folder / "cranqrel").unlink()

    with pytest.raises(BadDataset, match=r"There is no .*cranqrel"):
        cranfield(folder)
