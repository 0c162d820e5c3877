"""A first question says what it wants beside what it is about; what may be sought itself is left a part of it."""

from datetime import timedelta

import pytest

from enablement import answering
from enablement.coverage import unmet_words
from enablement.model import Refinement, Written
from enablement.wishes import wished
from tests.builders import ask, asset, deal, publish, user
from tests.fakes import World

NORFIELD = deal()
UNDERSTOOD: dict[str, tuple[str, Refinement]] = {
    "pricing in French": ("pricing", Refinement(language="fr")),
    "in French, pricing": ("pricing", Refinement(language="fr")),
    "pricing (in French)": ("pricing", Refinement(language="fr")),
    "pricing in French for Norfield": ("pricing for Norfield", Refinement(language="fr")),
    "in French for Norfield": ("Norfield", Refinement(language="fr")),
    "the French version of the pricing guide": ("pricing guide", Refinement(language="fr")),
    "pricing in the US in French": ("pricing in the US", Refinement(language="fr")),
    "IT in French": ("IT", Refinement(language="fr")),
    "show it in French": ("", Refinement(language="fr")),
    "tarifs en anglais pour le DAF": ("tarifs", Refinement(language="en", persona="DAF")),
    "preços em inglês para o diretor financeiro": (
        "preços",
        Refinement(language="en", persona="diretor financeiro"),
    ),
    "ราคาเป็นภาษาฝรั่งเศส": ("ราคา", Refinement(language="fr")),
    "ราคา ภาษาไทย": ("ราคา", Refinement(language="th")),
    "價格表 用法文": ("價格表", Refinement(language="fr")),
    "請用法文給我價格表": ("價格表", Refinement(language="fr")),
    "價格表的法文版": ("價格表", Refinement(language="fr")),
    "가격표 프랑스어로": ("가격표", Refinement(language="fr")),
    "프랑스어로 된 가격표": ("가격표", Refinement(language="fr")),
    "battlecard for the CFO": ("battlecard", Refinement(persona="CFO")),
    "payback for the CFO of Norfield": ("payback Norfield", Refinement(persona="CFO")),
    "แบตเทิลการ์ดสำหรับซีเอฟโอ": ("แบตเทิลการ์ด", Refinement(persona="ซีเอฟโอ")),
    "給財務長的價格": ("價格", Refinement(persona="財務長")),
    "재무이사를 위한 가격표": ("가격표", Refinement(persona="재무이사")),
    "court et en français": ("", Refinement(language="fr", most_pages=4)),
    "short deck about pricing": ("deck about pricing", Refinement(most_pages=4)),
    "a one-pager about pricing": ("pricing", Refinement(most_pages=2)),
    "long, in Korean: security": ("security", Refinement(language="ko", least_pages=5)),
    "only case studies about pricing": ("case studies about pricing", Refinement(format="case studies")),
    "사례만 한국어로": ("사례", Refinement(language="ko", format="사례")),
    "in French: “total cost”": ("“total cost”", Refinement(language="fr")),
}
SOUGHT = (
    "French customs regulation",
    "in French customs regulation",
    "pricing in French Guiana",
    "Thai Airways case study",
    "French version control",
    "pricing not in French",
    "tarifs sauf en anglais",
    "“pricing in French”",
    "pricing in English and Thai",
    "payback for the CFO summit",
    "training content for security",
    "contenu pour les achats",
    "long haul logistics",
    "short term loans",
    "why is our sales cycle shorter",
    "more details on pricing",
    "case studies",
    "battlecard",
    # A course of French, the usage of a document, and what copyright is.
    "หลักสูตรภาษาฝรั่งเศส",
    "用法文件",
    "法文版權",
    "中文 市場",
    "프랑스어 교육",
    "프랑스어로 말하기 교육",
    "inglês para negócios",
    "",
)


@pytest.mark.parametrize(("question", "understood"), UNDERSTOOD.items())
def test_a_first_question_is_understood_in_every_language(
    question: str, understood: tuple[str, Refinement]
) -> None:
    asked = ask(question)

    found = wished(asked, [NORFIELD])

    assert found is not None
    assert (found.question, found.refined) == understood
    assert found.refines == asked.id != found.id


@pytest.mark.parametrize("question", SOUGHT)
def test_what_may_be_sought_itself_is_left_in_the_question(question: str) -> None:
    assert wished(ask(question), [NORFIELD]) is None


@pytest.mark.parametrize("name", ["Seoul Academy – Training in English", "In French Ltd – Renewal"])
@pytest.mark.parametrize("others", [(), (NORFIELD,)])
def test_the_name_of_a_deal_is_no_wish(name: str, others: tuple[object, ...]) -> None:
    named = deal(name)
    question = f"pricing for {named.name.partition(' – ')[2] if 'Training' in name else 'In French'}"

    assert wished(ask(question), [named, *([NORFIELD] if others else [])]) is None


def test_what_was_understood_or_chosen_before_is_not_read_again() -> None:
    for changes in ({"replaces": True}, {"refines": "earlier"}, {"refined": Refinement(language="th")}):
        assert wished(ask("pricing in French", **changes), [NORFIELD]) is None


def test_a_language_that_nobody_has_is_missed_and_counts_as_unmet(world: World) -> None:
    anna = user()
    mine = deal(owner_id=anna.id)
    world.mirror.store(users=[anna], deals=[mine])
    world.crm.allow(anna.id, mine.id)
    publish(world.catalog, asset("Pricing guide"), "Pricing and discounts.")
    world.index.follow()
    asked = ask("pricing in Korean", email=anna.email)
    world.ledger.write(Written(records=(asked,)), now=world.clock())

    said = answering.answer(asked, world.services, now=world.clock())
    again = answering.answer(asked, world.services, now=world.clock())

    assert isinstance(said, answering.Answer)
    assert said.missed == ("language",)
    assert [one.asset.title for one in said.shown] == ["Pricing guide"]
    assert again == said
    [unmet] = world.ledger.unmet(since=world.clock() - timedelta(days=1), limit=9)
    assert unmet_words(*unmet) == "pricing (in Korean)"


def test_reasons_spell_whom_it_is_for_as_the_asker_did(world: World) -> None:
    anna = user()
    mine = deal(owner_id=anna.id)
    world.mirror.store(users=[anna], deals=[mine])
    world.crm.allow(anna.id, mine.id)
    publish(world.catalog, asset("Payback for a CFO"), "Payback in a year.")
    world.index.follow()
    asked = ask("payback for the CFO", email=anna.email)
    world.ledger.write(Written(records=(asked,)), now=world.clock())

    said = answering.answer(asked, world.services, now=world.clock())

    assert isinstance(said, answering.Answer)
    [by_words] = [one for one in said.shown[0].suggestion.reasons if one.kind == "words"]
    assert {"payback", "CFO"} <= set(by_words.values)
