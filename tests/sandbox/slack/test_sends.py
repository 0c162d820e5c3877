"""Shortcuts, type-ahead, agent context and the app's end: what Slack sends beside messages."""

from typing import Any

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from sandbox.slack import Clock, Server, Shortcut, create_app
from sandbox.slack.config import BOT_EVENTS, BOT_SCOPES
from tests.sandbox.slack.conftest import running
from tests.sandbox.slack.stage import (
    BOT,
    DEALS,
    DM,
    MAYA,
    SHARED,
    STRANGER,
    TOKEN,
    Sandbox,
    ScriptedApp,
    config,
)

TITLE = {"type": "plain_text", "text": "Deal"}
MENU = {"type": "external_select", "action_id": "deal", "min_query_length": 2}
ROW: dict[str, Any] = {"type": "actions", "block_id": "row", "elements": [MENU]}
FORM: dict[str, Any] = {
    "type": "modal",
    "title": TITLE,
    "submit": TITLE,
    "blocks": [{"type": "input", "block_id": "d", "label": TITLE, "element": MENU}],
}
EVENTS = (*BOT_EVENTS, "app_uninstalled", "tokens_revoked")
SHORTCUTS = (Shortcut("Find content", "find"), Shortcut("Answer this", "answer", "message"))


@pytest.fixture
def wide() -> Any:
    """A local Slack whose app has shortcuts and hears of its own end."""
    with running(deadline_seconds=10, shortcuts=SHORTCUTS, events=EVENTS) as sandbox:
        yield sandbox


def web(slack: Sandbox) -> WebClient:
    """Return Slack's own client for it."""
    return WebClient(token=TOKEN, base_url=f"{slack.url}/api/", retry_handlers=[])


def option(value: str, text: str = "Acme") -> dict[str, Any]:
    """Return one option."""
    return {"text": {"type": "plain_text", "text": text}, "value": value}


def menu_message(slack: Sandbox) -> dict[str, Any]:
    """Post a message with an external menu and return where it is."""
    ts = web(slack).chat_postMessage(channel=DEALS, text="hi", blocks=[ROW])["ts"]
    return {"user": MAYA, "channel": DEALS, "ts": ts, "action_id": "deal"}


def test_a_global_shortcut_comes_with_a_trigger_and_without_a_channel(wide: Sandbox) -> None:
    wide.do("shortcut", user=MAYA, callback_id="find")

    payload = wide.app.heard[0]
    assert (payload["type"], payload["callback_id"], payload["user"]["id"]) == ("shortcut", "find", MAYA)
    assert "channel" not in payload
    assert web(wide).views_open(trigger_id=payload["trigger_id"], view=FORM)["ok"]


def test_a_message_shortcut_brings_the_message_and_a_way_to_answer(wide: Sandbox) -> None:
    ts = wide.do("say", user=MAYA, channel=DEALS, text="who has pricing?")["ts"]

    wide.do("shortcut", user=MAYA, callback_id="answer", channel=DEALS, ts=ts)
    WebhookClient(wide.app.heard[-1]["response_url"]).send(text="only for you")

    payload = wide.app.heard[-1]
    assert (payload["type"], payload["message_ts"]) == ("message_action", ts)
    assert (payload["message"]["text"], payload["channel"]["id"]) == ("who has pricing?", DEALS)
    assert wide.channel()["messages"][-1]["ephemeral"] is True


def test_a_shortcut_is_used_where_it_is_offered(wide: Sandbox) -> None:
    ts = wide.do("say", user=STRANGER, channel=SHARED, text="hello")["ts"]

    assert "no global shortcut" in wide.refuse("shortcut", user=MAYA, callback_id="answer")
    assert "no message shortcut" in wide.refuse(
        "shortcut", user=MAYA, callback_id="find", channel=SHARED, ts=ts
    )
    assert "not offered" in wide.refuse("shortcut", user=STRANGER, callback_id="find")


