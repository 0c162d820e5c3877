"""`touchline status` as an operator or a monitor calls it, in a process of its own."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from enablement.adapters.sql.database import Database
from enablement.adapters.sql.journal import SqlJournal
from enablement.adapters.sql.mirror import SqlMirror
from enablement.adapters.sql.outbox import SqlOutbox
from enablement.incidents import CALLS
from enablement.model import IntegrationDay, Signal
from tests.builders import deal, task
from tests.ops.installation import ROOT, Installation

ORG = "https://harbourline.my.salesforce.com"


class Site:
    """An installation with a relay, as the command line sees it."""

    def __init__(self, folder: Path, url: str) -> None:
        self.now = datetime.now(UTC)
        database = Database(url)
        self.journal, self.outbox, self.mirror = (
            SqlJournal(database),
            SqlOutbox(database),
            SqlMirror(database),
        )
        self.outbox.hold("relay", owner="relay", seconds=3600, now=self.now)
        self.environ = {
            "PATH": os.environ["PATH"],
            "TOUCHLINE_DATA": str(folder),
            "TOUCHLINE_EMBEDDER": "off",
            "DATABASE_URL": url,
            "SALESFORCE_URL": ORG,
            "COLUMNS": "220",
        }

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cli", "status", *words],
            cwd=ROOT,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def bury(self, error: str) -> None:
        self.outbox.add([task("t", kind="crm.touch")], now=self.now)
        [row] = self.outbox.claim("write", ["crm.touch"], owner="w", limit=1, now=self.now)
        self.outbox.bury(row.id, owner="w", error=error, now=self.now)


@pytest.fixture
def site(installation: Installation) -> Site:
    return Site(installation.folder, installation.environ["DATABASE_URL"])


def test_where_all_is_well_that_is_said_first(site: Site) -> None:
    done = site.run()

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == "All is well."


def test_what_needs_a_person_is_said_first_in_one_sentence(site: Site) -> None:
    site.bury("there is no touch 2f4c9a [red]")

    done = site.run()

    assert done.returncode == 1
    assert (
        done.stdout.splitlines()[0]
        == "This needs somebody: Dead letters (1 crm.touch): `touchline outbox` says why."
    )
    assert "there is no touch … [red]" in done.stdout


def test_the_page_shows_calls_work_and_deals_with_links(site: Site) -> None:
    site.journal.note([], [IntegrationDay("salesforce", site.now.date(), 200, 3, 1200, 15000)])
    site.outbox.add([task("due", lane="reply")], now=site.now - timedelta(seconds=30))
    bare = deal("Bare [bold] deal", industry=None)
    site.mirror.store(deals=[bare])

    page = site.run().stdout

    assert "1.5%" in page
    assert "1200 of 15000" in page
    assert "reply" in page
    assert f"Bare [bold] deal  {ORG}/lightning/r/Opportunity/{bare.id}/view" in page
    assert "Data quality of the deals: " in page


def test_the_document_says_everything_and_nothing_else_is_printed(site: Site) -> None:
    site.journal.note([Signal(CALLS, "slack", 6, 3, "", site.now)])
    site.journal.weigh(now=site.now)
    site.mirror.store(deals=[deal("bare", industry=None), deal("whole")])

    done = site.run("--json")
    said: dict[str, Any] = json.loads(done.stdout)

    assert done.returncode == 1
    assert (said["ok"], said["needs"]) == (False, ["6 of 9 calls to slack failed"])
    assert [one["subject"] for one in said["incidents"]] == ["slack"]
    assert said["index_behind"] == 0
    [industry] = [part for part in said["quality"]["parts"] if part["name"] == "industry"]
    assert (industry["missing"], industry["of"]) == (1, 2)
    assert industry["examples"] == [
        {
            "id": deal("bare").id,
            "name": "bare",
            "url": f"{ORG}/lightning/r/Opportunity/{deal('bare').id}/view",
        }
    ]
    assert {one["kind"] for one in said["checks"]} >= {
        "relay",
        "lane",
        "dead letters",
        "hooks",
        "reading",
        "index",
    }


def test_without_an_org_there_is_a_status_but_no_links(site: Site) -> None:
    del site.environ["SALESFORCE_URL"]
    site.mirror.store(deals=[deal("bare", industry=None)])

    done = site.run("--json")

    assert done.returncode == 0
    assert "lightning" not in done.stdout
