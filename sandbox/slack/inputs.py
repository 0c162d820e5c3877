"""What people enter: Slack's state object for each kind of element, and what Slack checks before sending."""

from collections.abc import Iterator
from typing import Any

from sandbox.slack.errors import Impossible, Json

# element type → (field of the state object, field of the element with the first value)
_PLAIN = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
}
_ONE_OPTION = ("static_select", "radio_buttons", "external_select", "overflow")
_MANY_OPTIONS = ("checkboxes", "multi_static_select", "multi_external_select")
_KEEPS_STATE = (*_PLAIN, "static_select", "radio_buttons", "external_select", *_MANY_OPTIONS)


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Yield (block, element) for everything a person can act on, nested blocks included."""
    for block in blocks:
        parts = [block.get("accessory"), block.get("element"), *block.get("actions", [])]
        if block["type"] in ("actions", "context_actions"):
            parts += block["elements"]
        yield from ((block, part) for part in parts if part and part["type"] != "image")
        nested = block["elements"] if block["type"] == "carousel" else block.get("child_blocks", [])
        yield from elements(nested)


def initial_values(blocks: list[Json]) -> Json:
    """Return `state.values` before anybody entered anything."""
    values: Json = {}
    for block, element in elements(blocks):
        if element["type"] in _KEEPS_STATE:
            values.setdefault(block["block_id"], {})[element["action_id"]] = _initial(element)
    return values


def entered(element: Json, value: Any) -> Json:
    """Return the state object for what was entered; raises Impossible for what the screen does not offer.

    `value` is a string for texts, dates and single choices (the option's value), a list for several choices.
    """
    kind = element["type"]
    found: Any
    if kind in _ONE_OPTION:
        field, found = "selected_option", None if value in (None, "") else option(element, value)
    elif kind in _MANY_OPTIONS:
        field, found = "selected_options", [option(element, part) for part in value or []]
    elif kind in _PLAIN:
        field, found = _PLAIN[kind][0], None if value == "" else value
    else:
        raise Impossible(f"nothing can be entered in a {kind}")
    return {"type": kind, field: found}


def option(element: Json, value: str) -> Json:
    """Return the option with this value."""
    groups: list[Json] = element.get("option_groups", [])
    offered: list[Json] = element.get("options", []) + [row for group in groups for row in group["options"]]
    for row in offered:
        if row.get("value") == value:
            return row
    raise Impossible(f"{element['action_id']} has no option {value!r}")


def complaints(blocks: list[Json], values: Json) -> dict[str, str]:
    """Return, by block id, what Slack itself says before it sends a form."""
    found: dict[str, str] = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        state = values.get(block["block_id"], {}).get(element["action_id"], {})
        content = next((part for name, part in state.items() if name != "type"), None)
        complaint = _complaint(element, content, optional=block.get("optional", False))
        if complaint:
            found[block["block_id"]] = complaint
    return found


def _complaint(element: Json, content: Any, *, optional: bool) -> str:
    if not content:
        return "" if optional else "Please complete this required field."
    if element["type"] == "email_text_input":
        name, _, host = content.partition("@")
        return "" if name and "." in host.strip(".") else "Please enter a valid email address."
    if element["type"] == "plain_text_input":
        least, most = element.get("min_length", 0), element.get("max_length", 3000)
        if not least <= len(content) <= most:
            return f"Please enter between {least} and {most} characters."
    return ""


def _initial(element: Json) -> Json:
    kind = element["type"]
    if kind in _ONE_OPTION:
        return {"type": kind, "selected_option": element.get("initial_option")}
    if kind in _MANY_OPTIONS:
        return {"type": kind, "selected_options": element.get("initial_options", [])}
    field, initial = _PLAIN[kind]
    return {"type": kind, field: element.get(initial)}
