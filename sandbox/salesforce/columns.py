"""Say what the columns of a query are, for `?columns=true`."""

from typing import Any

from sandbox.salesforce.schema import Field, Schema
from sandbox.salesforce.soql_ast import Query
from sandbox.salesforce.soql_shape import AggregateColumn, ChildColumn, FieldColumn, Shape

_APEX_TYPES = {
    "boolean": "Boolean",
    "currency": "Decimal",
    "date": "Date",
    "datetime": "Datetime",
    "double": "Decimal",
    "id": "Id",
    "int": "Integer",
    "percent": "Decimal",
    "reference": "Id",
}


def column_metadata(query: Query, shape: Shape, schema: Schema) -> dict[str, Any]:
    """Return the answer for a query whose rows have that shape."""
    source = schema.get(query.source)
    columns = _columns(shape)
    return {
        "columnMetadata": columns,
        "entityName": source.name,
        "groupBy": bool(query.group_by),
        "idSelected": any(column["columnName"] == "Id" for column in columns),
        "keyPrefix": source.prefix or None,
    }


def _columns(shape: Shape) -> list[dict[str, Any]]:
    top: list[dict[str, Any]] = []
    for column in shape.columns:
        match column:
            case FieldColumn(path, field):
                _place(top, path, field)
            case ChildColumn(relationship, inner):
                top.append({**_column(relationship, None, aggregate=True), "joinColumns": _columns(inner)})
            case AggregateColumn(name, field, function):
                shown = _shown(function) if function else name
                top.append({**_column(name, field, aggregate=bool(function)), "displayName": shown})
    return top


def _shown(function: str) -> str:
    # As recorded from the platform: avg(Amount), however it was written.
    name, parenthesis, rest = function.partition("(")
    return name.lower() + parenthesis + rest


def _place(columns: list[dict[str, Any]], path: tuple[str, ...], field: Field) -> None:
    if len(path) == 1:
        columns.append(_column(path[0], field))
        return
    parent = next((each for each in columns if each["columnName"] == path[0] and each["joinColumns"]), None)
    if parent is None:
        parent = _column(path[0], None)
        columns.append(parent)
    _place(parent["joinColumns"], path[1:], field)


def _column(name: str, field: Field | None, *, aggregate: bool = False) -> dict[str, Any]:
    return {
        "aggregate": aggregate,
        "apexType": _APEX_TYPES.get(field.type, "String") if field and not aggregate else None,
        "booleanType": field is not None and field.type == "boolean",
        "columnName": name,
        "custom": name.endswith(("__c", "__r")),
        "displayName": name,
        "foreignKeyName": None,
        "insertable": field is not None and field.createable and not aggregate,
        "joinColumns": [],
        "numberType": field is not None and field.is_number,
        "textType": field is not None and field.is_text,
        "updatable": field is not None and field.updateable and not aggregate,
    }
