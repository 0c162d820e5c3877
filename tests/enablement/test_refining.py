"""Follow-ups: a few words change the question before, in all our languages; other words are a new question."""

from collections.abc import Sequence

import pytest

from enablement.model import Refinement
from enablement.refining import Before, Reading, is_named, read, refined
from tests.builders import ask, deal

NORFIELD, GLOBEX = deal(), deal("Globex – Renewal")
SHOWN = ("a", "b", "c")
NOTHING = Refinement()

LANGUAGES = {
    "in French": "fr",
    "French please": "fr",
    "en français": "fr",
    "en anglais, svp": "en",
    "em português": "pt",
    "em inglês por favor": "en",
    "ภาษาไทย": "th",
    "ขอเป็นภาษาอังกฤษหน่อย": "en",
    "用中文": "zh",
    "請給我法文版": "fr",
    "用英語": "en",
    "한국어로": "ko",
    "영어로 보여주세요": "en",
    "auf Deutsch? no: in German": "",
    "in German": "de",
}
CHANGES: dict[str, Reading] = {
    "shorter": Reading(length="shorter"),
    "plus court": Reading(length="shorter"),
    "mais curto": Reading(length="shorter"),
    "สั้นกว่านี้": Reading(),
    "สั้นกว่า": Reading(length="shorter"),
    "短一點": Reading(length="shorter"),
    "더 짧은 것": Reading(length="shorter"),
    "more detailed": Reading(length="longer"),
    "a one-pager, please": Reading(length="one-pager"),
    "for the CFO": Reading(persona="CFO", is_for=True),
    "pour le DAF": Reading(persona="DAF", is_for=True),
    "para a diretoria financeira": Reading(persona="diretoria financeira", is_for=True),
    "สำหรับฝ่ายการเงิน": Reading(persona="ฝ่ายการเงิน", is_for=True),
    "給財務長": Reading(persona="財務長", is_for=True),
    "재무이사용으로": Reading(persona="재무이사", is_for=True),
    "not that one": Reading(drops=("1",)),
    "not the second one": Reading(drops=("2",)),
    "pas le dernier": Reading(drops=("last",)),
    "o segundo não": Reading(drops=("2",)),
    "ไม่เอาอันแรก": Reading(drops=("1",)),
    "不要第三個": Reading(drops=("3",)),
    "두 번째 말고": Reading(drops=("2",)),
    "something else": Reading(drops=("all",)),
    "more": Reading(drops=("all",)),
    "autre chose": Reading(drops=("all",)),
    "mais": Reading(drops=("all",)),
    "outra coisa": Reading(drops=("all",)),
    "อย่างอื่น": Reading(drops=("all",)),
    "還有別的嗎": Reading(drops=("all",)),
    "다른 자료": Reading(drops=("all",)),
    "for Globex instead": Reading(is_for=True, is_instead=True, rest="Globex"),
    "plutôt pour Globex": Reading(is_for=True, is_instead=True, rest="Globex"),
    "換成Globex": Reading(is_instead=True, rest="Globex"),
    "Globex 대신": Reading(is_instead=True, rest="Globex"),
    "สำหรับ Globex แทน": Reading(is_for=True, is_instead=True, rest="Globex"),
    "only case studies": Reading(is_only=True, format="case studies"),
    "seulement des études de cas": Reading(is_only=True, format="études de cas"),
    "apenas estudos de caso": Reading(is_only=True, format="estudos de caso"),
    "เฉพาะกรณีศึกษา": Reading(is_only=True, format="กรณีศึกษา"),
    "只要案例": Reading(is_only=True, format="案例"),
    "사례만": Reading(is_only=True, format="사례"),
    "only security": Reading(is_only=True, rest="security"),
    "In French for the CFO, but shorter": Reading(
        language="fr", persona="CFO", is_for=True, length="shorter"
    ),
    "mais en français": Reading(language="fr"),
}
QUESTIONS = (
    "security questionnaire",
    "pricing in French",
    "the French market",
    "not in French",
    "case studies",
    "one-pager about pricing",
    "Norfield",
    "CFO",
    "more about security",
    "thanks",
    "ok",
    "",
    "ราคาสำหรับคลังสินค้า",
    "價格",
    "가격 정책",
    "tarifs de l'entrepôt",
)


