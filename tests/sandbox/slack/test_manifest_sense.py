"""What the parts of a manifest need of each other, and the names that Slack has."""

from typing import Any

import pytest

from tests.sandbox.slack.manifests import (
    Manifest,
    about,
    command,
    hearing,
    names,
    shortcut,
    with_features,
    with_scopes,
)


@pytest.mark.parametrize("by", ["bot", "user"])
def test_no_more_than_a_hundred_events_are_subscribed_to(validate: Any, by: str) -> None:
    at = f"/settings/event_subscriptions/{by}_events"

    # There are not a hundred events of these names, so that what is inside is refused for another reason.
    inside = validate(hearing(*names(100), by=by))["errors"]
    outside = validate(hearing(*names(101), by=by))["errors"]

    assert {row["code"] for row in inside} == {"invalid_event_type"}
    assert [(row["code"], row["pointer"]) for row in outside] == [("failed_constraint", at)]


@pytest.mark.parametrize(
    ("manifest", "code", "message", "pointer"),
    [
        (
            with_scopes(bot=["chat:wirte", "commands", "users:raed"]),
            "illegal_bot_scopes",
            "Illegal bot scopes found `chat:wirte,users:raed`",
            "/oauth_config/scopes/bot",
        ),
        # Real scopes, of the other token.
        (with_scopes(bot=["search:read"]), "illegal_bot_scopes", "`search:read`", "/oauth_config/scopes/bot"),
        (
            with_scopes(user=["app_mentions:read"]),
            "illegal_user_scopes",
            "`app_mentions:read`",
            "/oauth_config/scopes/user",
        ),
        (
            with_scopes(bot_optional=["files:raed"]),
            "illegal_bot_scopes",
            "`files:raed`",
            "/oauth_config/scopes/bot_optional",
        ),
        (
            hearing("mesage.im", scopes=("im:history",)),
            "invalid_event_type",
            "invalid event type: mesage.im",
            "/settings/event_subscriptions/bot_events",
        ),
        # An event of the old streaming API.
        (
            hearing("presence_change", scopes=("users:read",)),
            "invalid_event_type",
            "invalid event type: presence_change",
            "/settings/event_subscriptions/bot_events",
        ),
        (
            hearing("message.im", scopes=("im:read",)),
            "requires_event_scope",
            "message.im requires `im:history` bot scope",
            "/settings/event_subscriptions/bot_events",
        ),
        (
            hearing("reaction_added", by="user"),
            "requires_event_scope",
            "`reactions:read` user scope",
            "/settings/event_subscriptions/user_events",
        ),
        (
            {
                **with_features(slash_commands=[command()]),
                "oauth_config": {"scopes": {"bot": ["chat:write"]}},
            },
            "requires_commands_bot_scope",
            "Slash Commands requires `commands` bot scope",
            "/features/slash_commands",
        ),
        (
            {**with_features(shortcuts=[shortcut()]), "oauth_config": {"scopes": {"bot": ["chat:write"]}}},
            "requires_commands_bot_scope",
            "Shortcuts requires `commands` bot scope",
            "/features/shortcuts",
        ),
        (
            {**with_features(), "oauth_config": {}},
            "requires_a_bot_scope",
            "requires a bot scope",
            "/features/bot_user",
        ),
        (
            {**with_scopes(), "features": {}},
            "requires_bot_user",
            "require a bot user",
            "/oauth_config/scopes/bot",
        ),
        (
            {
                **hearing("app_home_opened", scopes=("commands",)),
                "settings": {"event_subscriptions": {"bot_events": []}},
            },
            "requires_request_url",
            "Event Subscription requires either Request URL or Socket Mode Enabled",
            "/settings/event_subscriptions",
        ),
        (
            {**about(), "settings": {"interactivity": {"is_enabled": True}}},
            "requires_request_url",
            "Interactivity requires a Request URL",
            "/settings/interactivity",
        ),
        (
            {**with_features(slash_commands=[command()]), "settings": {}},
            "requires_request_url",
            "requires a url",
            "/features/slash_commands/0",
        ),
    ],
)
def test_what_does_not_fit_together_is_refused_by_code_and_place(
    validate: Any, manifest: Manifest, code: str, message: str, pointer: str
) -> None:
    [problem] = validate(manifest)["errors"]

    assert (problem["code"], problem["pointer"]) == (code, pointer)
    assert message in problem["message"]


def test_one_of_several_scopes_is_enough_for_an_event(validate: Any) -> None:
    heard = hearing("member_joined_channel", scopes=("groups:read",))

    assert validate(heard)["ok"]
