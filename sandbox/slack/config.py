"""What a local Slack is told at its start."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.slack.manifest_names import EVENTS, SCOPES

# What the app's manifest asks for and no more, so that a call beyond it fails here as it would in Slack.
BOT_SCOPES = (
    "app_mentions:read",
    "assistant:write",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:read",
    "im:history",
    "im:write",
    "links:read",
    "links:write",
    "usergroups:read",
    "users:read",
    "users:read.email",
)

BOT_EVENTS = (
    "app_context_changed",
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "link_shared",
    "message.im",
    "tokens_revoked",
)


@dataclass(frozen=True)
class Shortcut:
    """A shortcut of the app; `kind` is global (⚡ in the composer) or message (in a message's menu)."""

    name: str
    callback_id: str
    kind: str = "global"


SHORTCUTS = (
    Shortcut("Find content for this", "find.message", "message"),
    Shortcut("Find content", "find.anywhere"),
    Shortcut("Add to library", "publish.message", "message"),
    Shortcut("Announce", "announce.new"),
)


@dataclass(frozen=True)
class SlackConfig:
    """Say which workspace to play and which app to talk to.

    `commands` maps each slash command to its usage hint, `events` are the app's event subscriptions,
    `unfurl_domains` may name a port, which no manifest may: of apps and orgs that run on this machine too.
    `public_url` is where the app reaches this server (default: the address the person's request came to).
    With `socket_mode` everything goes over WebSockets the app has opened, and nothing to `app_url`.
    Raises ValueError for scopes and events that Slack does not have.
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
        default_factory=lambda: {
            "/content": "what you need, and for which deal",
            "/announce": "nothing, or: list, drafts, templates, results",
        }
    )
    shortcuts: tuple[Shortcut, ...] = SHORTCUTS
    unfurl_domains: tuple[str, ...] = ()
    public_url: str = ""
    app_token: str = "xapp-sandbox"  # noqa: S105 - opens nothing but this sandbox
    configuration_token: str = "xoxe.xoxp-sandbox"  # noqa: S105 - the same
    socket_mode: bool = False
    rate_limits: bool = True
    deadline_seconds: float = 3.0

    def __post_init__(self) -> None:
        """Refuse misspelt names, which would only show as something that never comes."""
        unknown = [*(set(self.scopes) - SCOPES["bot"]), *(set(self.events) - EVENTS.keys())]
        if unknown:
            raise ValueError(f"Slack has no bot scopes or events {', '.join(sorted(unknown))}")
