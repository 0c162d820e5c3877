"""Many rows in one call."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.sandbox.salesforce.client import TOUCHES, OrgClient, touch


def upsert(org: OrgClient, rows: list[dict[str, Any]], *, all_or_none: bool = False) -> Any:
    answer = org.call("PATCH", TOUCHES, json={"allOrNone": all_or_none, "records": rows})
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


def codes(results: list[dict[str, Any]]) -> list[str]:
    return [result["errors"][0]["statusCode"] if result["errors"] else "ok" for result in results]


def test_a_replay_changes_the_same_rows(org: OrgClient) -> None:
    opportunity = org.deal()
    rows = [touch(opportunity, f"ref-{number}") for number in range(200)]

    first, second = upsert(org, rows), upsert(org, rows)

    assert [row["id"] for row in first] == [row["id"] for row in second]
    assert {row["created"] for row in first} == {True}
    assert {row["created"] for row in second} == {False}
    assert org.control("GET", "/count?object=Content_Touch__c") == {
        "object": "Content_Touch__c",
        "count": 200,
    }


def test_each_row_has_its_own_result_in_order(org: OrgClient) -> None:
    opportunity = org.deal()
    rows = [
        touch(opportunity, "a"),
        touch(opportunity, "b", Kind__c="Burnt"),
        touch(opportunity, "c", Nope__c=1),
        touch("006Hs0000000099", "d"),
        touch(opportunity, ""),
        {**touch(opportunity, "e"), "attributes": {"type": "Opportunity"}},
        touch(opportunity, "f"),
    ]

    results = upsert(org, rows)

    assert codes(results) == [
        "ok",
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "INVALID_FIELD",
        "INVALID_CROSS_REFERENCE_KEY",
        "MISSING_ARGUMENT",
        "INVALID_TYPE",
        "ok",
    ]


def test_the_same_key_twice_in_one_call_is_refused_both_times(org: OrgClient) -> None:
    opportunity = org.deal()

    results = upsert(org, [touch(opportunity, ref) for ref in ("a", "b", "a")])

    assert codes(results) == ["DUPLICATE_VALUE", "ok", "DUPLICATE_VALUE"]


def test_all_or_none_keeps_none(org: OrgClient) -> None:
    opportunity = org.deal()

    results = upsert(org, [touch(opportunity, "a"), touch(opportunity, "b", Kind__c="x")], all_or_none=True)

    assert codes(results) == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"]
    assert org.query("SELECT Id FROM Content_Touch__c") == []


def test_a_failed_row_leaves_nothing_behind(org: OrgClient) -> None:
    rows = [{"attributes": {"type": "Opportunity"}, "Name": "x", "StageName": "Closed Won"}]

    answer = org.call("POST", "/composite/sobjects", json={"records": rows})

    assert codes(answer.get_json()) == ["REQUIRED_FIELD_MISSING"]
    assert org.query("SELECT Id FROM OpportunityHistory", path="/queryAll") == []


def test_more_than_200_rows_are_refused_as_a_whole(org: OrgClient) -> None:
    rows = [touch("006Hs0000000001IAA", str(number)) for number in range(201)]

    assert org.refusal("PATCH", TOUCHES, json={"records": rows}) == (400, "EXCEEDED_ID_LIMIT")


def test_an_unknown_word_in_the_body_is_refused(org: OrgClient) -> None:
    body = {"records": [touch(org.deal(), "a")], "alOrNone": True}

    assert org.refusal("PATCH", TOUCHES, json=body) == (400, "JSON_PARSER_ERROR")


def test_rows_of_several_objects_are_created_changed_and_deleted(org: OrgClient) -> None:
    account = {"attributes": {"type": "Account"}, "Name": "Norfield"}
    contact = {"attributes": {"type": "Contact"}, "LastName": "Vos"}
    created = org.call("POST", "/composite/sobjects", json={"records": [account, contact]}).get_json()
    ids = [row["id"] for row in created]

    changes = [
        {"attributes": {"type": "Account"}, "id": ids[0], "Name": "Norfield Foods"},
        {**contact, "id": "x"},
    ]
    changed = org.call("PATCH", "/composite/sobjects", json={"records": changes}).get_json()
    query = {"ids": f"{ids[0]},{ids[1]},zzz", "allOrNone": "false"}
    deleted = org.call("DELETE", "/composite/sobjects", query_string=query).get_json()

    assert codes(changed) == ["ok", "MALFORMED_ID"]
    assert codes(deleted) == ["ok", "ok", "MALFORMED_ID"]
    assert org.query("SELECT Name, IsDeleted FROM Account", path="/queryAll")[0]["Name"] == "Norfield Foods"


def test_rows_of_one_call_share_their_stamp(org: OrgClient) -> None:
    upsert(org, [touch(org.deal(), ref) for ref in "ab"])

    assert len(set(org.values("SELECT SystemModstamp FROM Content_Touch__c"))) == 1


def test_writers_at_the_same_time_lose_and_double_nothing(org: OrgClient) -> None:
    deal = org.deal()
    chunks = [[touch(deal, f"{chunk % 4}-{number}") for number in range(25)] for chunk in range(16)]

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda rows: upsert(org, rows), chunks))

    assert {code for results in answers for code in codes(results)} == {"ok"}
    assert org.values("SELECT COUNT(Id) FROM Content_Touch__c") == [100]
    assert sum(row["created"] for results in answers for row in results) == 100
