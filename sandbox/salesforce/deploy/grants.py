"""Check the names that permission sets hold."""

from collections.abc import Iterator

from lxml import etree

from sandbox.salesforce.deploy.package import Component
from sandbox.salesforce.deploy.target import NS, Problems, Target, missing, text
from sandbox.salesforce.permissions import is_compound

_NEEDS = (
    ("allowCreate", "allowRead"),
    ("allowEdit", "allowRead"),
    ("allowDelete", "allowEdit"),
    ("viewAllRecords", "allowRead"),
    ("modifyAllRecords", "allowDelete"),
    ("modifyAllRecords", "viewAllRecords"),
)
# Objects that permission sets open and of which this org keeps no rows.
_WITHOUT_ROWS = frozenset({"UserExternalCredential"})
# Who reads these reads those too.
_READ_NEEDS = {"Contact": "Account", "Opportunity": "Account"}
_ACCESSES = (
    ("classAccesses", "apexClass", "ApexClass"),
    ("tabSettings", "tab", "CustomTab"),
    ("applicationVisibilities", "application", "CustomApplication"),
    ("customPermissions", "name", "CustomPermission"),
    ("flowAccesses", "flow", "Flow"),
)
_USER_PERMISSIONS = frozenset(
    {
        "ApiEnabled",
        "CreateCustomizeReports",
        "EditTask",
        "ExportReport",
        "ManageDashbdsInPubFolders",
        "ManageReportsInPubFolders",
        "ModifyAllData",
        "QueryAllFiles",
        "RunFlow",
        "RunReports",
        "ViewAllData",
        "ViewPublicDashboards",
        "ViewPublicReports",
        "ViewRoles",
        "ViewSetup",
    }
)


def permission_set(component: Component, org: Target) -> Problems:
    """Yield what a permission set grants and nobody can have."""
    yield from _objects(component.root, org)
    for each in component.root.iterfind(f"{NS}fieldPermissions"):
        yield from _field(each, org)
    for tag, inner, kind in _ACCESSES:
        for each in component.root.iterfind(f"{NS}{tag}"):
            name = text(each, inner)
            standard = name.startswith("standard") and tag in ("tabSettings", "applicationVisibilities")
            if not standard and not org.has(kind, name):
                yield missing(inner, kind, name), each
    for each in component.root.iterfind(f"{NS}externalCredentialPrincipalAccesses"):
        name = text(each, "externalCredentialPrincipal")
        if name not in _principals(org):
            yield missing("externalCredentialPrincipal", "ExternalCredentialPrincipal", name), each
    for each in component.root.iterfind(f"{NS}customMetadataTypeAccesses"):
        name = text(each, "name")
        if not name.endswith("__mdt") or org.schema.find(name) is None:
            yield missing("name", "CustomMetadataType", name), each
    for each in component.root.iterfind(f"{NS}userPermissions"):
        name = text(each, "name")
        if name not in _USER_PERMISSIONS:
            yield f"Unknown user permission: {name}", each


def _objects(root: etree._Element, org: Target) -> Problems:
    readable = set()
    for each in root.iterfind(f"{NS}objectPermissions"):
        name = text(each, "object")
        sobject = org.schema.find(name)
        if name in _WITHOUT_ROWS:
            continue
        if sobject is None or not sobject.is_governed:
            yield missing("object", "CustomObject", name), each
        elif text(each, "allowRead") == "true":
            readable.add(name)
        for needs, needed in _NEEDS:
            if text(each, needs) == "true" and text(each, needed) != "true":
                yield f"Permission {needs} on {name} depends on permission {needed}", each
    for name in sorted(readable):
        parent = org.schema.get(name).controlling_field
        needed = parent.reference_to[0] if parent is not None else _READ_NEEDS.get(name, name)
        if needed not in readable:
            yield f"Permission Read {name} depends on permission(s): Read {needed}", root


def _field(each: etree._Element, org: Target) -> Problems:
    name = text(each, "field")
    object_name, _, field_name = name.partition(".")
    sobject = org.schema.find(object_name)
    field = sobject.field(field_name) if sobject is not None else None
    if text(each, "editable") == "true" and text(each, "readable") != "true":
        yield f"Field {name} can't be editable and not readable", each
    if is_compound(name):
        return
    if sobject is None or field is None or "." in field_name:
        yield missing("field", "CustomField", name), each
    elif not sobject.is_permissionable(field):
        yield f"You cannot deploy to a required field: {name}", each
    elif text(each, "editable") == "true" and not (field.createable or field.updateable):
        yield f"Field {name} is not editable", each


def _principals(org: Target) -> Iterator[str]:
    for credential in org.names.get("ExternalCredential", ()):
        root = org.root("ExternalCredential", credential)
        for each in [] if root is None else root.iterfind(f"{NS}externalCredentialParameters"):
            if text(each, "parameterType") in ("NamedPrincipal", "PerUserPrincipal"):
                yield f"{credential}-{text(each, 'parameterName')}"
