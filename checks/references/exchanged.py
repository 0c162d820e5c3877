"""What Apex exchanges with components and flows: members of the classes that pass between them carry the annotation."""

import re
from collections.abc import Iterator

from checks.names import ApexClass, Names
from checks.project import Finding

_ANNOTATED = r"@{annotation}(?:\([^)]*\))?\s+(?:public|global)\s+static\s+([\w<>,. ]+?)\s+\w+\s*\(([^)]*)\)"
_RETURNS = re.compile(_ANNOTATED.replace("{annotation}", "AuraEnabled"))
_TAKES = re.compile(_ANNOTATED.replace("{annotation}", "InvocableMethod"))
_MEMBER = re.compile(
    r"((?:@\w+(?:\([^)]*\))?\s+)*)(?:public|global)\s+(?!static\b)[\w<>,. ]+?\s+(\w+)\s*[;={]", re.IGNORECASE
)
_READ = re.compile(r"(?<!\bthis)\??\.(\w+)")


def findings(names: Names) -> Iterator[Finding]:
    """Yield the members that a component reads and never receives, and those that no flow can fill."""
    read = {
        member
        for where, source in names.project.code(".js", ".html")
        if "__tests__" not in where
        for member in _READ.findall(source)
    }
    for apex_class in names.classes.values():
        for returned, _ in _RETURNS.findall(apex_class.code):
            for holder, member, annotations in _members(names, apex_class, returned):
                if member in read and "@auraenabled" not in annotations:
                    yield holder.finding(f"components read {member}, which has no @AuraEnabled")
        for _, taken in _TAKES.findall(apex_class.code):
            for holder, member, annotations in _members(names, apex_class, taken):
                if "@invocablevariable" not in annotations:
                    yield holder.finding(f"no flow can fill {member}: it has no @InvocableVariable")


def _members(names: Names, apex_class: ApexClass, types: str) -> Iterator[tuple[ApexClass, str, str]]:
    """Yield the file, name and annotations of each member of the classes that a list of types names."""
    for name in re.findall(r"[\w.]+", types):
        owner, _, inner = name.rpartition(".")
        holder = names.classes.get(owner or apex_class.name)
        if holder is None:
            continue
        for annotations, member in _MEMBER.findall(_body(holder, inner)):
            yield holder, member, annotations.lower()


def _body(apex_class: ApexClass, name: str) -> str:
    """Return what stands between the braces of a class in a file, empty where it has no such class."""
    opening = re.search(rf"\bclass\s+{re.escape(name)}\b[^{{]*\{{", apex_class.code)
    if opening is None:
        return ""
    depth, start = 1, opening.end()
    for position in range(start, len(apex_class.code)):
        depth += {"{": 1, "}": -1}.get(apex_class.code[position], 0)
        if depth == 0:
            return apex_class.code[start:position]
    return apex_class.code[start:]
