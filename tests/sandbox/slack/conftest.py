"""Fixtures: a running local Slack with a scripted app behind it, and Slack's own client before it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.slack import Clock, Server, create_app
from tests.sandbox.slack.stage import TOKEN, Sandbox, ScriptedApp, config

CONFIGURATION_TOKEN = "xoxe.xoxp-test"


@contextmanager
def running(*, deadline_seconds: float, **more: Any) -> Iterator[Sandbox]:
    app, clock = ScriptedApp(), Clock()
    with Server(app.wsgi()) as behind:
        told = config(behind.url, deadline_seconds=deadline_seconds, **more)
        with Server(create_app(told, clock)) as front:
            yield Sandbox(front.url, app, clock)


@pytest.fixture
def slack() -> Iterator[Sandbox]:
    """A local Slack that waits long enough for a busy machine."""
    with running(deadline_seconds=10) as sandbox:
        yield sandbox


@pytest.fixture
def impatient() -> Iterator[Sandbox]:
    """A local Slack whose deadline passes before a late app answers."""
    with running(deadline_seconds=0.2) as sandbox:
        yield sandbox


@pytest.fixture
def client(slack: Sandbox) -> WebClient:
    return WebClient(token=TOKEN, base_url=f"{slack.url}/api/", retry_handlers=[])


@pytest.fixture(scope="module")
def validate() -> Iterator[Callable[[Any], Any]]:
    """Ask the local Slack what it thinks of a manifest."""
    told = config(rate_limits=False, configuration_token=CONFIGURATION_TOKEN)
    with Server(create_app(told)) as front:
        client = WebClient(token=CONFIGURATION_TOKEN, base_url=f"{front.url}/api/", retry_handlers=[])

        def ask(manifest: Any, *, token: str = CONFIGURATION_TOKEN) -> Any:
            try:
                return client.apps_manifest_validate(manifest=manifest, token=token).data
            except SlackApiError as refusal:
                return refusal.response.data

        yield ask
