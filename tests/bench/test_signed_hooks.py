"""Signed requests, and the bare app beside which the hook door is measured."""

import base64
from collections.abc import Iterator

import pytest

from bench import hook_peer
from bench.signed_hooks import NotTaken, hook
from sandbox.slack.server import Server

SECRET, OTHER = (f"whsec_{base64.b64encode(letter * 32).decode()}" for letter in (b"a", b"b"))


@pytest.fixture
def peer(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("SALESFORCE_HOOK_SECRET", SECRET)
    with Server(hook_peer.web()) as server:
        yield server.url


def test_the_peer_takes_what_is_signed(peer: str) -> None:
    hook(peer, "hook", {"some": "thing"}, secret=SECRET).send()


def test_the_peer_refuses_what_another_signed_and_the_sender_says_so(peer: str) -> None:
    with pytest.raises(NotTaken, match="HTTP 401"):
        hook(peer, "hook", {"some": "thing"}, secret=OTHER).send()


def test_no_two_requests_have_the_same_id(peer: str) -> None:
    assert hook(peer, "hook", {}, secret=SECRET).id != hook(peer, "hook", {}, secret=SECRET).id
