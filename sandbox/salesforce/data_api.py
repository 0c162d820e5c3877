"""The REST API: discovery, descriptions and single rows."""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, g, request

from sandbox.salesforce.clock import as_text
from sandbox.salesforce.discovery_api import add_discovery_routes, known_object
from sandbox.salesforce.errors import ApiError, not_found
from sandbox.salesforce.exchange import (
    VERSIONS,
    answer,
    bearer_token,
    body_object,
    body_with_file,
    empty,
    is_part,
    only_parameters,
    version,
    viewer,
)
from sandbox.salesforce.files import content_of
from sandbox.salesforce.ids import MalformedIdError, normal_id
from sandbox.salesforce.local_org import Org
from sandbox.salesforce.query_api import add_query_routes, record_of
from sandbox.salesforce.row_locks import refuse_locked, rows_to_lock
from sandbox.salesforce.schema import Field, SObject
from sandbox.salesforce.sharing import Binder, condition
from sandbox.salesforce.store import quoted
from sandbox.salesforce.values import kept_value
from sandbox.salesforce.writer import AmbiguousKeyError

_PARAMETERS = {
    "read": ("fields",),
    "read_by_key": ("fields",),
    "updated": ("start", "end"),
    "deleted": ("start", "end"),
    "query": ("q", "columns"),
    "query_results": ("locator", "maxRecords"),
    "all_ingest_jobs": ("isPkChunkingEnabled", "jobType", "queryLocator"),
    "all_query_jobs": ("isPkChunkingEnabled", "jobType", "queryLocator"),
    "recent": ("limit",),
    "retrieve_rows": ("ids", "fields"),
    "query_all": ("q", "columns"),
    "tooling_query": ("q", "columns"),
    "delete_rows": ("ids", "allOrNone"),
}
_LONGEST_WINDOW = timedelta(days=30)


def data_door(org: Org) -> Blueprint:
    """Return the routes under /services/data/vXX.X."""
    door = Blueprint("data", __name__, url_prefix="/services/data/v<number>")

    @door.url_value_preprocessor
    def take_version(_: str | None, values: dict[str, Any] | None) -> None:
        g.version = f"v{(values or {}).pop('number', '')}"

    @door.before_request
    def admit() -> None:
        if version()[1:] not in VERSIONS:
            raise not_found()
        g.viewer = org.viewer(bearer_token())
        if not is_part():
            g.usage = org.usage.count(org.clock.now().date().isoformat())
        only_parameters(*_PARAMETERS.get((request.endpoint or "").removeprefix("data."), ()))

    add_discovery_routes(door, org)
    _add_windows(door, org)
    _add_rows(door, org)
    add_query_routes(door, org)
    return door


def key_field(sobject: SObject, name: str) -> Field:
    """Return the field a path names as key of an upsert."""
    field = sobject.field(name)
    if field is None or not field.id_lookup or not viewer().reads(sobject, field):
        raise ApiError("NOT_FOUND", "Provided external ID field does not exist or is not accessible: " + name)
    return field


