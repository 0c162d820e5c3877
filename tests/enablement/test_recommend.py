"""Which few assets are shown for a deal, in a small known world."""

import random
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from math import prod

import pytest

from enablement.analyser import words
from enablement.exploring import FRESH_FOR, TIE, is_fresh
from enablement.facets import deal_facets, facet
from enablement.model import Asset, Basis, Deal, Facets, Reason
from enablement.ports import AssetFilter
from enablement.recommend import MOST, NEAREST, WORTH_SHOWING, Deciding, Ranked, fit, recommend
from tests.builders import NOW, asset, deal, publish
from tests.enablement.conftest import Library
from tests.fakes import World

ALL = AssetFilter(audiences=("customer", "internal"), on=NOW.date())
DEAL = deal(competitors=("Dockwright",), products=("Yard",), stage="Negotiation/Review")


def ask(world: World | Library, question: str, about: Deal = DEAL) -> tuple[Basis, list[Ranked]]:
    said = recommend(words(question), about, within=_within(world), only=ALL, now=NOW)
    return said.basis, list(said.ranked)


def _within(world: World | Library) -> Deciding:
    return world.services if isinstance(world, World) else world


def titles(ranked: list[Ranked]) -> list[str]:
    return [one.asset.title for one in ranked]


def fill(world: World, *papers: tuple[Asset, str]) -> None:
    for one, text in papers:
        publish(world.catalog, one, text)
    world.index.follow()


def test_the_page_that_answers_is_named_and_one_that_a_new_version_lacks_is_not(world: World) -> None:
    old = publish(world.catalog, asset("deck"), ("Start", "hello"), ("Prices", "a pricing guide"))
    world.index.follow()
    _, (before,) = ask(world, "pricing")

    # Not yet in the index.
    publish(world.catalog, replace(old, version=2, version_id="deck v2"), ("Start", "hello"))
    _, (after,) = ask(world, "pricing")

    assert before.reasons[0] == Reason("words", ("2", "Prices", "pricing"))
    assert after.asset.version == 2
    assert "words" not in {why.kind for why in after.reasons}


def test_of_equal_matches_the_one_made_for_the_deal_comes_first(world: World) -> None:
    fill(
        world,
        (asset("a neutral"), "battlecard pricing"),
        (
            asset("b theirs", facets=Facets(competitors=("dockwright",), products=("YARD",))),
            "battlecard pricing",
        ),
        (asset("c other", facets=Facets(competitors=("Korvane",))), "battlecard pricing"),
    )

    basis, ranked = ask(world, "pricing battlecard")

    assert basis == "words"
    assert titles(ranked) == ["b theirs", "a neutral", "c other"]


@pytest.mark.parametrize(
    ("name", "matching", "other"),
    [
        ("competitors", "Dockwright", "Korvane"),
        ("stages", "negotiation review", "Qualification"),
        ("products", "yard", "Warehouse"),
        ("industries", "manufacturing", "Retail"),
        ("regions", "EUROPE", "Asia Pacific"),
        ("sizes", "Enterprise", "small"),
    ],
)
def test_each_facet_lifts_what_fits_and_lowers_what_does_not(name: str, matching: str, other: str) -> None:
    about = replace(DEAL, stage="Negotiation Review") if name == "stages" else DEAL
    good, reasons = fit(asset(language="", facets=Facets(**{name: (other, matching)})), about)
    neutral, none = fit(asset(language=""), about)
    bad, also_none = fit(asset(language="", facets=Facets(**{name: (other,)})), about)

    assert 0 <= bad < neutral < good <= 1
    assert [(reason.kind, reason.values) for reason in reasons] == [(name, (matching,))]
    assert none == also_none == ()


def test_the_language_of_the_account_counts_and_an_unknown_one_does_not() -> None:
    thai = asset(language="th")

    same, reasons = fit(thai, deal(language="th-TH"))
    other, _ = fit(thai, deal(language="ko"))
    unknown, _ = fit(thai, deal(language=None))

    assert other < unknown < same
    assert [reason.kind for reason in reasons] == ["language"]


def test_what_a_deal_does_not_say_speaks_for_nothing() -> None:
    made_for = Facets(("Yard",), ("Retail",), ("Europe",), ("mid",), ("Proposal",), (), ("Korvane",))
    bare = deal(industry=None, region=None, size=None, language=None, stage="")

    assert fit(asset(facets=made_for), bare) == (0.5, ())


def test_never_more_than_five_and_never_padded(world: World) -> None:
    fill(world, *((asset(f"pricing {n}"), "pricing pricing list") for n in range(9)))
    many = ask(world, "pricing")[1]
    fill(world, (asset("lonely"), "zebra"))

    basis, few = ask(world, "zebra")

    assert len(many) == MOST == 5
    assert (basis, titles(few)) == ("words", ["lonely"])


def test_what_is_much_worse_than_the_best_is_left_out(world: World) -> None:
    theirs = Facets(
        ("Yard",), ("Manufacturing",), ("Europe",), ("enterprise",), (DEAL.stage,), (), ("Dockwright",)
    )
    others = Facets(("Plan",), ("Retail",), ("Asia Pacific",), ("small",), ("Lost",), (), ("Korvane",))
    fill(
        world,
        (asset("good", facets=theirs), "pricing"),
        (asset("neutral"), "pricing"),
        (asset("bad", facets=others), "pricing"),
    )

    ranked = ask(world, "pricing")[1]

    assert titles(ranked) == ["good", "neutral"]


