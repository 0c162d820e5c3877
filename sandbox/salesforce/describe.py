"""Describe objects and fields the way the API does."""

from typing import Any

from sandbox.salesforce.schema import Field, Schema, SObject
from sandbox.salesforce.sharing import Viewer

_NOT_GROUPABLE = frozenset({"textarea", "double", "currency", "percent", "datetime", "multipicklist"})


def brief(sobject: SObject, viewer: Viewer, *, version: str) -> dict[str, Any]:
    """Return what the list of all objects says about one."""
    writable = sobject.writable and (viewer.sees_all or sobject.sharing != "administered")
    return {
        "name": sobject.name,
        "label": sobject.label,
        "labelPlural": sobject.plural,
        "keyPrefix": sobject.prefix or None,
        "custom": sobject.custom,
        "createable": writable,
        "updateable": writable,
        "deletable": writable and sobject.has_recycle_bin,
        "queryable": True,
        "retrieveable": bool(sobject.prefix),
        "replicateable": sobject.has_recycle_bin,
        "searchable": False,
        "layoutable": True,
        "urls": {
            "sobject": f"/services/data/{version}/sobjects/{sobject.name}",
            "describe": f"/services/data/{version}/sobjects/{sobject.name}/describe",
            "rowTemplate": f"/services/data/{version}/sobjects/{sobject.name}/{{ID}}",
        },
    }


def whole(sobject: SObject, schema: Schema, viewer: Viewer, *, version: str) -> dict[str, Any]:
    """Return the full description of an object."""
    return {
        **brief(sobject, viewer, version=version),
        "fields": [_field(field, sobject) for field in sobject.fields.values()],
        "childRelationships": [
            {
                "childSObject": child.sobject.name,
                "field": child.field.name,
                "relationshipName": child.relationship or None,
                "cascadeDelete": child.field.cascade,
                "deprecatedAndHidden": False,
            }
            for child in schema.children(sobject)
        ],
        "recordTypeInfos": [],
    }


def _field(field: Field, sobject: SObject) -> dict[str, Any]:
    system = field.type == "id"
    return {
        "name": field.name,
        "label": field.label,
        "type": field.type,
        "length": 18 if field.type in ("id", "reference") else field.length,
        "byteLength": (18 if field.type in ("id", "reference") else field.length) * 3,
        "precision": field.precision if field.type != "int" else 0,
        "scale": field.scale,
        "digits": field.precision if field.type == "int" else 0,
        "custom": field.name.endswith("__c"),
        "nillable": not (
            field.required or system or field.type == "boolean" or field.default_to_session_user
        ),
        "createable": sobject.writable and field.createable,
        "updateable": sobject.writable and field.updateable,
        "defaultedOnCreate": field.type == "boolean"
        or field.default_to_session_user
        or bool(field.auto_number),
        "defaultValue": field.default,
        "calculated": False,
        "autoNumber": bool(field.auto_number),
        "nameField": field.name == sobject.name_field,
        "unique": field.unique,
        "caseSensitive": field.case_sensitive,
        "externalId": field.external_id,
        "idLookup": field.id_lookup,
        "filterable": field.filterable,
        "sortable": field.filterable,
        "groupable": field.filterable and field.type not in _NOT_GROUPABLE,
        "aggregatable": field.filterable,
        "permissionable": not (system or field.required),
        "restrictedPicklist": field.restricted,
        "picklistValues": [
            {"value": value, "label": value, "active": True, "defaultValue": False, "validFor": None}
            for value in field.picklist
        ],
        "referenceTo": list(field.reference_to),
        "relationshipName": field.relationship or None,
        "cascadeDelete": field.cascade,
        "writeRequiresMasterRead": field.read_access_suffices,
    }
