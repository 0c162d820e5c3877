"""An installation to examine: a local Slack, a local org, a database and a library, each to be broken by a test."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from doctor import Finding, examine
from enablement.adapters.index import PageIndex
from enablement.adapters.sql.catalog import SqlCatalog
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.ledger import SqlLedger
from enablement.adapters.sql.outbox import SqlOutbox
from enablement.library import Incoming, take_in
from sandbox import salesforce, slack
from sandbox.slack.server import Server
from sandbox.world.org_client import OrgClient
from tests.builders import NOW

ROOT = Path(__file__).parents[2]
PROJECT = ROOT / "crm" / "salesforce"
SLACK_TOKEN, SIGNING_SECRET, CLIENT_SECRET = "xoxb-canary-1", "canary-2", "canary-3"
PLENTY = 50_000_000_000
WORKSPACE: dict[str, Any] = {
    "team": {"id": "T0TEAM", "name": "Harbourline", "domain": "harbourline"},
    "users": [],
    "channels": [],
    "bot": {"user_id": "U0BOT", "bot_id": "B0BOT", "name": "Touchline"},
}


@dataclass(frozen=True)
class _Part:
    number: int
    title: str
    text: str


@dataclass
class Installation:
    """The settings of an installation and where its data is; `free` is what its disk has left, in bytes."""

    environ: dict[str, str]
    folder: Path
    free: int = PLENTY

    @property
    def database(self) -> Path:
        return self.folder / "touchline.db"

    @contextmanager
    def opened(self) -> Iterator[Database]:
        """Give its database, to put things in."""
        database = Database(self.environ["DATABASE_URL"])
        yield database
        database.close()

    @contextmanager
    def outbox(self) -> Iterator[SqlOutbox]:
        with self.opened() as database:
            yield SqlOutbox(database)

    def add_to_library(self, name: str, *, index: bool = True) -> None:
        """Take an asset in, and into the index too unless told otherwise."""
        page = _Part(1, name, f"What a buyer asks about {name}.")
        file = Incoming(f"{name}.md", f"{name}.md", "text/markdown", page.text.encode(), name, (page,), {})
        with self.opened() as database:
            catalog, ledger = SqlCatalog(database), SqlLedger(database)
            assert take_in(file, catalog, ledger, is_there=lambda _: True, now=NOW).outcome == "added"
            if index:
                PageIndex(self.folder / "index", catalog).follow()

    def examine(self) -> list[Finding]:
        """Return what the doctor finds."""
        return examine(self.environ, clock=lambda: NOW, free_bytes=lambda _: self.free)

    def wrong(self) -> list[Finding]:
        return [one for one in self.examine() if one.state == "wrong"]


@contextmanager
def local_slack(*, workspace: dict[str, Any] = WORKSPACE, **more: Any) -> Iterator[str]:
    """Give the address of a local Slack's Web API."""
    config = slack.SlackConfig(
        workspace=workspace,
        app_url="http://127.0.0.1:9",
        signing_secret=SIGNING_SECRET,
        bot_token=SLACK_TOKEN,
        **more,
    )
    with Server(slack.create_app(config)) as server:
        yield f"{server.url}/api/"


@contextmanager
def local_org(source: Path = PROJECT, *, deals: Sequence[str] = ("Norfield",)) -> Iterator[str]:
    """Give the address of a local org that holds these deals."""
    app = salesforce.create_app(
        salesforce.OrgConfig(
            database=None,
            source=source,
            base_url="http://org.test",
            client_id="touchline",
            client_secret=CLIENT_SECRET,
            public_key_pem=None,
            integration_username="touchline@example.com",
        )
    )
    with Server(app) as server:
        rows = [{"Name": name, "StageName": "Prospecting", "CloseDate": "2026-12-31"} for name in deals]
        with OrgClient(server.url, "touchline", CLIENT_SECRET) as client:
            client.insert("Opportunity", rows)
        yield server.url
    app.extensions["org"].store.close()


def changed_project(folder: Path, change: Callable[[Path], None]) -> Path:
    """Return a copy of the SFDX project after a change to the folder of its touch object."""
    copy = folder / "salesforce"
    shutil.copytree(PROJECT, copy, ignore=shutil.ignore_patterns("node_modules"))
    change(copy / "force-app" / "main" / "default" / "objects" / "Content_Touch__c")
    return copy