def test_what_is_typed_into_an_external_menu_is_asked_of_the_app(wide: Sandbox) -> None:
    where = menu_message(wide)
    wide.app.reply = lambda _: {"options": [option("1"), option("2", "Bolt")]}

    found = wide.do("suggest", **where, value="ac")
    wide.app.reply = lambda _: ""
    wide.do("click", **where, option="2")

    asked, chosen = wide.app.heard
    assert (asked["type"], asked["value"], asked["block_id"]) == ("block_suggestion", "ac", "row")
    assert asked["container"]["message_ts"] == where["ts"]
    assert [row["value"] for row in found["options"]] == ["1", "2"]
    assert chosen["actions"][0]["selected_option"] == option("2", "Bolt")


def test_options_may_come_in_groups_and_are_entered_in_a_modal(wide: Sandbox) -> None:
    wide.do("shortcut", user=MAYA, callback_id="find")
    view = web(wide).views_open(trigger_id=wide.app.heard[0]["trigger_id"], view=FORM)["view"]["id"]
    group = {"label": {"type": "plain_text", "text": "Mine"}, "options": [option("7")]}
    wide.app.reply = lambda heard: {"option_groups": [group]} if heard["type"] == "block_suggestion" else ""

    found = wide.do("suggest", user=MAYA, view_id=view, action_id="deal", value="acm")
    wide.do("submit", user=MAYA, view_id=view, values={"d": {"deal": "7"}})

    assert found["option_groups"] == [group]
    assert wide.app.heard[1]["view"]["id"] == view
    assert wide.app.heard[2]["view"]["state"]["values"]["d"]["deal"]["selected_option"] == option("7")


def test_only_what_was_offered_can_be_chosen(wide: Sandbox) -> None:
    where = menu_message(wide)
    wide.app.reply = lambda _: {"options": [option("1")]}
    wide.do("suggest", **where, value="ac")

    assert wide.refuse("click", **where, option="2") == "deal has no option '2'"
    assert "from 2 characters on" in wide.refuse("suggest", **where, value="a")


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ({"options": [option(str(number)) for number in range(101)]}, "no more than 100 items allowed"),
        ({"options": [option("1", "x" * 76)]}, "must be less than 76 characters"),
        ({"options": [{"text": "Acme", "value": "1"}]}, "must provide an object"),
        ({"options": [option("1")], "more": 1}, "options or option_groups, and nothing else"),
        ("nothing", "must be JSON"),
    ],
)
def test_a_wrong_answer_leaves_the_menu_empty_and_is_recorded(
    wide: Sandbox, answer: Any, problem: str
) -> None:
    where = menu_message(wide)
    wide.app.reply = lambda _: answer

    found = wide.do("suggest", **where, value="ac")

    assert found["options"] == []
    assert problem in found["problems"][0]
    assert wide.see("sent")["requests"][-1]["refused"] == found["problems"]


def test_a_hundred_options_of_75_characters_are_taken(wide: Sandbox) -> None:
    where = menu_message(wide)
    wide.app.reply = lambda _: {"options": [option(str(number), "x" * 75) for number in range(100)]}

    assert len(wide.do("suggest", **where, value="ac")["options"]) == 100


def test_what_a_person_looks_at_comes_with_the_agents_events(wide: Sandbox) -> None:
    channel = {"type": "slack#/types/channel_id", "value": DEALS}

    changed = wide.do("look_at", user=MAYA, entities=[channel])
    wide.do("open_dm", user=MAYA)
    wide.do("say", user=MAYA, channel=DM, text="what fits?")
    same = wide.do("look_at", user=MAYA, entities=[channel])

    kinds = [heard["event"]["type"] for heard in wide.app.heard]
    contexts = [heard["event"]["context"] for heard in wide.app.heard]
    assert kinds == ["app_context_changed", "app_home_opened", "message"]
    assert contexts == [{"entities": [{**channel, "team_id": "T0TEAM"}]}] * 3
    assert (len(changed["deliveries"]), same["deliveries"]) == (1, [])
    assert "an entity is" in wide.refuse("look_at", user=MAYA, entities=[{"type": "channel", "value": DEALS}])


