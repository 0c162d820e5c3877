"""Who is to have what is asked for: the customer, a colleague, or nobody in particular."""

import pytest

from enablement.analyser import words
from enablement.for_whom import asked_audience, without_answering
from enablement.recommend import recommend
from enablement.weighing import OTHER_AUDIENCE
from tests.builders import NOW, deal
from tests.enablement.conftest import Library, everything

CUSTOMER = (
    "proof of payback",
    "case study cold storage",
    "something to send about payback",
    "preuve du retour sur investissement",
    "prova de retorno",
    "ขอกรณีศึกษา คลังสินค้า",
    "หลักฐานการคืนทุน",
    "回收期證明",
    "투자 회수 증거",
    "고객에게 보낼 자료",
)
INTERNAL = (
    "battlecard Korvane",
    "battlecard to send",
    "objection: too expensive",
    "how do we answer Korvane",
    "comment répondre à Korvane",
    "objeção de preço",
    "ตอบยังไงเรื่องราคา",
    "競品比較",
    "怎麼回答太貴",
    "반론 대응",
)
NEITHER = ("pricing", "waterproof scanners", "proof against objections", "tarifs", "ราคา", "價格", "가격", "")


@pytest.mark.parametrize("question", CUSTOMER)
def test_what_is_asked_for_to_send_is_for_the_customer(question: str) -> None:
    assert asked_audience(question) == "customer"


@pytest.mark.parametrize("question", INTERNAL)
def test_what_helps_to_answer_is_for_colleagues(question: str) -> None:
    assert asked_audience(question) == asked_audience(question, for_persona=True) == "internal"


@pytest.mark.parametrize("question", NEITHER)
def test_most_questions_say_neither(question: str) -> None:
    assert asked_audience(question) is None


def test_what_is_for_somebody_at_the_customers_is_for_the_customer() -> None:
    assert asked_audience("payback", for_persona=True) == "customer"


def test_how_to_answer_is_no_part_of_what_to_answer_to() -> None:
    assert without_answering(words("How do we answer Korvane")) == ("korvane",)
    assert without_answering(words("what to say")) == ("what", "to", "say")


def test_what_a_customer_may_see_comes_first_where_something_to_send_is_asked_for(library: Library) -> None:
    def listed(question: str) -> list[str]:
        found = recommend(
            words(question),
            deal(),
            within=library,
            only=everything(),
            now=NOW,
            said=question,
            audience=asked_audience(question),
        )
        assert all(
            (one.reasons[-1].values[4:] == (f"{OTHER_AUDIENCE:.4f}",))
            == (asked_audience(question) not in (None, one.asset.audience))
            for one in found.ranked
        )
        return [one.asset.audience for one in found.ranked]

    assert listed("payback")[0] == "internal" or "internal" in listed("payback")
    assert listed("proof of payback")[0] == "customer"
    assert listed("objection payback")[0] == "internal"
