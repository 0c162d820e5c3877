"""What a local Slack is told at its start."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

BOT_SCOPES = (
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "users:read",
    "users:read.email",
)

BOT_EVENTS = ("app_home_opened", "app_mention", "message.channels", "message.groups", "message.im")


@dataclass(frozen=True)
class SlackConfig:
    """Say which workspace to play and which app to talk to.

    `commands` maps each slash command to its usage hint, `events` are the app's event subscriptions,
    `public_url` is where the app reaches this server (default: the address the person's request came to).
    """

    workspace: Mapping[str, Any]
    app_url: str
    signing_secret: str
    bot_token: str
    app_id: str = "A0TOUCHLINE"
    team_id: str = "T0SANDBOX"
    verification_token: str = "sandbox-verification"  # noqa: S105 - Slack's legacy field, signed requests replace it
    scopes: tuple[str, ...] = BOT_SCOPES
    events: tuple[str, ...] = BOT_EVENTS
    commands: Mapping[str, str] = field(
        default_factory=lambda: {"/content": "what you need, and for which deal"}
    )
    public_url: str = ""
    deadline_seconds: float = 3.0
