"""Several requests in one."""

from typing import Any

import pytest

from tests.sandbox.salesforce.client import BASE, OrgClient


def part(reference: str, method: str, url: str, body: Any = None) -> dict[str, Any]:
    made = {"referenceId": reference, "method": method, "url": BASE + url}
    return made if body is None else {**made, "body": body}


ACCOUNT = part("account", "POST", "/sobjects/Account", {"Name": "Norfield"})
DEAL = part(
    "deal",
    "POST",
    "/sobjects/Opportunity",
    {"Name": "Rollout", "StageName": "Prospecting", "CloseDate": "2026-12-31", "AccountId": "@{account.id}"},
)


def run(org: OrgClient, *parts: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
    answer = org.call("POST", "/composite", json={"compositeRequest": list(parts), **options})
    assert answer.status_code == 200, answer.get_json()
    found: list[dict[str, Any]] = answer.get_json()["compositeResponse"]
    return found


def statuses(parts: list[dict[str, Any]]) -> list[int]:
    return [each["httpStatusCode"] for each in parts]


def test_a_part_may_use_what_another_answered(org: OrgClient) -> None:
    query = part("read", "GET", "/query?q=SELECT+Id,Name+FROM+Opportunity+WHERE+AccountId='@{account.id}'")
    rename = part(
        "rename", "PATCH", "/sobjects/Opportunity/@{read.records[0].Id}", {"NextStep": "for @{account.id}"}
    )

    done = run(org, ACCOUNT, DEAL, query, rename)

    assert statuses(done) == [201, 201, 200, 204]
    account = done[0]["body"]["id"]
    assert done[0]["httpHeaders"]["Location"] == f"{BASE}/sobjects/Account/{account}"
    assert (done[2]["body"]["records"][0]["Name"], done[3]["body"]) == ("Rollout", None)
    assert org.values("SELECT NextStep FROM Opportunity") == [f"for {account}"]


def test_what_depends_on_a_failure_is_halted_and_the_rest_is_done(org: OrgClient) -> None:
    bad = part("account", "POST", "/sobjects/Account", {"Nope": 1})
    other = part("other", "POST", "/sobjects/Account", {"Name": "Other"})

    done = run(org, bad, DEAL, other)

    assert statuses(done) == [400, 400, 201]
    assert done[1]["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert org.values("SELECT Name FROM Account") == ["Other"]


def test_all_or_none_takes_everything_back(org: OrgClient) -> None:
    bad = part("bad", "PATCH", "/sobjects/Account/@{account.id}", {"Nope": 1})

    done = run(org, ACCOUNT, bad, DEAL, allOrNone=True)

    codes = [each["body"][0]["errorCode"] for each in done]
    assert codes == ["PROCESSING_HALTED", "INVALID_FIELD", "PROCESSING_HALTED"]
    assert org.query("SELECT Id FROM Account") == []


def test_a_composite_is_one_call_of_the_day(org: OrgClient) -> None:
    def used() -> str:
        header = org.call("GET", "/limits").headers["Sforce-Limit-Info"]
        return header.partition("=")[2].partition("/")[0]

    before = int(used())
    run(org, ACCOUNT, DEAL)

    assert int(used()) == before + 2
    calls = org.control("GET", "/received")["calls"]
    assert [call["path"] for call in calls].count(f"{BASE}/composite") == 1
    assert f"{BASE}/sobjects/Account" not in [call["path"] for call in calls]


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [part(f"r{number}", "GET", "/limits") for number in range(26)],
        [part(f"r{number}", "GET", "/query?q=SELECT+Id+FROM+User") for number in range(6)],
        [ACCOUNT, ACCOUNT],
        [{**ACCOUNT, "url": "https://elsewhere.example/"}],
        [{**ACCOUNT, "referenceId": "a b"}],
        [{**ACCOUNT, "method": "BREW"}],
        [{**ACCOUNT, "colour": "red"}],
        [{**ACCOUNT, "httpHeaders": {"If-Match": "x"}}],
    ],
)
def test_a_senseless_composite_is_refused_whole(org: OrgClient, parts: list[dict[str, Any]]) -> None:
    assert org.call("POST", "/composite", json={"compositeRequest": parts}).status_code == 400
    assert org.query("SELECT Id FROM Account") == []


