"""apps.*, auth.revoke, bots.info, blocks.validate: the app itself, and Slack's own judge of blocks."""

import json
from typing import Any

from sandbox.slack.addresses import base_url
from sandbox.slack.blocks import check_message_blocks, check_view
from sandbox.slack.delivering import run_soon
from sandbox.slack.errors import Json, SlackError, invalid_arguments
from sandbox.slack.leaving import end_token
from sandbox.slack.manifest import check_manifest
from sandbox.slack.socket_mode import PATH
from sandbox.slack.state import Slack

_VALIDATED_MOST = 100_000


def open_connection(slack: Slack, _: Json) -> Json:
    """Hand out the address of one WebSocket."""
    if not slack.is_socket_mode:
        raise SlackError("socket_mode_not_enabled")
    base = base_url(slack).replace("http", "ws", 1)
    return {"url": f"{base}{PATH}?ticket={slack.sockets.new_ticket()}&app_id={slack.config.app_id}"}


def revoke(slack: Slack, arguments: Json) -> Json:
    """End the bot token; the app is told by an event."""
    if arguments.get("test"):
        return {"revoked": False}
    slack.token_end = "token_revoked"  # noqa: S105 - an error name
    run_soon(slack, lambda: end_token(slack, "token_revoked"))
    return {"revoked": True}


def bot_info(slack: Slack, arguments: Json) -> Json:
    """Return the bot."""
    bot = slack.workspace.bot
    if arguments.get("bot", bot.bot_id) != bot.bot_id:
        raise SlackError("bot_not_found")
    return {
        "bot": {
            "id": bot.bot_id,
            "deleted": False,
            "name": bot.name,
            "updated": 1700000000,
            "app_id": slack.config.app_id,
            "user_id": bot.user_id,
            "icons": {},
        }
    }


def validate_manifest(_: Slack, arguments: Json) -> Json:
    """Say what is wrong with a manifest."""
    manifest = arguments["manifest"]
    problems = check_manifest(manifest)
    if problems:
        raise SlackError("invalid_manifest", errors=problems)
    return {"errors": []}


def validate_blocks(_: Slack, arguments: Json) -> Json:
    """Say what is wrong with blocks, a view or a message."""
    given = [name for name in ("blocks", "view", "message") if name in arguments]
    if len(given) != 1:
        raise invalid_arguments("exactly one of blocks, view, message is required")
    value = arguments[given[0]]
    if len(json.dumps(value)) > _VALIDATED_MOST:
        raise invalid_arguments(f"must be at most {_VALIDATED_MOST} characters: {given[0]}")
    problems = _problems(given[0], value)
    if problems:
        messages = [f"[ERROR] {problem}" for problem in problems]
        raise SlackError("invalid_blocks", errors=problems, response_metadata={"messages": messages})
    return {}


def _problems(kind: str, value: Any) -> list[str]:
    if kind == "view":
        return check_view(value, kinds=("modal", "home"))
    if kind == "blocks":
        return check_message_blocks(value)
    if not isinstance(value, dict):
        return ["must provide an object [json-pointer:/message]"]
    return check_message_blocks(value.get("blocks", []), at="/message/blocks")


HANDLERS = {
    "apps.connections.open": open_connection,
    "apps.manifest.validate": validate_manifest,
    "auth.revoke": revoke,
    "blocks.validate": validate_blocks,
    "bots.info": bot_info,
}
