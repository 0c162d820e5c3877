"""Socket Mode: the same requests over WebSockets that we open, also after the line was cut."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

import app as composition
from bot.app import SlackDoor
from bot.socket import SocketDoor
from tests.doors import Stage, titles, until

APP_TOKEN = "xapp-sandbox"


@contextmanager
def line(stage: Stage) -> Iterator[SocketDoor]:
    gateway = composition.gateway(stage.settings, seal=composition.seal(stage.database))
    door = SlackDoor(stage.services, gateway, token=stage.settings.slack_bot_token, signing_secrets=())
    url = stage.settings.slack_api_url
    socket = SocketDoor(door.take, app_token=APP_TOKEN, api_url=url, ping_every_s=0.2)
    socket.start()
    try:
        yield socket
    finally:
        socket.close()


def sockets(stage: Stage, **fields: Any) -> Any:
    answer = requests.post(f"{stage.slack_url}/_sandbox/sockets", json=fields, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
def by_socket(stage: Stage) -> Iterator[Stage]:
    sockets(stage, socket_mode=True)
    yield stage
    sockets(stage, socket_mode=False)


def asked(stage: Stage, question: str) -> list[str]:
    return titles(stage.ask(question))


def test_a_question_over_the_socket_is_answered(by_socket: Stage) -> None:
    with line(by_socket) as socket:
        until(socket.is_connected)

        shown = asked(by_socket, "payback for the Norfield warehouse")

    assert shown[0] == "ROI calculator"


@pytest.mark.parametrize("fault", ["drop", "disconnect"])
def test_a_line_that_was_cut_is_open_again_and_a_window_opens_over_it(by_socket: Stage, fault: str) -> None:
    with line(by_socket) as socket:
        until(socket.is_connected)
        message = by_socket.ask("payback for the Norfield warehouse")

        sockets(by_socket, fault=fault)
        until(lambda: [one for one in by_socket.see("sockets")["sockets"] if not one["leaving"]])
        until(socket.is_connected)
        by_socket.click(message, "find.share")
        until(by_socket.views)

    assert by_socket.views()