def test_a_composite_within_a_composite_is_refused(org: OrgClient) -> None:
    [done] = run(org, part("inner", "POST", "/composite", {"compositeRequest": [ACCOUNT]}))

    assert done["httpStatusCode"] == 400


def test_the_parts_of_a_batch_stand_alone(org: OrgClient) -> None:
    requests: list[dict[str, Any]] = [
        {"method": "POST", "url": "v62.0/sobjects/Account", "richInput": {"Name": "Norfield"}},
        {"method": "GET", "url": "v62.0/sobjects/Nope/describe"},
        {"method": "GET", "url": "v62.0/limits"},
    ]

    body = org.call("POST", "/composite/batch", json={"batchRequests": requests}).get_json()
    halted = org.call(
        "POST", "/composite/batch", json={"batchRequests": requests, "haltOnError": True}
    ).get_json()

    assert [each["statusCode"] for each in body["results"]] == [201, 404, 200]
    assert body["hasErrors"] is True
    assert [each["statusCode"] for each in halted["results"]] == [201, 404, 412]


def leaf(reference: str, **values: Any) -> dict[str, Any]:
    return {"attributes": {"type": values.pop("type", "Account"), "referenceId": reference}, **values}


def test_a_tree_is_written_with_its_branches(org: OrgClient) -> None:
    contact = leaf("contact", type="Contact", LastName="Ng")
    tree = {"records": [leaf("account", Name="Norfield", Contacts={"records": [contact]})]}

    answer = org.call("POST", "/composite/tree/Account", json=tree)

    assert answer.status_code == 201
    assert [each["referenceId"] for each in answer.get_json()["results"]] == ["account", "contact"]
    assert org.query("SELECT Account.Name FROM Contact")[0]["Account"]["Name"] == "Norfield"


def test_a_tree_with_a_bad_leaf_is_not_written(org: OrgClient) -> None:
    tree = {"records": [leaf("good", Name="Good"), leaf("bad", Nope=1)]}

    answer = org.call("POST", "/composite/tree/Account", json=tree)

    assert (answer.status_code, answer.get_json()["hasErrors"]) == (400, True)
    assert [each["referenceId"] for each in answer.get_json()["results"]] == ["bad"]
    assert org.query("SELECT Id FROM Account") == []


@pytest.mark.parametrize(
    "records",
    [
        [],
        [leaf("a", Name="A"), leaf("a", Name="B")],
        [{"Name": "A"}],
        [leaf(f"r{number}", Name="A") for number in range(201)],
        [leaf("a", Name="A", Contacts=[])],
    ],
)
def test_a_senseless_tree_is_refused(org: OrgClient, records: list[Any]) -> None:
    assert org.call("POST", "/composite/tree/Account", json={"records": records}).status_code == 400


def test_many_rows_are_read_in_one_call(org: OrgClient) -> None:
    one, gone = (org.create("Account", Name=name) for name in ("One", "Gone"))
    org.call("DELETE", f"/sobjects/Account/{gone}")

    got = org.call("GET", f"/composite/sobjects/Account?ids={one},{gone}&fields=Name").get_json()
    posted = org.call(
        "POST", "/composite/sobjects/Account", json={"ids": [one], "fields": ["Name"]}
    ).get_json()

    assert (got[0]["Name"], got[1], posted[0]["Id"]) == ("One", None, one)
    assert org.call("GET", f"/composite/sobjects/Account?ids={one}&fields=Nope").status_code == 400
    assert org.call("GET", "/composite/sobjects/Account?ids=&fields=Name").status_code == 400
