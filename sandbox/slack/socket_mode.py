"""The WebSocket endpoint, beneath Flask: it takes the connection over from the server."""

import errno
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

from sandbox.slack.errors import Impossible, Json
from sandbox.slack.sockets import Gone, Link, WebSocket
from sandbox.slack.state import Slack

PATH = "/link/"
REASONS = ("warning", "refresh_requested", "link_disabled")
_HOST = "applink-sandbox"
_LIFE_SECONDS = 3600


class SocketMode:
    """WSGI layer that serves the app's WebSockets; a thread stays with each."""

    def __init__(self, app: Callable[..., Iterable[bytes]], slack: Slack) -> None:
        self._app = app
        self._slack = slack

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Serve a socket to its end, or pass the request on."""
        if environ.get("PATH_INFO") != PATH or environ.get("HTTP_UPGRADE", "").lower() != "websocket":
            return self._app(environ, start_response)
        ticket = parse_qs(environ.get("QUERY_STRING", "")).get("ticket", [""])[0]
        # Only a server that hands out its socket can be taken over; werkzeug's does.
        if "werkzeug.socket" not in environ or not self._slack.sockets.use_ticket(ticket):
            start_response("403 Forbidden", [("Content-Length", "0")])
            return []
        self._serve(WebSocket(environ["werkzeug.socket"], _headers(environ), PATH))
        # Tells the server that there is nobody left to answer to.
        raise ConnectionResetError(errno.ECONNRESET, "the WebSocket has ended")

    def _serve(self, line: WebSocket) -> None:
        slack = self._slack
        link = slack.sockets.join(line)
        try:
            if link is None:
                line.send(_disconnect("too_many_websockets"))
                line.close()
                return
            line.send(self._hello())
            for message in line.messages():
                self._heard(link, message)
        except Gone:
            return
        finally:
            if link is not None:
                slack.sockets.leave(link)

    def _heard(self, link: Link, message: Any) -> None:
        slack = self._slack
        envelope_id = message.get("envelope_id") if isinstance(message, dict) else None
        understood = isinstance(envelope_id, str) and slack.sockets.acknowledge(envelope_id, message)
        with slack.lock:
            slack.records.add_received(
                {
                    "kind": "socket",
                    "method": "socket",
                    "arguments": message if isinstance(message, dict) else {"text": message},
                    "status": 200,
                    "result": {"ok": understood},
                    "seconds": 0.0,
                    "at": slack.clock.now(),
                    "socket": link.number,
                }
            )
            slack.changed.notify_all()
        if link.is_leaving and not slack.sockets.is_awaited(link):
            link.line.close()

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "connection_info": {"app_id": self._slack.config.app_id},
            "num_connections": len(self._slack.sockets.open()),
            "debug_info": {
                "host": _HOST,
                "started": time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(self._slack.clock.now())) + ".000",
                "build_number": 1,
                "approximate_connection_time": _LIFE_SECONDS,
            },
        }


def disconnect(slack: Slack, reason: str, *, number: int | None) -> int:
    """Tell one socket, or all, to go; returns how many. After a warning they still get envelopes."""
    if reason not in REASONS:
        raise ValueError(f"reason must be one of {', '.join(REASONS)}")
    links = _chosen(slack, number)
    for link in links:
        link.is_leaving = reason != "warning"
        link.line.send(_disconnect(reason))
        if link.is_leaving and not slack.sockets.is_awaited(link):
            link.line.close()
    return len(links)


def drop(slack: Slack, *, number: int | None) -> int:
    """Cut one line, or all, without a word; returns how many."""
    links = _chosen(slack, number)
    for link in links:
        # At once: nothing more is to be sent on it before its thread sees that it was cut.
        slack.sockets.leave(link)
        link.line.drop()
    return len(links)


def _chosen(slack: Slack, number: int | None) -> list[Link]:
    links = [link for link in slack.sockets.open() if number in (None, link.number)]
    if not links:
        raise Impossible("there is no such socket")
    return links


def _disconnect(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": _HOST}}


def _headers(environ: dict[str, Any]) -> list[tuple[bytes, bytes]]:
    return [
        (name.removeprefix("HTTP_").replace("_", "-").lower().encode(), str(value).encode("latin-1"))
        for name, value in environ.items()
        if name.startswith("HTTP_")
    ]
