"""Cut a client's connection, as a network does that fails."""

import socket
from collections.abc import Mapping
from typing import Any


class NoConnectionError(RuntimeError):
    """The server does not say which connection a request came by."""


def cut(environ: Mapping[str, Any]) -> None:
    """Shut the connection of a request, so that its client waits for an answer in vain."""
    connection = _connection(environ)
    if connection is None:
        raise NoConnectionError("drop and lost_reply need waitress, gunicorn or werkzeug as server")
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # The client was faster.


def _connection(environ: Mapping[str, Any]) -> socket.socket | None:
    for name in ("werkzeug.socket", "gunicorn.socket"):
        if name in environ:
            found: socket.socket = environ[name]
            return found
    # Waitress hands out no socket, but a method of the channel that has it.
    channel = getattr(environ.get("waitress.client_disconnected"), "__self__", None)
    return getattr(channel, "socket", None)
