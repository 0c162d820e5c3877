"""Profiles and permission sets: which objects and fields a user may see and change."""

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.ids import make_id
from sandbox.salesforce.schema import Schema, SObject, initial_rows
from sandbox.salesforce.sharing import Permissions, Viewer
from sandbox.salesforce.store import Store

ACTIONS = ("Read", "Create", "Edit", "Delete", "ViewAllRecords", "ModifyAllRecords")
ADMINISTRATOR, STANDARD_USER = "System Administrator", "Standard User"

# A permission on an address is one on all its parts.
_COMPOUND = {
    "Account.BillingAddress": ("Account.BillingCity", "Account.BillingState", "Account.BillingCountry")
}
_NEEDS = {
    "PermissionsCreate": "PermissionsRead",
    "PermissionsEdit": "PermissionsRead",
    "PermissionsDelete": "PermissionsEdit",
    "PermissionsViewAllRecords": "PermissionsRead",
    "PermissionsModifyAllRecords": "PermissionsDelete",
}
_SETS_OF_USER = """
    SELECT Id, PermissionsViewAllData, PermissionsModifyAllData, PermissionsQueryAllFiles FROM PermissionSet
    WHERE ProfileId = ? OR Id IN (SELECT PermissionSetId FROM PermissionSetAssignment WHERE AssigneeId = ?)"""


def known_viewer(store: Store, user_id: str) -> Viewer | None:
    """Return a user as a viewer; who may modify all data sees all; None for unknown and inactive users."""
    found: Viewer | None = store.cached(("viewer", user_id), lambda: _viewer(store, user_id))
    return found


def is_compound(name: str) -> bool:
    """Tell whether `Account.BillingAddress` and the like name a field made of others."""
    return name in _COMPOUND


def open_new_fields(store: Store, *, stamp: str) -> None:
    """Give every profile its permission set, and let standard users at objects and fields that are new.

    On the platform a new field is hidden until somebody grants it; here the customer's administrator has.
    """
    profiles, sets = store.schema.get("Profile"), store.schema.get("PermissionSet")
    for known in initial_rows()["Profile"]:
        profile = store.find(profiles, profiles.fields["name"], known["Name"])
        if profile is None:
            profile = add_row(store, profiles, known, stamp=stamp)
        if store.find(sets, sets.fields["profileid"], profile["Id"]) is None:
            _add_profile_set(store, profile, stamp=stamp)
        if known["Name"] == STANDARD_USER:
            _open_everything(
                store, str(store.find_all(sets, sets.fields["profileid"], profile["Id"])[0]["Id"])
            )


def add_row(store: Store, sobject: SObject, row: Mapping[str, Any], *, stamp: str) -> dict[str, Any]:
    """Write a row that the platform itself makes; for use in a transaction."""
    record_id = make_id(sobject.prefix, store.next_number(sobject.name))
    stamps = {"CreatedDate": stamp, "LastModifiedDate": stamp, "SystemModstamp": stamp}
    whole = {"Id": record_id, **{name: at for name, at in stamps.items() if sobject.field(name)}, **row}
    store.insert(sobject, whole)
    return whole


def grant(
    store: Store,
    set_id: str,
    *,
    objects: Mapping[str, Iterable[str]],
    fields: Mapping[str, bool],
) -> None:
    """Add rows to a permission set: actions by object, and fields by whether they may be edited."""
    number = store.next_number
    object_rows, field_rows = store.schema.get("ObjectPermissions"), store.schema.get("FieldPermissions")
    for name, actions in objects.items():
        granted = {f"Permissions{action}": int(action in set(actions)) for action in ACTIONS}
        record_id = make_id(object_rows.prefix, number(object_rows.name))
        store.insert(object_rows, {"Id": record_id, "ParentId": set_id, "SobjectType": name, **granted})
    for name, editable in fields.items():
        record_id = make_id(field_rows.prefix, number(field_rows.name))
        row = {"SobjectType": name.partition(".")[0], "Field": name, "PermissionsRead": 1}
        store.insert(
            field_rows, {"Id": record_id, "ParentId": set_id, **row, "PermissionsEdit": int(editable)}
        )


def revoke_all(store: Store, set_id: str) -> None:
    """Remove every row of a permission set."""
    for name in ("ObjectPermissions", "FieldPermissions"):
        sobject = store.schema.get(name)
        for row in store.find_all(sobject, sobject.fields["parentid"], set_id):
            store.erase(sobject, row["Id"])


