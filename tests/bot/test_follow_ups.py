"""Follow-ups to an answer: in its thread, or right after it in the same conversation, they change the question."""

from typing import Any

import pytest

from tests.doors import DEALS, DM, HALDEN, MAYA, NORFIELD, RAFA, ROLLOUT, Stage, elements, titles

QUESTION = "payback for the Norfield warehouse"


@pytest.fixture(scope="module")
def library(shared_stage: Stage) -> Stage:
    """A stage whose library has a calculator in French too, and a story of a customer."""
    shared_stage.publish(
        "Calculateur ROI",
        "Le payback d'un entrepôt : coûts, gains.",
        language="fr",
        translation_of="ROI calculator",
        kind="calculator",
    )
    shared_stage.publish(
        "Ostgard story", "Payback of a warehouse within nine months.", kind="case study", personas=["COO"]
    )
    return shared_stage


def asked(stage: Stage, text: str = QUESTION) -> str:
    """Ask in a direct message; return the thread of its answer."""
    return stage.say(text, channel=DM)


def follow_up(stage: Stage, thread: str, text: str) -> dict[str, Any]:
    stage.say(text, channel=DM, thread_ts=thread)
    return stage.last(DM)


@pytest.mark.parametrize(
    "said", ["in French", "en français", "em francês", "ภาษาฝรั่งเศส", "用法文", "프랑스어로"]
)
def test_a_language_is_answered_in_it_for_the_same_question_and_deal(library: Stage, said: str) -> None:
    answer = follow_up(library, asked(library), said)

    text = library.text(answer)
    assert titles(answer) == ["Calculateur ROI"]
    assert ROLLOUT in text
    assert "as before" in text
    assert "In French." in text
    assert f"Best matches for “{QUESTION}”" in text
    assert "in the account's language" not in text


def test_a_language_in_which_nothing_fits_is_said_and_the_nearest_shown(library: Stage) -> None:
    answer = follow_up(library, asked(library), "in Korean")

    assert "Not found: in Korean. This comes nearest." in library.text(answer)
    assert titles(answer)[0] == "ROI calculator"


def test_for_somebody_what_is_made_for_them_or_names_them(library: Stage) -> None:
    thread = asked(library)

    assert titles(follow_up(library, thread, "for the CFO")) == ["ROI calculator"]
    assert titles(follow_up(library, thread, "for the Chief Operating Officer")) == ["Ostgard story"]


def test_what_was_shown_is_left_out_and_the_way_back_shows_it_again(library: Stage) -> None:
    thread = asked(library)

    other = follow_up(library, thread, "not the first one")
    said = library.text(other)
    library.click(other, "find.back", channel=DM)
    library.drain("reply")

    again = library.last(DM)
    assert "ROI calculator" not in titles(other)
    assert "Without the one shown before." in said
    assert again["ts"] == other["ts"]
    assert titles(again)[0] == "ROI calculator"
    assert not elements(again, "find.back")
    # What was undone is no part of what comes next.
    assert titles(follow_up(library, thread, "in French")) == ["Calculateur ROI"]


def test_wishes_add_up(library: Stage) -> None:
    thread = asked(library)

    follow_up(library, thread, "only case studies")
    answer = follow_up(library, thread, "for the COO, in English")

    assert titles(answer) == ["Ostgard story"]
    assert "In English, case studies only, for COO." in library.text(answer)


def test_the_same_is_asked_for_another_deal(library: Stage) -> None:
    thread = asked(library)

    answer = follow_up(library, thread, "for Halden instead")

    text = library.text(answer)
    assert HALDEN in text
    assert "Best matches for “payback for the Halden”" in text
    assert HALDEN in library.text(follow_up(library, thread, "in French"))


def test_anothers_deal_is_no_deal(library: Stage) -> None:
    answer = follow_up(library, asked(library), "for Bryce instead")

    assert ROLLOUT in library.text(answer)
    assert "Bryce Freight" not in library.text(answer)


def test_other_words_are_a_new_question_for_the_threads_deal(library: Stage) -> None:
    thread = asked(library)
    follow_up(library, thread, "in French")

    answer = follow_up(library, thread, "security questionnaire")

    assert titles(answer)[0] == "Security whitepaper"
    assert "this thread's deal" in library.text(answer)
    assert not elements(answer, "find.back")


