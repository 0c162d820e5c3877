"""The scripts that put the package into an org and take it out: what they ask the CLI for, and what they never do."""

import json
import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import parse

BIN = Path(__file__).parents[2] / "crm" / "salesforce" / "bin"
MAIN = Path("force-app/main/default")
NS = "{http://soap.sforce.com/2006/04/metadata}"
PHRASE = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY="
OUTBOUND = "a1b2" * 16
SANDBOX: dict[str, Any] = {
    "org display": {
        "username": "admin@acme.com",
        "instanceUrl": "https://acme.my.salesforce.com",
        "connectedStatus": "Connected",
    },
    "organization": {
        "Id": "00D000000000001AAA",
        "Name": "Acme",
        "OrganizationType": "Enterprise Edition",
        "IsSandbox": True,
    },
    "limits": [{"name": "DailyApiRequests", "max": 100000, "remaining": 90000}],
    "users": {
        "admin@acme.com": True,
        "integration@acme.com": True,
        "rep@acme.com": True,
        "gone@acme.com": False,
    },
    "assigned": [],
    "metadata": {},
    "refuses": {},
    "refuses_parts": {},
    "hangs": False,
    "sobject describe": {"fields": []},
    "sobject list": ["Content_Touch__c", "Content_Asset__c"],
}


