"""Single rows."""

from typing import Any

import pytest

from tests.sandbox.salesforce.client import OrgClient, touch

DEAL = {"Name": "Norfield", "StageName": "Prospecting", "CloseDate": "2026-12-31"}


def field_of(org: OrgClient, opportunity: str, name: str) -> Any:
    return org.call("GET", f"/sobjects/Opportunity/{opportunity}").get_json()[name]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"Name": None}, "REQUIRED_FIELD_MISSING"),
        ({"Name": ""}, "REQUIRED_FIELD_MISSING"),
        ({"Name": "x" * 121}, "STRING_TOO_LONG"),
        ({"Name": 7}, "JSON_PARSER_ERROR"),
        ({"StageName": "Somewhere"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ({"CloseDate": "31.12.2026"}, "JSON_PARSER_ERROR"),
        ({"Amount": "12 EUR"}, "JSON_PARSER_ERROR"),
        ({"Amount": 10**17}, "NUMBER_OUTSIDE_VALID_RANGE"),
        ({"Nope__c": 1}, "INVALID_FIELD"),
        ({"IsWon": True}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ({"CreatedDate": "2026-01-01T00:00:00Z"}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ({"AccountId": "x"}, "MALFORMED_ID"),
        ({"AccountId": "001Hs0000000009"}, "INVALID_CROSS_REFERENCE_KEY"),
        ({"AccountId": "005Hs0000000001"}, "FIELD_INTEGRITY_EXCEPTION"),
    ],
)
def test_a_bad_value_is_refused(still_org: OrgClient, changed: dict[str, Any], code: str) -> None:
    assert still_org.refusal("POST", "/sobjects/Opportunity", json={**DEAL, **changed}) == (400, code)


def test_a_bad_email_is_refused(still_org: OrgClient) -> None:
    contact = {"LastName": "Vos", "Email": "not an address"}

    assert still_org.refusal("POST", "/sobjects/Contact", json=contact) == (400, "INVALID_EMAIL_ADDRESS")


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        ("{", "application/json", (400, "JSON_PARSER_ERROR")),
        ("[]", "application/json", (400, "JSON_PARSER_ERROR")),
        ('{"Amount": NaN}', "application/json", (400, "JSON_PARSER_ERROR")),
        ("Name=x", "application/x-www-form-urlencoded", (415, "UNSUPPORTED_MEDIA_TYPE")),
    ],
)
def test_a_bad_body_is_refused(still_org: OrgClient, body: str, kind: str, expected: tuple[int, str]) -> None:
    assert still_org.refusal("POST", "/sobjects/Opportunity", data=body, content_type=kind) == expected


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/sobjects/Nope__c/describe", (404, "NOT_FOUND")),
        ("GET", "/nowhere", (404, "NOT_FOUND")),
        ("PUT", "/sobjects/Account", (405, "METHOD_NOT_ALLOWED")),
        ("GET", "/sobjects/Account/001Hs0000000009MAA", (404, "NOT_FOUND")),
        ("GET", "/sobjects/Account/rubbish", (404, "NOT_FOUND")),
        ("POST", "/sobjects/OpportunityHistory", (403, "INSUFFICIENT_ACCESS_OR_READONLY")),
        ("GET", "/query?q=SELECT+Id+FROM+User&limit=3", (400, "INVALID_PARAMETER")),
        ("GET", "/limits?verbose=true", (400, "INVALID_PARAMETER")),
    ],
)
def test_the_unknown_is_refused(
    still_org: OrgClient, method: str, path: str, expected: tuple[int, str]
) -> None:
    options: dict[str, Any] = {"json": {}} if method == "POST" else {}

    assert still_org.refusal(method, path, **options) == expected


def test_an_unknown_version_is_refused(still_org: OrgClient) -> None:
    headers = {"Authorization": f"Bearer {still_org.token}"}

    assert still_org.app.test_client().get("/services/data/v42.0/limits", headers=headers).status_code == 404


def test_every_answer_tells_the_usage(org: OrgClient) -> None:
    first, second = (org.call("GET", "/limits").headers["Sforce-Limit-Info"] for _ in range(2))

    assert (first, second) == ("api-usage=1/1000000", "api-usage=2/1000000")


def test_ids_have_their_prefix_and_checksum(org: OrgClient) -> None:
    opportunity = org.deal()

    assert opportunity == "006Hs0000000001IAA"
    assert field_of(org, opportunity[:15], "Id") == opportunity


def test_the_stage_brings_probability_and_whether_the_deal_is_closed(org: OrgClient) -> None:
    opportunity = org.deal()

    org.call("PATCH", f"/sobjects/Opportunity/{opportunity}", json={"StageName": "Closed Won"})

    row = org.call("GET", f"/sobjects/Opportunity/{opportunity}").get_json()
    assert (row["Probability"], row["IsClosed"], row["IsWon"]) == (100.0, True, True)


