"""Lots between near ties: fair, known with their chance, and blind to what may not be seen."""

import random
from collections import Counter
from datetime import timedelta

import pytest

from enablement.exploring import FRESH_BELOW_DEALS, Ranked, best_first, draw, fresh_days, lots
from enablement.model import Reason
from tests.builders import NOW, asset

DRAWS = 4000
FIT, PARTS, FRESH = Reason("products", ("Yard",)), Reason("parts", ("", "1")), Reason("fresh", ("3",))


def ranked(title: str, score: float, *, fresh: bool = False) -> Ranked:
    return Ranked(asset(title), score, (FIT, *([FRESH] if fresh else []), PARTS))


def two_sure_and_four_in_a_tie(*, fresh_at: float | None = None) -> list[Ranked]:
    some = [ranked(f"sure {n}", 1 - n / 10) for n in range(2)]
    some += [ranked(f"tie {n}", 0.7 - n / 1000) for n in range(4)]
    return some + [ranked(f"fresh {n}", fresh_at, fresh=True) for n in range(2) if fresh_at]


@pytest.mark.parametrize("fresh_at", [None, 0.55, 0.695])
def test_chances_are_as_often_as_they_say(fresh_at: float | None) -> None:
    """Without anything fresh, with two fresh assets beyond the tie, and with two in it."""
    some = best_first(two_sure_and_four_in_a_tie(fresh_at=fresh_at))
    at, shown_of = Counter[tuple[str, int]](), Counter[str]()
    said: dict[str, float] = {}
    for n in range(DRAWS):
        shown, chances = draw(some, most=5, seed=str(n))
        assert len(shown) == 5
        at.update((one.asset.id, rank) for rank, one in enumerate(shown))
        shown_of.update(one.asset_id for one in chances if one.shown)
        said |= {one.asset.id: one.propensity for one in shown}
        drawn = {one.asset_id: one.chance for one in chances}

    for (name, _rank), times in at.items():
        assert times / DRAWS == pytest.approx(said[name], abs=0.025)
    assert {name: shown_of[name] / DRAWS for name in drawn} == pytest.approx(drawn, abs=0.025)
    assert drawn.keys() >= {f"tie {n}" for n in range(4)}
    assert not any(name.startswith("sure") for name in drawn)


def test_what_is_not_near_keeps_its_place() -> None:
    some = [ranked(f"{n}", 1 - n / 12) for n in range(5)]

    shown, chances = draw(best_first(some), most=5, seed="s")

    assert [one.asset.id for one in shown] == list("01234")
    assert {one.propensity for one in shown} == {1.0}
    assert chances == []


def test_a_fresh_asset_that_fits_has_a_place_and_one_that_does_not_has_none() -> None:
    old = [ranked(f"old {n}", 1.0 - n / 50) for n in range(7)]

    for seed in map(str, range(50)):
        fits = draw(best_first([*old, ranked("new", 0.6, fresh=True)]), most=5, seed=seed)[0]
        poor = draw(best_first([*old, ranked("new", 0.4, fresh=True)]), most=5, seed=seed)[0]
        assert [one.asset.id for one in fits].index("new") == 4
        assert "new" not in {one.asset.id for one in poor}


def test_the_same_list_is_drawn_from_any_order_and_another_seed_draws_another() -> None:
    some = [ranked(f"{n}", 0.8) for n in range(12)]
    mixed = random.Random(1).sample(some, len(some))

    first = draw(best_first(some, seed="a"), most=5, seed="a")

    assert first == draw(best_first(mixed, seed="a"), most=5, seed="a")
    assert any(draw(best_first(some, seed=seed), most=5, seed=seed) != first for seed in "bcd")


def test_what_is_hidden_moves_no_lot_of_the_rest() -> None:
    """The order of what is left is as in a library without the hidden ones, whatever ties these had part in."""
    for seed in map(str, range(60)):
        chance = random.Random(seed)
        some = [ranked(f"{n}", round(chance.uniform(0.6, 0.7), 3)) for n in range(20)]
        seen = [one for one in best_first(some, seed=seed) if chance.random() < 0.5]
        assert draw(seen, most=5, seed=seed) == draw(best_first(seen, seed=seed), most=5, seed=seed)


def test_a_lot_is_kept_once_for_the_same_list_and_says_so_among_the_reasons() -> None:
    shown, chances = draw(best_first(two_sure_and_four_in_a_tie()), most=5, seed="s")
    kept = lots(chances, deal_id="D", seed="s", model="m", now=NOW)
    later = lots(chances, deal_id="D", seed="s", model="another", now=NOW + timedelta(days=1))

    assert [one.id for one in kept] == [one.id for one in later]
    assert len({one.id for one in kept}) == len(kept) == 4
    assert {one.asset_id for one in kept if one.shown} <= {one.asset.id for one in shown}
    assert [reason.kind for reason in shown[-1].reasons] == ["products", "lot", "parts"]


@pytest.mark.parametrize(
    ("changes", "deals", "days"),
    [
        ({"updated_at": NOW - timedelta(days=30)}, 0, 30),
        ({"updated_at": NOW - timedelta(days=31)}, 0, None),
        ({}, FRESH_BELOW_DEALS, None),
        ({"version": 2}, 0, None),
        ({"version": 2, "released": NOW.date() - timedelta(days=2)}, 0, 2),
    ],
)
def test_fresh_is_what_came_lately_and_few_used(changes: dict, deals: int, days: int | None) -> None:  # type: ignore[type-arg]  # values of any kind
    assert fresh_days(asset(**changes), deals=deals, now=NOW) == days
