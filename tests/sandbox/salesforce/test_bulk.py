"""Tables of rows, in and out."""

import csv
import io
from typing import Any

import pytest

from tests.sandbox.salesforce.client import OrgClient, touch

INGEST = "/jobs/ingest"


def start(org: OrgClient, operation: str, sobject: str, **facts: Any) -> str:
    answer = org.call("POST", INGEST, json={"operation": operation, "object": sobject, **facts})
    assert answer.status_code == 200, answer.get_json()
    assert answer.get_json()["state"] == "Open"
    return str(answer.get_json()["id"])


def send(org: OrgClient, job: str, text: str) -> None:
    answer = org.call("PUT", f"{INGEST}/{job}/batches", data=text.encode(), content_type="text/csv")
    assert answer.status_code == 201, answer.get_json()


def close(org: OrgClient, job: str, state: str = "UploadComplete") -> Any:
    answer = org.call("PATCH", f"{INGEST}/{job}", json={"state": state})
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


def run(org: OrgClient, operation: str, sobject: str, text: str, **facts: Any) -> Any:
    job = start(org, operation, sobject, **facts)
    send(org, job, text)
    close(org, job)
    org.call("GET", f"{INGEST}/{job}")
    return org.call("GET", f"{INGEST}/{job}").get_json()


def table(org: OrgClient, job: str, name: str) -> list[dict[str, str]]:
    text = org.call("GET", f"{INGEST}/{job}/{name}").text
    return list(csv.DictReader(io.StringIO(text)))


def test_a_job_goes_through_its_states_and_each_row_through_its_own(org: OrgClient) -> None:
    deal = org.deal()
    job = start(org, "upsert", "Content_Touch__c", externalIdFieldName="External_Ref__c")
    rows = [("a", "Shared", "2026-01-02T03:04:05Z"), ("b", "Stolen", "2026-01-02T03:04:05Z")]
    lines = [f"{ref},{deal},{kind},{at}" for ref, kind, at in rows]
    send(org, job, "\n".join(["External_Ref__c,Opportunity__c,Kind__c,Occurred_At__c", *lines]) + "\n")

    states = [close(org, job)["state"]]
    states += [org.call("GET", f"{INGEST}/{job}").get_json()["state"] for _ in range(2)]

    done = org.call("GET", f"{INGEST}/{job}").get_json()
    assert states == ["UploadComplete", "InProgress", "JobComplete"]
    assert (done["numberRecordsProcessed"], done["numberRecordsFailed"]) == (2, 1)
    [good] = table(org, job, "successfulResults")
    [bad] = table(org, job, "failedResults")
    assert (good["sf__Created"], good["External_Ref__c"]) == ("true", "a")
    assert good["sf__Id"] == org.values("SELECT Id FROM Content_Touch__c")[0]
    assert bad["sf__Error"].startswith("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST:")
    assert bad["External_Ref__c"] == "b"


def test_the_second_upsert_of_a_key_updates(org: OrgClient) -> None:
    deal = org.deal()
    org.create("Content_Touch__c", **touch(deal, "a"))

    text = "External_Ref__c,Channel__c\na,C1\n"
    done = run(org, "upsert", "Content_Touch__c", text, externalIdFieldName="External_Ref__c")

    assert [row["sf__Created"] for row in table(org, done["id"], "successfulResults")] == ["false"]
    assert org.values("SELECT Channel__c FROM Content_Touch__c") == ["C1"]


@pytest.mark.parametrize("spelling", ["unprocessedrecords", "unprocessedRecords"])
def test_what_an_aborted_job_held_stays_unprocessed(org: OrgClient, spelling: str) -> None:
    job = start(org, "insert", "Account")
    send(org, job, "Name\nNorfield\n")

    assert close(org, job, "Aborted")["state"] == "Aborted"

    assert table(org, job, spelling) == [{"Name": "Norfield"}]
    assert org.query("SELECT Id FROM Account") == []


def test_an_empty_cell_leaves_a_value_and_na_takes_it_away(org: OrgClient) -> None:
    one = org.create("Account", Name="One", Industry="Energy", Phone="1")

    done = run(org, "update", "Account", f"Id,Industry,Phone\n{one},,#N/A\n")

    [row] = org.query("SELECT Industry, Phone FROM Account")
    assert (done["numberRecordsFailed"], row["Industry"], row["Phone"]) == (0, "Energy", None)


