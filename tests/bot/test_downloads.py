"""Fetching a file from Slack: which answers are taken for its bytes, and to which hosts the token goes."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask, Response, jsonify, redirect, request

from bot.downloads import fetch
from bot.gateway import SlackGateway
from enablement.ports import CannotFetch, TryLater
from sandbox.slack.server import Server
from tests.doors import TOKEN

BYTES = b"%PDF-1.7 pricing"
PAGE = b"<!doctype html><title>Sign in</title>"
Answers = Callable[[], Any]


@dataclass
class OddSlack:
    """A Slack that says of its one file what it is told to, and answers for the bytes as it is told."""

    file: dict[str, Any] = field(default_factory=dict)
    answer: Answers = lambda: Response(BYTES, mimetype="application/pdf")
    error: str = ""
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def app(self) -> Flask:
        app = Flask("odd")

        @app.post("/api/files.info")
        def info() -> Any:
            if self.error:
                return jsonify(ok=False, error=self.error)
            address = f"{self.url}/files-pri/T1-F1/download/pricing.pdf"
            known = {"id": "F1", "name": "pricing.pdf", "size": len(BYTES), "mode": "hosted"}
            return jsonify(ok=True, file={**known, "url_private_download": address, **self.file})

        @app.get("/files-pri/<path:_>")
        def content(_: str) -> Any:
            self.asked.append(request.headers.get("Authorization", ""))
            return self.answer()

        @app.get("/moved")
        def moved() -> Response:
            return Response(BYTES, mimetype="application/pdf")

        return app


@contextmanager
def served(odd: OddSlack) -> Iterator[OddSlack]:
    with ExitStack() as stack:
        odd.url = stack.enter_context(Server(odd.app())).url
        yield odd


@pytest.fixture
def odd() -> Iterator[OddSlack]:
    with served(OddSlack()) as running:
        yield running


def got(odd: OddSlack, *, most: int = 1_000_000) -> bytes:
    return fetch(SlackGateway(TOKEN, f"{odd.url}/api/"), "F1", most=most).data


def why_not(odd: OddSlack, *, most: int = 1_000_000) -> str:
    with pytest.raises(CannotFetch) as refused:
        got(odd, most=most)
    return str(refused.value)


def test_the_bytes_come_with_the_token(odd: OddSlack) -> None:
    assert got(odd) == BYTES
    assert odd.asked == [f"Bearer {TOKEN}"]


def test_slack_may_send_on_to_itself(odd: OddSlack) -> None:
    odd.answer = lambda: redirect("/moved")

    assert got(odd) == BYTES


def test_the_token_goes_to_no_other_host(odd: OddSlack) -> None:
    with served(OddSlack()) as elsewhere:
        odd.answer = lambda: redirect(f"{elsewhere.url}/files-pri/F1")

        assert "not Slack's own" in why_not(odd)
        assert elsewhere.asked == []


@pytest.mark.parametrize(
    "address",
    ["https://files.slack.com.evil.example/F1", "file:///etc/passwd", "ftp://127.0.0.1/x", "//127.0.0.1/x"],
)
def test_an_address_that_is_not_slacks_is_not_asked(odd: OddSlack, address: str) -> None:
    odd.file = {"url_private_download": address}

    assert "not Slack's own" in why_not(odd)


def test_files_of_the_real_slack_lie_beside_its_api() -> None:
    assert SlackGateway(TOKEN, "https://slack.com/api/").file_places == {
        ("https", "slack.com"),
        ("https", "files.slack.com"),
    }


def test_a_page_to_sign_in_is_told_from_a_file(odd: OddSlack) -> None:
    odd.answer = lambda: Response(PAGE, mimetype="text/html")

    assert "a page to sign in" in why_not(odd)


def test_a_file_that_is_a_web_page_is_taken(odd: OddSlack) -> None:
    odd.file = {"name": "page.html", "size": len(PAGE)}
    odd.answer = lambda: Response(PAGE, mimetype="text/html")

    assert got(odd) == PAGE


def test_what_says_to_be_large_is_not_even_asked_for(odd: OddSlack) -> None:
    odd.file = {"size": 2_000_001}

    assert why_not(odd) == "“pricing.pdf” has 2 MB; at most 1 MB can be read."
    assert odd.asked == []


def test_what_never_ends_is_not_read_to_the_end(odd: OddSlack) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < 50_000_000:
            sent += 100_000
            yield b"0" * 100_000

    odd.answer = lambda: Response(endless(), mimetype="application/pdf")

    with pytest.raises(TryLater, match="bytes"):
        got(odd)
    assert sent < 20_000_000


def test_what_is_cut_off_is_tried_again(odd: OddSlack) -> None:
    odd.answer = lambda: Response(BYTES[:4], mimetype="application/pdf")

    with pytest.raises(TryLater):
        got(odd)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_passing_failure_is_tried_again(odd: OddSlack, status: int) -> None:
    odd.answer = lambda: Response("later", status, {"Retry-After": "7"})

    with pytest.raises(TryLater) as refused:
        got(odd)

    assert refused.value.seconds == 7


@pytest.mark.parametrize(
    ("file", "error", "words"),
    [
        ({"mode": "tombstone"}, "", "no longer in Slack"),
        ({}, "file_deleted", "no longer in Slack"),
        ({}, "file_not_found", "Send it to me in a direct message"),
        ({}, "missing_scope", "missing_scope"),
        ({"is_external": True}, "", "lies elsewhere"),
        ({"url_private_download": "", "url_private": ""}, "", "lies elsewhere"),
    ],
)
def test_each_reason_is_said_in_its_own_words(
    odd: OddSlack, file: dict[str, Any], error: str, words: str
) -> None:
    odd.file, odd.error = file, error

    assert words in why_not(odd)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refusal_is_final(odd: OddSlack, status: int) -> None:
    odd.answer = lambda: Response("no", status)

    assert why_not(odd)
