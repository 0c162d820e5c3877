"""Let the `sf` command line carry the package in and out of the local org, by the scripts that customers run."""

import base64
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

from judges.org_sf import ALIAS, QUIET, Cli
from judges.stage import MODULES, NODE, ROOT, Sandbox, node_environment, sandbox
from judges.tally import Tally, expect, expect_in

_BIN = ROOT / "crm" / "salesforce" / "bin"
_OBJECTS = {"Content_Asset__c", "Content_Suggestion__c", "Content_Touch__c"}
_SETS = "SELECT COUNT(Id) n FROM PermissionSetAssignment WHERE PermissionSet.Name LIKE 'Touchline%'"


def main() -> int:
    """Install twice, take out, install again, and return the exit code."""
    tally = Tally()
    with sandbox() as running, tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        _log_in(home, running)
        phrase = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        (home / "phrase").write_text(phrase)
        (home / "path").write_text(secrets.token_hex(32))
        asked = ["--url", "https://touchline.acme.com", "--signing-phrase-file", str(home / "phrase")]
        asked += ["--integration-user", running.username, "--deal-summary"]
        _install(tally, home, asked, phrase)
        _uninstall(tally, home)
        with tally.check("install into the emptied org, with hooks"):
            hooks = ("--hooks", "--outbound-path-file", str(home / "path"))
            code, said = _script(home, "install", *asked, *hooks)
            expect((code, said[-1500:] if code else ""), (0, ""))
            listed = Cli(home).run("org", "list", "metadata", "-o", ALIAS, "--metadata-type", "Flow")[
                "result"
            ]
            expect_in("Touchline_Opportunity_Changed", [each["fullName"] for each in listed])
    return tally.close()


def _log_in(home: Path, running: Sandbox) -> None:
    (home / "bin").mkdir()
    (home / "tmp").mkdir()
    program = home / "bin" / "sf"
    program.write_text(f'#!/bin/sh\nexec "{NODE}" "{MODULES}/@salesforce/cli/bin/run.js" "$@"\n')
    program.chmod(0o755)
    asked = ["org", "login", "jwt", "--client-id", running.client_id, "--username", running.username]
    asked += ["--instance-url", running.org_url, "--alias", ALIAS]
    Cli(home).run(*asked, "--jwt-key-file", str(running.private_key))


def _script(home: Path, name: str, *arguments: str) -> tuple[int, str]:
    environment = node_environment({**QUIET, "HOME": str(home), "TMPDIR": str(home / "tmp")})
    environment["PATH"] = f"{home / 'bin'}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        [sys.executable, _BIN / name, "--target-org", ALIAS, *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=400,
        check=False,
    )
    return done.returncode, done.stdout


def _install(tally: Tally, home: Path, asked: list[str], phrase: str) -> None:
    with tally.check("install"):
        code, said = _script(home, "install", *asked)
        expect((code, said[-1500:] if code else ""), (0, ""))
        expect(phrase in said, False)
        expect(list((home / "tmp").glob("touchline-*")), [])
    with tally.check("install gives permission sets"):
        [row] = Cli(home).run("data", "query", "-o", ALIAS, "-q", _SETS)["result"]["records"]
        expect(row["n"], 3)  # Integration, Deal Summary, and Manager for whoever installs
    with tally.check("install again changes nothing more"):
        code, said = _script(home, "install", *asked)
        expect((code, said.count(" given to ")), (0, 0))


def _uninstall(tally: Tally, home: Path) -> None:
    with tally.check("uninstall asks first"):
        code, said = _script(home, "uninstall")
        expect(code, 1)
        expect_in("Content_Touch__c, 0", said)
    with tally.check("uninstall"):
        code, said = _script(home, "uninstall", "--yes")
        expect((code, said[-1500:] if code else ""), (0, ""))
        listed = Cli(home).run("sobject", "list", "-o", ALIAS, "-s", "custom")["result"]
        expect(_OBJECTS & set(listed), set())


if __name__ == "__main__":
    sys.exit(main())
