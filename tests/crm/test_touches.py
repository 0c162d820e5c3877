"""Touches become rows of the org: each once, whatever goes wrong on the way."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

import app as composition
from crm import touches as rows
from enablement.model import LANES, Touch, Written, key
from enablement.ports import TryLater, Undeliverable
from enablement.sharing import crm_task
from jobs import lanes
from jobs.kinds import KINDS
from tests.doors import RENEWAL, ROLLOUT, Stage

NAMESPACE = {"sf": "http://soap.sforce.com/2006/04/metadata"}
COLLECTION = f"/services/data/v62.0/composite/sobjects/{rows.OBJECT}"


def touch(stage: Stage, name: str = "t", *, deal: str = ROLLOUT, **more: object) -> Touch:
    """Return a touch of an asset of the library, kept in the ledger."""
    [known] = [one for one in stage.services.catalog.assets() if one.title == "ROI calculator"]
    made = Touch(
        id=key(name),
        kind="shared",
        asset_id=known.id,
        version_id=known.version_id,
        deal_id=stage.deals[deal],
        email="maya@harbourline.test",
        recipient="aoife@norfield.test",
        channel="slack",
        share_id="",
        occurred_at=stage.clock(),
    )
    return replace(made, **more)  # type: ignore[arg-type]  # fields by name


def keep(stage: Stage, touches: Sequence[Touch]) -> None:
    """Write touches and the work they cause, as sharing does."""
    tasks = tuple(crm_task(one) for one in touches)
    stage.services.ledger.write(Written(records=tuple(touches), tasks=tasks), now=stage.clock())


def refs(stage: Stage) -> list[str]:
    return sorted(row["External_Ref__c"] for row in stage.touch_rows())


def posted(stage: Stage) -> list[int]:
    """Return how many rows each call of the collection held."""
    return [call["rows"] for call in stage.org_calls(COLLECTION)]


def test_a_touch_is_written_with_all_that_managers_read(stage: Stage) -> None:
    keep(stage, [touch(stage)])

    stage.drain("write")

    [row] = stage.org.query(
        "SELECT Opportunity__c, Asset_Title__c, Asset_Version__c, Kind__c, Actor__c, Actor_Name__c, Recipient__c, "
        "Channel__c FROM Content_Touch__c"
    )
    assert (row["Opportunity__c"], row["Asset_Title__c"]) == (stage.deals[ROLLOUT], "ROI calculator")
    assert (row["Asset_Version__c"], row["Kind__c"]) == (1, "Shared")
    assert (row["Actor__c"], row["Actor_Name__c"]) == (stage.users["maya"], "Maya")
    assert (row["Recipient__c"], row["Channel__c"]) == ("aoife@norfield.test", "slack")


def test_writing_twice_is_one_row(stage: Stage) -> None:
    one = touch(stage)

    first, second = stage.services.crm.write_touches([one]), stage.services.crm.write_touches([one])

    assert first == second == {one.id: None}
    assert refs(stage) == [one.id]


def test_what_was_written_is_found_again(stage: Stage) -> None:
    one = touch(stage)
    before = stage.services.crm.written(one.id)

    stage.services.crm.write_touches([one])

    found = stage.services.crm.written(one.id)
    assert before is None
    assert found is not None
    assert found[1] == stage.deals[ROLLOUT]
    assert stage.services.crm.written("' OR External_Ref__c != '") is None


def test_more_rows_than_a_call_takes_go_in_several(stage: Stage) -> None:
    many = [touch(stage, f"t{number}", deal=(ROLLOUT, RENEWAL)[number % 2]) for number in range(450)]

    outcome = stage.services.crm.write_touches(many)

    assert set(outcome.values()) == {None}
    assert posted(stage) == [200, 200, 50]
    assert refs(stage) == sorted(one.id for one in many)


def test_five_hundred_touches_of_one_deal_are_each_written_once(stage: Stage) -> None:
    many = [touch(stage, f"t{number}") for number in range(500)]
    keep(stage, many)

    handled = stage.drain("write")

    assert handled == 500
    assert refs(stage) == sorted(one.id for one in many)
    assert sum(posted(stage)) == 500, "none was written twice"


def test_a_locked_row_is_written_again_and_the_others_are_not(stage: Stage) -> None:
    many = [touch(stage, f"t{number}") for number in range(5)]
    keep(stage, many)
    stage.org_fault("row_lock", times=2, path_prefix=COLLECTION)

    stage.drain("write")
    written = len(refs(stage))
    stage.clock.advance(minutes=1)
    stage.drain("write")

    assert written == 3
    assert posted(stage) == [5, 2]
    assert refs(stage) == sorted(one.id for one in many)


def test_one_touch_that_cannot_be_written_does_not_hold_the_others_up(stage: Stage) -> None:
    good, bad = touch(stage, "good"), touch(stage, "bad", deal=RENEWAL)
    stage.org_delete("Opportunity", stage.deals[RENEWAL])
    keep(stage, [good, bad])

    stage.drain("write")

    [letter] = stage.services.outbox.letters(states=["dead"], limit=9)
    assert (letter.kind, letter.subject) == ("crm.touch", bad.id)
    assert refs(stage) == [good.id]


def test_a_touch_whose_asset_is_gone_is_named_and_the_others_are_written(stage: Stage) -> None:
    good, bad = touch(stage, "good"), touch(stage, "bad", asset_id="gone")

    outcome = stage.services.crm.write_touches([bad, good])

    assert isinstance(outcome[bad.id], Undeliverable)
    assert outcome[good.id] is None


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status"},
        {"kind": "drop"},
        {"kind": "lost_reply"},
        {"kind": "expire_session"},
        {"kind": "error_code", "error_code": "UNABLE_TO_LOCK_ROW"},
    ],
    ids=lambda fault: fault.get("error_code", fault["kind"]),
)
def test_whatever_passes_the_touch_is_there_once_afterwards(stage: Stage, fault: dict[str, Any]) -> None:
    one = touch(stage)
    keep(stage, [one])
    stage.org_fault(**fault, path_prefix=COLLECTION)

    for _ in range(3):
        stage.drain("write")
        stage.clock.advance(minutes=6)

    assert refs(stage) == [one.id]
    assert stage.services.outbox.letters(states=["due", "leased", "dead"], limit=9) == []


def test_a_spent_day_makes_touches_wait_for_who_writes_after_it(stage: Stage) -> None:
    one, other = touch(stage), touch(stage, "other", deal=RENEWAL)
    keep(stage, [one])
    stage.org_fault("error_code", error_code="REQUEST_LIMIT_EXCEEDED", path_prefix=COLLECTION)
    stage.drain("write")
    keep(stage, [other])
    stage.drain("write")
    asked = len(posted(stage))
    # A writer that begins on the next day knows nothing of the last.
    services, database = composition.build(stage.settings)
    stage.clock.advance(minutes=6)

    lanes.drain("write", KINDS["write"], replace(services, clock=stage.clock), owner="tomorrow")
    database.close()

    assert asked == 1, "once the org has said that the day is spent, it is not asked again"
    assert refs(stage) == sorted([one.id, other.id])


def test_an_answer_that_is_not_one_is_tried_later(stage: Stage) -> None:
    stage.org_fault("status", times=-1, path_prefix=COLLECTION)

    with pytest.raises(TryLater):
        stage.services.crm.write_touches([touch(stage)])


def test_nothing_to_write_asks_nothing(stage: Stage) -> None:
    before = len(stage.org_calls())

    assert stage.services.crm.write_touches([]) == {}
    assert stage.drain(*LANES) == 0
    assert len(stage.org_calls()) == before