def test_a_thread_is_many_peoples_and_each_changes_their_own_answer(library: Stage) -> None:
    root = library.say("what do we have?", channel=NORFIELD)
    library.say(f"<@U0BOT> {QUESTION}", channel=NORFIELD, thread_ts=root)

    library.say("<@U0BOT> in French", channel=NORFIELD, thread_ts=root, user=RAFA)
    library.say("<@U0BOT> in French", channel=NORFIELD, thread_ts=root, user=MAYA)

    theirs = library.last(NORFIELD, user=RAFA)
    assert "Best matches for “in French”" not in library.text(library.last(NORFIELD))
    assert titles(library.last(NORFIELD)) == ["Calculateur ROI"]
    assert QUESTION not in library.text(theirs), "for Rafa these words are a question of his own"


def test_a_command_right_after_an_answer_changes_it_where_it_is_unmistakable(stage: Stage) -> None:
    stage.ask(QUESTION)

    changed = stage.ask("something else")
    unclear = stage.ask("only case studies")
    elsewhere = stage.ask("something else", channel=NORFIELD)
    stage.clock.advance(minutes=11)
    late = stage.ask("something else")

    assert elements(changed, "find.back")
    for new in (unclear, elsewhere, late):
        assert not elements(new, "find.back")


def test_a_follow_up_that_arrives_twice_is_answered_once_and_alike(stage: Stage) -> None:
    thread = stage.say(QUESTION, channel=DM)

    stage.say("something else", channel=DM, thread_ts=thread, times=3)

    answers = [one for one in stage.bot_messages(DM) if one.get("thread_ts") == thread]
    assert len(answers) == 2
    assert stage.rows()["asks"] == 3, "the question, the follow-up, and what it comes to"


def test_a_follow_up_is_the_asker_s_alone(stage: Stage) -> None:
    stage.ask(QUESTION, channel=DEALS)

    stage.do("command", user=RAFA, channel=DEALS, command="/content", text="in French")
    stage.drain("reply")

    assert ROLLOUT not in stage.text(stage.last(DEALS, user=RAFA))


def test_a_first_question_says_how_it_was_understood_and_can_be_taken_as_it_stands(library: Stage) -> None:
    thread = asked(library, "payback for the Norfield warehouse in French")
    answer = library.last(DM)
    said = library.text(answer)

    library.click(answer, "find.back", channel=DM)
    library.drain("reply")

    assert titles(answer) == ["Calculateur ROI"]
    assert "In French." in said
    plain = library.last(DM)
    assert plain["ts"] == answer["ts"]
    assert "“payback for the Norfield warehouse in French”" in library.text(plain), library.text(plain)
    assert titles(plain)[0] == "ROI calculator"
    assert not elements(plain, "find.back")
    assert titles(follow_up(library, thread, "en français")) == ["Calculateur ROI"]


def test_for_whom_a_first_question_is_is_said_without_a_way_back(library: Stage) -> None:
    thread = asked(library, "payback for the Norfield warehouse for the CFO")
    first = library.last(DM)

    follow_up(library, thread, "for the CFO")

    assert "For CFO." in library.text(first)
    assert not elements(first, "find.back")
    assert elements(library.last(DM), "find.back")


def test_a_first_question_in_a_language_that_nobody_has_says_so(library: Stage) -> None:
    asked(library, f"{QUESTION} in Korean")

    assert "Not found: in Korean. This comes nearest." in library.text(library.last(DM))
    assert titles(library.last(DM))[0] == "ROI calculator"


def test_a_follow_up_that_comes_before_the_first_answer_waits_for_it(stage: Stage) -> None:
    """Two quick messages: both are there before either is worked on."""
    stage.do("say", user=MAYA, channel=DM, text=QUESTION)
    stage.do("say", user=MAYA, channel=DM, text="something else")
    stage.drain("reply")

    last = stage.last(DM)
    assert elements(last, "find.back")
    assert f"Best matches for “{QUESTION}”" in stage.text(last) or "Without" in stage.text(last)
