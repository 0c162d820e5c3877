"""Every kind of block, and on which surface it may stand."""

from typing import Any

from sandbox.slack.blocks import limits
from sandbox.slack.blocks.data import DATA_TABLE, DATA_VISUALIZATION
from sandbox.slack.blocks.elements import BUTTON, IN_ACTIONS, IN_CONTEXT_ACTIONS, IN_INPUT, IN_SECTION
from sandbox.slack.blocks.rich_text import RICH_TEXT
from sandbox.slack.blocks.shapes import (
    Check,
    array,
    at_least_one,
    boolean,
    by_type,
    exactly_one,
    integer,
    one_of,
    record,
    string,
    url,
)
from sandbox.slack.blocks.texts import TYPE, plain, text
from sandbox.slack.errors import Json

_BLOCK: dict[str, Check] = {"type": TYPE, "block_id": string(most=limits.ID)}
_FILE = record({"id": string(most=limits.ID), "url": url(most=limits.URL)}, rules=(exactly_one("id", "url"),))
_IMAGE: dict[str, Check] = {
    "image_url": url(most=limits.URL),
    "slack_file": _FILE,
    "alt_text": string(most=limits.IMAGE_ALT),
}
_ONE_SOURCE = (exactly_one("image_url", "slack_file"),)
IMAGE_ELEMENT = record({"type": TYPE, **_IMAGE}, required=("alt_text",), rules=_ONE_SOURCE)
_PICTURE = by_type({"image": IMAGE_ELEMENT})


def _rows_are_even(block: Json, at: str, found: list[str]) -> None:
    widths = {len(row) for row in block["rows"]}
    if len(widths) > 1:
        found.append(f"all rows must have the same number of cells [json-pointer:{at}/rows]")
    size = sum(len(cell["text"]) for row in block["rows"] for cell in row if cell["type"] == "raw_text")
    if size > limits.TABLE_TEXT:
        found.append(f"must be less than {limits.TABLE_TEXT + 1} characters in all [json-pointer:{at}/rows]")


def _dispatching(block: Json, at: str, found: list[str]) -> None:
    if "dispatch_action_config" in block["element"] and not block.get("dispatch_action"):
        found.append(f"dispatch_action_config needs dispatch_action [json-pointer:{at}/element]")


def _picture_or_text(value: Any, at: str, found: list[str]) -> None:
    is_picture = isinstance(value, dict) and value.get("type") == "image"
    (_PICTURE if is_picture else _CONTEXT_TEXT)(value, at, found)


_CONTEXT_TEXT = text(limits.CONTEXT_TEXT)
_CELL = by_type(
    {
        "raw_text": record({"type": TYPE, "text": string(most=2_000, least=0)}, required=("text",)),
        "raw_number": record(
            {"type": TYPE, "value": integer(least=-(10**15), most=10**15), "text": string(most=2_000)},
            required=("value",),
        ),
        "rich_text": RICH_TEXT,
    }
)
_COLUMN = record({"align": one_of("left", "center", "right"), "is_wrapped": boolean})
_SOURCE = by_type(
    {
        "url": record(
            {"type": TYPE, "url": url(most=limits.URL), "text": string(most=150)}, required=("url", "text")
        )
    }
)
TASK_CARD = record(
    {
        **_BLOCK,
        "task_id": string(most=limits.ID),
        "title": string(most=limits.ID),
        "details": RICH_TEXT,
        "output": RICH_TEXT,
        "sources": array(_SOURCE, most=limits.PLAN_TASKS),
        "status": one_of("pending", "in_progress", "complete", "error"),
    },
    required=("task_id", "title", "status"),
)
CARD = record(
    {
        **_BLOCK,
        "hero_image": _PICTURE,
        "icon": _PICTURE,
        "title": text(limits.CARD_TITLE),
        "subtitle": text(limits.CARD_TITLE),
        "body": text(limits.CARD_BODY),
        "subtext": text(limits.CARD_SUBTEXT),
        "actions": array(by_type({"button": BUTTON}), most=limits.CARD_ACTIONS),
    },
    rules=(at_least_one("hero_image", "title", "actions", "body"),),
)

