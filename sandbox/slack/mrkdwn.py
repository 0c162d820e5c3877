"""Slack's text format: what it says, whom it pings, and its rich text form."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sandbox.slack.errors import Json

_TOKEN = re.compile(r"<([^<>\n]+)>")
_BROADCASTS = ("channel", "here", "everyone")


@dataclass(frozen=True)
class Token:
    """A piece of text: kind is text, user, channel, usergroup, broadcast, date or link."""

    kind: str
    target: str
    label: str = ""


@dataclass
class Pings:
    """Who is notified."""

    users: list[str] = field(default_factory=list)
    usergroups: list[str] = field(default_factory=list)
    broadcasts: list[str] = field(default_factory=list)

    def add(self, token: Token) -> None:
        """Count a token that notifies somebody."""
        rows = {"user": self.users, "usergroup": self.usergroups, "broadcast": self.broadcasts}.get(
            token.kind
        )
        if rows is not None and token.target not in rows:
            rows.append(token.target)


def tokens(text: str) -> Iterator[Token]:
    """Split mrkdwn into plain text and what stands in angle brackets."""
    end = 0
    for match in _TOKEN.finditer(text):
        if match.start() > end:
            yield Token("text", html.unescape(text[end : match.start()]))
        yield _token(match.group(1))
        end = match.end()
    if end < len(text):
        yield Token("text", html.unescape(text[end:]))


def visible(text: str, names: dict[str, str]) -> str:
    """Return mrkdwn as people read it; `names` maps user and channel ids to names."""
    return "".join(_shown(token, names) for token in tokens(text))


def rich_text(text: str, *, block_id: str) -> Json:
    """Return the rich text block Slack makes of what a person typed."""
    elements = [_rich_element(token) for token in tokens(text)]
    section = {"type": "rich_text_section", "elements": elements}
    return {"type": "rich_text", "block_id": block_id, "elements": [section]}


def _token(inside: str) -> Token:
    target, _, label = inside.partition("|")
    label = html.unescape(label)
    if re.fullmatch(r"@[UW][A-Z0-9]+", target):
        return Token("user", target[1:], label)
    if re.fullmatch(r"#[CG][A-Z0-9]+", target):
        return Token("channel", target[1:], label)
    if target.startswith("!"):
        return _special(target[1:], label)
    return Token("link", html.unescape(target), label)


def _special(target: str, label: str) -> Token:
    name, _, rest = target.partition("^")
    if name in _BROADCASTS:
        return Token("broadcast", name, label)
    if name == "subteam":
        return Token("usergroup", rest, label)
    return Token("date", rest, label)


def _shown(token: Token, names: dict[str, str]) -> str:
    if token.kind == "text":
        return token.target
    if token.kind == "link":
        return token.label or token.target.removeprefix("mailto:")
    if token.kind == "date":
        return token.label
    mark = "#" if token.kind == "channel" else "@"
    return mark + names.get(token.target, token.label.lstrip("@#") or token.target)


def _rich_element(token: Token) -> Json:
    if token.kind == "text":
        return {"type": "text", "text": token.target}
    if token.kind == "link":
        link = {"type": "link", "url": token.target}
        return {**link, "text": token.label} if token.label else link
    if token.kind == "broadcast":
        return {"type": "broadcast", "range": token.target}
    if token.kind == "date":
        return {"type": "text", "text": token.label}
    return {"type": token.kind, f"{token.kind}_id": token.target}
