"""Check that what metadata names is there: objects, fields, classes, components, messages."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from sandbox.salesforce.deploy.package import Component, Failure
from sandbox.salesforce.deploy.wsdl import NAMESPACE, line_of
from sandbox.salesforce.permissions import is_compound
from sandbox.salesforce.schema import Schema

_NS = f"{{{NAMESPACE}}}"
_IMPORT = re.compile(r"""from\s+["']((?:@salesforce/(?:schema|apex|label)|c)/[^"']+)["']""")
_COMMENTS = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_DECLARATION = r"\b(?:class|interface|enum)\s+{name}\b"

_Check = Callable[[Component, "Org"], Iterator[tuple[str, etree._Element]]]


@dataclass(frozen=True)
class Org:
    """What will be there once the package is: schema, names by kind, and the files of the package."""

    schema: Schema
    names: Mapping[str, frozenset[str]]
    files: Mapping[str, bytes]

    def has(self, kind: str, name: str) -> bool:
        """Tell whether a component of a kind is there."""
        return name in self.names.get(kind, ())

    def has_field(self, object_name: str, path: str) -> bool:
        """Tell whether an object has a field, maybe of a parent."""
        sobject = self.schema.find(object_name)
        *relationships, last = path.split(".")
        for relationship in relationships:
            parent = sobject.parent_field(relationship) if sobject is not None else None
            sobject = self.schema.find(parent.reference_to[0]) if parent is not None else None
        if sobject is None:
            return False
        return sobject.field(last) is not None or is_compound(f"{sobject.name}.{last}")


def broken_references(component: Component, org: Org) -> Iterator[Failure]:
    """Yield what a component names and the org does not have."""
    check = _CHECKS.get(component.kind)
    for problem, element in check(component, org) if check else ():
        yield Failure(component.kind, component.name, component.path, problem, line_of(element))


def _permission_set(component: Component, org: Org) -> Iterator[tuple[str, etree._Element]]:
    readable = set()
    for each in component.root.iterfind(f"{_NS}objectPermissions"):
        name = _text(each, "object")
        if org.schema.find(name) is None:
            yield f"In field: object - no CustomObject named {name} found", each
        elif _text(each, "allowRead") == "true":
            readable.add(name)
        for needs, needed in _NEEDS:
            if _text(each, needs) == "true" and _text(each, needed) != "true":
                yield f"Permission {needs} on {name} depends on permission {needed}", each
    for name in sorted(readable):
        sobject = org.schema.get(name)
        parent = sobject.controlling_field
        if parent is not None and parent.reference_to[0] not in readable:
            problem = f"Permission Read {name} depends on permission(s): Read {parent.reference_to[0]}"
            yield problem, component.root
    for each in component.root.iterfind(f"{_NS}fieldPermissions"):
        yield from _field_permission(each, org)
    for tag, inner, kind in _ACCESSES:
        for each in component.root.iterfind(f"{_NS}{tag}"):
            name = _text(each, inner)
            standard = name.startswith("standard") and tag in ("tabSettings", "applicationVisibilities")
            if not standard and not org.has(kind, name):
                yield f"In field: {inner} - no {kind} named {name} found", each


def _field_permission(each: etree._Element, org: Org) -> Iterator[tuple[str, etree._Element]]:
    name = _text(each, "field")
    object_name, _, field_name = name.partition(".")
    sobject = org.schema.find(object_name)
    field = sobject.field(field_name) if sobject is not None else None
    if _text(each, "editable") == "true" and _text(each, "readable") != "true":
        yield f"Field {name} can't be editable and not readable", each
    if is_compound(name):
        return
    if sobject is None or field is None or "." in field_name:
        yield f"In field: field - no CustomField named {name} found", each
    elif not sobject.is_permissionable(field):
        yield f"You cannot deploy to a required field: {name}", each
    elif _text(each, "editable") == "true" and not (field.createable or field.updateable):
        yield f"Field {name} is not editable", each


def _layout(component: Component, org: Org) -> Iterator[tuple[str, etree._Element]]:
    object_name = component.name.partition("-")[0]
    if org.schema.find(object_name) is None:
        yield f"Parent entity failed to deploy: {object_name}", component.root
        return
    for each in component.root.iter(f"{_NS}layoutItems"):
        field = _text(each, "field")
        if field and not org.has_field(object_name, field):
            yield f"In field: field - no CustomField named {object_name}.{field} found", each
    for each in component.root.iterfind(f"{_NS}relatedLists"):
        named = _text(each, "relatedList")
        child, dot, field = named.partition(".")
        if dot and not org.has_field(child, field):
            yield f"In field: relatedList - no CustomField named {named} found", each
        for column in each.iterfind(f"{_NS}fields"):
            name = (column.text or "").strip()
            if dot and name.endswith("__c") and not org.has_field(child, name):
                yield f"In field: fields - no CustomField named {child}.{name} found", column


def _tab(component: Component, org: Org) -> Iterator[tuple[str, etree._Element]]:
    if _text(component.root, "customObject") == "true" and org.schema.find(component.name) is None:
        yield f"In field: customObject - no CustomObject named {component.name} found", component.root
    for tag, kind in (("lwcComponent", "LightningComponentBundle"), ("flexiPage", "FlexiPage")):
        name = _text(component.root, tag)
        if name and not org.has(kind, name):
            yield f"In field: {tag} - no {kind} named {name} found", component.root


def _flow(component: Component, org: Org) -> Iterator[tuple[str, etree._Element]]:
    names = {(each.text or "").strip() for each in component.root.iterfind(f"{_NS}*/{_NS}name")}
    for target in component.root.iter(f"{_NS}targetReference"):
        name = (target.text or "").strip()
        if name not in names:
            yield f"The flow has no element named {name}", target
    for element in component.root.iterchildren(tag=etree.Element):
        object_name = _text(element, "object")
        if not object_name:
            continue
        if org.schema.find(object_name) is None:
            yield f"In field: object - no CustomObject named {object_name} found", element
            continue
        for path in ("filters/{0}field", "inputAssignments/{0}field", "queriedFields", "sortField"):
            for field in element.iterfind(_NS + path.format(_NS)):
                if not org.has_field(object_name, (field.text or "").strip()):
                    yield f'The field "{field.text}" for the object "{object_name}" doesn\'t exist', field
    for call in component.root.iterfind(f"{_NS}actionCalls"):
        kind, name = _text(call, "actionType"), _text(call, "actionName")
        if kind == "apex" and not org.has("ApexClass", name):
            yield f"In field: actionName - no ApexClass named {name} found", call
        if kind == "outboundMessage" and not org.has("WorkflowOutboundMessage", name):
            yield f"In field: actionName - no WorkflowOutboundMessage named {name} found", call


def _outbound_message(component: Component, org: Org) -> Iterator[tuple[str, etree._Element]]:
    object_name = component.name.partition(".")[0]
    if org.schema.find(object_name) is None:
        yield f"no CustomObject named {object_name} found", component.root
        return
    for field in component.root.iterfind(f"{_NS}fields"):
        name = (field.text or "").strip()
        if not org.has_field(object_name, name):
            yield f"In field: fields - no CustomField named {object_name}.{name} found", field


def _report_type(component: Component, org: Org) -> Iterator[tuple[str, etree._Element]]:
    base = _text(component.root, "baseObject")
    if org.schema.find(base) is None:
        yield f"In field: baseObject - no CustomObject named {base} found", component.root
        return
    for column in component.root.iter(f"{_NS}columns"):
        table, field = _text(column, "table"), _text(column, "field")
        if table == base and not org.has_field(base, field):
            yield f"In field: field - no CustomField named {base}.{field} found", column
    names = {child.relationship for child in org.schema.children(org.schema.get(base)) if child.relationship}
    for join in component.root.iterfind(f"{_NS}join"):
        relationship = _text(join, "relationship")
        if relationship not in names:
            yield f"Invalid value specified: {relationship} is no child relationship of {base}", join


def _apex(component: Component, _: Org) -> Iterator[tuple[str, etree._Element]]:
    code = _COMMENTS.sub(" ", component.content.decode("utf-8", errors="replace"))
    if not re.search(_DECLARATION.format(name=re.escape(component.name)), code, re.IGNORECASE):
        yield f"the file declares nothing named {component.name}", component.root
    if code.count("{") != code.count("}"):
        yield "the braces of the file do not match", component.root


def _lightning_bundle(component: Component, org: Org) -> Iterator[tuple[str, etree._Element]]:
    folder = component.path.rpartition("/")[0] + "/"
    scripts = [
        content.decode("utf-8", errors="replace")
        for path, content in org.files.items()
        if path.startswith(folder) and path.endswith(".js") and "__" not in path
    ]
    for named in sorted({found for script in scripts for found in _IMPORT.findall(script)}):
        kind, _, rest = named.removeprefix("@salesforce/").partition("/")
        if kind == "schema":
            owner, _, path = rest.partition(".")
            known = org.schema.find(owner) is not None if not path else org.has_field(owner, path)
        elif kind == "apex":
            class_name, _, method = rest.partition(".")
            source = org.files.get(f"classes/{class_name}.cls")
            known = org.has("ApexClass", class_name) and (source is None or f" {method}(" in source.decode())
        elif kind == "label":
            known = org.has("CustomLabel", rest.partition(".")[2])
        else:
            known = org.has("LightningComponentBundle", rest)
        if not known:
            yield f"Invalid reference {named} of type {kind} in file {component.name}.js", component.root


def _text(element: etree._Element, tag: str) -> str:
    return (element.findtext(_NS + tag) or "").strip()


_NEEDS = (
    ("allowCreate", "allowRead"),
    ("allowEdit", "allowRead"),
    ("allowDelete", "allowEdit"),
    ("viewAllRecords", "allowRead"),
    ("modifyAllRecords", "allowDelete"),
)
_ACCESSES = (
    ("classAccesses", "apexClass", "ApexClass"),
    ("tabSettings", "tab", "CustomTab"),
    ("applicationVisibilities", "application", "CustomApplication"),
    ("customPermissions", "name", "CustomPermission"),
    ("flowAccesses", "flow", "Flow"),
)
_CHECKS: Mapping[str, _Check] = {
    "ApexClass": _apex,
    "CustomTab": _tab,
    "Flow": _flow,
    "Layout": _layout,
    "LightningComponentBundle": _lightning_bundle,
    "PermissionSet": _permission_set,
    "ReportType": _report_type,
    "WorkflowOutboundMessage": _outbound_message,
}
