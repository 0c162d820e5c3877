"""How an ordered fault shows on the wire: no answer, 500, 429, late, lost on the way back, or a page to sign in."""

import errno
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Response, jsonify, request

from sandbox.slack.state import Slack

_CUT = "sandbox.cut_connection"


@dataclass(frozen=True)
class Met:
    """A fault that was met; `instead` is the answer that replaces the real one."""

    instead: Response | None


def meet_fault(slack: Slack, method: str) -> Met | None:
    """Let the next fault ordered for this call happen, if there is one."""
    with slack.lock:
        fault = slack.faults.next_for(method)
    if fault is None:
        return None
    if fault.kind == "slow":
        threading.Event().wait(fault.seconds)
        return Met(None)
    if fault.kind == "lost_reply":
        request.environ[_CUT] = True
        return Met(None)
    if fault.kind == "drop":
        request.environ[_CUT] = True
        return Met(Response(status=503))
    if fault.kind == "429":
        answer = jsonify(ok=False, error="ratelimited")
        answer.status_code = 429
        answer.headers["Retry-After"] = str(max(1, round(fault.seconds)))
        return Met(answer)
    if fault.kind == "sign_in":
        return Met(Response(status=302, headers={"Location": "/_signin"}))
    return Met(Response("Internal Server Error", status=500, mimetype="text/plain"))


class CutConnections:
    """WSGI layer that closes the connection without a byte where a fault asks for it."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Serve, or raise what a server takes for a vanished client."""
        held: list[tuple[Any, ...]] = []

        def hold(*answer: Any) -> Callable[[bytes], object]:
            held[:] = [answer]
            return lambda _: None

        body = self._app(environ, hold)
        if environ.get(_CUT):
            raise ConnectionResetError(errno.ECONNRESET, "connection cut by an ordered fault")
        start_response(*held[0])
        return body
