"""What the tests of the local Slack stand on: a workspace, a scripted app, a way to steer."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import requests
from flask import Flask, Response, request

from sandbox.slack import Clock, SlackConfig
from sandbox.slack.config import BOT_EVENTS, BOT_SCOPES

MORE_SCOPES = ("channels:history", "groups:history", "im:read")
MORE_EVENTS = ("message.channels", "message.groups")
SECRET = "signing-secret"
TOKEN = "xoxb-sandbox-token"
APP_TOKEN = "xapp-sandbox-token"
MAYA, RAFA, GUEST, STRANGER, GONE, BOT = "U0MAYA", "U0RAFA", "U0GUEST", "U0STRANGER", "U0GONE", "U0BOT"
DEALS, SECRETS, ELSEWHERE, SHARED, DM = "C0DEALS", "C0SECRETS", "C0ELSEWHERE", "C0SHARED", "D0MAYA"

WORKSPACE: dict[str, Any] = {
    "team": {"id": "T0TEAM", "name": "Harbourline", "domain": "harbourline"},
    "users": [
        {
            "id": MAYA,
            "name": "maya",
            "real_name": "Maya Chen",
            "email": "maya@harbourline.test",
            "locale": "fr-FR",
        },
        {"id": RAFA, "name": "rafa", "real_name": "Rafael Souza", "email": "rafa@harbourline.test"},
        {"id": GUEST, "name": "gast", "real_name": "Gast Gastón", "email": "g@x.test", "is_restricted": True},
        {
            "id": STRANGER,
            "name": "lee",
            "real_name": "Lee Park",
            "email": "lee@norfield.test",
            "is_stranger": True,
        },
        {
            "id": GONE,
            "name": "gone",
            "real_name": "Gone Away",
            "email": "gone@harbourline.test",
            "deleted": True,
        },
    ],
    "channels": [
        {"id": DEALS, "name": "deals", "members": [MAYA, RAFA, BOT]},
        {"id": SECRETS, "name": "secrets", "is_private": True, "members": [MAYA]},
        {"id": ELSEWHERE, "name": "elsewhere", "members": [MAYA]},
        {"id": SHARED, "name": "ext-norfield", "is_ext_shared": True, "members": [MAYA, STRANGER, BOT]},
    ],
    "bot": {"user_id": BOT, "bot_id": "B0BOT", "name": "Touchline"},
}

Reply = Callable[[dict[str, Any]], Any]


def config(app_url: str = "http://127.0.0.1:9", **more: Any) -> SlackConfig:
    """Return a configuration whose app is not there unless told; it reads and hears channels too."""
    wide = {"scopes": (*BOT_SCOPES, *MORE_SCOPES), "events": (*BOT_EVENTS, *MORE_EVENTS)}
    return SlackConfig(
        workspace=WORKSPACE,
        app_url=app_url,
        signing_secret=SECRET,
        bot_token=TOKEN,
        app_token=APP_TOKEN,
        **{**wide, **more},
    )


@dataclass
class ScriptedApp:
    """An app that keeps what it hears and answers as told; by default 200 and nothing.

    Its own messages come back to it whenever they come: they are kept apart, in `echoes`.
    """

    heard: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    echoes: list[dict[str, Any]] = field(default_factory=list)
    reply: Reply = field(default=lambda _: "")
    echo_reply: Reply = field(default=lambda _: "")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wsgi(self) -> Flask:
        """Return it as a web app."""
        app = Flask("scripted")

        @app.post("/slack/events")
        def hear() -> Any:
            body = request.get_data()
            payload = _payload(body)
            if is_echo(payload):
                with self._lock:
                    self.echoes.append(payload)
                return self.echo_reply(payload)
            with self._lock:
                self.heard.append(payload)
                self.headers.append(dict(request.headers))
                self.bodies.append(body)
            return self.reply(payload)

        return app


def is_echo(payload: dict[str, Any]) -> bool:
    """Say whether this tells the app of what it did itself."""
    event = payload.get("event", {})
    return "bot_id" in event or event.get("subtype") in ("message_changed", "message_deleted")


def status(code: int) -> Reply:
    """Return a reply of this status."""
    return lambda _: Response(status=code)


def late(_: dict[str, Any]) -> str:
    """Answer after the deadline of the tests."""
    threading.Event().wait(0.5)
    return ""


@dataclass(frozen=True)
class Sandbox:
    """A running local Slack and the hand that steers it."""

    url: str
    app: ScriptedApp
    clock: Clock

    def do(self, act: str, **fields: Any) -> Any:
        """POST to a control endpoint and expect success."""
        answer = requests.post(f"{self.url}/_sandbox/{act}", json=fields, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refuse(self, act: str, **fields: Any) -> str:
        """POST to a control endpoint, expect a refusal and return its words."""
        answer = requests.post(f"{self.url}/_sandbox/{act}", json=fields, timeout=20)
        assert answer.status_code == 400, answer.text
        return str(answer.json()["error"])

    def see(self, path: str, **query: Any) -> Any:
        """GET a control endpoint."""
        answer = requests.get(f"{self.url}/_sandbox/{path}", params=query, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def echoes(self) -> list[dict[str, Any]]:
        """Return the events of the app's own messages, once all that was under way has come."""
        self.do("clock", advance_seconds=0)
        return [payload["event"] for payload in self.app.echoes]

    def channel(self, channel: str = DEALS, *, user: str = MAYA) -> Any:
        """Return a conversation as this person sees it."""
        state = self.see("state", **{"as": user})
        return next(row for row in state["channels"] if row["id"] == channel)

    def texts(self, channel: str = DEALS, *, user: str = MAYA) -> list[str]:
        """Return the message texts this person sees."""
        return [message["text"] for message in self.channel(channel, user=user)["messages"]]


def _payload(body: bytes) -> dict[str, Any]:
    if body.startswith(b"{"):
        found: dict[str, Any] = json.loads(body)
        return found
    form = {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
    inside: dict[str, Any] = json.loads(form["payload"]) if set(form) == {"payload"} else form
    return inside
