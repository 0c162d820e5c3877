"""Socket Mode, as Slack's own Python clients know it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from sandbox.slack import Clock, Server, create_app
from sandbox.slack.socket_mode import PATH, drop
from sandbox.slack.sockets import WebSocket
from sandbox.slack.state import Slack
from tests.sandbox.slack.stage import (
    APP_TOKEN,
    BOT,
    DEALS,
    DM,
    MAYA,
    TOKEN,
    Sandbox,
    ScriptedApp,
    config,
    is_echo,
)

LONGEST = 20.0


class Listener:
    """A client with one socket; keeps what comes and acknowledges it as told."""

    def __init__(self, url: str) -> None:
        self.heard: list[SocketModeRequest] = []
        self.said_hello = threading.Event()
        self.payload: dict[str, Any] | None = None
        self.is_silent = False
        self.client = SocketModeClient(
            app_token=APP_TOKEN,
            web_client=WebClient(base_url=f"{url}/api/"),
            ping_interval=0.2,
            auto_reconnect_enabled=True,
        )
        self.client.socket_mode_request_listeners.append(self._hear)
        self.client.message_listeners.append(self._note)

    def _hear(self, client: Any, request: SocketModeRequest) -> None:
        if not is_echo(request.payload):
            self.heard.append(request)
        if not self.is_silent:
            client.send_socket_mode_response(SocketModeResponse(request.envelope_id, self.payload))

    def _note(self, client: Any, message: dict[str, Any], raw: str | None) -> None:
        if message.get("type") == "hello":
            self.said_hello.set()


@pytest.fixture
def lines() -> Iterator["Lines"]:
    with ExitStack() as stack:
        yield Lines(stack, deadline_seconds=10)


@pytest.fixture
def impatient_lines() -> Iterator["Lines"]:
    with ExitStack() as stack:
        yield Lines(stack, deadline_seconds=0.2)


class Lines:
    """A local Slack in Socket Mode, and the clients that connect to it."""

    def __init__(self, stack: ExitStack, **more: Any) -> None:
        self._stack = stack
        # Sockets are opened here faster than once a minute.
        told = config(socket_mode=True, rate_limits=False, **more)
        front = stack.enter_context(Server(create_app(told, clock := Clock())))
        self.slack = Sandbox(front.url, ScriptedApp(), clock)

    def connect(self) -> Listener:
        """Open a socket and wait for its hello."""
        listener = Listener(self.slack.url)
        self._stack.callback(self._close, listener.client)
        listener.client.connect()
        assert listener.said_hello.wait(LONGEST)
        return listener

    def _close(self, client: SocketModeClient) -> None:
        client.auto_reconnect_enabled = False
        # A client that still reads takes seconds to close. Its line may be gone already: then this is refused.
        requests.post(f"{self.slack.url}/_sandbox/sockets", json={"fault": "drop"}, timeout=20)
        # slack_sdk 3.47 lets go of the socket from two threads at once; the later one finds None.
        with suppress(AttributeError):
            client.close()

    def wait_for_sockets(self, count: int, *, after: int = 0) -> list[int]:
        """Wait until so many sockets younger than `after` are open, and return their numbers."""
        pause = threading.Event()
        for _ in range(int(LONGEST / 0.05)):
            numbers = [row["socket"] for row in self.slack.see("sockets")["sockets"]]
            if len([number for number in numbers if number > after]) == count == len(numbers):
                return numbers
            pause.wait(0.05)
        raise AssertionError(f"sockets: {numbers}")


def test_only_an_app_token_opens_a_connection_and_only_in_socket_mode(lines: Lines) -> None:
    client = WebClient(base_url=f"{lines.slack.url}/api/", retry_handlers=[])

    with pytest.raises(SlackApiError) as with_bot_token:
        client.apps_connections_open(app_token=TOKEN)
    url = client.apps_connections_open(app_token=APP_TOKEN)["url"]
    lines.slack.do("sockets", socket_mode=False)
    with pytest.raises(SlackApiError) as switched_off:
        client.apps_connections_open(app_token=APP_TOKEN)

    assert with_bot_token.value.response["error"] == "not_allowed_token_type"
    assert url.startswith("ws://127.0.0.1:")
    assert switched_off.value.response["error"] == "socket_mode_not_enabled"


def test_an_event_comes_in_an_envelope_and_its_acknowledgement_is_taken(lines: Lines) -> None:
    listener = lines.connect()

    answer = lines.slack.do("say", user=MAYA, channel=DM, text="hi")

    request = listener.heard[0]
    assert [delivery["status"] for delivery in answer["deliveries"]] == [200]
    assert (request.type, request.accepts_response_payload) == ("events_api", False)
    assert (request.retry_attempt, request.retry_reason) == (0, "")
    assert request.payload["event"]["text"] == "hi"
    assert request.payload["authorizations"][0]["user_id"] == BOT
    assert lines.slack.see("sent")["requests"][0]["socket"] == 1


def test_a_command_may_be_answered_in_its_acknowledgement(lines: Lines) -> None:
    listener = lines.connect()
    listener.payload = {"text": "here you are"}

    lines.slack.do("command", user=MAYA, channel=DEALS, command="/content", text="payload calculator")

    assert (listener.heard[0].type, listener.heard[0].accepts_response_payload) == ("slash_commands", True)
    assert listener.heard[0].payload["text"] == "payload calculator"
    assert lines.slack.texts() == ["here you are"]


def test_a_click_takes_no_answer_in_its_acknowledgement(lines: Lines) -> None:
    listener = lines.connect()
    listener.payload = {"text": "let fall"}
    client = WebClient(token=TOKEN, base_url=f"{lines.slack.url}/api/")
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    ts = client.chat_postMessage(channel=DEALS, text="x", blocks=[{"type": "actions", "elements": [button]}])

    lines.slack.do("click", user=MAYA, channel=DEALS, ts=ts["ts"], action_id="go")

    assert (listener.heard[0].type, listener.heard[0].accepts_response_payload) == ("interactive", False)
    assert lines.slack.texts() == ["x"]


def test_each_event_goes_to_one_of_several_sockets(lines: Lines) -> None:
    listeners = [lines.connect() for _ in range(3)]

    for number in range(6):
        lines.slack.do("say", user=MAYA, channel=DM, text=str(number))

    heard = [[request.payload["event"]["text"] for request in listener.heard] for listener in listeners]
    assert sorted(text for texts in heard for text in texts) == ["0", "1", "2", "3", "4", "5"]
    assert [len(texts) for texts in heard] == [2, 2, 2]


def test_an_eleventh_socket_is_sent_away(lines: Lines) -> None:
    lines.slack.do("limits", on=False)

    with ExitStack() as stack:
        first = [read_until(stack, lines, b"approximate_connection_time") for _ in range(10)]
        eleventh = read_until(stack, lines, b"too_many_websockets")

        assert all(b'"type": "hello"' in said for said in first)
        assert b'"type": "disconnect"' in eleventh
        assert len(lines.slack.see("sockets")["sockets"]) == 10


def test_without_a_socket_a_command_fails_as_dispatch_failed(lines: Lines) -> None:
    lines.slack.do("command", user=MAYA, channel=DEALS, command="/content")

    assert "dispatch_failed" in lines.slack.see("state", **{"as": MAYA})["banners"][0]["text"]


def test_an_unacknowledged_event_comes_again_with_its_number_and_reason(impatient_lines: Lines) -> None:
    listener = impatient_lines.connect()
    listener.is_silent = True

    answer = impatient_lines.slack.do("say", user=MAYA, channel=DM, text="hi")

    assert [delivery["failure"] for delivery in answer["deliveries"]] == ["http_timeout", "http_timeout"]
    assert [(one.retry_attempt, one.retry_reason) for one in listener.heard] == [(0, ""), (1, "timeout")]
    assert len({one.payload["event_id"] for one in listener.heard}) == 1
    assert len({one.envelope_id for one in listener.heard}) == 2


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
def test_a_socket_that_is_told_to_go_comes_back(lines: Lines, reason: str) -> None:
    listener = lines.connect()

    lines.slack.do("sockets", fault="disconnect", reason=reason)
    lines.wait_for_sockets(1, after=1)
    lines.slack.do("say", user=MAYA, channel=DM, text="back")

    assert [request.payload["event"]["text"] for request in listener.heard] == ["back"]


def test_a_warned_socket_still_gets_envelopes_and_a_leaving_one_ends(lines: Lines) -> None:
    with ExitStack() as stack:
        line = stack.enter_context(upgraded(new_address(lines)))
        said = read_to(line, b"approximate_connection_time")
        lines.slack.do("sockets", fault="disconnect", reason="warning")
        said = read_to(line, b'"reason": "warning"')
        warned = lines.slack.see("sockets")["sockets"]
        lines.slack.do("sockets", fault="disconnect", reason="link_disabled")
        said = read_to(line, b'"reason": "link_disabled"')

    assert b"disconnect" in said
    assert warned == [{"socket": 1, "leaving": False}]
    lines.wait_for_sockets(0)


def test_a_line_that_is_cut_is_found_dead_and_opened_again(lines: Lines) -> None:
    listener = lines.connect()

    lines.slack.do("sockets", fault="drop")
    lines.wait_for_sockets(1, after=1)
    lines.slack.do("say", user=MAYA, channel=DM, text="after")

    assert [request.payload["event"]["text"] for request in listener.heard] == ["after"]
    assert lines.slack.refuse("sockets", fault="drop", socket=99) == "there is no such socket"


def test_nothing_more_is_sent_on_a_line_that_was_cut_also_before_its_thread_sees_it() -> None:
    slack = Slack(config(), Clock())
    here, there = socket.socketpair()
    with here, there:
        # As of a browser's upgrade; no thread reads it.
        headers = [(b"Host", b"x"), (b"Connection", b"Upgrade"), (b"Upgrade", b"websocket")]
        headers += [(b"Sec-WebSocket-Version", b"13"), (b"Sec-WebSocket-Key", b"dGhlIHNhbXBsZSBub25jZQ==")]
        slack.sockets.join(WebSocket(here, headers, PATH))

        drop(slack, number=None)

        assert slack.sockets.deliver({"envelope_id": "e1"}, seconds=1) is None


def test_an_event_whose_line_is_cut_goes_to_another_socket(lines: Lines) -> None:
    cut, other = lines.connect(), lines.connect()
    cut.client.auto_reconnect_enabled = False
    cut.is_silent = True
    cut.client.socket_mode_request_listeners.append(
        lambda *_: lines.slack.do("sockets", fault="drop", socket=1)
    )

    answer = lines.slack.do("say", user=MAYA, channel=DM, text="hi")

    assert [delivery["failure"] for delivery in answer["deliveries"]] == ["connection_failed", ""]
    assert [(one.retry_attempt, one.retry_reason) for one in other.heard] == [(1, "connection_failed")]


def test_a_ticket_opens_one_socket(lines: Lines) -> None:
    url = new_address(lines)

    with ExitStack() as stack:
        first, again = (stack.enter_context(upgraded(url)) for _ in range(2))

        assert first.recv(12) == b"HTTP/1.1 101"
        assert again.recv(12) == b"HTTP/1.1 403"


def test_bolt_answers_over_its_socket(lines: Lines) -> None:
    app = App(client=WebClient(token=TOKEN, base_url=f"{lines.slack.url}/api/"))
    text = {"type": "plain_text", "text": "Share"}
    entry = {
        "type": "input",
        "block_id": "n",
        "label": text,
        "element": {"type": "plain_text_input", "action_id": "note"},
    }

    @app.event("app_mention")
    def mentioned(event: dict[str, Any], say: Any) -> None:
        say(text="yes?", thread_ts=event["ts"])

    @app.event("message")
    def heard() -> None:
        """Take what comes beside the mention; what nobody takes is not acknowledged."""

    @app.command("/content")
    def command(ack: Any, body: dict[str, Any], client: WebClient) -> None:
        ack("looking")
        view = {"type": "modal", "callback_id": "s", "title": text, "submit": text, "blocks": [entry]}
        client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.view("s")
    def submitted(ack: Any) -> None:
        ack(response_action="errors", errors={"n": "Say more"})

    handler = SocketModeHandler(app, APP_TOKEN, ping_interval=0.2)
    handler.connect()  # type: ignore[no-untyped-call]  # Bolt's own
    try:
        lines.wait_for_sockets(1)
        lines.slack.do("say", user=MAYA, channel=DEALS, text=f"<@{BOT}> hello")
        lines.slack.do("command", user=MAYA, channel=DEALS, command="/content")
        view = wait_for_view(lines.slack)
        answer = lines.slack.do("submit", user=MAYA, view_id=view, values={"n": {"note": "x"}})
    finally:
        handler.client.auto_reconnect_enabled = False
        lines.slack.do("sockets", fault="drop")
        handler.close()  # type: ignore[no-untyped-call]  # the same

    assert answer["errors"] == {"n": "Say more"}
    assert set(lines.slack.texts()) == {f"<@{BOT}> hello", "yes?", "looking"}


def wait_for_view(slack: Sandbox) -> str:
    """Wait until Maya sees a modal, on the long poll of the page."""
    state = slack.see("state", **{"as": MAYA})
    while not state["views"]:
        state = slack.see("state", **{"as": MAYA, "since": state["revision"]})
    return str(state["views"][0]["id"])


def new_address(lines: Lines) -> str:
    """Return the address of one more socket."""
    client = WebClient(base_url=f"{lines.slack.url}/api/")
    return str(client.apps_connections_open(app_token=APP_TOKEN)["url"])


def upgraded(url: str) -> socket.socket:
    """Ask for a WebSocket with nothing but a socket."""
    parts = urlsplit(url)
    line = socket.create_connection((parts.hostname, parts.port), timeout=LONGEST)
    lines = [
        f"GET {parts.path}?{parts.query} HTTP/1.1",
        f"Host: {parts.netloc}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    ]
    line.sendall("\r\n".join([*lines, "", ""]).encode())
    return line


def read_until(stack: ExitStack, lines: Lines, words: bytes) -> bytes:
    """Open a socket and return what it says, up to these words."""
    return read_to(stack.enter_context(upgraded(new_address(lines))), words)


def read_to(line: socket.socket, words: bytes) -> bytes:
    """Return what comes, up to these words."""
    said = b""
    while words not in said:
        piece = line.recv(4096)
        assert piece, said
        said += piece
    return said
