"""A long message is boiled down to what the library knows of it; a question stays as it is."""

import pytest

from enablement.empty_words import is_talk, says_little
from enablement.gist import MOST, gist
from tests.builders import deal
from tests.enablement.conftest import Library, everything

WORRIED = (
    "Hi Maya, thanks for the call yesterday. We are worried about the switching costs and the time it takes to train "
    "people on the floor. Is there anything you can share?"
)


def boiled(library: Library, message: str) -> str | None:
    return gist(message, index=library.index, only=everything(), about=(deal(),))


def test_of_a_message_what_the_library_knows_is_left(library: Library) -> None:
    assert boiled(library, WORRIED) == "switching costs train floor"


@pytest.mark.parametrize(
    ("message", "held"),
    [
        (
            "Bonjour, merci pour l'appel. Nous voudrions savoir combien de temps il faut pour la mise en service de "
            "l'entrepôt.",
            "service",
        ),
        ("Olá, obrigado pela reunião de ontem. Vocês têm um exemplo de cliente do varejo?", "varejo"),
        ("สวัสดีครับ ขอบคุณสำหรับการประชุมเมื่อวาน ทีมของเราอยากรู้ว่าใช้เวลานานแค่ไหนกว่าจะคุ้มทุน", "คุ้มทุน"),
        ("您好，謝謝昨天的會議。我們的團隊想知道員工的教育訓練怎麼安排，還有價格是多少？", "教育訓練"),
        ("안녕하세요, 어제 미팅 감사합니다. 저희는 투자 회수 기간이 얼마나 되는지 궁금합니다.", "투자 회수"),
    ],
)
def test_in_every_language_talk_is_left_out(library: Library, message: str, held: str) -> None:
    left = boiled(library, message)

    assert left is not None
    assert held in left
    assert len(left) < len(message) / 2


@pytest.mark.parametrize(
    "question",
    [
        "proof of payback for the CFO",
        "What does the second site cost, and how long does it take?",
        "“we are worried about the switching costs and the time it takes to train people on the floor today”",
        "倉庫系統的價格",
        "",
    ],
)
def test_a_question_stays_as_it_is(library: Library, question: str) -> None:
    assert boiled(library, question) is None


def test_a_message_without_any_question_leaves_nothing(library: Library) -> None:
    assert boiled(library, "Hi Sam, thanks a lot, talk soon! We will all be there next week.") == ""


def test_the_rarest_words_are_left_in_their_order(library: Library) -> None:
    said = "Thanks. Payback pricing scanner warehouse Palletary Korvane Dockwright forecast labour docks gates trucks."

    left = (boiled(library, said) or "").split()

    assert len(left) == MOST
    assert left == [one for one in said.rstrip(".").split() if one in left]
    assert {"Palletary", "Korvane", "Dockwright"} < set(left)


def test_what_no_page_holds_is_left_only_where_nothing_else_is(library: Library) -> None:
    unknown = "Hello. Zzyzx qwfpgj arstdh neioxc vbkmjl."

    assert boiled(library, unknown) == "Zzyzx qwfpgj arstdh neioxc vbkmjl"
    assert boiled(library, f"{unknown} Payback.") == "Payback"


def test_the_name_of_the_deal_is_no_part_of_it(library: Library) -> None:
    assert boiled(
        library, "Hi all, thanks! Norfield Foods asks about switching costs, payback and scanner prices."
    ) == ("switching costs payback scanner prices")


@pytest.mark.parametrize("word", ["we", "the", "nous", "voces", "about", "something", "저희"])
def test_grammar_says_little(word: str) -> None:
    assert says_little(word)
    assert is_talk(word)


@pytest.mark.parametrize("word", ["team", "call", "yesterday", "merci", "reuniao"])
def test_talk_may_be_what_a_short_question_is_about(word: str) -> None:
    assert is_talk(word)
    assert not says_little(word)
