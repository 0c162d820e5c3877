"""Let Slack's own SDK for Python judge the local Slack."""

import json
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler, ServerErrorRetryHandler
from slack_sdk.models.blocks import ActionsBlock, ButtonElement, SectionBlock
from slack_sdk.models.views import View
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.webhook import WebhookClient

from judges.slack_stage import (
    APP_TOKEN,
    BOT,
    DEALS,
    GUEST,
    MAYA,
    RAFA,
    SECRET,
    SECRETS,
    TOKEN,
    LocalSlack,
    local_slack,
)
from judges.tally import Tally, Wrong, expect, expect_in, refusal


class _App:
    """Takes every request, checks its signature, and keeps it."""

    def __init__(self, port: int) -> None:
        self.heard: Queue[dict[str, Any]] = Queue()
        self.badly_signed = 0
        verifier = SignatureVerifier(SECRET)
        app = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if not verifier.is_valid_request(body, dict(self.headers.items())):
                    app.badly_signed += 1
                form = parse_qs(body.decode())
                if not body.startswith(b"{"):
                    flat = {name: values[0] for name, values in form.items()}
                    app.heard.put(json.loads(flat["payload"]) if "payload" in flat else flat)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)

    @contextmanager
    def serving(self) -> Iterator["_App"]:
        """Listen until the block is left."""
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()


def main() -> int:
    """Call every method and return the exit code."""
    tally = Tally()
    with local_slack() as slack, _App(slack.app_port).serving() as app:
        client = WebClient(token=TOKEN, base_url=f"{slack.url}/api/")
        _messages(tally, client)
        _lists(tally, client)
        _views(tally, client, slack, app)
        _files(tally, client)
        _refusals(tally, client)
        _trouble(tally, slack)
        with tally.check("every request to the app was signed rightly"):
            expect(app.badly_signed, 0)
    with local_slack(socket_mode=True) as slack:
        _socket(tally, slack)
    return tally.close()


