"""Say how quick the org is: `python -m sandbox.salesforce.measure [--opportunities N] [--touches N]`.

Rows come in through the REST API, as a client's would; every figure is the median of several calls.
"""

# ruff: noqa: S608 - SOQL of values this file makes itself

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from sandbox.salesforce import OrgConfig, create_app

_API = "/services/data/v62.0"
_CALL = 200
_STAGES = (
    "Prospecting",
    "Qualification",
    "Needs Analysis",
    "Proposal/Price Quote",
    "Closed Won",
    "Closed Lost",
)
_PEOPLE, _CUSTOMERS = 40, 2_000


@dataclass(frozen=True)
class Sizes:
    """How many rows to load."""

    opportunities: int
    touches: int


class Client:
    """A session of the integration user, or of a person who approved this client."""

    def __init__(self, app: Flask, username: str | None = None) -> None:
        self._http = app.test_client()
        form = {"grant_type": "client_credentials", "client_id": "measure", "client_secret": "measure"}
        if username is not None:
            approved = self._http.post("/_sandbox/refresh_tokens", json={"username": username}).get_json()
            form |= {"grant_type": "refresh_token", **approved}
        token = self._http.post("/services/oauth2/token", data=form).get_json()["access_token"]
        self._headers = {"Authorization": f"Bearer {token}"}

    def call(self, method: str, path: str, **options: Any) -> TestResponse:
        """Return the answer to a call that must succeed."""
        answer = self._http.open(_API + path, method=method, headers=self._headers, **options)
        if answer.status_code >= 300:
            raise RuntimeError(f"{method} {path}: {answer.text[:300]}")
        return answer

    def query(self, statement: str) -> Any:
        """Return the first page of a query."""
        return self.call("GET", "/query", query_string={"q": statement}).get_json()

    def write(self, kind: str, rows: list[dict[str, Any]]) -> list[str]:
        """Insert rows in calls of 200 and return their ids."""
        ids: list[str] = []
        for start in range(0, len(rows), _CALL):
            records = [{"attributes": {"type": kind}, **row} for row in rows[start : start + _CALL]]
            results = self.call("POST", "/composite/sobjects", json={"records": records}).get_json()
            if not all(result["success"] for result in results):
                raise RuntimeError(str(next(result for result in results if not result["success"])))
            ids += [result["id"] for result in results]
        return ids


def main() -> int:
    """Load, measure, and print one JSON document."""
    options = _options()
    sizes = Sizes(options.opportunities, options.touches)
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            OrgConfig(
                database=Path(folder) / "org.db",
                source=options.source,
                base_url="http://127.0.0.1",
                client_id="measure",
                client_secret="measure",  # noqa: S106 of an org that lives for a minute
                public_key_pem=None,
                integration_username="measure@example.com",
            )
        )
        client = Client(app)
        figures = {"opportunities": sizes.opportunities, "touches": sizes.touches, **_load(client, sizes)}
        acts = [*_acts(client, sizes), *_acts_of_people(app)]
        figures["milliseconds"] = {name: _median(act) for name, act in acts}
        figures["megabytes"] = round((Path(folder) / "org.db").stat().st_size / 1e6)
        app.extensions["org"].store.close()
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    return 0


