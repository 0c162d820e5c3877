"""manifest.yml: Slack takes it, and it says what the app is: no more scopes, events or commands than are used."""

import copy
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from bot import announce, shortcuts as shortcuts_of_find
from bot.publish_blocks import SHORTCUT
from doctor.outside import MANIFEST, manifest_scopes
from sandbox.slack.config import BOT_EVENTS, BOT_SCOPES, SlackConfig
from tests.ops.installation import ROOT, WORKSPACE
from tests.ops.manifest_rules import problems


@pytest.fixture
def manifest() -> Any:
    return yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))


def lose_scope(manifest: Any) -> None:
    manifest["oauth_config"]["scopes"]["bot"].remove("im:history")


def lose_address(manifest: Any) -> None:
    del manifest["settings"]["interactivity"]["request_url"]


def offer_five_prompts(manifest: Any) -> None:
    prompts = manifest["features"]["agent_view"]["suggested_prompts"]
    prompts.append({"title": "One more", "message": "one more"})


def say_little(manifest: Any) -> None:
    manifest["display_information"]["long_description"] = "Content for deals."


def say_much(manifest: Any) -> None:
    manifest["display_information"]["description"] = "x" * 141


def misspell(manifest: Any) -> None:
    manifest["features"]["agent_veiw"] = manifest["features"].pop("agent_view")


def call_a_shortcut_at_length(manifest: Any) -> None:
    manifest["features"]["shortcuts"][0]["name"] = "Put this into our library"


def forget_the_slash(manifest: Any) -> None:
    manifest["features"]["slash_commands"][0]["command"] = "content"


def listen_in_the_open(manifest: Any) -> None:
    manifest["settings"]["event_subscriptions"]["request_url"] = "http://touchline.example.com/slack/events"


def test_slack_would_take_it(manifest: Any) -> None:
    assert problems(manifest) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lose_scope,
        lose_address,
        offer_five_prompts,
        say_little,
        say_much,
        misspell,
        call_a_shortcut_at_length,
        forget_the_slash,
        listen_in_the_open,
    ],
)
def test_a_spoilt_one_would_be_refused(manifest: Any, spoil: Callable[[Any], None]) -> None:
    spoilt = copy.deepcopy(manifest)

    spoil(spoilt)

    assert len(problems(spoilt)) >= 1


def test_the_local_slack_grants_these_scopes_and_sends_these_events(manifest: Any) -> None:
    assert sorted(manifest_scopes(MANIFEST)) == sorted(BOT_SCOPES)
    assert sorted(manifest["settings"]["event_subscriptions"]["bot_events"]) == sorted(BOT_EVENTS)


def test_the_local_slack_knows_the_same_command(manifest: Any) -> None:
    local = SlackConfig(workspace=WORKSPACE, app_url="", signing_secret="", bot_token="")

    commands = {one["command"]: one["usage_hint"] for one in manifest["features"]["slash_commands"]}

    assert commands == dict(local.commands)


def test_the_local_slack_knows_the_same_shortcuts_and_each_is_listened_to(manifest: Any) -> None:
    local = SlackConfig(workspace=WORKSPACE, app_url="", signing_secret="", bot_token="")

    shortcuts = {(one["name"], one["callback_id"], one["type"]) for one in manifest["features"]["shortcuts"]}

    assert shortcuts == {(one.name, one.callback_id, one.kind) for one in local.shortcuts}
    assert {callback_id for _, callback_id, _ in shortcuts} == {
        *(SHORTCUT, announce.SHORTCUT),
        *(shortcuts_of_find.MESSAGE, shortcuts_of_find.ANYWHERE),
    }


def test_mentions_in_a_command_arrive_as_they_were_typed(manifest: Any) -> None:
    # Names of deals hold & and @; escaped, they would not be found.
    assert [one["should_escape"] for one in manifest["features"]["slash_commands"]] == [False, False]


def test_one_address_is_to_be_replaced_everywhere(manifest: Any) -> None:
    settings = manifest["settings"]

    urls = {
        settings["event_subscriptions"]["request_url"],
        settings["interactivity"]["request_url"],
        *(one["url"] for one in manifest["features"]["slash_commands"]),
    }

    assert urls == {"https://touchline.example.com/slack/events"}
    assert urlsplit(urls.pop()).path in (ROOT / "web" / "app.py").read_text(encoding="utf-8")


def test_each_scope_is_explained_to_those_who_install_it() -> None:
    install = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    table = install.partition("| scope | what for |")[2].partition("\n\n")[0]

    explained = {line.split("`")[1] for line in table.splitlines() if line.startswith("| `")}

    assert explained == manifest_scopes(MANIFEST)
