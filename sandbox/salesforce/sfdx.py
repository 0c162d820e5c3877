"""Read the objects and fields of SFDX projects as data, the way a deployment would."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from sandbox.salesforce.schema import Field, Schema, SObject, by_name, system_fields, with_fields
from sandbox.salesforce.sources import source_files

NAMESPACE = "{http://soap.sforce.com/2006/04/metadata}"
_API_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}__c")
_TYPES = {
    "Text": "string",
    "TextArea": "textarea",
    "LongTextArea": "textarea",
    "Email": "email",
    "Phone": "phone",
    "Url": "url",
    "Picklist": "picklist",
    "MultiselectPicklist": "multipicklist",
    "Checkbox": "boolean",
    "Number": "double",
    "Currency": "currency",
    "Percent": "percent",
    "Date": "date",
    "DateTime": "datetime",
    "Lookup": "reference",
    "MasterDetail": "reference",
}
_LENGTHS = {
    "TextArea": 255,
    "Email": 80,
    "Phone": 40,
    "Url": 255,
    "Picklist": 255,
    "MultiselectPicklist": 4099,
}
_CUSTOM_SYSTEM_FIELDS = (
    "Id",
    "IsDeleted",
    "CreatedDate",
    "CreatedById",
    "LastModifiedDate",
    "LastModifiedById",
    "SystemModstamp",
)
_OWNER = Field(
    "OwnerId",
    "reference",
    "Owner ID",
    default_to_session_user=True,
    reference_to=("User",),
    relationship="Owner",
)
_METADATA_FIELDS = {"DeveloperName": 40, "MasterLabel": 40, "QualifiedApiName": 80}
# By the ending of its name: the element that stands in a custom object's own description and not in additions to it.
_DESCRIBED_BY = {"c": "nameField", "mdt": "label"}
_SHARING = {
    "ControlledByParent": "controlled_by_parent",
    "Private": "private",
    "Read": "public_read",
    "ReadWrite": "public",
}


class MetadataError(ValueError):
    """The org would refuse to deploy this metadata."""


@dataclass(frozen=True)
class Declared:
    """What a folder or a file says of one object; without `root` it only adds fields."""

    name: str
    root: Element | None
    fields: tuple[Field, ...]
    where: str


def deploy(standard: Iterable[SObject], projects: Iterable[Path]) -> Schema:
    """Return the schema of standard objects plus everything the projects' object folders declare."""
    return grown(Schema(standard), [_declared(f) for project in projects for f in object_folders(project)])


def grown(schema: Schema, declared: Iterable[Declared]) -> Schema:
    """Return a schema with objects and fields added or changed; raise MetadataError for what cannot be."""
    sobjects = {sobject.name: sobject for sobject in schema}
    for each in declared:
        before = sobjects.get(each.name)
        if before is not None:
            _check_types(before, each)
        if each.name.endswith("__mdt") and each.root is not None:
            sobjects[each.name] = _custom_metadata_type(each, before, sobjects)
        elif each.name.endswith("__c") and each.root is not None:
            number = sum(sobject.custom for sobject in sobjects.values())
            sobjects[each.name] = _custom_object(each, before, number)
        elif before is not None:
            sobjects[each.name] = with_fields(before, each.fields)
        else:
            raise MetadataError(f"{each.where}: no object named {each.name}")
    _check_references(sobjects)
    return Schema(sobjects.values())


def declared_in(name: str, content: bytes, where: str) -> Declared:
    """Return what one file in the format of the Metadata API says, an object with its fields."""
    root = fromstring(content)
    fields = tuple(custom_field(each, where) for each in root.iterfind(f"{NAMESPACE}fields"))
    mark = _DESCRIBED_BY.get(name.rpartition("__")[2])
    is_custom = mark is not None and root.find(NAMESPACE + mark) is not None
    return Declared(name, root if is_custom else None, fields, where)


def object_folders(project: Path) -> list[Path]:
    """Return the folders under a project that each describe one object."""
    found = [path for path in source_files(project, "**/objects/*") if path.is_dir()]
    if not found:
        raise MetadataError(f"{project}: no objects to deploy")
    return found


def _declared(folder: Path) -> Declared:
    fields = tuple(_field(path) for path in sorted((folder / "fields").glob("*.field-meta.xml")))
    described = folder / f"{folder.name}.object-meta.xml"
    is_custom = folder.name.endswith(("__c", "__mdt")) and described.exists()
    return Declared(
        folder.name,
        _root(described.read_bytes(), str(described), "CustomObject") if is_custom else None,
        fields,
        str(folder),
    )


def _check_types(before: SObject, declared: Declared) -> None:
    for field in declared.fields:
        known = before.field(field.name)
        if known is not None and known.type != field.type:
            raise MetadataError(
                f"{declared.name}.{field.name}: cannot change the type from {known.type} to {field.type}"
            )


def _check_references(sobjects: dict[str, SObject]) -> None:
    for sobject in sobjects.values():
        for field in sobject.fields.values():
            missing = [target for target in field.reference_to if target not in sobjects]
            if missing:
                raise MetadataError(
                    f"{sobject.name}.{field.name} refers to {missing[0]}, which is not in this org"
                )


