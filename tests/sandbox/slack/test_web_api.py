"""The Web API, asked by Slack's own client."""

from typing import Any

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.slack import Server, create_app
from tests.sandbox.slack.stage import (
    BOT,
    DEALS,
    DM,
    ELSEWHERE,
    GONE,
    GUEST,
    MAYA,
    RAFA,
    SECRETS,
    STRANGER,
    TOKEN,
    Sandbox,
    config,
)

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}


def refusal(call: Any, **arguments: Any) -> Any:
    """Return the answer of a call that Slack refuses."""
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return caught.value.response


def test_the_token_knows_who_it_is(client: WebClient) -> None:
    answer = client.auth_test()

    assert (answer["user_id"], answer["bot_id"], answer["team_id"]) == (BOT, "B0BOT", "T0TEAM")
    assert "chat:write" in answer.headers["x-oauth-scopes"]


def test_json_with_an_empty_body_is_taken(slack: Sandbox) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}

    answer = requests.post(f"{slack.url}/api/auth.test", headers=headers, timeout=5).json()

    assert answer["ok"] is True


@pytest.mark.parametrize("how", ["form", "json", "multipart", "query"])
def test_arguments_come_in_every_content_type(slack: Sandbox, how: str) -> None:
    fields = {"token": TOKEN, "channel": DEALS, "text": "hi"}
    url = f"{slack.url}/api/chat.postMessage"
    ways: dict[str, dict[str, Any]] = {
        "form": {"data": fields},
        "json": {"json": fields},
        "multipart": {"files": {name: (None, value) for name, value in fields.items()}},
        "query": {"params": fields},
    }

    answer = requests.post(url, timeout=5, **ways[how]).json()

    assert answer["message"]["text"] == "hi"


@pytest.mark.parametrize(("token", "error"), [("", "not_authed"), ("xoxb-wrong", "invalid_auth")])
def test_a_missing_or_wrong_token_is_refused(slack: Sandbox, token: str, error: str) -> None:
    answer = requests.post(f"{slack.url}/api/auth.test", data={"token": token}, timeout=5).json()

    assert answer == {"ok": False, "error": error}


def test_unknown_methods_and_arguments_are_refused(client: WebClient) -> None:
    unknown = refusal(client.api_call, api_method="chat.shout")
    odd = refusal(client.chat_postMessage, channel=DEALS, text="hi", loud=True)

    assert unknown["error"] == "unknown_method"
    assert odd["error"] == "invalid_arguments"
    assert odd["response_metadata"]["messages"] == ["[ERROR] unknown argument: loud"]


def test_a_missing_argument_is_named(client: WebClient) -> None:
    answer = refusal(client.api_call, api_method="chat.update", params={"channel": DEALS})

    assert answer["response_metadata"]["messages"] == ["[ERROR] missing required field: ts"]


def test_a_missing_scope_is_named() -> None:
    with Server(create_app(config(scopes=("chat:write", "channels:history")))) as front:
        client = WebClient(token=TOKEN, base_url=f"{front.url}/api/")
        answer = refusal(client.users_lookupByEmail, email="maya@harbourline.test")
        direct = refusal(client.conversations_open, users=MAYA)

    assert (answer["error"], answer["needed"]) == ("missing_scope", "users:read.email")
    assert answer["provided"] == "chat:write,channels:history"
    assert direct["needed"] == "im:write"


def test_posts_are_stored_with_rising_time_stamps(client: WebClient) -> None:
    stamps = [client.chat_postMessage(channel=DEALS, text=str(number))["ts"] for number in range(3)]

    history = client.conversations_history(channel=DEALS, limit=2)
    rest = client.conversations_history(
        channel=DEALS, limit=9, cursor=history["response_metadata"]["next_cursor"]
    )

    assert stamps == sorted(set(stamps))
    assert [row["text"] for row in [*history["messages"], *rest["messages"]]] == ["2", "1", "0"]
    assert rest["has_more"] is False


def test_metadata_comes_back_only_when_asked_for(client: WebClient) -> None:
    metadata = {"event_type": "answer", "event_payload": {"id": "a1"}}
    client.chat_postMessage(channel=DEALS, text="hi", metadata=metadata)

    plain = client.conversations_history(channel=DEALS)["messages"][0]
    full = client.conversations_history(channel=DEALS, include_all_metadata=True)["messages"][0]

    assert "metadata" not in plain
    assert full["metadata"] == metadata


