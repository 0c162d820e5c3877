"""Clicks, choices and modals, through the door people use."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from tests.sandbox.slack.stage import DEALS, MAYA, RAFA, TOKEN, Sandbox, late, status

PLAIN = {"type": "plain_text", "text": "Text"}
BUTTON = {"type": "button", "action_id": "find.share", "text": PLAIN, "value": "a1"}
OPTIONS = [{"text": {"type": "plain_text", "text": word}, "value": word} for word in ("won", "lost")]
SELECT = {"type": "static_select", "action_id": "stage", "options": OPTIONS}
ACTIONS: dict[str, Any] = {"type": "actions", "block_id": "row", "elements": [BUTTON, SELECT]}
FORM: list[dict[str, Any]] = [
    {
        "type": "input",
        "block_id": "to",
        "label": PLAIN,
        "element": {"type": "email_text_input", "action_id": "address"},
    },
    {
        "type": "input",
        "block_id": "topics",
        "label": PLAIN,
        "optional": True,
        "element": {"type": "checkboxes", "action_id": "picked", "options": OPTIONS},
    },
]


def modal(**more: Any) -> dict[str, Any]:
    """Return a modal with the form."""
    return {"type": "modal", "callback_id": "share", "title": PLAIN, "submit": PLAIN, "blocks": FORM, **more}


def trigger(slack: Sandbox) -> str:
    """Give a command and return its trigger id."""
    slack.do("command", user=MAYA, channel=DEALS, command="/content")
    return str(slack.app.heard[-1]["trigger_id"])


def opened(slack: Sandbox, client: WebClient, **more: Any) -> str:
    """Open a modal for Maya and return its id."""
    return str(client.views_open(trigger_id=trigger(slack), view=modal(**more))["view"]["id"])


def views(slack: Sandbox) -> Any:
    """Return the modals Maya sees."""
    return slack.see("state", **{"as": MAYA})["views"]


def refused(call: Any, **arguments: Any) -> str:
    """Return the error of a call that Slack refuses."""
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return str(caught.value.response["error"])


def test_a_click_carries_message_state_and_response_url(slack: Sandbox, client: WebClient) -> None:
    ts = client.chat_postMessage(channel=DEALS, text="hi", blocks=[ACTIONS])["ts"]

    slack.do("click", user=MAYA, channel=DEALS, ts=ts, action_id="stage", option="won")
    slack.do("click", user=MAYA, channel=DEALS, ts=ts, action_id="find.share")

    chosen, pressed = slack.app.heard
    assert chosen["actions"][0]["selected_option"] == OPTIONS[0]
    assert pressed["actions"][0]["value"] == "a1"
    assert pressed["state"]["values"]["row"]["stage"]["selected_option"] == OPTIONS[0]
    assert pressed["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": DEALS,
        "is_ephemeral": False,
    }
    assert pressed["message"]["ts"] == ts
    assert pressed["response_url"].startswith(f"{slack.url}/hooks/actions/")
    assert {"trigger_id", "team", "user", "channel", "api_app_id", "token"} <= pressed.keys()


def test_a_click_in_an_ephemeral_message_comes_without_the_message(slack: Sandbox, client: WebClient) -> None:
    ts = client.chat_postEphemeral(channel=DEALS, user=MAYA, text="hi", blocks=[ACTIONS])["message_ts"]

    slack.do("click", user=MAYA, channel=DEALS, ts=ts, action_id="find.share")

    assert slack.app.heard[0]["container"]["is_ephemeral"] is True
    assert "message" not in slack.app.heard[0]
    assert "sees no message" in slack.refuse("click", user=RAFA, channel=DEALS, ts=ts, action_id="find.share")


def test_only_what_is_on_the_screen_can_be_clicked(slack: Sandbox, client: WebClient) -> None:
    ts = client.chat_postMessage(channel=DEALS, text="hi", blocks=[ACTIONS])["ts"]
    where = {"user": MAYA, "channel": DEALS, "ts": ts}

    assert slack.refuse("click", **where, action_id="nope") == "there is no nope to click"
    assert slack.refuse("click", **where, action_id="stage", option="x") == "stage has no option 'x'"


def test_a_click_that_fails_shows(slack: Sandbox, client: WebClient) -> None:
    ts = client.chat_postMessage(channel=DEALS, text="hi", blocks=[ACTIONS])["ts"]
    slack.app.reply = status(404)

    answer = slack.do("click", user=MAYA, channel=DEALS, ts=ts, action_id="find.share", times=2)

    assert [delivery["status"] for delivery in answer["deliveries"]] == [404, 404]
    assert slack.see("state", **{"as": MAYA})["banners"][0]["channel"] == DEALS


def test_the_answer_to_a_click_can_replace_the_message(slack: Sandbox, client: WebClient) -> None:
    ts = client.chat_postMessage(channel=DEALS, text="hi", blocks=[ACTIONS])["ts"]
    slack.do("click", user=MAYA, channel=DEALS, ts=ts, action_id="find.share")

    WebhookClient(slack.app.heard[0]["response_url"]).send(text="done", replace_original=True)

    assert slack.texts(user=RAFA) == ["done"]


def test_a_trigger_opens_one_modal_within_three_seconds(slack: Sandbox, client: WebClient) -> None:
    first, late = trigger(slack), trigger(slack)
    client.views_open(trigger_id=first, view=modal())

    assert refused(client.views_open, trigger_id=first, view=modal()) == "exchanged_trigger_id"
    assert refused(client.views_open, trigger_id="1.2.3", view=modal()) == "invalid_trigger_id"
    slack.do("clock", advance_seconds=2.5)
    slack.do("clock", advance_seconds=0.6)
    assert refused(client.views_open, trigger_id=late, view=modal()) == "expired_trigger_id"


def test_a_submit_sends_the_state_and_closes(slack: Sandbox, client: WebClient) -> None:
    view_id = opened(slack, client, private_metadata="m")

    answer = slack.do(
        "submit",
        user=MAYA,
        view_id=view_id,
        values={"to": {"address": "a@b.test"}, "topics": {"picked": ["won"]}},
    )

    view = slack.app.heard[-1]["view"]
    assert answer["ok"] is True
    assert slack.app.heard[-1]["type"] == "view_submission"
    assert (view["type"], view["callback_id"], view["private_metadata"]) == ("modal", "share", "m")
    assert view["state"]["values"] == {
        "to": {"address": {"type": "email_text_input", "value": "a@b.test"}},
        "topics": {"picked": {"type": "checkboxes", "selected_options": [OPTIONS[0]]}},
    }
    assert views(slack) == []


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({}, "Please complete this required field."),
        ({"to": {"address": "x"}}, "Please enter a valid email address."),
    ],
)
def test_slack_itself_checks_a_form_first(
    slack: Sandbox, client: WebClient, values: dict[str, Any], complaint: str
) -> None:
    view_id = opened(slack, client)
    before = len(slack.app.heard)

    answer = slack.do("submit", user=MAYA, view_id=view_id, values=values)

    assert (answer["ok"], answer["errors"]) == (False, {"to": complaint})
    assert len(slack.app.heard) == before


def test_the_app_can_answer_a_submit_in_every_way(slack: Sandbox, client: WebClient) -> None:
    view_id = opened(slack, client)
    values = {"to": {"address": "a@b.test"}}
    answers = iter(
        [
            {"response_action": "errors", "errors": {"to": "Not in our CRM"}},
            {"response_action": "update", "view": modal(callback_id="second")},
            {"response_action": "push", "view": modal(callback_id="third")},
            {"response_action": "clear"},
        ]
    )
    slack.app.reply = lambda _: next(answers)

    errors = slack.do("submit", user=MAYA, view_id=view_id, values=values)["errors"]
    slack.do("submit", user=MAYA, view_id=view_id, values=values)
    updated = [view["callback_id"] for view in views(slack)]
    slack.do("submit", user=MAYA, view_id=view_id, values=values)
    pushed = views(slack)
    slack.do("submit", user=MAYA, view_id=pushed[-1]["id"], values=values)

    assert errors == {"to": "Not in our CRM"}
    assert updated == ["second"]
    assert [view["callback_id"] for view in pushed] == ["second", "third"]
    assert pushed[1]["previous_view_id"] == pushed[1]["root_view_id"] == view_id
    assert views(slack) == []


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "dance"},
        {"ok": True},
    ],
)
def test_an_answer_slack_does_not_understand_is_trouble(
    slack: Sandbox, client: WebClient, answer: dict[str, Any]
) -> None:
    view_id = opened(slack, client)
    slack.app.reply = lambda _: answer

    slack.do("submit", user=MAYA, view_id=view_id, values={"to": {"address": "a@b.test"}})

    state = slack.see("state", **{"as": MAYA})
    assert [banner["text"] for banner in state["banners"]] == ["We had some trouble connecting. Try again?"]
    assert [view["id"] for view in state["views"]] == [view_id]


def test_a_submit_delivered_twice_closes_once(slack: Sandbox, client: WebClient) -> None:
    view_id = opened(slack, client)

    answer = slack.do("submit", user=MAYA, view_id=view_id, values={"to": {"address": "a@b.test"}}, times=2)

    assert [delivery["status"] for delivery in answer["deliveries"]] == [200, 200]
    assert slack.see("state", **{"as": MAYA})["banners"] == []


def test_views_are_updated_by_hash_and_not_after_closing(slack: Sandbox, client: WebClient) -> None:
    view_id = opened(slack, client)
    old = views(slack)[0]["hash"]

    client.views_update(view_id=view_id, hash=old, view=modal())
    stale = refused(client.views_update, view_id=view_id, hash=old, view=modal())
    slack.do("close", user=MAYA, view_id=view_id)
    closed = refused(client.views_update, view_id=view_id, view=modal())

    assert (stale, closed) == ("hash_conflict", "not_found")


def test_closing_is_told_only_where_asked_for(slack: Sandbox, client: WebClient) -> None:
    silent = slack.do("close", user=MAYA, view_id=opened(slack, client))
    told = slack.do("close", user=MAYA, view_id=opened(slack, client, notify_on_close=True))

    assert (len(silent["deliveries"]), len(told["deliveries"])) == (0, 1)
    assert (slack.app.heard[-1]["type"], slack.app.heard[-1]["is_cleared"]) == ("view_closed", False)


def test_three_modals_are_the_most(slack: Sandbox, client: WebClient) -> None:
    blocks = [*FORM, {"type": "actions", "elements": [BUTTON]}]
    opened(slack, client, blocks=blocks)

    for number in range(3):
        top = views(slack)[-1]["id"]
        slack.do("click", user=MAYA, view_id=top, action_id="find.share")
        push = {"trigger_id": slack.app.heard[-1]["trigger_id"], "view": modal(blocks=blocks)}
        if number < 2:
            client.views_push(**push)

    assert len(views(slack)) == 3
    assert refused(client.views_push, **push) == "push_limit_reached"


def test_a_home_tab_is_drawn_per_person(slack: Sandbox, client: WebClient) -> None:
    client.views_publish(user_id=MAYA, view={"type": "home", "blocks": [ACTIONS]})

    slack.do("open_home", user=MAYA)
    slack.do("click", user=MAYA, view_id=slack.app.heard[0]["event"]["view"]["id"], action_id="find.share")

    assert slack.app.heard[1]["container"]["type"] == "view"
    assert slack.app.heard[1]["view"]["type"] == "home"
    assert slack.see("state", **{"as": RAFA})["home"] is None


def test_an_invalid_view_is_refused_with_pointers(slack: Sandbox, client: WebClient) -> None:
    with pytest.raises(SlackApiError) as caught:
        client.views_open(trigger_id=trigger(slack), view=modal(title={**PLAIN, "text": "x" * 25}))

    assert caught.value.response["error"] == "invalid_arguments"
    assert caught.value.response["response_metadata"]["messages"] == [
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"
    ]


def test_a_slow_app_does_not_hang_the_modal(impatient: Sandbox) -> None:
    view_id = opened(impatient, WebClient(token=TOKEN, base_url=f"{impatient.url}/api/"))
    impatient.app.reply = late

    answer = impatient.do("submit", user=MAYA, view_id=view_id, values={"to": {"address": "a@b.test"}})

    assert answer["deliveries"][0]["failure"] == "http_timeout"
    assert len(views(impatient)) == 1


def test_fields_in_a_message_are_sent_with_its_button(slack: Sandbox, client: WebClient) -> None:
    blocks = [FORM[0], ACTIONS]
    ts = client.chat_postMessage(channel=DEALS, text="hi", blocks=blocks)["ts"]
    values = {"to": {"address": "a@b.test"}}

    slack.do("click", user=MAYA, channel=DEALS, ts=ts, action_id="find.share", values=values)

    state = slack.app.heard[0]["state"]["values"]
    assert state["to"]["address"]["value"] == "a@b.test"
