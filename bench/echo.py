"""The peer of `ask`: the least that a Bolt app can do, which is to take a command and send its words back."""

import os
from collections.abc import Callable

from flask import Flask, Response, request
from slack_bolt import Ack, App, Respond
from slack_bolt.adapter.flask import SlackRequestHandler
from slack_sdk import WebClient


def echo(ack: Ack, respond: Respond, command: dict[str, str]) -> None:
    ack()
    respond(command["text"])


def web(answer: Callable[[Ack, Respond, dict[str, str]], None] = echo) -> Flask:
    """Return the WSGI application (`gunicorn 'bench.echo:web()'`), with what it does at a command."""
    client = WebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    bolt = App(client=client, signing_secret=os.environ["SLACK_SIGNING_SECRET"])
    bolt.command("/content")(answer)
    handler = SlackRequestHandler(bolt)
    app = Flask(__name__)

    @app.post("/slack/events")
    def slack_request() -> Response:
        handled: Response = handler.handle(request)
        return handled

    @app.get("/readyz")
    def ready() -> dict[str, bool]:
        return {"ok": True}

    return app
