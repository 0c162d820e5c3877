"""The REST API: up to 200 rows in one call, each with its own result."""

import time
from collections import Counter
from collections.abc import Callable
from itertools import chain
from typing import Any

from flask import Blueprint, Response, g, request

from sandbox.salesforce.data_api import key_field, refuse_locked_row, row_body
from sandbox.salesforce.discovery_api import known_object
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.exchange import answer, body_object, flag, viewer
from sandbox.salesforce.ids import MalformedIdError, normal_id
from sandbox.salesforce.local_org import Org
from sandbox.salesforce.query_api import record_of
from sandbox.salesforce.row_locks import refuse_locked, rows_to_lock
from sandbox.salesforce.schema import Field, SObject
from sandbox.salesforce.soql_shape import Record
from sandbox.salesforce.values import kept_value
from sandbox.salesforce.writer import AmbiguousKeyError, Writer

_MOST_ROWS = 200
_MOST_RETRIEVED = 800

_Row = dict[str, Any]
_Write = Callable[[Writer, Any], _Row]
_Locked = Callable[[Any], list[str]]
"""The rows that one row of the call locks."""


class _RolledBackError(Exception):
    """Some row failed and the client wants all or none."""


def add_collection_routes(door: Blueprint, org: Org) -> None:
    """Add /composite/sobjects."""

    @door.post("/composite/sobjects", strict_slashes=False)
    def create_rows() -> Response:
        def write(writer: Writer, row: _Row) -> _Row:
            sobject = _object_of(org, row)
            refuse_locked_row(org, sobject.name)
            return {"id": writer.create(sobject, row_body(sobject, row)), "success": True, "errors": []}

        return _answer(org, *_posted(), write, lambda row: _locked_by(org, row, []))

    @door.patch("/composite/sobjects", strict_slashes=False)
    def update_rows() -> Response:
        def write(writer: Writer, row: _Row) -> _Row:
            sobject = _object_of(org, row)
            values = row_body(sobject, row)
            record_id = _take_id(values)
            refuse_locked_row(org, record_id)
            writer.update(sobject, record_id, values)
            return {"id": record_id, "success": True, "errors": []}

        def locked(row: _Row) -> list[str]:
            return _locked_by(org, row, [str(value) for name, value in row.items() if name.lower() == "id"])

        return _answer(org, *_posted(), write, locked)

    @door.delete("/composite/sobjects", strict_slashes=False)
    def delete_rows() -> Response:
        record_ids = [each for each in request.args.get("ids", "").split(",") if each]
        _check_size(record_ids)

        def write(writer: Writer, record_id: str) -> _Row:
            refuse_locked_row(org, record_id)
            sobject = org.schema.of_id(record_id)
            if sobject is None:
                raise ApiError("MALFORMED_ID", f"bad id {record_id}")
            writer.delete(sobject, record_id)
            return {"id": record_id, "success": True, "errors": []}

        def locked(record_id: str) -> list[str]:
            sobject = org.schema.of_id(record_id)
            return rows_to_lock(org.store, sobject, {}, [record_id]) if sobject else []

        return _answer(org, record_ids, flag(request.args, "allOrNone"), write, locked)

    @door.patch("/composite/sobjects/<name>/<key>", strict_slashes=False)
    def upsert_rows(name: str, key: str) -> Response:
        sobject = known_object(org, name)
        field = key_field(sobject, key)
        rows, all_or_none = _posted()
        repeated = _repeated_keys(field, rows)

        def write(writer: Writer, row: _Row) -> _Row:
            return _upserted(org, writer, sobject, field, row, repeated=repeated)

        def locked(row: _Row) -> list[str]:
            return _locked_by(org, row, _ids_of_key(org, sobject, field, row))

        return _answer(org, rows, all_or_none, write, locked, failed={"created": False})

    @door.get("/composite/sobjects/<name>", strict_slashes=False)
    def retrieve_rows(name: str) -> Response:
        ids, fields = (
            [each for each in request.args.get(part, "").split(",") if each] for part in ("ids", "fields")
        )
        return _retrieved(org, known_object(org, name), ids, fields)

    @door.post("/composite/sobjects/<name>", strict_slashes=False)
    def retrieve_many_rows(name: str) -> Response:
        body = body_object()
        if body.keys() != {"ids", "fields"} or not all(isinstance(each, list) for each in body.values()):
            raise ApiError("JSON_PARSER_ERROR", "the body holds lists named ids and fields")
        return _retrieved(org, known_object(org, name), list(map(str, body["ids"])), body["fields"])


def _retrieved(org: Org, sobject: SObject, record_ids: list[str], fields: list[str]) -> Response:
    if not fields or not record_ids or len(record_ids) > _MOST_RETRIEVED:
        raise ApiError("INVALID_INPUT", f"ask for fields of 1 to {_MOST_RETRIEVED} ids")
    for name in fields:
        if sobject.field(str(name)) is None:
            raise ApiError("INVALID_FIELD", f"No such column '{name}' on sobject of type {sobject.name}")
    found: list[Record | None] = []
    for record_id in record_ids:
        try:
            found.append(record_of(org, sobject, normal_id(record_id), list(dict.fromkeys(["Id", *fields]))))
        except MalformedIdError as malformed:
            raise ApiError("MALFORMED_ID", f"malformed id {malformed}") from malformed
        except ApiError as error:
            if error.code not in ("NOT_FOUND", "ENTITY_IS_DELETED"):
                raise
            found.append(None)
    g.rows = len(found)
    return answer(found)


