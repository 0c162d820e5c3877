"""Objects and fields: what the Metadata API asks of each type beyond its form, list views and compact layouts."""

import re
from collections.abc import Iterator

from checks.names import Names
from checks.project import Finding, MetadataFile
from checks.xml import text, texts
from sandbox.salesforce.schema import SObject

_API_NAME = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*")
_LONGEST_LABEL = 40
_LONGEST_DESCRIPTION = 1000
_LONGEST_HELP = 510
# What a field of each type must say, and within which bounds.
_MUST_SAY = {
    "Text": ("length",),
    "LongTextArea": ("length", "visibleLines"),
    "Html": ("length", "visibleLines"),
    "Number": ("precision", "scale"),
    "Currency": ("precision", "scale"),
    "Percent": ("precision", "scale"),
    "Picklist": ("valueSet",),
    "MultiselectPicklist": ("valueSet", "visibleLines"),
    "Lookup": ("referenceTo", "relationshipName", "deleteConstraint"),
    "MasterDetail": ("referenceTo", "relationshipName", "relationshipOrder"),
    "Checkbox": ("defaultValue",),
}
_LENGTHS = {"Text": (1, 255), "LongTextArea": (256, 131072), "Html": (256, 131072)}
_ONLY_FOR = {
    "caseSensitive": {"Text"},
    "deleteConstraint": {"Lookup"},
    "displayFormat": {"AutoNumber"},
    "externalId": {"AutoNumber", "Email", "Number", "Text"},
    "length": {"Html", "LongTextArea", "Text"},
    "precision": {"Currency", "Number", "Percent"},
    "referenceTo": {"Lookup", "MasterDetail", "MetadataRelationship"},
    "relationshipLabel": {"Lookup", "MasterDetail"},
    "relationshipName": {"Lookup", "MasterDetail", "MetadataRelationship"},
    "relationshipOrder": {"MasterDetail"},
    "reparentableMasterDetail": {"MasterDetail"},
    "scale": {"Currency", "Number", "Percent"},
    "unique": {"AutoNumber", "Email", "Number", "Text"},
    "valueSet": {"MultiselectPicklist", "Picklist"},
    "visibleLines": {"Html", "LongTextArea", "MultiselectPicklist"},
    "writeRequiresMasterRead": {"MasterDetail"},
}
_NEVER_REQUIRED = {"AutoNumber", "Checkbox", "LongTextArea", "Html", "MasterDetail", "MultiselectPicklist"}
_OBJECT_MUST_SAY = ("label", "pluralLabel", "nameField", "sharingModel", "deploymentStatus", "description")
# From the narrowest: what guests and customers see may not be wider than what employees see.
_WIDTHS = ("Private", "Read", "ReadWrite")
_LIST_COLUMNS = {"NAME": "Name", "CREATED_DATE": "CreatedDate", "LAST_UPDATE": "LastModifiedDate"}
_LIST_PEOPLE = {
    "OWNER.ALIAS",
    "OWNER.FIRST_NAME",
    "OWNER.LAST_NAME",
    "CREATEDBY_USER",
    "UPDATEDBY_USER",
    "RECORDTYPE",
}


def findings(names: Names) -> Iterator[Finding]:
    """Yield what is wrong with objects, fields, list views and compact layouts."""
    for file in names.project.of("object"):
        yield from _of_object(names, file)
    for file in names.project.of("field"):
        yield from (file.finding(said) for said in _of_field(file))
    for file in names.project.of("compactLayout"):
        yield from _each_exists(names, file, "fields")
    for file in names.project.of("listView"):
        yield from _of_list_view(names, file)
    yield from _one_relationship_name(names)


def _of_object(names: Names, file: MetadataFile) -> Iterator[Finding]:
    if file.name != file.path.parent.name:
        yield file.finding(f"lies in the folder of {file.path.parent.name}")
    if not file.name.endswith("__c"):
        return
    for element in _OBJECT_MUST_SAY:
        if not text(file.root, element) and file.root.find(f"{element}/*") is None:
            yield file.finding(f"says no <{element}>")
    inside, outside = text(file.root, "sharingModel"), text(file.root, "externalSharingModel")
    if inside in _WIDTHS and outside in _WIDTHS and _WIDTHS.index(outside) > _WIDTHS.index(inside):
        yield file.finding(f"people outside would see more ({outside}) than those inside ({inside})")
    if "ControlledByParent" in (inside, outside) and inside != outside:
        yield file.finding(
            f"shared {inside} inside and {outside} outside: only both can be ControlledByParent"
        )
    if text(file.root, "deploymentStatus") != "Deployed":
        yield file.finding("is not deployed: nobody but administrators would see it")
    if text(file.root, "enableReports") != "true":
        yield file.finding("cannot be reported on")
    sharing = {text(file.root, name) for name in ("enableBulkApi", "enableSharing", "enableStreamingApi")}
    if len(sharing) > 1:
        yield file.finding("enableBulkApi, enableSharing and enableStreamingApi are all on or all off")
    if text(file.root, "nameField/type") == "AutoNumber" and "{0" not in text(
        file.root, "nameField/displayFormat"
    ):
        yield file.finding("numbers its rows without a format such as A-{0000}")
    assigned = text(file.root, "compactLayoutAssignment")
    has = {each.name for each in names.project.of("compactLayout") if each.owner == file.name}
    if has and assigned not in has:
        yield file.finding(f"assigns the compact layout {assigned!r}, which it does not have")
    if assigned and assigned != "SYSTEM" and not has:
        yield file.finding(f"assigns the compact layout {assigned!r}, which it does not have")
    sobject = names.schema.find(file.name)
    for name in texts(file.root, "searchLayouts/*"):
        if sobject is not None and _list_field(sobject, name) is None:
            yield file.finding(f"searches by {name}, which is no field of {file.name}")


