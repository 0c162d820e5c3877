"""What the org has is compared with what it should have, and put right."""

import json
import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import cli
from crm import opportunity_fields
from crm.reconcile import _FIELDS, TouchComparison
from crm.writing import delete
from enablement.model import LANES, DealSummary, Written
from enablement.ports import TouchCheck, Undeliverable
from enablement.reconcile import Checked, as_json, check, mend_deals, mend_touches, sentences
from enablement.sharing import take_back
from jobs import crm_work
from tests.crm.test_touches import keep, refs, touch
from tests.doors import RENEWAL, ROLLOUT, Stage

OBJECT = "Content_Touch__c"
MAYA = "maya@harbourline.test"


def found(stage: Stage, **since: Any) -> Checked:
    # What is written now is judged only once it has had time to arrive.
    stage.clock.advance(minutes=2)
    return check(stage.services, since=since.get("since"), now=stage.clock())


def written(stage: Stage, count: int = 6, **more: object) -> list[str]:
    """Write the library and touches of two deals, and return their ids in order."""
    crm_work.follow_library(stage.services, [])
    many = [touch(stage, f"t{n}", deal=(ROLLOUT, RENEWAL)[n % 2], **more) for n in range(count)]
    keep(stage, many)
    stage.drain("write")
    return sorted(one.id for one in many)


def row_id(stage: Stage, ref: str) -> str:
    there = stage.services.crm.written(ref)
    assert there is not None
    return there[0]


def change(stage: Stage, ref: str, **fields: object) -> None:
    stage.org.update(OBJECT, [{"id": row_id(stage, ref), **fields}])


def strange(stage: Stage, ref: str) -> None:
    """Put a row into the org that Touchline never wrote."""
    facts = {"Kind__c": "Shared", "Occurred_At__c": "2026-01-02T03:04:05Z", "Asset_Title__c": "Deck"}
    stage.org.insert(OBJECT, [{"Opportunity__c": stage.deals[ROLLOUT], "External_Ref__c": ref, **facts}])


def test_what_was_written_and_left_alone_does_not_differ(stage: Stage) -> None:
    written(stage)

    said = found(stage)

    assert not said.differs
    assert (said.touches.touches, said.touches.rows) == (6, 6)
    assert (said.touches.missing, said.touches.changed, said.touches.extra) == ([], {}, [])
    assert (said.deals.differing, said.deals.gone) == ([], [])
    assert said.deals.known == said.deals.there == len(stage.deals)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("Asset_Title__c", "Something else"),
        ("Asset_Ref__c", "x"),
        ("Asset_Version__c", 9),
        ("Kind__c", "Presented"),
        ("Actor__c", None),
        ("Actor_Name__c", "Nobody"),
        ("Recipient__c", None),
        ("Channel__c", "mail"),
        ("Share_Ref__c", "x"),
        ("Occurred_At__c", "2020-01-01T00:00:00Z"),
    ],
)
def test_each_field_that_was_changed_is_named_and_put_right(
    shared_stage: Stage, field: str, value: object
) -> None:
    stage = shared_stage
    ids = written(stage)
    change(stage, ids[2], **{field: value})

    said = found(stage)
    mend_touches(stage.services, said.touches, now=stage.clock())
    stage.drain("write")

    assert said.touches.changed == {ids[2]: (field,)}
    assert not found(stage).differs


def test_a_touch_that_was_moved_to_another_deal_is_put_back(stage: Stage) -> None:
    ids = written(stage)
    before = stage.services.crm.written(ids[0])
    assert before is not None
    other = next(deal for deal in (stage.deals[ROLLOUT], stage.deals[RENEWAL]) if deal != before[1])
    change(stage, ids[0], Opportunity__c=other)

    said = found(stage)
    mend_touches(stage.services, said.touches, now=stage.clock())
    stage.drain("write")

    assert said.touches.changed == {ids[0]: ("Opportunity__c",)}
    assert stage.services.crm.written(ids[0]) == before