def test_a_thread_is_read_back_and_hidden_from_the_main_line(client: WebClient) -> None:
    parent = client.chat_postMessage(channel=DEALS, text="parent")["ts"]
    client.chat_postMessage(channel=DEALS, text="reply", thread_ts=parent)

    thread = client.conversations_replies(channel=DEALS, ts=parent)["messages"]
    main = client.conversations_history(channel=DEALS)["messages"]

    assert [row["text"] for row in thread] == ["parent", "reply"]
    assert [(row["text"], row["reply_count"]) for row in main] == [("parent", 1)]


def test_history_is_bounded_by_oldest_and_latest(client: WebClient) -> None:
    first, middle, last = (client.chat_postMessage(channel=DEALS, text=text)["ts"] for text in "abc")

    between = client.conversations_history(channel=DEALS, oldest=first, latest=last)
    ends = client.conversations_history(channel=DEALS, oldest=middle, inclusive=True)

    assert [row["text"] for row in between["messages"]] == ["b"]
    assert [row["text"] for row in ends["messages"]] == ["c", "b"]


@pytest.mark.parametrize(
    ("channel", "error"),
    [("C0NOWHERE", "channel_not_found"), (SECRETS, "channel_not_found"), (ELSEWHERE, "not_in_channel")],
)
def test_the_bot_speaks_only_where_it_is(client: WebClient, channel: str, error: str) -> None:
    assert refusal(client.chat_postMessage, channel=channel, text="hi")["error"] == error


def test_posting_to_a_person_opens_the_direct_conversation(client: WebClient) -> None:
    opened = client.conversations_open(users=MAYA)["channel"]["id"]

    posted = client.chat_postMessage(channel=MAYA, text="hi")["channel"]

    assert opened == posted == DM


@pytest.mark.parametrize(
    ("user", "error"),
    [
        (GONE, "user_disabled"),
        (BOT, "cannot_dm_bot"),
        ("U0NOBODY", "user_not_found"),
        (STRANGER, "user_not_found"),
    ],
)
def test_some_cannot_be_written_to(client: WebClient, user: str, error: str) -> None:
    assert refusal(client.conversations_open, users=user)["error"] == error


def test_empty_and_endless_messages_are_refused(client: WebClient) -> None:
    empty = refusal(client.api_call, api_method="chat.postMessage", json={"channel": DEALS, "text": " "})
    long = refusal(client.chat_postMessage, channel=DEALS, text="x" * 40_001)
    posted = client.chat_postMessage(channel=DEALS, text="hi")["ts"]
    long_update = refusal(client.chat_update, channel=DEALS, ts=posted, text="x" * 4_001)

    assert (empty["error"], long["error"], long_update["error"]) == (
        "no_text",
        "msg_too_long",
        "msg_too_long",
    )


def test_invalid_blocks_are_refused_in_slacks_shape(client: WebClient) -> None:
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}

    answer = refusal(client.chat_postMessage, channel=DEALS, text="hi", blocks=[block])

    problem = "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    assert answer.data == {
        "ok": False,
        "error": "invalid_blocks",
        "errors": [problem],
        "response_metadata": {"messages": [f"[ERROR] {problem}"]},
    }


def test_text_alone_takes_the_blocks_of_a_message_away(client: WebClient) -> None:
    posted = client.chat_postMessage(channel=DEALS, text="hi", blocks=[SECTION])
    fields = {"channel": DEALS, "ts": posted["ts"], "blocks": [SECTION]}
    text_kept = client.api_call("chat.update", json=fields)["message"]

    message = client.chat_update(channel=DEALS, ts=posted["ts"], text="plain")["message"]

    assert (text_kept["text"], "edited" in text_kept) == ("hi", False)
    assert message["blocks"] == []
    assert message["edited"]["user"] == BOT


def test_only_its_own_messages_can_be_changed(slack: Sandbox, client: WebClient) -> None:
    theirs = slack.do("say", user=MAYA, channel=DEALS, text="mine")["ts"]
    ephemeral = client.chat_postEphemeral(channel=DEALS, user=MAYA, text="psst")["message_ts"]

    assert refusal(client.chat_update, channel=DEALS, ts=theirs, text="x")["error"] == "cant_update_message"
    assert refusal(client.chat_delete, channel=DEALS, ts=theirs)["error"] == "cant_delete_message"
    assert refusal(client.chat_update, channel=DEALS, ts="1.000001", text="x")["error"] == "message_not_found"
    assert refusal(client.chat_update, channel=DEALS, ts=ephemeral, text="x")["error"] == "message_not_found"


