"""Scores of many assets at once are those of each alone, to the last digit."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from enablement.access import asset_filter, may_show
from enablement.model import Asset, Deal, Effect, Facets, Habit, Interval
from enablement.shelf import Columns, Shelf
from enablement.weighing import Past, by_fit, known
from tests.builders import NOW, asset, deal, publish
from tests.fakes import FakeLessons, World

ONLY = asset_filter(shared_outside=False, now=NOW)
VALUES = {
    "products": ("Payroll", "Time"),
    "industries": ("Retail", "Mining", "Health care"),
    "regions": ("Europe", "Asia"),
    "sizes": ("small", "enterprise"),
    "stages": ("Proposal", "Discovery"),
    "competitors": ("Dockwright", "Korvane"),
}


def drawn_asset(number: int, chance: Random) -> Asset:
    said = {
        name: tuple(chance.sample(some, chance.randrange(3) % len(some))) for name, some in VALUES.items()
    }
    return asset(
        f"Deck {number:03}",
        facets=Facets(**said),
        language=chance.choice(("en", "fr", "pt-BR")),
        audience=chance.choice(("customer", "internal")),
        status=chance.choice(("published", "published", "archived")),
        updated_at=NOW - timedelta(days=chance.randrange(-3, 1000)),
    )


def drawn_deal(chance: Random) -> Deal:
    one = {name: chance.choice((*some, None)) for name, some in VALUES.items()}
    return deal(
        industry=one["industries"],
        region=one["regions"],
        size=one["sizes"],
        stage=one["stages"] or "",
        language=chance.choice(("en", "fr", None)),
        competitors=(one["competitors"],) if one["competitors"] else (),
        products=tuple(chance.sample(VALUES["products"], chance.randrange(3))),
    )


def drawn_lessons(ids: list[str], chance: Random) -> FakeLessons:
    effects = [
        Effect(one, "winning", "", Interval(0, 0, 0), "not_enough", 9, chance.gauss(0, 2), 0.1)
        for one in ids
        if chance.random() < 0.6
    ]
    habits = {one: Habit(chance.random(), 9, 90, "") for one in ids if chance.random() < 0.4}
    return FakeLessons(chance.choice(("run", "")), effects, habits)


@pytest.mark.parametrize("seed", range(12))
def test_scores_at_once_are_those_of_each_alone(seed: int) -> None:
    chance = Random(seed)
    assets = [drawn_asset(number, chance) for number in range(120)]
    ids = [one.id for one in assets]
    lessons, columns = drawn_lessons(ids, chance), Columns(assets)

    for _deal in range(4):
        one, past = drawn_deal(chance), Past(wrong=tuple(chance.sample(ids, 3)))
        some = chance.sample(ids, 80)
        scored = columns.scores(
            [*some, "gone"], known(one, past, (), lessons, NOW), lessons=lessons, only=ONLY
        )

        about = known(one, past, some, lessons, NOW)
        alone = [by_fit(asset, about) for asset in assets if asset.id in some and may_show(asset, ONLY)]
        assert scored == [(ranked.score, ranked.asset) for ranked in alone if ranked]


def test_scores_with_nothing_at_hand_are_none() -> None:
    lessons = FakeLessons("run")

    assert (
        Columns(()).scores(["x"], known(deal(), Past(), (), lessons, NOW), lessons=lessons, only=ONLY) == []
    )


@pytest.mark.parametrize("whole", [False, True])
def test_a_shelf_reads_again_once_the_library_changed_and_not_before(whole: bool, world: World) -> None:
    publish(world.catalog, asset("Deck"))
    shelf = Shelf(world.catalog, whole=whole)
    first = shelf.columns(["Deck"], 1).assets(["Deck", "gone"])
    renamed = replace(asset("Deck"), title="Another title")
    world.catalog.keep(renamed)

    assert [one.title for one in first] == ["Deck"]
    assert shelf.columns(["Deck"], 1).assets(["Deck"]) == first
    assert shelf.columns(["Deck"], 2).assets(["Deck"]) == [renamed]
