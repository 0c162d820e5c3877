"""Flows and outbound messages: objects, fields, elements, actions and what the actions take."""

import re
from collections.abc import Iterator

from lxml import etree

from checks.names import Names
from checks.project import Finding, MetadataFile
from checks.xml import text, texts
from sandbox.salesforce.schema import SObject

_ELEMENTS = (
    "actionCalls", "apexPluginCalls", "assignments", "collectionProcessors", "customErrors", "decisions", "loops",
    "recordCreates", "recordDeletes", "recordLookups", "recordRollbacks", "recordUpdates", "screens", "steps",
    "subflows", "transforms", "waits",
)  # fmt: skip
_RESOURCES = ("choices", "constants", "dynamicChoiceSets", "formulas", "stages", "textTemplates", "variables")
_ON_OBJECTS = (
    "start",
    "recordLookups",
    "recordCreates",
    "recordUpdates",
    "recordDeletes",
    "dynamicChoiceSets",
)
_FIELD_PATHS = (
    "filters/field",
    "inputAssignments/field",
    "outputAssignments/field",
    "queriedFields",
    "sortField",
)
_MERGED = re.compile(r"\{!([$\w.]+)\}")
_GLOBALS = {
    "$Api",
    "$Client",
    "$Flow",
    "$Organization",
    "$Orchestration",
    "$Permission",
    "$Profile",
    "$System",
    "$User",
    "$UserRole",
}
_OF_THE_FLOW = {
    "ActiveStages",
    "CurrentDate",
    "CurrentDateTime",
    "CurrentRecord",
    "CurrentStage",
    "FaultMessage",
    "InterviewGuid",
    "InterviewStartTime",
}
_VARIABLE = re.compile(
    r"@InvocableVariable(?:\(([^)]*)\))?\s+(?:public|global)\s+[\w<>,. ]+?\s+(\w+)\s*;", re.IGNORECASE
)
_CAN_FAIL = ("actionCalls", "recordCreates", "recordDeletes", "recordLookups", "recordUpdates")
_OFF = ("Draft", "Obsolete")
_SWITCHED_OFF = "hooks"