def _of_field(file: MetadataFile) -> Iterator[str]:
    root, kind = file.root, text(file.root, "type")
    if file.name.endswith("__c") and not _API_NAME.fullmatch(file.name.removesuffix("__c")):
        yield "its name is none that Salesforce takes"
    if not kind:
        yield "says no <type>"
        return
    yield from (
        f"a {kind} must say <{name}>"
        for name in ("label", *_MUST_SAY.get(kind, ()))
        if root.find(name) is None
    )
    yield from (
        f"a {kind} says no <{name}>"
        for name, kinds in _ONLY_FOR.items()
        if kind not in kinds and root.find(name) is not None and text(root, name) != "false"
    )
    if len(text(root, "label")) > _LONGEST_LABEL:
        yield f"its label is longer than {_LONGEST_LABEL} characters"
    if len(text(root, "inlineHelpText")) > _LONGEST_HELP:
        yield f"its help text is longer than {_LONGEST_HELP} characters"
    if not text(root, "description"):
        yield "says no <description>"
    if len(text(root, "description")) > _LONGEST_DESCRIPTION:
        yield f"its description is longer than {_LONGEST_DESCRIPTION} characters"
    yield from _bounds(file, kind)
    if kind in _NEVER_REQUIRED and text(root, "required") == "true":
        yield f"a {kind} says no <required>"
    written_by = kind == "Text" and text(root, "externalId") == "true"
    if written_by and (text(root, "unique"), text(root, "caseSensitive")) != ("true", "true"):
        yield "an external id must be unique and case-sensitive: rows are written by it"
    if kind == "Lookup" and text(root, "required") == "true" and text(root, "deleteConstraint") == "SetNull":
        yield "a required lookup cannot be emptied when the record is deleted"
    yield from _picklist(file)


def _bounds(file: MetadataFile, kind: str) -> Iterator[str]:
    low, high = _LENGTHS.get(kind, (0, 0))
    length = text(file.root, "length")
    if high and length.isdigit() and not low <= int(length) <= high:
        yield f"a {kind} is {low} to {high} characters long, not {length}"
    precision, scale = text(file.root, "precision"), text(file.root, "scale")
    if (
        precision.isdigit()
        and scale.isdigit()
        and not (0 < int(precision) <= 18 and int(scale) <= int(precision))
    ):
        yield f"{precision} digits of which {scale} after the point are more than Salesforce keeps"


def _picklist(file: MetadataFile) -> Iterator[str]:
    definition = file.root.find("valueSet/valueSetDefinition")
    if definition is None:
        return
    values = list(texts(definition, "value/fullName"))
    if len(set(values)) < len(values) or not values:
        yield "its values are none, or some are there twice"
    if list(texts(definition, "value/default")).count("true") > 1:
        yield "more than one value is the default"
    for value in definition.iterfind("value"):
        if text(value, "fullName") != text(value, "label"):
            yield f"the value {text(value, 'fullName')!r} is labelled {text(value, 'label')!r}"


def _of_list_view(names: Names, file: MetadataFile) -> Iterator[Finding]:
    sobject = names.object_of(file)
    if sobject is None:
        return
    for column in [*texts(file.root, "columns"), *texts(file.root, "filters/field")]:
        if _list_field(sobject, column) is None and column not in _LIST_PEOPLE:
            yield file.finding(f"shows or filters by {column}, which is no field of {sobject.name}")
    for condition in file.root.iterfind("filters"):
        field = sobject.field(text(condition, "field"))
        if field is None or not field.restricted:
            continue
        for value in text(condition, "value").split(","):
            if value not in field.picklist:
                yield file.finding(f"filters {field.name} by {value!r}, which is none of its values")
    if not text(file.root, "filterScope"):
        yield file.finding("says no <filterScope>")
    joined, filters = text(file.root, "booleanFilter"), file.root.findall("filters")
    if joined and {int(number) for number in re.findall(r"\d+", joined)} != set(range(1, len(filters) + 1)):
        yield file.finding(f"joins its {len(filters)} filters by {joined!r}: each is named by its number")


def _list_field(sobject: SObject, column: str) -> object:
    if column in _LIST_PEOPLE:
        return column
    return sobject.field(_LIST_COLUMNS.get(column, column))


def _each_exists(names: Names, file: MetadataFile, path: str) -> Iterator[Finding]:
    sobject = names.object_of(file)
    for name in texts(file.root, path):
        if sobject is not None and sobject.field(name) is None:
            yield file.finding(f"shows {name}, which is no field of {sobject.name}")


def _one_relationship_name(names: Names) -> Iterator[Finding]:
    taken: dict[tuple[str, str], str] = {}
    for file in names.project.of("field"):
        key = (text(file.root, "referenceTo"), text(file.root, "relationshipName"))
        if key[1] and key in taken:
            yield file.finding(f"its relationship name {key[1]} is taken by {taken[key]}")
        taken[key] = f"{file.owner}.{file.name}"
