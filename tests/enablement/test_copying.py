"""What of the library and the deals the CRM is told, and when: on a change, and once a day."""

from dataclasses import replace
from datetime import timedelta

import pytest

from enablement.copying import ASSET, DEALS_AT_ONCE, RENEW, follow, renew, tell_again
from enablement.following import KEPT, SUGGEST_IN_CRM, shown_in_crm, suggest
from enablement.model import Asset, Copy, CopyKind, Facets
from enablement.recommend import MOST
from jobs.kinds import KINDS
from jobs.lanes import drain
from tests.builders import NOW, asset, deal, publish
from tests.fakes import World

MINE = deal(competitors=("Dockwright",))
BOTH: frozenset[CopyKind] = frozenset({"asset", "suggestions"})


def due(world: World) -> list[tuple[str, str]]:
    letters = world.outbox.letters(states=["due"], limit=999)
    return sorted((one.kind, one.subject) for one in letters)


def done(world: World) -> None:
    kinds = {RENEW: KINDS["compute"][RENEW]}
    while drain("compute", kinds, world.services, owner="c") + drain(
        "write", KINDS["write"], world.services, owner="w"
    ):
        pass


def library(world: World, count: int = 3) -> list[Asset]:
    world.crm.room = BOTH
    made = [asset(f"Book {n}", facets=Facets(competitors=("Dockwright",))) for n in range(count)]
    for one in made:
        publish(world.catalog, one)
    world.index.follow()
    world.mirror.store(deals=[MINE])
    return made


def test_all_is_told_at_first_and_then_what_changed(world: World) -> None:
    first, *_ = library(world)
    follow(world.services, now=NOW)
    at_first = due(world)
    done(world)
    follow(world.services, now=NOW)
    nothing = due(world)
    world.catalog.keep(replace(first, title="Other"))

    follow(world.services, now=NOW)

    assert len([kind for kind, _ in at_first if kind == ASSET]) == 3
    assert nothing == []
    assert due(world) == [(ASSET, first.id)]


def test_with_a_new_day_all_is_looked_at(world: World) -> None:
    library(world)
    follow(world.services, now=NOW)
    done(world)

    tomorrow = world.clock.move(days=1)
    follow(world.services, now=tomorrow)
    follow(world.services, now=tomorrow)

    assert [kind for kind, _ in due(world)] == [ASSET] * 3 + [RENEW]


def test_more_changes_than_are_looked_at_at_once_are_told_one_look_after_the_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = library(world, 5)
    follow(world.services, now=NOW)
    done(world)
    world.crm.told.clear()
    for one in made:
        world.catalog.keep(replace(one, title=f"Other {one.title}"))
    monkeypatch.setattr("enablement.copying.CHANGES_AT_ONCE", 2)
    for _ in range(3):
        follow(world.services, now=NOW)
        done(world)

    assert sorted(world.crm.told) == sorted(one.id for one in made)


def test_a_crm_without_room_is_told_nothing_and_everything_once_it_has_some(world: World) -> None:
    made = library(world)
    world.crm.room = frozenset()
    follow(world.services, now=NOW)
    nothing = due(world)
    world.crm.room = BOTH
    follow(world.services, now=NOW)
    done(world)
    world.crm.room = frozenset()
    world.services.copies.keep("asset", {one.id: Copy("told") for one in made})
    follow(world.services, now=NOW)
    forgotten = world.services.copies.told("asset"), world.services.copies.told("followed")

    assert nothing == []
    assert set(world.crm.told) == {*(one.id for one in made), MINE.id}
    assert forgotten == ({}, {})


