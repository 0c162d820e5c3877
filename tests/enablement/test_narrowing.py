"""A refined question is answered by what meets the wish; what nothing meets is given up and named."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from enablement import answering
from enablement.answering import Answer
from enablement.model import Asset, Deal, Facets, Place, Refinement, Written, key
from tests.builders import ANNA, NOW, ask, asset, deal, publish, user
from tests.fakes import World

HERE = Place("D1", "1.1", is_direct=True)
TEXT = "Payback of a warehouse in nine months."
LONG = ("Payback of a warehouse in detail.", "More.", "More.", "More.", "More.", "More.")


@pytest.fixture
def mine(world: World) -> Deal:
    """The only deal of Anna, and a library with a guide in two languages, a story and a long paper."""
    anna, one = user(), deal()
    world.mirror.store(users=[anna], deals=[one])
    world.crm.allow(anna.id, one.id)
    for made, texts in _library():
        publish(world.catalog, made, *texts)
    world.index.follow()
    return one


def _library() -> Sequence[tuple[Asset, Sequence[str]]]:
    guide = asset("Payback guide", facets=Facets(industries=("Manufacturing",), personas=("IT Director",)))
    return (
        (guide, (TEXT, "A second page.")),
        (
            asset("Guide du retour", language="fr", translation_of=guide.source),
            ("Retour sur investissement.",),
        ),
        (asset("Payback story", kind="Case study", facets=Facets(personas=("Finance Director",))), (TEXT,)),
        (asset("Payback paper", audience="internal"), LONG),
    )


def said(world: World, question: str, refinement: Refinement, **more: Any) -> Answer:
    asked = ask(
        question,
        id=key("ask", question, refinement),
        email=ANNA,
        place=HERE,
        refined=refinement,
        refines="before",
        deal_id=deal().id,
    )
    reply = answering.answer(replace(asked, **more), world.services, now=world.clock())
    assert isinstance(reply, Answer)
    return reply


def titles(reply: Answer) -> list[str]:
    return [one.asset.title for one in reply.shown]


@pytest.mark.usefixtures("mine")
@pytest.mark.parametrize(
    ("question", "refinement", "found"),
    [
        ("payback", Refinement(most_pages=1), ["Payback story"]),
        ("payback", Refinement(least_pages=3), ["Payback paper"]),
        *(
            (question, refinement, found)
            for question in ("payback", "")
            for refinement, found in (
                (Refinement(language="fr"), ["Guide du retour"]),
                # What it translates is made for them.
                (Refinement(language="fr", persona="Head of IT"), ["Guide du retour"]),
                (Refinement(format="études de cas"), ["Payback story"]),
                (Refinement(persona="CFO"), ["Payback story"]),
                (Refinement(persona="CFO", format="case studies", language="en"), ["Payback story"]),
            )
        ),
    ],
)
def test_what_meets_the_wish_is_shown(
    world: World, question: str, refinement: Refinement, found: list[str]
) -> None:
    reply = said(world, question, refinement)

    assert titles(reply) == found
    assert (reply.basis, reply.missed) == ("words" if question else "fit", ())


@pytest.mark.usefixtures("mine")
def test_a_translation_names_what_it_translates_and_no_page_that_another_holds_the_words_on(
    world: World,
) -> None:
    [shown] = said(world, "payback", Refinement(language="fr", persona="Head of IT")).shown

    kinds = [why.kind for why in shown.suggestion.reasons]
    assert kinds[0] == "translation"
    assert "words" not in kinds


@pytest.mark.usefixtures("mine")
def test_what_nothing_meets_is_named_and_the_rest_is_kept(world: World) -> None:
    korean = said(world, "payback", Refinement(language="ko", format="case study"))
    french = said(world, "payback", Refinement(language="fr", format="case study", least_pages=3))

    assert (titles(korean), korean.missed) == (["Payback story"], ("language",))
    assert titles(french) == ["Guide du retour"], "a language is held on to longest"
    assert french.missed == ("format", "length")


@pytest.mark.usefixtures("mine")
def test_where_nothing_can_be_met_the_answer_is_as_without_the_wish(world: World) -> None:
    plain = said(world, "payback", Refinement())
    korean = said(world, "payback", Refinement(language="ko"))

    assert set(titles(korean)) == set(titles(plain))
    assert (korean.basis, korean.missed) == ("words", ("language",))


@pytest.mark.usefixtures("mine")
def test_what_is_left_out_stays_out_in_its_translations_too(world: World) -> None:
    guide = next(one for one in world.catalog.assets() if one.title == "Payback guide")

    reply = said(world, "payback", Refinement(without=(guide.id,)))
    french = said(world, "payback", Refinement(language="fr", without=(guide.id,)))

    assert set(titles(reply)) == {"Payback story", "Payback paper"}
    assert "Guide du retour" not in titles(french)


@pytest.mark.usefixtures("mine")
def test_a_reason_does_not_call_the_language_asked_for_the_accounts(world: World) -> None:
    [shown] = said(world, "payback", Refinement(language="fr")).shown

    assert "language" not in [one.kind for one in shown.suggestion.reasons]


@pytest.mark.usefixtures("mine")
def test_outsiders_read_nothing_internal_and_hear_of_none(world: World) -> None:
    world.messenger.shared_outside.add("C1")
    outside = Place("C1", "1.1")

    reply = said(world, "payback", Refinement(least_pages=3), place=outside)

    assert "Payback paper" not in titles(reply)
    assert reply.missed == ("length",)


def test_a_follow_up_goes_on_where_a_worker_was_killed(world: World, mine: Deal) -> None:
    first = replace(ask("payback", email=ANNA, place=HERE), id="first")
    after = replace(ask("in French", email=ANNA, place=HERE, asked_at=NOW + timedelta(minutes=1)), id="after")
    world.ledger.write(Written(records=(first, after)), now=NOW)
    answering.answer(first, world.services, now=world.clock())
    world.clock.move(60)

    once = answering.answer(after, world.services, now=world.clock())
    world.clock.move(5)
    again = answering.answer(after, world.services, now=world.clock())

    assert isinstance(once, Answer)
    assert once == again
    assert (once.deal.id, once.how) == (mine.id, "before")
    assert titles(once) == ["Guide du retour"]
