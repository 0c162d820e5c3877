"""Let the `sf` command line judge the local org: login by JWT, data, Bulk 2.0, limits, describe, deploy."""

import csv
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from judges.stage import MODULES, NODE, ROOT, Sandbox, node_environment, sandbox
from judges.tally import Tally, Wrong, expect, expect_in
from sandbox.salesforce.sources import package_directories

ALIAS = "judged"
_UNKNOWN = "Content_Touch__c.Nope__c"
_ONE_OF_EACH = {
    ("ApexClass", "ContentPanelController"),
    ("CustomMetadata", "Touchline_Setting.Default"),
    ("CustomField", "Opportunity.Top_Content__c"),
    ("CustomObject", "Content_Suggestion__c"),
    ("CustomObjectTranslation", "Content_Touch__c-th"),
    ("Dashboard", "Touchline/Content_Use"),
    ("Flow", "Touchline_Opportunity_Changed"),
    ("LightningComponentBundle", "contentPanel"),
    ("NamedCredential", "Touchline"),
    ("PermissionSet", "Touchline_Rep"),
    ("Report", "Touchline/Stale_Content_in_Use"),
    ("WorkflowOutboundMessage", "Opportunity.Touchline_Opportunity_Changed"),
}
# By the component that must be named: the file, and what is written in place of what.
_BREAKS = {
    "Touchline_Integration": (
        "Touchline_Integration.permissionset-meta.xml",
        "Content_Touch__c.Asset_Title__c",
        _UNKNOWN,
    ),
    "Touchline/Content_Use": (
        "Content_Use.dashboard-meta.xml",
        "<report>Touchline/Stale_Content_in_Use",
        "<report>Touchline/Fresh_Content_in_Use",
    ),
    "Touchline/Open_Deals_without_Content": (
        "Open_Deals_without_Content.report-meta.xml",
        "<reportType>Touchline_Opportunities__c",
        "<reportType>Touchline_Deals__c",
    ),
    "Touchline_Account_Changed": (
        "Touchline_Account_Changed.flow-meta.xml",
        "<actionName>ReportChangedDeals",
        "<actionName>ReportDeals",
    ),
    "contentPanel": ("contentPanel.js", "c.Touchline_Title", "c.Touchline_Titel"),
    "fr": ("fr.translation-meta.xml", "<name>Touchline_Ask<", "<name>Touchline_Asks<"),
}
_PROGRAM = MODULES / "@salesforce" / "cli" / "bin" / "run.js"
QUIET = {
    "SF_AUTOUPDATE_DISABLE": "true",
    "SF_DISABLE_AUTOUPDATE": "true",
    "SF_DISABLE_TELEMETRY": "true",
    "SF_DISABLE_LOG_FILE": "true",
    "SF_SKIP_NEW_VERSION_CHECK": "true",
    "SF_HIDE_RELEASE_NOTES": "true",
    # Without a keychain the CLI keeps its tokens in a file of its own home.
    "SF_USE_GENERIC_UNIX_KEYCHAIN": "true",
    "SF_ORG_API_VERSION": "62.0",
    "SF_SOURCE_MEMBER_POLLING_TIMEOUT": "0",
}


