"""The response_url endpoint: five posts in thirty minutes, then 404 for good."""

import json
import time

from flask import Blueprint, Response, jsonify, request

from sandbox.slack import answers
from sandbox.slack.addresses import base_url
from sandbox.slack.errors import Json, SlackError
from sandbox.slack.misfortune import meet_fault
from sandbox.slack.state import Slack
from sandbox.slack.tickets import ResponseUrl

NAME = "response_url"
_GONE = ("expired_url", "used_url", "invalid_url")


def blueprint(slack: Slack) -> Blueprint:
    """Return the route of response URLs."""
    routes = Blueprint("response_urls", __name__)

    @routes.post("/hooks/<kind>/<team>/<secret>")
    def respond(kind: str, team: str, secret: str) -> Response:
        started = time.monotonic()
        fault = meet_fault(slack, NAME)
        body = _body()
        answer = fault.instead if fault and fault.instead is not None else _respond(slack, secret, body)
        with slack.lock:
            slack.records.add_received(
                {
                    "kind": NAME,
                    "method": NAME,
                    "arguments": body,
                    "status": answer.status_code,
                    "result": answer.get_json(silent=True) or {"ok": answer.status_code == 200},
                    "seconds": round(time.monotonic() - started, 4),
                    "at": slack.clock.now(),
                    "url": f"/hooks/{kind}/{team}/…",
                }
            )
            slack.changed.notify_all()
        return answer

    return routes


def new_response_url(slack: Slack, kind: str, url: ResponseUrl) -> str:
    """Return the address to hand to the app; `kind` is commands or actions."""
    return f"{base_url(slack)}/hooks/{kind}/{slack.workspace.team.id}/{slack.tickets.new_url(url)}"


def _respond(slack: Slack, secret: str, body: Json) -> Response:
    try:
        with slack.lock:
            answers.post(slack, slack.tickets.use_url(secret), body)
    except SlackError as refusal:
        answer = jsonify(refusal.body())
        answer.status_code = 404 if refusal.error in _GONE else 400
        return answer
    return Response("ok", mimetype="text/plain")


def _body() -> Json:
    text = request.form.get("payload") or request.get_data(as_text=True)
    try:
        body = json.loads(text)
    except ValueError:
        return {"payload": text}
    return body if isinstance(body, dict) else {"payload": body}