def _custom_object(declared: Declared, before: SObject | None, number: int) -> SObject:
    name, root = declared.name, declared.root
    if root is None:
        raise MetadataError(f"{declared.where}: nothing describes {name}")
    name_field = _child(root, "nameField")
    auto_number = _text(name_field, "displayFormat") if _text(name_field, "type") == "AutoNumber" else ""
    named = Field(
        "Name",
        "string",
        _text(name_field, "label"),
        length=80,
        required=not auto_number,
        createable=not auto_number,
        updateable=not auto_number,
        auto_number=auto_number,
    )
    kept = {} if before is None else dict(before.fields)
    model = _text(root, "sharingModel")
    if model not in _SHARING:
        raise MetadataError(f"{name}: rows shared by {model} are unknown here")
    controlled = model == "ControlledByParent"
    own = [*system_fields(_CUSTOM_SYSTEM_FIELDS), *(() if controlled else (_OWNER,)), named]
    fields = {**by_name(own), **kept, **by_name(declared.fields)}
    fields["name"] = named
    parents = [field for field in fields.values() if field.controls_sharing]
    if controlled != bool(parents):
        raise MetadataError(
            f"{name}: ControlledByParent and a master-detail field come together or not at all"
        )
    return SObject(
        name=name,
        label=_text(root, "label"),
        plural=_text(root, "pluralLabel"),
        prefix=before.prefix if before is not None else f"a{number:02d}",
        sharing=_SHARING[model],
        fields=fields,
        name_field="Name",
        custom=True,
    )


def _custom_metadata_type(
    declared: Declared, before: SObject | None, sobjects: Mapping[str, SObject]
) -> SObject:
    """Return the object whose rows come with deployments and which administrators alone see through the API."""
    root = declared.root
    if root is None:
        raise MetadataError(f"{declared.where}: nothing describes {declared.name}")
    number = sum(name.endswith("__mdt") for name in sobjects)
    own = [
        Field(name, "string", name, length=length, createable=False, updateable=False)
        for name, length in _METADATA_FIELDS.items()
    ]
    kept = {} if before is None else dict(before.fields)
    return SObject(
        name=declared.name,
        label=_text(root, "label"),
        plural=_text(root, "pluralLabel"),
        prefix=before.prefix if before is not None else f"m{number:02d}",
        sharing="administrators",
        fields={
            **by_name([*system_fields(("Id", "SystemModstamp")), *own]),
            **kept,
            **by_name(declared.fields),
        },
        writable=False,
    )


def _field(path: Path) -> Field:
    field = _field_in(path.read_bytes(), str(path))
    if path.name != f"{field.name}.field-meta.xml":
        raise MetadataError(f"{path}: the file and its fullName do not agree on a custom field's name")
    return field


# A process that opens one org after the other reads the same files each time.
@lru_cache(maxsize=512)
def _field_in(content: bytes, where: str) -> Field:
    return custom_field(_root(content, where, "CustomField"), where)


def custom_field(root: Element, where: str) -> Field:
    """Return a custom field as its element describes it."""
    name, kind = _text(root, "fullName"), _text(root, "type")
    if not _API_NAME.fullmatch(name):
        raise MetadataError(f"{where}: {name} is no name of a custom field")
    if kind not in _TYPES:
        raise MetadataError(f"{where}: {name}: fields of type {kind!r} are unknown here")
    master_detail, checkbox = kind == "MasterDetail", kind == "Checkbox"
    relationship = _text(root, "relationshipName", "")
    constraint = _text(root, "deleteConstraint", "SetNull") if kind == "Lookup" else ""
    targets = tuple(found.text or "" for found in root.iter(f"{NAMESPACE}referenceTo"))
    return Field(
        name,
        _TYPES[kind],
        _text(root, "label"),
        length=int(_text(root, "length", str(_LENGTHS.get(kind, 0)))),
        precision=int(_text(root, "precision", "0")),
        scale=int(_text(root, "scale", "0")),
        required=master_detail or _flag(root, "required"),
        updateable=not master_detail or _flag(root, "reparentableMasterDetail"),
        unique=_flag(root, "unique"),
        case_sensitive=_flag(root, "caseSensitive"),
        external_id=_flag(root, "externalId"),
        id_lookup=_flag(root, "externalId"),
        filterable=kind != "LongTextArea",
        picklist=_picklist(root),
        restricted=_flag(root, "valueSet/restricted"),
        default=_flag(root, "defaultValue") if checkbox else None,
        reference_to=targets,
        relationship=name.removesuffix("__c") + "__r" if targets else "",
        child_relationship=f"{relationship}__r" if relationship else "",
        cascade=master_detail or constraint == "Cascade",
        delete_constraint="Cascade" if master_detail else constraint,
        controls_sharing=master_detail,
        read_access_suffices=_flag(root, "writeRequiresMasterRead"),
    )


def _picklist(root: Element) -> tuple[str, ...]:
    values = root.iterfind(_path("valueSet/valueSetDefinition/value/fullName"))
    return tuple(value.text or "" for value in values)


def _root(content: bytes, where: str, expected: str) -> Element:
    root: Element = fromstring(content)
    if root.tag != NAMESPACE + expected:
        raise MetadataError(f"{where}: expected <{expected}>")
    return root


def _child(root: Element, path: str) -> Element:
    found = root.find(_path(path))
    if found is None:
        raise MetadataError(f"<{root.tag}> has no <{path}>")
    return found


def _text(root: Element, path: str, default: str | None = None) -> str:
    found = root.find(_path(path))
    if found is None or found.text is None:
        if default is None:
            raise MetadataError(f"<{root.tag}> has no <{path}>")
        return default
    return found.text.strip()


def _flag(root: Element, path: str) -> bool:
    return _text(root, path, "false") == "true"


def _path(path: str) -> str:
    return "/".join(NAMESPACE + step for step in path.split("/"))
