"""What the parts of a manifest need of each other: known names, scopes for features and events, addresses."""

from collections.abc import Iterator
from typing import Any

from sandbox.slack.errors import Json
from sandbox.slack.manifest_names import EVENTS, SCOPES

_BOT_SCOPES = "/oauth_config/scopes/bot"
_SUBSCRIBED = "/settings/event_subscriptions"


def problem(code: str, message: str, pointer: str) -> Json:
    """Return one entry of `errors`, as Slack shapes it."""
    return {"code": code, "message": message, "pointer": pointer}


def check_sense(manifest: Json) -> Iterator[Json]:
    """Find what is wrong with a manifest whose parts are each of the right shape."""
    yield from _scopes(manifest)
    yield from _features(manifest)
    for token in ("bot", "user"):
        yield from _events(manifest, token)
    if not _within(manifest, "settings", "socket_mode_enabled"):
        yield from _addresses(manifest)


def _scopes(manifest: Json) -> Iterator[Json]:
    for name, scopes in _asked(manifest).items():
        token = name.removesuffix("_optional")
        illegal = [scope for scope in scopes if scope not in SCOPES[token]]
        if illegal:
            message = f"Illegal {token} scopes found `{','.join(illegal)}`"
            yield problem(f"illegal_{token}_scopes", message, f"/oauth_config/scopes/{name}")


def _features(manifest: Json) -> Iterator[Json]:
    features, scopes = manifest.get("features", {}), _granted(manifest, "bot")
    if "bot_user" in features and not scopes:
        yield problem("requires_a_bot_scope", "Bot User requires a bot scope", "/features/bot_user")
    if scopes and "bot_user" not in features:
        yield problem("requires_bot_user", "Bot scopes require a bot user", _BOT_SCOPES)
    for name, title in (("slash_commands", "Slash Commands"), ("shortcuts", "Shortcuts")):
        if name in features and "commands" not in scopes:
            message = f"{title} requires `commands` bot scope"
            yield problem("requires_commands_bot_scope", message, f"/features/{name}")


def _events(manifest: Json, token: str) -> Iterator[Json]:
    at, scopes = f"{_SUBSCRIBED}/{token}_events", _granted(manifest, token)
    for event in _within(manifest, "settings", "event_subscriptions", f"{token}_events") or []:
        if event not in EVENTS:
            yield problem("invalid_event_type", f"invalid event type: {event}", at)
        elif EVENTS[event] and not scopes.intersection(EVENTS[event]):
            needed = " or ".join(f"`{scope}`" for scope in EVENTS[event])
            yield problem("requires_event_scope", f"{event} requires {needed} {token} scope", at)


def _addresses(manifest: Json) -> Iterator[Json]:
    events = _within(manifest, "settings", "event_subscriptions") or {}
    if events.keys() & {"bot_events", "user_events"} and "request_url" not in events:
        message = "Event Subscription requires either Request URL or Socket Mode Enabled"
        yield problem("requires_request_url", message, _SUBSCRIBED)
    interactivity = _within(manifest, "settings", "interactivity") or {}
    if interactivity.get("is_enabled") and "request_url" not in interactivity:
        yield problem(
            "requires_request_url", "Interactivity requires a Request URL", "/settings/interactivity"
        )
    for place, command in enumerate(_within(manifest, "features", "slash_commands") or []):
        if "url" not in command:
            at = f"/features/slash_commands/{place}"
            yield problem("requires_request_url", "Slash Commands requires a url", at)


def _asked(manifest: Json) -> dict[str, list[str]]:
    return _within(manifest, "oauth_config", "scopes") or {}


def _granted(manifest: Json, token: str) -> set[str]:
    asked = _asked(manifest)
    return {*asked.get(token, []), *asked.get(f"{token}_optional", [])}


def _within(manifest: Json, *names: str) -> Any:
    found: Any = manifest
    for name in names:
        found = found.get(name, {})
    return found
