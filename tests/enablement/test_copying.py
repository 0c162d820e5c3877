"""What of the library and the deals the CRM is told, and when: on a change, and once a day."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from enablement import copying
from enablement.copying import ASSET, RENEW, SLICE, begin_round, follow, renew, tell_again
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
    kinds = {kind: KINDS["compute"][kind] for kind in (RENEW, SLICE)}
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


def slices(world: World) -> list[list[str]]:
    return [json.loads(subject) for kind, subject in due(world) if kind == SLICE]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "DEALS_AT_ONCE", 2)
    monkeypatch.setattr(copying, "DEALS_A_SLICE", 4)


@pytest.mark.usefixtures("small")
def test_while_a_slice_is_worked_on_the_next_waits_for_another_worker(world: World) -> None:
    library(world)
    ids = many(world, 11)
    begin_round("", world.services, task_id="round")
    begin_round("", world.services, task_id="round")

    [first] = slices(world)
    work = {SLICE: KINDS["compute"][SLICE]}
    [row] = world.outbox.claim("compute", work, owner="one", limit=9, now=NOW)
    renew(row.subject, world.services, until=NOW + timedelta(1), task_id=row.id)
    [second] = slices(world)

    assert first == ["round", "", ids[3]]
    assert second == ["round", ids[3], ids[7]]
    assert chosen(world, ids) == ids[:4]
    # Another takes it before the first is settled, and goes through to the end.
    done(world)
    assert chosen(world, ids) == ids


@pytest.mark.usefixtures("small")
def test_a_slice_that_takes_long_goes_on_in_a_row_of_its_own(world: World) -> None:
    library(world)
    ids = many(world, 9)
    first = json.dumps(["round", "", ids[3]])

    renew(first, world.services, until=NOW - timedelta(seconds=1), task_id="row")
    renew(first, world.services, until=NOW - timedelta(seconds=1), task_id="row")

    assert sorted(slices(world)) == [["round", ids[1], ids[3]], ["round", ids[3], ids[7]]], (
        "a row that is done again adds no second one"
    )
    assert chosen(world, ids) == ids[:2]
    done(world)
    assert chosen(world, ids) == ids
    slices_done = [one for one in world.outbox.letters(states=["done"], limit=99) if one.kind == SLICE]
    assert len(slices_done) == 3


@pytest.mark.usefixtures("small")
def test_deals_that_come_and_go_while_a_slice_is_done_again_leave_no_gap(world: World) -> None:
    library(world)
    ids = many(world, 9)
    begin_round("", world.services, task_id="round")
    [[_round, after, last]] = slices(world)
    first = json.dumps(["round", after, last])
    world.services.mirror.store(deals=[deal("Customer 0 – Rollout", is_closed=True)])

    renew(first, world.services, until=NOW + timedelta(1), task_id="row")
    world.services.mirror.store(deals=[deal("Customer 12 – Rollout", competitors=("Dockwright",))])
    renew(first, world.services, until=NOW + timedelta(1), task_id="row")
    done(world)

    assert chosen(world, ids) == [one for one in ids if one != deal("Customer 0 – Rollout").id]


def many(world: World, count: int) -> list[str]:
    """Put so many open deals into the mirror, beside the one of the library; return the ids of all, in their order."""
    world.mirror.store(
        deals=[deal(f"Customer {n} – Rollout", competitors=("Dockwright",)) for n in range(count - 1)]
    )
    return world.mirror.open_deals(after="", limit=count)


def chosen(world: World, ids: list[str]) -> list[str]:
    return [one for one in ids if world.services.shortlists.of(one)]


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
