"""Outbound Messages that active flows send: what an administrator deployed and switched on."""

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from sandbox.salesforce.components import remembered, stored
from sandbox.salesforce.deploy.target import NS, text, texts
from sandbox.salesforce.deploy.wsdl import parse_xml
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.flow_start import NotPlayed, start_of
from sandbox.salesforce.ids import make_id
from sandbox.salesforce.local_org import Org
from sandbox.salesforce.outbound.rules import Rule, rule_from

# Apart from those of the messages that control requests order.
_FIRST_ID = 900_000


def flow_rules(org: Org) -> list[Rule]:
    """Return a rule for every message that an active record-triggered flow sends first thing."""
    names = sorted(remembered(org.store).get("Flow", ()))
    rules = [rule for name in names for rule in _rules(org, name)]
    return [replace(rule, id=make_id("04k", _FIRST_ID + place)) for place, rule in enumerate(rules)]


def _rules(org: Org, name: str) -> Iterator[Rule]:
    content = stored(org.store, "Flow", name)
    root = parse_xml(content) if content is not None else None
    start = root.find(f"{NS}start") if root is not None else None
    if root is None or start is None or text(root, "status") != "Active":
        return
    if text(start, "triggerType") != "RecordAfterSave":
        return
    try:
        when = start_of(text(start, "recordTriggerType"), text(start, "filterFormula"))
    except NotPlayed:
        return
    for message in _messages(root, start):
        ordered = _ordered(org, message, text(start, "object"))
        if ordered is not None:
            yield replace(ordered, events=when.events, changes=when.changes)


def _messages(root: etree._Element, start: etree._Element) -> Iterator[str]:
    """Yield the names of the messages of the actions that follow the start one after the other."""
    actions = {text(each, "name"): each for each in root.iterfind(f"{NS}actionCalls")}
    element, seen = start, set[str]()
    while (next_name := element.findtext(f"{NS}connector/{NS}targetReference", "").strip()) in actions:
        if next_name in seen:
            return
        seen.add(next_name)
        element = actions[next_name]
        if text(element, "actionType") == "outboundMessage":
            yield text(element, "actionName")


def _ordered(org: Org, message: str, object_name: str) -> Rule | None:
    """Return the rule of a message; None when it goes to an address that is not on this machine."""
    owner, _, name = message.partition(".")
    content = stored(org.store, "Workflow", owner)
    found = [
        each
        for each in ([] if content is None else parse_xml(content).iterfind(f"{NS}outboundMessages"))
        if text(each, "fullName") == name
    ]
    if not found or owner != object_name:
        return None
    fields = [field for field, _ in texts(found[0], "fields")]
    body = {"name": name, "object": owner, "fields": fields, "endpoint": text(found[0], "endpointUrl")}
    try:
        return rule_from(org, message, body)
    except ApiError:
        return None
