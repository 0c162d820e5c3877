"""Slash commands and response URLs."""

from typing import Any

import requests
from slack_sdk.webhook import WebhookClient

from tests.sandbox.slack.stage import DEALS, DM, MAYA, RAFA, Sandbox, late, status


def ask(slack: Sandbox, text: str = "pricing", **more: Any) -> Any:
    """Give the command as Maya."""
    return slack.do("command", user=MAYA, channel=DEALS, command="/content", text=text, **more)


def banners(slack: Sandbox) -> list[str]:
    """Return the failures Maya was shown."""
    return [banner["text"] for banner in slack.see("state", **{"as": MAYA})["banners"]]


def test_a_command_comes_as_slacks_form(slack: Sandbox) -> None:
    ask(slack, "payload & <x>")

    form = slack.app.heard[0]
    assert form["command"] == "/content"
    assert form["text"] == "payload & <x>"
    assert (form["channel_name"], form["user_name"], form["team_domain"]) == ("deals", "maya", "harbourline")
    assert form["is_enterprise_install"] == "false"
    assert form["response_url"].startswith(f"{slack.url}/hooks/commands/T0TEAM/")
    assert form["trigger_id"]


def test_in_a_direct_conversation_the_channel_name_is_slacks(slack: Sandbox) -> None:
    slack.do("command", user=MAYA, channel=DM, command="/content")

    assert slack.app.heard[0]["channel_name"] == "directmessage"


def test_the_answer_is_shown_to_the_asker_alone(slack: Sandbox) -> None:
    slack.app.reply = lambda _: {"text": "here it is"}

    ask(slack)

    assert slack.texts(user=MAYA) == ["here it is"]
    assert slack.channel()["messages"][0]["ephemeral"] is True
    assert slack.texts(user=RAFA) == []


def test_an_answer_for_all_is_shown_to_all(slack: Sandbox) -> None:
    slack.app.reply = lambda _: {"text": "look", "response_type": "in_channel"}

    ask(slack)

    assert slack.texts(user=RAFA) == ["look"]


def test_failures_are_shown_as_slack_shows_them(slack: Sandbox) -> None:
    slack.app.reply = status(500)
    ask(slack)
    slack.app.reply = lambda _: {"blocks": [{"type": "sektion"}]}
    ask(slack)

    assert banners(slack) == [
        "/content failed with the error “dispatch_failed”",
        "/content failed with the error “invalid_command_response”",
    ]
    assert slack.do("clock", advance_seconds=600)["deliveries"] == []


def test_a_late_answer_is_a_timeout(impatient: Sandbox) -> None:
    impatient.app.reply = late

    ask(impatient)

    assert banners(impatient) == ["/content failed with the error “operation_timeout”"]


def test_an_unknown_command_is_refused(slack: Sandbox) -> None:
    slack.refuse("command", user=MAYA, channel=DEALS, command="/dance")

    assert banners(slack) == ["/dance is not a valid command."]


def test_a_double_delivery_is_the_very_same_request(slack: Sandbox) -> None:
    ask(slack, times=3)

    assert len(set(slack.app.bodies)) == 1
    assert len(slack.app.bodies) == 3


def test_a_response_url_takes_five_posts(slack: Sandbox) -> None:
    ask(slack)
    webhook = WebhookClient(slack.app.heard[0]["response_url"])

    statuses = [webhook.send(text=f"post {number}").status_code for number in range(6)]

    assert statuses == [200] * 5 + [404]
    assert slack.texts(user=MAYA) == [f"post {number}" for number in range(5)]
    assert slack.see("received")["calls"][-1]["result"] == {"ok": False, "error": "used_url"}


def test_a_response_url_ends_after_thirty_minutes(slack: Sandbox) -> None:
    ask(slack)
    webhook = WebhookClient(slack.app.heard[0]["response_url"])
    slack.do("clock", advance_seconds=1801)

    answer = webhook.send(text="late")

    assert answer.status_code == 404
    assert "expired_url" in answer.body


def test_a_response_can_be_replaced_and_deleted(slack: Sandbox) -> None:
    ask(slack)
    webhook = WebhookClient(slack.app.heard[0]["response_url"])

    webhook.send(text="searching…")
    webhook.send(text="found", replace_original=True)
    replaced = slack.texts(user=MAYA)
    webhook.send_dict({"delete_original": True})

    assert replaced == ["found"]
    assert slack.texts(user=MAYA) == []


def test_a_response_is_judged_like_any_post(slack: Sandbox) -> None:
    ask(slack)
    url = slack.app.heard[0]["response_url"]

    blocks = requests.post(url, json={"blocks": [{"type": "sektion"}]}, timeout=5)
    field = requests.post(url, json={"text": "x", "respond_type": "in_channel"}, timeout=5)

    assert (blocks.status_code, blocks.json()["error"]) == (400, "invalid_blocks")
    assert (field.status_code, field.json()["error"]) == (400, "invalid_payload")
