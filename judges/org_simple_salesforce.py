"""Let simple-salesforce, unmodified, judge the local org."""

import sys
import warnings
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceError,
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceResourceNotFound,
)
from simple_salesforce.format import format_external_id, format_soql

from judges.stage import API_VERSION, Sandbox, sandbox
from judges.tally import Tally, expect, expect_in, refusal

STAMP = {"StageName": "Prospecting", "CloseDate": "2031-01-31"}
TOUCH = {"Kind__c": "Shared", "Occurred_At__c": "2030-01-02T03:04:05Z"}


class _ToLoopback(HTTPAdapter):
    """Send what is meant for https to the local org: the client writes https into every address."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = urlsplit(base)

    def send(self, request: requests.PreparedRequest, *given: Any, **named: Any) -> requests.Response:
        asked = urlsplit(str(request.url))
        request.url = asked._replace(scheme=self._base.scheme, netloc=self._base.netloc).geturl()
        request.headers.pop("Host", None)
        return super().send(request, *given, **named)


def main() -> int:
    """Use the client in every way it offers and return the exit code."""
    # It warns before it raises that a login was refused, which is what some of the checks want.
    warnings.simplefilter("ignore", UserWarning)
    tally = Tally()
    with sandbox() as running:
        client = _login(tally, running)
        deal = _rows(tally, client)
        _queries(tally, client)
        _restful(tally, client, deal)
        _bulk(tally, client, deal)
        _errors(tally, client, running)
    return tally.close()


def _session(running: Sandbox) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", _ToLoopback(running.org_url))
    return session


def _client(running: Sandbox, **how: Any) -> Any:
    return Salesforce(session=_session(running), version=API_VERSION, **how)


def _login(tally: Tally, running: Sandbox) -> Any:
    secrets = {"consumer_key": running.client_id, "consumer_secret": running.client_secret}
    with tally.check("client credentials log in"):
        client = _client(running, **secrets, domain="judged.my")
        expect(client.query("SELECT Id FROM Organization")["totalSize"], 1)
    with tally.check("a wrong secret is refused"):
        wrong = {**secrets, "consumer_secret": "no"}
        problem = refusal(SalesforceAuthenticationFailed, _client, running, **wrong, domain="judged.my")
        expect_in("invalid_client", str(problem.code))
    with tally.check("a signed assertion logs in, its exp written as a text"):
        signed = {"username": running.username, "consumer_key": running.client_id}
        client = _client(running, **signed, privatekey_file=str(running.private_key))
        expect(client.query("SELECT Id FROM Organization")["totalSize"], 1)
    with tally.check("an assertion for somebody unknown is refused"):
        signed = {"username": "nobody@stowmark.example", "consumer_key": running.client_id}
        refusal(
            SalesforceAuthenticationFailed,
            _client,
            running,
            **signed,
            privatekey_file=str(running.private_key),
        )
    return _client(running, **secrets, domain="judged.my")


def _rows(tally: Tally, client: Any) -> str:
    deal = ""
    with tally.check("a row is created, read, changed"):
        made = client.Opportunity.create({"Name": "Judged", **STAMP})
        deal = str(made["id"])
        expect((made["success"], made["errors"]), (True, []))
        expect(client.Opportunity.update(deal, {"Amount": 12.5}), 204)
        expect(client.Opportunity.get(deal)["Amount"], 12.5)
    with tally.check("a row is upserted by external id: 201, then 200"):
        row = {**TOUCH, "Opportunity__c": deal}
        key = format_external_id("External_Ref__c", "judged / 1")
        expect(client.Content_Touch__c.upsert(key, row), 201)
        expect(client.Content_Touch__c.upsert(key, TOUCH), 200)
    with tally.check("a row is read by external id"):
        found = client.Content_Touch__c.get(format_external_id("External_Ref__c", "judged / 1"))
        expect(found["Opportunity__c"], deal)
    with tally.check("describe, metadata and the list of objects"):
        expect(client.Opportunity.describe()["keyPrefix"], "006")
        expect(client.Opportunity.metadata()["objectDescribe"]["name"], "Opportunity")
        expect_in("Content_Touch__c", [row["name"] for row in client.describe()["sobjects"]])
    with tally.check("is_sandbox asks the organization"):
        expect(client.is_sandbox(), True)
    with tally.check("limits, and the count in the header"):
        expect_in("DailyApiRequests", client.limits())
        expect(client.api_usage["api-usage"].used > 0, True)
    return deal


def _queries(tally: Tally, client: Any) -> None:
    with tally.check("2,300 rows by collections of 200"):
        rows = [{"attributes": {"type": "Opportunity"}, "Name": f"Crowd {n}", **STAMP} for n in range(2300)]
        for start in range(0, 2300, 200):
            body = {"allOrNone": True, "records": rows[start : start + 200]}
            done = client.restful("composite/sobjects", method="POST", json=body)
            expect(all(row["success"] for row in done), True)
    with tally.check("query_all and query_all_iter take every page"):
        statement = format_soql("SELECT Id, Name FROM Opportunity WHERE Name LIKE '{:like} %'", "Crowd")
        expect(len(client.query_all(statement)["records"]), 2300)
        expect(len({row["Id"] for row in client.query_all_iter(statement)}), 2300)
    with tally.check("batchSize makes small pages"):
        page = client.query("SELECT Id FROM Opportunity", headers={"Sforce-Query-Options": "batchSize=200"})
        expect((len(page["records"]), page["done"]), (200, False))
        rest = client.query_more(page["nextRecordsUrl"], identifier_is_url=True)
        expect(len(rest["records"]), 2000)
    with tally.check("format_soql keeps hostile texts in their quotes"):
        hostile = "a' OR Name != 'b\\ % _ \n \t \" é 漢"
        client.Account.create({"Name": hostile})
        [row] = client.query(format_soql("SELECT Name FROM Account WHERE Name = {}", hostile))["records"]
        expect(row["Name"], hostile)
        found = client.query(format_soql("SELECT Id FROM Account WHERE Name LIKE '{:like}'", hostile))
        expect(found["totalSize"], 1)
    with tally.check("queries of deleted rows"):
        gone = client.Account.create({"Name": "Gone"})["id"]
        expect(client.Account.delete(gone), 204)
        statement = format_soql("SELECT Id FROM Account WHERE Id = {}", gone)
        expect(client.query(statement)["totalSize"], 0)
        expect(client.query(statement, include_deleted=True)["totalSize"], 1)


def _restful(tally: Tally, client: Any, deal: str) -> None:
    with tally.check("upsert of a collection by external id"):
        rows = [
            {
                "attributes": {"type": "Content_Touch__c"},
                "External_Ref__c": f"restful-{n}",
                "Opportunity__c": deal,
                **TOUCH,
            }
            for n in range(3)
        ]
        path = "composite/sobjects/Content_Touch__c/External_Ref__c"
        done = client.restful(path, method="PATCH", json={"allOrNone": False, "records": rows})
        expect([row["created"] for row in done], [True] * 3)
    with tally.check("composite"):
        made = {"method": "POST", "url": f"/services/data/v{API_VERSION}/sobjects/Account"}
        body = {"allOrNone": True, "compositeRequest": [{**made, "referenceId": "a", "body": {"Name": "A"}}]}
        done = client.restful("composite", method="POST", json=body)
        expect(done["compositeResponse"][0]["httpStatusCode"], 201)


def _bulk(tally: Tally, client: Any, deal: str) -> None:
    with tally.check("bulk2 inserts and counts the bad"):
        rows = [{"Name": "Bulk, 'one'", **STAMP}, {"Name": "Bulk\ntwo", **STAMP}]
        [done] = client.bulk2.Opportunity.insert(records=rows)
        expect((done["numberRecordsProcessed"], done["numberRecordsFailed"]), (2, 0))
        expect(client.query("SELECT Id FROM Opportunity WHERE Name LIKE 'Bulk%'")["totalSize"], 2)
    with tally.check("bulk2 upserts by external id, and says what failed"):
        rows = [
            {"External_Ref__c": f"bulk-{n}", "Opportunity__c": deal, **TOUCH, "Kind__c": kind}
            for n, kind in enumerate(("Shared", "Nonsense"))
        ]
        handle = client.bulk2.Content_Touch__c
        [done] = handle.upsert(records=rows, external_id_field="External_Ref__c")
        expect(done["numberRecordsFailed"], 1)
        expect_in("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", handle.get_failed_records(done["job_id"]))
        expect_in("bulk-0", handle.get_successful_records(done["job_id"]))
        handle.get_unprocessed_records(done["job_id"])
    with tally.check("bulk2 reads"):
        pages = client.bulk2.Opportunity.query("SELECT Id FROM Opportunity WHERE Name LIKE 'Crowd %'")
        expect(sum(page.count("\n") - 1 for page in pages), 2300)


def _errors(tally: Tally, client: Any, running: Sandbox) -> None:
    refused: Mapping[str, tuple[type[SalesforceError], str, Any]] = {
        "an unknown field": (
            SalesforceMalformedRequest,
            "INVALID_FIELD",
            lambda: client.query("SELECT Nope__c FROM Account"),
        ),
        "broken SOQL": (SalesforceMalformedRequest, "MALFORMED_QUERY", lambda: client.query("SELECT")),
        "an unknown row": (
            SalesforceResourceNotFound,
            "NOT_FOUND",
            lambda: client.Account.get("001000000000000AAA"),
        ),
        "a missing field": (
            SalesforceMalformedRequest,
            "REQUIRED_FIELD_MISSING",
            lambda: client.Account.create({"Website": "x.example"}),
        ),
    }
    for what, (kind, code, act) in refused.items():
        with tally.check(f"{what} is refused as {code}"):
            expect(refusal(kind, act).content[0]["errorCode"], code)
    with tally.check("a dead session is told as such"):
        dead = _client(running, session_id="dead", instance_url=running.org_url)
        problem = refusal(SalesforceExpiredSession, dead.query, "SELECT Id FROM User")
        expect(problem.content[0]["errorCode"], "INVALID_SESSION_ID")
    with tally.check("a key that fits two rows is answered 300"):
        for _ in range(2):
            client.Contact.create({"LastName": "Twin", "Email": "twin@judged.example"})
        refusal(SalesforceMoreThanOneRecord, client.Contact.get_by_custom_id, "Email", "twin@judged.example")


if __name__ == "__main__":
    sys.exit(main())