def test_a_missing_touch_is_written_again(stage: Stage) -> None:
    ids = written(stage)
    stage.org_delete(OBJECT, row_id(stage, ids[3]))

    said = found(stage)
    mend_touches(stage.services, said.touches, now=stage.clock())
    stage.drain("write")

    assert said.touches.missing == [ids[3]]
    assert refs(stage) == ids


def test_a_row_that_nobody_here_knows_is_reported_and_left_alone(stage: Stage) -> None:
    ids = written(stage)
    for ref in ("~ first in some orders", "Zebra", "ref-12", "0" * 40, "f" * 40, "A" * 40):
        strange(stage, ref)

    said = found(stage)
    mend_touches(stage.services, said.touches, now=stage.clock())
    stage.drain(*LANES)

    assert sorted(said.touches.extra) == sorted(
        ["~ first in some orders", "Zebra", "ref-12", "0" * 40, "f" * 40, "A" * 40]
    )
    assert not said.differs
    assert len(refs(stage)) == len(ids) + 6


def test_a_touch_that_was_taken_back_and_is_there_all_the_same_is_deleted(stage: Stage) -> None:
    ids = written(stage)
    take_back(ids[0], email=MAYA, services=stage.services, now=stage.clock())
    stage.drain("write")
    # A writer that was held up for longer than its lease writes after the deletion.
    [late] = stage.services.ledger.touches([ids[0]])
    stage.services.crm.write_touches([late])

    said = found(stage)
    mend_touches(stage.services, said.touches, now=stage.clock())
    stage.drain("write")

    assert said.touches.taken_back == [ids[0]]
    assert refs(stage) == ids[1:]


def test_what_is_on_its_way_or_given_up_is_counted_and_not_judged(stage: Stage) -> None:
    waiting, dead = touch(stage, "waiting"), touch(stage, "dead", asset_id="gone")
    keep(stage, [dead])
    stage.drain("write")
    keep(stage, [waiting])

    said = found(stage)

    assert (said.waiting, said.given_up, said.touches.missing) == (1, 1, [])
    assert "1 touches were given up" in " ".join(sentences(said))


def test_a_touch_of_this_moment_is_not_judged(stage: Stage) -> None:
    stage.services.ledger.write(Written(records=(touch(stage),)), now=stage.clock())

    at_once = check(stage.services, since=None, now=stage.clock())

    assert at_once.touches.missing == []
    assert len(found(stage).touches.missing) == 1


def test_off_the_record_stays_off(stage: Stage) -> None:
    opened = touch(stage, "opened", kind="opened")
    stage.services.ledger.write(Written(records=(opened,)), now=stage.clock())

    said = found(stage)

    assert (said.touches.touches, said.touches.missing) == (0, [])


def test_only_what_is_recent_is_read_when_only_that_is_asked_for(stage: Stage) -> None:
    old = touch(stage, "old", occurred_at=stage.clock() - timedelta(days=3))
    new = touch(stage, "new")
    keep(stage, [old, new])
    stage.drain("write")
    for one in (old, new):
        stage.org_delete(OBJECT, row_id(stage, one.id))

    recent = found(stage, since=stage.clock() - timedelta(hours=6))

    assert recent.touches.missing == [new.id]
    assert sorted(found(stage).touches.missing) == sorted([old.id, new.id])


def test_a_recent_touch_whose_time_was_changed_is_found_both_ways(stage: Stage) -> None:
    old = touch(stage, "old", occurred_at=stage.clock() - timedelta(days=3))
    new = touch(stage, "new")
    keep(stage, [old, new])
    stage.drain("write")
    change(stage, old.id, Occurred_At__c=stage.clock().isoformat(timespec="seconds"))
    change(stage, new.id, Occurred_At__c="2020-01-01T00:00:00Z")

    said = found(stage, since=stage.clock() - timedelta(hours=6))

    assert said.touches.changed == {old.id: ("Occurred_At__c",)}
    assert said.touches.missing == [new.id]