@pytest.mark.parametrize(
    ("name", "mark"),
    [("TAB", "\t"), ("SEMICOLON", ";"), ("PIPE", "|"), ("CARET", "^"), ("BACKQUOTE", "`"), ("COMMA", ",")],
)
def test_every_delimiter_is_read_and_written(org: OrgClient, name: str, mark: str) -> None:
    text = f'Name{mark}Description\r\n"a ""b"", c"{mark}"two\r\nlines"\r\n'

    done = run(org, "insert", "Account", text, columnDelimiter=name, lineEnding="CRLF")

    written = org.call("GET", f"{INGEST}/{done['id']}/successfulResults").text
    assert written.startswith(f'"sf__Id"{mark}"sf__Created"{mark}"Name"{mark}"Description"\r\n')
    assert org.values("SELECT Name FROM Account") == ['a "b", c']
    [row] = org.query("SELECT Description FROM Account")
    assert row["Description"] == "two\r\nlines"


def test_rows_are_deleted_by_id(org: OrgClient) -> None:
    one, two = (org.create("Account", Name=name) for name in ("One", "Two"))

    done = run(org, "delete", "Account", f"Id\n{one}\n001000000000000AAA\n")

    assert (done["numberRecordsProcessed"], done["numberRecordsFailed"]) == (2, 1)
    assert org.values("SELECT Id FROM Account") == [two]


def test_a_parent_is_named_by_its_key(org: OrgClient) -> None:
    user = org.user("rep")

    run(org, "insert", "Account", "Name,Owner.Username\nNorfield,rep@example.com\n")

    assert org.values("SELECT OwnerId FROM Account") == [user]


@pytest.mark.parametrize(
    ("text", "facts", "words"),
    [
        ("Nom\nNorfield\n", {}, "Field name not found : Nom"),
        ("Name\r\nNorfield\r\n", {}, "LineEnding is invalid"),
        ("Name\nNorfield\n", {"lineEnding": "CRLF"}, "LineEnding is invalid"),
        ("Name,Phone\nNorfield\n", {}, "row 1 has 1 values"),
        ("Name,name\na,b\n", {}, "twice"),
        ("", {}, "Field name row is missing"),
        ('Name\n"Norfield\n', {}, "not CSV"),
        ("Contact.Name\nNorfield\n", {}, "Field name not found"),
    ],
)
def test_a_table_that_cannot_be_read_fails_the_job(
    org: OrgClient, text: str, facts: dict[str, str], words: str
) -> None:
    done = run(org, "insert", "Account", text, **facts)

    assert (done["state"], words in done["errorMessage"]) == ("Failed", True)
    assert org.query("SELECT Id FROM Account") == []


@pytest.mark.parametrize(
    "facts",
    [
        {"operation": "hardDelete", "object": "Account"},
        {"operation": "insert", "object": "Nope"},
        {"operation": "insert", "object": "OpportunityHistory"},
        {"operation": "upsert", "object": "Content_Touch__c"},
        {"operation": "upsert", "object": "Content_Touch__c", "externalIdFieldName": "Channel__c"},
        {"operation": "insert", "object": "Account", "externalIdFieldName": "Id"},
        {"operation": "insert", "object": "Account", "contentType": "JSON"},
        {"operation": "insert", "object": "Account", "columnDelimiter": "SPACE"},
        {"operation": "insert", "object": "Account", "colour": "red"},
    ],
)
def test_a_senseless_job_is_refused(org: OrgClient, facts: dict[str, str]) -> None:
    assert org.call("POST", INGEST, json=facts).status_code == 400


