"""The server itself, beneath every page and method."""

import socket
import struct
import threading
from urllib.parse import urlsplit

from flask import Flask, Response

from sandbox.slack import Server

RESET = struct.pack("ii", 1, 0)


def test_a_client_that_resets_the_connection_leaves_no_body_open() -> None:
    closed = threading.Event()
    app = Flask("closes")

    @app.get("/")
    def body() -> Response:
        answer = Response("served")
        answer.call_on_close(closed.set)
        return answer

    with Server(app) as server:
        where = urlsplit(server.url)
        assert where.hostname
        assert where.port
        with socket.create_connection((where.hostname, where.port)) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            client.sendall(b"GET / HTTP/1.1\r\nHost: local\r\n\r\n")
            heard = b""
            while not heard.endswith(b"served"):
                heard += client.recv(4096)

        assert closed.wait(10)
