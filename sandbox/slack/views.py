"""Modals in their stacks, and Home tabs."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.slack.errors import Json

STACK_DEPTH = 3


@dataclass
class View:
    """One modal or Home tab, as the app made it, and what the person entered."""

    id: str
    user: str
    source: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    values: Json = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def blocks(self) -> list[Json]:
        """Return its blocks, ids filled in."""
        blocks: list[Json] = self.source["blocks"]
        return blocks


class Views:
    """Open modals per person (last one on top) and one Home tab per person."""

    def __init__(self) -> None:
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}

    def stack(self, user: str) -> list[View]:
        """Return this person's open modals, the top one last."""
        return self._stacks.setdefault(user, [])

    def home(self, user: str) -> View | None:
        """Return this person's Home tab, if the app has drawn one."""
        return self._homes.get(user)

    def set_home(self, view: View) -> None:
        """Put a Home tab in place."""
        self._homes[view.user] = view

    def find(self, view_id: str) -> View | None:
        """Return the open view with this id."""
        return next((view for view in self._all() if view.id == view_id), None)

    def find_external(self, external_id: str) -> View | None:
        """Return the open view with the app's own id."""
        return next((view for view in self._all() if view.source.get("external_id") == external_id), None)

    def close(self, view: View, *, whole_stack: bool = False) -> None:
        """Close the view and what lies on it, or the whole stack."""
        stack = self.stack(view.user)
        if view in stack:
            del stack[0 if whole_stack else stack.index(view) :]

    def _all(self) -> list[View]:
        return [*(view for stack in self._stacks.values() for view in stack), *self._homes.values()]


def view_payload(view: View, **place: Any) -> Json:
    """Return the view as Slack hands it out; `place` brings team, app and bot ids."""
    source = view.source
    return {
        "id": view.id,
        "team_id": place["team_id"],
        "type": source["type"],
        "blocks": view.blocks,
        "private_metadata": source.get("private_metadata", ""),
        "callback_id": source.get("callback_id", ""),
        "state": {"values": view.values},
        "hash": view.hash,
        "title": source.get("title", {"type": "plain_text", "text": "View Title", "emoji": True}),
        "clear_on_close": source.get("clear_on_close", False),
        "notify_on_close": source.get("notify_on_close", False),
        "close": source.get("close"),
        "submit": source.get("submit"),
        "previous_view_id": view.previous_id,
        "root_view_id": view.root_id,
        "app_id": place["app_id"],
        "external_id": source.get("external_id", ""),
        "app_installed_team_id": place["team_id"],
        "bot_id": place["bot_id"],
    }
