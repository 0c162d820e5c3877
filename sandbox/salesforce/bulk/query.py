"""Run the query of a query job and write its pages."""

import base64
import binascii
from typing import Any

from sandbox.salesforce.bulk.jobs import Job
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.local_org import Org
from sandbox.salesforce.sharing import Viewer
from sandbox.salesforce.soql_ast import FieldPath, Query
from sandbox.salesforce.soql_lexer import error_at
from sandbox.salesforce.soql_parser import parse
from sandbox.salesforce.soql_shape import FieldColumn
from sandbox.salesforce.soql_sql import compile_query
from sandbox.salesforce.values import shown_value


def run(
    org: Org, viewer: Viewer, statement: str, *, with_deleted: bool
) -> tuple[str, tuple[str, ...], list[list[str]]]:
    """Return object, columns and rows; raise ApiError for what SOQL or the Bulk API refuses."""
    parsed = parse(statement)
    _check(parsed)
    today = org.clock.now().date()
    compiled = compile_query(parsed, org.schema, viewer, today=today, with_deleted=with_deleted)
    places = [
        (place, column)
        for place, column in enumerate(compiled.shape.columns)
        if isinstance(column, FieldColumn)
    ]
    rows = org.store.select(compiled.sql, compiled.values)
    written = [
        [_cell(column.field.type, shown_value(column.field, row[place])) for place, column in places]
        for row in rows
    ]
    return compiled.shape.type, tuple(".".join(column.path) for _, column in places), written


def page(job: Job, locator: str | None, most: int) -> tuple[list[list[str]], str]:
    """Return rows from a locator on, and the locator behind them (`null` at the end)."""
    start = 0 if locator is None else _offset(locator)
    if locator is not None and not 0 < start < len(job.rows):
        raise ApiError("INVALID_QUERY_LOCATOR", "invalid query locator")
    end = start + most
    following = base64.b64encode(str(end).encode()).decode() if end < len(job.rows) else "null"
    return job.rows[start:end], following


def _check(parsed: Query) -> None:
    plain = all(isinstance(entry.item, FieldPath) for entry in parsed.selected)
    if not plain or parsed.group_by or parsed.offset or parsed.seen:
        message = (
            "bulk queries take plain fields, without GROUP BY, OFFSET, FOR VIEW, functions and subqueries"
        )
        raise error_at(parsed.text, 0, message)


def _cell(kind: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).replace("+0000", "Z") if kind == "datetime" else str(value)


def _offset(locator: str) -> int:
    try:
        return int(base64.b64decode(locator, validate=True))
    except (ValueError, binascii.Error):
        return 0
