"""Addresses and methods that nobody here serves: refused in plain words, and nothing is written."""

import random
import string
from typing import Any

import pytest
import requests

from tests.doors import Stage

TOKENS = {
    "empty": "",
    "a dot": ".",
    "two dots": "..",
    "up and away": "../../etc/passwd",
    "up and away, encoded": "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "a null": "%00",
    "not UTF-8": "%ff%fe",
    "half a surrogate": "%ed%a0%80",
    "a line break": "%0d%0aSet-Cookie:%20a=b",
    "a quote": "' OR '1'='1",
    "a wildcard": "%25",
    "an underscore": "_" * 32,
    "a script": "<script>alert(1)</script>",
    "a template": "{{7*7}}",
    "Thai": "ราคา",
    "10,000 letters": "A" * 10_000,
    "a slash inside": "a/b",
    "a query": "x?token=y",
}
PATHS = (
    "/",
    "/favicon.ico",
    "/robots.txt",
    "/.git/config",
    "/.env",
    "/admin",
    "/static/../app.py",
    "/slack",
    "/slack/events/",
    "/s",
    "/s/",
    "/o/",
    "//evil.example/",
    "/%2e%2e/",
    "/healthz/x",
    "/metrics;x",
    "/" + "a" * 5_000,
)
METHODS = ("POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "FOO")


def ask(stage: Stage, method: str, path: str, **options: Any) -> requests.Response:
    """Send a request whose path is taken as it stands."""
    request = requests.Request(method, stage.app_url, **options).prepare()
    request.url = stage.app_url + path
    with requests.Session() as session:
        return session.send(request, timeout=10, allow_redirects=False)


@pytest.mark.parametrize("name", TOKENS)
@pytest.mark.parametrize("door", ["s", "o"])
def test_a_strange_token_leads_nowhere(shared_stage: Stage, door: str, name: str) -> None:
    before = shared_stage.rows()

    answer = ask(shared_stage, "GET", f"/{door}/{TOKENS[name]}")

    assert 400 <= answer.status_code < 500
    assert "Set-Cookie" not in answer.headers
    assert TOKENS[name] == "" or f"<script>{TOKENS[name]}" not in answer.text
    assert "<script>" not in answer.text
    assert "49" not in answer.text.partition("<main>")[2]
    assert shared_stage.rows() == before


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:30])
def test_an_unknown_address_is_said_to_lead_nowhere(shared_stage: Stage, path: str) -> None:
    answer = ask(shared_stage, "GET", path)

    assert 300 <= answer.status_code < 500
    assert "evil.example" not in answer.headers.get("Location", "")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", ["/s/" + "A" * 32, "/o/" + "A" * 32, "/healthz", "/readyz", "/nowhere"])
def test_a_wrong_method_is_refused(shared_stage: Stage, method: str, path: str) -> None:
    before = shared_stage.rows()

    answer = ask(shared_stage, method, path, data=b"x=1")

    assert answer.status_code in {404, 405, 501}
    assert shared_stage.rows() == before


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_slacks_address_takes_posts_alone(shared_stage: Stage, method: str) -> None:
    assert ask(shared_stage, method, "/slack/events").status_code == 405


def test_a_thousand_random_addresses_find_nothing_and_break_nothing(shared_stage: Stage) -> None:
    generator, before = random.Random(20_261_120), shared_stage.rows()
    letters = string.ascii_letters + string.digits + "-_%/.?#&=;:@'\"<>\\ é"
    statuses = set()
    with requests.Session() as session:
        for _ in range(1_000):
            door = generator.choice(["/s/", "/o/", "/", "/slack/", "/healthz"])
            path = door + "".join(generator.choices(letters, k=generator.randrange(40)))
            request = requests.Request("GET", shared_stage.app_url).prepare()
            request.url = requests.utils.requote_uri(shared_stage.app_url + path)
            statuses.add(session.send(request, timeout=10, allow_redirects=False).status_code)

    assert statuses <= {200, 308, 400, 404, 405}
    assert shared_stage.rows() == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=9999999-"},
        {"Range": "bytes=-1"},
        {"Range": "lines=1"},
        {"Range": "bytes=5-1"},
        {"If-None-Match": "*"},
        {"If-Modified-Since": "yesterday"},
        {"Accept": "\x7f"},
        {"User-Agent": "é" * 3_000},
        {"Cookie": "session=" + "A" * 4_000},
        {"Host": "evil.example"},
    ],
    ids=str,
)
def test_strange_headers_break_nothing(shared_stage: Stage, headers: dict[str, str]) -> None:
    encoded = {name: value.encode("latin-1") for name, value in headers.items()}

    answer = ask(shared_stage, "GET", "/s/" + "A" * 32, headers=encoded)

    assert answer.status_code == 404
    assert "evil.example" not in answer.text
