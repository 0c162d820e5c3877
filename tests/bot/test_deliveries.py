"""Slack sends things twice, and sends things nobody here listens for; workers die between two steps."""

import json
from threading import Event
from typing import Any
from urllib.parse import urlencode

import pytest

from enablement.model import Claimed
from jobs.kinds import KINDS
from tests.doors import DEALS, DM, FORM, MAYA, ROLLOUT, Stage, signed, titles, until

QUESTION = "payback for the Norfield warehouse"


def event(inside: dict[str, Any], *, event_id: str = "Ev0001") -> bytes:
    envelope = {"type": "event_callback", "team_id": "T0TEAM", "event_id": event_id, "event": inside}
    return json.dumps(envelope).encode()


def told(text: str = QUESTION, **more: Any) -> dict[str, Any]:
    """Return the event of a direct message."""
    said = {"type": "message", "channel_type": "im", "channel": DM, "user": MAYA, "ts": "1.1", "text": text}
    return {**said, **more}


def claimed(stage: Stage) -> Claimed:
    """Claim the one row that is due in the reply lane, as a worker that is about to die."""
    kinds, now = KINDS["reply"], stage.clock()
    [row] = stage.services.outbox.claim("reply", kinds, owner="doomed", limit=9, now=now)
    return row


def test_an_event_is_kept_before_slack_is_answered(stage: Stage) -> None:
    for number in range(20):
        answer = stage.post_signed(event(told(), event_id=f"Ev{number}"))

        assert answer.status_code == 200
        assert stage.rows()["asks"] == number + 1, "acknowledged, and not kept"


def test_an_event_that_cannot_be_kept_is_not_acknowledged(stage: Stage) -> None:
    with stage.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE outbox RENAME TO outbox_away")

    refused = stage.post_signed(event(told()))
    with stage.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE outbox_away RENAME TO outbox")
    again = stage.post_signed(event(told()))

    assert (refused.status_code, again.status_code) == (500, 200)
    assert stage.rows()["asks"] == 1


