"""The peer of `slack`: Bolt the plain way, where the listener acknowledges and then does the work in its own thread."""

import os

from flask import Flask, Response, request
from slack_bolt import Ack, App, Respond
from slack_bolt.adapter.flask import SlackRequestHandler
from slack_sdk import WebClient

from sandbox.world.org_client import OrgClient

# What an answer needs of the CRM at the least: the person's deals, and whether they may read them.
QUESTIONS = (
    "SELECT Id, Name FROM Opportunity WHERE IsClosed = false LIMIT 5",
    "SELECT Id FROM User LIMIT 1",
)


def web() -> Flask:
    """Return the WSGI application (`gunicorn 'bench.inline:web()'`)."""
    org = OrgClient(
        os.environ["SALESFORCE_URL"],
        os.environ["SALESFORCE_CLIENT_ID"],
        os.environ["SALESFORCE_CLIENT_SECRET"],
    ).__enter__()
    client = WebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    bolt = App(client=client, signing_secret=os.environ["SLACK_SIGNING_SECRET"])

    def answer(ack: Ack, respond: Respond, command: dict[str, str]) -> None:
        ack()
        for question in QUESTIONS:
            org.query(question)
        respond(command["text"])

    bolt.command("/content")(answer)
    handler = SlackRequestHandler(bolt)
    app = Flask(__name__)

    @app.post("/slack/events")
    def slack_request() -> Response:
        answer: Response = handler.handle(request)
        return answer

    @app.get("/readyz")
    def ready() -> dict[str, bool]:
        return {"ok": True}

    return app
