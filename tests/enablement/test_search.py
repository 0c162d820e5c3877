"""From words to assets: what counts as an answer, and where it stands."""

import random

import pytest

from enablement.model import Page
from enablement.ports import AssetFilter
from enablement.search import SNIPPET_LENGTH, find, snippet
from tests.builders import NOW, asset, publish
from tests.enablement.conftest import Library
from tests.fakes import World

ALL = AssetFilter(audiences=("customer", "internal"), on=NOW.date())


def titles(world: World, *words: str) -> list[str]:
    return [match.asset.title for match in find(words, catalog=world.catalog, index=world.index, only=ALL)]


def test_the_page_that_answers_most_of_the_question_comes_first(world: World) -> None:
    publish(world.catalog, asset("both"), "security questionnaire for the cloud")
    publish(world.catalog, asset("one"), "security security security")
    publish(world.catalog, asset("none"), "pricing")
    world.index.follow()

    assert titles(world, "security", "questionnaire") == ["both", "one"]


def test_words_without_content_are_not_looked_for(world: World) -> None:
    publish(world.catalog, asset("stop"), "what is the for of")
    publish(world.catalog, asset("word"), "pricing")
    world.index.follow()

    assert titles(world, "what", "is", "the", "pricing") == ["word"]


def test_a_question_of_such_words_alone_is_still_tried(world: World) -> None:
    publish(world.catalog, asset("band"), "the who and the what")
    world.index.follow()

    assert titles(world, "the", "who") == ["band"]


def test_nothing_asked_finds_nothing(world: World) -> None:
    publish(world.catalog, asset(), "pricing")
    world.index.follow()

    assert titles(world) == []


def test_a_match_says_which_words_it_found_and_where(world: World) -> None:
    publish(world.catalog, asset("deck"), ("Start", "hello"), ("Prices", "discounts on volume"))
    world.index.follow()

    (match,) = find(("discount", "unheard"), catalog=world.catalog, index=world.index, only=ALL)

    assert match.found == ("discount",)
    assert (match.page.number, match.page.title) == (2, "Prices")
    assert 0 < match.coverage < 1
    assert 0 <= match.relevance <= 1


def test_half_of_a_question_by_weight_is_an_answer_and_less_is_not(world: World) -> None:
    publish(world.catalog, asset("common"), "alpha")
    for number in range(6):
        publish(world.catalog, asset(f"other {number}"), "alpha beta" if number else "alpha beta gamma")
    world.index.follow()

    matches = {
        match.asset.title: match.is_relevant
        for match in find(("alpha", "gamma"), catalog=world.catalog, index=world.index, only=ALL)
    }

    assert matches["other 0"]
    assert not matches["common"], "the word that tells something is missing"


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_publishing_does_not_change_what_is_found(seed: int, world: World) -> None:
    papers = [
        (asset(f"asset {n}"), f"pricing for {'retail' if n % 2 else 'food'} number{n}") for n in range(12)
    ]
    random.Random(seed).shuffle(papers)
    for one, text in papers:
        publish(world.catalog, one, text)
    world.index.follow()

    assert set(titles(world, "retail")) == {f"asset {n}" for n in range(1, 12, 2)}


def test_the_right_paper_of_the_sample_library_is_first(library: Library) -> None:
    asked = {
        "security questionnaire answers": "security-questionnaire-answers.docx",
        "battlecard against Korvane": "battlecard-korvane.md",
        "return on investment food manufacturing": "roi-food-manufacturing-harrowmoor.pdf",
        "discount approval rules": "discount-and-approval-rules.md",
        "étude de cas conserverie": "etude-de-cas-conserverie-pennarvor.pdf",
        "자주 묻는 질문": "faq-ko.md",
    }

    first = {question: library.find(question)[0].asset.source.rsplit("/", 1)[-1] for question in asked}

    assert first == asked


def test_a_snippet_is_the_line_that_holds_most_of_the_words() -> None:
    page = Page("v", 1, "Title", "Intro line.\nThe price is fixed. A discount on the price is rare.\nEnd")

    assert snippet(page, ("discount", "price")) == "A discount on the price is rare."
    assert snippet(Page("v", 1, "Title", " \n "), ("price",)) == "Title"


def test_a_long_snippet_is_cut() -> None:
    cut = snippet(Page("v", 1, "T", "price " * 100), ("price",))

    assert len(cut) <= SNIPPET_LENGTH
    assert cut.endswith("…")
