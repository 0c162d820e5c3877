"""The judge of deliveries itself: a faithful one passes, and each planted loss or double is found."""

from dataclasses import replace
from random import Random

import pytest

from bench.announced import most_in_a_minute, violations
from enablement.model import Receipt
from tests.builders import NOW, receipt

PEOPLE = [f"U{number}" for number in range(300)]
READ = PEOPLE[:120]


def delivered(slack_id: str) -> Receipt:
    at = NOW if slack_id in READ else None
    return receipt(slack_id, ts="1.0", channel="D1", shown_revision=1, delivered_at=NOW, acknowledged_at=at)


RECEIPTS = [delivered(one) for one in PEOPLE]


def test_a_faithful_delivery_has_no_violation() -> None:
    assert violations(PEOPLE, PEOPLE, RECEIPTS, READ) == []


@pytest.mark.parametrize("seed", range(20))
def test_planted_losses_and_doubles_are_all_found(seed: int) -> None:
    chance = Random(seed)
    lost, doubled = chance.sample(PEOPLE[:150], 3), chance.sample(PEOPLE[150:], 4)
    arrived = [one for one in PEOPLE if one not in lost] + doubled
    chance.shuffle(arrived)

    found = violations(PEOPLE, arrived, RECEIPTS, READ)

    assert sorted(found) == sorted(
        [*(f"lost: {one}" for one in lost), *(f"2 times: {one}" for one in doubled)]
    )


def test_a_message_to_somebody_else_is_found() -> None:
    assert violations(PEOPLE, [*PEOPLE, "UGUEST"], RECEIPTS, READ) == ["nobody meant: UGUEST"]


def test_receipts_that_do_not_fit_are_found() -> None:
    unnoted = [replace(RECEIPTS[0], ts=""), *RECEIPTS[1:]]

    assert violations(PEOPLE, PEOPLE, RECEIPTS[1:], READ) == ["no receipt: U0"]
    assert violations(PEOPLE, PEOPLE, [*RECEIPTS, RECEIPTS[0]], READ) == ["2 receipts: U0"]
    assert violations(PEOPLE, PEOPLE, unnoted, READ) == ["not known as delivered: U0"]
    assert violations(PEOPLE, PEOPLE, [*RECEIPTS, delivered("UX")], READ) == [
        "nobody meant has a receipt: UX"
    ]


def test_acknowledgements_lost_and_made_up_are_found() -> None:
    assert violations(PEOPLE, PEOPLE, RECEIPTS, [*READ, "U200"]) == ["not acknowledged: U200"]
    assert violations(PEOPLE, PEOPLE, RECEIPTS, READ[1:]) == ["wrongly acknowledged: U0"]


def test_the_fullest_minute_is_found_wherever_it_begins() -> None:
    evenly = [number * 0.25 for number in range(3_000)]

    assert most_in_a_minute([]) == 0
    assert most_in_a_minute(evenly) == 240
    assert most_in_a_minute([*evenly, 123.45]) == 241
    assert most_in_a_minute([0.0, 60.0]) == 1
