"""Serve the local Slack, or any WSGI app, on a loopback port."""

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server


class _Handler(WSGIRequestHandler):
    """A quiet handler that really hangs up when a connection is cut."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: /_sandbox/received and /_sandbox/sent keep the record."""

    def send_response(self, code: int, message: str | None = None) -> None:
        """Begin an answer without the machine's time in its head: the org has a clock of its own."""
        self.send_response_only(code, message)

    def connection_dropped(self, *_: Any) -> None:
        """Close, so that the client sees the end at once."""
        self.close_connection = True


def _closing(app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Return an app whose bodies close themselves: werkzeug forgets to when the client hangs up in the middle."""

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return _closed(app(environ, start_response))

    return serve


def _closed(body: Iterable[bytes]) -> Iterator[bytes]:
    try:
        yield from body
    finally:
        getattr(body, "close", lambda: None)()


class Server:
    """A running server with a thread per request; leave the `with` block to stop it."""

    def __init__(self, app: Flask, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._server = make_server(host, port, _closing(app), threaded=True, request_handler=_Handler)
        self._at_stop = app.extensions.get("at_stop", [])
        self._address = (host, self._server.server_port)
        self.url = f"http://{host}:{self._server.server_port}"
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> "Server":
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._stopping.set()
        # It waits for the next connection and never looks around: this is that connection.
        socket.create_connection(self._address).close()
        self._thread.join()
        for stop in self._at_stop:
            stop()
        self._server.server_close()

    def _serve(self) -> None:
        while not self._stopping.is_set():
            self._server.handle_request()
