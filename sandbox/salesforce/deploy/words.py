"""Check the names that translations hold."""

from collections.abc import Iterator

from lxml import etree

from sandbox.salesforce.deploy.package import Component
from sandbox.salesforce.deploy.target import NS, Problems, Target, missing, text, texts
from sandbox.salesforce.schema import SObject

# The languages that Salesforce is fully translated into, and its platform languages that this org plays.
_LANGUAGES = frozenset(
    {
        *(
            "da",
            "de",
            "en_US",
            "es",
            "es_MX",
            "fi",
            "fr",
            "it",
            "ja",
            "ko",
            "nl_NL",
            "no",
            "pt_BR",
            "ru",
            "sv",
        ),
        *("th", "zh_CN", "zh_TW", "ar", "bg", "cs", "el", "en_GB", "fr_CA", "he", "hu", "id", "pl", "pt_PT"),
        *("ro", "sk", "sl", "tr", "uk", "vi"),
    }
)
_NAMED = (
    ("customLabels", "CustomLabel"),
    ("customTabs", "CustomTab"),
    ("customApplications", "CustomApplication"),
    ("reportTypes", "ReportType"),
    ("flowDefinitions", "Flow"),
    ("quickActions", "QuickAction"),
)
_LONGEST = {"label": 40, "help": 510}


def translations(component: Component, org: Target) -> Problems:
    """Yield a language that is none, and names of what is translated and not there."""
    if component.name not in _LANGUAGES:
        yield f"Unknown language: {component.name}", component.root
    for tag, kind in _NAMED:
        seen: set[str] = set()
        for each in component.root.iterfind(f"{NS}{tag}"):
            name = text(each, "fullName" if kind == "Flow" else "name")
            if not org.has(kind, name):
                yield missing("name", kind, name), each
            if name in seen:
                yield f"Duplicate name specified: {name}", each
            seen.add(name)
    for each in component.root.iterfind(f"{NS}reportTypes"):
        kind_of = org.root("ReportType", text(each, "name"))
        sections = (
            {name for name, _ in texts(kind_of, "sections/masterLabel")} if kind_of is not None else set()
        )
        for name, element in texts(each, "sections/name"):
            if name not in sections:
                yield f"no section of the report type is named {name}", element


def object_translation(component: Component, org: Target) -> Problems:
    """Yield what the translation of an object names and the object does not have."""
    object_name, _, language = component.name.rpartition("-")
    sobject = org.schema.find(object_name)
    if language not in _LANGUAGES:
        yield f"Unknown language: {language}", component.root
    if sobject is None:
        yield f"no CustomObject named {object_name} found", component.root
        return
    seen: set[str] = set()
    for each in component.root.iterfind(f"{NS}fields"):
        name = text(each, "name")
        if name in seen:
            yield f"Duplicate name specified: {name}", each
        seen.add(name)
        yield from _field(each, sobject)
    if text(component.root, "nameFieldLabel") and not sobject.custom:
        yield "nameFieldLabel belongs to custom objects", component.root
    for tag, kind in (
        ("validationRules", "ValidationRule"),
        ("webLinks", "WebLink"),
        ("fieldSets", "FieldSet"),
    ):
        for name, element in texts(component.root, f"{tag}/name"):
            if not org.has(kind, f"{object_name}.{name}"):
                yield missing("name", kind, f"{object_name}.{name}"), element
    for each in component.root.iterfind(f"{NS}layouts"):
        yield from _layout(each, object_name, org)


def _field(each: etree._Element, sobject: SObject) -> Problems:
    name = text(each, "name")
    field = sobject.field(name)
    if field is None or not name.endswith("__c"):
        yield missing("name", "CustomField", f"{sobject.name}.{name}"), each
        return
    for tag, limit in _LONGEST.items():
        if len(text(each, tag)) > limit:
            yield f"In field: {tag} - {name}: longer than {limit} characters", each
    if text(each, "relationshipLabel") and not field.reference_to:
        yield f"{name} has no relationship to name", each
    for value, element in texts(each, "picklistValues/masterLabel"):
        if value not in field.picklist:
            yield missing("masterLabel", "PicklistValue", f"{sobject.name}.{name}.{value}"), element


def _layout(each: etree._Element, object_name: str, org: Target) -> Problems:
    name = f"{object_name}-{text(each, 'layout')}"
    layout = org.root("Layout", name)
    if layout is None:
        yield missing("layout", "Layout", name), each
        return
    labels = set(_section_labels(layout))
    for label, element in texts(each, "sections/section"):
        if label not in labels:
            yield f"no section of the layout {name} is named {label}", element


def _section_labels(layout: etree._Element) -> Iterator[str]:
    for section in layout.iterfind(f"{NS}layoutSections"):
        yield text(section, "label")
