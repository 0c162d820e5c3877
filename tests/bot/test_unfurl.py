"""Links of ours in Slack: what hangs below the message for all, and what opens for one person, through the front."""

import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from enablement.model import Task
from enablement.shown_links import FOLLOW
from tests.doors import (
    BOT,
    DEALS,
    DM,
    ELSEWHERE,
    GUEST,
    MAYA,
    RAFA,
    ROLLOUT,
    SHARED,
    Stage,
    elements,
    titles,
    until,
)

QUESTION = "payback for the Norfield warehouse"


def link_to_deal(stage: Stage, deal: str = ROLLOUT) -> str:
    return f"{stage.org_url}/lightning/r/Opportunity/{stage.deals[deal]}/view"


def open_link(stage: Stage) -> str:
    """Ask, and return the link of the first asset of the answer."""
    return str(elements(stage.ask(QUESTION), "find.open")[0]["url"])


def shown(stage: Stage, *urls: str, channel: str = DEALS, **more: Any) -> list[dict[str, Any]]:
    """Post links, do the work, and return what hangs below the message."""
    ts = stage.say(" ".join(f"<{url}>" for url in urls), channel=channel, **more)
    [message] = [one for one in stage.messages(channel) if one["ts"] == ts]
    return [{**one, "ts": ts} for one in message.get("attachments", [])]


def read(attachment: Mapping[str, Any]) -> list[str]:
    """Return the texts of what hangs below a message."""
    parts = [
        part
        for one in attachment["blocks"]
        for part in (one.get("text"), *one.get("elements", []), (one.get("accessory") or {}).get("text"))
        if part
    ]
    return [str(part["text"]) for part in parts]


def look(stage: Stage, *, minutes: int = 0) -> None:
    """Do what is done twice a minute, after some time."""
    stage.clock.advance(minutes=minutes)
    at = stage.clock()
    stage.services.outbox.add([Task(f"{FOLLOW} {at.isoformat()}", FOLLOW, "compute", "")], now=at)
    stage.drain("compute", "write")


def press(
    stage: Stage, attachment: Mapping[str, Any], *, user: str = MAYA, channel: str = DEALS
) -> dict[str, Any]:
    """Press “Show details”, and return what opens."""
    before = {one["id"] for one in stage.views(user)}
    stage.click({**attachment, "ts": attachment["ts"]}, "unfurl.details", user=user, channel=channel)
    [view] = until(lambda: [one for one in stage.views(user) if one["id"] not in before])
    return dict(view)


def says(view: Mapping[str, Any]) -> str:
    parts = [part for one in view["blocks"] for part in (one.get("text"), *one.get("elements", [])) if part]
    return "\n".join(str(part["text"]) for part in parts)


def test_all_see_that_it_is_an_opportunity_and_its_reader_asks_for_content(stage: Stage) -> None:
    [below] = shown(stage, link_to_deal(stage))
    said = read(below)
    view = press(stage, below)
    [button] = [one for block in view["blocks"] for one in block.get("elements", [])]
    stage.do("click", user=MAYA, view_id=view["id"], action_id="unfurl.ask")
    then = says(until(lambda: [one for one in stage.views() if "moment" in says(one)])[0])
    stage.drain("reply")

    assert said == ["Opportunity in Salesforce", "Show details"]
    assert f"*{ROLLOUT}*" in says(view)
    assert button["text"]["text"] == "Ask for content"
    assert then == "I'll send the answer to our conversation, in a moment."
    assert ROLLOUT in stage.text(stage.last(DM))


def test_a_deal_is_denied_to_who_may_not_read_it_and_to_guests(stage: Stage) -> None:
    [below] = shown(stage, link_to_deal(stage))

    theirs, guests = press(stage, below, user=RAFA), press(stage, below, user=GUEST)

    assert says(theirs) == "You can't see this deal in Salesforce, or it is not there."
    assert says(guests) == "Touchline answers members of this workspace only."


def test_a_rep_shares_from_the_link_of_an_asset(stage: Stage) -> None:
    answer = stage.ask(QUESTION)
    url = str(elements(answer, "find.open")[0]["url"])
    [below] = shown(stage, url)
    view = press(stage, below)
    stage.do("click", user=MAYA, view_id=view["id"], action_id="find.share")
    [form] = until(lambda: [one for one in stage.views() if one["callback_id"] == "share.submit"])
    colleague = press(stage, below, user=RAFA)

    assert read(below) == [f"*{titles(answer)[0]}*", "Show details"]
    assert form["root_view_id"] == view["id"]
    assert [
        one["action_id"]
        for block in colleague["blocks"]
        for one in block.get("elements", [])
        if "action_id" in one
    ] == ["unfurl.ask"]


