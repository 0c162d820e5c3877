"""The app's own messages come back to it as events, as they do in Slack."""

import threading
from typing import Any

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from tests.sandbox.slack.conftest import running
from tests.sandbox.slack.stage import BOT, DEALS, DM, MAYA, TOKEN, Sandbox, status


def web(slack: Sandbox) -> WebClient:
    """Return Slack's own client."""
    return WebClient(token=TOKEN, base_url=f"{slack.url}/api/", retry_handlers=[])


SECTION = {"type": "section", "block_id": "b", "text": {"type": "mrkdwn", "text": "*Payback* in nine months"}}


def test_what_the_app_posts_is_heard_by_it_as_a_message_of_a_bot(slack: Sandbox, client: WebClient) -> None:
    ts = client.chat_postMessage(channel=DEALS, text="Payback", blocks=[SECTION])["ts"]

    [event] = slack.echoes()

    payload = slack.app.echoes[0]
    assert (event["type"], event["channel"], event["channel_type"]) == ("message", DEALS, "channel")
    assert (event["ts"], event["event_ts"], event["text"]) == (ts, ts, "Payback")
    assert (event["user"], event["bot_id"], event["app_id"]) == (BOT, "B0BOT", "A0TOUCHLINE")
    assert event["blocks"][0]["text"] == SECTION["text"]
    assert "subtype" not in event
    assert "client_msg_id" not in event
    assert payload["authorizations"][0]["user_id"] == BOT
    assert slack.see("sent")["requests"][0]["type"] == "message.channels"


def test_a_direct_message_of_the_app_is_heard_too_and_a_reply_names_its_thread(
    slack: Sandbox, client: WebClient
) -> None:
    ts = slack.do("say", user=MAYA, channel=DM, text="pricing?")["ts"]

    client.chat_postMessage(channel=DM, thread_ts=ts, text="Here it is")

    [event] = slack.echoes()
    assert (event["channel_type"], event["thread_ts"], event["parent_user_id"]) == ("im", ts, MAYA)


def test_a_reply_sent_to_the_channel_as_well_says_so(slack: Sandbox, client: WebClient) -> None:
    ts = client.chat_postMessage(channel=DEALS, text="parent")["ts"]

    client.chat_postMessage(channel=DEALS, thread_ts=ts, text="reply", reply_broadcast=True)

    by_text = {event["text"]: event for event in slack.echoes()}
    assert by_text["reply"]["subtype"] == "thread_broadcast"


def test_an_edit_and_a_deletion_are_heard_with_what_was_there_before(
    slack: Sandbox, client: WebClient
) -> None:
    ts = client.chat_postMessage(channel=DEALS, text="first")["ts"]
    slack.echoes()

    client.chat_update(channel=DEALS, ts=ts, text="second")
    changed = slack.echoes()[1]
    client.chat_delete(channel=DEALS, ts=ts)
    deleted = slack.echoes()[2]

    assert (changed["subtype"], changed["hidden"], changed["channel"]) == ("message_changed", True, DEALS)
    assert (changed["previous_message"]["text"], changed["message"]["text"]) == ("first", "second")
    assert changed["message"]["ts"] == ts < changed["ts"] == changed["event_ts"]
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", ts)
    assert deleted["previous_message"]["text"] == "second"


def test_a_preview_of_a_persons_link_is_an_edit_of_their_message() -> None:
    url = "https://example.test/a"
    scopes = ("channels:history", "links:read", "links:write")
    with running(
        deadline_seconds=10, scopes=scopes, events=("message.channels",), unfurl_domains=("example.test",)
    ) as slack:
        ts = slack.do("say", user=MAYA, channel=DEALS, text=f"<{url}>")["ts"]

        web(slack).chat_unfurl(channel=DEALS, ts=ts, unfurls={url: {"title": "A", "text": "b"}})

        [event] = slack.echoes()
    assert (event["subtype"], event["message"]["user"]) == ("message_changed", MAYA)
    assert (len(event["message"]["attachments"]), "attachments" in event["previous_message"]) == (1, False)


def test_a_file_of_the_app_is_heard_as_a_message_and_as_a_file() -> None:
    scopes = ("channels:history", "files:read", "files:write")
    events = ("message.channels", "file_shared")
    with running(deadline_seconds=10, scopes=scopes, events=events) as slack:
        web(slack).files_upload_v2(channel=DEALS, filename="a.pdf", content=b"%PDF", initial_comment="see")

        [event] = slack.echoes()
    [shared] = slack.app.heard
    assert (event["subtype"], event["files"][0]["name"], event["text"]) == ("file_share", "a.pdf", "see")
    assert (shared["event"]["user_id"], shared["event"]["file_id"]) == (BOT, event["files"][0]["id"])


def test_what_only_one_person_sees_is_no_event(slack: Sandbox, client: WebClient) -> None:
    slack.do("command", user=MAYA, channel=DEALS, command="/content", text="x")
    webhook = WebhookClient(slack.app.heard[0]["response_url"])

    client.chat_postEphemeral(channel=DEALS, user=MAYA, text="psst")
    webhook.send(text="psst")
    webhook.send(text="for all", response_type="in_channel")

    assert [event["text"] for event in slack.echoes()] == ["for all"]


@pytest.mark.parametrize(
    ("scopes", "events"),
    [(("chat:write",), ("message.channels",)), (("chat:write", "channels:history"), ("app_mention",))],
)
def test_without_the_scope_or_the_subscription_nothing_comes_back(scopes: Any, events: Any) -> None:
    with running(deadline_seconds=10, scopes=scopes, events=events) as slack:
        web(slack).chat_postMessage(channel=DEALS, text="x")

        assert slack.echoes() == []


def test_a_call_does_not_wait_for_the_app_to_hear_of_it(slack: Sandbox, client: WebClient) -> None:
    is_back = threading.Event()
    slack.app.echo_reply = lambda _: str(is_back.wait(20))

    client.chat_postMessage(channel=DEALS, text="x")
    is_back.set()
    slack.echoes()

    assert [(row["body"], row["failure"]) for row in slack.see("sent")["requests"]] == [("True", "")]


def test_an_app_that_fails_on_its_own_message_gets_it_again_as_any_event() -> None:
    with running(deadline_seconds=10) as slack:
        slack.app.echo_reply = status(500)
        web(slack).chat_postMessage(channel=DEALS, text="x")
        slack.do("clock", advance_seconds=60)
        numbers = [row["retry_num"] for row in slack.see("sent")["requests"]]

    assert numbers == [0, 1, 2]
    assert len({payload["event_id"] for payload in slack.app.echoes}) == 1


def test_after_an_uninstall_nothing_comes_back(slack: Sandbox, client: WebClient) -> None:
    slack.do("command", user=MAYA, channel=DEALS, command="/content", text="x")
    url = slack.app.heard[0]["response_url"]
    slack.do("uninstall")

    posted = requests.post(url, json={"text": "late", "response_type": "in_channel"}, timeout=5)

    assert (posted.status_code, slack.texts()) == (200, ["late"])
    sent = [row["type"] for row in slack.see("sent")["requests"]]
    assert sent == ["command", "app_uninstalled", "tokens_revoked"]
