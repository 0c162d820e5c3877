"""What hangs below a message: attachments of the app's own, and previews of links."""

from collections.abc import Callable
from typing import Any

from sandbox.slack.blocks import check_message_blocks, with_ids
from sandbox.slack.blocks.limits import ATTACHMENTS, URL
from sandbox.slack.blocks.shapes import Check, boolean, matching, record, string, url
from sandbox.slack.blocks.texts import plain
from sandbox.slack.errors import Json, SlackError

_WORDS = string(most=3_000, least=0)
_COLOR = matching(r"#?[0-9A-Fa-f]{6}|good|warning|danger", "a colour such as #2f6f9f")


def _any(value: Any, at: str, found: list[str]) -> None:
    """Accept: blocks are judged as those of a message."""


_OWN: dict[str, Check] = {"blocks": _any, "color": _COLOR, "fallback": _WORDS}
_OF_LINK: dict[str, Check] = {
    **_OWN,
    "hide_color": boolean,
    "preview": record({"title": plain(150), "icon_url": url(most=URL)}, required=("title",)),
    "title": _WORDS,
    "title_link": url(most=URL),
    "text": _WORDS,
    "footer": _WORDS,
    "image_url": url(most=URL),
    "thumb_url": url(most=URL),
}
_ATTACHMENT, _UNFURL = record(_OWN), record(_OF_LINK)


def message_attachments(attachments: Any, *, new_id: Callable[[str], str]) -> list[Json]:
    """Return the attachments of a post with block ids; raises SlackError for what Slack would refuse."""
    if not isinstance(attachments, list):
        raise SlackError("invalid_attachments")
    if len(attachments) > ATTACHMENTS:
        raise SlackError("too_many_attachments")
    return [
        _checked(row, _ATTACHMENT, f"/attachments/{place}", "invalid_attachments", new_id)
        for place, row in enumerate(attachments)
    ]


def unfurl_attachment(row: Json, *, new_id: Callable[[str], str]) -> Json:
    """Return the preview of one link with block ids; raises SlackError for what Slack would refuse."""
    if not row.keys() & {"blocks", "title", "text", "image_url", "preview"}:
        raise SlackError("invalid_unfurls_format")
    return _checked(row, _UNFURL, "/unfurls", "invalid_unfurls_format", new_id)


def refuse_invalid(problems: list[str]) -> None:
    """Raise Slack's `invalid_blocks` when there are problems."""
    if problems:
        messages = [f"[ERROR] {problem}" for problem in problems]
        raise SlackError("invalid_blocks", errors=problems, response_metadata={"messages": messages})


def _checked(row: Any, shape: Check, at: str, error: str, new_id: Callable[[str], str]) -> Json:
    found: list[str] = []
    shape(row, at, found)
    if found:
        messages = [f"[ERROR] {problem}" for problem in found]
        raise SlackError(error, response_metadata={"messages": messages})
    blocks = row.get("blocks", [])
    refuse_invalid(check_message_blocks(blocks, at=f"{at}/blocks"))
    return {**row, "blocks": with_ids(blocks, new_id)}