def test_history_holds_creation_and_each_change_that_matters(org: OrgClient) -> None:
    opportunity = org.deal(Amount=10)

    for change in ({"StageName": "Qualification"}, {"Amount": 20}, {"NextStep": "call"}, {"Amount": 20}):
        assert org.call("PATCH", f"/sobjects/Opportunity/{opportunity}", json=change).status_code == 204

    rows = org.query("SELECT StageName, Amount, PrevAmount FROM OpportunityHistory ORDER BY CreatedDate")
    told = [(row["StageName"], row["Amount"], row["PrevAmount"]) for row in rows]
    assert told == [("Prospecting", 10.0, None), ("Qualification", 10.0, 10.0), ("Qualification", 20.0, 10.0)]


def test_stamps_grow_though_the_clock_stands(org: OrgClient) -> None:
    org.set_clock("2026-03-01T10:00:00Z")

    for name in ("a", "b"):
        org.deal(name)

    stamps = org.values("SELECT SystemModstamp FROM Opportunity ORDER BY SystemModstamp")
    assert stamps == ["2026-03-01T10:00:00.000+0000", "2026-03-01T10:00:00.001+0000"]


def test_upsert_by_external_id_creates_then_changes(org: OrgClient) -> None:
    values = touch(org.deal(), "ref-1")
    del values["External_Ref__c"]
    path = "/sobjects/Content_Touch__c/External_Ref__c/ref-1"

    first = org.call("PATCH", path, json=values)
    second = org.call("PATCH", path, json={**values, "Kind__c": "Presented"})

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.get_json()["id"] == second.get_json()["id"]
    assert org.call("GET", path).get_json()["Kind__c"] == "Presented"


def test_upsert_refuses_its_key_in_the_body(org: OrgClient) -> None:
    path = "/sobjects/Content_Touch__c/External_Ref__c/ref-1"

    assert org.refusal("PATCH", path, json=touch(org.deal(), "ref-1")) == (400, "INVALID_FIELD")


def test_upsert_by_a_key_that_several_rows_have_answers_with_the_choices(org: OrgClient) -> None:
    for name in ("Vos", "Vink"):
        org.create("Contact", LastName=name, Email="info@example.com")

    answer = org.call("PATCH", "/sobjects/Contact/Email/info@example.com", json={"Title": "COO"})

    assert answer.status_code == 300
    assert len(answer.get_json()) == 2


def test_the_external_id_is_unique_and_tells_case_apart(org: OrgClient) -> None:
    opportunity = org.deal()
    values = touch(opportunity, "ref")
    org.create("Content_Touch__c", **values)

    assert org.refusal("POST", "/sobjects/Content_Touch__c", json=values) == (400, "DUPLICATE_VALUE")
    org.create("Content_Touch__c", **touch(opportunity, "REF"))


def test_a_deleted_deal_takes_its_touches_along(org: OrgClient) -> None:
    opportunity = org.deal()
    org.create("Content_Touch__c", **touch(opportunity, "ref"))

    assert org.call("DELETE", f"/sobjects/Opportunity/{opportunity}").status_code == 204

    assert org.query("SELECT Id FROM Content_Touch__c") == []
    assert len(org.query("SELECT Id FROM Content_Touch__c", path="/queryAll")) == 1
    assert org.refusal("GET", f"/sobjects/Opportunity/{opportunity}") == (404, "ENTITY_IS_DELETED")
    again = touch(opportunity, "ref")
    assert org.refusal("POST", "/sobjects/Content_Touch__c", json=again) == (404, "ENTITY_IS_DELETED")


def test_a_deleted_row_gives_its_external_id_free(org: OrgClient) -> None:
    opportunity = org.deal()
    first = org.create("Content_Touch__c", **touch(opportunity, "ref"))
    org.call("DELETE", f"/sobjects/Content_Touch__c/{first}")

    assert org.create("Content_Touch__c", **touch(opportunity, "ref")) != first


def test_updated_and_deleted_cut_seconds_off(org: OrgClient) -> None:
    org.set_clock("2026-03-01T10:00:30Z")
    opportunity = org.deal()
    gone = org.deal()
    org.call("DELETE", f"/sobjects/Opportunity/{gone}")
    org.set_clock("2026-03-01T12:00:00Z")
    window = {"start": "2026-03-01T10:00:59Z", "end": "2026-03-01T11:00:00Z"}

    updated = org.call("GET", "/sobjects/Opportunity/updated/", query_string=window).get_json()
    deleted = org.call("GET", "/sobjects/Opportunity/deleted/", query_string=window).get_json()

    assert updated == {"ids": [opportunity], "latestDateCovered": "2026-03-01T11:00:00.000+0000"}
    assert [row["id"] for row in deleted["deletedRecords"]] == [gone]


def test_describe_knows_the_deployed_fields(still_org: OrgClient) -> None:
    described = still_org.call("GET", "/sobjects/content_touch__c/describe").get_json()

    fields = {field["name"]: field for field in described["fields"]}
    assert fields["External_Ref__c"]["externalId"] is True
    assert fields["Opportunity__c"]["relationshipName"] == "Opportunity__r"
    assert [value["value"] for value in fields["Kind__c"]["picklistValues"]] == [
        "Shared",
        "Presented",
        "Opened by buyer",
    ]


def test_a_number_may_come_as_a_text(org: OrgClient) -> None:
    deal = org.deal(Amount="1200.5")

    assert field_of(org, deal, "Amount") == 1200.5