_EVERYWHERE: dict[str, Check] = {
    "section": record(
        {
            **_BLOCK,
            "text": text(limits.SECTION_TEXT),
            "fields": array(text(limits.SECTION_FIELD), most=limits.SECTION_FIELDS),
            "accessory": by_type({**IN_SECTION, "image": IMAGE_ELEMENT}),
            "expand": boolean,
        },
        rules=(at_least_one("text", "fields"),),
    ),
    "header": record({**_BLOCK, "text": plain(limits.HEADER_TEXT)}, required=("text",)),
    "divider": record(_BLOCK),
    "image": record(
        {**_BLOCK, **_IMAGE, "title": plain(limits.IMAGE_TITLE)}, required=("alt_text",), rules=_ONE_SOURCE
    ),
    "context": record(
        {**_BLOCK, "elements": array(_picture_or_text, most=limits.CONTEXT_ELEMENTS)}, required=("elements",)
    ),
    "actions": record(
        {**_BLOCK, "elements": array(by_type(IN_ACTIONS), most=limits.ACTIONS_ELEMENTS)},
        required=("elements",),
    ),
    "input": record(
        {
            **_BLOCK,
            "label": plain(limits.INPUT_LABEL),
            "hint": plain(limits.INPUT_LABEL),
            "element": by_type(IN_INPUT),
            "optional": boolean,
            "dispatch_action": boolean,
        },
        required=("label", "element"),
        rules=(_dispatching,),
    ),
    "rich_text": RICH_TEXT,
    "video": record(
        {
            **_BLOCK,
            "alt_text": string(most=limits.IMAGE_ALT),
            "title": plain(limits.VIDEO_TITLE - 1),
            "title_url": url(),
            "description": plain(limits.VIDEO_TITLE - 1),
            "video_url": url(),
            "thumbnail_url": url(),
            "provider_icon_url": url(),
            "provider_name": string(most=limits.VIDEO_TITLE),
            "author_name": string(most=limits.VIDEO_AUTHOR - 1),
        },
        required=("alt_text", "title", "video_url", "thumbnail_url"),
    ),
}
_ALERT = record(
    {
        **_BLOCK,
        "text": text(limits.ALERT_TEXT),
        "level": one_of("default", "info", "warning", "error", "success"),
    },
    required=("text",),
)
_IN_CONTAINER = by_type({name: _EVERYWHERE[name] for name in _EVERYWHERE if name != "input"})
_MESSAGES_ALONE: dict[str, Check] = {
    "context_actions": record(
        {**_BLOCK, "elements": array(by_type(IN_CONTEXT_ACTIONS), most=limits.CONTEXT_ACTIONS)},
        required=("elements",),
    ),
    "markdown": record({**_BLOCK, "text": string(most=limits.MARKDOWN_TEXT)}, required=("text",)),
    "table": record(
        {
            **_BLOCK,
            "rows": array(array(_CELL, most=limits.TABLE_COLUMNS), most=limits.TABLE_ROWS),
            "column_settings": array(_COLUMN, most=limits.TABLE_COLUMNS),
        },
        required=("rows",),
        rules=(_rows_are_even,),
    ),
    "data_table": DATA_TABLE,
    "data_visualization": DATA_VISUALIZATION,
    "card": CARD,
    "carousel": record(
        {**_BLOCK, "elements": array(by_type({"card": CARD}), most=limits.CAROUSEL_CARDS)},
        required=("elements",),
    ),
    "container": record(
        {
            **_BLOCK,
            "title": plain(limits.CONTAINER_TITLE),
            "rich_text_title": RICH_TEXT,
            "subtitle": text(limits.CONTAINER_TITLE),
            "child_blocks": array(_IN_CONTAINER, most=limits.CONTAINER_BLOCKS),
            "width": one_of("narrow", "standard", "wide", "full"),
            "icon": _PICTURE,
            "is_collapsible": boolean,
            "default_collapsed": boolean,
            "has_header_divider": boolean,
        },
        required=("child_blocks",),
        rules=(at_least_one("title", "rich_text_title"),),
    ),
    "task_card": TASK_CARD,
    "plan": record(
        {
            **_BLOCK,
            "title": string(most=limits.ID),
            "tasks": array(by_type({"task_card": TASK_CARD}), most=limits.PLAN_TASKS),
        },
        required=("title",),
    ),
}

# Sources differ on `alert` in messages and on newer blocks in views: refused, so that nobody relies on them.
SURFACES: dict[str, dict[str, Check]] = {
    "message": {**_EVERYWHERE, **_MESSAGES_ALONE},
    "modal": {**_EVERYWHERE, "alert": _ALERT},
    "home": _EVERYWHERE,
}