def _upserted(
    org: Org, writer: Writer, sobject: SObject, field: Field, row: _Row, *, repeated: set[object]
) -> _Row:
    if _object_of(org, row) is not sobject:
        raise ApiError("INVALID_TYPE", f"attributes do not name {sobject.name}")
    values = row_body(sobject, row)
    key = _take_key(field, values)
    if _comparable(field, key) in repeated:
        raise ApiError("DUPLICATE_VALUE", f"Duplicate external id specified: {key}", (field.name,))
    if field.type != "id" and any(name.lower() == "id" for name in values):
        raise ApiError("INVALID_FIELD", "cannot specify Id in an upsert call", ("Id",))
    refuse_locked_row(org, str(key))
    try:
        record_id, created = writer.upsert(sobject, field, key, values)
    except AmbiguousKeyError as ambiguous:
        raise ApiError("DUPLICATE_EXTERNAL_ID", f"{field.name}: {ambiguous}", (field.name,)) from ambiguous
    return {"id": record_id, "success": True, "errors": [], "created": created}


def _answer(
    org: Org,
    rows: list[Any],
    all_or_none: bool,
    write: _Write,
    locked: _Locked,
    failed: _Row | None = None,
) -> Response:
    results: list[_Row] = []
    locks = [locked(row) for row in rows]
    with org.locks.held(chain.from_iterable(locks), alone=org.store.is_mine) as missed:
        time.sleep(org.faults.seconds_in_write(request.path, request.method))

        def write_unlocked(writer: Writer, place: int) -> _Row:
            refuse_locked(missed.intersection(locks[place]))
            return write(writer, rows[place])

        try:
            with org.writing(viewer()) as writer:
                results += [
                    _attempt(org, writer, place, write_unlocked, failed or {}) for place in range(len(rows))
                ]
                if all_or_none and not all(result["success"] for result in results):
                    raise _RolledBackError
        except _RolledBackError:
            results = [_taken_back(result, failed or {}) for result in results]
    g.rows = len(rows)
    return answer(results)


def _locked_by(org: Org, row: _Row, record_ids: list[str]) -> list[str]:
    named = row.get("attributes")
    kind = named.get("type") if isinstance(named, dict) else None
    sobject = org.schema.find(kind) if isinstance(kind, str) else None
    return rows_to_lock(org.store, sobject, row, record_ids) if sobject else []


def _ids_of_key(org: Org, sobject: SObject, field: Field, row: _Row) -> list[str]:
    key = next((value for name, value in row.items() if name.lower() == field.name.lower()), None)
    try:
        kept = kept_value(field, key)
    except ApiError:
        return []
    return [] if kept is None else [found["Id"] for found in org.store.find_all(sobject, field, kept)]


def _attempt(org: Org, writer: Writer, row: Any, write: _Write, failed: _Row) -> _Row:
    try:
        with org.store.savepoint():
            return write(writer, row)
    except ApiError as error:
        return {**failed, "success": False, "errors": [error.in_row()]}


def _taken_back(result: _Row, failed: _Row) -> _Row:
    if not result["success"]:
        return result
    error = ApiError(
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "Record rolled back because not all records were valid and the request was using AllOrNone header",
    )
    return {**failed, "success": False, "errors": [error.in_row()]}


def _posted() -> tuple[list[Any], bool]:
    body = body_object()
    unknown = sorted(body.keys() - {"allOrNone", "records"})
    if unknown:
        raise ApiError("JSON_PARSER_ERROR", f'Unrecognized field "{unknown[0]}"')
    rows = body.get("records")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ApiError("JSON_PARSER_ERROR", "records must be a list of objects")
    _check_size(rows)
    return rows, flag(body, "allOrNone")


def _check_size(rows: list[Any]) -> None:
    if len(rows) > _MOST_ROWS:
        message = f"record limit reached. cannot submit more than {_MOST_ROWS} records into this call"
        raise ApiError("EXCEEDED_ID_LIMIT", message)
    if not rows:
        raise ApiError("REQUIRED_FIELD_MISSING", "the call needs at least one record")


def _object_of(org: Org, row: _Row) -> SObject:
    named = row.get("attributes")
    kind = named.get("type") if isinstance(named, dict) else None
    sobject = org.schema.find(kind) if isinstance(kind, str) else None
    if sobject is None:
        raise ApiError("INVALID_TYPE", f"sObject type '{kind}' is not supported.")
    return sobject


def _take_id(values: _Row) -> str:
    name = next((name for name in values if name.lower() == "id"), None)
    if name is None:
        raise ApiError("MISSING_ARGUMENT", "Id not specified in an update call")
    try:
        return normal_id(str(values.pop(name)))
    except MalformedIdError as malformed:
        raise ApiError("MALFORMED_ID", f"malformed id {malformed}") from malformed


def _take_key(field: Field, values: _Row) -> object:
    name = next((name for name in values if name.lower() == field.name.lower()), None)
    key = None if name is None else values.pop(name)
    if key is None or key == "":
        raise ApiError("MISSING_ARGUMENT", f"{field.name} not specified", (field.name,))
    return key


def _repeated_keys(field: Field, rows: list[_Row]) -> set[object]:
    keys = [value for row in rows for name, value in row.items() if name.lower() == field.name.lower()]
    counted = Counter(_comparable(field, key) for key in keys)
    return {key for key, count in counted.items() if count > 1}


def _comparable(field: Field, key: object) -> object:
    try:
        kept = kept_value(field, key)
    except ApiError:
        return str(key)
    return kept.lower() if isinstance(kept, str) and not field.case_sensitive and field.type != "id" else kept