def check_permission_row(schema: Schema, sobject: SObject, row: Mapping[str, Any]) -> None:
    """Refuse a permission on what does not exist or cannot be withheld."""
    target = schema.find(str(row.get("SobjectType", "")))
    if target is None or not target.is_governed:
        message = f"Object Type: bad value for restricted picklist field: {row.get('SobjectType')}"
        raise ApiError("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, ("SobjectType",))
    if sobject.name == "FieldPermissions":
        named = str(row.get("Field", ""))
        owner, _, name = named.partition(".")
        field = target.field(name)
        known = field is not None and owner == target.name and target.is_permissionable(field)
        if not known and not is_compound(named):
            message = f"Field Name: bad value for restricted picklist field: {named}"
            raise ApiError("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, ("Field",))
    for needs, needed in _NEEDS.items():
        if row.get(needs) and not row.get(needed):
            message = f"Permission {needs} depends on permission(s): {needed}"
            raise ApiError("FIELD_INTEGRITY_EXCEPTION", message, (needs,))


def _viewer(store: Store, user_id: str) -> Viewer | None:
    user = store.read(store.schema.get("User"), user_id)
    if user is None or not user["IsActive"]:
        return None
    sets = store.select(_SETS_OF_USER, [user["ProfileId"], user_id])
    files = any(queries_files for *_, queries_files in sets)
    if any(modifies_all for _, _, modifies_all, _ in sets):
        return Viewer(user_id, sees_all=True, queries_all_files=files)
    views_all = any(views for _, views, *_ in sets)
    permissions = _permissions(store, tuple(row[0] for row in sets), views_all=views_all)
    return Viewer(user_id, sees_all=False, permissions=permissions, queries_all_files=files)


def _permissions(store: Store, set_ids: tuple[str, ...], *, views_all: bool) -> Permissions:
    marks = ", ".join("?" * len(set_ids))
    columns = ", ".join(f"MAX(Permissions{action})" for action in ACTIONS)
    granted = store.select(
        f"SELECT SobjectType, {columns} FROM ObjectPermissions WHERE ParentId IN ({marks}) "  # noqa: S608 constants
        "GROUP BY SobjectType",
        set_ids,
    )
    objects = {
        row[0]: frozenset(action for action, value in zip(ACTIONS, row[1:], strict=True) if value)
        for row in granted
    }
    if views_all:
        every = {"Read", "ViewAllRecords"}
        governed = [sobject.name for sobject in store.schema if sobject.is_governed]
        objects = {name: objects.get(name, frozenset()) | every for name in governed}
    fields = store.select(
        f"SELECT Field, MAX(PermissionsRead), MAX(PermissionsEdit) FROM FieldPermissions "  # noqa: S608 constants
        f"WHERE ParentId IN ({marks}) GROUP BY Field",
        set_ids,
    )
    readable = (part for name, reads, _ in fields if reads for part in _COMPOUND.get(name, (name,)))
    editable = (part for name, _, edits in fields if edits for part in _COMPOUND.get(name, (name,)))
    return Permissions(objects, frozenset(readable), frozenset(editable))


def _add_profile_set(store: Store, profile: Mapping[str, Any], *, stamp: str) -> None:
    everything = profile["Name"] == ADMINISTRATOR
    row = {
        "Name": "X" + str(profile["Id"]),
        "Label": profile["Name"],
        "IsOwnedByProfile": 1,
        "ProfileId": profile["Id"],
        "PermissionsApiEnabled": 1,
        "PermissionsViewAllData": int(everything),
        "PermissionsModifyAllData": int(everything),
    }
    add_row(store, store.schema.get("PermissionSet"), row, stamp=stamp)


def _open_everything(store: Store, set_id: str) -> None:
    known = {row[0] for row in store.select("SELECT name FROM \"counter~\" WHERE name LIKE 'open:%'")}
    for sobject in store.schema:
        if not sobject.is_governed:
            continue
        if f"open:{sobject.name}" not in known:
            store.next_number(f"open:{sobject.name}")
            grant(store, set_id, objects={sobject.name: ACTIONS[:4]}, fields={})
        names = [
            f"{sobject.name}.{field.name}"
            for field in sobject.fields.values()
            if sobject.is_permissionable(field) and f"open:{sobject.name}.{field.name}" not in known
        ]
        for name in names:
            store.next_number(f"open:{name}")
        grant(store, set_id, objects={}, fields=dict.fromkeys(names, True))
