"""Links to the app's domains: announced, then drawn as previews."""

from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.slack.config import BOT_EVENTS, BOT_SCOPES
from tests.sandbox.slack.conftest import running
from tests.sandbox.slack.stage import DEALS, ELSEWHERE, MAYA, RAFA, TOKEN, Sandbox

URL = "https://content.example.test/a/1"
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "Pricing 2026"}}
BUTTON = {"type": "button", "action_id": "open", "text": {"type": "plain_text", "text": "Open"}}
PREVIEW: dict[str, Any] = {"blocks": [SECTION, {"type": "actions", "block_id": "acts", "elements": [BUTTON]}]}


@pytest.fixture
def linked() -> Iterator[Sandbox]:
    """A local Slack whose app has registered a domain."""
    domains = ("example.test", "127.0.0.1:3302")
    with running(deadline_seconds=10, events=BOT_EVENTS, unfurl_domains=domains) as slack:
        yield slack


def web(slack: Sandbox) -> WebClient:
    """Return Slack's own client for it."""
    return WebClient(token=TOKEN, base_url=f"{slack.url}/api/", retry_handlers=[])


def refused(call: Any, **arguments: Any) -> str:
    """Return the error of a call that Slack refuses."""
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return str(caught.value.response["error"])


def test_a_link_is_announced_even_where_the_bot_is_not(linked: Sandbox) -> None:
    text = f"see <{URL}|this> and <https://other.test/x>"
    ts = linked.do("say", user=MAYA, channel=ELSEWHERE, text=text)["ts"]

    event = linked.app.heard[0]["event"]
    assert (event["type"], event["source"]) == ("link_shared", "conversations_history")
    assert event["links"] == [{"url": URL, "domain": "example.test"}]
    assert (event["channel"], event["message_ts"], event["user"]) == (ELSEWHERE, ts, MAYA)
    assert event["is_bot_user_member"] is False
    assert event["unfurl_id"].startswith(f"{ELSEWHERE}.{ts}.")


def test_the_same_link_is_quiet_for_an_hour_in_its_channel(linked: Sandbox) -> None:
    counts = []
    for advance, channel in ((0, DEALS), (3599, DEALS), (0, ELSEWHERE), (1, DEALS)):
        linked.do("clock", advance_seconds=advance)
        answer = linked.do("say", user=MAYA, channel=channel, text=f"<{URL}>")
        counts.append([row["type"] for row in answer["deliveries"]].count("link_shared"))

    assert counts == [1, 0, 1, 1]


@pytest.mark.parametrize(
    "url",
    [
        "https://example.test:8443/a",
        "https://badexample.test/a",
        "http://127.0.0.1/a",
        "http://127.0.0.1:3301/a",
        "https://example.test.evil.test/a",
        "mailto:maya@example.test",
        "https://[example.test/a",
    ],
)
def test_other_places_are_not_the_apps(linked: Sandbox, url: str) -> None:
    assert linked.do("say", user=MAYA, channel=ELSEWHERE, text=f"<{url}>")["deliveries"] == []


def test_what_runs_on_this_machine_is_the_apps_by_its_port(linked: Sandbox) -> None:
    url = "http://127.0.0.1:3302/lightning/r/Opportunity/006000000000001AAA/view"

    linked.do("say", user=MAYA, channel=ELSEWHERE, text=f"<{url}>")

    assert linked.app.heard[0]["event"]["links"] == [{"url": url, "domain": "127.0.0.1:3302"}]


def test_the_apps_own_posts_are_not_announced(linked: Sandbox) -> None:
    ts = web(linked).chat_postMessage(channel=DEALS, text=f"<{URL}>")["ts"]

    error = refused(web(linked).chat_unfurl, channel=DEALS, ts=ts, unfurls={URL: PREVIEW})

    assert linked.app.heard == []
    assert error == "cannot_unfurl_message"


