"""Cursors over a list."""

import base64
from collections.abc import Sequence
from typing import TypeVar

from sandbox.slack.errors import Json, SlackError

Row = TypeVar("Row")

_MOST = 1000


def page(rows: Sequence[Row], arguments: Json, *, default: int = 100) -> tuple[list[Row], Json]:
    """Return the rows of one page and the `response_metadata` with the next cursor (empty at the end)."""
    limit = arguments.get("limit", default) or default
    if not 1 <= limit <= _MOST:
        raise SlackError("invalid_limit")
    start = _start(arguments.get("cursor", ""))
    end = start + limit
    cursor = base64.b64encode(f"next:{end}".encode()).decode() if end < len(rows) else ""
    return list(rows[start:end]), {"next_cursor": cursor}


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
        if word != "next":
            raise ValueError(cursor)
        return int(number)
    except ValueError as problem:
        raise SlackError("invalid_cursor") from problem
