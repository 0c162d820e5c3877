"""What a person takes back vanishes from the org, whenever they do it."""

from dataclasses import replace

import pytest

from enablement.model import Withdrawal, Written
from enablement.ports import TryLater
from enablement.sharing import CannotShare, crm_task, take_back
from jobs import crm_work, lanes
from jobs.kinds import KINDS
from tests.crm.test_touches import COLLECTION, keep, posted, refs, touch
from tests.doors import RENEWAL, Stage

MAYA = "maya@harbourline.test"


def back(stage: Stage, touch_id: str) -> Withdrawal:
    return take_back(touch_id, email=MAYA, services=stage.services, now=stage.clock())


def test_a_touch_that_was_taken_back_before_it_was_written_is_never_written(stage: Stage) -> None:
    one, other = touch(stage), touch(stage, "other")
    keep(stage, [one, other])

    back(stage, one.id)
    stage.drain("write")

    assert refs(stage) == [other.id]
    assert posted(stage) == [1]
    assert stage.services.outbox.counts() == {("write", "done"): 3}


def test_a_touch_that_was_taken_back_afterwards_is_deleted(stage: Stage) -> None:
    one, other = touch(stage), touch(stage, "other", deal=RENEWAL)
    keep(stage, [one, other])
    stage.drain("write")

    said = back(stage, one.id)
    stage.drain("write")

    assert (said.touch_id, said.email) == (one.id, MAYA)
    assert refs(stage) == [other.id]


def test_taking_back_twice_is_once(stage: Stage) -> None:
    one = touch(stage)
    keep(stage, [one])

    first = back(stage, one.id)
    stage.clock.advance(minutes=5)
    second = back(stage, one.id)
    stage.drain("write")

    assert first == second
    assert stage.services.outbox.counts() == {("write", "done"): 2}


def test_what_somebody_else_deleted_counts_as_taken_back(stage: Stage) -> None:
    one = touch(stage)
    keep(stage, [one])
    stage.drain("write")
    [row] = stage.touch_rows()
    stage.org_delete("Content_Touch__c", row["Id"])

    assert stage.services.crm.withdraw_touches([one.id, "f" * 40]) == {one.id: None, "f" * 40: None}


def test_more_than_a_call_takes_are_taken_back_together(stage: Stage) -> None:
    many = [touch(stage, f"t{number}") for number in range(450)]
    stage.services.crm.write_touches(many)

    outcome = stage.services.crm.withdraw_touches([one.id for one in many])

    assert set(outcome.values()) == {None}
    assert refs(stage) == []


def test_a_deletion_that_meets_a_locked_deal_is_tried_again(stage: Stage) -> None:
    one = touch(stage)
    keep(stage, [one])
    stage.drain("write")
    back(stage, one.id)
    stage.org_fault("row_lock", path_prefix="/services/data")

    stage.drain("write")
    still_there = refs(stage)
    stage.clock.advance(minutes=1)
    stage.drain("write")

    assert still_there == [one.id]
    assert refs(stage) == []


@pytest.mark.parametrize("withdrawal_first", [True, False])
def test_writing_and_taking_back_in_one_claim_end_as_taken_back(
    stage: Stage, *, withdrawal_first: bool
) -> None:
    one = touch(stage)
    stage.services.ledger.write(Written(records=(one,)), now=stage.clock())
    if not withdrawal_first:
        stage.services.outbox.add([crm_task(one)], now=stage.clock())
    back(stage, one.id)
    if withdrawal_first:
        stage.services.outbox.add([crm_task(one)], now=stage.clock())

    stage.drain("write")

    assert refs(stage) == []


def test_a_touch_taken_back_while_it_is_being_written_is_deleted_right_after(stage: Stage) -> None:
    one = touch(stage)
    keep(stage, [one])
    write = stage.services.crm.write_touches

    class Slow:
        """Is overtaken by the withdrawal while the call is on its way."""

        def __getattr__(self, name: str) -> object:
            return getattr(stage.services.crm, name)

        def write_touches(self, touches: list[object]) -> object:
            back(stage, one.id)
            nested = lanes.drain("write", KINDS["write"], stage.services, owner="another writer")
            assert nested == 0, "the deal is held by the writer whose call is on its way"
            return write(touches)  # type: ignore[arg-type]  # touches

    slow = replace(stage.services, crm=Slow())  # type: ignore[arg-type]  # a Crm
    lanes.drain("write", KINDS["write"], slow, owner="one writer")
    stage.drain("write")

    assert refs(stage) == []