@pytest.mark.parametrize("page", [1, 2, 3, 1000])
def test_the_page_that_a_touch_falls_into_does_not_matter(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    monkeypatch.setattr("crm.reconcile.PAGE", page)
    ids = written(stage, 12)
    missing = random.Random(page).sample(ids, 3)
    for ref in missing:
        stage.org_delete(OBJECT, row_id(stage, ref))
    strange(stage, "7" * 40)
    strange(stage, "f" * 40)

    said = found(stage)

    assert sorted(said.touches.missing) == sorted(missing)
    assert said.touches.extra == ["7" * 40, "f" * 40]
    assert said.touches.changed == {}


def test_deals_that_the_mirror_missed_are_read_again(stage: Stage) -> None:
    changed, gone = stage.deals[ROLLOUT], stage.deals[RENEWAL]
    stage.org.update("Opportunity", [{"id": changed, "Amount": 7}])
    stage.org_delete("Opportunity", gone)
    known = stage.services.mirror.deals([changed])

    said = found(stage)
    mend_deals(stage.services, said.deals)

    assert (said.deals.differing, said.deals.gone) == ([changed], [gone])
    assert known[0].amount != 7
    assert [deal.amount for deal in stage.services.mirror.deals([changed])] == [7]
    assert stage.services.mirror.deal(gone) is None
    again = found(stage).deals
    assert (again.differing, again.gone) == ([], [])


def test_the_words_name_what_is_wrong_and_the_document_holds_all(stage: Stage) -> None:
    said = replace(found(stage), touches=TouchCheck(9, 8, [f"m{n}" for n in range(7)], {}, ["t"], ["x"]))

    words = "\n".join(sentences(said))

    assert "9 touches should be in Salesforce, 8 are there." in words
    assert "7 touches are missing there: m0, m1, m2, m3, m4, …" in words
    assert "1 touches are there and unknown here" in words
    assert as_json(said)["differs"] is True
    assert as_json(said)["touches"]["missing"] == [f"m{n}" for n in range(7)]  # type: ignore[index]  # a document


def updated(stage: Stage) -> int:
    """Return how many rows were updated by their id."""
    path = "/services/data/v62.0/composite/sobjects"
    return sum(
        call["rows"] for call in stage.org_calls(path) if (call["method"], call["path"]) == ("PATCH", path)
    )


def test_the_quarter_hourly_and_the_nightly_comparison_mend_by_themselves(stage: Stage) -> None:
    recent = written(stage, 4)
    old = [touch(stage, f"old {n}", occurred_at=stage.clock() - timedelta(days=9)) for n in range(20)]
    keep(stage, old)
    stage.drain("write")
    stage.clock.advance(minutes=2)
    for ref in (recent[0], old[0].id, old[1].id):
        stage.org_delete(OBJECT, row_id(stage, ref))

    crm_work.check_recent(stage.services, [])
    stage.drain("write")
    after_recent = len(refs(stage))
    crm_work.check_all(stage.services, [])
    stage.drain("compute")
    stage.drain("write")

    assert after_recent == 22
    assert refs(stage) == sorted([*recent, *(one.id for one in old)])


def test_what_touches_add_up_to_is_written_once_a_day_and_deal(stage: Stage) -> None:
    written(stage, 6)
    before = updated(stage)

    for _ in range(3):
        crm_work.sum_up(stage.services, [])
        stage.drain("write")
    fields = f"{opportunity_fields.COUNT}, {opportunity_fields.LAST_AT}, {opportunity_fields.TOP_ASSET}"
    found_rows = stage.org.query(f"SELECT Id, {fields} FROM Opportunity")  # noqa: S608 - names of ours
    [row] = [one for one in found_rows if one["Id"] == stage.deals[ROLLOUT]]

    assert updated(stage) - before == 2, "two deals were touched, and each was written once"
    assert row[opportunity_fields.COUNT] == 3
    assert row[opportunity_fields.TOP_ASSET] == "ROI calculator"
    assert row[opportunity_fields.LAST_AT] is not None


def test_sums_are_absolute_and_leave_out_what_was_taken_back(stage: Stage) -> None:
    ids = written(stage, 4)
    crm_work.sum_up(stage.services, [])
    stage.drain("write")
    for ref in ids:
        take_back(ref, email=MAYA, services=stage.services, now=stage.clock())
    stage.clock.advance(days=1)

    crm_work.sum_up(stage.services, [])
    stage.drain("write")

    rows = stage.org.query(f"SELECT {opportunity_fields.COUNT} FROM Opportunity")  # noqa: S608 - a name of ours
    counts = [row[opportunity_fields.COUNT] for row in rows]
    assert [count for count in counts if count is not None] == [0, 0]
    assert stage.services.ledger.deal_summaries([stage.deals[ROLLOUT]]) == [
        DealSummary(stage.deals[ROLLOUT], 0, None, None)
    ]


def command(stage: Stage, monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    """Give a command of `touchline deals` and return what it printed."""
    monkeypatch.setattr("cli_deals.open_services", lambda: stage.services)
    monkeypatch.setattr("cli_deals.read_settings", lambda: stage.settings)
    stage.clock.advance(minutes=2)
    done = CliRunner().invoke(cli, ["deals", *words])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_commands_say_what_differs_and_put_it_right(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = written(stage)
    stage.org_delete(OBJECT, row_id(stage, ids[0]))
    stage.org.update("Opportunity", [{"id": stage.deals[ROLLOUT], "Amount": 7}])

    before = json.loads(command(stage, monkeypatch, "check", "--json"))
    still_missing = len(refs(stage))
    repaired = json.loads(command(stage, monkeypatch, "repair", "--json"))
    after = json.loads(command(stage, monkeypatch, "check", "--json"))
    words = command(stage, monkeypatch, "check")

    assert (before["differs"], before["touches"]["missing"], still_missing) == (True, [ids[0]], 5)
    assert repaired["repaired"] == {"made_due": 1, "told_again": 0, "read": 1, "written": 1}
    assert (after["differs"], refs(stage)) == (False, ids)
    assert "6 touches should be in Salesforce, 6 are there." in words


class Answers:
    """A client that answers each query with the same rows, and each deletion with the same refusal."""

    def __init__(self, rows: list[dict[str, Any]], refusal: str = "") -> None:
        self.rows, self.refusal = rows, refusal

    def query(self, _soql: str, **_values: object) -> list[dict[str, Any]]:
        return self.rows

    def delete(self, ids: list[str]) -> list[Exception]:
        return [Undeliverable(self.refusal) for _ in ids]


def test_strange_references_may_stand_anywhere_in_the_orgs_own_order(
    shared_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = shared_stage
    monkeypatch.setattr("crm.reconcile.PAGE", 1)
    ids = written(stage)
    fields = ", ".join(("External_Ref__c", *_FIELDS))
    rows = stage.org.query(f"SELECT {fields} FROM Content_Touch__c ORDER BY External_Ref__c")  # noqa: S608 - names of ours
    strangers = [{"External_Ref__c": ref} for ref in ("~ punctuation first", "Zebra")]
    services = stage.services
    comparison = TouchComparison(
        Answers([strangers[0], *rows, strangers[1]]),  # type: ignore[arg-type]  # what of a client is used
        catalog=services.catalog,
        mirror=services.mirror,
        ledger=services.ledger,
        waiting={},
        before=stage.clock() + timedelta(minutes=1),
    )

    said = comparison.run(since=None, begins="")

    assert set(ids) <= {row["External_Ref__c"] for row in rows}
    assert (said.missing, said.changed) == ([], {})
    assert said.extra == ["~ punctuation first", "Zebra"]


@pytest.mark.parametrize(
    ("refusal", "is_well"),
    [("ENTITY_IS_DELETED: entity is deleted", True), ("UNABLE_TO_LOCK_ROW: locked", False)],
)
def test_what_vanished_between_looking_and_deleting_is_gone(refusal: str, *, is_well: bool) -> None:
    client = Answers([{"Id": "a0T000000000001", "External_Ref__c": "t"}], refusal)

    outcome = delete(client, ["t"])  # type: ignore[arg-type]  # what of a client is used

    assert (outcome["t"] is None) is is_well
