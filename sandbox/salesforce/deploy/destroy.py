"""Take components out of the org again, as destructiveChanges.xml asks."""

from collections.abc import Iterable
from dataclasses import replace

from sandbox.salesforce.components import forget
from sandbox.salesforce.deploy.package import Failure
from sandbox.salesforce.permissions import revoke_all
from sandbox.salesforce.schema import Schema
from sandbox.salesforce.sfdx import MetadataError, grown
from sandbox.salesforce.store import Store

Named = tuple[str, str]
"""The kind and the name of a component."""
PATH = "destructiveChanges.xml"


def shrunk(schema: Schema, destroyed: Iterable[Named]) -> tuple[Schema, list[Failure]]:
    """Return a schema without these objects and fields, and why some of them can't go."""
    sobjects = {sobject.name: sobject for sobject in schema}
    failures = []
    for kind, name in destroyed:
        owner, _, field = name.partition(".")
        if kind not in ("CustomObject", "CustomField") or owner not in sobjects:
            continue
        if not (field or owner).endswith(("__c", "__mdt")):
            failures.append(Failure(kind, name, PATH, f"{name} is part of the platform and can't be deleted"))
        elif field:
            fields = {key: each for key, each in sobjects[owner].fields.items() if each.name != field}
            sobjects[owner] = replace(sobjects[owner], fields=fields)
        else:
            del sobjects[owner]
    try:
        return grown(Schema(sobjects.values()), []), failures
    except MetadataError as error:
        return schema, [*failures, Failure("CustomObject", "", PATH, f"Cannot delete: {error}")]


def erase_rows(store: Store, kind: str, name: str) -> None:
    """Remove a component, an object with its rows; for use in a transaction, while the schema has it still."""
    sobject = store.schema.find(name) if kind == "CustomObject" else None
    if sobject is not None:
        for (record_id,) in store.select(f'SELECT Id FROM "{sobject.name}"'):  # noqa: S608 a name from the schema
            store.erase(sobject, record_id)
    if kind == "PermissionSet":
        _erase_permission_set(store, name)
    forget(store, kind, name)


def _erase_permission_set(store: Store, name: str) -> None:
    sets, assignments = store.schema.get("PermissionSet"), store.schema.get("PermissionSetAssignment")
    found = store.find(sets, sets.fields["name"], name)
    if found is not None:
        revoke_all(store, found["Id"])
        for row in store.find_all(assignments, assignments.fields["permissionsetid"], found["Id"]):
            store.erase(assignments, row["Id"])
        store.erase(sets, found["Id"])