@pytest.mark.parametrize("tokens_first", [True, False])
def test_an_uninstalled_app_is_told_twice_and_then_refused(wide: Sandbox, tokens_first: bool) -> None:
    wide.do("uninstall", tokens_first=tokens_first)

    with pytest.raises(SlackApiError) as refused:
        web(wide).chat_postMessage(channel=DEALS, text="hi")
    later = wide.do("say", user=MAYA, channel=DM, text="hi")

    kinds = [heard["event"]["type"] for heard in wide.app.heard]
    assert sorted(kinds) == ["app_uninstalled", "tokens_revoked"]
    assert (kinds[0] == "tokens_revoked") is tokens_first
    assert refused.value.response["error"] == "account_inactive"
    assert later["deliveries"] == []
    assert "not a command" in wide.refuse("command", user=MAYA, channel=DEALS, command="/content")


def test_a_token_can_be_revoked_by_the_app_itself() -> None:
    heard = ScriptedApp()
    with Server(heard.wsgi()) as behind, Server(create_app(config(behind.url), Clock())) as front:
        client = WebClient(token=TOKEN, base_url=f"{front.url}/api/", retry_handlers=[])

        assert client.auth_revoke(test=True)["revoked"] is False
        assert client.auth_revoke()["revoked"] is True
        with pytest.raises(SlackApiError) as refused:
            client.auth_test()

    assert refused.value.response["error"] == "token_revoked"


def test_a_revoked_token_is_told_with_the_bots_id(wide: Sandbox) -> None:
    wide.do("revoke")

    event = wide.app.heard[0]["event"]
    assert (event["type"], event["tokens"]) == ("tokens_revoked", {"oauth": [], "bot": [BOT]})
    assert wide.app.heard[0]["is_ext_shared_channel"] is False
    wide.do("install")
    assert web(wide).auth_test()["ok"]


def test_the_bot_is_known_and_joins_public_channels() -> None:
    scopes = (*BOT_SCOPES, "channels:join")
    with Server(create_app(config(scopes=scopes), Clock())) as front:
        client = WebClient(token=TOKEN, base_url=f"{front.url}/api/", retry_handlers=[])

        joined = client.conversations_join(channel="C0ELSEWHERE")
        again = client.conversations_join(channel="C0ELSEWHERE")

        assert joined["channel"]["is_member"] is True
        assert again["warning"] == "already_in_channel"
        assert client.chat_postMessage(channel="C0ELSEWHERE", text="hi")["ok"]
        assert client.bots_info(bot="B0BOT")["bot"]["user_id"] == BOT
        with pytest.raises(SlackApiError):
            client.bots_info(bot="B0OTHER")
        with pytest.raises(SlackApiError) as private:
            client.conversations_join(channel="C0SECRETS")
    assert private.value.response["error"] == "channel_not_found"


def test_a_permalink_leads_to_a_message_and_its_thread(slack: Sandbox, client: WebClient) -> None:
    ts = client.chat_postMessage(channel=DEALS, text="hi")["ts"]
    reply = client.chat_postMessage(channel=DEALS, text="re", thread_ts=ts)["ts"]

    plain = client.chat_getPermalink(channel=DEALS, message_ts=ts)["permalink"]
    threaded = client.chat_getPermalink(channel=DEALS, message_ts=reply)["permalink"]

    assert plain == f"https://harbourline.slack.com/archives/{DEALS}/p{ts.replace('.', '')}"
    assert threaded.endswith(f"?thread_ts={ts}&cid={DEALS}")
    answer = requests.get(
        f"{slack.url}/api/chat.getPermalink",
        params={"channel": DEALS, "message_ts": "1.2"},
        headers={"Authorization": f"Bearer {TOKEN}"},
        timeout=5,
    ).json()
    assert answer["error"] == "message_not_found"
