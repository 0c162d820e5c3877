"""What was learned decides a list together with fit: effects before habits, and said with what it comes from."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from enablement.access import asset_filter
from enablement.answering import Answer, answer
from enablement.following import kept, suggest
from enablement.model import Asset, Effect, Facets, Feedback, Habit, Interval, Plain, Verdict, Written
from enablement.recommend import BY_FIT, Listed, Past, recommend
from enablement.why import factors, neutral
from tests.builders import NOW, ask, asset, deal, publish, suggestion, user
from tests.fakes import FakeLessons, World

MINE = deal(competitors=("Dockwright",), region=None)
ONLY = asset_filter(shared_outside=False, now=NOW)
OLD = NOW - timedelta(days=60)
THEIRS = Facets(competitors=("Dockwright",))


def effect(asset_id: str, points: float, verdict: Verdict = "helps", **changes: Any) -> Effect:
    interval = Interval(points, points - 0.03, points + 0.03)
    plain = Plain("Proposal", 9, 31, 4, 52)
    made = Effect(asset_id, "winning", "", interval, verdict, 40, 5 * points, 0.1, plain)
    return replace(made, **changes)


def paper(title: str, **changes: Any) -> Asset:
    return asset(title, **{"facets": THEIRS, "updated_at": OLD, **changes})


def put(world: World, *papers: Asset) -> None:
    world.mirror.store(users=[user()], deals=[MINE])
    world.crm.allow(user().id, MINE.id)
    for one in papers:
        publish(world.catalog, one)
    world.index.follow()


def listed(world: World, lessons: FakeLessons, *, past: Past = Past()) -> Listed:  # noqa: B008 - frozen
    services = replace(world.services, lessons=lessons)
    return recommend((), MINE, within=services, only=ONLY, now=NOW, past=past)


def titles(said: Listed) -> list[str]:
    return [one.asset.title for one in said.ranked]


def values(said: Listed, title: str, kind: str) -> tuple[str, ...]:
    (one,) = (one for one in said.ranked if one.asset.title == title)
    return next((reason.values for reason in one.reasons if reason.kind == kind), ())


def test_of_two_that_fit_the_one_that_helps_comes_first_and_the_one_that_hurts_last(world: World) -> None:
    put(world, paper("a hurts"), paper("b unknown"), paper("c helps"))
    said = listed(world, FakeLessons("run", [effect("c helps", 0.05), effect("a hurts", -0.04, "hurts")]))

    assert titles(said) == ["c helps", "b unknown", "a hurts"]


def test_what_everybody_uses_without_effect_does_not_outrank_what_fits_and_helps(world: World) -> None:
    everywhere = {"everywhere": Habit(1.0, 9000, 10_000, "")}
    put(world, paper("everywhere"), paper("helps"))
    effects = [effect("everywhere", 0.0, "no_clear_effect", deals=9000), effect("helps", 0.04)]

    assert titles(listed(world, FakeLessons("run", effects, everywhere)))[0] == "helps"


def test_of_equals_the_one_that_deals_like_this_one_use_comes_first_and_why_is_counted(world: World) -> None:
    put(world, paper("a"), paper("b"))
    said = listed(world, FakeLessons("run", habits={"b": Habit(0.3, 12, 40, "industry:Manufacturing")}))

    assert titles(said) == ["b", "a"]
    assert values(said, "b", "habit") == ("12", "40", "industry:Manufacturing")


def test_what_is_used_and_says_not_whom_it_is_for_is_found_and_what_is_for_others_is_not(
    world: World,
) -> None:
    put(
        world,
        paper("for all", facets=Facets()),
        paper("for others", facets=Facets(competitors=("Korvane",))),
        paper("theirs"),
    )
    habits = {name: Habit(0.3, 12, 40, "") for name in ("for all", "for others", "gone")}

    assert set(titles(listed(world, FakeLessons("run", habits=habits)))) == {"theirs", "for all"}


def test_the_reasons_hold_the_evidence_and_the_parts_make_the_score(world: World) -> None:
    put(
        world, paper("helps", facets=Facets(competitors=("Dockwright",), regions=("Europe",))), paper("other")
    )
    said = listed(world, FakeLessons("run-1", [effect("helps", 0.06)]))

    assert values(said, "helps", "evidence") == (
        *("helps", "0.0600", "0.0300", "0.0900", "40", "", "industry:Manufacturing"),
        *("9", "31", "4", "52", "Proposal", "run-1"),
    )
    assert values(said, "other", "evidence") == ("not_enough", "", "", "", "0", *[""] * 7, "run-1")
    assert values(said, "helps", "unknown") == ("regions",)
    assert said.ranked[0].reasons[-1].kind == "parts"


@pytest.mark.parametrize("question", ["", "payback"])
def test_the_factor_of_what_has_no_evidence_is_the_one_that_is_said_to_be_neutral(
    world: World, question: str
) -> None:
    put(world, paper("Payback"))
    services = replace(world.services, lessons=FakeLessons("run-1"))

    (one,) = recommend(question.split(), MINE, within=services, only=ONLY, now=NOW).ranked

    kept = suggestion(reasons=one.reasons)
    assert factors(kept)["evidence"] == neutral(kept)
    assert ("relevance" in factors(kept)) == bool(question)


def test_with_nothing_learned_all_is_as_by_the_stated_weights(world: World) -> None:
    put(
        world,
        paper("a", facets=Facets(competitors=("Dockwright",), industries=("Manufacturing",))),
        paper("b"),
    )
    learned = FakeLessons("", [effect("b", 0.3)], {"b": Habit(1.0, 9, 9, "")})
    said = listed(world, learned)

    assert titles(said) == ["a", "b"]
    assert values(said, "b", "evidence") == values(said, "b", "habit") == ()


def test_what_several_found_wrong_for_a_deal_goes_down_for_all(world: World) -> None:
    put(world, paper("a"), paper("b", updated_at=OLD - timedelta(days=100)))

    assert titles(listed(world, FakeLessons(), past=Past(wrong=("a",))))[0] == "b"


@pytest.mark.parametrize("people", [1, 2])
def test_one_person_finds_wrong_for_themselves_and_two_for_all(people: int, world: World) -> None:
    put(world, *(paper(f"p{n}") for n in range(3)))
    for n in range(people):
        word = Feedback(f"f{n}", "s", MINE.id, "p0", f"other{n}@stowmark.example", "wrong_for_deal", NOW)
        world.ledger.write(Written(records=(word,)), now=NOW)

    said = answer(ask(""), world.services, now=NOW)

    assert isinstance(said, Answer)
    scores = {one.asset.title: one.suggestion.score for one in said.shown}
    assert (scores.get("p0", 0) < scores["p1"]) is (people == 2)


def test_a_new_run_and_a_use_make_what_is_kept_old_and_a_rep_who_looks_does_not(world: World) -> None:
    put(world, *(paper(f"p{n}") for n in range(3)))
    lessons = FakeLessons("run")
    services = replace(world.services, lessons=lessons)
    suggest([MINE.id], services, now=NOW)

    assert kept(MINE, services, only=ONLY) is not None
    assert kept(MINE, services, only=ONLY, past=Past(used=("p1",))) is None
    assert kept(MINE, replace(services, lessons=FakeLessons("another")), only=ONLY) is None
    assert {row.model for row in services.shortlists.of(MINE.id)} == {BY_FIT.replace(",", ", run,", 1)}


def test_lots_of_what_is_shown_are_kept_once_however_often_it_is_asked_for(world: World) -> None:
    put(world, *(paper(f"p{n}") for n in range(8)))
    for n in range(3):
        said = answer(ask("", id=f"ask {n}"), world.services, now=NOW)

    assert isinstance(said, Answer)
    drawn = {one.asset_id: one for one in world.evidence.history().lots}
    shown = {one.asset.id: one.suggestion for one in said.shown}
    assert len(drawn) == len(list(world.evidence.history().lots)) == 8
    assert {one for one in drawn if drawn[one].shown} == shown.keys()
    assert {round(one.chance, 3) for one in drawn.values()} == {0.625}
    assert {one.propensity for one in shown.values()} == {0.125}