def _load(client: Client, sizes: Sizes) -> dict[str, Any]:
    started = time.perf_counter()
    people = _people(client)
    accounts = client.write(
        "Account",
        [
            {"Name": f"Customer {number}", "Industry": ("Energy", "Banking")[number % 2]}
            for number in range(_CUSTOMERS)
        ],
    )
    deals = client.write(
        "Opportunity",
        [
            {
                "Name": f"Deal {number}",
                "AccountId": accounts[number % len(accounts)],
                "OwnerId": people[number % len(people)],
                "StageName": _STAGES[number % len(_STAGES)],
                "CloseDate": f"2026-{number % 12 + 1:02d}-15",
                "Amount": number % 1000,
            }
            for number in range(sizes.opportunities)
        ],
    )
    halfway = time.perf_counter()
    client.write(
        "Content_Touch__c",
        [_touch(deals[number // 2 % len(deals)], number) for number in range(sizes.touches)],
    )
    ended = time.perf_counter()
    return {
        "opportunities_per_second": round(sizes.opportunities / (halfway - started)),
        "touches_per_second": round(sizes.touches / (ended - halfway)),
    }


def _people(client: Client) -> list[str]:
    [profile] = client.query("SELECT Id FROM Profile WHERE Name = 'Standard User'")["records"]
    [top] = client.write("UserRole", [{"Name": "Top"}])
    roles = client.write("UserRole", [{"Name": f"Team {number}", "ParentRoleId": top} for number in range(8)])
    settings = {"TimeZoneSidKey": "GMT", "LocaleSidKey": "en_US", "LanguageLocaleKey": "en_US"}
    return client.write(
        "User",
        [
            {
                "Username": f"p{number}@example.com",
                "LastName": f"P{number}",
                "Email": f"p{number}@example.com",
                "Alias": f"p{number}",
                "ProfileId": profile["Id"],
                "UserRoleId": top if number == 0 else roles[number % 8],
                "EmailEncodingKey": "UTF-8",
                **settings,
            }
            for number in range(_PEOPLE)
        ],
    )


def _touch(deal: str, number: int) -> dict[str, Any]:
    return {
        "Opportunity__c": deal,
        "External_Ref__c": f"ref-{number}",
        "Kind__c": "Shared",
        "Asset_Title__c": "Deck",
        "Occurred_At__c": "2026-01-02T03:04:05Z",
    }


def _acts(client: Client, sizes: Sizes) -> Iterator[tuple[str, Callable[[], object]]]:
    deals = [
        row["Id"] for row in client.query("SELECT Id FROM Opportunity ORDER BY Name LIMIT 200")["records"]
    ]
    [person] = client.query("SELECT Id FROM User WHERE LastName = 'P7'")["records"]
    [account] = client.query("SELECT Id FROM Account WHERE Name = 'Customer 7'")["records"]
    stamp = client.query("SELECT MAX(SystemModstamp) m FROM Opportunity")["records"][0]["m"].replace(
        "+0000", "Z"
    )
    listed = ", ".join(f"'{deal}'" for deal in deals)
    fields = "Id, Name, StageName, Amount, CloseDate, Account.Name, Account.Industry, Owner.Email"
    access = f"UserId = '{person['Id']}' AND RecordId IN ({listed})"
    won = "SELECT AccountId FROM Opportunity WHERE IsWon = true"
    wanted = {
        "one deal with account and owner": f"WHERE Id = '{deals[0]}'",
        "deals of an account": f"WHERE AccountId = '{account['Id']}'",
        "open deals of an owner": f"WHERE OwnerId = '{person['Id']}' AND IsClosed = false",
        "first page of all deals": "",
        "sweep by SystemModstamp": f"WHERE SystemModstamp >= {stamp} ORDER BY SystemModstamp, Id",
        "deals named like": "WHERE Name LIKE '%999%' LIMIT 200",
    }
    statements = {name: f"SELECT {fields} FROM Opportunity {ending}" for name, ending in wanted.items()} | {
        "count by stage": "SELECT StageName, COUNT(Id), SUM(Amount) FROM Opportunity GROUP BY StageName",
        "count of touches": "SELECT COUNT() FROM Content_Touch__c",
        "200 deals with their touches": (
            f"SELECT Id, (SELECT Kind__c FROM Content_Touches__r) FROM Opportunity WHERE Id IN ({listed})"
        ),
        "accounts with won deals": f"SELECT Id FROM Account WHERE Id IN ({won})",
        "UserRecordAccess of 200": f"SELECT RecordId, HasEditAccess FROM UserRecordAccess WHERE {access}",
    }
    for name, statement in statements.items():
        yield name, lambda statement=statement: client.query(statement)  # type: ignore[misc]  # a default, not an argument
    numbers = range(min(_CALL, sizes.touches))
    known = [{"attributes": {"type": "Content_Touch__c"}, **_touch(deals[0], number)} for number in numbers]
    path = "/composite/sobjects/Content_Touch__c/External_Ref__c"
    yield "upsert of 200 known touches", lambda: client.call("PATCH", path, json={"records": known})
    yield "one row by id", lambda: client.call("GET", f"/sobjects/Opportunity/{deals[0]}")
    yield "one update", lambda: client.call("PATCH", f"/sobjects/Opportunity/{deals[0]}", json={"Amount": 5})


def _acts_of_people(app: Flask) -> Iterator[tuple[str, Callable[[], object]]]:
    rep, head = (Client(app, f"p{number}@example.com") for number in (7, 0))
    mine = "SELECT Id, Name, Account.Name FROM Opportunity WHERE IsClosed = false ORDER BY CloseDate LIMIT 50"
    yield "a rep's next 50 deals", lambda: rep.query(mine)
    yield "a rep's touches counted", lambda: rep.query("SELECT COUNT() FROM Content_Touch__c")
    yield "the head's next 50 deals of all", lambda: head.query(mine)


def _median(act: Callable[[], object], times: int = 5) -> float:
    took = []
    for _ in range(times):
        started = time.perf_counter()
        act()
        took.append(time.perf_counter() - started)
    return round(statistics.median(took) * 1000, 1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox.salesforce.measure", description=__doc__)
    parser.add_argument("--opportunities", type=int, default=100_000)
    parser.add_argument("--touches", type=int, default=200_000)
    parser.add_argument(
        "--source", type=Path, default=Path("crm/salesforce"), help="the SFDX project of the org"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
