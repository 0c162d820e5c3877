"""Capture what the panel's Apex reads in the local org, as fixtures for its tests: `python -m checks capture`.

The rows are made by the functions that write to Salesforce, the queries are read out of ContentPanelController.cls, and
they run with the access of a seller who has one permission set. What Lightning receives differs from what REST answers:
no `attributes`, nothing that is empty, moments that end in Z.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Flask
from lxml import etree

from checks.captured_deal import CONTACTS, NOW, asset_rows, suggestion_rows, touch_rows
from checks.tools import PROJECT
from enablement.model import CrmUser
from sandbox import plugin
from sandbox.salesforce import BARE_ORG, OrgConfig, create_app
from sandbox.salesforce.deploy.deployment import Deployment, deploy
from sandbox.salesforce.local_org import Org

CONTROLLER = PROJECT / "force-app/main/default/classes/ContentPanelController.cls"
FIXTURES = PROJECT / "force-app/main/default/lwc/contentPanel/__tests__/data"
_BASE = "/services/data/v62.0"
_INTEGRATION = "integration@example.com"
_QUERY = re.compile(r"\[\s*(SELECT\b[^\]]*?)\s*\]", re.DOTALL)
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_BIND = re.compile(r":\s*([A-Za-z]\w*)")
_LISTS = {
    "Content_Suggestion__c": "suggestions",
    "Content_Touch__c": "touches",
    "OpportunityContactRole": "contacts",
}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+\+0000")
_PHRASE = "whsec_" + "QUFB" * 8
_METADATA = "{http://soap.sforce.com/2006/04/metadata}"


def main(_: list[str]) -> int:
    """Write the fixtures and return the exit code."""
    FIXTURES.mkdir(parents=True, exist_ok=True)
    for name, panel in captured().items():
        (FIXTURES / name).write_text(as_text(panel), encoding="utf-8")
    return 0


def as_text(panel: Mapping[str, Any]) -> str:
    """Return a fixture as its file holds it."""
    return json.dumps(panel, ensure_ascii=False, indent=2) + "\n"


def captured() -> dict[str, dict[str, Any]]:
    """Return each state of the panel by the name of its file; the same at every call."""
    stage = _Stage()
    full, unsuggested, untouched, bare = (stage.add_deal() for _ in range(4))
    stage.write("Content_Asset__c", asset_rows())
    stage.write("Content_Suggestion__c", [row for deal in (full, untouched) for row in suggestion_rows(deal)])
    for deal in (full, unsuggested):
        stage.write("Content_Touch__c", touch_rows(deal, stage.seller))
    return {
        "panel.json": stage.panel(full),
        "no_suggestions.json": stage.panel(unsuggested),
        "no_touches.json": stage.panel(untouched),
        "empty.json": stage.panel(bare),
    }


def queries(source: str) -> dict[str, str]:
    """Return the queries of the controller by the list of the panel that each fills."""
    found = {}
    for query in _QUERY.findall(_COMMENT.sub(" ", source)):
        read_from = re.search(r"\bFROM\s+(\w+)", query, re.IGNORECASE)
        if read_from is None or read_from[1] not in _LISTS:
            raise ValueError(f"{CONTROLLER.name}: no list of the panel is filled by {query}")
        found[_LISTS[read_from[1]]] = " ".join(query.split())
    return found


class _Stage:
    """A local org with the package, a seller and an administrator."""

    def __init__(self) -> None:
        self._app: Flask = create_app(
            OrgConfig(
                database=None,
                source=BARE_ORG,
                base_url="http://org.example",
                client_id="capture",
                client_secret="capture",  # noqa: S106 - nobody else can reach this org
                public_key_pem=None,
                integration_username=_INTEGRATION,
            )
        )
        self._org: Org = self._app.extensions["org"]
        self._org.clock.set(NOW)
        self._queries = queries(CONTROLLER.read_text(encoding="utf-8"))
        _deploy(self._org)
        self.seller = self._add_seller()

    def add_deal(self) -> str:
        """Add an opportunity of the seller's with contacts and return its id."""
        account = self._create("Account", {"Name": "Norfield Foods", "Industry": "Manufacturing"})
        facts = {"StageName": "Negotiation/Review", "CloseDate": "2026-12-16", "OwnerId": self.seller.id}
        deal = self._create(
            "Opportunity", {"Name": "Norfield Foods – Warehouse rollout", "AccountId": account, **facts}
        )
        for place, one in enumerate(CONTACTS):
            row = {
                "FirstName": one.first,
                "LastName": one.last,
                "Email": one.email or None,
                "AccountId": account,
            }
            contact = self._create("Contact", row)
            role = {"OpportunityId": deal, "ContactId": contact, "Role": one.role, "IsPrimary": place == 0}
            self._create("OpportunityContactRole", role)
        return deal

    def write(self, sobject: str, rows: list[dict[str, Any]]) -> None:
        """Upsert rows as the product does."""
        records = [{"attributes": {"type": sobject}, **dict(_nested(row))} for row in rows]
        path = f"/composite/sobjects/{sobject}/External_Ref__c"
        results = self._call("PATCH", path, json={"records": records, "allOrNone": True})
        refused = [one["errors"] for one in results if not one["success"]]
        if refused:
            raise ValueError(f"the org refuses rows of {sobject}: {refused[0]}")

    def panel(self, deal: str) -> dict[str, Any]:
        """Return what the panel shows the seller of a deal."""
        granted = self._custom_permissions()
        panel: dict[str, Any] = {
            name: [_received(row) for row in self._query(_bound(query, deal), user=self.seller.id)]
            for name, query in self._queries.items()
        }
        return {**panel, "canShare": "Touchline_Share" in granted, "canAsk": "Touchline_Ask" in granted}

    def _add_seller(self) -> CrmUser:
        profile = self._value("SELECT Id FROM Profile WHERE Name = 'Minimum Access - API Only Integrations'")
        name = {
            "FirstName": "Maya",
            "LastName": "Chen",
            "Alias": "maya",
            "Email": "maya.chen@stowmark.example",
        }
        zone = {"TimeZoneSidKey": "GMT", "LocaleSidKey": "en_US", "LanguageLocaleKey": "en_US"}
        about = {"Username": name["Email"], "ProfileId": profile, "EmailEncodingKey": "UTF-8", **zone}
        user = self._create("User", {**name, **about})
        permission_set = self._value("SELECT Id FROM PermissionSet WHERE Name = 'Touchline_Rep'")
        self._create("PermissionSetAssignment", {"AssigneeId": user, "PermissionSetId": permission_set})
        return CrmUser(user, name["Email"], "Maya Chen", None, is_active=True)

    def _custom_permissions(self) -> set[str]:
        path = PROJECT / "force-app/main/default/permissionsets/Touchline_Rep.permissionset-meta.xml"
        root = etree.fromstring(path.read_bytes())
        return {
            each.findtext(f"{_METADATA}name", "")
            for each in root.iterfind(f"{_METADATA}customPermissions")
            if each.findtext(f"{_METADATA}enabled") == "true"
        }

    def _create(self, sobject: str, row: Mapping[str, Any]) -> str:
        return str(self._call("POST", f"/sobjects/{sobject}", json=row)["id"])

    def _value(self, query: str, *, user: str | None = None) -> str:
        return str(self._query(query, user=user)[0]["Id"])

    def _query(self, query: str, *, user: str | None = None) -> list[dict[str, Any]]:
        answer = self._call("GET", "/query", user=user, query_string={"q": query})
        return list(answer["records"])

    def _call(self, method: str, path: str, *, user: str | None = None, **options: Any) -> Any:
        token = self._org.sessions.open(user or self._integration_user())
        headers = {"Authorization": f"Bearer {token}"}
        answer = self._app.test_client().open(_BASE + path, method=method, headers=headers, **options)
        said = answer.get_json()
        if answer.status_code >= 400:
            raise ValueError(f"the org refuses {method} {path}: {said}")
        return said

    def _integration_user(self) -> str:
        users = self._org.schema.get("User")
        found = self._org.store.find_all(users, users.fields["username"], _INTEGRATION)
        return str(found[0]["Id"])


