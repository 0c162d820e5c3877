"""What Salesforce's refusals mean: try later, or a matter for people."""

from typing import Any

import pytest

from enablement.ports import TryLater, Undeliverable
from tests.crm.conftest import Org

DATA = "/services/data"
TOUCH, REF = "Content_Touch__c", "External_Ref__c"
PASSING = (
    "UNABLE_TO_LOCK_ROW",
    "QUERY_TIMEOUT",
    "REQUEST_RUNNING_TOO_LONG",
    "SERVER_UNAVAILABLE",
    "UNKNOWN_EXCEPTION",
)
LASTING = ("INVALID_FIELD", "MALFORMED_QUERY", "INSUFFICIENT_ACCESS_OR_READONLY", "INVALID_TYPE", "NOT_FOUND")


def deal(org: Org, name: str = "Norfield") -> str:
    facts = {"Name": name, "StageName": "Prospecting", "CloseDate": "2027-01-01"}
    return org.hand.insert("Opportunity", [facts])[0]


def touch(opportunity: str, ref: str, **more: Any) -> dict[str, Any]:
    return {
        REF: ref,
        "Opportunity__c": opportunity,
        "Kind__c": "Shared",
        "Occurred_At__c": "2026-11-20T09:30:00.000+00:00",
        "Asset_Title__c": "ROI calculator",
        "Asset_Ref__c": "a1",
        "Asset_Version__c": 1,
        "Actor_Name__c": "Maya Chen",
        **more,
    }


@pytest.mark.parametrize("code", PASSING)
def test_what_passes_is_tried_later(org: Org, code: str) -> None:
    org.fault("error_code", times=-1, error_code=code, path_prefix=DATA)

    with pytest.raises(TryLater, match=code):
        list(org.client.query("SELECT Id FROM User"))


@pytest.mark.parametrize("code", LASTING)
def test_what_lasts_is_a_matter_for_people(org: Org, code: str) -> None:
    org.fault("error_code", error_code=code, path_prefix=DATA)

    with pytest.raises(Undeliverable, match=code):
        list(org.client.query("SELECT Id FROM User"))


def test_a_spent_daily_limit_waits_five_minutes(org: Org) -> None:
    org.fault("error_code", error_code="REQUEST_LIMIT_EXCEEDED", path_prefix=DATA)

    with pytest.raises(TryLater) as refused:
        list(org.client.query("SELECT Id FROM User"))

    assert refused.value.seconds == 300


def test_an_unknown_field_is_named(org: Org) -> None:
    with pytest.raises(Undeliverable, match=r"(?s)INVALID_FIELD.*Nonsense__c"):
        list(org.client.query("SELECT Nonsense__c FROM Opportunity"))


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_page_of_html_in_place_of_an_answer_is_tried_later(org: Org, status: int) -> None:
    org.fault("status", times=-1, status=status, path_prefix=DATA)

    with pytest.raises(TryLater, match=str(status)):
        list(org.client.query("SELECT Id FROM User"))


@pytest.mark.parametrize("status", [406, 420, 429])
def test_a_refusal_for_haste_is_tried_later(org: Org, status: int) -> None:
    org.fault("status", times=-1, status=status, path_prefix=DATA)

    with pytest.raises(TryLater, match=str(status)):
        org.client.upsert(TOUCH, REF, [touch("006000000000001AAA", "r")])


@pytest.mark.parametrize("status", [400, 403, 404, 410, 414])
def test_another_refusal_without_a_code_is_a_matter_for_people(org: Org, status: int) -> None:
    org.fault("status", status=status, path_prefix=DATA)

    with pytest.raises(Undeliverable, match=str(status)):
        list(org.client.query("SELECT Id FROM User"))


def test_values_are_quoted_into_a_query(org: Org) -> None:
    name = "O'Hara \\ \"x\" %' OR Name != '"
    mine = deal(org, name)
    deal(org, "another")

    found = list(org.client.query("SELECT Id FROM Opportunity WHERE Name = {name}", name=name))

    assert [row["Id"] for row in found] == [mine]


def test_a_query_is_read_to_its_last_page(org: Org) -> None:
    rows = [
        {"Name": f"Deal {number}", "StageName": "Prospecting", "CloseDate": "2027-01-01"}
        for number in range(2_050)
    ]
    org.hand.insert("Opportunity", rows)

    found = [row["Name"] for row in org.client.query("SELECT Name FROM Opportunity")]

    assert len(found) == len(set(found)) == 2_050


def test_one_bad_row_does_not_stop_the_others(org: Org) -> None:
    opportunity = deal(org)
    rows = [touch(opportunity, "r1"), touch(opportunity, "r2", Kind__c="Danced"), touch(opportunity, "r3")]

    first, second, third = org.client.upsert(TOUCH, REF, rows)

    assert (isinstance(first, str), isinstance(third, str)) == (True, True)
    assert isinstance(second, Undeliverable)
    assert "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST" in str(second)


def test_a_locked_row_is_tried_later_and_the_others_are_written(org: Org) -> None:
    opportunity = deal(org)
    org.fault("row_lock", path_prefix=DATA)

    first, second = org.client.upsert(TOUCH, REF, [touch(opportunity, "r1"), touch(opportunity, "r2")])

    assert isinstance(first, TryLater)
    assert isinstance(second, str)


def test_a_row_for_a_deal_that_is_gone_is_a_matter_for_people(org: Org) -> None:
    [wrong] = org.client.upsert(TOUCH, REF, [touch("006000000000001AAA", "r1")])

    assert isinstance(wrong, Undeliverable)


def test_the_same_row_twice_is_one_row(org: Org) -> None:
    row = touch(deal(org), "r1")

    [first] = org.client.upsert(TOUCH, REF, [row])
    [second] = org.client.upsert(TOUCH, REF, [row])

    assert first == second
    assert len(org.hand.query("SELECT Id FROM Content_Touch__c")) == 1


@pytest.mark.parametrize("count", [0, 201])
def test_a_call_takes_one_to_two_hundred_rows(org: Org, count: int) -> None:
    with pytest.raises(ValueError, match="1 to 200"):
        org.client.upsert(TOUCH, REF, [{}] * count)


def test_who_is_signed_in_is_known(org: Org) -> None:
    assert org.client.user_info()["preferred_username"] == "integration@harbourline.test"


def test_an_object_is_described(org: Org) -> None:
    names = {field["name"] for field in org.client.describe(TOUCH)["fields"]}

    assert {REF, "Opportunity__c", "Kind__c"} <= names
