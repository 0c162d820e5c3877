"""The message of an incident in the local Slack: posted once, changed in place, safe to read, never lost."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

import app as composition
from bot.blocks import text_block
from bot.gateway import NotThere, SlackGateway
from bot.incident_blocks import incident as draw
from enablement.health import watch
from enablement.model import Incident
from enablement.ports import TryLater, Undeliverable
from tests.builders import NOW
from tests.doors import DEALS, DM, ELSEWHERE, MAYA, ROLLOUT, TOKEN, Stage, until

BLOCKS = [text_block("hello")]
LATER = NOW + timedelta(minutes=14)
EVIL = "<!channel> <https://evil.example|click> & *bold* \u202eesrever"


def an_incident(**more: Any) -> Incident:
    made = Incident(
        id="i1",
        kind="calls",
        subject="salesforce",
        summary="6 of 10 calls to salesforce failed",
        count=6,
        opened_at=NOW,
        last_at=LATER,
        resolved_at=None,
        channel=DEALS,
        ts="",
    )
    return replace(made, **more)


def report(stage: Stage, said: Incident, *, again: bool = False) -> str:
    return stage.services.messenger.report(said, again=again, now=stage.clock())


def test_an_incident_is_one_message_that_changes(stage: Stage) -> None:
    ts = report(stage, an_incident())
    report(stage, an_incident(ts=ts, count=9))
    [lasting] = stage.bot_messages()
    text = stage.text(lasting)

    report(stage, an_incident(ts=ts, resolved_at=LATER))

    [over] = stage.bot_messages()
    assert "This needs somebody" in text
    assert "seen 9 times" in text
    assert "20 Nov 09:30 UTC" in text
    assert over["ts"] == ts
    assert "Resolved after 14 minutes" in stage.text(over)


def test_a_message_that_somebody_deleted_is_posted_anew(stage: Stage) -> None:
    assert report(stage, an_incident(ts="1111111111.000001")) != "1111111111.000001"
    assert len(stage.bot_messages()) == 1


def test_a_lost_reply_does_not_make_a_second_message(stage: Stage) -> None:
    direct = an_incident(channel=composition.gateway(stage.settings).open_dm(MAYA))
    stage.slack_fault("chat.postMessage", "lost_reply")
    with pytest.raises(TryLater):
        report(stage, direct)

    ts = report(stage, direct, again=True)

    assert [one["ts"] for one in stage.bot_messages(DM)] == [ts]


def test_where_the_bot_may_not_read_back_it_tells_again(stage: Stage) -> None:
    # The manifest asks for direct messages alone: what stands in channels is nobody's business.
    stage.slack_fault("chat.postMessage", "lost_reply")
    with pytest.raises(TryLater):
        report(stage, an_incident())

    stage.do("clock", advance_seconds=2)
    report(stage, an_incident(), again=True)

    assert len(stage.bot_messages()) == 2


def test_a_channel_without_the_bot_is_named_with_what_to_do(stage: Stage) -> None:
    with pytest.raises(Undeliverable, match=rf"OPS_CHANNEL {ELSEWHERE}.*Invite the bot"):
        report(stage, an_incident(channel=ELSEWHERE))


def test_nothing_in_an_incident_pings_or_links(stage: Stage) -> None:
    report(stage, an_incident(summary=EVIL))

    [message] = stage.bot_messages()
    pings = stage.see("pings", ts=message["ts"])
    assert (pings["users"], pings["usergroups"], pings["broadcasts"]) == ([], [], [])
    assert "&lt;!channel&gt; &lt;https://evil.example|click&gt;" in message["blocks"][0]["text"]["text"]
    assert "\u202e" not in str(message)


def test_the_longest_summary_is_a_valid_message(stage: Stage) -> None:
    for said in (an_incident(summary="<&>" * 500), an_incident(summary="<&>" * 500, resolved_at=LATER)):
        report(stage, said)

    assert len(stage.bot_messages()) == 2


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=5), "1 minute"),
        (timedelta(minutes=59), "59 minutes"),
        (timedelta(hours=5), "5 hours"),
        (timedelta(days=3), "3 days"),
    ],
)
def test_how_long_it_lasted_is_said_as_people_do(span: timedelta, said: str) -> None:
    _, text = draw(an_incident(resolved_at=NOW + span))

    assert text.startswith(f"Resolved after {said}:")


def test_each_call_is_counted_and_only_failures_of_slack_as_such(stage: Stage) -> None:
    heard: list[tuple[str, bool]] = []
    url, api = stage.slack_url, stage.settings.slack_api_url
    slack, stranger = (
        SlackGateway(token, api, on_call=lambda name, ok: heard.append((name, ok)))
        for token in (TOKEN, "xoxb-wrong")
    )

    slack.user(MAYA)
    with pytest.raises(NotThere):
        slack.channel("C0NOWHERE")
    assert not slack.respond(f"{url}/hooks/commands/T1/used-up", BLOCKS, "hello", replace=False)
    stage.slack_fault("users.info", "500")
    with pytest.raises(TryLater):
        slack.user(MAYA)
    with pytest.raises(Undeliverable):
        stranger.user(MAYA)
    # Slack's client tries a cut connection once more by itself.
    stage.slack_fault("response_url", "drop", times=2)
    with pytest.raises(TryLater):
        slack.respond(f"{url}/hooks/commands/T1/used-up", BLOCKS, "hello", replace=False)

    assert heard == [("slack", ok) for ok in (True, True, True, False, False, False)]


def test_watch_tells_of_work_that_waits_and_of_its_end(stage: Stage) -> None:
    def look() -> None:
        watch(stage.services, channel=DEALS, read_every_s=300)

    stage.services.outbox.hold("relay", owner="r", seconds=3600, now=stage.clock())
    stage.do("command", user=MAYA, channel=DM, command="/content", text="pricing")
    look()
    assert stage.bot_messages() == []
    stage.clock.advance(minutes=3)

    look()
    look()
    [waiting] = stage.bot_messages()
    assert "Work in the lane reply has waited for 3 min" in stage.text(waiting)

    stage.drain("reply")
    look()
    [over] = stage.bot_messages()
    assert "Resolved after" in stage.text(over)
    assert stage.services.journal.untold(limit=9) == []


def test_an_org_that_fails_is_counted_told_and_told_to_be_back(stage: Stage) -> None:
    """Nothing is handed in here: the calls are counted as they are in any process."""
    today, journal = stage.clock().date(), stage.services.journal
    maya, deal = stage.users["maya"], stage.deals[ROLLOUT]

    def counted(ok: int, errors: int) -> Callable[[], bool]:
        def is_counted() -> bool:
            days = {one.name: one for one in journal.days(since=today)}
            org = days.get("salesforce")
            return org is not None and org.calls - org.errors >= ok and org.errors >= errors

        return is_counted

    def look() -> None:
        stage.clock.advance(minutes=1)
        stage.services.outbox.hold("relay", owner="r", seconds=3600, now=stage.clock())
        watch(stage.services, channel=DEALS, read_every_s=86_400)

    stage.services.crm.readable(maya, [deal])
    stage.org_fault("status", times=99, status=500)
    for _ in range(20):
        with pytest.raises(TryLater):
            stage.services.crm.readable(maya, [deal])
    until(counted(1, 20), seconds=20)
    look()
    [failing] = stage.bot_messages()
    assert "calls to salesforce failed" in stage.text(failing)

    stage.org_calm()
    worked = next(one.calls - one.errors for one in journal.days(since=today) if one.name == "salesforce")
    stage.services.crm.readable(maya, [deal])
    until(counted(worked + 1, 20), seconds=20)
    look()

    [over] = stage.bot_messages()
    assert "Resolved after" in stage.text(over)
    org = next(one for one in journal.days(since=today) if one.name == "salesforce")
    assert org.used is not None
    assert org.allowed is not None
