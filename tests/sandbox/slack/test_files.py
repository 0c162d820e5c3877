"""Files: uploaded by the app in three steps, by people in one, and given out to those who may."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.slack.config import BOT_EVENTS, BOT_SCOPES
from tests.sandbox.slack.conftest import running
from tests.sandbox.slack.stage import BOT, DEALS, DM, ELSEWHERE, MAYA, RAFA, TOKEN, Sandbox

PDF = b"%PDF-1.7 pricing"


@pytest.fixture
def filing() -> Iterator[Sandbox]:
    """A local Slack whose app may read and write files."""
    scopes = (*BOT_SCOPES, "files:read", "files:write", "channels:history")
    events = (*BOT_EVENTS, "message.channels", "file_shared")
    with running(deadline_seconds=10, scopes=scopes, events=events) as slack:
        yield slack


def web(slack: Sandbox) -> WebClient:
    """Return Slack's own client for it."""
    return WebClient(token=TOKEN, base_url=f"{slack.url}/api/", retry_handlers=[])


def begun(slack: Sandbox, *, length: int = len(PDF)) -> tuple[str, str]:
    """Begin an upload; returns the address and the file's id."""
    answer = web(slack).files_getUploadURLExternal(filename="pricing.pdf", length=length)
    return str(answer["upload_url"]), str(answer["file_id"])


def refused(call: Any, **arguments: Any) -> str:
    """Return the error of a call that Slack refuses."""
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return str(caught.value.response["error"])


def test_slacks_own_client_uploads_into_a_thread(filing: Sandbox) -> None:
    ts = web(filing).chat_postMessage(channel=DEALS, text="question")["ts"]

    web(filing).files_upload_v2(
        channel=DEALS,
        thread_ts=ts,
        filename="pricing.pdf",
        content=PDF,
        title="Pricing",
        initial_comment="Here",
        alt_txt="Prices",
    )

    reply = web(filing).conversations_replies(channel=DEALS, ts=ts)["messages"][1]
    assert (reply["text"], reply["subtype"], reply["user"]) == ("Here", "file_share", BOT)
    file = reply["files"][0]
    assert (file["title"], file["mimetype"], file["size"]) == ("Pricing", "application/pdf", len(PDF))
    assert web(filing).files_info(file=file["id"])["file"]["channels"] == [DEALS]


def test_the_bytes_are_given_to_the_token_and_to_members(filing: Sandbox) -> None:
    web(filing).files_upload_v2(channel=DEALS, filename="pricing.pdf", content=PDF)
    file = filing.channel()["messages"][0]["files"][0]
    seen = f"{filing.url}/_sandbox/files/{file['id']}"

    with_token = requests.get(
        file["url_private_download"], headers={"Authorization": f"Bearer {TOKEN}"}, timeout=5
    )
    without = requests.get(file["url_private"], timeout=5)
    member = requests.get(seen, params={"as": RAFA}, timeout=5)
    outsider = requests.get(seen, params={"as": "U0GUEST"}, timeout=5)

    assert (with_token.content, with_token.status_code) == (PDF, 200)
    assert ("Sign in" in without.text, without.headers["Content-Type"]) == (True, "text/html; charset=utf-8")
    assert (member.content, outsider.status_code) == (PDF, 404)
    assert member.headers["Content-Disposition"] == "attachment; filename=pricing.pdf"


def test_an_upload_is_what_was_announced_and_is_completed_once(filing: Sandbox) -> None:
    url, file_id = begun(filing)
    complete = web(filing).files_completeUploadExternal

    short = requests.post(url, data=PDF[:-1], timeout=5)
    too_early = refused(complete, files=[{"id": file_id}], channel_id=DEALS)
    sent = requests.post(url, files={"file": ("pricing.pdf", PDF)}, timeout=5)
    twice = requests.post(url, data=PDF, timeout=5)
    complete(files=[{"id": file_id, "title": "P"}], channel_id=DEALS)

    assert (short.status_code, too_early) == (400, "file_not_found")
    assert (sent.status_code, sent.text, twice.status_code) == (200, f"OK - {len(PDF)}", 404)
    assert refused(complete, files=[{"id": file_id}], channel_id=DEALS) == "file_not_found"
    assert requests.post(url[:-1] + "x", data=PDF, timeout=5).status_code == 404