@dataclass(frozen=True)
class Cli:
    """The scripts with a stand-in for `sf` on their path."""

    home: Path

    def org(self, **facts: Any) -> None:
        before = json.loads((self.home / "org.json").read_text())
        (self.home / "org.json").write_text(json.dumps({**before, **facts}))

    def command(self, script: str, *arguments: str) -> list[str]:
        return [sys.executable, "-S", str(BIN / script), "--target-org", "acme", *arguments]

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PATH": str(self.home),
            "TMPDIR": str(self.home / "tmp"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def run(self, script: str, *arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            self.command(script, *arguments),
            env=self.environment(),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def calls(self, *start: str) -> list[list[str]]:
        file = self.home / "calls.jsonl"
        calls = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
        return [call for call in calls if call[: len(start)] == list(start)]

    def deployed(self, number: int) -> Path:
        return self.home / f"deployed-{number}"

    def everything(self) -> str:
        files = [file for file in self.home.glob("deployed-*/**/*.xml") if file.is_file()]
        return "".join(file.read_text() for file in files)


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    program = tmp_path / "sf"
    shutil.copy(Path(__file__).parent / "fake_sf.py", tmp_path / "fake_sf.py")
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "{tmp_path / "fake_sf.py"}" "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "org.json").write_text(json.dumps(SANDBOX))
    (tmp_path / "tmp").mkdir()
    return Cli(tmp_path)


@pytest.fixture
def secrets(tmp_path: Path) -> Callable[..., str]:
    def write(text: str) -> str:
        file = tmp_path / "secret"
        file.write_text(text + "\n")
        return str(file)

    return write


def sources(call: list[str]) -> list[str]:
    return [call[n + 1] for n, one in enumerate(call) if one == "--source-dir"]


def test_reports_are_deployed_after_what_they_are_about(cli: Cli) -> None:
    code, _ = cli.run("install", "--url", "https://touchline.acme.com")

    first, reports, dashboards, words = [sources(call) for call in cli.calls("project", "deploy")]
    assert code == 0
    assert f"{MAIN}/reportTypes" in first
    assert not {f"{MAIN}/reports", f"{MAIN}/dashboards", f"{MAIN}/translations"} & set(first)
    assert (reports, dashboards) == ([f"{MAIN}/reports"], [f"{MAIN}/dashboards"])
    assert words == [f"{MAIN}/translations", f"{MAIN}/objectTranslations"]
    assert [call for call in cli.calls("project", "deploy") if "hooks" in sources(call)] == []


def test_the_address_and_the_phrase_of_the_org_are_put_in(cli: Cli, secrets: Callable[..., str]) -> None:
    code, said = cli.run(
        "install", "--url", "https://touchline.acme.com/", "--signing-phrase-file", secrets(PHRASE)
    )

    record = cli.deployed(0) / MAIN / "customMetadata" / "Touchline_Setting.Default.md-meta.xml"
    assert code == 0
    assert [value.text for value in root_of(record).iterfind(f"{NS}values/{NS}value")] == [PHRASE]
    assert "https://touchline.acme.com<" in cli.everything()
    assert "touchline.example.com" not in cli.everything()
    assert PHRASE not in said


def test_what_is_not_given_stays_as_it_is_in_the_org(cli: Cli) -> None:
    code, said = cli.run("install")

    assert code == 0
    assert "Touchline_Setting.Default" not in "".join(
        str(path) for path in cli.deployed(0).rglob("*Default*")
    )
    assert "touchline.example.com" not in cli.everything()
    assert "--url" in said
    assert "--ask-signing-phrase" in said


def test_nothing_secret_is_left_behind_or_handed_to_the_cli(cli: Cli, secrets: Callable[..., str]) -> None:
    cli.org(refuses_parts={"classes": "broken"})

    code, said = cli.run(
        "install", "--url", "https://touchline.acme.com", "--signing-phrase-file", secrets(PHRASE)
    )

    assert code == 1
    assert "classes: broken" in said
    assert list((cli.home / "tmp").iterdir()) == []
    assert PHRASE not in json.dumps(cli.calls())


def test_stopped_in_the_middle_it_leaves_no_secret_either(cli: Cli, secrets: Callable[..., str]) -> None:
    cli.org(hangs=True)
    asked = cli.command("install", "--signing-phrase-file", secrets(PHRASE))
    with subprocess.Popen(asked, env=cli.environment(), stdin=subprocess.PIPE) as running:
        while not (cli.home / "hanging").exists():
            assert running.poll() is None
            time.sleep(0.05)
        assert list((cli.home / "tmp").iterdir()) != []

        running.terminate()

        assert running.wait(timeout=30) != 0
    assert list((cli.home / "tmp").iterdir()) == []


@pytest.mark.parametrize("phrase", ["hunter2", "whsec_c2hvcnQ=", "whsec_!!!!", PHRASE[6:]])
def test_a_phrase_that_touchline_would_not_take_is_refused_unseen(
    cli: Cli, secrets: Callable[..., str], phrase: str
) -> None:
    code, said = cli.run("install", "--signing-phrase-file", secrets(phrase))

    assert code == 1
    assert "openssl rand -base64 32" in said
    assert phrase not in said
    assert cli.calls("project") == []


@pytest.mark.parametrize(
    "url",
    [
        "http://touchline.acme.com",
        "touchline.acme.com",
        "https://a.com/path",
        "https://u:p@a.com",
        "https://",
    ],
)
def test_an_address_that_salesforce_cannot_call_is_refused(cli: Cli, url: str) -> None:
    code, said = cli.run("install", "--url", url)

    assert code == 1
    assert "--url must be" in said
    assert cli.calls("project") == []


def test_production_needs_a_word(cli: Cli) -> None:
    cli.org(organization={**SANDBOX["organization"], "IsSandbox": False})

    code, said = cli.run("install")

    assert code == 1
    assert "PRODUCTION" in said
    assert "--production" in said
    assert cli.calls("project") == []


def test_in_production_the_tests_of_the_package_run(cli: Cli) -> None:
    cli.org(organization={**SANDBOX["organization"], "IsSandbox": False})

    code, _ = cli.run("install", "--production")

    first, *others = cli.calls("project", "deploy")
    assert code == 0
    assert first[first.index("--test-level") + 1] == "RunSpecifiedTests"
    assert "ContentActionsTest" in first
    assert not any("--test-level" in call for call in others)


def test_a_developer_edition_is_no_production(cli: Cli) -> None:
    facts = {**SANDBOX["organization"], "IsSandbox": False, "OrganizationType": "Developer Edition"}
    cli.org(organization=facts)

    assert cli.run("install")[0] == 0


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"refuses": {"org display": "No authorization"}}, "sf org login web --alias acme"),
        (
            {"organization": {**SANDBOX["organization"], "OrganizationType": "Professional Edition"}},
            "no Apex",
        ),
        ({"limits": [{"name": "DailyApiRequests", "max": 15000, "remaining": 12}]}, "12 of the day's 15000"),
        ({"org display": {**SANDBOX["org display"], "apiVersion": "58.0"}}, "API 58.0"),
    ],
)
def test_what_keeps_an_org_from_taking_the_package_is_said_first(
    cli: Cli, facts: dict[str, Any], words: str
) -> None:
    cli.org(**facts)

    code, said = cli.run("install")

    assert code == 1
    assert words in said
    assert cli.calls("project") == []


