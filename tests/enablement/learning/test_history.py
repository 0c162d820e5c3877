"""What was in the mirror and the ledger becomes a study: when deals began and ended, their stages, what was used."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from enablement.evidence.study import Study
from enablement.learning import digest, packed, study_of, unpacked
from enablement.model import Deal, Lot, Stage, StageHop
from enablement.ports import History, Use
from tests.builders import deal

BEGAN = datetime(2026, 1, 10, 12, tzinfo=UTC)
PROCESS = [
    Stage("Discovery", 1, is_closed=False, is_won=False),
    Stage("Proposal", 2, is_closed=False, is_won=False),
    Stage("Won", 3, is_closed=True, is_won=True),
    Stage("Lost", 4, is_closed=True, is_won=False),
]
WON = deal("Norfield – Won", created_at=BEGAN, stage="Won", is_closed=True, is_won=True)


def after(days: float) -> datetime:
    return BEGAN + timedelta(days=days)


def hop(number: int, stage: str, days: float, *, of: Deal = WON, **changes: Any) -> StageHop:
    made = StageHop(f"008{number}", of.id, stage, 1000.0, date(2026, 3, 1), "005", after(days))
    return replace(made, **changes)


PASSED = (hop(1, "Discovery", 0), hop(2, "Proposal", 20), hop(3, "Won", 50))


def study(
    *deals: Deal,
    hops: tuple[StageHop, ...] = (),
    uses: tuple[Use, ...] = (),
    lots: tuple[Lot, ...] = (),
) -> Study:
    return study_of(History(deals or (WON,), hops, PROCESS, uses, lots))


def days(moments: Any) -> list[float]:
    """Return how many days after the deal's beginning moments are."""
    return [round(float(one - BEGAN.timestamp() / 86_400), 6) for one in moments]


def test_a_deal_stands_in_each_open_stage_from_when_it_came_there() -> None:
    found = study(hops=PASSED[::-1])

    assert found.stages == ("Discovery", "Proposal")
    assert (found.stay_stage.tolist(), days(found.stay_from)) == ([0, 1], [0, 20])
    assert (days(found.begun), days(found.ended), found.won.tolist()) == ([0], [50], [True])


def test_a_hop_that_changes_the_amount_alone_is_no_new_stay() -> None:
    found = study(hops=(*PASSED, hop(4, "Discovery", 9, amount=5.0), hop(5, "Won", 60)))

    assert days(found.stay_from) == [0, 20]
    assert days(found.ended) == [50]


def test_a_reopened_deal_ends_when_it_closed_for_good() -> None:
    hops = (*PASSED[:2], hop(3, "Lost", 30), hop(4, "Proposal", 40), hop(5, "Won", 70))

    found = study(hops=hops)

    assert (found.stay_stage.tolist(), days(found.stay_from)) == ([0, 1, 1], [0, 20, 40])
    assert days(found.ended) == [70]


def test_an_open_deal_has_no_end_even_where_it_was_closed_before() -> None:
    again = replace(WON, stage="Proposal", is_closed=False, is_won=False)

    found = study(again, hops=(*PASSED, hop(4, "Proposal", 60)))

    assert np.isnan(found.ended).all()
    assert not found.won.any()


def test_without_history_a_deal_was_in_the_first_known_stage_from_its_beginning() -> None:
    standing = deal("Open", created_at=BEGAN, stage="Proposal")
    closed = replace(WON, close_date=after(30).date(), modified_at=after(90))

    found = study(standing, closed)

    at = {str(name): row for row, name in enumerate(found.deals)}
    stays = dict(zip(found.stay_deal.tolist(), found.stay_stage.tolist(), strict=True))
    assert stays == {at[standing.id]: 1, at[closed.id]: 0}
    assert days(found.stay_from) == [0, 0]
    # The end of its close date.
    assert days(found.ended[[at[closed.id]]]) == [30.5]


def test_a_deal_without_any_date_begins_and_ends_with_what_is_known() -> None:
    bare = replace(WON, created_at=None, close_date=None, modified_at=after(5))

    found = study(bare)

    assert (days(found.begun), days(found.ended)) == ([5], [5])


def test_history_that_begins_before_the_deal_was_created_counts() -> None:
    """Deals that were imported from elsewhere bring their history."""
    found = study(replace(WON, created_at=after(25)), hops=PASSED)

    assert days(found.begun) == [0]


def test_a_stage_that_is_no_longer_in_the_process_says_nothing() -> None:
    found = study(hops=(*PASSED, hop(4, "Pilot (old)", 10)))

    assert found.stay_stage.tolist() == [0, 1]


def test_hops_of_one_moment_come_in_the_order_of_their_ids() -> None:
    found = study(hops=(hop(2, "Proposal", 0), hop(1, "Discovery", 0), hop(3, "Won", 50)))

    assert found.stay_stage.tolist() == [0, 1]


