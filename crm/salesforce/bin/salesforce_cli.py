"""The org through the Salesforce CLI: what it is, what it lets us do, and what it answers."""

from __future__ import annotations  # macOS brings Python 3.9

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

API_VERSION = 62
_FEWEST_CALLS = 500
_MINUTES = "30"
_WITHOUT_APEX = ("Team", "Professional", "Personal", "Contact Manager", "Base", "Essentials", "Starter")
_USERNAME = re.compile(r"[^\s@'\"\\]+@[^\s@'\"\\]+")


class Stop(Exception):
    """What keeps us from going on, worded for the person at the terminal."""


@dataclass(frozen=True)
class Facts:
    """What an org says of itself."""

    id: str
    name: str
    edition: str
    is_sandbox: bool
    username: str
    url: str

    @property
    def is_production(self) -> bool:
        """Tell whether people sell with this org; a Developer Edition is for trying."""
        return not self.is_sandbox and self.edition != "Developer Edition"

    @property
    def kind(self) -> str:
        """Return what the org is in one word."""
        return (
            "PRODUCTION"
            if self.is_production
            else "sandbox or scratch org"
            if self.is_sandbox
            else "developer org"
        )


class Org:
    """One org that the CLI is logged in to."""

    def __init__(self, alias: str) -> None:
        program = shutil.which("sf")
        if program is None:
            raise Stop(
                "The Salesforce CLI `sf` is not on the PATH.\n"
                "Get it from https://developer.salesforce.com/tools/salesforcecli, then: sf org login web --alias acme"
            )
        self._program = program
        self._alias = alias

    def run(self, *arguments: str, cwd: Path | None = None) -> dict[str, Any]:
        """Return what a command answers; raise Stop unless it answers in JSON."""
        command = [self._program, *arguments, "--target-org", self._alias, "--json"]
        environment = {"SF_ORG_API_VERSION": f"{API_VERSION}.0", "SF_DISABLE_TELEMETRY": "true", **os.environ}
        done = subprocess.run(
            command,
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        try:
            said = json.loads(done.stdout)
        except ValueError:
            raise Stop(
                f"`sf {' '.join(arguments[:3])}` failed:\n{(done.stderr or done.stdout).strip()[-800:]}"
            ) from None
        said["failed"] = done.returncode != 0
        return dict(said)

    def ask(self, *arguments: str, cwd: Path | None = None) -> Any:
        """Return the result of a command that has to work; raise Stop with its words when it does not."""
        said = self.run(*arguments, cwd=cwd)
        if said["failed"]:
            raise Stop(
                f"`sf {' '.join(arguments[:3])}` failed: {said.get('message', said.get('name', 'no reason given'))}"
            )
        return said["result"]

    def query(self, soql: str, *, tooling: bool = False) -> list[dict[str, Any]]:
        """Return the rows of a query."""
        more = ("--use-tooling-api",) if tooling else ()
        return list(self.ask("data", "query", "--query", soql, *more)["records"])

    def facts(self) -> Facts:
        """Return what the org is; raise Stop when the CLI is not logged in to it or its API is too old."""
        said = self.run("org", "display")
        if said["failed"] or said["result"].get("connectedStatus") not in ("Connected", None):
            raise Stop(
                f"The CLI is not logged in to “{self._alias}”. Log in, then try again:\n"
                f"    sf org login web --alias {self._alias}                                          # production\n"
                f"    sf org login web --alias {self._alias} --instance-url https://test.salesforce.com  # sandbox"
            )
        display = said["result"]
        if float(display.get("apiVersion") or API_VERSION) < API_VERSION:  # not every CLI says it
            raise Stop(f"The org speaks API {display['apiVersion']}, and {API_VERSION}.0 is needed.")
        [row] = self.query("SELECT Id, Name, OrganizationType, IsSandbox FROM Organization")
        return Facts(
            row["Id"],
            row["Name"],
            row["OrganizationType"],
            bool(row["IsSandbox"]),
            display["username"],
            display["instanceUrl"],
        )

    def deploy(self, *what: str, cwd: Path) -> list[str]:
        """Deploy and return what was refused, a line for each; nothing is kept unless all is taken."""
        said = self.run("project", "deploy", "start", *what, "--wait", _MINUTES, cwd=cwd)
        if not said["failed"]:
            return []
        result = said.get("result") or said.get("data") or {}
        refused = _failures(result.get("details") or {}) if isinstance(result, dict) else []
        whole = refused or [str(said.get("message", "the org did not say why"))]
        return [line.replace(f"{cwd.resolve()}/", "") for line in whole]

    def users(self, names: Iterable[str]) -> None:
        """Raise Stop unless each name is that of an active user of the org."""
        wanted = sorted(set(names))
        for name in wanted:
            if not _USERNAME.fullmatch(name):
                raise Stop(
                    f"“{name}” is no username. A username looks like an e-mail address: rep@example.com"
                )
        if wanted:
            listed = ", ".join(f"'{name}'" for name in wanted)
            rows = self.query(f"SELECT Username, IsActive FROM User WHERE Username IN ({listed})")
            active = {row["Username"].lower() for row in rows if row["IsActive"]}
            if missing := [name for name in wanted if name.lower() not in active]:
                raise Stop(f"No active user of this org: {', '.join(missing)}")

    def assign(self, permission_set: str, usernames: Sequence[str]) -> list[str]:
        """Give users a permission set and return who did not have it before."""
        rows = self.query(
            f"SELECT Assignee.Username FROM PermissionSetAssignment WHERE PermissionSet.Name = '{permission_set}'"
        )
        have = {row["Assignee"]["Username"].lower() for row in rows}
        fresh = [name for name in dict.fromkeys(usernames) if name.lower() not in have]
        if fresh:
            users = [word for name in fresh for word in ("--on-behalf-of", name)]
            self.ask("org", "assign", "permset", "--name", permission_set, *users)
        return fresh


def check(org: Org, *, production: bool) -> Facts:
    """Return what the org is after saying it; raise Stop when it is production unasked, or can't take the package."""
    facts = org.facts()
    say(f"Org:      {facts.name} ({facts.id}), {facts.kind}, {facts.edition}")
    say(f"Address:  {facts.url}")
    say(f"User:     {facts.username}")
    if facts.edition.startswith(_WITHOUT_APEX):
        raise Stop(
            f"{facts.edition} has no Apex: Enterprise, Unlimited, Performance or Developer Edition is needed."
        )
    if facts.is_production and not production:
        raise Stop(
            "This is a production org, and nothing was changed. Try it in a sandbox first; "
            "when you are sure, run it again with --production."
        )
    limits = {row["name"]: row for row in org.ask("org", "list", "limits")}
    calls = limits.get("DailyApiRequests")
    if calls is not None and calls["remaining"] < _FEWEST_CALLS:
        raise Stop(
            f"Only {calls['remaining']} of the day's {calls['max']} API calls are left. Try again tomorrow."
        )
    return facts


def say(text: str = "") -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _failures(details: dict[str, Any]) -> list[str]:
    found = details.get("componentFailures") or []
    parts = found if isinstance(found, list) else [found]
    lines = [f"{part.get('fullName') or part.get('fileName')}: {part.get('problem')}" for part in parts]
    tests = (details.get("runTestResult") or {}).get("failures") or []
    lines += [
        f"{test['name']}.{test['methodName']}: {test['message']}"
        for test in ([tests] if isinstance(tests, dict) else tests)
    ]
    return lines
