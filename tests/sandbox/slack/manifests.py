"""Manifests of a wanted size and shape."""

from typing import Any

Manifest = dict[str, Any]


def about(**more: Any) -> Manifest:
    """Return a manifest with this display information."""
    return {"display_information": {"name": "Touchline", **more}}


def with_features(**features: Any) -> Manifest:
    """Return a manifest with these features, in Socket Mode, so that no addresses are needed."""
    return {
        **about(),
        "features": {"bot_user": {"display_name": "Touchline"}, **features},
        "oauth_config": {"scopes": {"bot": ["commands"]}},
        "settings": {"socket_mode_enabled": True},
    }


def with_scopes(**scopes: list[str]) -> Manifest:
    """Return a manifest that asks for these scopes."""
    return {**with_features(), "oauth_config": {"scopes": {"bot": ["commands"], **scopes}}}


def with_settings(**settings: Any) -> Manifest:
    """Return a manifest with these settings."""
    return {**about(), "settings": {"socket_mode_enabled": True, **settings}}


def words(count: int) -> str:
    """Return that many characters."""
    return "x" * count


def names(count: int) -> list[str]:
    """Return that many different words."""
    return [f"n{place}" for place in range(count)]


def shortcut(**more: Any) -> Manifest:
    """Return a shortcut."""
    return {"name": "Find", "type": "global", "callback_id": "find", "description": "d", **more}


def command(**more: Any) -> Manifest:
    """Return a slash command."""
    return {"command": "/content", "description": "d", **more}


def function(properties: int = 1) -> Manifest:
    """Return a function with so many parameters."""
    parameters = {"properties": {name: {"type": "string"} for name in names(properties)}}
    return {"title": "t", "description": "d", "input_parameters": parameters, "output_parameters": parameters}


def server() -> Manifest:
    """Return an MCP server."""
    return {"url": "https://x.test/mcp", "auth_type": "no_auth"}


def hearing(*events: str, scopes: tuple[str, ...] = ("chat:write",), by: str = "bot") -> Manifest:
    """Return a manifest that subscribes to these events; `by` is bot or user, and who has the scopes."""
    subscribed = {"event_subscriptions": {f"{by}_events": [*events]}, "socket_mode_enabled": True}
    return {**with_scopes(**{by: [*scopes]}), "settings": subscribed}
