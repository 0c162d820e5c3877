"""Check the names that flows, workflows and Apex classes hold."""

import re

from lxml import etree

from sandbox.salesforce.deploy.package import Component
from sandbox.salesforce.deploy.target import NS, Problems, Target, missing, text, texts
from sandbox.salesforce.flow_start import NotPlayed, start_of

# Strings and comments: each may hold what looks like the other.
_ASIDE = re.compile(r"('(?:\\.|[^'\\\n])*')|//[^\n]*|/\*.*?\*/", re.DOTALL)
_DECLARATION = r"\b(?:class|interface|enum|trigger)\s+{name}\b"
_CUSTOM_NAME = re.compile(r"\b[A-Za-z]\w*__(?:c|r|mdt)\b")
_LABEL = re.compile(r"\bLabel\.(\w+)")
_OF_RECORD = re.compile(r"\$Record(?:__Prior)?\.([A-Za-z][\w.]*)")
_INPUT = re.compile(r"@InvocableVariable\b[^;{]*?\b(\w+)\s*(?:;|\{)", re.IGNORECASE)
# Actions that every org has and that name no component.
_STANDARD_ACTIONS = frozenset({"chatterPost", "customNotificationAction", "emailSimple", "submit"})
_NAMED_ACTIONS = {
    "apex": "ApexClass",
    "flow": "Flow",
    "outboundMessage": "WorkflowOutboundMessage",
    "quickAction": "QuickAction",
}
_TRIGGERED = ("RecordAfterSave", "RecordBeforeSave", "RecordBeforeDelete")
_FIELDS = ("filters/field", "inputAssignments/field", "queriedFields", "sortField")
_ACTIONS_OF_RULES = {
    "Alert": "WorkflowAlert",
    "FieldUpdate": "WorkflowFieldUpdate",
    "OutboundMessage": "WorkflowOutboundMessage",
    "Task": "WorkflowTask",
}


def flow(component: Component, org: Target) -> Problems:
    """Yield elements, objects, fields and actions that a flow names and that are not there."""
    root = component.root
    yield from _elements(root)
    for element in root.iterchildren(tag=etree.Element):
        yield from _record_element(element, org)
    start = root.find(f"{NS}start")
    triggers_on = "" if start is None else text(start, "object")
    if start is not None and text(start, "triggerType") in _TRIGGERED and not triggers_on:
        yield "Required field is missing: object", start
    if triggers_on and org.schema.find(triggers_on) is not None:
        yield from _values_of_record(root, triggers_on, org)
    if start is not None and text(root, "status") == "Active":
        yield from _not_played(root, start)
    for call in root.iterfind(f"{NS}actionCalls"):
        yield from _action(call, org)
    for name, element in texts(root, "subflows/flowName"):
        if not org.has("Flow", name):
            yield missing("flowName", "Flow", name), element


def outbound_message(component: Component, org: Target) -> Problems:
    """Yield what an outbound message names and the org does not have: its object, fields, its user."""
    object_name = component.name.partition(".")[0]
    if org.schema.find(object_name) is None:
        yield f"no CustomObject named {object_name} found", component.root
        return
    for name, field in texts(component.root, "fields"):
        if "." in name or not org.has_field(object_name, name):
            yield missing("fields", "CustomField", f"{object_name}.{name}"), field
    if not re.fullmatch(r"https?://[^\s/]+.*", text(component.root, "endpointUrl")):
        yield "In field: endpointUrl - not a valid URL", component.root
    user = text(component.root, "integrationUser")
    if not org.has_user(user):
        yield missing("integrationUser", "User", user), component.root


def workflow_rule(component: Component, org: Target) -> Problems:
    """Yield fields and actions that a rule names and that are not there."""
    object_name = component.name.partition(".")[0]
    for name, element in texts(component.root, "criteriaItems/field"):
        owner, _, field = name.partition(".")
        if not org.has_field(owner, field):
            yield missing("field", "CustomField", name), element
    for action in component.root.iterfind(f"{NS}actions"):
        kind = _ACTIONS_OF_RULES.get(text(action, "type"), "")
        name = f"{object_name}.{text(action, 'name')}"
        if not org.has(kind, name):
            yield missing("name", kind or text(action, "type"), name), action


