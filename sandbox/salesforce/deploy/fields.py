"""The rules between the parts of an object's or a field's description, which no type can express."""

from collections.abc import Iterator

from lxml import etree

from sandbox.salesforce.deploy.wsdl import NAMESPACE

_NS = f"{{{NAMESPACE}}}"
_NEEDED = {
    "Text": ("length",),
    "LongTextArea": ("length", "visibleLines"),
    "Html": ("length", "visibleLines"),
    "MultiselectPicklist": ("valueSet", "visibleLines"),
    "Picklist": ("valueSet",),
    "Number": ("precision", "scale"),
    "Currency": ("precision", "scale"),
    "Percent": ("precision", "scale"),
    "Checkbox": ("defaultValue",),
    "Lookup": ("referenceTo", "relationshipName"),
    "MasterDetail": ("referenceTo", "relationshipName"),
}
_NEVER_REQUIRED = ("Checkbox", "MasterDetail", "AutoNumber")
_KEYS = ("Text", "Number", "Email", "AutoNumber")
_OF_NEW_OBJECTS = ("label", "pluralLabel", "nameField", "deploymentStatus", "sharingModel")


def field_problems(root: etree._Element) -> Iterator[str]:
    """Yield what is wrong with a custom field whose elements are each in order."""
    kind = _text(root, "type")
    if not kind:
        return  # A standard field, of which only some properties are set.
    for name in ("label", *_NEEDED.get(kind, ())):
        if root.find(_NS + name) is None:
            yield f"Must specify '{name}' for a CustomField of type {kind}"
    length = _text(root, "length")
    if kind == "Text" and length and not 1 <= int(length) <= 255:
        yield "Text field length must be between 1 and 255"
    if kind == "LongTextArea" and length and not 256 <= int(length) <= 131_072:
        yield "Long text area length must be between 256 and 131072"
    precision, scale = _text(root, "precision"), _text(root, "scale")
    if precision and scale and not 0 < int(precision) <= 18:
        yield "precision must be between 1 and 18"
    if precision and scale and int(scale) > int(precision):
        yield "scale must not be more than precision"
    if kind in _NEVER_REQUIRED and _text(root, "required") == "true":
        yield f"Can not specify 'required' for a CustomField of type {kind}"
    for flag in ("externalId", "unique"):
        if _text(root, flag) == "true" and kind not in _KEYS:
            yield f"Can not specify '{flag}' for a CustomField of type {kind}"
    if _text(root, "caseSensitive") == "true" and _text(root, "unique") != "true":
        yield "caseSensitive goes with unique"
    if (
        kind == "Lookup"
        and _text(root, "required") == "true"
        and _text(root, "deleteConstraint") == "SetNull"
    ):
        yield "a required lookup can't be emptied when its parent is deleted"
    names = [
        each.text for each in root.iterfind(f"{_NS}valueSet/{_NS}valueSetDefinition/{_NS}value/{_NS}fullName")
    ]
    if len(set(names)) < len(names):
        yield "Duplicate value in the picklist"


def object_problems(root: etree._Element, *, is_new: bool) -> Iterator[str]:
    """Yield what is missing from the description of a custom object."""
    described = root.find(f"{_NS}nameField") is not None or root.find(f"{_NS}label") is not None
    if not is_new and not described:
        return
    for name in _OF_NEW_OBJECTS:
        if root.find(_NS + name) is None:
            yield f"Must specify a {name} for a CustomObject"
    name_field = root.find(f"{_NS}nameField")
    if name_field is not None:
        if _text(name_field, "type") not in ("AutoNumber", "Text"):
            yield "nameField is of type Text or AutoNumber"
        if _text(name_field, "type") == "AutoNumber" and not _text(name_field, "displayFormat"):
            yield "Must specify a displayFormat for an auto number"


def _text(root: etree._Element, tag: str) -> str:
    return (root.findtext(_NS + tag) or "").strip()
