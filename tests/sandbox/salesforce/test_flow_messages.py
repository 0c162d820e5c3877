"""A flow that is deployed and switched on sends the Outbound Message of its workflow file."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from sandbox import plugin
from sandbox.salesforce import BARE_ORG, OrgConfig, create_app
from sandbox.salesforce.deploy.archive import packaged
from sandbox.salesforce.deploy.deployment import Deployment, deploy
from sandbox.salesforce.flow_start import NotPlayed, start_of
from sandbox.salesforce.sources import package_directories
from tests.sandbox.salesforce.client import OrgClient

FORMULA = b"OR(ISNEW(), ISCHANGED({!$Record.StageName}), ISCHANGED({!$Record.Amount}), "
SETUP = plugin.Setup("http://127.0.0.1:9", "whsec_" + "QUFB" * 8, "p" * 32, "touchline@example.com")


def taken(app: Flask, package: bytes) -> tuple[Any, ...]:
    deployment = Deployment("0Af", "005", "2026-01-01T00:00:00Z", {})
    deploy(app.extensions["org"], deployment, package)
    return deployment.failures


@pytest.fixture
def app(config: OrgConfig) -> Iterator[Flask]:
    app = create_app(replace(config, source=BARE_ORG))
    assert taken(app, plugin.package(SETUP)) == ()
    yield app
    app.extensions["org"].store.close()


@pytest.fixture(autouse=True)
def told(org: OrgClient) -> None:
    org.control("POST", "/outbound/manners", json={"automatic": False})


def waiting(org: OrgClient) -> int:
    return int(org.control("GET", "/outbound")["pending"])


def test_a_new_row_and_a_change_of_what_matters_are_reported(org: OrgClient) -> None:
    deal = org.deal()
    assert waiting(org) == 1

    org.call("PATCH", f"/sobjects/Opportunity/{deal}", json={"Amount": 5})
    org.call("PATCH", f"/sobjects/Opportunity/{deal}", json={"Amount": 5, "NextStep": "Call"})
    org.call("PATCH", f"/sobjects/Opportunity/{deal}", json={"StageName": "Qualification"})

    assert waiting(org) == 3
    [rule] = org.control("GET", "/outbound")["rules"]
    assert rule["endpoint"] == f"http://127.0.0.1:9/salesforce/outbound/{'p' * 32}"


def test_a_flow_that_is_off_reports_nothing(app: Flask, org: OrgClient, config: OrgConfig) -> None:
    assert taken(app, _switched_off()) == ()

    org.deal()

    assert waiting(org) == 0
    assert org.control("GET", "/outbound")["rules"] == []


def _switched_off() -> bytes:
    """Return the package as it ships, with a user that the org has."""
    user = b"touchline@example.com"
    return packaged(
        package_directories(plugin.PROJECT),
        lambda _, content: content.replace(b"integration@example.com", user),
    )


def test_flows_are_read_again_when_the_org_is_opened(config: OrgConfig, tmp_path: Any) -> None:
    settings = replace(config, source=BARE_ORG, database=tmp_path / "org.db")
    first = create_app(settings)
    assert taken(first, plugin.package(SETUP)) == ()
    first.extensions["org"].store.close()

    again = create_app(settings)

    assert len(again.test_client().get("/_sandbox/outbound").get_json()["rules"]) == 1
    again.extensions["org"].store.close()


def test_an_active_flow_whose_condition_is_not_understood_is_refused(app: Flask) -> None:
    def harder(path: str, content: bytes) -> bytes:
        filled = plugin.filled(path, content, SETUP)
        return filled.replace(FORMULA, b"OR(ISBLANK({!$Record.Name}), ")

    failures = taken(app, packaged(package_directories(plugin.PROJECT), harder))

    assert [failure.name for failure in failures] == ["Touchline_Opportunity_Changed"]


@pytest.mark.parametrize(
    ("trigger", "formula", "events", "changes"),
    [
        ("CreateAndUpdate", "", ("create", "update"), ()),
        ("Create", "", ("create",), ()),
        ("Update", "ISCHANGED({!$Record.Name})", ("update",), ("Name",)),
        ("CreateAndUpdate", "or( isnew(), ISCHANGED( {!$Record.Name} ))", ("create", "update"), ("Name",)),
        ("CreateAndUpdate", "ISCHANGED({!$Record.Name})", ("update",), ("Name",)),
        ("CreateAndUpdate", "ISNEW()", ("create",), ()),
    ],
)
def test_conditions_of_starts(
    trigger: str, formula: str, events: tuple[str, ...], changes: tuple[str, ...]
) -> None:
    start = start_of(trigger, formula)

    assert (start.events, start.changes) == (events, changes)


@pytest.mark.parametrize(
    ("trigger", "formula"),
    [
        ("Delete", ""),
        ("Update", "ISNEW()"),
        ("Update", "AND(ISNEW())"),
        ("Update", "NOT(ISCHANGED({!$Record.A}))"),
    ],
)
def test_conditions_that_are_not_played(trigger: str, formula: str) -> None:
    with pytest.raises(NotPlayed):
        start_of(trigger, formula)
