"""Start a local Slack for a judge: one small workspace, every scope, every event."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from judges.stage import free_ports
from sandbox.slack import Server, SlackConfig, create_app
from sandbox.slack.config import Shortcut

SECRET, TOKEN, APP_TOKEN = "judges-signing-secret", "xoxb-judges", "xapp-judges"
CONFIGURATION_TOKEN = "xoxe.xoxp-judges"  # noqa: S105 - opens nothing but this sandbox
MAYA, RAFA, GUEST, STRANGER, GONE, BOT = "U0MAYA", "U0RAFA", "U0GUEST", "U0STRANGER", "U0GONE", "U0BOT"
DEALS, SECRETS, SHARED = "C0DEALS", "C0SECRETS", "C0SHARED"
SCOPES = (
    *("app_mentions:read", "assistant:write", "chat:write", "commands", "files:read", "files:write"),
    *("links:read", "links:write", "users:read", "users:read.email", "team:read", "reactions:write"),
    *("channels:history", "channels:join", "channels:read", "groups:history", "groups:read"),
    *("im:history", "im:read", "im:write", "mpim:history", "mpim:read", "mpim:write"),
)
SHORTCUTS = (Shortcut("Anywhere", "anywhere"), Shortcut("Share this", "share_this", kind="message"))
DOMAINS = ("decks.judges.example",)
EVENTS = (
    *("app_home_opened", "app_mention", "message.im", "message.channels", "message.groups", "link_shared"),
    *("app_context_changed", "assistant_thread_started", "assistant_thread_context_changed"),
)
WORKSPACE: dict[str, Any] = {
    "team": {"id": "T0JUDGES", "name": "Judges", "domain": "judges"},
    "users": [
        {
            "id": MAYA,
            "name": "maya",
            "real_name": "Maya Chen",
            "email": "maya@judges.example",
            "locale": "fr-FR",
            "tz": "Europe/Paris",
        },
        {"id": RAFA, "name": "rafa", "real_name": "Rafael Souza", "email": "rafa@judges.example"},
        {
            "id": GUEST,
            "name": "gast",
            "real_name": "Gast Gastón",
            "email": "g@x.example",
            "is_restricted": True,
        },
        {"id": STRANGER, "name": "lee", "real_name": "Lee Park", "email": "l@y.example", "is_stranger": True},
        {"id": GONE, "name": "gone", "real_name": "Gone", "email": "gone@judges.example", "deleted": True},
    ],
    "channels": [
        {"id": DEALS, "name": "deals", "members": [MAYA, RAFA, GUEST, BOT]},
        {"id": "C0OPEN", "name": "open", "members": [MAYA]},
        {"id": SECRETS, "name": "secrets", "is_private": True, "members": [MAYA]},
        {"id": SHARED, "name": "ext", "is_ext_shared": True, "members": [MAYA, STRANGER, BOT]},
    ],
    "bot": {"user_id": BOT, "bot_id": "B0BOT", "name": "Judged app"},
}


@dataclass(frozen=True)
class LocalSlack:
    """A running local Slack and where its app is expected."""

    url: str
    app_port: int

    def environment(self) -> dict[str, str]:
        """Return what judges in other languages are told."""
        return {
            "SANDBOX_SLACK": self.url,
            "SANDBOX_APP_PORT": str(self.app_port),
            "SANDBOX_SIGNING_SECRET": SECRET,
            "SANDBOX_BOT_TOKEN": TOKEN,
            "SANDBOX_APP_TOKEN": APP_TOKEN,
            "SANDBOX_CONFIGURATION_TOKEN": CONFIGURATION_TOKEN,
        }


@contextmanager
def local_slack(*, rate_limits: bool = False, socket_mode: bool = False) -> Iterator[LocalSlack]:
    """Serve one until the block is left."""
    [app_port] = free_ports(1)
    config = SlackConfig(
        workspace=WORKSPACE,
        app_url=f"http://127.0.0.1:{app_port}",
        signing_secret=SECRET,
        bot_token=TOKEN,
        scopes=SCOPES,
        events=EVENTS,
        app_token=APP_TOKEN,
        configuration_token=CONFIGURATION_TOKEN,
        shortcuts=SHORTCUTS,
        unfurl_domains=DOMAINS,
        rate_limits=rate_limits,
        socket_mode=socket_mode,
    )
    with Server(create_app(config)) as server:
        yield LocalSlack(server.url, app_port)
