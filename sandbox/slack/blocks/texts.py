"""Text objects, options and confirmations."""

from typing import Any

from sandbox.slack.blocks import limits
from sandbox.slack.blocks.shapes import (
    Check,
    Rule,
    array,
    boolean,
    by_type,
    complain,
    one_of,
    record,
    string,
    url,
)
from sandbox.slack.errors import Json


def plain(most: int) -> Check:
    """Expect a plain_text object."""
    return by_type({"plain_text": _plain(most)})


def text(most: int) -> Check:
    """Expect a plain_text or mrkdwn object."""
    mrkdwn = record({"type": _any, "text": string(most=most), "verbatim": boolean}, required=("text",))
    return by_type({"plain_text": _plain(most), "mrkdwn": mrkdwn})


def _plain(most: int) -> Check:
    return record({"type": _any, "text": string(most=most), "emoji": boolean}, required=("text",))


def _any(value: Any, at: str, found: list[str]) -> None:
    """Accept: `by_type` has looked at it."""


TYPE = _any

CONFIRM = record(
    {
        "title": plain(limits.CONFIRM_TITLE),
        "text": text(limits.CONFIRM_TEXT),
        "confirm": plain(limits.CONFIRM_BUTTON),
        "deny": plain(limits.CONFIRM_BUTTON),
        "style": one_of("primary", "danger"),
    },
    required=("title", "text", "confirm", "deny"),
)

_VALUE = string(most=limits.OPTION_VALUE)
OPTION = record(
    {"text": plain(limits.OPTION_TEXT), "value": _VALUE, "description": plain(limits.OPTION_TEXT)},
    required=("text", "value"),
)
OVERFLOW_OPTION = record(
    {
        "text": plain(limits.OPTION_TEXT),
        "value": _VALUE,
        "description": plain(limits.OPTION_TEXT),
        "url": url(most=limits.URL),
    },
    required=("text", "value"),
)
CHOICE_OPTION = record(
    {"text": text(limits.OPTION_TEXT), "value": _VALUE, "description": text(limits.OPTION_TEXT)},
    required=("text", "value"),
)
OPTION_GROUP = record(
    {"label": plain(limits.OPTION_TEXT), "options": array(OPTION, most=limits.OPTIONS)},
    required=("label", "options"),
)


def initial_is_offered(name: str) -> Rule:
    """Expect the options chosen at first to be among those offered, to the letter."""

    def rule(element: Json, at: str, found: list[str]) -> None:
        chosen = element.get(name, [])
        groups = element.get("option_groups", [])
        offered = element.get("options", []) + [row for group in groups for row in group["options"]]
        for row in chosen if isinstance(chosen, list) else [chosen]:
            if row not in offered:
                complain(found, f"{at}/{name}", "must be one of the provided options")

    return rule


def values_differ(element: Json, at: str, found: list[str]) -> None:
    """Expect no two options with one value, since nobody could tell which was chosen."""
    groups = element.get("option_groups", [])
    rows = element.get("options", []) + [row for group in groups for row in group["options"]]
    values = [row["value"] for row in rows]
    if len(values) != len(set(values)):
        complain(found, f"{at}/options", "option values must be unique")