def _deploy(org: Org) -> None:
    setup = plugin.Setup("https://touchline.example.com", _PHRASE, "p" * 32, _INTEGRATION)
    deployment = Deployment("0Af000000000001", "", "", {})
    deploy(org, deployment, plugin.package(setup))
    if not deployment.succeeded:
        raise ValueError(f"the org refuses the package: {deployment.error or deployment.failures[0]}")


def _nested(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the cells of a row, a parent named by its key as JSON names it."""
    for name, cell in row.items():
        relationship, dot, key = name.partition(".")
        yield (relationship, {key: cell}) if dot else (name, cell)


def _bound(query: str, deal: str) -> str:
    unknown = set(_BIND.findall(query)) - {"opportunityId"}
    if unknown:
        raise ValueError(f"{CONTROLLER.name}: no value is known for :{min(unknown)}")
    return _BIND.sub(f"'{deal}'", query)


def _received(value: Any) -> Any:
    """Return a value of an answer as a Lightning component receives it."""
    if isinstance(value, dict):
        kept = {
            name: _received(each) for name, each in value.items() if name != "attributes" and each is not None
        }
        return {name: each for name, each in kept.items() if each != {}}
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return re.sub(r"\+0000$", "Z", value) if isinstance(value, str) and _MOMENT.fullmatch(value) else value
