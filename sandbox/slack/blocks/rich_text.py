"""Rich text."""

from typing import Any

from sandbox.slack.blocks import limits
from sandbox.slack.blocks.shapes import (
    Check,
    array,
    boolean,
    by_type,
    integer,
    matching,
    one_of,
    record,
    string,
    url,
)

_MOST = 1_000
_LEAF_TEXT = string(most=limits.SECTION_TEXT)


def _type(value: Any, at: str, found: list[str]) -> None:
    """Accept: `by_type` has looked at it."""


_STYLE = record(
    dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight"), boolean)
)


def _leaf(required: str, check: Check, **more: Check) -> Check:
    return record({"type": _type, "style": _STYLE, required: check, **more}, required=(required,))


_LEAVES: dict[str, Check] = {
    "text": _leaf("text", _LEAF_TEXT),
    "link": _leaf("url", url(most=limits.URL), text=_LEAF_TEXT, unsafe=boolean),
    "user": _leaf("user_id", matching(r"[UW][A-Z0-9]+", "a user id")),
    "channel": _leaf("channel_id", matching(r"[CG][A-Z0-9]+", "a channel id")),
    "usergroup": _leaf("usergroup_id", matching(r"S[A-Z0-9]+", "a user group id")),
    "emoji": _leaf("name", string(most=100), unicode=string(most=100), skin_tone=integer(least=1, most=6)),
    "broadcast": _leaf("range", one_of("channel", "here", "everyone")),
    "color": _leaf("value", matching(r"#[0-9A-Fa-f]{6}", "a colour such as #2f6f9f")),
    "date": record(
        {
            "type": _type,
            "style": _STYLE,
            "timestamp": integer(least=0, most=10**11),
            "format": _LEAF_TEXT,
            "url": url(most=limits.URL),
            "fallback": _LEAF_TEXT,
        },
        required=("timestamp", "format"),
    ),
}
_LINE = array(by_type(_LEAVES), most=_MOST, least=0)
_BORDER = integer(least=0, most=1)
_SECTION = record({"type": _type, "elements": _LINE}, required=("elements",))
_PARTS: dict[str, Check] = {
    "rich_text_section": _SECTION,
    "rich_text_list": record(
        {
            "type": _type,
            "elements": array(by_type({"rich_text_section": _SECTION}), most=_MOST),
            "style": one_of("bullet", "ordered"),
            "indent": integer(least=0, most=8),
            "offset": integer(least=0, most=_MOST),
            "border": _BORDER,
        },
        required=("elements", "style"),
    ),
    "rich_text_preformatted": record(
        {"type": _type, "elements": _LINE, "border": _BORDER, "language": string(most=50)},
        required=("elements",),
    ),
    "rich_text_quote": record({"type": _type, "elements": _LINE, "border": _BORDER}, required=("elements",)),
}

RICH_TEXT = record(
    {
        "type": one_of("rich_text"),
        "block_id": string(most=limits.ID),
        "elements": array(by_type(_PARTS), most=_MOST),
    },
    required=("type", "elements"),
)
