"""What people see, whom a message pings, and how the page hears of changes."""

import threading
from typing import Any

import pytest
import requests
from slack_sdk import WebClient

from tests.sandbox.slack.stage import BOT, DEALS, MAYA, RAFA, SECRETS, WORKSPACE, Sandbox


@pytest.mark.parametrize(
    ("text", "users", "broadcasts", "read"),
    [
        ("a &lt;!channel&gt; &amp; b", [], [], "a <!channel> & b"),
        ("<!channel> now", [], ["channel"], "@channel now"),
        (f"<@{MAYA}>: <#{DEALS}>", [MAYA], [], "@Maya Chen: #deals"),
        ("<https://x.test/a?b=1&amp;c=2|Deck &amp; notes>", [], [], "Deck & notes"),
        ("<mailto:a@b.test|a@b.test> <https://x.test>", [], [], "a@b.test https://x.test"),
        ("<!date^1700000000^{date}|then>", [], [], "then"),
    ],
)
def test_text_is_read_as_people_read_it(
    slack: Sandbox, client: WebClient, text: str, users: list[str], broadcasts: list[str], read: str
) -> None:
    ts = client.chat_postMessage(channel=DEALS, text=text)["ts"]

    found = slack.see("pings", ts=ts)

    assert (found["users"], found["broadcasts"], found["text"]) == (users, broadcasts, read)


def test_blocks_ping_unless_plain(slack: Sandbox, client: WebClient) -> None:
    rich = {"type": "rich_text_section", "elements": [{"type": "user", "user_id": MAYA}]}
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": "<!here>"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "<!subteam^S1|@sales> look"}},
        {"type": "rich_text", "elements": [rich]},
    ]
    ts = client.chat_postMessage(channel=DEALS, text="hi", blocks=blocks)["ts"]

    found = slack.see("pings", ts=ts, channel=DEALS)

    assert (found["users"], found["usergroups"], found["broadcasts"]) == ([MAYA], ["S1"], [])
    assert found["text"] == "<!here>\n@sales look\n@Maya Chen"


def test_a_person_sees_only_their_conversations(slack: Sandbox) -> None:
    slack.do("say", user=MAYA, channel=SECRETS, text="shh")

    state = slack.see("state", **{"as": RAFA})

    assert [channel["id"] for channel in state["channels"]] == [DEALS]
    assert state["me"]["real_name"] == "Rafael Souza"
    assert state["commands"]["/content"] == "what you need, and for which deal"


def test_a_waiting_page_hears_of_a_change(slack: Sandbox, client: WebClient) -> None:
    revision = slack.see("state", **{"as": MAYA})["revision"]
    seen: list[Any] = []
    page = threading.Thread(target=lambda: seen.append(slack.see("state", **{"as": MAYA, "since": revision})))

    page.start()
    client.chat_postMessage(channel=DEALS, text="news")
    page.join(5)

    assert seen[0]["revision"] > revision


def test_a_new_workspace_starts_over(slack: Sandbox, client: WebClient) -> None:
    client.chat_postMessage(channel=DEALS, text="old")
    before = slack.see("state", **{"as": MAYA})["revision"]

    slack.do("workspace", **{**WORKSPACE, "team": {**WORKSPACE["team"], "name": "Other"}})

    state = slack.see("state", **{"as": MAYA})
    assert slack.texts() == []
    assert (state["team"]["name"], state["revision"] > before) == ("Other", True)
    assert slack.see("received")["calls"] == []
    assert slack.see("workspace")["team"]["name"] == "Other"


def test_a_workspace_that_makes_no_sense_is_refused(slack: Sandbox) -> None:
    channels = [{"id": "C1", "name": "x", "members": ["U404"]}]

    assert "U404" in slack.refuse("workspace", **{**WORKSPACE, "channels": channels})
    assert "workspace: 'team'" in slack.refuse("workspace", users=[])


def test_bot_and_people_are_told_apart(slack: Sandbox, client: WebClient) -> None:
    slack.do("say", user=MAYA, channel=DEALS, text="hi")
    client.chat_postMessage(channel=DEALS, text="hello", username="Touchline Plus")

    mine, bots = slack.channel()["messages"]

    assert (mine["author"]["id"], mine["author"]["is_bot"]) == (MAYA, False)
    assert (bots["author"]["id"], bots["author"]["real_name"]) == (BOT, "Touchline Plus")


def test_the_page_and_its_parts_are_served(slack: Sandbox) -> None:
    page = requests.get(f"{slack.url}/", timeout=5)
    parts = [part.split('"')[0] for part in page.text.split('="/static/')[1:]]

    assert page.status_code == 200
    assert parts
    assert all(requests.get(f"{slack.url}/static/{part}", timeout=5).status_code == 200 for part in parts)
