"""What deals like this one use: counted plainly, and learned the same from the same deals."""

from dataclasses import replace

import numpy as np
import pytest

from enablement.evidence import habits
from enablement.evidence.study import Study

DEALS, ASSETS = 1500, 40
REGIONS = ("East", "West")


def study(*, uses: bool = True) -> Study:
    """Deals of two regions: assets 0–9 are for the East, 10–19 for the West; 21 is used only beside 20."""
    chance = np.random.default_rng(3)
    region = chance.integers(0, 2, DEALS)
    pairs = []
    for deal in range(DEALS if uses else 0):
        own = chance.choice(10, 2, replace=False) + 10 * region[deal]
        pairs += [(deal, int(one)) for one in (*own, *chance.integers(22, ASSETS, 1))]
        pairs += [(deal, 20), (deal, 21)] if chance.random() < 0.1 else []
    use = np.array(pairs, np.int64).reshape(-1, 2)
    none, numbers = np.zeros(0, np.int64), np.zeros(0)
    words = np.array(REGIONS)[region]
    return Study(
        deals=np.array([f"d{n:04d}" for n in range(DEALS)]),
        accounts=np.full(DEALS, ""),
        facts={"region": words},
        segments={"region": words},
        begun=np.zeros(DEALS),
        ended=np.ones(DEALS),
        won=chance.random(DEALS) < 0.3,
        stages=("Open",),
        stay_deal=np.arange(DEALS),
        stay_stage=np.zeros(DEALS, np.int64),
        stay_from=np.zeros(DEALS),
        assets=np.array([f"a{n:02d}" for n in range(ASSETS)]),
        use_deal=use[:, 0],
        use_asset=use[:, 1],
        use_at=np.zeros(len(use)),
        lot_deal=none,
        lot_asset=none,
        lot_shown=none.astype(bool),
        lot_chance=numbers,
        lot_at=numbers,
    )


def shuffled(made: Study) -> Study:
    """Return the same deals, assets and uses, in another order of rows."""
    chance = np.random.default_rng(8)
    deal, asset = chance.permutation(DEALS), chance.permutation(ASSETS)
    use = chance.permutation(len(made.use_deal))
    words = made.segments["region"][deal]
    return replace(
        made,
        deals=made.deals[deal],
        facts={"region": words},
        segments={"region": words},
        won=made.won[deal],
        assets=made.assets[asset],
        use_deal=np.argsort(deal)[made.use_deal[use]],
        use_asset=np.argsort(asset)[made.use_asset[use]],
    )


@pytest.fixture(scope="module")
def learned() -> habits.Habits:
    return habits.read(habits.fit(study()))


def test_a_deal_uses_what_deals_of_its_segment_use(learned: habits.Habits) -> None:
    east, west = learned.of({"region": "East"}, ()), learned.of({"region": "West"}, ())

    assert set(list(east)[:10]) == {f"a{n:02d}" for n in range(10)}
    assert set(list(west)[:10]) == {f"a{n:02d}" for n in range(10, 20)}
    assert all(0 < one.likely <= 1 for one in east.values())


def test_what_goes_with_what_was_used_comes_next_and_what_was_used_not_again(learned: habits.Habits) -> None:
    place = list(learned.of({"region": "East"}, ["a20"])).index("a21")

    assert place < list(learned.of({"region": "East"}, ())).index("a21")
    assert "a20" not in learned.of({"region": "East"}, ["a20"])
    assert learned.of({"region": "East"}, ["unheard of"]) == learned.of({"region": "East"}, ())


def test_the_counts_are_those_of_the_deals(learned: habits.Habits) -> None:
    made = study()
    east = made.segments["region"] == "East"
    one = learned.of({"region": "East"}, ())["a03"]

    assert (one.segment, one.deals) == ("region:East", int(east.sum()))
    assert one.used == len({int(deal) for deal in made.use_deal[made.use_asset == 3] if east[deal]})
    unknown = learned.of({}, ())["a03"]
    assert (unknown.segment, unknown.deals) == ("", DEALS)


def test_the_same_deals_teach_the_same_in_any_order() -> None:
    assert habits.fit(study()) == habits.fit(shuffled(study()))


def test_without_uses_there_are_no_habits_and_damage_is_an_error() -> None:
    assert habits.read(habits.fit(study(uses=False))).of({"region": "East"}, ()) == {}
    with pytest.raises((ValueError, KeyError, OSError, EOFError)):
        habits.read(b"nothing")
