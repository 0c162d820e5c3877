"""What can go wrong on the way to Slack, and what then becomes of an answer."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

import app as composition
from bot.blocks import text_block
from bot.gateway import NotThere, SlackGateway, TooLate
from bot.share_blocks import sorry_modal
from enablement.ports import TryLater, Undeliverable
from stack import free_port
from tests.doors import DEALS, DM, ELSEWHERE, FORM, GONE, MAYA, ROLLOUT, STRANGER, TOKEN, Stage, titles

QUESTION = "payback for the Norfield warehouse"
BLOCKS = [text_block("hello")]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
MARK = {"event_type": "touchline_reply", "event_payload": {"ask": "a1"}}
Call = Callable[[SlackGateway], Any]
CALLS: dict[str, Call] = {
    "chat.postMessage": lambda slack: slack.post(DEALS, BLOCKS, "hello", thread="", mark=MARK),
    "chat.postEphemeral": lambda slack: slack.post_ephemeral(DEALS, MAYA, BLOCKS, "hello", thread=""),
    "conversations.open": lambda slack: slack.open_dm(MAYA),
    "conversations.info": lambda slack: slack.channel(DEALS),
    "conversations.history": lambda slack: slack.has_posted(DM, thread="", since=LONG_AGO, mark=MARK),
    "users.info": lambda slack: slack.user(MAYA),
    "views.open": lambda slack: slack.open_view("1.1", sorry_modal("sorry")),
}


@pytest.fixture
def gateway(shared_stage: Stage) -> SlackGateway:
    return composition.gateway(shared_stage.settings)


@pytest.mark.parametrize("method", CALLS)
def test_a_rate_limit_says_when_to_come_again(
    shared_stage: Stage, gateway: SlackGateway, method: str
) -> None:
    shared_stage.slack_fault(method, "429", seconds=7)

    with pytest.raises(TryLater) as refused:
        CALLS[method](gateway)

    assert refused.value.seconds == 7


@pytest.mark.parametrize("method", CALLS)
@pytest.mark.parametrize("kind", ["500", "drop", "lost_reply"])
def test_a_failing_slack_is_tried_later(
    shared_stage: Stage, gateway: SlackGateway, method: str, kind: str
) -> None:
    shared_stage.slack_fault(method, kind)
    before = len(shared_stage.calls(method))

    with pytest.raises(TryLater):
        CALLS[method](gateway)

    assert len(shared_stage.calls(method)) == before + 1, "the queue tries again, not the call itself"


def test_a_slack_that_is_not_there_is_tried_later() -> None:
    gateway = SlackGateway(TOKEN, f"http://127.0.0.1:{free_port()}/api/")

    for call in CALLS.values():
        with pytest.raises(TryLater):
            call(gateway)


@pytest.mark.parametrize("channel", [ELSEWHERE, "C0NOWHERE"])
def test_a_place_without_the_bot_is_told_from_other_failures(gateway: SlackGateway, channel: str) -> None:
    with pytest.raises(NotThere):
        gateway.post(channel, BLOCKS, "hello", thread="", mark=MARK)
    with pytest.raises(NotThere):
        gateway.post_ephemeral(channel, MAYA, BLOCKS, "hello", thread="")


def test_a_person_who_is_not_in_the_channel_is_not_there(gateway: SlackGateway) -> None:
    with pytest.raises(NotThere):
        gateway.post_ephemeral(DEALS, STRANGER, BLOCKS, "hello", thread="")


def test_a_trigger_that_nobody_gave_is_too_late(gateway: SlackGateway) -> None:
    with pytest.raises(TooLate):
        gateway.open_view("1.1", sorry_modal("sorry"))


def test_a_wrong_token_is_a_matter_for_people(shared_stage: Stage) -> None:
    gateway = SlackGateway("xoxb-wrong", shared_stage.settings.slack_api_url)

    with pytest.raises(Undeliverable, match="invalid_auth"):
        gateway.user(MAYA)


def test_blocks_that_slack_refuses_are_named(gateway: SlackGateway) -> None:
    with pytest.raises(Undeliverable, match="invalid_blocks"):
        gateway.post(DEALS, [text_block("x")] * 51, "hello", thread="", mark=MARK)


def test_what_was_posted_is_found_by_its_mark_alone(gateway: SlackGateway) -> None:
    direct = gateway.open_dm(MAYA)
    other = {"event_type": "touchline_reply", "event_payload": {"ask": "another"}}
    _channel, ts = gateway.post(direct, BLOCKS, "root", thread="", mark=MARK)
    gateway.post(direct, BLOCKS, "reply", thread=ts, mark=other)

    assert gateway.has_posted(direct, thread="", since=LONG_AGO, mark=MARK)
    assert gateway.has_posted(direct, thread=ts, since=LONG_AGO, mark=other)
    assert not gateway.has_posted(direct, thread="", since=LONG_AGO, mark=other)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/hooks/commands/T1/x",
        "https://hooks.slack.com.evil.example/x",
        "https://hooks.slack.com@evil.example/x",
        "https://evil.example/#hooks.slack.com",
        "//evil.example/x",
        "file:///etc/passwd",
        "",
    ],
)
def test_an_answer_goes_to_slack_and_nowhere_else(gateway: SlackGateway, url: str) -> None:
    with pytest.raises(Undeliverable, match="not Slack's"):
        gateway.respond(url, BLOCKS, "hello", replace=False)


def test_neither_token_nor_text_of_people_stands_in_an_error(
    shared_stage: Stage, gateway: SlackGateway, caplog: pytest.LogCaptureFixture
) -> None:
    for kind in ("500", "429", "drop"):
        shared_stage.slack_fault("chat.postMessage", kind)
        with pytest.raises(TryLater) as refused:
            gateway.post(DEALS, [text_block("a secret")], "a secret", thread="", mark=MARK)
        assert TOKEN not in str(refused.value)
        assert "a secret" not in str(refused.value)

    assert TOKEN not in caplog.text
    assert "a secret" not in caplog.text


def test_a_used_up_response_address_falls_back_to_the_channel(stage: Stage) -> None:
    stage.do("command", user=MAYA, channel=DEALS, command="/content", text=QUESTION)
    stage.do("clock", advance_seconds=1_801)

    stage.drain("reply")

    assert [one["status"] for one in stage.calls("response_url")] == [404]
    assert (stage.last()["ephemeral"], titles(stage.last())[0]) == (True, "ROI calculator")


def test_where_the_bot_may_not_speak_the_asker_is_written_to(stage: Stage) -> None:
    stage.do("command", user=MAYA, channel=ELSEWHERE, command="/content", text=QUESTION)
    stage.do("clock", advance_seconds=1_801)

    stage.drain("reply")

    assert stage.bot_messages(ELSEWHERE) == []
    assert titles(stage.last(DM))[0] == "ROI calculator"


@pytest.mark.parametrize("kind", ["500", "429", "drop"])
def test_an_answer_that_slack_did_not_take_is_given_later(stage: Stage, kind: str) -> None:
    # Slack's client tries a cut connection once more by itself.
    stage.slack_fault("response_url", kind, times=2)
    stage.do("command", user=MAYA, channel=DEALS, command="/content", text=QUESTION)
    stage.drain("reply")
    assert stage.bot_messages() == []

    for _ in range(3):
        stage.clock.advance(minutes=5)
        stage.drain("reply")

    assert titles(stage.last())[0] == "ROI calculator"
    assert len(stage.bot_messages()) == 1


def test_an_answer_for_somebody_whom_slack_cannot_reach_ends_as_a_dead_letter(stage: Stage) -> None:
    stage.do("command", user=MAYA, channel=DEALS, command="/content", text=QUESTION)
    stage.slack_fault("response_url", "500", times=99)

    for _ in range(10):
        stage.clock.advance(minutes=10)
        stage.drain("reply")

    [letter] = stage.services.outbox.letters(states=["dead"], limit=9)
    assert (letter.kind, letter.attempts) == ("ask.answer", 8)
    assert "HTTP 500" in letter.error


def test_a_foreign_response_address_is_never_called(stage: Stage) -> None:
    fields = {
        "command": "/content",
        "text": QUESTION,
        "user_id": MAYA,
        "channel_id": DEALS,
        "response_url": f"{stage.org_url}/hooks/commands/T1/x",
    }
    stage.post_signed(urlencode(fields).encode(), kind=FORM)
    before = len(stage.org_calls())

    stage.drain("reply")

    [letter] = stage.services.outbox.letters(states=["dead"], limit=9)
    assert "not Slack's" in letter.error
    assert [call for call in stage.org_calls()[before:] if "hooks" in call["path"]] == []


def test_a_profile_is_read_with_standing_and_locale(shared_stage: Stage) -> None:
    messenger, now = shared_stage.services.messenger, shared_stage.clock()

    standings = {
        user: messenger.profile(user, now=now).standing for user in (MAYA, STRANGER, GONE, "U0NOBODY")
    }
    maya = messenger.profile(MAYA, now=now)

    assert standings == {MAYA: "member", STRANGER: "stranger", GONE: "deactivated", "U0NOBODY": "stranger"}
    assert (maya.email, maya.name, maya.locale) == ("maya@harbourline.test", "Maya Chen", "en-US")


def test_a_deal_name_is_not_previewed(stage: Stage) -> None:
    stage.say(QUESTION, channel=DM)

    [call] = stage.calls("chat.postMessage")
    assert (call["arguments"]["unfurl_links"], call["arguments"]["unfurl_media"]) == (False, False)
    assert ROLLOUT in stage.text(stage.last(DM))
