"""Findings that were looked at and accepted, each with its reason: checks/baseline.json."""

import json
from functools import cache
from pathlib import Path

from checks.project import Finding

_FILE = Path(__file__).with_name("baseline.json")


def sifted(step: str, found: list[Finding]) -> tuple[list[Finding], int]:
    """Return what nothing accepts, with each acceptance that accepts nothing any more, and how many were accepted."""
    entries = [entry for entry in _entries() if entry["step"] == step]
    left = [finding for finding in found if not is_accepted(step, finding)]
    stale = [
        Finding("checks/baseline.json", f"nothing is left to accept: {entry['file']}: {entry['text']}")
        for entry in entries
        if not any(_accepts(entry, finding) for finding in found)
    ]
    return [*left, *stale], len(found) - len(left)


def is_accepted(step: str, finding: Finding) -> bool:
    """Tell whether a finding of a step was looked at and accepted."""
    return any(entry["step"] == step and _accepts(entry, finding) for entry in _entries())


def _accepts(entry: dict[str, str], finding: Finding) -> bool:
    return finding.file.endswith(entry["file"]) and entry["text"] in finding.text


@cache
def _entries() -> list[dict[str, str]]:
    entries: list[dict[str, str]] = json.loads(_FILE.read_text("utf-8"))
    return entries
