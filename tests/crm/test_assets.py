"""The org's assets follow the library: what may be shown, as it stands today, each once and only when it differs."""

from dataclasses import replace
from datetime import timedelta

import pytest

from crm import assets as rows
from crm.writing import BULK_FROM
from enablement.governance import archive, restore
from enablement.model import LANES, Asset
from enablement.reconcile import mend_copies
from jobs import crm_work
from jobs.kinds import KINDS
from tests.builders import NOW, asset
from tests.crm.copies import ASSETS, LIBRARIAN, dead, follow, shown, statuses, unsettled, writes
from tests.doors import LIBRARY, Stage

TITLES = {title for title, _, _ in LIBRARY}
DAY = timedelta(days=1)


def known(stage: Stage, title: str) -> Asset:
    [found] = stage.services.catalog.assets_titled(title)
    return found


def change(stage: Stage, title: str, /, **fields: object) -> None:
    assert stage.services.catalog.keep(replace(known(stage, title), **fields))  # type: ignore[arg-type]  # by name


def test_the_first_look_writes_all_that_may_be_shown_with_all_that_managers_read(stage: Stage) -> None:
    one = known(stage, "Korvane battlecard")

    follow(stage)

    found = shown(stage)
    row = found["Korvane battlecard"]
    assert found.keys() == TITLES
    assert (row["External_Ref__c"], row["Name"], row["Kind__c"]) == (one.id, one.title, "battlecard")
    assert (row["Language__c"], row["Audience__c"], row["Status__c"]) == ("en", "Internal", "Published")
    assert (row["Version__c"], row["Updated_On__c"]) == (1, one.updated_at.date().isoformat())
    assert (row["Review_Due_On__c"], row["Expires_On__c"], row["Link__c"]) == (None, None, None)
    assert writes(stage, ASSETS) == [len(TITLES)]


def test_what_is_the_same_is_not_written_again(stage: Stage) -> None:
    follow(stage)

    for _ in range(3):
        follow(stage)
    stage.clock.advance(days=1)
    follow(stage)

    assert writes(stage, ASSETS) == [len(TITLES)]
    assert unsettled(stage) == []


def test_only_what_changed_is_written(stage: Stage) -> None:
    follow(stage)
    change(stage, "Pricing overview", title="Pricing in short", url="https://prices.example/list")
    # Of what nobody in the CRM sees nothing is written.
    change(stage, "ROI calculator", owner="maya@harbourline.test")

    follow(stage)

    row = shown(stage)["Pricing in short"]
    assert (row["Name"], row["Link__c"]) == ("Pricing in short", "https://prices.example/list")
    assert writes(stage, ASSETS) == [len(TITLES), 1]


def test_a_change_there_and_back_is_told_both_times(stage: Stage) -> None:
    follow(stage)
    for title in ("Other", "Pricing overview", "Other"):
        [one] = [one for one in stage.services.catalog.assets() if one.title in ("Other", "Pricing overview")]
        change(stage, one.title, title=title)
        follow(stage)

    assert "Other" in shown(stage)
    assert writes(stage, ASSETS) == [len(TITLES), 1, 1, 1]


@pytest.mark.parametrize("status", ["draft", "in_review"])
def test_a_draft_is_never_written_unless_it_was_shown_before(stage: Stage, status: str) -> None:
    change(stage, "Discount rules", status=status)
    follow(stage)
    before = statuses(stage)
    change(stage, "Pricing overview", status=status)

    follow(stage)

    assert before.keys() == TITLES - {"Discount rules"}
    assert statuses(stage) == {**before, "Pricing overview": "Archived"}


def test_what_is_withdrawn_is_archived_there_and_comes_back(stage: Stage) -> None:
    follow(stage)
    asset_id = known(stage, "Pricing overview").id
    archive(asset_id, email=LIBRARIAN, services=stage.services, now=stage.clock())
    follow(stage)
    withdrawn = statuses(stage)["Pricing overview"]

    restore(asset_id, email=LIBRARIAN, services=stage.services, now=stage.clock())
    follow(stage)

    assert (withdrawn, statuses(stage)["Pricing overview"]) == ("Archived", "Published")


def test_what_was_archived_before_is_not_written(stage: Stage) -> None:
    change(stage, "Discount rules", status="archived")

    follow(stage)

    assert shown(stage).keys() == TITLES - {"Discount rules"}


def test_a_new_day_tells_what_became_due_expired_and_released_overnight(stage: Stage) -> None:
    today = stage.clock().date()
    change(stage, "Pricing overview", expires=today)
    change(stage, "ROI calculator", review_every_days=1, reviewed_on=today)
    change(stage, "Discount rules", released=today + DAY)
    follow(stage)
    evening = statuses(stage)
    stage.clock.advance(days=1)

    follow(stage)

    assert (evening["Pricing overview"], evening["ROI calculator"]) == ("Published", "Published")
    assert "Discount rules" not in evening
    morning = statuses(stage)
    assert (morning["Pricing overview"], morning["ROI calculator"]) == ("Expired", "Review due")
    assert morning["Discount rules"] == "Published"
    assert writes(stage, ASSETS) == [len(TITLES) - 1, 3]


@pytest.mark.parametrize("kind", ["status", "drop", "lost_reply", "expire_session"])
def test_whatever_passes_each_asset_is_there_once_afterwards(stage: Stage, kind: str) -> None:
    stage.org_fault(kind, path_prefix=ASSETS)

    for _ in range(3):
        follow(stage)
        stage.clock.advance(minutes=6)

    assert stage.org.query("SELECT COUNT(Id) n FROM Content_Asset__c")[0]["n"] == len(TITLES)
    assert unsettled(stage) == []


