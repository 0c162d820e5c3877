"""Turn rows of a compiled query into the records the API answers with."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.salesforce.schema import Field
from sandbox.salesforce.values import shown_value

Record = dict[str, Any]


@dataclass(frozen=True)
class ParentColumn:
    """Holds the id of the record itself (no steps) or of a parent; a parent without id is null as a whole."""

    steps: tuple[str, ...]
    type: str


@dataclass(frozen=True)
class FieldColumn:
    """Holds a field of the record or of a parent."""

    path: tuple[str, ...]
    field: Field


@dataclass(frozen=True)
class ChildColumn:
    """Holds the rows of a subquery as JSON."""

    relationship: str
    shape: "Shape"


@dataclass(frozen=True)
class AggregateColumn:
    """Holds a group or an aggregate, whose function is given as it was written."""

    name: str
    field: Field
    function: str = ""


Column = ParentColumn | FieldColumn | ChildColumn | AggregateColumn


@dataclass(frozen=True)
class Shape:
    """What the columns of a row mean."""

    type: str
    columns: tuple[Column, ...]

    def record(self, row: Sequence[Any], *, version: str) -> Record:
        """Return a row as a record with `attributes`."""
        record: Record = {"attributes": {"type": self.type}}
        for column, value in zip(self.columns, row, strict=True):
            match column:
                case ParentColumn(steps, kind):
                    _add_record(record, steps, kind, value, version=version)
                case FieldColumn(path, field):
                    holder = _holder(record, path[:-1])
                    if holder is not None:
                        holder[path[-1]] = _shown(field, value, version=version)
                case ChildColumn(relationship, shape):
                    record[relationship] = _children(shape, value, version=version)
                case AggregateColumn(name, field, _):
                    record[name] = shown_value(field, value)
        return record


def attributes(kind: str, record_id: str, *, version: str) -> dict[str, str]:
    """Return the element that says what a record is and where."""
    return {"type": kind, "url": f"/services/data/{version}/sobjects/{kind}/{record_id}"}


def _shown(field: Field, value: Any, *, version: str) -> object:
    """Return a value as JSON shows it; a file is shown as the address that gives its bytes."""
    if field.type == "base64" and value is not None:
        return f"/services/data/{version}/sobjects/ContentVersion/{value}/{field.name}"
    return shown_value(field, value)


def _add_record(
    record: Record, steps: tuple[str, ...], kind: str, record_id: str | None, *, version: str
) -> None:
    if not steps:
        record["attributes"] = attributes(kind, str(record_id), version=version)
        return
    holder = _holder(record, steps[:-1])
    if holder is not None:
        named = {"attributes": attributes(kind, record_id, version=version)} if record_id else None
        holder[steps[-1]] = named


def _holder(record: Record, steps: tuple[str, ...]) -> Record | None:
    holder: Record | None = record
    for step in steps:
        holder = holder[step] if holder is not None else None
    return holder


def _children(shape: Shape, packed: str, *, version: str) -> Record | None:
    rows = json.loads(packed)
    if not rows:
        return None
    records = [shape.record(row, version=version) for row in rows]
    return {"totalSize": len(records), "done": True, "records": records}