def test_a_file_goes_where_the_bot_is_and_nowhere_else(filing: Sandbox) -> None:
    url, file_id = begun(filing)
    requests.post(url, data=PDF, timeout=5)
    complete = web(filing).files_completeUploadExternal

    elsewhere = refused(complete, files=[{"id": file_id}], channel_id=ELSEWHERE)
    no_thread = refused(complete, files=[{"id": file_id}], channel_id=DEALS, thread_ts="1.000001")
    complete(files=[{"id": file_id}])

    assert (elsewhere, no_thread) == ("not_in_channel", "thread_not_found")
    assert web(filing).files_info(file=file_id)["file"]["channels"] == []
    assert refused(web(filing).files_info, file="F0NONE") == "file_not_found"
    assert refused(web(filing).files_getUploadURLExternal, filename="x", length=0) == "invalid_arguments"


def test_a_persons_file_reaches_the_app_with_its_message(filing: Sandbox) -> None:
    query = {"user": MAYA, "channel": DEALS, "filename": "ข้อเสนอ.pdf", "text": "new one"}

    answer = requests.post(f"{filing.url}/_sandbox/upload", params=query, data=PDF, timeout=5).json()

    message, shared = (heard["event"] for heard in filing.app.heard)
    assert (message["type"], message["subtype"], message["text"]) == ("message", "file_share", "new one")
    assert message["files"][0]["name"] == "ข้อเสนอ.pdf"
    assert (shared["type"], shared["file_id"], shared["channel_id"]) == ("file_shared", answer["file"], DEALS)


def test_an_empty_or_nameless_file_is_no_file(filing: Sandbox) -> None:
    url = f"{filing.url}/_sandbox/upload"
    where = {"user": MAYA, "channel": DM}

    empty = requests.post(url, params={**where, "filename": "a.pdf"}, data=b"", timeout=5)
    nameless = requests.post(url, params={**where, "filename": "a/"}, data=PDF, timeout=5)

    assert (empty.status_code, nameless.status_code) == (400, 400)


def test_the_app_has_no_file_of_a_place_where_its_bot_is_not(filing: Sandbox) -> None:
    query = {"user": MAYA, "channel": ELSEWHERE, "filename": "pricing.pdf"}

    file = requests.post(f"{filing.url}/_sandbox/upload", params=query, data=PDF, timeout=5).json()["file"]

    assert refused(web(filing).files_info, file=file) == "file_not_found"


def test_a_deleted_file_is_gone_for_everybody(filing: Sandbox) -> None:
    query = {"user": MAYA, "channel": DEALS, "filename": "pricing.pdf"}
    file = requests.post(f"{filing.url}/_sandbox/upload", params=query, data=PDF, timeout=5).json()["file"]
    address = web(filing).files_info(file=file)["file"]["url_private"]
    delete = f"{filing.url}/_sandbox/delete_file"

    others = requests.post(delete, json={"user": RAFA, "file": file}, timeout=5)
    own = requests.post(delete, json={"user": MAYA, "file": file}, timeout=5)

    content = requests.get(address, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=5)
    seen = requests.get(f"{filing.url}/_sandbox/files/{file}", params={"as": MAYA}, timeout=5)
    assert (others.status_code, own.status_code) == (400, 200)
    assert refused(web(filing).files_info, file=file) == "file_deleted"
    assert (content.content == PDF, seen.status_code) == (False, 404)


def test_a_fault_gives_a_page_to_sign_in_for_the_bytes(filing: Sandbox) -> None:
    web(filing).files_upload_v2(channel=DEALS, filename="pricing.pdf", content=PDF)
    address = filing.channel()["messages"][0]["files"][0]["url_private"]
    requests.post(
        f"{filing.url}/_sandbox/faults", json={"method": "files-pri", "kind": "sign_in"}, timeout=5
    ).raise_for_status()

    first, second = (
        requests.get(address, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=5) for _ in range(2)
    )

    assert ("Sign in" in first.text, second.content) == (True, PDF)
