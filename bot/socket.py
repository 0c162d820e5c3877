"""Socket Mode: Slack's requests over WebSockets that we open, for installations that Slack can't reach by HTTP."""

import json
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.app import LISTENERS_AT_ONCE, HttpAnswer
from bot.gateway import TIMEOUT_S

log = logging.getLogger(__name__)
PING_EVERY_S = 3.0
LONGEST_PAUSE_S = 30.0
# What is being answered as the process is told to end may be so for this long.
LAST_WORDS_S = 3.0

# Takes a request's fields and the envelope's id.
Take = Callable[[dict[str, object], str], HttpAnswer]


class SocketDoor:
    """Keeps one WebSocket open and hands on what comes; several processes with one each share the requests."""

    def __init__(
        self, take: Take, *, app_token: str, api_url: str, ping_every_s: float = PING_EVERY_S
    ) -> None:
        self._take = take
        self._ping_every_s = ping_every_s
        # Two pings that nobody answered: by itself the SDK takes up to a minute to see that a line was cut.
        self._silent_s = 2 * ping_every_s + 1.0
        self._client = SocketModeClient(
            app_token,
            web_client=WebClient(base_url=api_url, timeout=TIMEOUT_S, retry_handlers=[]),
            ping_interval=ping_every_s,
            concurrency=LISTENERS_AT_ONCE,
            # Larger than most requests: each chunk takes a turn of the lock.
            receive_buffer_size=65_536,
        )
        # The SDK's own watch, which would start with the first connection, and then connect beside ours.
        self._client.current_app_monitor_started = True
        self._client.socket_mode_request_listeners.append(self._heard)
        self._stop = threading.Event()
        self._answering = threading.Semaphore(LISTENERS_AT_ONCE)
        self._watcher = threading.Thread(target=self._watch, name="socket-watch", daemon=True)

    def start(self) -> None:
        """Connect in the background, and again whenever the line is cut."""
        self._watcher.start()

    def is_connected(self) -> bool:
        """Say whether the line is open and was answered on lately."""
        session = self._client.current_session
        if session is None or not session.is_active() or session.consecutive_check_state_error_count:
            return False
        return time.time() - (session.last_ping_pong_time or 0.0) < self._silent_s

    def close(self) -> None:
        """Let what is being answered end, then hang up."""
        self._stop.set()
        self._watcher.join(TIMEOUT_S)
        self._client.auto_reconnect_enabled = False
        ends = time.monotonic() + LAST_WORDS_S
        for _ in range(LISTENERS_AT_ONCE):
            self._answering.acquire(timeout=max(0.0, ends - time.monotonic()))
        # slack_sdk lets go of a line from two threads at once; the later one finds None.
        with suppress(AttributeError):
            self._client.close()

    def _heard(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        with self._answering:
            answer = self._take(dict(request.payload), request.envelope_id)
            if answer.status != 200:
                # Not acknowledged: Slack does well to send it again, perhaps to another process.
                log.warning("a request over the socket was answered %d %s", answer.status, answer.body[:100])
                return
            said = json.loads(answer.body) if answer.body.startswith("{") else None
            try:
                client.send_socket_mode_response(SocketModeResponse(request.envelope_id, said))
            except SlackClientError as error:
                # It was done; sent again, it is known by its id.
                log.warning("an answer over the socket was lost: %s", type(error).__name__)

    def _watch(self) -> None:
        """Ping, and connect whenever nobody has answered for too long; pauses grow while Slack refuses."""
        failures, pause, connected_at = 0, 0.0, -self._silent_s
        while not self._stop.wait(pause):
            pause = self._ping_every_s
            session = self._client.current_session
            if session is not None:
                session.check_state()
            # A new line's first ping is on its way.
            if self.is_connected() or time.monotonic() - connected_at < self._silent_s:
                continue
            try:
                self._client.connect_to_new_endpoint(force=True)
                connected_at, failures = time.monotonic(), 0
            except (OSError, SlackClientError) as error:
                failures += 1
                pause = min(LONGEST_PAUSE_S, 2.0**failures)
                log.warning("Socket Mode can't connect: %s", _said(error))


def _said(error: Exception) -> str:
    # Not the whole answer: it may quote a token.
    if isinstance(error, SlackApiError):
        return str(error.response.get("error", "")) or type(error).__name__
    return type(error).__name__
