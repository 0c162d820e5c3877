"""Faults to order, as Slack's own client meets them."""

import http.client
import time
from urllib.error import URLError

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.webhook import WebhookClient

from tests.sandbox.slack.stage import DEALS, MAYA, TOKEN, Sandbox

_CUT = (URLError, http.client.HTTPException, ConnectionError)


def test_a_dropped_call_does_nothing(slack: Sandbox, client: WebClient) -> None:
    slack.do("faults", method="chat.postMessage", kind="drop")

    with pytest.raises(_CUT):
        client.chat_postMessage(channel=DEALS, text="first")
    client.chat_postMessage(channel=DEALS, text="second")

    assert slack.texts() == ["second"]


def test_a_lost_reply_leaves_the_message_there(slack: Sandbox, client: WebClient) -> None:
    slack.do("faults", method="chat.postMessage", kind="lost_reply")

    with pytest.raises(_CUT):
        client.chat_postMessage(channel=DEALS, text="written")

    assert slack.texts() == ["written"]


def test_a_rate_limit_says_how_long(slack: Sandbox) -> None:
    slack.do("faults", method="*", kind="429", times=1, seconds=1)
    handler = RateLimitErrorRetryHandler(max_retry_count=1)
    client = WebClient(token=TOKEN, base_url=f"{slack.url}/api/", retry_handlers=[handler])

    client.chat_postMessage(channel=DEALS, text="in the end")

    first, second = slack.see("received")["calls"]
    assert (first["status"], first["result"]["error"]) == (429, "ratelimited")
    assert second["status"] == 200
    assert slack.texts() == ["in the end"]


def test_a_rate_limit_is_told_in_the_header(slack: Sandbox, client: WebClient) -> None:
    slack.do("faults", method="chat.postMessage", kind="429", seconds=30)

    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=DEALS, text="hi")

    assert caught.value.response.headers["Retry-After"] == "30"


def test_a_server_error_and_a_slow_answer(slack: Sandbox, client: WebClient) -> None:
    slack.do("faults", method="auth.test", kind="500")
    slack.do("faults", method="auth.test", kind="slow", seconds=0.1)

    with pytest.raises(SlackApiError):
        client.auth_test()
    started = time.monotonic()
    client.auth_test()

    assert time.monotonic() - started >= 0.1
    assert client.auth_test()["ok"]


def test_response_urls_have_faults_too(slack: Sandbox) -> None:
    slack.do("command", user=MAYA, channel=DEALS, command="/content")
    slack.do("faults", method="response_url", kind="500")
    webhook = WebhookClient(slack.app.heard[0]["response_url"], retry_handlers=[])

    statuses = [webhook.send(text="hi").status_code for _ in range(2)]

    assert statuses == [500, 200]


def test_faults_can_be_taken_back(slack: Sandbox, client: WebClient) -> None:
    slack.do("faults", method="*", kind="500", times=9)
    requests.delete(f"{slack.url}/_sandbox/faults", timeout=5)

    assert client.auth_test()["ok"]
    assert "kind must be one of" in slack.refuse("faults", kind="fire")
