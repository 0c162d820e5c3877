"""The REST API: queries and their further pages."""

import re
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, g, request

from sandbox.salesforce.access import access_records, is_about_access
from sandbox.salesforce.clock import as_text
from sandbox.salesforce.columns import column_metadata
from sandbox.salesforce.errors import ApiError, not_found
from sandbox.salesforce.exchange import answer, flag, version, viewer
from sandbox.salesforce.local_org import Org
from sandbox.salesforce.recent import see
from sandbox.salesforce.schema import SObject
from sandbox.salesforce.sharing import Viewer
from sandbox.salesforce.soql_ast import Comparison, FieldPath, Literal, Query, Selected
from sandbox.salesforce.soql_lexer import error_at
from sandbox.salesforce.soql_parser import parse
from sandbox.salesforce.soql_scope import source_object
from sandbox.salesforce.soql_shape import ParentColumn, Record, Shape
from sandbox.salesforce.soql_sql import compile_query

_BATCH_SIZE = re.compile(r"\s*batchSize\s*=\s*(\d+)\s*")
_SMALLEST_BATCH, _LARGEST_BATCH = 200, 2000
_LONGEST_STATEMENT = 100_000


@dataclass(frozen=True)
class Result:
    """All rows of a query, not yet made into records."""

    shape: Shape
    rows: list[tuple[Any, ...]]


def add_query_routes(door: Blueprint, org: Org) -> None:
    """Add /query, /queryAll and the pages behind them."""

    @door.get("/query", strict_slashes=False, endpoint="query")
    @door.get("/queryAll", strict_slashes=False, endpoint="query_all")
    def query() -> Response:
        statement = request.args.get("q", "")
        if not statement or len(statement) > _LONGEST_STATEMENT:
            raise ApiError("MALFORMED_QUERY", "a query has from 1 to 100,000 characters")
        parsed = parse(statement)
        if flag(request.args, "columns"):
            return _described(org, parsed)
        if is_about_access(parsed):
            records = access_records(parsed, org.store, viewer())
            return _records(records, total=len(records))
        with_deleted = request.path.rstrip("/").endswith("queryAll")
        return _run(org, parsed, with_deleted=with_deleted)

    @door.get("/tooling/query", strict_slashes=False, endpoint="tooling_query")
    def tooling() -> Response:
        # No object of the Tooling API is played; clients that probe for some live with this answer.
        parsed = parse(request.args.get("q", ""))
        message = f"sObject type '{parsed.source}' is not supported."
        raise error_at(parsed.text, parsed.source_position, message, code="INVALID_TYPE")

    @door.get("/query/<locator>-<int:offset>", strict_slashes=False, endpoint="query_page")
    @door.get("/queryAll/<locator>-<int:offset>", strict_slashes=False, endpoint="query_all_page")
    def page(locator: str, offset: int) -> Response:
        result: Result = org.cursors.get(viewer().user_id, locator)
        if not 0 < offset < len(result.rows):
            raise ApiError("INVALID_QUERY_LOCATOR", "invalid query locator")
        return _page(result, offset, locator)


def record_of(org: Org, sobject: SObject, record_id: str, names: list[str]) -> Record:
    """Return fields of one row that the user of this request may see."""
    recycled = ["IsDeleted"] if sobject.has_recycle_bin else []
    query = Query(
        text="",
        selected=tuple(Selected(FieldPath((name,), 0)) for name in dict.fromkeys([*names, *recycled])),
        source=sobject.name,
        source_position=0,
        where=Comparison(FieldPath(("Id",), 0), "=", Literal("string", record_id, 0)),
    )
    compiled = compile_query(query, org.schema, viewer(), today=org.clock.now().date(), with_deleted=True)
    rows = org.store.select(compiled.sql, compiled.values)
    if not rows:
        raise not_found()
    record = compiled.shape.record(rows[0], version=version())
    if record.get("IsDeleted"):
        raise ApiError("ENTITY_IS_DELETED", "entity is deleted")
    if "IsDeleted" not in names:
        record.pop("IsDeleted", None)
    return record


def _described(org: Org, parsed: Query) -> Response:
    today = org.clock.now().date()
    compiled = compile_query(parsed, org.schema, viewer(), today=today, with_deleted=False)
    return answer(column_metadata(parsed, compiled.shape, org.schema))


def _run(org: Org, parsed: Query, *, with_deleted: bool) -> Response:
    today = org.clock.now().date()
    compiled = compile_query(parsed, org.schema, viewer(), today=today, with_deleted=with_deleted)
    rows = org.store.select(compiled.sql, compiled.values)
    if compiled.counts_only:
        return _records([], total=int(rows[0][0]) if rows else 0)
    if parsed.seen:
        _remember_views(org, viewer(), parsed, compiled.shape, rows)
    result = Result(compiled.shape, rows)
    if compiled.shape.type == "AggregateResult" and len(rows) > _batch_size():
        message = "Aggregate query does not support queryMore(), use LIMIT to restrict the results"
        raise ApiError("EXCEEDED_ID_LIMIT", message)
    if len(rows) <= _batch_size():
        return _page(result, 0, "")
    return _page(result, 0, org.cursors.add(viewer().user_id, result))


def _page(result: Result, offset: int, locator: str) -> Response:
    end = offset + _batch_size()
    records = [result.shape.record(row, version=version()) for row in result.rows[offset:end]]
    following = f"/services/data/{version()}/query/{locator}-{end}" if end < len(result.rows) else None
    return _records(records, total=len(result.rows), following=following)


def _records(records: list[Record], *, total: int, following: str | None = None) -> Response:
    g.rows = len(records)
    payload: dict[str, Any] = {"totalSize": total, "done": following is None}
    if following is not None:
        payload["nextRecordsUrl"] = following
    return answer({**payload, "records": records})


def _batch_size() -> int:
    options = request.headers.get("Sforce-Query-Options")
    if options is None:
        return _LARGEST_BATCH
    match = _BATCH_SIZE.fullmatch(options)
    if match is None:
        raise ApiError("INVALID_PARAMETER", f"Sforce-Query-Options: {options}")
    return min(max(int(match[1]), _SMALLEST_BATCH), _LARGEST_BATCH)


def _remember_views(org: Org, user: Viewer, parsed: Query, shape: Shape, rows: list[tuple[Any, ...]]) -> None:
    viewed = source_object(org.schema, parsed, user)
    if not viewed.name_field or not isinstance(shape.columns[0], ParentColumn):
        raise error_at(parsed.text, 0, f"FOR {parsed.seen} needs plain rows of an object with a name")
    see(
        org.store,
        [row[0] for row in rows],
        viewed,
        user.user_id,
        at=as_text(org.clock.now()),
        kind=parsed.seen,
    )
