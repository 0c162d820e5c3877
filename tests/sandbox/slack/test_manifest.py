"""Every limit of an app manifest: just inside is taken, just outside refused with its place."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.sandbox.slack.manifests import (
    Manifest,
    about,
    command,
    function,
    names,
    server,
    shortcut,
    with_features,
    with_scopes,
    with_settings,
    words,
)
from tests.sandbox.slack.stage import TOKEN

ROOT = Path(__file__).resolve().parents[3]
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
    ("scopes", 255, lambda n: with_scopes(bot=["commands"] * n), "/oauth_config/scopes/bot"),
    (
        "metadata subscriptions",
        20,
        lambda n: with_settings(
            event_subscriptions={
                "metadata_subscriptions": [{"app_id": "A1", "event_type": name} for name in names(n)]
            }
        ),
        "/settings/event_subscriptions/metadata_subscriptions",
    ),
    (
        "functions",
        50,
        lambda n: {**about(), "functions": dict.fromkeys(names(n), function())},
        "/functions",
    ),
    (
        "parameters",
        50,
        lambda n: {**about(), "functions": {"f": function(n)}},
        "/functions/f/input_parameters/properties",
    ),
    (
        "mcp servers",
        20,
        lambda n: {**about(), "mcp_servers": dict.fromkeys(names(n), server())},
        "/mcp_servers",
    ),
]


@pytest.mark.parametrize(("name", "most", "make", "pointer"), LIMITS, ids=[row[0] for row in LIMITS])
def test_a_limit_is_held_to_the_last_one(
    validate: Any, name: str, most: int, make: Callable[[int], Manifest], pointer: str
) -> None:
    inside, outside = validate(make(most)), validate(make(most + 1))

    assert inside == {"ok": True, "errors": []}
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
        (with_features(slash_commands=[]), "no fewer than 1 items allowed"),
        (with_features(agent_veiw={}), "invalid additional property: agent_veiw"),
        (with_settings(event_subscriptions={"bot_event": []}), "invalid additional property: bot_event"),
        ({**about(), "functions": {"f": {**function(), "input_parameters": {}}}}, "properties"),
        (
            {**about(), "functions": {"f": {**function(), "input_parameters": {"properties": {"p": {}}}}}},
            "missing required field: type",
        ),
        ({**about(), "mcp_servers": {"m": {**server(), "adress": "x"}}}, "additional property: adress"),
        ({**about(), "mcp_servers": {"m": {**server(), "auth_type": "oauth"}}}, "must be one of"),
        ("manifest", "must be a json"),
    ],
)
def test_a_wrong_manifest_is_refused_with_the_reason(validate: Any, manifest: Any, message: str) -> None:
    assert message in str(validate(manifest))


def test_a_manifest_is_judged_for_a_configuration_token_alone(validate: Any) -> None:
    assert validate(about(), token=TOKEN)["error"] == "not_allowed_token_type"


def test_the_manifest_of_this_repository_is_right(validate: Any) -> None:
    manifest = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))

    assert validate(manifest) == {"ok": True, "errors": []}