def act(slack: LocalSlack, what: str, **fields: Any) -> Any:
    """Do something as a person, or order a fault."""
    request = urllib.request.Request(  # noqa: S310 - the sandbox's own address
        f"{slack.url}/_sandbox/{what}", json.dumps(fields).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - the sandbox's own address
            return json.loads(answer.read())
    except HTTPError as refused:
        raise Wrong(f"{what}: {refused.read().decode()}") from refused


def look(slack: LocalSlack, what: str, **query: str) -> Any:
    """Return what a control endpoint shows."""
    address = f"{slack.url}/_sandbox/{what}?{urlencode(query)}"
    with urllib.request.urlopen(address, timeout=20) as answer:  # noqa: S310 - the sandbox's own address
        return json.loads(answer.read())


def _messages(tally: Tally, client: WebClient) -> None:
    with tally.check("auth_test"):
        expect(client.auth_test()["user_id"], BOT)
    with tally.check("a message of block classes is posted, changed, taken away"):
        blocks = [SectionBlock(text="*x*"), ActionsBlock(elements=[ButtonElement(text="Go", action_id="go")])]
        ts = client.chat_postMessage(channel=DEALS, text="x", blocks=blocks)["ts"]
        expect(client.chat_update(channel=DEALS, ts=ts, text="y")["text"], "y")
        expect(client.chat_delete(channel=DEALS, ts=ts)["ts"], ts)
    with tally.check("a permalink"):
        ts = client.chat_postMessage(channel=DEALS, text="x")["ts"]
        expect_in(ts.replace(".", ""), client.chat_getPermalink(channel=DEALS, message_ts=ts)["permalink"])
    with tally.check("an ephemeral message"):
        expect_in("message_ts", client.chat_postEphemeral(channel=DEALS, user=MAYA, text="psst").data)
    with tally.check("a thread, its history and its replies"):
        ts = client.chat_postMessage(channel=DEALS, text="parent")["ts"]
        client.chat_postMessage(channel=DEALS, text="child", thread_ts=ts)
        replies = client.conversations_replies(channel=DEALS, ts=ts)["messages"]
        expect([row["text"] for row in replies], ["parent", "child"])
        history = client.conversations_history(channel=DEALS)["messages"]
        expect((history[0]["text"], history[0]["reply_count"]), ("parent", 1))


def _lists(tally: Tally, client: WebClient) -> None:
    with tally.check("users_list pages by itself"):
        found = [row["id"] for page in client.users_list(limit=2) for row in page["members"]]
        expect((len(found), len(set(found))), (5, 5))
    with tally.check("users_info and users_lookupByEmail"):
        expect(client.users_info(user=GUEST)["user"]["is_restricted"], True)
        expect(client.users_lookupByEmail(email="maya@judges.example")["user"]["id"], MAYA)
    with tally.check("conversations: list, info, members, open"):
        pages = client.conversations_list(limit=1, types="public_channel,private_channel")
        expect_in("deals", [row["name"] for page in pages for row in page["channels"]])
        expect(client.conversations_info(channel=DEALS)["channel"]["is_private"], False)
        expect_in(RAFA, client.conversations_members(channel=DEALS)["members"])
        expect(client.conversations_open(users=[MAYA])["channel"]["id"], "D0MAYA")


def _views(tally: Tally, client: WebClient, slack: LocalSlack, app: _App) -> None:
    block = SectionBlock(text="x")
    modal = View(type="modal", title="Judged", close="Close", blocks=[block])
    with tally.check("a modal is opened, and changed by its hash"):
        act(slack, "command", user=MAYA, channel=DEALS, command="/content")
        asked = app.heard.get(timeout=5)
        view = client.views_open(trigger_id=asked["trigger_id"], view=modal)["view"]
        client.views_update(view_id=view["id"], hash=view["hash"], view=modal)
        problem = refusal(
            SlackApiError, client.views_update, view_id=view["id"], hash=view["hash"], view=modal
        )
        expect(problem.response["error"], "hash_conflict")
    with tally.check("a Home tab"):
        client.views_publish(user_id=MAYA, view=View(type="home", blocks=[block]))
        expect(bool(look(slack, "state", **{"as": MAYA})["home"]), True)
    with tally.check("a response_url takes five posts"):
        act(slack, "command", user=MAYA, channel=DEALS, command="/content")
        hook = WebhookClient(app.heard.get(timeout=5)["response_url"])
        answers = [hook.send(text=f"{n}", response_type="in_channel") for n in range(6)]
        expect([row.status_code == 200 and row.body == "ok" for row in answers], [True] * 5 + [False])


def _files(tally: Tally, client: WebClient) -> None:
    with tally.check("files_upload_v2"):
        done = client.files_upload_v2(channel=DEALS, content="deck", filename="deck.txt", title="Deck")
        expect(client.files_info(file=done["file"]["id"])["file"]["title"], "Deck")


def _refusals(tally: Tally, client: WebClient) -> None:
    refused: dict[str, Any] = {
        "channel_not_found": lambda: client.chat_postMessage(channel=SECRETS, text="x"),
        "no_text": lambda: client.api_call("chat.postMessage", json={"channel": DEALS}),
        "users_not_found": lambda: client.users_lookupByEmail(email="nobody@judges.example"),
        "invalid_arguments": lambda: client.api_call("users.info", params={"user": MAYA, "colour": "red"}),
        "unknown_method": lambda: client.api_call("chat.shout"),
        "user_not_found": lambda: client.users_info(user="U0NOBODY"),
        "message_not_found": lambda: client.chat_update(channel=DEALS, ts="1.000001", text="x"),
    }
    for name, call in refused.items():
        with tally.check(f"{name}"):
            expect(refusal(SlackApiError, call).response["error"], name)


def _trouble(tally: Tally, slack: LocalSlack) -> None:
    with tally.check("retry handlers see 429 and 500 through"):
        patient = WebClient(
            token=TOKEN,
            base_url=f"{slack.url}/api/",
            retry_handlers=[RateLimitErrorRetryHandler(2), ServerErrorRetryHandler(2)],
        )
        act(slack, "faults", method="chat.postMessage", kind="429", times=1, seconds=1)
        patient.chat_postMessage(channel=DEALS, text="patient")
        act(slack, "faults", method="chat.postMessage", kind="500", times=1)
        patient.chat_postMessage(channel=DEALS, text="in the end")
    with tally.check("a 429 tells how long to wait"):
        act(slack, "faults", method="chat.postMessage", kind="429", times=1, seconds=7)
        hasty = WebClient(token=TOKEN, base_url=f"{slack.url}/api/", retry_handlers=[])
        problem = refusal(SlackApiError, hasty.chat_postMessage, channel=DEALS, text="hasty")
        if problem.response.headers.get("Retry-After") != "7":
            raise Wrong(f"Retry-After: {problem.response.headers.get('Retry-After')}")


def _socket(tally: Tally, slack: LocalSlack) -> None:
    heard: Queue[SocketModeRequest] = Queue()

    def listen(client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        client.send_socket_mode_response(SocketModeResponse(request.envelope_id, {"text": "answered"}))
        heard.put(request)

    web = WebClient(token=APP_TOKEN, base_url=f"{slack.url}/api/")
    client = SocketModeClient(app_token=APP_TOKEN, web_client=web, auto_reconnect_enabled=False)
    client.socket_mode_request_listeners.append(listen)
    client.connect()
    with tally.check("Socket Mode: a command comes as an envelope, its answer shows"):
        [delivery] = act(slack, "command", user=MAYA, channel=DEALS, command="/content")["deliveries"]
        asked = heard.get(timeout=5)
        expect((asked.type, asked.payload["command"]), ("slash_commands", "/content"))
        expect((asked.accepts_response_payload, delivery["failure"]), (True, ""))
        shown = look(slack, "state", **{"as": MAYA})["channels"]
        texts = [row["text"] for one in shown if one["id"] == DEALS for row in one["messages"]]
        expect_in("answered", texts)
    with tally.check("Socket Mode: an event comes as an envelope"):
        act(slack, "say", user=MAYA, channel=DEALS, text=f"<@{BOT}> hello")
        kinds = {heard.get(timeout=5).payload["event"]["type"] for _ in range(2)}
        expect(kinds, {"message", "app_mention"})
    with tally.check("Socket Mode: after a disconnect a new address leads on"):
        before = _sockets(slack)
        act(slack, "sockets", fault="disconnect", reason="refresh_requested")
        for _ in range(500):
            if _sockets(slack) - before:
                break
            time.sleep(0.01)
        act(slack, "command", user=MAYA, channel=DEALS, command="/content")
        expect(heard.get(timeout=5).type, "slash_commands")
    client.close()


def _sockets(slack: LocalSlack) -> set[int]:
    return {row["socket"] for row in look(slack, "sockets")["sockets"] if not row["leaving"]}


if __name__ == "__main__":
    sys.exit(main())
