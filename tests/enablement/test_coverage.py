"""Gaps, unused and outlived content: each number is its rows."""

from typing import Any

import pytest

from enablement.coverage import (
    coverage,
    dead,
    outlived,
)
from enablement.model import (
    Decision,
    Withdrawal,
    Written,
)
from tests.builders import ANNA, NOW, asset, deal, share, touch
from tests.enablement.shelves import DAY, LIBRARIAN, book, effect, failed, fill, learn
from tests.fakes import World


def places(world: World, **more: Any) -> dict[tuple[str, str, str], list[str]]:
    found = coverage(world.services, now=NOW, **more)
    return {(one.stage, one.segment, one.language): list(one.assets) for one in found.cells}


@pytest.mark.parametrize(
    ("said", "is_good"),
    [
        ({"stages": ("negotiation",)}, True),
        ({"industries": ("Manufacturing",)}, True),
        ({"stages": ("Negotiation",), "industries": ("Retail", "manufacturing")}, True),
        ({}, False),
        ({"stages": ("Proposal",)}, False),
        ({"stages": ("Negotiation",), "industries": ("Retail",)}, False),
        ({"stages": ("Negotiation",), "language": "fr"}, False),
        ({"stages": ("Negotiation",), "expires": NOW.date() - DAY}, False),
        ({"stages": ("Negotiation",), "expires": NOW.date()}, True),
        ({"stages": ("Negotiation",), "status": "archived"}, False),
        ({"stages": ("Negotiation",), "released": NOW.date() + DAY}, False),
    ],
)
def test_content_is_good_for_deals_that_it_is_made_for(
    world: World, said: dict[str, Any], is_good: bool
) -> None:
    fill(world, [deal()], [book("Book", **said)])

    assert places(world) == {("Negotiation", "Manufacturing", "en"): ["Book"] * is_good}


@pytest.mark.parametrize("segment", ["", "industry:manufacturing", "stage:Negotiation"])
def test_what_was_found_to_hurt_is_not_good(world: World, segment: str) -> None:
    made = [book("Hurts", stages=("Negotiation",)), book("Helps", stages=("Negotiation",))]
    fill(world, [deal(industry="manufacturing")], made)
    elsewhere = effect("Helps", "hurts", "industry:Retail")

    learn(world, effect("Hurts", "hurts", segment), effect("Helps"), elsewhere)

    assert list(places(world).values()) == [["Helps"]]


def test_a_cell_counts_open_deals_with_what_they_are_worth(world: World) -> None:
    small, large = deal("Small", amount=1.0), deal("Large", amount=5.0)
    unknown = deal("Unknown", amount=None, industry=None, language=None)
    fill(world, [small, large, unknown, deal("Won", is_closed=True, is_won=True)])

    found = coverage(world.services, now=NOW)

    cells = {one.segment: one for one in found.cells}
    assert cells["Manufacturing"].deals == (large.id, small.id)
    assert cells["Manufacturing"].amounts == (("EUR", 6.0),)
    assert (cells[""].deals, cells[""].language, cells[""].amounts) == ((unknown.id,), "", ())
    assert (found.currency, found.stages) == ("EUR", ("Negotiation",))


def test_money_of_two_currencies_is_not_added_up(world: World) -> None:
    fill(
        world,
        [deal("A", currency="THB", amount=9e9), deal("B", stage="Proposal"), deal("C", stage="Proposal")],
    )

    found = coverage(world.services, now=NOW)

    assert found.currency is None
    assert [one.stage for one in found.gaps()] == ["Proposal", "Negotiation"]


def test_gaps_stand_with_most_pipeline_first(world: World) -> None:
    many = [deal(f"Many {n}", amount=1.0) for n in range(3)]
    large = deal("Large", amount=9.0, stage="Proposal")
    covered = deal("Covered", amount=99.0, industry="Retail")
    fill(world, [*many, large, covered], [book("Shop", industries=("Retail",))])

    gaps = coverage(world.services, now=NOW).gaps()

    assert [one.deals for one in gaps] == [(large.id,), tuple(sorted(one.id for one in many))]


def test_a_deal_of_two_products_waits_in_both(world: World) -> None:
    fill(world, [deal(products=("Robots", "Racks"))])

    assert {segment for _, segment, _ in places(world, by="product")} == {"Robots", "Racks"}


