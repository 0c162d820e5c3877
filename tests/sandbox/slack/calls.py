"""Calls that post blocks, open modals and draw Home tabs of a wanted size."""

from typing import Any

from tests.sandbox.slack.stage import DEALS, MAYA

Block = dict[str, Any]
Call = tuple[str, dict[str, Any]]


def words(count: int) -> str:
    """Return that many characters."""
    return "x" * count


def plain(count: int = 1) -> Block:
    """Return a plain text of that length."""
    return {"type": "plain_text", "text": words(count)}


def mrkdwn(count: int = 1) -> Block:
    """Return a mrkdwn text of that length."""
    return {"type": "mrkdwn", "text": words(count)}


def address(count: int) -> str:
    """Return a web address of that length."""
    return "https://x.test/".ljust(count, "a")


def post(*blocks: Block, **more: Any) -> Call:
    """Return the call that posts these blocks."""
    return "chat.postMessage", {"channel": DEALS, "text": "t", "blocks": list(blocks), **more}


def modal(*blocks: Block, **more: Any) -> Call:
    """Return the call that opens a modal."""
    view = {"type": "modal", "title": plain(), "submit": plain(), "blocks": list(blocks), **more}
    return "views.open", {"view": view}


def home(*blocks: Block, **more: Any) -> Call:
    """Return the call that draws a Home tab."""
    return "views.publish", {"user_id": MAYA, "view": {"type": "home", "blocks": list(blocks), **more}}


def section(**more: Any) -> Block:
    """Return a section."""
    return {"type": "section", "text": mrkdwn(), **more}


def acting(*elements: Block) -> Call:
    """Return the call that posts these elements in one row."""
    return post({"type": "actions", "elements": list(elements)})


def button(**more: Any) -> Block:
    """Return a button."""
    return {"type": "button", "text": plain(), **more}


def option(place: int = 0, **more: Any) -> Block:
    """Return an option."""
    return {"text": plain(), "value": str(place), **more}


def options(count: int) -> list[Block]:
    """Return that many options."""
    return [option(place) for place in range(count)]


def menu(kind: str = "static_select", **more: Any) -> Call:
    """Return the call that posts a menu of one option, unless told."""
    fields = {"options": options(2), **more}
    return acting({"type": kind, "action_id": "m", **fields})


def confirm(**more: Any) -> Call:
    """Return the call that posts a button with a confirmation."""
    dialog = {"title": plain(), "text": plain(), "confirm": plain(), "deny": plain(), **more}
    return acting(button(confirm=dialog))


def entry(element: Block | None = None, **more: Any) -> Call:
    """Return the call that opens a form of one input."""
    field = {"type": "plain_text_input", "action_id": "p"} if element is None else element
    return modal({"type": "input", "label": plain(), "element": field, **more})


def image(**more: Any) -> Call:
    """Return the call that posts an image."""
    return post({"type": "image", "image_url": address(20), "alt_text": "a", **more})


def video(**more: Any) -> Call:
    """Return the call that posts a video."""
    fields = {"title": plain(), "alt_text": "a", "video_url": address(20), "thumbnail_url": address(20)}
    return post({"type": "video", **fields, **more})


def card(**more: Any) -> Call:
    """Return the call that posts a card."""
    return post({"type": "card", "title": mrkdwn(), **more})


def container(*blocks: Block, **more: Any) -> Call:
    """Return the call that posts a container."""
    return post({"type": "container", "title": plain(), "child_blocks": list(blocks), **more})


def cells(rows: int, columns: int, text: str = "x") -> list[list[Block]]:
    """Return a table's rows, all cells alike."""
    return [[{"type": "raw_text", "text": text}] * columns for _ in range(rows)]


def table(rows: list[list[Block]]) -> Call:
    """Return the call that posts a table."""
    return post({"type": "table", "rows": rows})


def data_table(rows: list[list[Block]], **more: Any) -> Call:
    """Return the call that posts a data table."""
    return post({"type": "data_table", "caption": "c", "rows": rows, **more})


def spread(count: int, rows: int) -> list[list[Block]]:
    """Return rows of one column that hold that many characters in all."""
    each = [count // rows] * (rows - 1)
    return [[{"type": "raw_text", "text": words(size)}] for size in [*each, count - sum(each)]]


def pie(*, title: int = 1, segments: int = 1, label: int = 1) -> Block:
    """Return a pie chart."""
    parts = [{"label": words(label), "value": 1}] * segments
    return {"type": "data_visualization", "title": words(title), "chart": {"type": "pie", "segments": parts}}


def plot(*, series: int = 1, points: int = 1, name: int = 2, axis: int = 1) -> Call:
    """Return the call that posts a bar chart."""
    labels = [str(place) for place in range(points)]
    rows = [
        {"name": f"{place}".ljust(name, "x"), "data": [{"label": label, "value": -1.5} for label in labels]}
        for place in range(series)
    ]
    axes = {"categories": labels, "x_label": words(axis)}
    chart = {"type": "bar", "series": rows, "axis_config": axes}
    return post({"type": "data_visualization", "title": "t", "chart": chart})


def tasks(count: int) -> list[Block]:
    """Return that many task cards."""
    rows = range(count)
    return [{"type": "task_card", "task_id": str(row), "title": "t", "status": "pending"} for row in rows]


def feedback(**more: Any) -> Call:
    """Return the call that posts feedback buttons."""
    side = {"text": plain(), "value": "v"}
    element = {"type": "feedback_buttons", "positive_button": {**side, **more}, "negative_button": side}
    return post({"type": "context_actions", "elements": [element]})


def trash(**more: Any) -> Block:
    """Return an icon button."""
    return {"type": "icon_button", "icon": "trash", "text": plain(), **more}


def many(count: int, block: Block) -> list[Block]:
    """Return that many of a block."""
    return [block] * count


def sections_of(count: int) -> Call:
    """Return the call that posts that much text in sections."""
    sizes = [3000] * (count // 3000) + ([count % 3000] if count % 3000 else [])
    return post(*({"type": "section", "text": mrkdwn(size)} for size in sizes))


def prompts(count: int) -> Call:
    """Return the call that offers that many prompts."""
    rows = [{"title": "t", "message": "m"}] * count
    return "assistant.threads.setSuggestedPrompts", {"channel_id": "D0MAYA", "prompts": rows}


def loading(texts: list[str]) -> Call:
    """Return the call that shows a status with these texts."""
    return "assistant.threads.setStatus", {"channel_id": "D0MAYA", "status": "s", "loading_messages": texts}


def markdown(count: int) -> Call:
    """Return the call that posts that many characters of Markdown in two blocks."""
    half = count // 2
    return post({"type": "markdown", "text": words(half)}, {"type": "markdown", "text": words(count - half)})