def test_use_counts_once_from_its_first_moment_and_within_the_deal() -> None:
    uses = (
        Use(WON.id, "deck", after(30)),
        Use(WON.id, "deck", after(10)),
        Use(WON.id, "early", after(-3)),
        Use(WON.id, "late", after(51)),
        Use("006ELSEWHERE", "other", after(1)),
    )

    found = study(hops=PASSED, uses=uses)

    used = [str(found.assets[place]) for place in found.use_asset]
    assert used == ["deck", "early"]
    assert days(found.use_at) == [10, 0]


def test_lots_name_assets_that_nobody_used_too() -> None:
    lots = tuple(
        Lot(f"lot {name}", WON.id, name, name == "deck", 0.5, "m", after(2)) for name in ("deck", "never")
    )
    stray = Lot("lot", "006ELSEWHERE", "deck", True, 0.5, "m", after(2))

    found = study(hops=PASSED, uses=(Use(WON.id, "deck", after(3)),), lots=(*lots, stray))

    assert [str(found.assets[place]) for place in found.lot_asset] == ["deck", "never"]
    assert found.lot_shown.tolist() == [True, False]
    assert found.lot_chance.tolist() == [0.5, 0.5]
    assert days(found.lot_at) == [2, 2]


def test_amounts_are_ranked_within_their_currency() -> None:
    amounts = [(1.0, "EUR"), (9.0, "EUR"), (300.0, "JPY"), (700.0, "JPY"), (700.0, "JPY"), (None, "JPY")]
    deals = [
        deal(f"Deal {n}", amount=amount, currency=currency) for n, (amount, currency) in enumerate(amounts)
    ]

    found = study(*deals)

    at = {str(name): row for row, name in enumerate(found.deals)}
    ranks = [float(found.facts["amount"][at[one.id]]) for one in deals]
    assert ranks[:5] == pytest.approx([0.25, 0.75, 1 / 6, 2 / 3, 2 / 3])
    assert np.isnan(ranks[5])


def test_facts_are_those_of_the_beginning_as_far_as_history_tells() -> None:
    hops = (
        hop(1, "Discovery", 0, amount=10.0, close_date=after(60).date()),
        hop(2, "Won", 50, amount=99.0),
    )
    other = deal("Other", amount=50.0, created_at=BEGAN)

    found = study(replace(WON, amount=99.0), other, hops=hops)

    at = {str(name): row for row, name in enumerate(found.deals)}
    # 10 at first, which is less than the other deal's 50.
    assert found.facts["amount"][at[WON.id]] == 0.25
    assert found.facts["first_stage"][at[WON.id]] == "Discovery"
    assert found.facts["planned_days"][at[WON.id]] == 59.5
    assert "competitor" not in found.facts


def test_of_several_products_the_first_that_the_deal_names_is_its_segment() -> None:
    found = study(replace(WON, products=("Yard", "Dock"), competitors=(), industry=None))

    assert {name: values.tolist() for name, values in found.segments.items()} == {
        "industry": [""],
        "region": ["Europe"],
        "size": ["enterprise"],
        "language": ["en"],
        "product": ["Yard"],
        "competitor": [""],
    }


def test_deals_without_an_account_id_are_of_the_account_that_they_name() -> None:
    assert study(WON).accounts.tolist() == ["Norfield"]
    assert study(replace(WON, account_id="001A")).accounts.tolist() == ["001A"]


def full(seed: int) -> Study:
    """Return a study of many deals whose rows come in an order of its own."""
    deals = [
        deal(f"Deal {n}", created_at=after(n), is_closed=n % 2 == 0, account_id="001") for n in range(40)
    ]
    hops = [hop(n, "Proposal", n + 1.5, of=one) for n, one in enumerate(deals)]
    uses = [Use(one.id, f"asset {n % 7}", after(n + 2)) for n, one in enumerate(deals)]
    lots = [
        Lot(f"{n}", one.id, f"asset {n % 9}", n % 3 == 0, 0.5, "m", after(n)) for n, one in enumerate(deals)
    ]
    for some in (deals, hops, uses, lots):
        random.Random(seed).shuffle(some)
    return study_of(History(deals, hops, PROCESS[::-1], uses, lots))


def test_the_order_of_rows_changes_nothing() -> None:
    assert digest(full(1)) == digest(full(2))


def test_a_study_comes_back_from_its_bytes_as_it_was() -> None:
    was = full(1)

    back = unpacked(packed(was))

    assert digest(back) == digest(was)
    assert back.stages == was.stages


def test_another_fact_is_another_study() -> None:
    told = {digest(study(replace(WON, industry=name))) for name in ("Retail", "Mining", None)}

    assert len(told) == 3


def test_an_empty_history_is_an_empty_study() -> None:
    empty = study_of(History((), (), (), (), ()))

    assert (len(empty.deals), len(empty.use_deal), empty.stages) == (0, 0, ())
    assert digest(unpacked(packed(empty))) == digest(empty)
