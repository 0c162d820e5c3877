"""What people say reaches the app: signed, shaped as Slack's, retried."""

import hashlib
import hmac
import time
from typing import Any

from slack_sdk.signature import SignatureVerifier

from sandbox.slack import Server, create_app
from tests.sandbox.slack.stage import (
    BOT,
    DEALS,
    DM,
    ELSEWHERE,
    GONE,
    MAYA,
    SECRET,
    SHARED,
    STRANGER,
    Sandbox,
    config,
    late,
    status,
)


def kinds(answer: Any) -> list[str]:
    """Return the kinds of events delivered."""
    return [delivery["type"] for delivery in answer["deliveries"]]


def test_a_direct_message_is_delivered_signed(slack: Sandbox) -> None:
    slack.do("open_dm", user=MAYA)

    answer = slack.do("say", user=MAYA, channel=DM, text="pricing?")

    assert kinds(answer) == ["message.im"]
    assert answer["deliveries"][0]["status"] == 200
    assert SignatureVerifier(SECRET).is_valid_request(slack.app.bodies[-1], slack.app.headers[-1])


def test_an_envelope_carries_what_bolt_and_the_app_need(slack: Sandbox) -> None:
    ts = slack.do("say", user=MAYA, channel=SHARED, text="hi <@U0BOT> & co")["ts"]

    message, mention = slack.app.heard

    assert message["event_id"] != mention["event_id"]
    assert message["authorizations"][0]["user_id"] == BOT
    assert (message["api_app_id"], message["is_ext_shared_channel"]) == ("A0TOUCHLINE", True)
    assert {"event_context", "event_time", "team_id", "token"} <= message.keys()
    event = message["event"]
    assert (event["channel_type"], event["ts"], event["event_ts"]) == ("channel", ts, ts)
    assert mention["event"]["type"] == "app_mention"
    assert event["blocks"][0]["elements"][0]["elements"] == [
        {"type": "text", "text": "hi "},
        {"type": "user", "user_id": BOT},
        {"type": "text", "text": " & co"},
    ]


def test_a_reply_names_its_thread(slack: Sandbox) -> None:
    ts = slack.do("say", user=MAYA, channel=DEALS, text="parent")["ts"]

    slack.do("say", user=MAYA, channel=DEALS, text="reply", thread_ts=ts)

    assert slack.app.heard[-1]["event"]["thread_ts"] == ts
    assert slack.app.heard[-1]["event"]["parent_user_id"] == MAYA


def test_nothing_is_heard_from_channels_the_bot_is_not_in(slack: Sandbox) -> None:
    answer = slack.do("say", user=MAYA, channel=ELSEWHERE, text="hi <@U0BOT>")

    assert answer["deliveries"] == []
    assert slack.texts(ELSEWHERE) == ["hi <@U0BOT>"]


def test_only_subscribed_events_are_sent(slack: Sandbox) -> None:
    with Server(create_app(config(events=("app_mention",)))) as front:
        answer = Sandbox(front.url, slack.app, slack.clock).do("say", user=MAYA, channel=DEALS, text="hi")

    assert answer["deliveries"] == []


def test_opening_the_app_tells_it_which_tab(slack: Sandbox) -> None:
    slack.do("open_dm", user=MAYA)
    slack.do("open_home", user=MAYA)

    assert [heard["event"]["tab"] for heard in slack.app.heard] == ["messages", "home"]
    assert slack.app.heard[0]["event"]["type"] == "app_home_opened"


def test_one_event_can_be_delivered_many_times_at_once(slack: Sandbox) -> None:
    answer = slack.do("say", user=MAYA, channel=DM, text="hi", times=4)

    assert len(answer["deliveries"]) == 4
    assert len({heard["event_id"] for heard in slack.app.heard}) == 1