def test_one_stage_spelt_in_two_ways_is_one(world: World) -> None:
    fill(world, [deal("A", stage="negotiation", industry="RETAIL"), deal("B", industry="Retail")])

    [cell] = coverage(world.services, now=NOW).cells

    assert (len(cell.deals), cell.stage) == (2, "Negotiation")


def test_failed_searches_stand_beside_the_deals_that_they_were_for(world: World) -> None:
    mine, other = deal("Mine"), deal("Other", stage="Proposal")
    fill(world, [mine, other])
    failed(world, "landmines", mine)

    cells = {one.stage: one.unmet for one in coverage(world.services, now=NOW).cells}

    assert cells == {"Negotiation": ("landmines",), "Proposal": ()}


def test_content_is_dead_that_is_old_and_unused(world: World) -> None:
    old = {"updated_at": NOW - 400 * DAY}
    some = [
        asset("Never", **old),
        asset("Long ago", **old),
        asset("Lately", **old),
        asset("New", updated_at=NOW - 80 * DAY),
        asset("Released lately", released=(NOW - 80 * DAY).date(), **old),
        asset("Expired", expires=(NOW - DAY).date(), **old),
    ]
    fill(world, assets=some)
    touches = [
        touch(id="1", asset_id="Long ago", occurred_at=NOW - 181 * DAY),
        touch(id="2", asset_id="Lately", occurred_at=NOW - 179 * DAY),
        touch(id="3", asset_id="Never", occurred_at=NOW),
    ]
    world.ledger.write(Written(records=(*touches, Withdrawal("w", "3", ANNA, NOW))), now=NOW)

    found = dead(world.services, now=NOW)

    assert [(one.asset.id, one.last_used) for one in found] == [
        ("Never", None),
        ("Long ago", NOW - 181 * DAY),
    ]
    assert {one.asset.id for one in dead(world.services, now=NOW, unused_days=170)} == {
        "Never",
        "Long ago",
        "Lately",
    }


def test_in_place_of_dead_content_stands_what_people_use_instead(world: World) -> None:
    old: dict[str, Any] = {"updated_at": NOW - 400 * DAY, "stages": ("Proposal",)}
    used = [
        book("Alike", **old, industries=("Retail",)),
        book("Hurts", **old, industries=("Retail",)),
        book("Less alike", **old),
        book("French", **old, industries=("Retail",), language="fr"),
        book("Sheet", **old, industries=("Retail",), kind="sheet"),
    ]
    fill(
        world,
        assets=[
            book("Dead", **old, industries=("Retail",)),
            book("Replaced", **old, replaced_by="Sheet"),
            *used,
        ],
    )
    touches = [touch(id=one.id, asset_id=one.id, occurred_at=NOW - DAY) for one in used]
    world.ledger.write(Written(records=tuple(touches)), now=NOW)
    learn(world, effect("Hurts", "hurts"))

    instead = {one.asset.id: one.instead and one.instead.id for one in dead(world.services, now=NOW)}

    assert instead == {"Dead": "Alike", "Replaced": "Sheet"}


def test_content_lives_on_after_its_time_by_touches_and_links(world: World) -> None:
    expired = asset("Expired", expires=(NOW - 10 * DAY).date())
    archived = asset("Archived", status="archived")
    fill(world, assets=[expired, archived, asset("Valid"), asset("Over", expires=(NOW - 10 * DAY).date())])
    decided = Decision("d", "Archived", "v", "archived", LIBRARIAN, "", NOW - 5 * DAY)
    touches = [
        touch(id="before", asset_id="Expired", occurred_at=NOW - 10 * DAY),
        touch(id="after", asset_id="Expired", occurred_at=NOW - 9 * DAY),
        touch(id="earlier", asset_id="Archived", occurred_at=NOW - 6 * DAY),
        touch(id="valid", asset_id="Valid", occurred_at=NOW - DAY),
    ]
    links = [
        share(id="live", token="live", asset_id="Archived", expires_at=NOW + DAY),
        share(id="over", token="over", asset_id="Over", expires_at=NOW - DAY),
    ]
    world.ledger.write(Written(records=(decided, *touches, *links)), now=NOW)

    found = outlived(world.services, now=NOW)

    said = [(one.asset.id, [t.id for t in one.touches], [s.id for s in one.links]) for one in found]
    assert said == [("Expired", ["after"], []), ("Archived", [], ["live"])]
    assert found[1].since == NOW - 5 * DAY
