"""A large org is read as whole tables the first time: the same mirror as by small calls, and far fewer of them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from crm import bulk, sync
from crm.sync import WATERMARK
from enablement.adapters.sql import tables
from enablement.ports import TryLater, Undeliverable
from tests.crm.conftest import Org
from tests.crm.org_reading import Reading, open_reading

# Large is a matter of setting: what is read as tables here would be read by small calls in earnest.
MANY, LARGE = 620, 600
TRICKY = 'Nor"field, O\'Hara\n; "Sons" – ทดสอบ 北京'


@pytest.fixture
def reading(org: Org, tmp_path: Path) -> Iterator[Reading]:
    made = open_reading(org, tmp_path)
    yield made
    made.database.close()


@pytest.fixture
def deals(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """An org that counts as large; the first deal has all that a deal can have."""
    monkeypatch.setattr(sync, "TABLES_FROM", LARGE)
    [account] = reading.org.hand.insert(
        "Account",
        [{"Name": TRICKY, "Industry": "Retail", "BillingCountry": "Ireland", "NumberOfEmployees": 2400}],
    )
    rows: list[dict[str, Any]] = [
        {"Name": f"Deal {number}", "StageName": "Prospecting", "CloseDate": "2027-01-31", "Amount": number}
        for number in range(MANY)
    ]
    rows[0] |= {
        "Name": TRICKY,
        "AccountId": account,
        "MainCompetitors__c": "Korvane; Palletary",
        "Amount": 12.5,
    }
    rows[1] |= {"StageName": "Closed Won", "Amount": None}
    made = reading.org.hand.insert("Opportunity", rows)
    rafa = reading.person("rafa")
    member = {"OpportunityId": made[0], "UserId": rafa, "TeamMemberRole": "Sales Rep"}
    reading.org.hand.insert("OpportunityTeamMember", [member])
    reading.contact(made[0], "brannigan")
    reading.at(hours=1)
    reading.change(made[0], StageName="Qualification")
    return made


def everything(reading: Reading) -> list[Any]:
    with reading.database.reading() as connection:
        return [
            connection.execute(select(table).order_by(*table.primary_key)).all()
            for table in (tables.deals, tables.deal_team, tables.contacts, tables.stage_hops)
        ]


def test_tables_and_small_calls_make_the_same_mirror(
    reading: Reading, deals: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "ROWS_A_PAGE", 250)

    assert reading.sync() == MANY

    calls = [call["path"] for call in reading.org.calls()]
    other = open_reading(reading.org, tmp_path / "other")
    monkeypatch.setattr(sync, "TABLES_FROM", MANY + 1)
    assert other.sync() == MANY
    assert everything(reading) == everything(other)
    assert len([path for path in calls if "/results" in path]) == 3 + 3 + 1 + 1
    other.database.close()


def test_the_next_sweep_goes_on_from_the_first_reading(reading: Reading, deals: list[str]) -> None:
    reading.sync()
    reading.at(hours=2)
    reading.change(deals[5], Amount=5_000)

    counted = reading.sync()

    assert counted == 2, "it, and the newest of those that were there"
    assert reading.deal(deals[5]).amount == 5_000


def test_reading_everything_again_drops_what_was_deleted_and_says_what_changed(
    reading: Reading, deals: list[str]
) -> None:
    reading.sync()
    reading.at(hours=2)
    reading.delete("Opportunity", deals[7])
    reading.change(deals[8], Amount=1)

    counted = reading.sync(full=True)

    assert counted == MANY - 1
    assert reading.mirror.deal(deals[7]) is None
    assert {one.deal.id for one in reading.changes} == {deals[8]}


def test_what_is_read_is_told_as_it_goes(reading: Reading, deals: list[str]) -> None:
    told: list[tuple[int, int]] = []

    sync.sync(reading.reader, full=True, progress=lambda count, expected: told.append((count, expected)))

    assert told[0] == (500, MANY)
    assert told[-1] == (MANY, MANY)


def test_a_page_that_breaks_off_is_fetched_again(reading: Reading, deals: list[str]) -> None:
    reading.org.fault("half_reply", times=2, path_prefix="/services/data/v62.0/jobs/query/750", method="GET")

    assert reading.sync() == MANY

    assert len(reading.mirror.deals(deals)) == MANY


def test_the_org_keeps_no_tables_of_ours(reading: Reading, deals: list[str]) -> None:
    reading.sync()

    left = reading.org.hand._call("GET", "/services/data/v62.0/jobs/query")["records"]
    assert left == []


def test_a_job_that_fails_says_why(
    reading: Reading, deals: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {"state": "Failed", "errorMessage": "InvalidBatch : out of space"}
    monkeypatch.setattr(reading.org.client, "job", lambda _: said)

    with pytest.raises(Undeliverable, match="out of space"):
        reading.sync()

    assert reading.mirror.watermark(WATERMARK) is None


def test_a_job_that_never_begins_is_given_up(
    reading: Reading, deals: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading.org.client, "job", lambda _: {"state": "UploadComplete"})
    monkeypatch.setattr(bulk, "JOB_LASTS_S", 0.2)

    with pytest.raises(TryLater, match="within an hour"):
        reading.sync()


def test_a_field_that_goes_while_tables_are_read_is_left_out(reading: Reading, deals: list[str]) -> None:
    reading.start_process(replace(reading.mapping, competitors="Rivals__c"))
    # As if the field had been there a moment ago.
    reading.reader.fields._left = replace(reading.mapping, competitors="Rivals__c", currency="")

    assert reading.sync() == MANY

    assert [one.partition(":")[0] for one in reading.alerts] == ["mapping Opportunity.Rivals__c"]
