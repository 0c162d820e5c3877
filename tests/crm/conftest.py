"""The stage; and, for what speaks with Salesforce alone, a local org with our client before it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask

from crm.client import SalesforceClient
from crm.session import Login
from enablement.adapters.sql.database import Database
from sandbox import salesforce
from sandbox.slack.server import Server
from sandbox.world.org_client import OrgClient
from tests.crm.hook_world import Hooks
from tests.doors import CLIENT_ID, CLIENT_SECRET, Late, org_config, shared_stage, stage

__all__ = ["Org", "org", "shared_stage", "stage"]


@pytest.fixture
def hooks(database: Database, tmp_path: Path) -> Hooks:
    return Hooks(database, tmp_path)


@dataclass(frozen=True)
class Org:
    """A local org, our client, and a hand that fills it and makes it misbehave."""

    url: str
    login: Login
    client: SalesforceClient
    hand: OrgClient
    app: Flask

    def fault(self, kind: str, times: int = 1, **more: Any) -> None:
        order = {"kind": kind, "times": times, **more}
        requests.post(f"{self.url}/_sandbox/faults", json=order, timeout=5).raise_for_status()

    def calls(self, path: str = "/services/data") -> list[dict[str, Any]]:
        """Return what the org received under a path, as (method, path, status …)."""
        received = requests.get(f"{self.url}/_sandbox/received", timeout=5).json()["calls"]
        return [call for call in received if call["path"].startswith(path)]

    def logins(self) -> int:
        return len(self.calls("/services/oauth2/token"))


@pytest.fixture
def org() -> Iterator[Org]:
    shell = Late("org")
    with Server(shell) as server:
        app = shell.extensions["late"] = salesforce.create_app(org_config(server.url))
        login = Login(server.url, CLIENT_ID, CLIENT_SECRET)
        with OrgClient(server.url, CLIENT_ID, CLIENT_SECRET) as hand:
            yield Org(server.url, login, SalesforceClient(login), hand, app)
        app.extensions["org"].store.close()
