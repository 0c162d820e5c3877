"""Permission sets as metadata: read one, and keep it as rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from sandbox.salesforce.permissions import ACTIONS, add_row, grant, is_compound, revoke_all
from sandbox.salesforce.schema import Schema
from sandbox.salesforce.sfdx import NAMESPACE
from sandbox.salesforce.sources import source_files
from sandbox.salesforce.store import Store

_ALLOWED = dict(
    zip(
        ("allowRead", "allowCreate", "allowEdit", "allowDelete", "viewAllRecords", "modifyAllRecords"),
        ACTIONS,
        strict=True,
    )
)
_USER_PERMISSIONS = {
    "ApiEnabled": "PermissionsApiEnabled",
    "ViewAllData": "PermissionsViewAllData",
    "ModifyAllData": "PermissionsModifyAllData",
}


@dataclass(frozen=True)
class PermissionFile:
    """What a permission set grants: actions by object, fields by whether they may be edited."""

    name: str
    label: str
    description: str
    objects: Mapping[str, frozenset[str]]
    fields: Mapping[str, bool]
    user: frozenset[str]


def permission_files(project: Path, schema: Schema) -> list[PermissionFile]:
    """Return the permission sets of a project, without what they say of fields this org does not play."""
    found = source_files(project, "**/permissionsets/*.xml")
    return [
        _known_part(read_permission_file(path.name.split(".")[0], path.read_bytes()), schema)
        for path in found
    ]


# A process that opens one org after the other reads the same files each time.
@lru_cache(maxsize=64)
def read_permission_file(name: str, content: bytes) -> PermissionFile:
    """Return a permission set from its file."""
    root: Element = fromstring(content)
    objects = {
        _text(each, "object"): frozenset(
            action for tag, action in _ALLOWED.items() if _text(each, tag) == "true"
        )
        for each in root.iterfind(f"{NAMESPACE}objectPermissions")
    }
    fields = {
        _text(each, "field"): _text(each, "editable") == "true"
        for each in root.iterfind(f"{NAMESPACE}fieldPermissions")
        if _text(each, "readable") == "true"
    }
    user = frozenset(
        _text(each, "name")
        for each in root.iterfind(f"{NAMESPACE}userPermissions")
        if _text(each, "enabled") == "true"
    )
    return PermissionFile(name, _text(root, "label"), _text(root, "description"), objects, fields, user)


def keep_permission_file(store: Store, file: PermissionFile, *, stamp: str) -> None:
    """Put a permission set into the org, in the place of an older one; for use in a transaction."""
    sets = store.schema.get("PermissionSet")
    row: dict[str, object] = {"Label": file.label, "Description": file.description[:255] or None}
    row |= {column: int(name in file.user) for name, column in _USER_PERMISSIONS.items()}
    before = store.find(sets, sets.fields["name"], file.name)
    if before is None:
        before = add_row(store, sets, {"Name": file.name, "IsOwnedByProfile": 0, **row}, stamp=stamp)
    else:
        store.update(sets, before["Id"], {**row, "LastModifiedDate": stamp, "SystemModstamp": stamp})
        revoke_all(store, before["Id"])
    grant(store, before["Id"], objects=file.objects, fields=file.fields)


def _known_part(file: PermissionFile, schema: Schema) -> PermissionFile:
    fields = {
        name: edits for name, edits in file.fields.items() if is_compound(name) or _is_known(name, schema)
    }
    objects = {name: actions for name, actions in file.objects.items() if schema.find(name)}
    return PermissionFile(file.name, file.label, file.description, objects, fields, file.user)


def _is_known(name: str, schema: Schema) -> bool:
    sobject = schema.find(name.partition(".")[0])
    return sobject is not None and sobject.field(name.partition(".")[2]) is not None


def _text(element: Element, path: str) -> str:
    return (element.findtext(NAMESPACE + path) or "").strip()