class _Flow:
    """One flow and what it calls its parts."""

    def __init__(self, names: Names, file: MetadataFile) -> None:
        self.names, self.file, self.root = names, file, file.root
        self.elements = {text(each, "name"): each for kind in _ELEMENTS for each in self.root.iterfind(kind)}
        self.resources = {text(each, "name") for kind in _RESOURCES for each in self.root.iterfind(kind)}
        self.record = names.schema.find(text(self.root, "start/object"))

    def findings(self) -> Iterator[str]:
        """Yield what is wrong with it."""
        for what in ("label", "description", "processType", "status", "interviewLabel"):
            if not text(self.root, what):
                yield f"says no <{what}>"
        if _SWITCHED_OFF in self.file.path.parts and text(self.root, "status") not in _OFF:
            yield "would be at work as soon as it is installed: hooks are installed switched off"
        yield from self._trigger()
        yield from self._connectors()
        for kind in _ON_OBJECTS:
            for each in self.root.iterfind(kind):
                yield from self._on_object(each)
        for action in self.root.iterfind("actionCalls"):
            yield from self._action(action)
        yield from self._references()
        for kind in _CAN_FAIL:
            for each in self.root.iterfind(kind):
                if each.find("faultConnector") is None:
                    yield f"{text(each, 'name')} has no way to go when it fails"

    def _trigger(self) -> Iterator[str]:
        triggered, change = text(self.root, "start/triggerType"), text(self.root, "start/recordTriggerType")
        if triggered.startswith("Record") and not (change and self.record):
            yield "is triggered by records and does not say of which object, or by which change"
        if change == "Create" and "ISCHANGED" in text(self.root, "start/filterFormula"):
            yield "waits for a change of records that are new"

    def _connectors(self) -> Iterator[str]:
        reached: set[str] = set()
        todo = list(texts(self.root, "start//targetReference"))
        if not todo:
            yield "starts with nothing"
        while todo:
            name = todo.pop()
            if name in reached:
                continue
            reached.add(name)
            if name not in self.elements:
                yield f"leads to {name}, which is no element"
                continue
            todo += [(one.text or "").strip() for one in self.elements[name].iter("targetReference")]
        for name in sorted(set(self.elements) - reached):
            yield f"never comes to {name}"

    def _on_object(self, each: etree._Element) -> Iterator[str]:
        name = text(each, "object")
        sobject = self.names.schema.find(name)
        if name and sobject is None:
            yield f"works on {name}, which is no object"
        if sobject is None:
            return
        for used in (found for path in _FIELD_PATHS for found in texts(each, path)):
            if sobject.field(used) is None:
                yield f"{text(each, 'name') or 'start'}: {used} is no field of {name}"
        for condition in each.iterfind("filters"):
            field = sobject.field(text(condition, "field"))
            value = text(condition, "value/stringValue")
            if field and field.restricted and value and value not in field.picklist:
                yield f"filters {field.name} by {value!r}, which is none of its values"

    def _action(self, action: etree._Element) -> Iterator[str]:
        kind, name, where = text(action, "actionType"), text(action, "actionName"), text(action, "name")
        if text(action, "nameSegment") not in ("", name):
            yield f"{where}: nameSegment is not {name}"
        if kind == "apex":
            yield from self._apex_action(action, name, where)
        elif kind == "outboundMessage":
            if name not in outbound_messages(self.names):
                yield f"{where}: sends {name}, which is no outbound message"
            elif self.record and name.partition(".")[0] != self.record.name:
                yield f"{where}: sends a message of another object than {self.record.name}"
        elif kind == "flow" and name not in self.names.project.names("flow"):
            yield f"{where}: starts {name}, which is no flow"

    def _apex_action(self, action: etree._Element, name: str, where: str) -> Iterator[str]:
        apex_class = self.names.classes.get(name)
        if apex_class is None or not any(one.has("InvocableMethod") for one in apex_class.annotated.values()):
            yield f"{where}: calls {name}, which has no @InvocableMethod"
            return
        inputs = {name: said for said, name in _VARIABLE.findall(apex_class.code)}
        given = set(texts(action, "inputParameters/name"))
        for one in sorted(given - set(inputs)):
            yield f"{where}: gives {one} to {name}, which takes no such value"
        for one, said in sorted(inputs.items()):
            if "required=true" in said.replace(" ", "") and one not in given:
                yield f"{where}: does not give {one} to {name}"

    def _references(self) -> Iterator[str]:
        said = [
            (one.text or "").strip()
            for tag in ("elementReference", "assignToReference")
            for one in self.root.iter(tag)
        ]
        for tag in ("filterFormula", "expression", "interviewLabel", "text", "stringValue"):
            said += [name for one in self.root.iter(tag) for name in _MERGED.findall(one.text or "")]
        for name in sorted(set(said)):
            problem = self._reference_problem(name)
            if problem:
                yield problem

    def _reference_problem(self, name: str) -> str:
        first, _, path = name.partition(".")
        if first in ("$Record", "$Record__Prior"):
            fine = self.record is not None and (not path or self._has(self.record, path))
            return (
                ""
                if fine
                else f"uses {name}, which is no field of {self.record.name if self.record else 'nothing'}"
            )
        if first == "$Label":
            return "" if path in self.names.labels else f"uses the label {path}, which does not exist"
        if first == "$Flow" and path not in _OF_THE_FLOW:
            return f"uses {name}, which flows do not have"
        known = first in _GLOBALS or first in self.elements or first in self.resources
        return "" if known else f"uses {name}, which does not exist"

    def _has(self, sobject: SObject, path: str) -> bool:
        return self.names.field(sobject, path) is not None


def findings(names: Names) -> Iterator[Finding]:
    """Yield what is wrong with flows and outbound messages."""
    for file in names.project.of("flow"):
        yield from (file.finding(said) for said in _Flow(names, file).findings())
    sent = {name for file in names.project.of("flow") for name in texts(file.root, "actionCalls/actionName")}
    for file in names.project.of("workflow"):
        for message in file.root.iterfind("outboundMessages"):
            yield from (file.finding(said) for said in _of_message(names, file, message))
            if f"{file.name}.{text(message, 'fullName')}" not in sent:
                yield file.finding(f"no flow sends {text(message, 'fullName')}")


def outbound_messages(names: Names) -> frozenset[str]:
    """Return the outbound messages with their objects: `Opportunity.Changed`."""
    return frozenset(
        f"{file.name}.{name}"
        for file in names.project.of("workflow")
        for name in texts(file.root, "outboundMessages/fullName")
    )


def _of_message(names: Names, file: MetadataFile, message: etree._Element) -> Iterator[str]:
    name, sobject = text(message, "fullName"), names.schema.find(file.name)
    for field in texts(message, "fields"):
        if sobject is None or sobject.field(field) is None:
            yield f"{name} carries {field}, which is no field of {file.name}"
    if "Id" not in texts(message, "fields"):
        yield f"{name} does not say which record it is about"
    if text(message, "includeSessionId") != "false":
        yield f"{name} sends a session out of the org"
    if not text(message, "endpointUrl").startswith("https://"):
        yield f"{name} is sent to no https address"