def test_a_job_is_not_stepped_out_of_turn(org: OrgClient) -> None:
    job = start(org, "insert", "Account")
    assert org.refusal("GET", f"{INGEST}/{job}/successfulResults") == (400, "INVALIDJOBSTATE")
    assert org.refusal("DELETE", f"{INGEST}/{job}") == (400, "INVALIDJOBSTATE")
    send(org, job, "Name\na\n")
    again = {"data": b"Name\nb\n", "content_type": "text/csv"}
    assert org.refusal("PUT", f"{INGEST}/{job}/batches", **again) == (400, "INVALIDJOBSTATE")
    close(org, job)
    assert org.refusal("PATCH", f"{INGEST}/{job}", json={"state": "Aborted"}) == (400, "INVALIDJOBSTATE")
    assert org.refusal("PUT", f"{INGEST}/{job}/batches", **again) == (400, "INVALIDJOBSTATE")
    [org.call("GET", f"{INGEST}/{job}") for _ in range(2)]
    assert org.call("DELETE", f"{INGEST}/{job}").status_code == 204
    assert org.refusal("GET", f"{INGEST}/{job}") == (404, "NOT_FOUND")


def test_the_number_of_polls_can_be_set(org: OrgClient) -> None:
    org.control("POST", "/bulk", json={"polls": 3})
    job = start(org, "insert", "Account")
    send(org, job, "Name\na\n")
    close(org, job)

    states = [org.call("GET", f"{INGEST}/{job}").get_json()["state"] for _ in range(4)]

    assert states == ["InProgress"] * 3 + ["JobComplete"]


def test_a_query_job_gives_its_rows_page_by_page(org: OrgClient) -> None:
    account = org.create("Account", Name='"Norfield"')
    for number in range(5):
        org.deal(f"Deal {number}", AccountId=account, Amount=number or None)
    statement = (
        "SELECT Name, Amount, IsClosed, CloseDate, CreatedDate, Account.Name FROM Opportunity ORDER BY Name"
    )
    created = org.call("POST", "/jobs/query", json={"operation": "query", "query": statement}).get_json()
    job = f"/jobs/query/{created['id']}"
    assert org.refusal("GET", f"{job}/results") == (400, "INVALIDJOBSTATE")
    states = [created["state"]] + [org.call("GET", job).get_json()["state"] for _ in range(2)]

    pages, locator = [], ""
    while locator != "null":
        query = {"maxRecords": "2", **({"locator": locator} if locator else {})}
        answer = org.call("GET", f"{job}/results", query_string=query)
        pages.append(list(csv.reader(io.StringIO(answer.text))))
        assert answer.headers["Sforce-NumberOfRecords"] == str(len(pages[-1]) - 1)
        locator = answer.headers["Sforce-Locator"]

    assert states == ["UploadComplete", "InProgress", "JobComplete"]
    assert [len(page) for page in pages] == [3, 3, 2]
    assert pages[0][0] == ["Name", "Amount", "IsClosed", "CloseDate", "CreatedDate", "Account.Name"]
    assert pages[0][1][:4] == ["Deal 0", "", "false", "2026-12-31"]
    assert (pages[0][2][1], pages[0][1][4][-1], pages[0][1][5]) == ("1.0", "Z", '"Norfield"')


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT COUNT(Id) FROM Account",
        "SELECT Id, (SELECT Id FROM Contacts) FROM Account",
        "SELECT Id FROM Account OFFSET 1",
        "SELECT Name FROM Account GROUP BY Name",
        "SELECT Nope FROM Account",
        "SELECT",
    ],
)
def test_what_bulk_queries_cannot_do_is_refused(org: OrgClient, statement: str) -> None:
    body = {"operation": "query", "query": statement}

    assert org.call("POST", "/jobs/query", json=body).status_code == 400


def test_the_query_of_all_has_deleted_rows_too(org: OrgClient) -> None:
    org.call("DELETE", f"/sobjects/Account/{org.create('Account', Name='Gone')}")
    counts = []
    for operation in ("query", "queryAll"):
        body = {"operation": operation, "query": "SELECT Name FROM Account"}
        job = f"/jobs/query/{org.call('POST', '/jobs/query', json=body).get_json()['id']}"
        counts.append([org.call("GET", job).get_json() for _ in range(2)][-1]["numberRecordsProcessed"])

    assert counts == [0, 1]


def test_locked_rows_fail_alone(org: OrgClient) -> None:
    org.control("POST", "/faults", json={"kind": "row_lock", "times": 1})

    done = run(org, "insert", "Account", "Name\na\nb\n")

    [bad] = table(org, done["id"], "failedResults")
    assert (bad["Name"], bad["sf__Error"].split(":")[0]) == ("a", "UNABLE_TO_LOCK_ROW")
    assert org.values("SELECT Name FROM Account") == ["b"]