def test_without_the_cli_it_says_where_to_get_it(cli: Cli) -> None:
    (cli.home / "sf").unlink()

    code, said = cli.run("install")

    assert code == 1
    assert "not on the PATH" in said


def test_people_get_their_permission_sets_once(cli: Cli) -> None:
    asked = ("--integration-user", "integration@acme.com", "--assign-rep", "rep@acme.com")
    cli.run("install", *asked)
    cli.run("install", *asked)

    given = json.loads((cli.home / "org.json").read_text())["assigned"]
    assert given == [
        ["Touchline_Integration", "integration@acme.com"],
        ["Touchline_Rep", "rep@acme.com"],
        # Whoever deploys a report has to see its fields.
        ["Touchline_Manager", "admin@acme.com"],
    ]


@pytest.mark.parametrize(
    "name", ["nobody@acme.com", "gone@acme.com", "rep", "o'neill@acme.com' OR Name != '"]
)
def test_somebody_who_is_no_active_user_stops_it(cli: Cli, name: str) -> None:
    code, said = cli.run("install", "--assign-rep", name)

    assert code == 1
    assert name in said
    assert cli.calls("project") == []


def test_a_dry_run_changes_nothing(cli: Cli) -> None:
    code, said = cli.run("install", "--dry-run", "--assign-rep", "rep@acme.com")

    assert code == 0
    assert "Would give Touchline_Rep to rep@acme.com" in said
    assert ["--dry-run" in call for call in cli.calls("project", "deploy")] == [True]
    assert cli.calls("org", "assign") == []


def test_hooks_need_to_know_where_to_and_as_whom(cli: Cli, secrets: Callable[..., str]) -> None:
    assert cli.run("install", "--hooks", "--url", "https://touchline.acme.com")[0] == 2
    whole = (
        "--hooks",
        "--url",
        "https://touchline.acme.com",
        "--integration-user",
        "integration@acme.com",
    )
    assert "Give it in a file" in cli.run("install", *whole)[1]
    assert cli.run("install", *whole, "--outbound-path-file", secrets("../../x"))[0] == 1
    assert cli.calls("project") == []

    code, said = cli.run("install", *whole, "--outbound-path-file", secrets(OUTBOUND))

    [message] = (cli.deployed(0) / "hooks").rglob("*.workflow-meta.xml")
    assert code == 0
    assert f"https://touchline.acme.com/salesforce/outbound/{OUTBOUND}<" in message.read_text()
    assert "<integrationUser>integration@acme.com</integrationUser>" in message.read_text()
    assert OUTBOUND not in said


def test_a_refused_dashboard_leaves_the_rest_installed(cli: Cli) -> None:
    cli.org(refuses_parts={"dashboards": "too many dynamic dashboards"})

    code, said = cli.run("install")

    assert code == 1
    assert "too many dynamic dashboards" in said
    assert len(cli.calls("project", "deploy")) == 4


def test_translations_wait_for_their_languages(cli: Cli) -> None:
    cli.org(refuses_parts={"translations": "language not active"})

    code, said = cli.run("install")

    assert code == 0
    assert "Translation Workbench" in said