@dataclass(frozen=True)
class Cli:
    """The program in a home and a folder of its own."""

    home: Path

    def run(self, *arguments: str, fails: bool = False, cwd: Path | None = None) -> Any:
        """Return what a command says as JSON; raise Wrong when it ends otherwise than expected."""
        done = subprocess.run(
            [NODE, _PROGRAM, *arguments, "--json"],
            cwd=cwd or self.home,
            env=node_environment({**QUIET, "HOME": str(self.home)}),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        try:
            said = json.loads(done.stdout)
        except ValueError as problem:
            raise Wrong(f"no JSON: {(done.stdout + done.stderr)[-600:]}") from problem
        if (done.returncode != 0) is not fails:
            raise Wrong(
                f"ended with {done.returncode}: {said.get('name')}: {said.get('message', said)}"[:900]
            )
        return {name: part for name, part in said.items() if name not in ("stack", "cause")}


def main() -> int:
    """Run all commands and return the exit code."""
    tally = Tally()
    with sandbox() as running, tempfile.TemporaryDirectory() as folder:
        cli = Cli(Path(folder))
        _login(tally, cli, running)
        _rows(tally, cli)
        _bulk(tally, cli)
        _looks(tally, cli)
        _deploy(tally, cli, running.username)
    return tally.close()


def _login(tally: Tally, cli: Cli, running: Sandbox) -> None:
    asked = [
        *("org", "login", "jwt", "--client-id", running.client_id, "--username", running.username),
        *("--instance-url", running.org_url, "--alias", ALIAS),
    ]
    # First: a login that fails makes the CLI forget the one it had.
    with tally.check("org login jwt with another's key is refused"):
        other = cli.home / "other.pem"
        # Any key but the one whose public half the org was given.
        subprocess.run([NODE, "-e", _WRITE_KEY, str(other)], env=node_environment({}), check=True, timeout=60)
        said = cli.run(*asked, "--jwt-key-file", str(other), fails=True)
        expect_in("invalid", said["message"])
    with tally.check("org login jwt"):
        said = cli.run(*asked, "--jwt-key-file", str(running.private_key))["result"]
        expect((said["username"], said["instanceUrl"]), (running.username, running.org_url))
    with tally.check("org display"):
        said = cli.run("org", "display", "-o", ALIAS)["result"]
        expect(said["connectedStatus"], "Connected")


_WRITE_KEY = """
const { generateKeyPairSync } = require('node:crypto');
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
require('node:fs').writeFileSync(process.argv[1], privateKey.export({ type: 'pkcs8', format: 'pem' }));
"""


def _rows(tally: Tally, cli: Cli) -> None:
    values = "Name='Judged deal' StageName=Prospecting CloseDate=2031-01-31 Amount=1200.5"
    deal = ""
    with tally.check("data create record"):
        said = cli.run("data", "create", "record", "-o", ALIAS, "-s", "Opportunity", "-v", values)["result"]
        deal = said["id"]
        expect(len(deal), 18)
    with tally.check("data get record"):
        said = cli.run("data", "get", "record", "-o", ALIAS, "-s", "Opportunity", "-i", deal)["result"]
        expect((said["Name"], said["Amount"]), ("Judged deal", 1200.5))
    with tally.check("data update record"):
        cli.run("data", "update", "record", "-o", ALIAS, "-s", "Opportunity", "-i", deal, "-v", "Amount=7")
    with tally.check("data query"):
        statement = "SELECT Id, Amount, Owner.Name, CloseDate FROM Opportunity WHERE Name = 'Judged deal'"
        [row] = cli.run("data", "query", "-o", ALIAS, "-q", statement)["result"]["records"]
        expect((row["Amount"], row["Owner"]["Name"]), (7, "Touchline Integration"))
    with tally.check("data query as a table of its columns"):
        statement = "SELECT StageName, COUNT(Id) FROM Opportunity GROUP BY StageName"
        asked = ["data", "query", "-o", ALIAS, "-q", statement, "-r", "csv"]
        done = subprocess.run(
            [NODE, _PROGRAM, *asked],
            cwd=cli.home,
            env=node_environment({**QUIET, "HOME": str(cli.home)}),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        expect(done.stdout.splitlines()[:2], ["StageName,count(Id)", "Prospecting,1"])
    with tally.check("data query of an unknown field names it"):
        asked = ["data", "query", "-o", ALIAS, "-q", "SELECT Nope__c FROM Opportunity"]
        said = cli.run(*asked, fails=True)
        expect_in("No such column 'Nope__c' on entity 'Opportunity'", said["message"])
        expect(said["name"], "INVALID_FIELD")
    with tally.check("data delete record"):
        cli.run("data", "delete", "record", "-o", ALIAS, "-s", "Opportunity", "-i", deal)
        said = cli.run("data", "get", "record", "-o", ALIAS, "-s", "Opportunity", "-i", deal, fails=True)
        expect_in(said["name"], ("ENTITY_IS_DELETED", "NOT_FOUND"))


def _bulk(tally: Tally, cli: Cli) -> None:
    table = cli.home / "accounts.csv"
    table.write_text("Name,Website\n" + "".join(f"Bulk {n},b{n}.example\n" for n in range(250)))
    waits = ("-o", ALIAS, "--wait", "2")
    with tally.check("data import bulk"):
        asked = ["data", "import", "bulk", *waits, "-s", "Account", "-f", str(table), "--line-ending", "LF"]
        said = cli.run(*asked)["result"]
        expect((said["processedRecords"], said.get("failedRecords", 0)), (250, 0))
    with tally.check("data export bulk"):
        out = cli.home / "out.csv"
        statement = "SELECT Id, Name FROM Account WHERE Name LIKE 'Bulk %'"
        asked = ["data", "export", "bulk", *waits, "-q", statement, "--output-file", str(out), "-r", "csv"]
        said = cli.run(*asked)["result"]
        with out.open(newline="") as file:
            rows = list(csv.DictReader(file))
        expect((said["totalSize"], len(rows), set(rows[0])), (250, 250, {"Id", "Name"}))
    with tally.check("data upsert bulk"):
        rows = cli.run("data", "query", "-o", ALIAS, "-q", "SELECT Id FROM Account LIMIT 3")["result"]
        table.write_text(
            "Id,Industry\n" + "".join(f"{row['Id']},Retail\n" for row in rows["records"]) + ",Retail\n"
        )
        asked = ["data", "upsert", "bulk", *waits, "-s", "Account", "-f", str(table), "-i", "Id"]
        said = cli.run(*asked, "--line-ending", "LF", fails=True)
        # The fourth row would be a new account without a name.
        job = said.get("data", {}).get("jobId") or said.get("result", {}).get("jobInfo", {}).get("id")
        expect_in("failed", json.dumps(said).lower())
        expect(bool(job), True)
    with tally.check("data delete bulk"):
        rows = cli.run("data", "query", "-o", ALIAS, "-q", "SELECT Id FROM Account LIMIT 5")["result"]
        table.write_text("Id\n" + "".join(f"{row['Id']}\n" for row in rows["records"]))
        asked = ["data", "delete", "bulk", *waits, "-s", "Account", "-f", str(table), "--line-ending", "LF"]
        said = cli.run(*asked)["result"]
        expect(said["jobInfo"]["numberRecordsProcessed"], 5)


def _looks(tally: Tally, cli: Cli) -> None:
    with tally.check("org list limits"):
        said = cli.run("org", "list", "limits", "-o", ALIAS)["result"]
        expect_in("DailyApiRequests", [row["name"] for row in said])
    with tally.check("sobject describe"):
        said = cli.run("sobject", "describe", "-o", ALIAS, "-s", "Content_Touch__c")["result"]
        expect_in("External_Ref__c", [row["name"] for row in said["fields"] if row["externalId"]])
    with tally.check("sobject list"):
        said = cli.run("sobject", "list", "-o", ALIAS, "-s", "custom")["result"]
        expect_in("Content_Touch__c", said)


def _deploy(tally: Tally, cli: Cli, username: str) -> None:
    project = ROOT / "crm" / "salesforce"
    whole = [part for path in package_directories(project) for part in ("-d", path.name)]
    start = ["project", "deploy", "start", "-o", ALIAS, "--wait", "3"]
    with tally.check("project deploy start of the whole project, all package directories"):
        said = cli.run(*start, *whole, cwd=_copied(project, cli.home / "good", username))["result"]
        expect((said["status"], said["numberComponentErrors"]), ("Succeeded", 0))
        taken = {(one["componentType"], one["fullName"]) for one in said["details"]["componentSuccesses"]}
        expect(_ONE_OF_EACH - taken, set())
    with tally.check("the same again changes nothing that matters"):
        said = cli.run(*start, *whole, cwd=cli.home / "good")["result"]
        expect((said["status"], said["numberComponentErrors"]), ("Succeeded", 0))
    with tally.check("a copy in which much is broken is refused, each component by its name"):
        source = _copied(project, cli.home / "broken", username)
        for name, before, after in _BREAKS.values():
            _break(source, name, before, after)
        said = cli.run(*start, *whole, cwd=source, fails=True)
        failures = (said.get("result") or said["data"])["details"]["componentFailures"]
        expect_in(_UNKNOWN, json.dumps(failures))
        found = {one["fullName"] for one in failures}
        expect(set(_BREAKS) - found, set())
    with tally.check("a new field of a deployed project takes values at once"):
        source = _copied(project, cli.home / "more", username)
        _add_field(source, "Mood__c", "Text")
        cli.run("project", "deploy", "start", "-o", ALIAS, "-d", "force-app", "--wait", "3", cwd=source)
        said = cli.run("sobject", "describe", "-o", ALIAS, "-s", "Content_Touch__c")["result"]
        expect_in("Mood__c", [row["name"] for row in said["fields"]])
    with tally.check("project deploy start of a broken field says what is wrong"):
        source = _copied(project, cli.home / "bad", username)
        _add_field(source, "Broken__c", "Txt")
        asked = ["project", "deploy", "start", "-o", ALIAS, "-d", "force-app", "--wait", "3"]
        said = cli.run(*asked, cwd=source, fails=True)
        expect_in("'Txt' is not a valid value for the enum 'FieldType'", json.dumps(said))
        described = cli.run("sobject", "describe", "-o", ALIAS, "-s", "Content_Touch__c")["result"]
        expect("Broken__c" in [row["name"] for row in described["fields"]], False)


def _copied(project: Path, to: Path, username: str) -> Path:
    """Copy the project with a user in it that the org has, as whoever installs it must name one."""
    if not to.exists():
        shutil.copytree(project, to, ignore=shutil.ignore_patterns("node_modules", "bin", "preview"))
        for file in (to / "hooks").rglob("*.workflow-meta.xml"):
            text = file.read_text(encoding="utf-8")
            file.write_text(text.replace("integration@example.com", username), encoding="utf-8")
    return to


def _break(project: Path, name: str, before: str, after: str) -> None:
    [file] = project.rglob(name)
    text = file.read_text(encoding="utf-8")
    if before not in text:
        raise Wrong(f"{name} does not hold {before}, so nothing was broken")
    file.write_text(text.replace(before, after, 1), encoding="utf-8")


def _add_field(project: Path, name: str, kind: str) -> None:
    folder = project / "force-app/main/default/objects/Content_Touch__c/fields"
    (folder / f"{name}.field-meta.xml").write_text(
        f"""<?xml version="1.0" encoding="UTF-8"?>
<CustomField xmlns="http://soap.sforce.com/2006/04/metadata">
    <fullName>{name}</fullName>
    <label>{name[:-3]}</label>
    <length>40</length>
    <type>{kind}</type>
</CustomField>
""",
        encoding="utf-8",
    )


if __name__ == "__main__":
    sys.exit(main())