def test_what_is_only_slow_to_be_kept_is_not_acknowledged_by_the_listener_for_all_the_rest(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, may_write = stage.services.ledger.write, Event()

    def slow(*given: Any, **more: Any) -> bool:
        may_write.wait(30)
        return write(*given, **more)

    monkeypatch.setattr(stage.services.ledger, "write", slow)
    fields = {
        "command": "/content",
        "text": QUESTION,
        "user_id": MAYA,
        "channel_id": DEALS,
        "trigger_id": "1",
    }
    body = {**fields, "team_id": "T0TEAM", "response_url": "https://hooks.slack.test/1"}
    answered = stage.post_signed(urlencode(body).encode(), kind=FORM)
    kept_by_then = stage.rows()["asks"]
    may_write.set()

    assert answered.status_code == 404
    assert (kept_by_then, until(lambda: stage.rows()["asks"])) == (0, 1)


@pytest.mark.parametrize("place", [DM, DEALS])
def test_four_deliveries_at_once_are_one_answer(stage: Stage, place: str) -> None:
    text = QUESTION if place == DM else f"<@U0BOT> {QUESTION}"

    stage.say(text, channel=place, times=4)

    assert stage.rows()["asks"] == 1
    assert len(stage.bot_messages(place)) == 1


def test_a_retry_under_a_new_signature_is_known_by_its_event(stage: Stage) -> None:
    first = stage.post_signed(event(told()))
    retry = stage.post(
        event(told()), {**signed(event(told()), at=stage.clock().timestamp() + 1), "X-Slack-Retry-Num": "1"}
    )

    assert (first.status_code, retry.status_code) == (200, 200)
    assert stage.rows()["asks"] == 1


def test_a_retry_of_an_event_that_was_never_kept_is_taken(stage: Stage) -> None:
    raw = event(told())

    answer = stage.post(
        raw, {**signed(raw), "X-Slack-Retry-Num": "3", "X-Slack-Retry-Reason": "http_timeout"}
    )

    assert answer.status_code == 200
    assert stage.rows()["asks"] == 1


def test_two_different_events_are_two_asks(stage: Stage) -> None:
    stage.post_signed(event(told(), event_id="Ev1"))
    stage.post_signed(event(told(), event_id="Ev2"))

    assert stage.rows()["asks"] == 2


def test_a_command_sent_four_times_at_once_is_answered_once(stage: Stage) -> None:
    stage.ask(QUESTION, times=4)

    assert stage.rows()["asks"] == 1
    assert len(stage.bot_messages()) == 1


def test_a_replayed_command_is_answered_once(stage: Stage) -> None:
    stage.ask(QUESTION)
    form = next(one["payload"] for one in stage.see("sent")["requests"] if one["type"] == "command")
    raw = urlencode(form).encode()
    # A later second, so that the signature is another than that of the person's own.
    headers = signed(raw, kind=FORM, at=stage.clock().timestamp() + 2)

    statuses = [stage.post(raw, headers).status_code for _ in range(3)]
    stage.drain("reply")

    assert statuses == [200, 200, 200]
    assert stage.rows()["asks"] == 2, "one of the person's, one of ours, which has a signature of its own"


def test_the_same_words_twice_are_two_asks(stage: Stage) -> None:
    stage.ask(QUESTION)
    stage.ask(QUESTION)

    assert len(stage.bot_messages()) == 2


def test_a_worker_that_dies_after_posting_does_not_post_twice(stage: Stage) -> None:
    stage.do("say", user=MAYA, channel=DM, text=QUESTION)
    row = claimed(stage)
    KINDS["reply"]["ask.answer"].handle(stage.services, [row])

    stage.clock.advance(minutes=1)
    handled = stage.drain("reply")

    assert handled == 1
    assert len(stage.bot_messages(DM)) == 1
    assert len(stage.calls("chat.postMessage")) == 1


def test_a_worker_that_dies_before_posting_posts_the_next_time(stage: Stage) -> None:
    stage.do("say", user=MAYA, channel=DM, text=QUESTION)
    row = claimed(stage)
    stage.services.ledger.begin_delivery(row.subject, at=stage.clock())

    stage.clock.advance(minutes=1)
    stage.drain("reply")

    assert titles(stage.last(DM))[0] == "ROI calculator"


def test_a_post_whose_reply_was_lost_is_not_posted_again(stage: Stage) -> None:
    stage.slack_fault("chat.postMessage", "lost_reply")
    stage.say(QUESTION, channel=DM)

    stage.clock.advance(minutes=1)
    stage.drain("reply")

    assert len(stage.bot_messages(DM)) == 1
    assert stage.rows()["asks"] == 1


def test_an_answer_made_twice_is_the_same_answer(stage: Stage) -> None:
    stage.do("command", user=MAYA, channel=DEALS, command="/content", text=QUESTION)
    row = claimed(stage)
    handle = KINDS["reply"]["ask.answer"].handle

    handle(stage.services, [row])
    handle(stage.services, [row])

    first, second = stage.bot_messages()
    assert titles(first) == titles(second)
    assert stage.rows()["suggestions"] == len(titles(first))


UNHEARD: dict[str, tuple[bytes, str]] = {
    "an event": (event({"type": "team_join", "user": {"id": "U1"}}), "application/json"),
    "an event of the future": (event({"type": "hologram_shared"}), "application/json"),
    "a changed message": (
        event(told(subtype="message_changed", message={"text": QUESTION})),
        "application/json",
    ),
    "a joining": (event(told(subtype="channel_join")), "application/json"),
    "a message of a bot": (event(told(bot_id="B0OTHER")), "application/json"),
    "a message in a channel": (event(told(channel_type="channel", channel=DEALS)), "application/json"),
    "a mention by nobody": (
        event({"type": "app_mention", "channel": DEALS, "ts": "1.1", "text": QUESTION}),
        "application/json",
    ),
    "a button": (
        b"payload="
        + json.dumps(
            {
                "type": "block_actions",
                "user": {"id": MAYA},
                "trigger_id": "1.1",
                "actions": [{"type": "button", "action_id": "play.dance", "block_id": "b", "value": "x"}],
            }
        ).encode(),
        FORM,
    ),
    "a form": (
        b"payload="
        + json.dumps(
            {
                "type": "view_submission",
                "user": {"id": MAYA},
                "view": {
                    "type": "modal",
                    "callback_id": "play.dance",
                    "private_metadata": "",
                    "blocks": [],
                    "state": {"values": {}},
                },
            }
        ).encode(),
        FORM,
    ),
    "a closed form": (
        b"payload="
        + json.dumps(
            {
                "type": "view_closed",
                "user": {"id": MAYA},
                "view": {
                    "type": "modal",
                    "callback_id": "play.dance",
                    "private_metadata": "",
                    "blocks": [],
                    "state": {"values": {}},
                },
            }
        ).encode(),
        FORM,
    ),
    "a shortcut": (
        b'payload={"type": "shortcut", "callback_id": "play.dance", "user": {"id": "U0MAYA"}, "trigger_id": "1.1"}',
        FORM,
    ),
    "a message shortcut": (
        b'payload={"type": "message_action", "callback_id": "play.dance", "user": {"id": "U0MAYA"}, '
        b'"trigger_id": "1.1", "response_url": "https://hooks.slack.com/app/1", "message": {"ts": "1.1"}}',
        FORM,
    ),
    "a suggestion of options": (
        b'payload={"type": "block_suggestion", "action_id": "play.dance", "block_id": "b", "value": "x", '
        b'"user": {"id": "U0MAYA"}}',
        FORM,
    ),
    "a command": (b"command=%2Fdance&text=x&user_id=U0MAYA&channel_id=C0DEALS", FORM),
}


@pytest.mark.parametrize("name", UNHEARD)
def test_what_nobody_listens_for_is_acknowledged_and_nothing_is_shown(shared_stage: Stage, name: str) -> None:
    raw, kind = UNHEARD[name]
    before = shared_stage.rows()

    answer = shared_stage.post_signed(raw, kind=kind)

    assert (answer.status_code, answer.text) == (200, "")
    assert shared_stage.rows() == before
    assert shared_stage.drain("reply") == 0
    assert shared_stage.bot_messages() == shared_stage.bot_messages(DM) == shared_stage.views() == []


@pytest.mark.parametrize(
    "value", ["", "{", "[]", '{"id": "x"}', '{"id": "x", "v": 99}', '{"id": "x", "v": 1}']
)
@pytest.mark.parametrize("action_id", ["find.change", "find.not_useful", "find.say", "find.undo"])
def test_a_button_of_another_make_does_nothing(shared_stage: Stage, action_id: str, value: str) -> None:
    before = shared_stage.rows()

    answer = shared_stage.interact(
        {
            "type": "block_actions",
            "user": {"id": MAYA},
            "channel": {"id": DEALS},
            "actions": [{"type": "button", "action_id": action_id, "block_id": "b", "value": value}],
        }
    )

    assert answer.status_code == 200
    assert shared_stage.rows() == before


@pytest.mark.parametrize("chosen", [None, {"value": "006000000000000AAA"}])
def test_a_choice_in_a_picker_nobody_knows_does_nothing(
    shared_stage: Stage, chosen: dict[str, str] | None
) -> None:
    before = shared_stage.rows()

    answer = shared_stage.interact(
        {
            "type": "block_actions",
            "user": {"id": MAYA},
            "channel": {"id": DEALS},
            "actions": [
                {
                    "type": "static_select",
                    "action_id": "find.deal",
                    "block_id": "find.pick:unknown",
                    "selected_option": chosen,
                }
            ],
        }
    )

    assert answer.status_code == 200
    assert shared_stage.rows() == before


def test_slack_checks_the_address_and_gets_its_challenge(stage: Stage) -> None:
    answer = stage.post_signed(b'{"type": "url_verification", "challenge": "3eZbrw1aB"}')

    assert (answer.status_code, answer.text) == (200, "3eZbrw1aB")


@pytest.mark.parametrize(
    "text",
    ["\\ud800 payback for the Norfield warehouse", "payback\\u0000 for the Norfield warehouse", "x" * 5_000],
)
def test_strange_characters_in_a_message_are_no_failure(stage: Stage, text: str) -> None:
    raw = event(told("TEXT", ts="1.1")).replace(b"TEXT", text.encode())
    stage.ask("payback", channel=DM)

    answer = stage.post_signed(raw)

    assert answer.status_code == 200
    assert stage.rows()["asks"] == 2


def test_a_deal_asked_for_in_a_thread_is_about_this_deal_in_both(stage: Stage) -> None:
    root = stage.say("one", channel=DEALS)
    stage.say(f"<@U0BOT> {QUESTION}", thread_ts=root)
    stage.say("<@U0BOT> security questionnaire", thread_ts=root)

    assert ROLLOUT in stage.text(stage.last())
