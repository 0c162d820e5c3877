"""A stand-in for the Salesforce CLI: notes what it is called with, keeps what is deployed, answers from a file."""

import json
import re
import sys
from pathlib import Path
from typing import Any

HOME = Path(__file__).resolve().parent


def main(arguments: list[str]) -> int:
    """Answer as `sf … --json` does, and return its exit code."""
    org: dict[str, Any] = json.loads((HOME / "org.json").read_text())
    with (HOME / "calls.jsonl").open("a") as calls:
        calls.write(json.dumps(arguments) + "\n")
    command = " ".join(arguments[:3])
    failure = next((words for start, words in org["refuses"].items() if command.startswith(start)), None)
    if failure:
        return _say({"name": "Refused", "message": failure}, 1)
    if command == "project deploy start":
        return _deploy(arguments, org)
    if command.startswith("data query"):
        return _say({"result": {"records": _rows(arguments[arguments.index("--query") + 1], org)}})
    if command == "org assign permset":
        org["assigned"].append(
            [arguments[4], *[arguments[n + 1] for n, one in enumerate(arguments) if one == "--on-behalf-of"]]
        )
        (HOME / "org.json").write_text(json.dumps(org))
        return _say({"result": {}})
    if command.startswith("org list metadata"):
        kind = arguments[arguments.index("--metadata-type") + 1]
        return _say({"result": [{"fullName": name} for name in org["metadata"].get(kind, [])]})
    return _say({"result": org[" ".join(arguments[:2])] if command[:9] != "org list " else org["limits"]})


def _deploy(arguments: list[str], org: dict[str, Any]) -> int:
    import shutil  # of twenty calls this is one

    number = len(list(HOME.glob("deployed-*")))
    given = [arguments[n + 1] for n, one in enumerate(arguments) if one in ("--source-dir", "--metadata-dir")]
    for path in given:
        to = HOME / f"deployed-{number}" / Path(path).relative_to("/" if path.startswith("/") else ".")
        shutil.copytree(path, to)
    if org["hangs"]:
        sys.stdout.write("waiting")
        (HOME / "hanging").touch()
        sys.stdin.read()  # until the other end is closed
    for part, problem in org["refuses_parts"].items():
        if any(part in path for path in given):
            failures = [{"fullName": part, "problem": problem}]
            return _say({"result": {"details": {"componentFailures": failures}}}, 1)
    return _say({"result": {"status": "Succeeded"}})


def _rows(soql: str, org: dict[str, Any]) -> list[dict[str, Any]]:
    if "FROM Organization" in soql:
        return [org["organization"]]
    if "FROM PermissionSetAssignment" in soql:
        wanted = re.findall(r"Name = '(\w+)'", soql)[0]
        return [
            {"Assignee": {"Username": name}}
            for given, *names in org["assigned"]
            for name in names
            if given == wanted
        ]
    if "FROM Flow" in soql:
        return [
            {"Definition": {"DeveloperName": name}, "VersionNumber": 2} for name in org["metadata"]["Flow"]
        ]
    if "COUNT(Id)" in soql:
        return [{"total": 1234}]
    return [{"Username": name, "IsActive": active} for name, active in org["users"].items()]


def _say(answer: dict[str, Any], code: int = 0) -> int:
    sys.stdout.write(json.dumps({"status": code, **answer}))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
