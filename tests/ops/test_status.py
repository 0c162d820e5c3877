"""`touchline status` as an operator or a monitor calls it, in a process of its own."""

import json
import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from enablement.adapters.sql.database import Database
from enablement.adapters.sql.journal import SqlJournal
from enablement.adapters.sql.ledger import SqlLedger
from enablement.adapters.sql.mirror import SqlMirror
from enablement.adapters.sql.outbox import SqlOutbox
from enablement.incidents import CALLS
from enablement.model import IntegrationDay, Signal, Task, Written
from tests.builders import deal, task, touch
from tests.ops.commands import touchline
from tests.ops.installation import Installation

ORG = "https://harbourline.my.salesforce.com"


class Site:
    """An installation with a relay, as the command line sees it."""

    def __init__(self, folder: Path, url: str) -> None:
        self.now = datetime.now(UTC)
        database = Database(url)
        self.ledger = SqlLedger(database)
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
        return touchline("status", *words, environ=self.environ)

    def add(self, one: Task) -> None:
        self.outbox.add([one], now=self.now)

    def bury(self, error: str) -> None:
        self.add(task("t", kind="crm.touch", subject="t"))
        [row] = self.outbox.claim("write", ["crm.touch"], owner="w", limit=1, now=self.now)
        self.outbox.bury(row.id, owner="w", error=error, now=self.now)


@pytest.fixture
def site(installation: Installation) -> Site:
    return Site(installation.folder, installation.environ["DATABASE_URL"])


def test_where_all_is_well_that_is_said_first(site: Site) -> None:
    done = site.run()

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == "All is well."


def test_what_needs_a_person_is_said_first_once_and_a_line_each(site: Site) -> None:
    site.bury("there is no touch 2f4c9a [red]")
    site.journal.note([Signal(CALLS, "slack", 6, 3, "", site.now)])
    site.journal.weigh(now=site.now)

    done = site.run()

    assert done.returncode == 1
    assert done.stdout.splitlines()[:5] == [
        "This needs somebody:",
        "- Dead letters (1 crm.touch): `touchline outbox` says why",
        "- 6 of 9 calls to slack failed",
        f"  since {site.now:%d %b %H:%M} UTC, seen 6 times",
        "What to do about each: docs/operations.md",
    ]
    assert done.stdout.count("6 of 9 calls") == 1
    assert "there is no touch … [red]" in done.stdout


@pytest.mark.parametrize("columns", ["80", "40"])
def test_addresses_stay_whole_in_a_narrow_terminal(site: Site, columns: str) -> None:
    bare = deal("A deal with a name that is longer than half of a line", industry=None)
    site.mirror.store(deals=[bare])
    site.add(task("t", kind="deals.refresh", subject=bare.id))
    site.environ["COLUMNS"] = columns

    for page in (site.run().stdout, touchline("outbox", environ=site.environ).stdout):
        assert f"{ORG}/lightning/r/Opportunity/{bare.id}/view\n" in page


def test_the_outbox_says_of_each_dead_letter_why_and_where_its_deal_is(site: Site) -> None:
    site.ledger.write(Written(records=(touch(id="t"),)), now=site.now)
    site.bury("a rule forbids it: [red] " + "long " * 40)
    site.add(task("later", kind="deals.sync", subject="", lane="compute"))

    done = touchline("outbox", environ={**site.environ, "COLUMNS": "80"})

    lines = done.stdout.splitlines()
    assert lines[0] == "1 waiting or being worked on, 1 dead."
    assert lines[2].startswith("t  crm.touch  dead  1 attempt, since ")
    assert lines[3] == "  a rule forbids it: [red] " + "long " * 40
    assert lines[4] == f"  {ORG}/lightning/r/Opportunity/{deal().id}/view"
    assert lines[6].startswith("later  deals.sync  due  0 attempts, due ")
    assert lines[7:] == [
        "",
        "Mend what they say, then `touchline outbox --retry` (or name some by their ids).",
    ]


def test_the_outbox_document_has_the_address_of_the_deal_or_none(site: Site) -> None:
    site.add(task("about", kind="deals.refresh", subject=deal().id))
    site.add(task("none", kind="deals.sync", subject="", lane="compute"))

    said = json.loads(touchline("outbox", "--json", environ=site.environ).stdout)

    urls = {one["id"]: one["url"] for one in said["rows"]}
    assert urls == {"about": f"{ORG}/lightning/r/Opportunity/{deal().id}/view", "none": ""}


def test_hooks_that_are_not_set_up_are_not_said_to_be_silent(site: Site) -> None:
    assert "none are set up" in site.run().stdout
    site.environ |= {"SALESFORCE_ORG_ID": "00D000000000001EAA", "SALESFORCE_OUTBOUND_PATH": "p" * 40}
    assert "none are set up" not in site.run().stdout


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
    assert all(one["is_wrong"] == bool(one["said"]) for one in said["checks"])
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
