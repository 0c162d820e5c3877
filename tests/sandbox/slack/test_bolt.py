"""Slack's own app framework, wired to the local Slack: it must feel at home."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, request
from slack_bolt import App
from slack_bolt.adapter.flask import SlackRequestHandler
from slack_sdk import WebClient

from sandbox.slack import Clock, Server, create_app
from tests.sandbox.slack.stage import BOT, DEALS, DM, MAYA, SECRET, TOKEN, Sandbox, ScriptedApp, config


def listeners(app: App) -> None:
    """Answer in every way an app answers."""

    @app.event("app_mention")
    def mentioned(event: dict[str, Any], say: Any) -> None:
        say(text=f"<@{event['user']}> said {event['text']}", thread_ts=event["ts"])

    @app.message("pricing")
    def asked(event: dict[str, Any], say: Any) -> None:
        say("here")

    @app.command("/content")
    def command(ack: Any, body: dict[str, Any], client: WebClient) -> None:
        ack()
        text = {"type": "plain_text", "text": "Share"}
        element = {"type": "plain_text_input", "action_id": "note"}
        client.views_open(
            trigger_id=body["trigger_id"],
            view={
                "type": "modal",
                "callback_id": "share",
                "title": text,
                "submit": text,
                "blocks": [{"type": "input", "block_id": "n", "label": text, "element": element}],
            },
        )

    @app.view("share")
    def shared(ack: Any, view: dict[str, Any], body: dict[str, Any], client: WebClient) -> None:
        ack()
        note = view["state"]["values"]["n"]["note"]["value"]
        client.chat_postMessage(channel=body["user"]["id"], text=note)

    @app.action("go")
    def pressed(ack: Any, respond: Any) -> None:
        ack()
        respond("pressed", replace_original=False)


@pytest.fixture
def bolt() -> Iterator[Sandbox]:
    web = Flask("bolt")
    with Server(web) as behind, Server(create_app(config(behind.url), clock := Clock())) as front:
        client = WebClient(token=TOKEN, base_url=f"{front.url}/api/")
        app = App(signing_secret=SECRET, client=client, process_before_response=True)
        listeners(app)
        handler = SlackRequestHandler(app)
        web.add_url_rule("/slack/events", view_func=lambda: handler.handle(request), methods=["POST"])
        yield Sandbox(front.url, ScriptedApp(), clock)


def test_a_mention_is_answered_in_its_thread(bolt: Sandbox) -> None:
    ts = bolt.do("say", user=MAYA, channel=DEALS, text=f"<@{BOT}> hello")["ts"]

    reply = bolt.channel()["messages"][-1]
    assert (reply["thread_ts"], reply["text"]) == (ts, f"<@{MAYA}> said <@{BOT}> hello")


def test_a_direct_message_is_answered(bolt: Sandbox) -> None:
    answer = bolt.do("say", user=MAYA, channel=DM, text="pricing please")

    assert answer["deliveries"][0]["status"] == 200
    assert bolt.texts(DM) == ["pricing please", "here"]


def test_a_command_opens_a_modal_whose_submit_writes(bolt: Sandbox) -> None:
    bolt.do("command", user=MAYA, channel=DEALS, command="/content", text="x")
    view = bolt.see("state", **{"as": MAYA})["views"][0]

    bolt.do("submit", user=MAYA, view_id=view["id"], values={"n": {"note": "for Acme"}})

    assert bolt.texts(DM) == ["for Acme"]
    assert bolt.see("state", **{"as": MAYA})["views"] == []


def test_a_click_is_answered_over_the_response_url(bolt: Sandbox) -> None:
    client = WebClient(token=TOKEN, base_url=f"{bolt.url}/api/")
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    blocks = [{"type": "actions", "elements": [button]}]
    ts = client.chat_postMessage(channel=DEALS, text="x", blocks=blocks)["ts"]

    bolt.do("click", user=MAYA, channel=DEALS, ts=ts, action_id="go")

    assert bolt.texts() == ["x", "pressed"]
    assert bolt.channel()["messages"][-1]["ephemeral"] is True