def test_a_failed_event_is_tried_at_once_after_a_minute_and_after_five(slack: Sandbox) -> None:
    slack.app.reply = status(500)
    first = slack.do("say", user=MAYA, channel=DM, text="hi")
    too_soon = slack.do("clock", advance_seconds=59)
    minute = slack.do("clock", advance_seconds=1)
    five = slack.do("clock", advance_seconds=300)
    never_again = slack.do("clock", advance_seconds=3600)

    counts = [len(step["deliveries"]) for step in (first, too_soon, minute, five, never_again)]
    numbers = [headers.get("X-Slack-Retry-Num") for headers in slack.app.headers]
    assert counts == [2, 0, 1, 1, 0]
    assert numbers == [None, "1", "2", "3"]
    assert slack.app.headers[-1]["X-Slack-Retry-Reason"] == "http_error"
    assert len({heard["event_id"] for heard in slack.app.heard}) == 1


def test_a_long_jump_of_the_clock_delivers_every_retry(slack: Sandbox) -> None:
    slack.app.reply = status(500)
    slack.do("say", user=MAYA, channel=DM, text="hi")

    answer = slack.do("clock", advance_seconds=400)

    assert [delivery["retry_num"] for delivery in answer["deliveries"]] == [2, 3]


def test_the_signature_keeps_the_machines_time_after_a_jump(slack: Sandbox) -> None:
    slack.do("clock", advance_seconds=3600)

    slack.do("say", user=MAYA, channel=DM, text="hi")

    stamp = slack.app.headers[-1]["X-Slack-Request-Timestamp"]
    expected = hmac.new(SECRET.encode(), b"v0:%s:%s" % (stamp.encode(), slack.app.bodies[-1]), hashlib.sha256)
    assert abs(int(stamp) - time.time()) < 60
    assert slack.app.headers[-1]["X-Slack-Signature"] == f"v0={expected.hexdigest()}"


def test_a_retry_that_succeeds_is_the_last(slack: Sandbox) -> None:
    slack.app.reply = lambda _: ("", 500) if len(slack.app.heard) == 1 else ""

    answer = slack.do("say", user=MAYA, channel=DM, text="hi")

    assert [delivery["status"] for delivery in answer["deliveries"]] == [500, 200]
    assert slack.do("clock", advance_seconds=600)["deliveries"] == []


def test_an_app_may_ask_for_no_retry(slack: Sandbox) -> None:
    slack.app.reply = lambda _: ("", 500, {"X-Slack-No-Retry": "1"})

    answer = slack.do("say", user=MAYA, channel=DM, text="hi")

    assert len(answer["deliveries"]) == 1


def test_a_silent_app_is_a_timeout_and_an_absent_one_a_failed_connection(impatient: Sandbox) -> None:
    impatient.app.reply = late
    slow = impatient.do("say", user=MAYA, channel=DM, text="hi")["deliveries"]
    with Server(create_app(config())) as front:
        absent = Sandbox(front.url, impatient.app, impatient.clock).do(
            "say", user=MAYA, channel=DM, text="hi"
        )

    assert [delivery["failure"] for delivery in slow] == ["http_timeout", "http_timeout"]
    assert absent["deliveries"][0]["failure"] == "connection_failed"


def test_the_impossible_is_refused(slack: Sandbox) -> None:
    assert slack.refuse("say", user=GONE, channel=DEALS, text="hi") == f"no active person {GONE}"
    assert "not in a conversation" in slack.refuse("say", user="U0RAFA", channel=ELSEWHERE, text="hi")
    assert slack.refuse("say", user=MAYA, channel=DEALS) == "missing 'text'"


def test_people_of_another_workspace_are_marked_and_cannot_open_the_app(slack: Sandbox) -> None:
    slack.do("say", user=STRANGER, channel=SHARED, text="hello")

    event = slack.app.heard[0]["event"]
    assert (event["team"], event["user_team"]) == ("T0ELSEWHERE", "T0ELSEWHERE")
    assert "another workspace" in slack.refuse("open_dm", user=STRANGER)
    assert "not a command" in slack.refuse("command", user=STRANGER, channel=SHARED, command="/content")
    assert slack.see("state", **{"as": STRANGER})["dm"] is None