def test_a_preview_hangs_below_the_message_and_its_buttons_work(linked: Sandbox) -> None:
    ts = linked.do("say", user=MAYA, channel=DEALS, text=f"<{URL}>")["ts"]

    web(linked).chat_unfurl(channel=DEALS, ts=ts, unfurls={URL: PREVIEW})
    linked.do("click", user=RAFA, channel=DEALS, ts=ts, action_id="open")

    shown = linked.channel(user=RAFA)["messages"][0]["attachments"][0]
    payload = linked.app.heard[-1]
    assert (shown["from_url"], shown["is_app_unfurl"]) == (URL, True)
    assert shown["blocks"][0]["text"] == SECTION["text"]
    assert payload["container"]["type"] == "message_attachment"
    assert payload["container"]["app_unfurl_url"] == URL
    assert payload["app_unfurl"]["blocks"][1]["block_id"] == "acts"


def test_a_preview_can_be_drawn_by_its_unfurl_id(linked: Sandbox) -> None:
    linked.do("say", user=MAYA, channel=DEALS, text=f"<{URL}>")
    told = linked.app.heard[0]["event"]

    web(linked).chat_unfurl(
        unfurl_id=told["unfurl_id"], source="conversations_history", unfurls={URL: PREVIEW}
    )

    assert len(linked.channel()["messages"][0]["attachments"]) == 1


def test_a_link_being_written_is_previewed_to_its_writer_alone(linked: Sandbox) -> None:
    linked.do("compose", user=MAYA, channel=DEALS, text=f"look <{URL}>")
    told = linked.app.heard[0]["event"]

    web(linked).chat_unfurl(unfurl_id=told["unfurl_id"], source="composer", unfurls={URL: PREVIEW})
    previews = [len(linked.channel(user=user)["previews"]) for user in (MAYA, RAFA)]
    linked.do("say", user=MAYA, channel=DEALS, text="something else")

    assert (told["source"], told["channel"]) == ("composer", "COMPOSER")
    assert told["message_ts"] == told["unfurl_id"]
    assert previews == [1, 0]
    assert linked.channel()["previews"] == []


def test_what_cannot_be_unfurled_is_refused(linked: Sandbox) -> None:
    ts = linked.do("say", user=MAYA, channel=DEALS, text=f"<{URL}>")["ts"]
    told = linked.app.heard[0]["event"]["unfurl_id"]
    unfurl = web(linked).chat_unfurl
    too_long = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}

    assert refused(unfurl, channel=DEALS, ts=ts, unfurls={"https://x.test": PREVIEW}) == "cannot_unfurl_url"
    assert refused(unfurl, channel=DEALS, ts="1.000001", unfurls={URL: PREVIEW}) == "cannot_find_message"
    assert refused(unfurl, channel=DEALS, ts=ts, unfurls={URL: {"colour": "red"}}) == "invalid_unfurls_format"
    assert refused(unfurl, channel=DEALS, ts=ts, unfurls={URL: {"blocks": [too_long]}}) == "invalid_blocks"
    assert refused(unfurl, channel=DEALS, ts=ts) == "missing_unfurls"
    assert refused(unfurl, ts=ts, unfurls={URL: PREVIEW}) == "missing_channel"
    assert refused(unfurl, unfurl_id=told, unfurls={URL: PREVIEW}) == "missing_source"
    assert refused(unfurl, unfurl_id=told, source="home", unfurls={URL: PREVIEW}) == "invalid_source"
    assert refused(unfurl, unfurl_id="x", source="composer", unfurls={URL: PREVIEW}) == "invalid_unfurl_id"


def test_without_the_scope_nothing_is_announced() -> None:
    scopes = tuple(scope for scope in BOT_SCOPES if not scope.startswith("links:"))
    with running(deadline_seconds=10, scopes=scopes, unfurl_domains=("example.test",)) as slack:
        slack.do("say", user=MAYA, channel=ELSEWHERE, text=f"<{URL}>")

        assert slack.app.heard == []
        assert refused(web(slack).chat_unfurl, channel=ELSEWHERE, ts="1.0", unfurls={}) == "missing_scope"
