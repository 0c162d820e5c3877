"""Results are taken by Slack whatever stands in them and however many there are, and call nobody."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings, strategies as st

from bot.results_blocks import PAGE, progress, results_list, results_modal
from enablement.announcing import PersonResult, QuestionResult, Results, TeamResult, Totals, Usage, Used
from enablement.language import speaking
from enablement.model import LANGUAGES, QuizQuestion, Wording
from sandbox.slack.blocks import check_message_blocks, check_view
from tests.bot.test_announce_drawing import called
from tests.builders import announcement, receipt

seeded = settings(derandomize=True, deadline=None, max_examples=40)
any_text = st.text(min_size=1, max_size=300) | st.sampled_from(
    [
        "<!channel>",
        "<@U0MAYA> <#C1|x>",
        "&" * 300,
        "<" * 300,
        "🚚" * 300,
        "\u202e\x00\n",
        "`*_~",
        "ไทย",
        "\ud800",
    ]
)


def results(text: str, *, people: int = 60, teams: int = 30) -> Results:
    quiz = tuple(QuizQuestion(text, tuple(f"{text[:74]}{n}" for n in range(5))) for _ in range(3))
    one = announcement(wordings=(Wording("en", text[:150], text, quiz),), right=(0, 1, 2), state="running")
    totals = Totals(people, 1, 1, people - 2, 5, 4, 3, 2, 1)
    some = [PersonResult(receipt(f"U{n}", snoozes=1), text, text, "delivered") for n in range(people)]
    return Results(
        one,
        is_whole=False,
        totals=totals,
        teams=tuple(TeamResult(text, totals) for _ in range(teams)),
        people=tuple(some),
        questions=tuple(QuestionResult((9, 8, 7, 6, 5), right) for right in (0, 1, 2)),
        took=timedelta(hours=5),
    )


def used(text: str) -> list[Usage]:
    counts = Used({"opened": 1, "shared": 2, "presented": 3, "opened_by_buyer": 4}, 5, 6)
    return [Usage("a", text, counts, counts)] * 20


@seeded
@given(any_text, st.sampled_from(LANGUAGES), st.integers(0, 30))
def test_any_text_in_any_language_is_within_slacks_limits(text: str, language: str, page: int) -> None:
    found = results(text)
    with speaking(language):
        view = results_modal(found, used(text), page=page, note=text).to_dict()
        messages = [progress(found), results_list([found.announcement] * 20), results_list([])]

    assert check_view(view, kinds=("modal",)) == []
    assert called(view["blocks"]) == []
    for blocks, said in messages:
        drawn = [block.to_dict() for block in blocks]
        assert check_message_blocks(drawn) == []
        assert called(drawn) == []
        assert "<" not in said


@pytest.mark.parametrize(
    ("page", "ways"), [(1, ["more"]), (2, ["back", "more"]), (3, ["back"]), (99, ["back"])]
)
def test_names_are_turned_page_by_page(page: int, ways: list[str]) -> None:
    found = results("x")
    named = tuple(replace(one, name=f"P{number:02}") for number, one in enumerate(found.people))

    view = results_modal(replace(found, people=named), [], page=page).to_dict()

    first = (min(page, 3) - 1) * 25
    shown = [number for number in range(60) if f"P{number:02}" in str(view)]
    buttons = [
        one["action_id"]
        for block in view["blocks"]
        for one in block.get("elements", [])
        if "action_id" in one
    ]
    assert shown == list(range(first, min(first + 25, 60)))
    assert [one for one in buttons if one.startswith(f"{PAGE}.")] == [f"{PAGE}.{way}" for way in ways]


def test_where_nobody_was_meant_nothing_is_divided() -> None:
    found = replace(results("x"), people=(), teams=(), totals=Totals())

    assert "0 of 0" in str(results_modal(found, []).to_dict())
