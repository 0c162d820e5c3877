"""Touches name the asset that they are of, by its own external id; that they can't holds no touch up."""

from dataclasses import replace
from typing import Any

import pytest

from crm import writing
from enablement.model import Status, Touch
from enablement.reconcile import check, mend_touches
from tests.crm.copies import ASSETS, dead, follow, shown, unsettled, writes
from tests.crm.test_touches import COLLECTION, keep, refs, touch
from tests.doors import RENEWAL, ROLLOUT, Stage

CALCULATOR = "ROI calculator"
OBJECT = "Content_Asset__c"


def named(stage: Stage) -> dict[str, str | None]:
    """Return the title of the asset that each touch names."""
    rows = stage.org.query("SELECT External_Ref__c, Content_Asset__r.Title__c FROM Content_Touch__c")
    return {row["External_Ref__c"]: (row["Content_Asset__r"] or {}).get("Title__c") for row in rows}


def written(stage: Stage, *names: str) -> list[Touch]:
    many = [touch(stage, name) for name in names]
    keep(stage, many)
    stage.drain("write")
    return many


def found(stage: Stage) -> Any:
    stage.clock.advance(minutes=2)
    return check(stage.services, since=None, now=stage.clock())


def test_a_touch_names_an_asset_that_is_there(stage: Stage) -> None:
    follow(stage)

    [one] = written(stage, "t")

    assert named(stage) == {one.id: CALCULATOR}
    assert len(writes(stage, ASSETS)) == 1, "the asset was not written again"


def test_an_asset_that_is_not_there_yet_is_written_before_its_touches_and_once(stage: Stage) -> None:
    many = written(stage, *(f"t{n}" for n in range(450)))

    assert set(named(stage).values()) == {CALCULATOR}
    assert sorted(named(stage)) == sorted(one.id for one in many)
    assert sum(writes(stage, COLLECTION)) == 450
    follow(stage)
    assert [row["Title__c"] for row in shown(stage).values()].count(CALCULATOR) == 1


def test_an_asset_that_was_deleted_in_the_org_is_written_again_and_its_touches_once_more(
    stage: Stage,
) -> None:
    follow(stage)
    stage.org_delete(OBJECT, shown(stage)[CALCULATOR]["Id"])
    before = len(writes(stage, ASSETS))
    [other] = [one for one in stage.services.catalog.assets() if one.title == "Pricing overview"]
    fine = touch(stage, "fine", asset_id=other.id, version_id=other.version_id)
    keep(stage, [fine])

    many = written(stage, *(f"t{n}" for n in range(5)))

    assert named(stage) == {**{one.id: CALCULATOR for one in many}, fine.id: "Pricing overview"}
    assert writes(stage, COLLECTION) == [6, 5]
    assert len(writes(stage, ASSETS)) == before + 1
    assert unsettled(stage) == []


def test_an_asset_that_the_org_does_not_take_keeps_no_touch_away(stage: Stage) -> None:
    follow(stage)
    stage.org_delete(OBJECT, shown(stage)[CALCULATOR]["Id"])
    stage.org_fault("row_lock", times=1, path_prefix=ASSETS)

    many = written(stage, "one", "two")

    assert named(stage) == dict.fromkeys([one.id for one in many])
    assert writes(stage, COLLECTION) == [2, 2, 2], "named, named once more, and then without"
    assert dead(stage) == []
    # The comparison brings it about later.
    said = found(stage)
    assert {field for wrong in said.touches.changed.values() for field in wrong} == {"Content_Asset__c"}
    mend_touches(stage.services, said.touches, now=stage.clock())
    stage.drain("write")
    assert named(stage) == dict.fromkeys([one.id for one in many], CALCULATOR)
    assert found(stage).touches.changed == {}


@pytest.mark.parametrize("kind", ["status", "drop"])
def test_an_outage_for_assets_alone_keeps_no_touch_away(stage: Stage, kind: str) -> None:
    stage.org_fault(kind, times=-1, path_prefix=ASSETS)

    [one] = written(stage, "t")

    assert named(stage) == {one.id: None}
    stage.org_calm()
    mend_touches(stage.services, found(stage).touches, now=stage.clock())
    stage.drain("write")
    assert named(stage) == {one.id: CALCULATOR}


def test_an_asset_refused_for_good_is_not_named_and_not_found_differing_for_ever(stage: Stage) -> None:
    [one] = [one for one in stage.services.catalog.assets() if one.title == CALCULATOR]
    assert stage.services.catalog.keep(replace(one, version=10_000_000))

    many = written(stage, "one", "two")

    assert named(stage) == dict.fromkeys([one.id for one in many])
    assert found(stage).touches.changed == {}
    assert written(stage, "three")[0].id in refs(stage)
    assert writes(stage, ASSETS) == [1], "it is not tried anew with each touch"


@pytest.mark.parametrize(("status", "name"), [("archived", CALCULATOR), ("draft", None), ("in_review", None)])
def test_what_a_touch_tells_of_an_asset_that_nobody_may_be_shown(
    stage: Stage, status: Status, name: str | None
) -> None:
    [one] = [one for one in stage.services.catalog.assets() if one.title == CALCULATOR]
    stage.services.catalog.keep(replace(one, status=status))

    [made] = written(stage, "t")

    assert named(stage) == {made.id: name}
    assert {title: row["Status__c"] for title, row in shown(stage).items()} == (
        {CALCULATOR: "Archived"} if name else {}
    )


def test_a_touch_whose_asset_was_unlinked_by_somebody_is_put_right(stage: Stage) -> None:
    follow(stage)
    [one] = written(stage, "t")
    there = stage.services.crm.written(one.id)
    assert there
    stage.org.update("Content_Touch__c", [{"id": there[0], "Content_Asset__c": None}])

    said = found(stage)
    mend_touches(stage.services, said.touches, now=stage.clock())
    stage.drain("write")

    assert said.touches.changed == {one.id: ("Content_Asset__c",)}
    assert named(stage) == {one.id: CALCULATOR}


def test_touches_through_a_bulk_job_name_their_assets_too(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "BULK_FROM", 3)
    monkeypatch.setattr("crm.ingest.FIRST_LOOK_S", 0.05)
    follow(stage)
    stage.org_delete(OBJECT, shown(stage)[CALCULATOR]["Id"])
    [other] = [one for one in stage.services.catalog.assets() if one.title == "Discount rules"]
    stage.services.catalog.keep(replace(other, status="draft"))
    stage.services.copies.forget("asset", [other.id])
    bare = touch(stage, "bare", asset_id=other.id, version_id=other.version_id, deal_id=stage.deals[RENEWAL])
    many = [touch(stage, f"t{n}", deal=ROLLOUT) for n in range(4)]

    outcome = stage.services.crm.write_touches([bare, *many])

    assert set(outcome.values()) == {None}
    assert named(stage) == {**{one.id: CALCULATOR for one in many}, bare.id: None}
    assert writes(stage, COLLECTION) == []
