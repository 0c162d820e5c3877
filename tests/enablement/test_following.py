"""What a change of a deal causes, and that what is kept for it is what would be chosen now."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest

from enablement import answering, following, recommend
from enablement.access import asset_filter
from enablement.following import KEPT, SUGGEST, suggest, work_after
from enablement.model import Asset, Deal, DealChange, Facets, Feedback, Place, Task, Written
from enablement.recommend import BY_FIT, CANDIDATES, MODEL, MOST
from jobs.kinds import KINDS
from jobs.lanes import drain
from tests.builders import ANNA, NOW, ask, asset, deal, publish, user
from tests.fakes import World

DAY = timedelta(days=1)
SHARED = "C-SHARED"
INDUSTRIES, COMPETITORS = ("Manufacturing", "Retail"), ("Dockwright", "Korvane")
MINE = deal(competitors=("Dockwright",))


def changed(was: Deal | None, now: Deal, *fields: str) -> list[Task]:
    return work_after([DealChange(now, was, fields)])


def keep_books(world: World, *, seed: int = 0, count: int = 64) -> list[Asset]:
    """Give a world a rep with a deal, and a library by chance."""
    chance = random.Random(seed)
    world.mirror.store(users=[user()], deals=[MINE])
    world.crm.allow(user().id, MINE.id)
    world.messenger.shared_outside.add(SHARED)
    books = [
        asset(
            f"Book {n:03}",
            audience=chance.choice(["customer", "internal"]),
            language=chance.choice(["en", "fr"]),
            released=chance.choice([None, None, NOW.date(), NOW.date() + DAY]),
            expires=chance.choice([None, None, NOW.date(), NOW.date() - DAY]),
            facets=Facets(
                industries=tuple(chance.sample(INDUSTRIES, chance.randrange(3))),
                competitors=tuple(chance.sample(COMPETITORS, chance.randrange(3))),
            ),
            updated_at=NOW - chance.randrange(900) * DAY - chance.randrange(86_400) * timedelta(seconds=1),
        )
        for n in range(count)
    ]
    for one in books:
        publish(world.catalog, one)
    world.index.follow()
    return books


def asked(world: World, name: str, **more: Any) -> dict[str, object]:
    """Ask without words; return what is said, and the model that it is labelled with."""
    said = answering.answer(ask("", id=name, **more), world.services, now=world.clock())
    assert isinstance(said, answering.Answer)
    return {**answering.as_json(said), "models": {one.suggestion.model for one in said.shown}}


def counted(monkeypatch: pytest.MonkeyPatch, module: ModuleType) -> list[str]:
    """Return a list that grows by one each time this module looks in the index for what fits."""
    looked: list[str] = []
    look = recommend.fitting

    def fitting(one: Deal, **more: Any) -> Any:
        looked.append(one.id)
        return look(one, **more)

    monkeypatch.setattr(module, "fitting", fitting)
    return looked


def test_a_new_deal_causes_suggestions_only_while_it_is_open() -> None:
    assert [(one.kind, one.subject) for one in changed(None, MINE)] == [(SUGGEST, MINE.id)]
    assert changed(None, replace(MINE, is_closed=True)) == []


@pytest.mark.parametrize(
    ("field", "counts"),
    [
        *((name, True) for name in ("stage", "amount", "industry", "competitors", "owner_id", "close_date")),
        *((name, True) for name in ("region", "size", "products", "language", "is_closed")),
        *((name, False) for name in ("name", "team", "modified_at", "account", "is_won", "loss_reason")),
    ],
)
def test_only_what_matters_to_the_choice_causes_work(field: str, counts: bool) -> None:
    assert bool(changed(MINE, MINE, field, "modified_at")) is counts


def test_each_change_is_work_of_its_own_even_back_and_forth() -> None:
    """An account's industry changes without the deal's stamp: there, back, and there again are three changes."""
    tasks = [changed(MINE, MINE, "industry")[0] for _ in range(3)]

    assert len({one.id for one in tasks}) == 3
    assert len({one.partition for one in tasks}) == 1


def test_suggestions_do_not_wait_behind_embedding_nor_before_people() -> None:
    (task,) = changed(None, MINE)

    assert task.lane == "write"
    assert SUGGEST in KINDS[task.lane]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("channel", ["", SHARED])
@pytest.mark.parametrize("dismissed", [0, 3])
def test_what_is_kept_is_said_as_what_is_chosen_now(
    seed: int, channel: str, dismissed: int, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = keep_books(world, seed=seed)
    for one in random.Random(seed).sample(books, dismissed):
        given = Feedback(one.id, "s", MINE.id, one.id, ANNA, "not_useful", NOW)
        world.ledger.write(Written(records=(given,)), now=NOW)
    place = Place(channel=channel)

    suggest([MINE.id], world.services, now=NOW)
    world.clock.move(hours=9)
    looked = counted(monkeypatch, recommend)
    kept = asked(world, "kept", place=place)
    looked_by_then = list(looked)
    world.services.shortlists.keep({MINE.id: ()})

    assert kept == asked(world, "fresh", place=place)
    assert kept["models"] == {BY_FIT}
    if not channel:
        # Who may see less may have too few of what is kept to draw lots among.
        assert (looked_by_then, looked) == ([], [MINE.id]), "what is kept is not looked for again"


def test_suggestions_of_fit_alone_say_so() -> None:
    assert BY_FIT != MODEL
    assert "fit alone" in BY_FIT


def _add_a_book(world: World) -> None:
    publish(world.catalog, asset("New", facets=Facets(competitors=("Dockwright",))))
    world.index.follow()


def _archive_all(world: World) -> None:
    for one in world.catalog.assets():
        world.catalog.keep(replace(one, status="archived"))


def _say_otherwise_of_the_best(world: World) -> None:
    """The catalogue knows it at once, the index with its next look."""
    best = world.catalog.assets([world.services.shortlists.of(MINE.id)[0].asset_id])[0]
    world.catalog.keep(replace(best, facets=Facets(industries=("Retail",))))


def _change_the_deal(world: World) -> None:
    world.mirror.store(deals=[replace(MINE, industry="Retail", competitors=())])


@pytest.mark.parametrize(
    "change",
    [
        *(_add_a_book, _archive_all, _say_otherwise_of_the_best, _change_the_deal),
        lambda world: world.clock.move(days=1),
    ],
)
def test_what_is_kept_is_not_shown_once_it_is_old(change: Callable[[World], None], world: World) -> None:
    keep_books(world)
    suggest([MINE.id], world.services, now=NOW)
    kept = world.services.shortlists.of(MINE.id)

    change(world)
    old = asked(world, "with what was kept")
    world.services.shortlists.keep({MINE.id: ()})
    fresh = asked(world, "without")

    assert len(kept) >= KEPT > MOST
    assert old == fresh


def test_what_is_old_is_made_anew_behind_the_answer_and_once(world: World) -> None:
    keep_books(world)
    asked(world, "first")
    asked(world, "second")

    done = drain("write", KINDS["write"], world.services, owner="worker")
    again = asked(world, "third")

    assert done == 1
    assert world.services.shortlists.of(MINE.id)
    assert world.outbox.counts() == {("write", "done"): 1}
    assert again


def test_when_too_few_of_the_kept_may_be_shown_it_is_chosen_now(world: World) -> None:
    keep_books(world)
    for n in range(KEPT):
        publish(
            world.catalog,
            asset(
                f"Secret {n}", audience="internal", facets=Facets(("x",), (), (), (), (), (), ("Dockwright",))
            ),
        )
    world.index.follow()
    suggest([MINE.id], world.services, now=NOW)

    said = asked(world, "kept", place=Place(channel=SHARED))
    world.services.shortlists.keep({MINE.id: ()})

    assert said == asked(world, "fresh", place=Place(channel=SHARED))
    assert len(said["answer"]) == MOST  # type: ignore[arg-type]  # JSON


def test_in_a_library_too_large_to_look_at_whole_who_may_see_less_gets_what_fits_them(world: World) -> None:
    """Internal assets fill all the places that are looked at: those for customers must not be lost for it."""
    world.mirror.store(users=[user()], deals=[MINE])
    world.crm.allow(user().id, MINE.id)
    world.messenger.shared_outside.add(SHARED)
    # These have more in common with the deal than the last ones, but what those have weighs more.
    both = Facets(regions=("Europe",), sizes=("enterprise",))
    for n in range(MOST):
        publish(world.catalog, asset(f"Among these {n}", facets=both))
    for n in range(CANDIDATES):
        publish(world.catalog, asset(f"Internal {n:03}", audience="internal", facets=both))
    for n in range(MOST + 2):
        publish(world.catalog, asset(f"Customer {n}", facets=Facets(competitors=("Dockwright",))))
    world.index.follow()
    suggest([MINE.id], world.services, now=NOW)

    outside = asked(world, "outside", place=Place(channel=SHARED))
    inside = asked(world, "inside")
    world.services.shortlists.keep({MINE.id: ()})

    assert outside == asked(world, "outside, fresh", place=Place(channel=SHARED))
    assert "Customer 0" in str(outside)
    assert inside == asked(world, "inside, fresh")
    assert len(outside["answer"]) == MOST  # type: ignore[arg-type]  # JSON


def test_a_choice_for_what_a_deal_was_does_not_undo_one_for_what_it_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_books(world)
    now_against_korvane = replace(MINE, competitors=("Korvane",))
    look = recommend.fitting

    def fitting(one: Deal, **more: Any) -> Any:
        found = look(one, **more)
        if one == MINE:
            world.mirror.store(deals=[now_against_korvane])
            suggest([MINE.id], world.services, now=NOW)
        return found

    monkeypatch.setattr(following, "fitting", fitting)
    suggest([MINE.id], world.services, now=NOW)

    only = asset_filter(shared_outside=False, now=NOW)
    assert following.kept(now_against_korvane, world.services, only=only) is not None


def test_a_closed_deal_keeps_nothing(world: World) -> None:
    keep_books(world)
    suggest([MINE.id], world.services, now=NOW)
    world.mirror.store(deals=[replace(MINE, is_closed=True)])

    suggest([MINE.id, "006 that is gone"], world.services, now=NOW)

    assert world.services.shortlists.of(MINE.id) == []


def test_what_is_the_same_is_not_written_again(world: World) -> None:
    keep_books(world)
    suggest([MINE.id], world.services, now=NOW)

    suggest([MINE.id], world.services, now=NOW + timedelta(hours=1))

    assert {row.made_at for row in world.services.shortlists.of(MINE.id)} == {NOW}


def test_many_changes_of_a_deal_are_one_choice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_books(world)
    looked = counted(monkeypatch, following)
    for n in range(30):
        now = replace(MINE, amount=float(n), modified_at=NOW + n * timedelta(seconds=1))
        world.mirror.store(deals=[now], work=work_after, now=NOW)

    handled = drain("write", KINDS["write"], world.services, owner="worker")

    assert handled == 30
    assert looked == [MINE.id]
    assert {row.deal_id for row in world.services.shortlists.of(MINE.id)} == {MINE.id}


def test_what_is_kept_names_asset_version_score_and_reasons(world: World) -> None:
    keep_books(world)

    suggest([MINE.id], world.services, now=NOW)

    rows = world.services.shortlists.of(MINE.id)
    assert [row.rank for row in rows] == list(range(1, len(rows) + 1))
    assert [row.score for row in rows] == sorted((row.score for row in rows), reverse=True)
    assert all(row.reasons and row.version_id == f"{row.asset_id} v1" and row.model == BY_FIT for row in rows)