def test_hidden_fields_are_named(cli: Cli) -> None:
    cli.org(**{"sobject describe": {"fields": [{"name": "Industry"}, {"name": "Title__c"}]}})

    _, said = cli.run("install")

    assert "Opportunity.Amount" in said
    assert "Content_Asset__c.Status__c" in said
    assert "Account.Industry" not in said
    assert "Content_Asset__c.Title__c" not in said


def test_uninstalling_asks_first(cli: Cli) -> None:
    code, said = cli.run("uninstall")

    assert code == 1
    assert "--yes" in said
    assert "Content_Touch__c, 1,234" in said
    assert cli.calls("project") == []


def test_all_goes_in_an_order_that_an_org_accepts(cli: Cli) -> None:
    cli.org(
        metadata={
            "Flow": ["Touchline_Opportunity_Changed"],
            "LightningComponentBundle": ["contentPanel", "theirs"],
            "ApexClass": ["ContentActions", "Theirs"],
            "CustomObject": ["Content_Touch__c", "Content_Asset__c", "Theirs__c", "Opportunity"],
            "PermissionSet": ["Touchline_Rep"],
            "ReportType": ["Touchline_Opportunities"],
        }
    )

    code, _ = cli.run("uninstall", "--yes")

    steps = deleted(cli)
    kinds = [kind for step in steps for kind in step]
    assert code == 0
    assert steps[0] == {"Flow": ["Touchline_Opportunity_Changed-2"]}
    assert kinds.index("LightningComponentBundle") < kinds.index("ApexClass") < kinds.index("CustomObject")
    assert kinds.index("Dashboard") < kinds.index("Report") < kinds.index("ReportType")
    assert kinds[-1] == "CustomObject"
    names = [name for step in steps for found in step.values() for name in found]
    assert "contentPanel" in names
    assert not {"theirs", "Theirs", "Theirs__c", "Opportunity"} & set(names)


def test_flows_are_switched_off_before_they_go(cli: Cli) -> None:
    cli.org(metadata={"Flow": ["Touchline_Opportunity_Changed"]})

    cli.run("uninstall", "--yes", "--keep-data")

    [definition] = cli.deployed(0).rglob("*.flowDefinition")
    assert definition.name == "Touchline_Opportunity_Changed.flowDefinition"
    assert "<activeVersionNumber>0</activeVersionNumber>" in definition.read_text()
    assert list(cli.deployed(1).rglob("destructiveChanges.xml"))


def test_keeping_the_data_leaves_objects_and_reports(cli: Cli) -> None:
    everything = {"LightningComponentBundle": ["contentPanel"], "CustomObject": ["Content_Touch__c"]}
    cli.org(metadata=everything)

    code, said = cli.run("uninstall", "--yes", "--keep-data")

    kinds = {kind for step in deleted(cli) for kind in step}
    assert code == 0
    assert "LightningComponentBundle" in kinds
    assert not kinds & {"CustomObject", "CustomField", "Report", "Dashboard", "PermissionSet", "ReportType"}
    assert "1,234" not in said


def test_uninstalling_production_needs_a_word_too(cli: Cli) -> None:
    cli.org(organization={**SANDBOX["organization"], "IsSandbox": False})

    assert cli.run("uninstall", "--yes")[0] == 1
    assert cli.calls("project") == []


def root_of(file: Path) -> Element:
    root: Element | None = parse(file).getroot()
    assert root is not None
    return root


def deleted(cli: Cli) -> list[dict[str, list[str]]]:
    """Return what each deployment deletes, names by kind, in order."""
    steps = []
    for number in range(len(list(cli.home.glob("deployed-*")))):
        for file in cli.deployed(number).rglob("destructiveChanges.xml"):
            types = root_of(file).iterfind(f"{NS}types")
            steps.append(
                {
                    each.findtext(f"{NS}name", ""): [
                        name.text or "" for name in each.iterfind(f"{NS}members")
                    ]
                    for each in types
                }
            )
    return steps
