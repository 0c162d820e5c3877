"""Socket Mode's WebSockets: who is connected, what was sent to whom, what was acknowledged."""

import itertools
import json
import secrets
import select
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, BytesMessage, CloseConnection, Ping, TextMessage
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

from sandbox.slack.errors import Json

SOCKETS_MOST = 10
PING_SECONDS = 10.0
_CHUNK = 65_536


class Gone(Exception):
    """The other side hung up, or we did."""


class WebSocket:
    """One WebSocket on a connection whose HTTP request was read already."""

    def __init__(self, connection: socket.socket, headers: list[tuple[bytes, bytes]], path: str) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._protocol = WSConnection(ConnectionType.SERVER)
        self._protocol.initiate_upgrade_connection(headers, path)
        list(self._protocol.events())
        self._write(AcceptConnection())

    def send(self, message: Json) -> None:
        """Send JSON; raises Gone when nobody is there."""
        self._write(TextMessage(json.dumps(message, ensure_ascii=False)))

    def messages(self) -> Iterator[Any]:
        """Yield what the other side sends, until it or we hang up; pings when it is quiet."""
        text = ""
        while True:
            for event in self._arrived():
                if isinstance(event, CloseConnection):
                    self._answer(event)
                    return
                if isinstance(event, Ping):
                    self._answer(event)
                elif isinstance(event, BytesMessage):
                    self.close()
                elif isinstance(event, TextMessage):
                    text += event.data
                    if event.message_finished:
                        yield _json(text)
                        text = ""

    def close(self) -> None:
        """Say goodbye."""
        self._write(CloseConnection(1000))

    def drop(self) -> None:
        """Cut the line without a word."""
        try:
            self._connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def _arrived(self) -> Iterator[Any]:
        try:
            if not select.select([self._connection], [], [], PING_SECONDS)[0]:
                self._write(Ping())
                return
            data = self._connection.recv(_CHUNK)
            if not data:
                raise Gone
            with self._lock:
                self._protocol.receive_data(data)
                events = list(self._protocol.events())
        except (OSError, ValueError, RemoteProtocolError) as problem:
            raise Gone from problem
        yield from events

    def _answer(self, event: CloseConnection | Ping) -> None:
        try:
            self._write(event.response())
        except Gone:
            return

    def _write(self, event: Any) -> None:
        try:
            with self._lock:
                self._connection.sendall(self._protocol.send(event))
        except (OSError, LocalProtocolError) as problem:
            raise Gone from problem


@dataclass
class Waiting:
    """An envelope that was sent and not yet acknowledged; `failure` says why it never will be."""

    link: "Link"
    done: threading.Event = field(default_factory=threading.Event)
    answer: Json | None = None
    failure: str = ""


@dataclass
class Link:
    """An open socket of the app; one that is leaving gets no more envelopes."""

    number: int
    line: WebSocket
    is_leaving: bool = False


class Sockets:
    """The app's open sockets. Each envelope goes to one of them, in turn."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tickets: set[str] = set()
        self._links: list[Link] = []
        self._waiting: dict[str, Waiting] = {}
        self._numbers = itertools.count(1)
        self._turn = itertools.count()

    def new_ticket(self) -> str:
        """Hand out the right to open one socket."""
        ticket = secrets.token_urlsafe(24)
        with self._lock:
            self._tickets.add(ticket)
        return ticket

    def use_ticket(self, ticket: str) -> bool:
        """Spend a ticket; False when it was not given, or spent."""
        with self._lock:
            if ticket not in self._tickets:
                return False
            self._tickets.remove(ticket)
            return True

    def join(self, line: WebSocket) -> Link | None:
        """Add a socket; None when the app has as many as it may."""
        with self._lock:
            if len(self._links) >= SOCKETS_MOST:
                return None
            link = Link(next(self._numbers), line)
            self._links.append(link)
            return link

    def leave(self, link: Link) -> None:
        """Take a socket away, if it is not yet; what it has not acknowledged has failed."""
        with self._lock:
            if link not in self._links:
                return
            self._links.remove(link)
            lost = [waiting for waiting in self._waiting.values() if waiting.link is link]
        for waiting in lost:
            waiting.failure = "connection_failed"
            waiting.done.set()

    def open(self) -> list[Link]:
        """Return the open sockets, oldest first."""
        with self._lock:
            return list(self._links)

    def deliver(self, envelope: Json, *, seconds: float) -> Waiting | None:
        """Send an envelope to one socket and wait for its acknowledgement; None when no socket is open."""
        with self._lock:
            able = [link for link in self._links if not link.is_leaving]
            if not able:
                return None
            waiting = Waiting(able[next(self._turn) % len(able)])
            self._waiting[envelope["envelope_id"]] = waiting
        try:
            waiting.link.line.send(envelope)
            if not waiting.done.wait(seconds):
                waiting.failure = "http_timeout"
        except Gone:
            waiting.failure = "connection_failed"
        with self._lock:
            del self._waiting[envelope["envelope_id"]]
        return waiting

    def acknowledge(self, envelope_id: str, answer: Json) -> bool:
        """Take an acknowledgement; False when nobody waits for it, as when it comes too late."""
        with self._lock:
            waiting = self._waiting.get(envelope_id)
        if waiting is None:
            return False
        waiting.answer = answer
        waiting.done.set()
        return True

    def is_awaited(self, link: Link) -> bool:
        """Say whether this socket still owes an acknowledgement."""
        with self._lock:
            return any(waiting.link is link for waiting in self._waiting.values())

    def drop_all(self) -> None:
        """Cut every line."""
        for link in self.open():
            link.line.drop()


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
