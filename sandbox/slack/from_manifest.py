"""Play an app as its manifest describes it."""

from pathlib import Path
from typing import Any

import yaml

from sandbox.slack.config import Shortcut
from sandbox.slack.manifest import check_manifest


def read_manifest(file: Path) -> dict[str, Any]:
    """Return what a manifest (YAML or JSON) says of SlackConfig; raises ValueError with all that Slack would refuse."""
    manifest = yaml.safe_load(file.read_text(encoding="utf-8"))
    problems = check_manifest(manifest)
    if problems:
        lines = [f"  {problem['pointer'] or '/'}: {problem['message']}" for problem in problems]
        raise ValueError("\n".join([f"Slack would refuse {file}:", *lines]))
    features, settings = manifest.get("features", {}), manifest.get("settings", {})
    commands, shortcuts = features.get("slash_commands", []), features.get("shortcuts", [])
    return {
        "scopes": tuple(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", ())),
        "events": tuple(settings.get("event_subscriptions", {}).get("bot_events", ())),
        "commands": {row["command"]: row.get("usage_hint", "") for row in commands},
        "shortcuts": tuple(Shortcut(row["name"], row["callback_id"], row["type"]) for row in shortcuts),
        "unfurl_domains": tuple(features.get("unfurl_domains", ())),
        "socket_mode": bool(settings.get("socket_mode_enabled")),
    }
