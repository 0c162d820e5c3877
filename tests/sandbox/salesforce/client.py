"""A small client of the local org, for tests."""

from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

BASE = "/services/data/v62.0"
SECRET = "sandbox-secret"


def log_in(app: Flask) -> "OrgClient":
    """Return a client with a session of the integration user."""
    form = {"grant_type": "client_credentials", "client_id": "touchline", "client_secret": SECRET}
    answer = app.test_client().post("/services/oauth2/token", data=form)
    return OrgClient(app, answer.get_json()["access_token"])


@dataclass(frozen=True)
class OrgClient:
    """Ask as one user, by one token."""

    app: Flask
    token: str

    def call(self, method: str, path: str, **options: Any) -> TestResponse:
        """Send a request below the version's path."""
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        return self.app.test_client().open(BASE + path, method=method, headers=headers, **options)

    def query(self, statement: str, *, path: str = "/query", headers: dict[str, str] | None = None) -> Any:
        """Return the records, or the code of the error."""
        answer = self.call("GET", path, query_string={"q": statement}, headers=headers or {})
        payload = answer.get_json()
        return payload["records"] if answer.status_code == 200 else payload[0]["errorCode"]

    def values(self, statement: str) -> list[Any]:
        """Return the first field of every record."""
        return [
            next(value for key, value in row.items() if key != "attributes") for row in self.query(statement)
        ]

    def create(self, sobject: str, **row: Any) -> str:
        """Return the id of a new row."""
        answer = self.call("POST", f"/sobjects/{sobject}", json=row)
        assert answer.status_code == 201, answer.get_json()
        return str(answer.get_json()["id"])

    def refusal(self, method: str, path: str, **options: Any) -> tuple[int, str]:
        """Return status and code of a request that must fail."""
        answer = self.call(method, path, **options)
        return answer.status_code, answer.get_json()[0]["errorCode"]

    def user(self, name: str, *, role: str | None = None, profile: str = "Standard User") -> str:
        """Return the id of a new user."""
        profiles = {row["Name"]: row["Id"] for row in self.query("SELECT Id, Name FROM Profile")}
        return self.create(
            "User",
            Username=f"{name}@example.com",
            LastName=name,
            Email=f"{name}@example.com",
            Alias=name[:8],
            ProfileId=profiles[profile],
            UserRoleId=role,
            TimeZoneSidKey="GMT",
            LocaleSidKey="en_US",
            LanguageLocaleKey="en_US",
            EmailEncodingKey="UTF-8",
        )

    def deal(self, name: str = "Norfield", **row: Any) -> str:
        """Return the id of a new opportunity."""
        facts = {"StageName": "Prospecting", "CloseDate": "2026-12-31", **row}
        return self.create("Opportunity", Name=name, **facts)

    def control(self, method: str, path: str, **options: Any) -> Any:
        """Call a control endpoint and return its JSON, or None."""
        answer = self.app.test_client().open(f"/_sandbox{path}", method=method, **options)
        assert answer.status_code < 300, answer.text
        return answer.get_json(silent=True)

    def set_clock(self, moment: str | None) -> None:
        """Set the org's clock."""
        self.control("POST", "/clock", json={"set": moment})


def touch(opportunity: str, ref: str, **row: Any) -> dict[str, Any]:
    """Return a content touch as a row of a collection."""
    facts = {"Kind__c": "Shared", "Occurred_At__c": "2026-01-02T03:04:05Z", **row}
    named = {"attributes": {"type": "Content_Touch__c"}, "External_Ref__c": ref}
    return {**named, "Opportunity__c": opportunity, **facts}


TOUCHES = "/composite/sobjects/Content_Touch__c/External_Ref__c"
