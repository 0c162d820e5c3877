"""The REST API: rows with their children, all or none."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from flask import Blueprint, Response, g

from sandbox.salesforce.data_api import row_body
from sandbox.salesforce.discovery_api import known_object
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.exchange import answer, body_object, viewer
from sandbox.salesforce.local_org import Org
from sandbox.salesforce.row_locks import refuse_locked, rows_to_lock
from sandbox.salesforce.schema import Field, SObject

_MOST_ROWS, _DEEPEST, _MOST_KINDS = 200, 5, 5


class _FailedError(Exception):
    """One row was refused, so none is kept."""

    def __init__(self, reference: str, error: ApiError) -> None:
        super().__init__(reference)
        self.reference = reference
        self.error = error


@dataclass(frozen=True)
class _Node:
    reference: str
    sobject: SObject
    values: dict[str, Any]
    parent: str
    parent_field: Field | None


def add_tree_routes(door: Blueprint, org: Org) -> None:
    """Add /composite/tree."""

    @door.post("/composite/tree/<name>", strict_slashes=False)
    def tree(name: str) -> Response:
        sobject = known_object(org, name)
        body = body_object()
        if body.keys() != {"records"} or not isinstance(body["records"], list):
            raise ApiError("JSON_PARSER_ERROR", "the body holds a list named records")
        nodes = list(_nodes(org, sobject, body["records"], parent="", field=None, depth=1))
        _check(nodes)
        g.rows = len(nodes)
        try:
            ids = _write(org, nodes)
        except _FailedError as failed:
            result = {"referenceId": failed.reference, "errors": [failed.error.in_row()]}
            return answer({"hasErrors": True, "results": [result]}, 400)
        results = [{"referenceId": node.reference, "id": ids[node.reference]} for node in nodes]
        return answer({"hasErrors": False, "results": results}, 201)


def _write(org: Org, nodes: list[_Node]) -> dict[str, str]:
    ids: dict[str, str] = {}
    locked = chain.from_iterable(rows_to_lock(org.store, node.sobject, node.values) for node in nodes)
    with org.locks.held(locked, alone=org.store.is_mine) as missed, org.writing(viewer()) as writer:
        refuse_locked(missed)
        for node in nodes:
            values = dict(node.values)
            if node.parent_field is not None:
                values[node.parent_field.name] = ids[node.parent]
            try:
                ids[node.reference] = writer.create(node.sobject, values)
            except ApiError as error:
                raise _FailedError(node.reference, error) from error
    return ids


def _nodes(
    org: Org, sobject: SObject, rows: list[Any], *, parent: str, field: Field | None, depth: int
) -> Iterator[_Node]:
    if depth > _DEEPEST:
        raise ApiError("INVALID_INPUT", f"a tree is at most {_DEEPEST} levels deep")
    children = {
        child.relationship.lower(): child for child in org.schema.children(sobject) if child.relationship
    }
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row.get("attributes"), dict):
            raise ApiError("JSON_PARSER_ERROR", "each record is an object with attributes")
        reference = row["attributes"].get("referenceId")
        if not isinstance(reference, str) or not reference:
            raise ApiError("INVALID_INPUT", "Include a reference ID for each record in the request.")
        values = row_body(sobject, row)
        below = {name: values.pop(name) for name in list(values) if name.lower() in children}
        yield _Node(reference, sobject, values, parent, field)
        for name, held in below.items():
            if (
                not isinstance(held, dict)
                or held.keys() != {"records"}
                or not isinstance(held["records"], list)
            ):
                raise ApiError("JSON_PARSER_ERROR", f"{name} holds a list named records")
            child = children[name.lower()]
            yield from _nodes(
                org, child.sobject, held["records"], parent=reference, field=child.field, depth=depth + 1
            )


def _check(nodes: list[_Node]) -> None:
    if not 0 < len(nodes) <= _MOST_ROWS:
        raise ApiError("INVALID_INPUT", f"a tree has from 1 to {_MOST_ROWS} records")
    if len({node.reference for node in nodes}) < len(nodes):
        raise ApiError("INVALID_INPUT", "Duplicate ReferenceId provided in the request.")
    if len({node.sobject.name for node in nodes}) > _MOST_KINDS:
        raise ApiError("INVALID_INPUT", f"a tree has at most {_MOST_KINDS} kinds of records")
