"""The table: opened by any spreadsheet, run by none."""

import csv
import io
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from enablement import announcing
from enablement.announcing import PersonResult, Results, Totals
from enablement.model import QuizAnswer, QuizQuestion, Wording
from tests.builders import NOW, announcement, receipt

BANGKOK = ZoneInfo("Asia/Bangkok")
QUIZ = QuizQuestion("Which price?", ("=10", "20"))


def results(*people: PersonResult) -> Results:
    one = announcement(wordings=(Wording("en", "Price", "Up", (QUIZ,)),), right=(1,))
    question = announcing.QuestionResult((0, 0), 1)
    return Results(one, True, Totals(), (), people, (question,), None)


def person(name: str = "Anna", **changes: object) -> PersonResult:
    made = PersonResult(receipt("U1", delivered_at=NOW), name, "Sales EMEA", "delivered", (None,))
    return replace(made, **changes)  # type: ignore[arg-type] # a builder takes what a test gives


def rows(*people: PersonResult) -> list[dict[str, str]]:
    data = announcing.sheet(results(*people), zone=BANGKOK)
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_the_columns_are_those_that_are_documented() -> None:
    data = announcing.sheet(results(), zone=BANGKOK)

    assert data.startswith(b"\xef\xbb\xbf")
    header = data.decode("utf-8-sig").strip().split(",")
    assert header == [*announcing.COLUMNS, "question_1", "question_1_right"]


def test_moments_have_the_offset_of_whoever_asked() -> None:
    (row,) = rows(person())

    assert row["delivered_at"].endswith("+07:00")
    assert datetime.fromisoformat(row["delivered_at"]) == NOW.replace(microsecond=0)
    assert row["acknowledged_at"] == ""


def test_answers_are_given_in_words() -> None:
    answer = QuizAnswer("a", receipt("U1").id, 0, 0, is_right=False, at=NOW)

    (row,) = rows(person(answers=(answer,)))

    assert (row["question_1"], row["question_1_right"]) == ("'=10", "no")


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "  =1", "\t=1", "\r=1", "＝1"])
def test_a_cell_is_never_a_formula(name: str) -> None:
    (row,) = rows(person(name))

    assert row["name"] == f"'{name}"


@given(st.text(), st.text())
def test_any_name_comes_back_and_begins_no_formula(name: str, team: str) -> None:
    name, team = (text.encode(errors="replace").decode() for text in (name, team))

    (row,) = rows(person(name, team=team))

    assert row["name"] in (name, f"'{name}")
    assert row["team"] in (team, f"'{team}")
    assert not any(cell.lstrip(" ")[:1] in set("=+-@\t\r") - {""} for cell in row.values())


def test_a_surrogate_that_stands_alone_is_no_failure() -> None:
    (row,) = rows(person("A\ud800"))

    assert row["name"].startswith("A")


def test_who_took_how_long_is_in_the_table() -> None:
    one = receipt("U1", delivered_at=NOW, acknowledged_at=NOW + timedelta(hours=1), acknowledged_revision=1)

    (row,) = rows(person(receipt=one, standing="acknowledged"))

    assert row["state"] == "acknowledged"
    assert row["acknowledged_at"] > row["delivered_at"]