def test_when_nothing_answers_the_nearest_is_shown_and_called_so(world: World) -> None:
    fill(world, *((asset(f"asset {n}"), "warehouse guide") for n in range(6)))

    basis, ranked = ask(world, "zebra unicorn quagga guide")

    assert basis == "nearest"
    assert 1 <= len(ranked) <= NEAREST


def test_when_no_word_is_known_what_fits_the_deal_is_nearest(world: World) -> None:
    fill(
        world,
        (asset("fits", facets=Facets(competitors=("Dockwright",))), "warehouse"),
        (asset("says nothing"), "warehouse"),
    )

    basis, ranked = ask(world, "zebra")

    assert (basis, titles(ranked)) == ("nearest", ["fits"])


def test_an_empty_library_gives_nothing(world: World) -> None:
    assert ask(world, "pricing") == ("nothing", [])
    assert ask(world, "") == ("nothing", [])


def test_without_words_fit_decides_and_language_alone_is_no_fit(world: World) -> None:
    fill(
        world,
        (asset("both", facets=Facets(competitors=("Dockwright",), stages=("Negotiation/Review",))), "x"),
        (asset("one", facets=Facets(competitors=("Dockwright",))), "x"),
        (asset("language only"), "x"),
    )

    basis, ranked = ask(world, "")

    assert (basis, titles(ranked)) == ("fit", ["both", "one"])


def test_the_fresher_of_two_equals_comes_first(world: World) -> None:
    fill(
        world,
        (asset("a old", updated_at=NOW - timedelta(days=700)), "pricing"),
        (asset("b new"), "pricing"),
        (asset("c future", updated_at=NOW + timedelta(days=9)), "pricing"),
    )

    ranked = ask(world, "pricing")[1]

    assert titles(ranked) == ["b new", "c future", "a old"]
    assert ranked[0].score == ranked[1].score <= 1


def test_the_order_does_not_depend_on_the_order_of_publishing(world: World) -> None:
    papers = [
        (asset(f"paper {n}", facets=Facets(products=("Yard",) if n % 3 else ())), "pricing " * (1 + n % 2))
        for n in range(10)
    ]
    random.Random(7).shuffle(papers)
    fill(world, *papers[:5])
    fill(world, *papers[5:])

    first = titles(ask(world, "pricing")[1])
    again = titles(ask(world, "pricing")[1])

    fitting = sorted(one.title for one, text in papers if one.facets.products and len(text) > 8)
    assert first == again
    assert first[: len(fitting)] == fitting[:MOST]


DEALS = [
    DEAL,
    deal("Siam – Yard", language="th", region="Asia Pacific", competitors=("Palletary",)),
    deal("Pennarvor – Entrepôt", language="fr", industry="Food & Beverage", size="mid"),
    deal("Sol – Loja", language="pt-BR", region="Latin America", industry="Retail", stage="Qualification"),
]


@pytest.mark.parametrize("about", DEALS, ids=lambda one: one.account)
@pytest.mark.parametrize("question", ["", "pricing", "security questionnaire", "battlecard", "ราคา", "zebra"])
def test_every_reason_is_true_and_every_score_in_bounds(about: Deal, question: str, library: Library) -> None:
    basis, ranked = ask(library, question, about)

    has = deal_facets(about)
    for one in ranked:
        assert 0 <= one.score <= 1
        assert one.score >= WORTH_SHOWING * ranked[0].score
        for reason in one.reasons:
            if reason.kind == "words":
                number, title, *said = reason.values
                page = library.catalog.page(one.asset.version_id, int(number))
                assert page
                assert page.title == title
                assert said
                assert set(said) <= set(words(question))
            elif reason.kind == "translation":
                title, tag = reason.values
                assert title in {other.title for other in library.catalog.assets()} - {one.asset.title}
                assert tag == one.asset.language == about.language
            elif reason.kind == "language":
                assert one.asset.language[:2] == (about.language or "")[:2]
            elif reason.kind == "unknown":
                assert all(one.asset.language or getattr(one.asset.facets, name) for name in reason.values)
                assert not any(
                    about.language if name == "language" else getattr(has, name) for name in reason.values
                )
            elif reason.kind == "parts":
                assert reason is one.reasons[-1]
                assert one.score == pytest.approx(prod(float(part or 1) for part in reason.values), abs=2e-4)
            elif reason.kind == "fresh":
                assert int(reason.values[0]) <= FRESH_FOR.days
            elif reason.kind == "lot":
                assert float(reason.values[0]) == pytest.approx(one.propensity, abs=1e-3) != 1
            else:
                (value,) = reason.values
                assert value in getattr(one.asset.facets, reason.kind)
                assert facet(value) in {facet(other) for other in getattr(has, reason.kind)}
    # Of near ties a lot decides, and a fresh asset may be last.
    best = [one for one in ranked if not is_fresh(one)]
    assert all(one.score * (1 if question else 1 - TIE) <= before.score for before, one in pairwise(best))
    assert basis in {"words", "nearest", "fit"}
