"""The peer of `slack`: Bolt the plain way, where the listener acknowledges and then does the work in its own thread."""

import os

from flask import Flask
from slack_bolt import Ack, Respond

from bench import echo
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

    def answer(ack: Ack, respond: Respond, command: dict[str, str]) -> None:
        ack()
        for question in QUESTIONS:
            org.query(question)
        respond(command["text"])

    return echo.web(answer)
