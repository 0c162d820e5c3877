"""Write the rows of an ingest job, each by itself, and say what came of each."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sandbox.salesforce.bulk.jobs import Job
from sandbox.salesforce.bulk.table import NULL, BadTableError, Table, read_table, write_table
from sandbox.salesforce.data_api import refuse_locked_row
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.local_org import Org
from sandbox.salesforce.row_locks import refuse_locked, rows_to_lock
from sandbox.salesforce.schema import Field, SObject
from sandbox.salesforce.sharing import Viewer
from sandbox.salesforce.values import kept_value
from sandbox.salesforce.writer import AmbiguousKeyError, Writer

_CHUNK = 200
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}

_Values = dict[str, Any]


@dataclass(frozen=True)
class _Column:
    name: str
    field: Field
    """The field, or the key of the parent that the column names a row by."""
    relationship: str = ""


def process(org: Org, job: Job, viewer: Viewer) -> None:
    """Write all rows of a job and keep its tables of results."""
    form = {"delimiter": job.facts["columnDelimiter"], "line_ending": job.facts["lineEnding"]}
    sobject = org.schema.get(job.facts["object"])
    succeeded: list[Sequence[str]] = []
    refused: list[Sequence[str]] = []
    unprocessed: Sequence[Sequence[str]] = ()
    header: tuple[str, ...] = ()
    try:
        table = read_table(job.data, **form)
        header = table.header
        unprocessed = table.rows
        columns = _columns(org, job, sobject, viewer, table)
        for row, record_id, created, error in _written(org, job, sobject, viewer, columns, table.rows):
            if error is None:
                succeeded.append((record_id, str(created).lower(), *row))
            else:
                refused.append((record_id, _in_cell(error), *row))
        unprocessed = ()
        job.state = "JobComplete"
    except BadTableError as bad:
        job.state, job.error = "Failed", str(bad)
    job.processed, job.failed = len(succeeded) + len(refused), len(refused)
    job.results = {
        "successfulResults": write_table(("sf__Id", "sf__Created", *header), succeeded, **form),
        "failedResults": write_table(("sf__Id", "sf__Error", *header), refused, **form),
        "unprocessedrecords": write_table(header, unprocessed, **form),
    }


def abort(job: Job) -> None:
    """Leave the rows of a job unprocessed."""
    form = {"delimiter": job.facts["columnDelimiter"], "line_ending": job.facts["lineEnding"]}
    job.state = "Aborted"
    try:
        table = read_table(job.data, **form)
    except BadTableError:
        table = Table((), ())
    job.results = {
        "successfulResults": write_table(("sf__Id", "sf__Created", *table.header), (), **form),
        "failedResults": write_table(("sf__Id", "sf__Error", *table.header), (), **form),
        "unprocessedrecords": write_table(table.header, table.rows, **form),
    }


def _columns(org: Org, job: Job, sobject: SObject, viewer: Viewer, table: Table) -> list[_Column]:
    columns = [_column(org, sobject, viewer, name) for name in table.header]
    names = [column.name.lower() for column in columns]
    if len(set(names)) < len(names):
        raise BadTableError("InvalidBatch : a field stands twice in the header row")
    needed = {"update": "id", "delete": "id", "upsert": str(job.facts.get("externalIdFieldName", "")).lower()}
    key = needed.get(job.facts["operation"])
    if key is not None and key not in names:
        raise BadTableError(f"InvalidBatch : Field name not found : {key}")
    if job.facts["operation"] == "delete" and names != ["id"]:
        raise BadTableError("InvalidBatch : a delete job has the field Id and no other")
    return columns


def _column(org: Org, sobject: SObject, viewer: Viewer, name: str) -> _Column:
    relationship, dot, key = name.partition(".")
    field = sobject.field(name)
    if dot:
        parent = sobject.parent_field(relationship)
        target = org.schema.get(parent.reference_to[0]) if parent is not None else None
        field = target.field(key) if target is not None else None
        if field is not None and field.id_lookup and parent is not None and viewer.reads(sobject, parent):
            return _Column(name, field, relationship)
    elif field is not None and viewer.reads(sobject, field):
        return _Column(name, field)
    raise BadTableError(f"InvalidBatch : Field name not found : {name}")


def _written(
    org: Org,
    job: Job,
    sobject: SObject,
    viewer: Viewer,
    columns: list[_Column],
    rows: Sequence[tuple[str, ...]],
) -> Iterator[tuple[tuple[str, ...], str, bool, ApiError | None]]:
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        values: list[_Values | ApiError] = [_row_values(columns, row) for row in chunk]
        locks = [_locks(org, job, sobject, each) for each in values]
        with org.locks.held(chain.from_iterable(locks)) as missed, org.writing(viewer) as writer:
            for row, each, locked in zip(chunk, values, locks, strict=True):
                try:
                    if isinstance(each, ApiError):
                        raise each
                    refuse_locked(missed.intersection(locked))
                    with org.store.savepoint():
                        record_id, created = _write(org, job, sobject, writer, each)
                    yield row, record_id, created, None
                except ApiError as error:
                    given = _value_of(each, "id") if isinstance(each, dict) else None
                    yield row, str(given or ""), False, error


def _write(org: Org, job: Job, sobject: SObject, writer: Writer, values: _Values) -> tuple[str, bool]:
    refuse_locked_row(org, sobject.name)
    match job.facts["operation"]:
        case "insert":
            return writer.create(sobject, values), True
        case "upsert":
            return _upserted(job, sobject, writer, values)
        case "update":
            record_id = _take_id(values)
            writer.update(sobject, record_id, values)
            return record_id, False
        case _:
            record_id = _take_id(values)
            writer.delete(sobject, record_id)
            return record_id, False


def _upserted(job: Job, sobject: SObject, writer: Writer, values: _Values) -> tuple[str, bool]:
    key = sobject.fields[str(job.facts["externalIdFieldName"]).lower()]
    value = _value_of(values, key.name)
    rest = {name: each for name, each in values.items() if name.lower() != key.name.lower()}
    try:
        return writer.upsert(sobject, key, value, rest)
    except AmbiguousKeyError as ambiguous:
        raise ApiError("DUPLICATE_EXTERNAL_ID", f"{key.name}: {ambiguous}", (key.name,)) from ambiguous


def _take_id(values: _Values) -> str:
    name = next(name for name in values if name.lower() == "id")
    value = values.pop(name)
    if not value:
        raise ApiError("MISSING_ARGUMENT", "Id not specified in an update call")
    return str(value)


def _locks(org: Org, job: Job, sobject: SObject, values: _Values | ApiError) -> list[str]:
    if isinstance(values, ApiError):
        return []
    found: list[str] = []
    if job.facts["operation"] == "upsert":
        key = sobject.fields[str(job.facts["externalIdFieldName"]).lower()]
        value = _value_of(values, key.name)
        if value is not None:
            try:
                kept = kept_value(key, value)
            except ApiError:
                return []
            found = [row["Id"] for row in org.store.find_all(sobject, key, kept)]
    elif job.facts["operation"] in ("update", "delete"):
        found = [str(_value_of(values, "id"))]
    plain = {name: value for name, value in values.items() if not isinstance(value, dict)}
    return rows_to_lock(org.store, sobject, plain, found)


def _value_of(values: _Values, name: str) -> Any:
    return next((value for each, value in values.items() if each.lower() == name.lower()), None)


def _row_values(columns: list[_Column], row: tuple[str, ...]) -> _Values | ApiError:
    values: _Values = {}
    try:
        for column, text in zip(columns, row, strict=True):
            if text == "":
                continue  # An empty cell leaves the field as it is; `#N/A` empties it.
            value = None if text == NULL else _typed(column.field, text)
            if column.relationship:
                values[column.relationship] = {column.field.name: value}
            else:
                values[column.name] = value
    except ApiError as error:
        return error
    return values


def _typed(field: Field, text: str) -> object:
    if field.type == "boolean":
        if text.lower() in _BOOLEANS:
            return _BOOLEANS[text.lower()]
        raise _wrong_type(field, text)
    if field.is_number:
        if not _NUMBER.fullmatch(text):
            raise _wrong_type(field, text)
        return float(text)
    return text


def _wrong_type(field: Field, text: str) -> ApiError:
    message = f"{field.label}: value not of required type: {text}"
    return ApiError("INVALID_TYPE_ON_FIELD_IN_RECORD", message, (field.name,))


def _in_cell(error: ApiError) -> str:
    fields = f"{','.join(error.fields)} " if error.fields else ""
    return f"{error.code}:{error.message}:{fields}--"