def test_a_deleted_message_is_gone(client: WebClient) -> None:
    posted = client.chat_postMessage(channel=DEALS, text="hi")["ts"]

    client.chat_delete(channel=DEALS, ts=posted)

    assert client.conversations_history(channel=DEALS)["messages"] == []


def test_an_ephemeral_message_is_seen_by_one(slack: Sandbox, client: WebClient) -> None:
    client.chat_postEphemeral(channel=DEALS, user=MAYA, text="psst")

    assert slack.texts(user=MAYA) == ["psst"]
    assert slack.texts(user=RAFA) == []
    assert client.conversations_history(channel=DEALS)["messages"] == []
    assert (
        refusal(client.chat_postEphemeral, channel=DEALS, user=GONE, text="x")["error"]
        == "user_not_in_channel"
    )


def test_people_are_found_by_address_unless_gone_or_from_elsewhere(client: WebClient) -> None:
    assert client.users_lookupByEmail(email="Maya@harbourline.test")["user"]["id"] == MAYA
    assert refusal(client.users_lookupByEmail, email="gone@harbourline.test")["error"] == "users_not_found"
    assert refusal(client.users_lookupByEmail, email="lee@norfield.test")["error"] == "users_not_found"


def test_locale_and_strangeness_are_told(client: WebClient) -> None:
    maya = client.users_info(user=MAYA, include_locale=True)["user"]
    stranger = client.users_info(user=STRANGER)["user"]

    assert (maya["locale"], maya["profile"]["email"]) == ("fr-FR", "maya@harbourline.test")
    # Of another workspace, which is all that tells: Slack calls nobody a stranger who is in a channel with the app.
    assert (stranger["is_stranger"], stranger["team_id"] == maya["team_id"]) == (False, False)
    assert "email" not in stranger["profile"]
    assert STRANGER not in {user["id"] for user in client.users_list()["members"]}


def test_guests_the_gone_and_time_zones_are_told(client: WebClient) -> None:
    people = {user["id"]: user for user in client.users_list(include_locale=True)["members"]}

    assert (people[GUEST]["is_restricted"], people[GUEST]["is_ultra_restricted"]) == (True, False)
    assert people[MAYA]["is_restricted"] is False
    assert people[GONE]["deleted"] is True
    assert not people[GONE].keys() & {"tz", "locale", "is_restricted"}
    assert (people[MAYA]["tz"], people[MAYA]["locale"]) == ("Europe/London", "fr-FR")
    assert people[MAYA]["tz_offset"] in (0, 3600)
    assert people[BOT]["is_bot"] is True


def test_channels_are_listed_as_the_bot_sees_them(client: WebClient) -> None:
    found = client.conversations_list(types="public_channel,private_channel", limit=2)
    more = client.conversations_list(
        types="public_channel,private_channel", cursor=found["response_metadata"]["next_cursor"]
    )

    names = [channel["name"] for channel in [*found["channels"], *more["channels"]]]
    assert names == ["deals", "elsewhere", "ext-norfield"]
    assert client.conversations_members(channel=DEALS)["members"] == [MAYA, RAFA, BOT]
    assert client.conversations_info(channel="C0SHARED")["channel"]["is_ext_shared"] is True


def test_status_and_prompts_show_in_the_conversation(slack: Sandbox, client: WebClient) -> None:
    channel = client.conversations_open(users=MAYA)["channel"]["id"]
    ts = slack.do("say", user=MAYA, channel=channel, text="question")["ts"]
    client.assistant_threads_setSuggestedPrompts(
        channel_id=channel, prompts=[{"title": "Pricing", "message": "Find pricing"}]
    )

    client.assistant_threads_setStatus(channel_id=channel, thread_ts=ts, status="is reading…")
    reading = slack.channel(channel)
    client.chat_postMessage(channel=channel, text="answer", thread_ts=ts)

    assert reading["statuses"][0]["status"] == "is reading…"
    assert reading["prompts"]["prompts"][0]["title"] == "Pricing"
    assert slack.channel(channel)["statuses"] == []


def test_every_call_is_recorded_without_its_token(slack: Sandbox, client: WebClient) -> None:
    client.chat_postMessage(channel=DEALS, text="hi")
    refusal(client.chat_postMessage, channel="C0NOWHERE", text="hi")

    calls = slack.see("received")["calls"]

    assert [(call["method"], call["result"]["ok"]) for call in calls] == [
        ("chat.postMessage", True),
        ("chat.postMessage", False),
    ]
    assert calls[0]["arguments"] == {"channel": DEALS, "text": "hi"}
    assert slack.see("received", since=1)["calls"] == calls[1:]