def before(question: str = "payback for Norfield", refinement: Refinement = NOTHING) -> Before:
    return Before(ask(question, refined=refinement, refines=""), NORFIELD, SHOWN, pages=6)


def changed(said: str, was: Before | None = None) -> Refinement:
    """Return what a follow-up makes of an ask, which it must change."""
    reading = read(said)
    assert reading is not None
    made = refined(
        reading, ask(said), was or before(), names_deal=lambda text: is_named(text, [NORFIELD, GLOBEX])
    )
    assert made is not None
    return made.refined


@pytest.mark.parametrize(("said", "language"), LANGUAGES.items())
def test_a_language_is_understood_in_every_language(said: str, language: str) -> None:
    assert (read(said) or Reading()).language == language


@pytest.mark.parametrize(("said", "reading"), CHANGES.items())
def test_what_changes_a_question_is_understood_in_every_language(said: str, reading: Reading) -> None:
    assert (read(said) or Reading()) == reading


@pytest.mark.parametrize("said", QUESTIONS)
def test_what_is_a_question_of_its_own_is_left_one(said: str) -> None:
    assert read(said) is None


def test_a_follow_up_is_the_question_before_for_the_same_deal() -> None:
    reading = read("in French")
    assert reading is not None

    made = refined(reading, ask("in French"), before(), names_deal=lambda _: False)

    assert made is not None
    assert (made.question, made.deal_id) == ("payback for Norfield", NORFIELD.id)
    assert made.refines == before().ask.id
    assert made.id not in (ask("in French").id, before().ask.id)


def test_wishes_add_up_and_a_later_one_takes_the_place_of_its_kind() -> None:
    french = before(refinement=changed("in French for the CFO, not that one"))

    assert changed("in Korean, shorter, not the last one", french) == Refinement(
        language="ko", persona="CFO", most_pages=5, without=("a", "c")
    )


@pytest.mark.parametrize(
    ("said", "without"),
    [
        ("something else", SHOWN),
        ("not that one", ("a",)),
        ("not the second", ("b",)),
        ("not the last one", ("c",)),
        ("not the fifth", ()),
    ],
)
def test_what_is_not_wanted_is_left_out(said: str, without: Sequence[str]) -> None:
    assert changed(said).without == without


def test_longer_and_shorter_are_measured_by_what_was_shown_first() -> None:
    assert (changed("shorter").most_pages, changed("longer").least_pages) == (5, 7)
    assert changed("one-pager").most_pages == 2


def test_a_correction_adds_to_the_question() -> None:
    reading = read("only case studies")
    assert reading is not None

    made = refined(reading, ask("only case studies"), before(), names_deal=lambda _: False)

    assert made is not None
    assert made.question == "payback for Norfield case studies"
    assert made.refined.format == "case studies"


def test_another_deal_takes_the_place_of_the_first_in_the_question() -> None:
    reading, french = read("for Globex instead"), Refinement(language="fr", without=("a",))
    assert reading is not None

    made = refined(
        reading,
        ask("for Globex instead"),
        before(refinement=french),
        names_deal=lambda text: is_named(text, [NORFIELD, GLOBEX]),
    )

    assert made is not None
    assert (made.question, made.deal_id) == ("payback for Globex", None)
    assert made.refined == Refinement(language="fr"), "what was shown for one deal is new for the other"


@pytest.mark.parametrize(
    "said", ["for Nobody instead", "payback for Globex", "security for Globex", "battlecards for Globex"]
)
def test_what_is_more_than_the_name_of_a_deal_is_a_question(said: str) -> None:
    reading = read(said)

    assert reading is not None
    assert (
        refined(reading, ask(said), before(), names_deal=lambda text: is_named(text, [NORFIELD, GLOBEX]))
        is None
    )


@pytest.mark.parametrize(
    ("said", "is_sure"),
    [
        ("in French", True),
        ("for Globex instead", True),
        ("something else", True),
        ("for Globex", False),
        ("one-pager", False),
        ("only case studies", False),
    ],
)
def test_outside_its_thread_only_what_is_unmistakable_counts(said: str, is_sure: bool) -> None:
    reading = read(said)

    assert reading is not None
    assert reading.is_unmistakable is is_sure