def test_what_hangs_below_a_message_changes_with_the_library_until_the_message_is_gone(stage: Stage) -> None:
    look(stage)
    answer = stage.ask(QUESTION)
    url, title = str(elements(answer, "find.open")[0]["url"]), titles(answer)[0]
    [below], [_gone] = shown(stage, url), shown(stage, url, channel=DM)
    [asset] = [one for one in stage.services.catalog.assets() if one.title == title]
    other = next(
        one for one in stage.services.catalog.assets() if one.audience == "customer" and one != asset
    )
    ledger, tomorrow = stage.services.ledger, stage.clock() + timedelta(days=1)
    [gone] = [one for one in ledger.old_posted_links(now=tomorrow, limit=9) if one.channel == DM]
    ledger.keep_posted_links([replace(gone, ts="1.000001")])
    stage.services.catalog.keep(replace(asset, status="archived", replaced_by=other.id))
    look(stage)

    [message] = [one for one in stage.messages(DEALS) if one["ts"] == below["ts"]]
    [now] = message["attachments"]
    assert read(below)[0] == f"*{title}*"
    assert read(now)[0] == f"There is something newer: “{other.title}”"
    calls = stage.calls("chat.unfurl")
    look(stage, minutes=2)
    assert stage.calls("chat.unfurl") == calls
    assert len(calls) == 4
    assert ledger.posted_links(gone.id) is None


def test_where_outsiders_read_there_is_nothing_more(stage: Stage) -> None:
    [deal] = shown(stage, link_to_deal(stage), channel=SHARED)
    [where_unknown] = shown(stage, open_link(stage), channel=ELSEWHERE)
    [inside] = shown(stage, link_to_deal(stage), channel=DM)

    assert read(deal) == ["Opportunity in Salesforce"]
    assert "Show details" in read(where_unknown)
    assert read(inside) == ["Opportunity in Salesforce", "Show details"]


def test_it_is_shown_while_it_is_written_too(stage: Stage) -> None:
    stage.do("compose", user=MAYA, channel=DEALS, text=f"look at <{link_to_deal(stage)}>")
    stage.drain("reply")

    [mine] = [one for one in stage.see("state", **{"as": MAYA})["channels"] if one["id"] == DEALS]
    assert [read(one)[0] for one in mine["previews"]] == ["Opportunity in Salesforce"]


def test_ten_links_are_five_previews_and_a_second_delivery_is_nothing(stage: Stage) -> None:
    urls = [f"{stage.org_url}/lightning/r/Opportunity/006{one:012d}/view" for one in range(10)]

    below = shown(stage, *urls, times=3)

    assert [one["from_url"] for one in below] == urls[:5]
    assert len(stage.calls("chat.unfurl")) == 1


def test_that_a_message_is_gone_is_no_failure(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    stage.do("compose", user=MAYA, channel=DEALS, text=f"look at <{link_to_deal(stage)}>")
    stage.do("say", user=MAYA, channel=DEALS, text="something else")
    with caplog.at_level(logging.INFO):
        stage.drain("reply")

    stage.clock.advance(minutes=10)
    assert stage.drain("reply") == 0
    assert "invalid_unfurl_id" in caplog.text


def test_a_slack_that_is_busy_is_asked_again(stage: Stage) -> None:
    stage.slack_fault("chat.unfurl", "429", seconds=1)
    first = shown(stage, link_to_deal(stage))
    stage.clock.advance(seconds=30)
    stage.drain("reply")

    assert first == []
    assert "attachments" in stage.messages(DEALS)[-1]


def test_the_bots_own_posts_and_other_places_are_left_alone(stage: Stage) -> None:
    before = stage.rows()
    event = {
        "type": "link_shared",
        "user": BOT,
        "channel": DEALS,
        "message_ts": "1.0",
        "unfurl_id": "C1.1.0",
        "source": "conversations_history",
        "links": [{"url": link_to_deal(stage), "domain": ""}],
    }
    own = {"type": "event_callback", "event_id": "Ev1", "event": event, "authorizations": [{"user_id": BOT}]}
    stage.post_signed(json.dumps(own).encode())
    elsewhere = {**event, "user": MAYA, "links": [{"url": f"{stage.app_url}/healthz", "domain": ""}]}
    stage.post_signed(json.dumps({**own, "event_id": "Ev2", "event": elsewhere}).encode())

    assert stage.rows() == before
