"""Operators on metadata: names that lead nowhere, elements left out or said twice, wrong values, lost files."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random

from checks.mutants.mutation import Operator, Place, instead, misspelt, nothing
from checks.project import META, Project
from checks.wsdl import KINDS
from sandbox.salesforce.deploy.wsdl import metadata_types

_LEAF = re.compile(r"<(\w+)>([^<>\n]+)</\1>")
_LINE = r"[ \t]*<{tag}>(?:(?!<{tag}>).)*?</{tag}>\n"
# Elements that name a field, and those that name something else.
_FIELDS = {
    "field", "fields", "columns", "column", "queriedFields", "dateColumn", "sortColumn", "sourceColumnName",
    "groupingColumn", "secondaryGroupingColumn", "primaryTableColumn", "relatedTableJoinColumn",
    "compactLayoutAssignment",
}  # fmt: skip
_OBJECTS = {
    "object",
    "referenceTo",
    "baseObject",
    "table",
    "sobjectType",
    "relatedTable",
    "reportType",
    "relationship",
    "relatedList",
}
_OTHERS = {
    "apexClass", "actionName", "application", "tab", "tabs", "componentName", "report", "externalCredential",
    "externalCredentialPrincipal",
}  # fmt: skip
_RIGHTS = {"allowCreate", "allowEdit", "allowDelete", "modifyAllRecords", "viewAllRecords", "editable"}
_BASIC_RIGHTS = {"allowRead", "readable", "enabled"}
_CONNECTORS = {"targetReference", "elementReference", "assignToReference"}
_SHARED = {"sharingModel", "externalSharingModel"}
# What the WSDL leaves open and an org asks for all the same.
_ASKED_FOR = {
    "field": ("type", "label", "length", "precision", "scale", "referenceTo", "relationshipName", "valueSet"),
    "object": ("label", "pluralLabel", "nameField", "sharingModel", "deploymentStatus"),
    "flow": ("apiVersion", "label", "processType", "object", "recordTriggerType"),
    "cls": ("apiVersion", "status"),
    "js": ("apiVersion", "targets"),
    "permissionset": ("label",),
    "namedCredential": ("externalCredential",),
    "reportType": ("relationship",),
}
_STANDARD_TYPES = (
    "Text",
    "Number",
    "Date",
    "DateTime",
    "Checkbox",
    "Url",
    "Email",
    "LongTextArea",
    "Picklist",
    "Lookup",
)
_SHARING = ("Private", "Read", "ReadWrite")


def operators() -> dict[str, Operator]:
    """Return each operator by its name."""
    in_fields = partial(_leaves, kinds=("field",))
    in_sets = partial(_leaves, kinds=("permissionset",))
    named = ("field", "listView", "compactLayout")
    return {
        "misspell a field": partial(_leaves, tags=_FIELDS, change=misspelt, only=re.compile(r"[A-Za-z_$.]+")),
        "misspell an object": partial(_leaves, tags=_OBJECTS, change=misspelt),
        "misspell what is named": partial(_leaves, tags=_OTHERS, change=misspelt),
        "misspell a connector": partial(_leaves, tags=_CONNECTORS, change=misspelt),
        "misspell an element": _misspelt_tags,
        "misspell a fixed value": _fixed_values,
        "misspell a picklist value": partial(
            _leaves, tags={"masterLabel"}, change=misspelt, kinds=("fieldTranslation",)
        ),
        "filter by no value": _filters,
        "leave out what is required": _required,
        "say twice": _twice,
        "break the XML": _broken_xml,
        "change the type of a field": partial(in_fields, tags={"type"}, change=_other(_STANDARD_TYPES)),
        "change the sharing": partial(_leaves, tags=_SHARED, change=_other(_SHARING), kinds=("object",)),
        "shorten a field": partial(in_fields, tags={"length", "precision"}, change=_less),
        "grant more": partial(in_sets, tags=_RIGHTS, change=instead("true"), only=re.compile("false")),
        "grant less": partial(in_sets, tags=_BASIC_RIGHTS, change=instead("false"), only=re.compile("true")),
        "take a permission away": _taken_away,
        "give another version": partial(
            _leaves, tags={"apiVersion"}, change=_other(("58.0", "61.0", "64.0"))
        ),
        "give another name inside": partial(_leaves, tags={"fullName"}, change=misspelt, kinds=named),
        "drop a translation": _dropped_translations,
        "break a placeholder": _placeholders,
        "drop a label": _dropped_labels,
        "lose a file": _lost,
        "switch a hook on": partial(_leaves, tags={"status"}, change=instead("Active"), kinds=("flow",)),
    }


def _leaves(
    project: Project,
    tags: set[str],
    change: Callable[[str, Random], str],
    kinds: tuple[str, ...] = (),
    only: re.Pattern[str] | None = None,
) -> Iterator[Place]:
    for path, kind, source in _sources(project):
        if kinds and kind not in kinds:
            continue
        for found in _LEAF.finditer(source):
            if found[1] in tags and (only is None or only.fullmatch(found[2])):
                yield Place(path, found.start(2), found.end(2), change)


def _misspelt_tags(project: Project) -> Iterator[Place]:
    for path, _, source in _sources(project):
        for found in _LEAF.finditer(source):
            yield Place(path, found.start(), found.end(), _misspelt_tag)


def _misspelt_tag(text: str, chance: Random) -> str:
    found = _LEAF.fullmatch(text)
    wrong = misspelt(found[1], chance) if found else text
    return f"<{wrong}>{found[2]}</{wrong}>" if found else text


def _fixed_values(project: Project) -> Iterator[Place]:
    """Yield the values that come from a list of the Metadata API."""
    for path, kind, source in _sources(project):
        listed = _listed(KINDS.get(kind, ""))
        for found in _LEAF.finditer(source):
            if found[2] in listed.get(found[1], ()):
                yield Place(path, found.start(2), found.end(2), misspelt)


def _listed(kind: str) -> dict[str, frozenset[str]]:
    """Return the elements below a type whose values are fixed, by name."""
    types, found, todo = metadata_types(), {}, [kind]
    seen: set[str] = set()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        for member in types.members.get(name, {}).values():
            todo.append(member.type)
            if member.type in types.values:
                found[member.name] = types.values[member.type]
    return found


def _filters(project: Project) -> Iterator[Place]:
    """Yield values of restricted picklists where list views and reports filter by them."""
    for path, kind, source in _sources(project):
        if kind in ("report", "listView"):
            for found in re.finditer(r"<value>([A-Z][a-z ]+(?:,[A-Za-z ]+)*)</value>", source):
                yield Place(path, found.start(1), found.end(1), misspelt)


def _required(project: Project) -> Iterator[Place]:
    types = metadata_types()
    for path, kind, source in _sources(project):
        root = types.members.get(KINDS.get(kind, ""), {})
        asked = {*_ASKED_FOR.get(kind, ()), *(name for name, member in root.items() if member.required)}
        for tag in sorted(asked):
            found = re.search(_LINE.replace("{tag}", tag), source, re.DOTALL)
            if found:
                yield Place(path, found.start(), found.end(), nothing)


def _twice(project: Project) -> Iterator[Place]:
    """Yield elements that may stand but once."""
    types = metadata_types()
    for path, kind, source in _sources(project):
        for name, member in types.members.get(KINDS.get(kind, ""), {}).items():
            found = (
                None if member.repeats else re.search(rf"^    <{name}>[^<]*</{name}>\n", source, re.MULTILINE)
            )
            if found:
                yield Place(path, found.start(), found.end(), lambda text, _: text * 2)


def _broken_xml(project: Project) -> Iterator[Place]:
    for path, _, source in _sources(project):
        for found in re.finditer(r"</\w+>", source):
            yield Place(path, found.start(), found.end(), lambda text, _: text.replace("</", "<"))


def _taken_away(project: Project) -> Iterator[Place]:
    blocks = "fieldPermissions|objectPermissions|classAccesses|customPermissions|externalCredentialPrincipalAccesses"
    yield from _blocks(project, "permissionset", blocks)


def _dropped_translations(project: Project) -> Iterator[Place]:
    yield from _blocks(project, "translation", "customLabels|reportTypes")
    for path, kind, source in _sources(project):
        if kind in ("fieldTranslation", "objectTranslation"):
            for found in re.finditer(
                r"[ ]+<(label|help|picklistValues|relationshipLabel|nameFieldLabel)>.*?</\1>\n",
                source,
                re.DOTALL,
            ):
                yield Place(path, found.start(), found.end(), nothing)


def _dropped_labels(project: Project) -> Iterator[Place]:
    yield from _blocks(project, "labels", "labels")


def _blocks(project: Project, wanted: str, tags: str) -> Iterator[Place]:
    for path, kind, source in _sources(project):
        if kind == wanted:
            for found in re.finditer(rf"^    <({tags})>.*?^    </\1>\n", source, re.DOTALL | re.MULTILINE):
                yield Place(path, found.start(), found.end(), nothing)


def _placeholders(project: Project) -> Iterator[Place]:
    for path, kind, source in _sources(project):
        if kind == "translation":
            for found in re.finditer(r"\{\d\}", source):
                yield Place(path, found.start(), found.end(), _other_place)


def _other_place(_: str, chance: Random) -> str:
    return chance.choice(["", "{7}", "{}", "(0)"])


def _lost(project: Project) -> Iterator[Place]:
    """Yield every file of metadata, to be deleted whole: a change of nothing at all marks that."""
    for path, kind, _ in _sources(project):
        if kind not in ("reportFolder", "dashboard", "app"):
            yield Place(path, 0, -1, nothing)


def _other(choices: tuple[str, ...]) -> Callable[[str, Random], str]:
    return lambda text, chance: chance.choice([choice for choice in choices if choice != text])


def _less(text: str, chance: Random) -> str:
    return str(chance.randrange(1, max(int(text), 2)))


def _sources(project: Project) -> Iterator[tuple[Path, str, str]]:
    for path in project.files:
        if path.name.endswith(META) and "__tests__" not in path.parts:
            yield path, path.name.removesuffix(META).rpartition(".")[2], path.read_text("utf-8")