def row_body(sobject: SObject, body: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a row without its `attributes`, which must agree with the object."""
    values = dict(body)
    named = values.pop("attributes", None)
    if named is not None and (not isinstance(named, dict) or named.get("type") not in (None, sobject.name)):
        raise ApiError("INVALID_TYPE", f"attributes do not name {sobject.name}")
    return values


@contextmanager
def locking(
    org: Org, sobject: SObject, values: Mapping[str, Any], record_ids: Iterable[str] = ()
) -> Iterator[None]:
    """Hold the rows one write needs; raise UNABLE_TO_LOCK_ROW when others keep them."""
    wanted = rows_to_lock(org.store, sobject, values, record_ids)
    with org.locks.held(wanted, alone=org.store.is_mine) as missed:
        refuse_locked(missed)
        time.sleep(org.faults.seconds_in_write(request.path, request.method))
        yield


def refuse_locked_row(org: Org, record_id: str) -> None:
    """Raise UNABLE_TO_LOCK_ROW when such a fault is due."""
    if org.faults.meets_row_lock(request.path, request.method):
        message = f"unable to obtain exclusive access to this record or 1 records: {record_id}"
        raise ApiError("UNABLE_TO_LOCK_ROW", message)


def _add_rows(door: Blueprint, org: Org) -> None:
    @door.post("/sobjects/<name>", strict_slashes=False)
    def create(name: str) -> Response:
        sobject = known_object(org, name)
        file = next((field.name for field in sobject.fields.values() if field.type == "base64"), "")
        values = row_body(sobject, body_with_file(file) if file else body_object())
        refuse_locked_row(org, sobject.name)
        with locking(org, sobject, values), org.writing(viewer()) as writer:
            record_id = writer.create(sobject, values)
        created = answer({"id": record_id, "success": True, "errors": []}, 201)
        created.headers["Location"] = f"/services/data/{version()}/sobjects/{sobject.name}/{record_id}"
        return created

    @door.get("/sobjects/<name>/<record_id>", strict_slashes=False)
    def read(name: str, record_id: str) -> Response:
        sobject = known_object(org, name)
        return answer(record_of(org, sobject, _whole_id(record_id), _fields_asked(sobject)))

    @door.patch("/sobjects/<name>/<record_id>", strict_slashes=False)
    def update(name: str, record_id: str) -> Response:
        sobject = known_object(org, name)
        values = row_body(sobject, body_object())
        refuse_locked_row(org, record_id)
        with locking(org, sobject, values, [record_id]), org.writing(viewer()) as writer:
            writer.update(sobject, record_id, values)
        return empty()

    @door.delete("/sobjects/<name>/<record_id>", strict_slashes=False)
    def delete(name: str, record_id: str) -> Response:
        sobject = known_object(org, name)
        refuse_locked_row(org, record_id)
        with locking(org, sobject, {}, [record_id]), org.writing(viewer()) as writer:
            writer.delete(sobject, record_id)
        return empty()

    @door.get("/sobjects/ContentVersion/<record_id>/VersionData", strict_slashes=False)
    def read_content(record_id: str) -> Response:
        version_id = _whole_id(record_id)
        record_of(org, org.schema.get("ContentVersion"), version_id, ["Id"])
        return Response(content_of(org.store, version_id), content_type="application/octetstream")

    @door.get("/sobjects/<name>/<key>/<path:value>", strict_slashes=False)
    def read_by_key(name: str, key: str, value: str) -> Response:
        sobject = known_object(org, name)
        field = key_field(sobject, key)
        found = [row["Id"] for row in org.store.find_all(sobject, field, kept_value(field, value))]
        if len(found) > 1:
            return _choices(sobject, found)
        if not found:
            raise not_found()
        return answer(record_of(org, sobject, found[0], _fields_asked(sobject)))

    @door.patch("/sobjects/<name>/<key>/<path:value>", strict_slashes=False)
    def upsert(name: str, key: str, value: str) -> Response:
        sobject = known_object(org, name)
        field = key_field(sobject, key)
        values = row_body(sobject, body_object())
        if field.name.lower() in map(str.lower, values):
            message = f"The {field.name} field should not be specified in the sobject data."
            raise ApiError("INVALID_FIELD", message)
        refuse_locked_row(org, value)
        found = [row["Id"] for row in org.store.find_all(sobject, field, kept_value(field, value))]
        try:
            with locking(org, sobject, values, found), org.writing(viewer()) as writer:
                record_id, created = writer.upsert(sobject, field, value, values)
        except AmbiguousKeyError as ambiguous:
            return _choices(sobject, ambiguous.record_ids)
        payload = {"id": record_id, "success": True, "errors": [], "created": created}
        return answer(payload, 201 if created else 200)


def _add_windows(door: Blueprint, org: Org) -> None:
    @door.get("/sobjects/<name>/updated", strict_slashes=False)
    def updated(name: str) -> Response:
        sobject = known_object(org, name)
        start, end = _window(org, sobject)
        rows = _changed(org, sobject, start, end, deleted=False)
        return answer({"ids": [row[0] for row in rows], "latestDateCovered": end})

    @door.get("/sobjects/<name>/deleted", strict_slashes=False)
    def deleted(name: str) -> Response:
        sobject = known_object(org, name)
        start, end = _window(org, sobject)
        rows = _changed(org, sobject, start, end, deleted=True)
        return answer(
            {
                "deletedRecords": [{"id": row[0], "deletedDate": row[1]} for row in rows],
                "earliestDateAvailable": as_text(org.clock.now() - _LONGEST_WINDOW),
                "latestDateCovered": end,
            }
        )


def _window(org: Org, sobject: SObject) -> tuple[str, str]:
    if not sobject.has_recycle_bin:
        raise ApiError("INVALID_TYPE_FOR_OPERATION", f"entity {sobject.name} is not replicateable")
    try:
        start, end = (datetime.fromisoformat(request.args[name]) for name in ("start", "end"))
        now = org.clock.now()
        # The platform cuts seconds off, so that clients that count on them miss rows here too.
        start, end = (moment.replace(second=0, microsecond=0) for moment in (start, min(end, now)))
        too_old = now - start > _LONGEST_WINDOW
    except (KeyError, TypeError, ValueError) as cause:
        raise ApiError("INVALID_REPLICATION_DATE", "start and end are moments with an offset") from cause
    if too_old or start >= end:
        raise ApiError("INVALID_REPLICATION_DATE", "start is within 30 days and a minute or more before end")
    return as_text(start), as_text(end)


def _changed(org: Org, sobject: SObject, start: str, end: str, *, deleted: bool) -> Iterable[tuple[Any, ...]]:
    binder = Binder()
    visible = condition(org.schema, sobject, "one", viewer(), binder)
    between = f"one.SystemModstamp >= {binder.bind(start)} AND one.SystemModstamp < {binder.bind(end)}"
    sql = (
        f"SELECT one.Id, one.SystemModstamp FROM {quoted(sobject.name)} AS one "  # noqa: S608 names come from the schema
        f"WHERE {between} AND one.IsDeleted = {int(deleted)} AND {visible} "
        "ORDER BY one.SystemModstamp, one.seq"
    )
    return org.store.select(sql, binder.values)


def _choices(sobject: SObject, record_ids: list[str]) -> Response:
    return answer([f"/services/data/{version()}/sobjects/{sobject.name}/{each}" for each in record_ids], 300)


def _fields_asked(sobject: SObject) -> list[str]:
    asked = request.args.get("fields")
    if asked is None:
        return [field.name for field in sobject.fields.values() if viewer().reads(sobject, field)]
    names = [name.strip() for name in asked.split(",")]
    for name in names:
        field = sobject.field(name)
        if field is None or not viewer().reads(sobject, field):
            raise ApiError("INVALID_FIELD", f"No such column '{name}' on sobject of type {sobject.name}")
    return list(dict.fromkeys(names))


def _whole_id(record_id: str) -> str:
    try:
        return normal_id(record_id)
    except MalformedIdError:
        raise ApiError(
            "NOT_FOUND", f"Provided external ID field does not exist or is not accessible: {record_id}"
        ) from None