def apex(component: Component, org: Target) -> Problems:
    """Yield what shows without a compiler: a wrong name of the class, loose braces, custom names that nothing has."""
    code = _code(component.content)
    if not re.search(_DECLARATION.format(name=re.escape(component.name)), code, re.IGNORECASE):
        yield f"the file declares nothing named {component.name}", component.root
    if code.count("{") != code.count("}"):
        yield "the braces of the file do not match", component.root
    known = _custom_names(org)
    for name in sorted({found for found in _CUSTOM_NAME.findall(code) if found.lower() not in known}):
        yield f"Variable or type does not exist: {name}", component.root
    for name in sorted(set(_LABEL.findall(code))):
        if not org.has("CustomLabel", name):
            yield f"Variable does not exist: Label.{name}", component.root


def _elements(root: etree._Element) -> Problems:
    named = [
        (name, element)
        for each in root.iterchildren(tag=etree.Element)
        if etree.QName(each).localname != "processMetadataValues"
        for name, element in texts(each, "name")
    ]
    names = {name for name, _ in named}
    for place, (name, element) in enumerate(named):
        if name in [other for other, _ in named[:place]]:
            yield f"The flow has two elements named {name}", element
    for target in root.iter(f"{NS}targetReference"):
        if (target.text or "").strip() not in names:
            yield f"The flow has no element named {(target.text or '').strip()}", target


def _record_element(element: etree._Element, org: Target) -> Problems:
    object_name = text(element, "object")
    if not object_name:
        return
    if org.schema.find(object_name) is None:
        yield missing("object", "CustomObject", object_name), element
        return
    for path in _FIELDS:
        for name, field in texts(element, path):
            if not org.has_field(object_name, name):
                yield f'The field "{name}" for the object "{object_name}" doesn\'t exist', field


def _values_of_record(root: etree._Element, object_name: str, org: Target) -> Problems:
    for element in root.iter(tag=etree.Element):
        if len(element):
            continue
        for path in _OF_RECORD.findall(element.text or ""):
            if not org.has_field(object_name, path):
                yield f'The field "{path}" for the object "{object_name}" doesn\'t exist', element


def _not_played(root: etree._Element, start: etree._Element) -> Problems:
    """Yield why an active flow that sends messages would not send them here as the platform does."""
    sends = any(text(call, "actionType") == "outboundMessage" for call in root.iterfind(f"{NS}actionCalls"))
    if not sends or text(start, "triggerType") != "RecordAfterSave":
        return
    if start.find(f"{NS}filters") is not None:
        yield "entry conditions other than a formula are not played here", start
    try:
        start_of(text(start, "recordTriggerType"), text(start, "filterFormula"))
    except NotPlayed as problem:
        yield str(problem), start


def _action(call: etree._Element, org: Target) -> Problems:
    kind, name = text(call, "actionType"), text(call, "actionName")
    if kind in _STANDARD_ACTIONS:
        return
    if kind not in _NAMED_ACTIONS:
        yield f"In field: actionType - actions of type {kind} are unknown here", call
        return
    if not org.has(_NAMED_ACTIONS[kind], name):
        yield missing("actionName", _NAMED_ACTIONS[kind], name), call
        return
    source = org.files.get(f"classes/{name}.cls") if kind == "apex" else None
    if source is None:
        return
    code = _code(source)
    if "@invocablemethod" not in code.lower():
        yield f"The Apex class {name} has no invocable method", call
    inputs = set(_INPUT.findall(_without_arguments(code)))
    for given, element in texts(call, "inputParameters/name"):
        if given not in inputs:
            yield f"The action {name} has no input {given}", element


def _without_arguments(code: str) -> str:
    return re.sub(r"(@InvocableVariable)\s*\([^)]*\)", r"\1", code, flags=re.IGNORECASE)


def _code(source: bytes) -> str:
    """Return Apex without its comments and what its strings say."""
    text_of = source.decode("utf-8", errors="replace")
    return _ASIDE.sub(lambda found: "''" if found[1] else " ", text_of)


def _custom_names(org: Target) -> set[str]:
    known = {sobject.name.lower() for sobject in org.schema}
    for sobject in org.schema:
        for field in sobject.fields.values():
            known |= {field.name.lower(), field.relationship.lower(), field.child_relationship.lower()}
    return known
