"""Fixtures: a running local Slack with a scripted app behind it, and Slack's own client before it."""

from collections.abc import Iterator

import pytest
from slack_sdk import WebClient

from sandbox.slack import Clock, Server, create_app
from tests.sandbox.slack.stage import TOKEN, Sandbox, ScriptedApp, config


@pytest.fixture
def slack() -> Iterator[Sandbox]:
    app, clock = ScriptedApp(), Clock()
    with (
        Server(app.wsgi()) as behind,
        Server(create_app(config(behind.url, deadline_seconds=0.3), clock)) as front,
    ):
        yield Sandbox(front.url, app, clock)


@pytest.fixture
def client(slack: Sandbox) -> WebClient:
    return WebClient(token=TOKEN, base_url=f"{slack.url}/api/", retry_handlers=[])
