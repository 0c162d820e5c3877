"""Describe objects and fields the way the API does."""

from typing import Any

from sandbox.salesforce.ids import make_id
from sandbox.salesforce.schema import Field, Schema, SObject
from sandbox.salesforce.sharing import Viewer

_NOT_GROUPABLE = frozenset({"textarea", "double", "currency", "percent", "datetime", "multipicklist"})


def brief(sobject: SObject, viewer: Viewer, *, version: str) -> dict[str, Any]:
    """Return what the list of all objects says about one."""
    writable = sobject.writable and (viewer.sees_all or sobject.sharing != "administered")
    removable = (sobject.has_recycle_bin or sobject.erasable) and "Delete" not in sobject.refuses
    addable = writable and "Create" not in sobject.refuses
    return {
        "name": sobject.name,
        "label": sobject.label,
        "labelPlural": sobject.plural,
        "keyPrefix": sobject.prefix or None,
        "custom": sobject.custom,
        "createable": addable and viewer.may("Create", sobject),
        "updateable": writable and viewer.may("Edit", sobject),
        "deletable": writable and removable and viewer.may("Delete", sobject),
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
        "fields": [
            _field(field, sobject, viewer)
            for field in sobject.fields.values()
            if viewer.reads(sobject, field)
        ],
        "childRelationships": [
            {
                "childSObject": child.sobject.name,
                "field": child.field.name,
                "relationshipName": child.relationship or None,
                "cascadeDelete": child.field.cascade,
                "restrictedDelete": child.field.delete_constraint == "Restrict",
                "deprecatedAndHidden": False,
            }
            for child in schema.children(sobject)
            if viewer.may("Read", child.sobject) and viewer.reads(child.sobject, child.field)
        ],
        "recordTypeInfos": [],
    }


def layouts(sobject: SObject, viewer: Viewer, *, version: str) -> dict[str, Any]:
    """Return one page layout that shows every field; the org keeps no others."""
    seen = [field for field in sobject.fields.values() if viewer.reads(sobject, field) and field.type != "id"]
    rows = [{"numItems": 1, "layoutItems": [_layout_item(field, sobject, viewer)]} for field in seen]
    section = {"heading": "Information", "columns": 1, "rows": len(rows), "layoutRows": rows}
    section |= {"useCollapsibleSection": False, "useHeading": True, "tabOrder": "leftToRight"}
    layout_id = make_id("00h", sum(map(ord, sobject.name)))
    layout = {"id": layout_id, "detailLayoutSections": [section], "editLayoutSections": [section]}
    mapping = {
        "available": True,
        "defaultRecordTypeMapping": True,
        "layoutId": layout_id,
        "master": True,
        "name": "Master",
        "recordTypeId": "012000000000000AAA",
        "urls": {
            "layout": f"/services/data/{version}/sobjects/{sobject.name}/describe/layouts/012000000000000AAA"
        },
    }
    return {
        "layouts": [{**layout, "relatedLists": []}],
        "recordTypeMappings": [mapping],
        "recordTypeSelectorRequired": [False],
    }


def _layout_item(field: Field, sobject: SObject, viewer: Viewer) -> dict[str, Any]:
    editable = sobject.writable and field.updateable and viewer.edits(sobject, field)
    return {
        "label": field.label,
        "required": field.required,
        "editableForNew": editable,
        "editableForUpdate": editable,
        "placeholder": False,
        "layoutComponents": [{"type": "Field", "value": field.name, "displayLines": 1, "tabOrder": 1}],
    }


def _field(field: Field, sobject: SObject, viewer: Viewer) -> dict[str, Any]:
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
        "createable": sobject.writable and field.createable and viewer.edits(sobject, field),
        "updateable": sobject.writable and field.updateable and viewer.edits(sobject, field),
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
        "permissionable": sobject.is_permissionable(field),
        "restrictedPicklist": field.restricted,
        "picklistValues": [
            {"value": value, "label": value, "active": True, "defaultValue": False, "validFor": None}
            for value in field.picklist
        ],
        "referenceTo": list(field.reference_to),
        "relationshipName": field.relationship or None,
        "cascadeDelete": field.cascade,
        "restrictedDelete": field.delete_constraint == "Restrict",
        "writeRequiresMasterRead": field.read_access_suffices,
    }
