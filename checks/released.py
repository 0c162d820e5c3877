"""What an org that has the plugin could not take: changed types, shorter fields, lost values and wider sharing.

released.json keeps what was decided for every object and field; `python -m checks release` writes it anew, and the
difference is there to be reviewed.
"""

import json
import sys
from pathlib import Path
from typing import Any

from checks.project import Finding, MetadataFile, Project
from checks.xml import text, texts

_FILE = Path(__file__).with_name("released.json")
_OF_FIELDS = (
    "type", "length", "precision", "scale", "required", "unique", "externalId", "caseSensitive", "referenceTo",
    "relationshipName", "deleteConstraint", "reparentableMasterDetail", "writeRequiresMasterRead",
)  # fmt: skip
_OF_OBJECTS = (
    "sharingModel",
    "externalSharingModel",
    "visibility",
    "nameField/type",
    "nameField/displayFormat",
)
_MAY_GROW = ("length", "precision", "scale")
Facts = dict[str, dict[str, Any]]


def findings(project: Project) -> list[Finding]:
    """Return where the project breaks with what is installed."""
    kept: Facts = json.loads(_FILE.read_text("utf-8"))
    now, files = _facts(project), _files(project)
    found = [
        Finding("checks/released.json", f"{name} is gone: installed orgs keep it")
        for name in sorted(kept.keys() - now.keys())
    ]
    found += [
        files[name].finding("is new: run python -m checks release")
        for name in sorted(now.keys() - kept.keys())
    ]
    for name in sorted(now.keys() & kept.keys()):
        found += [files[name].finding(said) for said in _broken(kept[name], now[name])]
    return found


def main(_: list[str]) -> int:
    """Keep what the project says now."""
    from checks.tools import PROJECT

    facts = _facts(Project(PROJECT))
    _FILE.write_text(json.dumps(facts, indent=1, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")
    sys.stdout.write(f"Kept {len(facts)} objects and fields: look at the difference\n")
    return 0


def _broken(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    said = []
    for what in sorted(before.keys() | now.keys()):
        old, new = before.get(what, ""), now.get(what, "")
        if what == "values":
            lost = [value for value in old if value not in new]
            said += [f"lost the value {value!r}" for value in lost]
        elif what in _MAY_GROW and str(old).isdigit() and str(new).isdigit():
            said += [f"{what} shrank from {old} to {new}"] if int(new) < int(old) else []
        elif old != new:
            said.append(f"{what} was {old or 'not said'!r} and is {new or 'not said'!r}")
    return said


def _facts(project: Project) -> Facts:
    return {
        name: {
            **{
                what: said
                for what in (_OF_FIELDS if file.kind == "field" else _OF_OBJECTS)
                if (said := text(file.root, what))
            },
            **(
                {"values": values}
                if (values := list(texts(file.root, "valueSet/valueSetDefinition/value/fullName")))
                else {}
            ),
        }
        for name, file in _files(project).items()
    }


def _files(project: Project) -> dict[str, MetadataFile]:
    return {
        (file.name if file.kind == "object" else f"{file.owner}.{file.name}"): file
        for file in project.metadata
        if file.kind in ("field", "object")
    }