def test_only_who_made_a_touch_may_take_it_back(stage: Stage) -> None:
    one = touch(stage)
    keep(stage, [one])

    for touch_id, email in ((one.id, "rafa@harbourline.test"), ("unknown", MAYA)):
        with pytest.raises(CannotShare):
            take_back(touch_id, email=email, services=stage.services, now=stage.clock())

    stage.drain("write")
    assert refs(stage) == [one.id]


def test_a_failing_deletion_holds_no_writing_up_and_the_other_way_round(stage: Stage) -> None:
    old, new = touch(stage, "old"), touch(stage, "new")
    keep(stage, [old])
    stage.drain("write")
    keep(stage, [new])
    back(stage, old.id)
    stage.org_fault("status", times=-1, path_prefix=f"{COLLECTION.rpartition('/')[0]}", method="DELETE")

    stage.drain("write")

    assert refs(stage) == sorted([old.id, new.id])
    stage.org_calm()
    stage.clock.advance(minutes=1)
    stage.drain("write")
    assert refs(stage) == [new.id]


def test_a_day_without_calls_makes_no_dead_letters_of_touches(stage: Stage) -> None:
    keep(stage, [touch(stage)])
    limit = {"error_code": "REQUEST_LIMIT_EXCEEDED", "path_prefix": "/services/data"}
    stage.org_fault("error_code", times=-1, **limit)

    for _ in range(30):
        stage.drain("write")
        stage.clock.advance(minutes=10)

    assert stage.services.outbox.counts() == {("write", "due"): 1}


def test_a_backlog_goes_out_by_a_bulk_job(stage: Stage) -> None:
    many = [touch(stage, f"t{number}", deal=RENEWAL) for number in range(2_300)]
    taken_back = many[7]
    keep(stage, many)
    back(stage, taken_back.id)

    written = crm_work.write_backlog(stage.services, owner="repair")

    assert written == 2_301
    assert posted(stage) == []
    assert len(stage.org_calls("/services/data/v62.0/jobs/ingest")) <= 8
    assert stage.org.query("SELECT COUNT(Id) n FROM Content_Touch__c")[0]["n"] == 2_299
    assert stage.services.crm.written(taken_back.id) is None
    assert stage.services.crm.written(many[0].id) is not None
    assert stage.services.outbox.counts() == {("write", "done"): 2_301}


def test_a_row_that_a_bulk_job_refuses_is_named_and_the_others_are_written(stage: Stage) -> None:
    good = [touch(stage, f"t{number}", deal=RENEWAL) for number in range(2_100)]
    bad = touch(stage, "bad", deal_id="006000000000000AAA")
    keep(stage, [*good, bad])

    crm_work.write_backlog(stage.services, owner="repair")

    [letter] = stage.services.outbox.letters(states=["dead", "due", "leased"], limit=9)
    assert (letter.subject, letter.state) == (bad.id, "dead")
    assert stage.services.outbox.counts()["write", "done"] == 2_100


def test_a_bulk_job_that_does_not_answer_is_tried_later(stage: Stage) -> None:
    many = [touch(stage, f"t{number}", deal=RENEWAL) for number in range(2_001)]
    stage.org_fault("status", times=-1, path_prefix="/services/data/v62.0/jobs")

    with pytest.raises(TryLater):
        stage.services.crm.write_touches(many)


def test_a_refusal_says_what_a_person_can_do(stage: Stage) -> None:
    one = touch(stage, deal=RENEWAL)
    stage.org_delete("Opportunity", stage.deals[RENEWAL])

    outcome = stage.services.crm.write_touches([one])

    assert "deleted or merged" in str(outcome[one.id])
