"""Every limit of an app manifest: just inside is taken, just outside refused with its place."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.slack import Server, create_app
from tests.sandbox.slack.stage import TOKEN, config

Manifest = dict[str, Any]
CONFIGURATION_TOKEN = "xoxe.xoxp-test"
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def validate() -> Iterator[Callable[[Any], Any]]:
    """Ask the local Slack what it thinks of a manifest."""
    told = config(rate_limits=False, configuration_token=CONFIGURATION_TOKEN)
    with Server(create_app(told)) as front:
        client = WebClient(token=CONFIGURATION_TOKEN, base_url=f"{front.url}/api/", retry_handlers=[])

        def ask(manifest: Any, *, token: str = CONFIGURATION_TOKEN) -> Any:
            try:
                return client.apps_manifest_validate(manifest=manifest, token=token).data
            except SlackApiError as refusal:
                return refusal.response.data

        yield ask


def about(**more: Any) -> Manifest:
    """Return a manifest with this display information."""
    return {"display_information": {"name": "Touchline", **more}}


def with_features(**features: Any) -> Manifest:
    """Return a manifest with these features, in Socket Mode, so that no addresses are needed."""
    return {**about(), "features": features, "settings": {"socket_mode_enabled": True}}


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


def function() -> Manifest:
    """Return a function."""
    return {"title": "t", "description": "d", "input_parameters": {}, "output_parameters": {}}


def events(**more: Any) -> Manifest:
    """Return settings with these subscriptions."""
    return with_settings(event_subscriptions=more)


PROMPT = {"title": "t", "message": "m"}
LIMITS: list[tuple[str, int, Callable[[int], Manifest], str]] = [
    ("name", 35, lambda n: about(name=words(n)), "/display_information/name"),
    ("description", 140, lambda n: about(description=words(n)), "/display_information/description"),
    (
        "long description",
        4000,
        lambda n: about(long_description=words(n)),
        "/display_information/long_description",
    ),
    (
        "bot name",
        80,
        lambda n: with_features(bot_user={"display_name": words(n)}),
        "/features/bot_user/display_name",
    ),
    ("shortcuts", 10, lambda n: with_features(shortcuts=[shortcut()] * n), "/features/shortcuts"),
    (
        "shortcut name",
        24,
        lambda n: with_features(shortcuts=[shortcut(name=words(n))]),
        "/features/shortcuts/0/name",
    ),
    (
        "shortcut description",
        150,
        lambda n: with_features(shortcuts=[shortcut(description=words(n))]),
        "/features/shortcuts/0/description",
    ),
    (
        "shortcut callback_id",
        255,
        lambda n: with_features(shortcuts=[shortcut(callback_id=words(n))]),
        "/features/shortcuts/0/callback_id",
    ),
    ("commands", 50, lambda n: with_features(slash_commands=[command()] * n), "/features/slash_commands"),
    (
        "command",
        32,
        lambda n: with_features(slash_commands=[command(command="/" + words(n - 1))]),
        "/features/slash_commands/0/command",
    ),
    (
        "command description",
        2000,
        lambda n: with_features(slash_commands=[command(description=words(n))]),
        "/features/slash_commands/0/description",
    ),
    (
        "usage hint",
        1000,
        lambda n: with_features(slash_commands=[command(usage_hint=words(n))]),
        "/features/slash_commands/0/usage_hint",
    ),
    (
        "command url",
        3000,
        lambda n: with_features(slash_commands=[command(url="https://x.test/".ljust(n, "a"))]),
        "/features/slash_commands/0/url",
    ),
    (
        "unfurl domains",
        5,
        lambda n: with_features(unfurl_domains=[f"{name}.test" for name in names(n)]),
        "/features/unfurl_domains",
    ),
    (
        "unfurl domain",
        255,
        lambda n: with_features(unfurl_domains=[words(n)]),
        "/features/unfurl_domains/0",
    ),
    (
        "agent description",
        300,
        lambda n: with_features(agent_view={"agent_description": words(n)}),
        "/features/agent_view/agent_description",
    ),
    (
        "prompts",
        4,
        lambda n: with_features(agent_view={"suggested_prompts": [PROMPT] * n}),
        "/features/agent_view/suggested_prompts",
    ),
    (
        "redirect urls",
        1000,
        lambda n: {**about(), "oauth_config": {"redirect_urls": names(n)}},
        "/oauth_config/redirect_urls",
    ),
    (
        "scopes",
        255,
        lambda n: {**about(), "oauth_config": {"scopes": {"bot": names(n)}}},
        "/oauth_config/scopes/bot",
    ),
    ("bot events", 100, lambda n: events(bot_events=names(n)), "/settings/event_subscriptions/bot_events"),
    ("user events", 100, lambda n: events(user_events=names(n)), "/settings/event_subscriptions/user_events"),
    (
        "metadata subscriptions",
        20,
        lambda n: events(metadata_subscriptions=[{"app_id": "A1", "event_type": name} for name in names(n)]),
        "/settings/event_subscriptions/metadata_subscriptions",
    ),
    (
        "functions",
        50,
        lambda n: {**about(), "functions": dict.fromkeys(names(n), function())},
        "/functions",
    ),
    ("mcp servers", 20, lambda n: {**about(), "mcp_servers": {key: {} for key in names(n)}}, "/mcp_servers"),
]


@pytest.mark.parametrize(("name", "most", "make", "pointer"), LIMITS, ids=[row[0] for row in LIMITS])
def test_a_limit_is_held_to_the_last_one(
    validate: Any, name: str, most: int, make: Callable[[int], Manifest], pointer: str
) -> None:
    inside, outside = validate(make(most)), validate(make(most + 1))

    assert inside == {"ok": True}
    assert (outside["ok"], outside["error"]) == (False, "invalid_manifest")
    assert outside["errors"][0]["pointer"] == pointer
    assert outside["errors"][0]["message"]


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ({}, "missing required field: display_information"),
        (about(long_description=words(174)), "must be more than 174 characters"),
        (about(colour="red"), "invalid additional property: colour"),
        (with_features(unfurl_domains=["example.test:8443"]), "without scheme, path or port"),
        (with_features(unfurl_domains=["example.test"] * 2), "items must be unique"),
        (with_features(slash_commands=[command(command="content")]), "a / and at most"),
        (with_features(shortcuts=[shortcut(type="menu")]), "must be one of message, global"),
        ({**about(), "settings": {"interactivity": {"is_enabled": True}}}, "needs a request_url"),
        ({**about(), "features": {"slash_commands": [command()]}}, "needs a url"),
        (
            {**about(), "settings": {"event_subscriptions": {"bot_events": ["message.im"]}}},
            "needs a request_url",
        ),
        ("manifest", "must be a json"),
    ],
)
def test_a_wrong_manifest_is_refused_with_the_reason(validate: Any, manifest: Any, message: str) -> None:
    assert message in str(validate(manifest))


def test_a_manifest_is_judged_for_a_configuration_token_alone(validate: Any) -> None:
    assert validate(about(), token=TOKEN)["error"] == "not_allowed_token_type"


def test_the_manifest_of_this_repository_is_right(validate: Any) -> None:
    manifest = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))

    assert validate(manifest) == {"ok": True}
