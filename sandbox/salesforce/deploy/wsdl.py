"""Check metadata against the types of the Metadata API, read from its WSDL.

The WSDL is taken as data from an installed client library; nothing of that library is run.
"""

import importlib.util
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
_XSD = "{http://www.w3.org/2001/XMLSchema}"
_LIBRARY, _FILE = "simple_salesforce", "metadata.wsdl"
_FORMS = {
    "boolean": re.compile(r"true|false|1|0"),
    "int": re.compile(r"[+-]?\d{1,10}"),
    "long": re.compile(r"[+-]?\d{1,19}"),
    "double": re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?"),
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "dateTime": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"),
    "time": re.compile(r"\d\d:\d\d:\d\d(\.\d+)?Z?"),
}


class NoWsdlError(RuntimeError):
    """The types of the Metadata API are not installed."""


class BadXmlError(ValueError):
    """The document cannot be read; `line` is where."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Member:
    """An element that a type may have."""

    name: str
    type: str
    required: bool
    repeats: bool


@dataclass(frozen=True)
class Types:
    """Complex types by name with all their members, and enumerations with their values."""

    members: Mapping[str, Mapping[str, Member]]
    values: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Problem:
    """What is wrong and where."""

    message: str
    line: int


def parse_xml(content: bytes) -> etree._Element:
    """Return the root of a document without entities; raise BadXmlError when it is none."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise BadXmlError(str(error.msg), error.lineno or 0) from error
    information: Any = root.getroottree().docinfo  # unknown to the stubs
    if information.doctype:
        raise BadXmlError("DOCTYPE is not allowed", 1)
    return root


def line_of(element: etree._Element) -> int:
    """Return the line an element begins on; 0 when it is not known."""
    line: Any = element.sourceline  # the stubs leave its type open
    return int(line or 0)


@cache
def metadata_types() -> Types:
    """Return the types of the Metadata API."""
    found = importlib.util.find_spec(_LIBRARY)
    folders = (found.submodule_search_locations or []) if found is not None else []
    paths = [Path(folder) / _FILE for folder in folders if (Path(folder) / _FILE).exists()]
    if not paths:
        raise NoWsdlError(f"the Metadata API needs {_FILE} of the package {_LIBRARY.replace('_', '-')}")
    root = parse_xml(paths[0].read_bytes())
    own: dict[str, tuple[str, dict[str, Member]]] = {}
    for described in root.iter(f"{_XSD}complexType"):
        if name := described.get("name"):
            own[name] = _described(described)
    values = {
        str(described.get("name")): frozenset(
            str(each.get("value")) for each in described.iter(f"{_XSD}enumeration")
        )
        for described in root.iter(f"{_XSD}simpleType")
    }
    members = {name: _with_inherited(name, own) for name in own}
    return Types(members, {name: allowed for name, allowed in values.items() if allowed})


def problems(element: etree._Element, type_name: str, types: Types) -> Iterator[Problem]:
    """Yield everything in which an element is not of a type."""
    known = types.members[type_name]
    seen: list[str] = []
    for child in element.iterchildren(tag=etree.Element):
        name = etree.QName(child)
        line = line_of(child)
        member = known.get(name.localname) if name.namespace == NAMESPACE else None
        if member is None:
            yield Problem(f"Element {child.tag} invalid at this location in type {type_name}", line)
            continue
        again = name.localname in seen
        if again and (not member.repeats or seen[-1] != name.localname):
            yield Problem(f"Element {child.tag} is duplicated at this location in type {type_name}", line)
        seen.append(name.localname)
        yield from _value_problems(child, member.type, types)
    for member in known.values():
        if member.required and member.name not in seen:
            yield Problem(f"Required field is missing: {member.name}", line_of(element))


def _value_problems(element: etree._Element, kind: str, types: Types) -> Iterator[Problem]:
    if kind in types.members:
        yield from problems(element, kind, types)
        return
    line = line_of(element)
    if len(element) and kind != "base64Binary":  # what stands in base64Binary is kept as it is
        yield Problem(f"Element {element[0].tag} invalid at this location in type {kind}", line)
        return
    text = (element.text or "").strip()
    if kind in types.values and text not in types.values[kind]:
        yield Problem(f"'{text}' is not a valid value for the enum '{kind}'", line)
    elif kind in _FORMS and not _FORMS[kind].fullmatch(text):
        yield Problem(f"'{text}' is not a valid value for the type xsd:{kind}", line)


def _described(described: etree._Element) -> tuple[str, dict[str, Member]]:
    extension = described.find(f"{_XSD}complexContent/{_XSD}extension")
    base = "" if extension is None else _local(extension.get("base"))
    holder = described if extension is None else extension
    members = {}
    for element in holder.iterfind(f"{_XSD}sequence/{_XSD}element"):
        name = str(element.get("name"))
        repeats = element.get("maxOccurs", "1") != "1"
        members[name] = Member(name, _local(element.get("type")), element.get("minOccurs") != "0", repeats)
    return base, members


def _with_inherited(name: str, own: Mapping[str, tuple[str, dict[str, Member]]]) -> dict[str, Member]:
    base, members = own[name]
    return {**(_with_inherited(base, own) if base in own else {}), **members}


def _local(name: str | None) -> str:
    return str(name).rpartition(":")[2]