def test_a_locked_asset_is_written_again_and_the_others_are_not(stage: Stage) -> None:
    stage.org_fault("row_lock", times=2, path_prefix=ASSETS)

    follow(stage)
    stage.clock.advance(minutes=1)
    stage.drain("write")

    assert writes(stage, ASSETS) == [len(TITLES), 2]
    assert shown(stage).keys() == TITLES


def test_a_writer_that_is_killed_before_it_can_say_so_leaves_each_once(stage: Stage) -> None:
    crm_work.follow_library(stage.services, [])
    held = stage.services.outbox.claim("write", KINDS["write"], owner="killed", limit=99, now=stage.clock())
    crm_work.write_assets(stage.services, held)
    stage.clock.advance(minutes=1)

    stage.drain("write")

    assert len(held) == len(TITLES)
    assert writes(stage, ASSETS) == [len(TITLES)], "what was told is known, settled or not"
    assert stage.org.query("SELECT COUNT(Id) n FROM Content_Asset__c")[0]["n"] == len(TITLES)
    assert unsettled(stage) == []


def test_an_old_row_that_is_done_late_says_what_is_so_now(stage: Stage) -> None:
    crm_work.follow_library(stage.services, [])
    old = stage.services.outbox.claim("write", KINDS["write"], owner="slow", limit=99, now=stage.clock())
    change(stage, "Pricing overview", status="archived")
    stage.clock.advance(minutes=1)
    follow(stage)

    crm_work.write_assets(stage.services, old)

    assert "Pricing overview" not in shown(stage), "it was archived before it was ever told"
    assert statuses(stage)["ROI calculator"] == "Published"


def test_what_the_org_refuses_is_said_and_holds_nobody_up(stage: Stage) -> None:
    # More than its field can hold.
    change(stage, "Pricing overview", version=10_000_000)

    follow(stage)
    stage.clock.advance(days=1)
    change(stage, "Pricing overview", version=2)
    follow(stage)

    [said] = dead(stage)
    assert "NUMBER_OUTSIDE_VALID_RANGE" in said
    assert shown(stage)["Pricing overview"]["Version__c"] == 2
    assert shown(stage).keys() == TITLES


def test_ten_thousand_assets_are_loaded_through_bulk_jobs(stage: Stage) -> None:
    one = known(stage, "Pricing overview")
    many = [replace(one, id=f"copy{n:05}", source=f"copy {n}", title=f"Copy {n}") for n in range(10_000)]
    outcome: dict[str, Exception | None] = {}
    for start in range(0, len(many), crm_work.TOUCHES_A_JOB):
        part = many[start : start + crm_work.TOUCHES_A_JOB]
        outcome |= stage.services.crm.write_assets(part, on=stage.clock().date())

    assert crm_work.TOUCHES_A_JOB > BULK_FROM
    assert set(outcome.values()) == {None}
    assert writes(stage, ASSETS) == []
    assert (
        len([call for call in stage.org_calls("/services/data/v62.0/jobs/ingest") if call["method"] == "PUT"])
        == 2
    )
    assert stage.org.query("SELECT COUNT(Id) n FROM Content_Asset__c")[0]["n"] == 10_000
    assert stage.services.crm.stale_assets(many, on=stage.clock().date()) == []


def test_the_comparison_finds_what_is_missing_and_changed_and_has_it_put_right(stage: Stage) -> None:
    follow(stage)
    found = shown(stage)
    stage.org_delete(rows.OBJECT, found["Pricing overview"]["Id"])
    stage.org.update(rows.OBJECT, [{"id": found["ROI calculator"]["Id"], "Status__c": "Archived"}])
    strange = {"External_Ref__c": "theirs", "Name": "x", "Title__c": "x", "Status__c": "Published"}
    stage.org.insert(rows.OBJECT, [strange])

    crm_work.check_all(stage.services, [])
    stage.drain(*LANES)
    stage.drain("write")

    assert statuses(stage) == {**dict.fromkeys(TITLES, "Published"), "x": "Published"}
    again = stage.services.crm.check_copies(on=stage.clock().date(), waiting=())
    assert (again.missing, again.changed, again.extra) == ([], {}, ["theirs"])
    assert mend_copies(stage.services, again, now=stage.clock()) == 0


def test_what_waits_is_not_judged(stage: Stage) -> None:
    crm_work.follow_library(stage.services, [])
    waiting = stage.services.outbox.unsettled("crm.asset")

    found = stage.services.crm.check_copies(on=stage.clock().date(), waiting=waiting)

    assert len(waiting) == len(TITLES)
    assert (found.assets, found.assets_there, found.missing) == (len(TITLES), 0, [])


def test_a_title_or_a_link_too_long_for_its_field_does_not_keep_the_asset_out(stage: Stage) -> None:
    made = rows.to_row(asset("T" * 500, kind="k" * 80, url="https://x.example/" + "y" * 300), on=NOW.date())

    assert (len(str(made["Name"])), len(str(made["Title__c"])), made["Link__c"]) == (80, 255, None)
    assert rows.to_row(asset("  ", id="a1"), on=NOW.date())["Title__c"] == "a1"
    assert rows.to_row(asset(url="javascript:alert(1)"), on=NOW.date())["Link__c"] is None