def test_open_deals_are_chosen_for_once_a_day_and_only_news_are_told(world: World) -> None:
    library(world)
    others = [deal(f"Customer {n} – Rollout", competitors=("Dockwright",)) for n in range(7)]
    world.mirror.store(
        deals=[*others, deal("Customer 9 – Over", competitors=("Dockwright",), is_closed=True)]
    )

    follow(world.services, now=NOW)
    done(world)
    first = sorted(world.crm.suggestions)
    world.crm.told.clear()
    world.clock.move(days=1)
    follow(world.services, now=world.clock())
    done(world)

    assert first == sorted([MINE.id, *(one.id for one in others)])
    assert {one for one in world.crm.told if one in first} == set(), "nothing new fits them"


def test_a_round_that_takes_long_goes_on_in_a_row_of_its_own(world: World) -> None:
    library(world)
    world.mirror.store(
        deals=[
            deal(f"Customer {n} – Rollout", competitors=("Dockwright",)) for n in range(DEALS_AT_ONCE + 20)
        ]
    )

    renew("", world.services, until=NOW - timedelta(seconds=1), task_id="row")
    renew("", world.services, until=NOW - timedelta(seconds=1), task_id="row")

    rounds = [subject for kind, subject in due(world) if kind == RENEW]
    assert rounds == [world.mirror.open_deals(after="", limit=DEALS_AT_ONCE)[-1]], (
        "a row that is done again adds no second one"
    )
    done(world)
    assert len(world.crm.suggestions) == DEALS_AT_ONCE + 21


def test_a_deal_that_closes_or_goes_shows_nothing_more(world: World) -> None:
    library(world)
    follow(world.services, now=NOW)
    done(world)
    world.services.copies.keep("suggestions", {MINE.id: Copy("told", 3), "006 gone": Copy("told", 2)})
    world.mirror.store(deals=[replace(MINE, is_closed=True)])

    world.clock.move(days=1)
    follow(world.services, now=world.clock())
    done(world)

    assert world.crm.suggestions[MINE.id] == ()
    assert "006 gone" not in world.services.copies.told("suggestions")


def test_what_is_shown_in_the_crm_is_the_best_of_what_is_kept_and_may_be_shown(world: World) -> None:
    made = library(world, 9)
    suggest([MINE.id], world.services, now=NOW)
    kept = world.services.shortlists.of(MINE.id)
    best = next(one for one in made if one.id == kept[0].asset_id)
    world.catalog.keep(replace(best, status="archived"))
    poor = [replace(row, score=0.01) if row.rank > 4 else row for row in kept]

    shown = shown_in_crm(MINE, world.services, now=NOW)
    world.services.shortlists.keep({MINE.id: poor})

    assert len(kept) == 9 <= KEPT
    assert [row.rank for row in shown] == [1, 2, 3, 4, 5]
    assert {row.asset_id for row in shown} <= {row.asset_id for row in kept[1:]}
    assert len(shown) == MOST
    poorer = shown_in_crm(MINE, world.services, now=NOW)
    assert {row.asset_id for row in poorer} == {row.asset_id for row in kept[1:4]}
    assert shown_in_crm(replace(MINE, is_closed=True), world.services, now=NOW) == []
    assert shown_in_crm(None, world.services, now=NOW) == []
    off = replace(world.services, suggests_in_crm=False)
    assert shown_in_crm(MINE, off, now=NOW) == []


def test_a_crash_between_keeping_a_list_and_telling_of_it_is_made_up_for(world: World) -> None:
    library(world)
    suggest([MINE.id], world.services, now=NOW)
    first = due(world)
    with world.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM outbox")

    suggest([MINE.id], world.services, now=NOW)

    assert first == due(world) == [(SUGGEST_IN_CRM, MINE.id)]


def test_told_again_is_told_whatever_was_told_last(world: World) -> None:
    library(world)

    tell_again(world.services, assets=["a"], deals=[MINE.id], now=NOW)
    tell_again(world.services, assets=["a"], deals=[], now=NOW)

    assert due(world) == [(ASSET, "a"), (ASSET, "a"), (SUGGEST_IN_CRM, MINE.id)]
    assert world.services.copies.told("asset") == {"a": Copy("")}
    assert world.services.copies.told("suggestions") == {MINE.id: Copy("", MOST)}
