"""Blocks that show figures: data_table and data_visualization."""

import math
from typing import Any

from sandbox.slack.blocks import limits
from sandbox.slack.blocks.rich_text import RICH_TEXT
from sandbox.slack.blocks.shapes import Check, array, by_type, complain, integer, one_of, record, string
from sandbox.slack.blocks.texts import TYPE
from sandbox.slack.errors import Json

_BLOCK: dict[str, Check] = {"type": TYPE, "block_id": string(most=limits.ID)}


def number(value: Any, at: str, found: list[str]) -> None:
    """Expect a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        complain(found, at, "must provide a number")


def _positive(value: Any, at: str, found: list[str]) -> None:
    before = len(found)
    number(value, at, found)
    if len(found) == before and value <= 0:
        complain(found, at, "must be more than 0")


def _is_even(block: Json, at: str, found: list[str]) -> None:
    rows = block["rows"]
    if len({len(row) for row in rows}) > 1:
        complain(found, f"{at}/rows", "all rows must have the same number of cells")
    if any(cell["type"] == "rich_text" for cell in rows[0]):
        complain(found, f"{at}/rows/0", "header cells cannot hold rich text")
    if block.get("row_header_column_index", 0) >= len(rows[0]):
        complain(found, f"{at}/row_header_column_index", "must be one of the columns")
    if _text(rows) > limits.DATA_TABLE_TEXT:
        complain(found, f"{at}/rows", f"must be less than {limits.DATA_TABLE_TEXT + 1} characters in all")


def _text(value: Any) -> int:
    if isinstance(value, dict):
        own = value.get("text")
        return (len(own) if isinstance(own, str) else 0) + sum(
            _text(part) for part in value.values() if not isinstance(part, str)
        )
    return sum(_text(part) for part in value) if isinstance(value, list) else 0


_CELL = by_type(
    {
        "raw_text": record({"type": TYPE, "text": string(most=limits.DATA_TABLE_TEXT)}, required=("text",)),
        "raw_number": record(
            {"type": TYPE, "value": number, "text": string(most=2_000)}, required=("value",)
        ),
        "rich_text": RICH_TEXT,
    }
)
DATA_TABLE = record(
    {
        **_BLOCK,
        "caption": string(most=limits.SECTION_TEXT),
        "rows": array(array(_CELL, most=limits.TABLE_COLUMNS), most=limits.DATA_TABLE_ROWS, least=2),
        "page_size": integer(least=1, most=limits.DATA_TABLE_PAGE),
        "row_header_column_index": integer(least=0, most=limits.TABLE_COLUMNS - 1),
    },
    required=("caption", "rows"),
    rules=(_is_even,),
)

_LABEL = string(most=limits.CHART_LABEL)
_SEGMENT = record({"label": _LABEL, "value": _positive}, required=("label", "value"))
_POINT = record({"label": _LABEL, "value": number}, required=("label", "value"))
_SERIES = record({"name": _LABEL, "data": array(_POINT, most=limits.CHART_POINTS)}, required=("name", "data"))
_AXES = record(
    {
        "categories": array(_LABEL, most=limits.CHART_POINTS),
        "x_label": string(most=limits.CHART_TITLE),
        "y_label": string(most=limits.CHART_TITLE),
    },
    required=("categories",),
)


def _points_fit(chart: Json, at: str, found: list[str]) -> None:
    names = [series["name"] for series in chart["series"]]
    if len(set(names)) != len(names):
        complain(found, f"{at}/series", "series names must be unique")
    for place, series in enumerate(chart["series"]):
        if [point["label"] for point in series["data"]] != chart["axis_config"]["categories"]:
            complain(found, f"{at}/series/{place}/data", "must have one point for each category, in order")


_PLOT = record(
    {
        "type": one_of("bar", "line", "area"),
        "series": array(_SERIES, most=limits.CHART_SERIES),
        "axis_config": _AXES,
    },
    required=("series", "axis_config"),
    rules=(_points_fit,),
)
DATA_VISUALIZATION = record(
    {
        **_BLOCK,
        "title": string(most=limits.CHART_TITLE),
        "chart": by_type(
            {
                "pie": record(
                    {"type": TYPE, "segments": array(_SEGMENT, most=limits.CHART_SERIES)},
                    required=("segments",),
                ),
                **dict.fromkeys(("bar", "line", "area"), _PLOT),
            }
        ),
    },
    required=("title", "chart"),
)
