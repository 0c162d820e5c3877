"""Custom labels: said once, used, and short enough."""

import re
from collections.abc import Iterator

from checks.names import Names
from checks.project import Finding
from checks.xml import text

_USED = re.compile(r"@salesforce/label/c\.(\w+)|\b(?:System\.)?Label\.(\w+)|\$Label\.(\w+)")
_NAME = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*")
_LONGEST = 1000
_LONGEST_DESCRIPTION = 80


def findings(names: Names) -> Iterator[Finding]:
    """Yield what is wrong with labels, and those that nothing uses."""
    used = {
        name.lower()
        for _, source in names.project.code(".cls", ".js", ".xml", ".html")
        for found in _USED.findall(source)
        for name in found
        if name
    }
    for file in names.project.of("labels"):
        seen: set[str] = set()
        for label in file.root.iterfind("labels"):
            name, value = text(label, "fullName"), text(label, "value")
            if name.lower() in seen:
                yield file.finding(f"{name} is there twice")
            seen.add(name.lower())
            if not _NAME.fullmatch(name):
                yield file.finding(f"{name!r} is no name that Salesforce takes")
            if name.lower() not in used:
                yield file.finding(f"{name} is used by nothing")
            if not value or len(value) > _LONGEST:
                yield file.finding(f"{name} is empty or longer than {_LONGEST} characters")
            if not 0 < len(text(label, "shortDescription")) <= _LONGEST_DESCRIPTION:
                yield file.finding(
                    f"{name}: its short description is empty or longer than {_LONGEST_DESCRIPTION} characters"
                )
            if text(label, "language") != "en_US":
                yield file.finding(f"{name} is in {text(label, 'language')}: the others are in en_US")
            if text(label, "protected") not in ("true", "false"):
                yield file.finding(f"{name} does not say whether it is protected")
