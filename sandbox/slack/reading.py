"""What a message says to its readers: visible text and pings, from text, blocks and attachments."""

from collections.abc import Iterator
from typing import Any

from sandbox.slack.errors import Json
from sandbox.slack.messages import Message
from sandbox.slack.mrkdwn import Pings, Token, tokens, visible
from sandbox.slack.workspace import Workspace

_RICH_PINGS = {"user": "user_id", "usergroup": "usergroup_id", "broadcast": "range"}


def pings(message: Message) -> Pings:
    """Return whom the message notifies; the fallback text counts too, since it is what notifications show."""
    found = Pings()
    for token in tokens(message.text):
        found.add(token)
    for part in _parts(_blocks(message)):
        if part.get("type") in _RICH_PINGS and _RICH_PINGS[part["type"]] in part:
            found.add(Token(part["type"], part[_RICH_PINGS[part["type"]]]))
        for token in tokens(_mrkdwn(part)):
            found.add(token)
    return found


def visible_text(message: Message, workspace: Workspace) -> str:
    """Return what people read: the blocks, or the text where there are none."""
    names = names_of(workspace)
    blocks = _blocks(message)
    if not blocks:
        return visible(message.text, names)
    lines = [_line(part, names) for part in _parts(blocks)]
    return "\n".join(line for line in lines if line)


def names_of(workspace: Workspace) -> dict[str, str]:
    """Return the names behind user and channel ids."""
    people = {user.id: user.real_name for user in workspace.users.values()}
    return people | {channel.id: channel.name for channel in workspace.channels.values()}


def _blocks(message: Message) -> list[Json]:
    return [*message.blocks, *(block for row in message.hangings for block in row.get("blocks", []))]


def _parts(value: Any) -> Iterator[Json]:
    """Yield every object inside, outer ones first."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _parts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _parts(inner)


def _mrkdwn(part: Json) -> str:
    text = part.get("text")
    # Whether `markdown` blocks ping is not documented: counted, so that nobody relies on it.
    return text if part.get("type") in ("mrkdwn", "markdown") and isinstance(text, str) else ""


def _line(part: Json, names: dict[str, str]) -> str:
    kind, text = part.get("type"), part.get("text")
    if kind in ("mrkdwn", "markdown"):
        return visible(_mrkdwn(part), names)
    if kind in _RICH_PINGS and _RICH_PINGS[kind] in part:
        target = str(part[_RICH_PINGS[kind]])
        return "@" + names.get(target, target)
    if kind in ("plain_text", "raw_text", "text", "link"):
        return text if isinstance(text, str) else str(part.get("url", ""))
    return ""
