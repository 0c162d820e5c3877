"""From words to assets: what counts as an answer, and where it stands."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from enablement.adapters.index import PageIndex
from enablement.analyser import words
from enablement.meaning import QuestionEmbedder, embed_versions
from enablement.model import Page
from enablement.ports import AssetFilter, TryLater
from enablement.search import SNIPPET_LENGTH, find, marks, phrases_in, snippet
from tests.builders import NOW, asset, publish
from tests.enablement.conftest import Library
from tests.fakes import FakeEmbedder, World

ALL = AssetFilter(audiences=("customer", "internal"), on=NOW.date())


def titles(world: World, *words: str) -> list[str]:
    return [match.asset.title for match in find(words, within=world.services, only=ALL)]


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


def test_a_sentence_of_such_words_alone_is_no_question(world: World) -> None:
    publish(world.catalog, asset("band"), "we are the who and this is something about us")
    world.index.follow()

    assert titles(world, "we", "are", "about", "this") == []


def test_words_of_grammar_make_no_page_an_answer_and_are_not_named(world: World) -> None:
    publish(world.catalog, asset("small"), "something about us")
    publish(world.catalog, asset("word"), "something about pricing")
    world.index.follow()

    [found] = find(("something", "about", "pricing"), within=world.services, only=ALL)

    assert (found.asset.title, found.found, found.strength) == ("word", ("pricing",), 1.0)


def test_nothing_asked_finds_nothing(world: World) -> None:
    publish(world.catalog, asset(), "pricing")
    world.index.follow()

    assert titles(world) == []


def test_a_match_says_which_words_it_found_and_where(world: World) -> None:
    publish(world.catalog, asset("deck"), ("Start", "hello"), ("Prices", "discounts on volume"))
    world.index.follow()

    (match,) = find(("discount", "unheard"), within=world.services, only=ALL)

    assert match.found == ("discount",)
    assert match.page == 2
    assert 0 < match.strength < 1
    assert 0 <= match.relevance <= 1


def test_a_word_of_the_title_is_found_and_one_of_the_files_name_alone_is_not(world: World) -> None:
    publish(world.catalog, asset("Payback for Norfield", source="norfield_draft.md"), "sums")
    world.index.follow()

    (match,) = find(("norfield", "draft"), within=world.services, only=ALL)

    assert match.found == ("norfield",)


def test_half_of_a_question_by_weight_is_an_answer_and_less_is_not(world: World) -> None:
    publish(world.catalog, asset("common"), "alpha")
    for number in range(6):
        publish(world.catalog, asset(f"other {number}"), "alpha beta" if number else "alpha beta gamma")
    world.index.follow()

    matches = {
        match.asset.title: match.is_relevant
        for match in find(("alpha", "gamma"), within=world.services, only=ALL)
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


class Meanings:
    """A world searched by meaning too: texts with the same words mean the same, however they are spelt."""

    def __init__(self, world: World, folder: Path) -> None:
        self.catalog = world.catalog
        self.embedder = FakeEmbedder()
        self.questions = QuestionEmbedder(self.embedder)
        self.services = replace(world.services, embedder=self.embedder)
        self.index = PageIndex(folder, world.catalog, world.vectors, self.embedder.model)

    def take_in(self) -> None:
        while embed_versions(self.services, limit=10):
            pass
        self.index.follow()


@pytest.fixture
def meanings(world: World, tmp_path: Path) -> Meanings:
    return Meanings(world, tmp_path / "meanings")


def test_a_page_that_means_the_question_is_found_without_a_word_of_it(meanings: Meanings) -> None:
    publish(meanings.catalog, asset("same"), "tarif-2026")
    publish(meanings.catalog, asset("else"), "entrepot")
    meanings.take_in()
    meanings.embedder.alias = {"preis": "tarif-2026"}

    (match,) = find(["preis"], within=meanings, only=ALL)

    assert match.asset.id == "same"
    assert match.found == ()
    assert match.by_meaning
    assert match.is_relevant


def test_what_is_hidden_changes_no_likeness(meanings: Meanings) -> None:
    for number in range(8):
        publish(meanings.catalog, asset(f"seen {number}"), f"pricing number{number} warehouse")
    meanings.take_in()
    outside = AssetFilter(audiences=("customer",), on=NOW.date())
    alone = find(["pricing", "number3"], within=meanings, only=outside)

    for number in range(8):
        publish(meanings.catalog, asset(f"hidden {number}", audience="internal"), "pricing number3")
    meanings.take_in()

    assert find(["pricing", "number3"], within=meanings, only=outside) == alone
    assert alone[0].asset.id == "seen 3"


def test_an_embedder_that_fails_leaves_the_words(meanings: Meanings) -> None:
    publish(meanings.catalog, asset("one"), "pricing")
    meanings.take_in()
    meanings.embedder.failure = TryLater("the service rests")

    (match,) = find(["pricing"], within=meanings, only=ALL)

    assert match.found == ("pricing",)
    assert not match.by_meaning
    assert meanings.questions.degraded == "the service rests"


def test_a_phrase_must_stand_in_one_piece(world: World) -> None:
    publish(world.catalog, asset("whole"), "the mutual action plan of both sides")
    publish(world.catalog, asset("apart"), "a plan of action that is mutual")
    publish(world.catalog, replace(asset("across"), title="Mutual action"), ("plan", "plan"))
    world.index.follow()
    asked = "\u201cMutual Action plan\u201d please"

    found = find(words(asked), within=world.services, only=ALL, phrases=phrases_in(asked))

    assert phrases_in(asked) == (("mutual", "action", "plan"),)
    assert [match.asset.id for match in found] == ["whole"]


@pytest.mark.parametrize(
    ("quoted", "is_there"),
    [
        ("標準答覆", True),
        ("标准答覆", True),
        ("準標", False),
        ("ราคาใหม่", True),
        ("2026 標準", True),
        ("6 標準", False),
    ],
)
def test_a_phrase_of_a_script_without_spaces_may_stand_within_a_run(
    quoted: str, is_there: bool, world: World
) -> None:
    publish(world.catalog, asset("one", language="zh-TW"), "這是2026 標準答覆的文件 และราคาใหม่ปีนี้")
    world.index.follow()
    asked = f"「{quoted}」"

    found = find(words(asked), within=world.services, only=ALL, phrases=phrases_in(asked))

    assert bool(found) == is_there


def test_a_misspelt_word_counts_as_found_and_says_what_it_was_taken_for(world: World) -> None:
    publish(world.catalog, asset("one"), "security questionnaire")
    world.index.follow()

    (match,) = find(("security", "questionaire"), within=world.services, only=ALL)

    assert match.found == ("security", "questionaire")
    assert match.meant == ("questionnaire",)
    assert match.strength == 1


@pytest.mark.parametrize(
    ("text", "found", "marked"),
    [
        ("All Prices, and discounts.", ("price",), ["Prices"]),
        ("Les coûts <b>cachés</b>", ("couts", "cache"), ["coûts", "cachés"]),
        ("資安問卷的答案", ("問卷",), []),
        ("nothing", (), []),
        ("", ("price",), []),
    ],
)
def test_found_words_are_marked_in_any_form(text: str, found: tuple[str, ...], marked: list[str]) -> None:
    parts = marks(text, found)

    assert "".join(part for part, _ in parts) == text
    assert [part for part, is_found in parts if is_found] == marked


@given(st.text(), st.lists(st.text(max_size=12), max_size=4))
def test_marking_loses_nothing(text: str, found: list[str]) -> None:
    assert "".join(part for part, _ in marks(text, found)) == text
