"""Nudges and digests through the front: what a change in Salesforce makes people see in Slack, and what they answer."""

import json
from typing import Any

from slack_sdk.models.blocks import Block

from bot.nudge_messenger import NudgeMessenger
from enablement.model import Task
from enablement.nudging import SEND, message_of
from enablement.ports import Undeliverable
from enablement.preferences import preferences_of, set_digest
from tests.bot.nudge_drawings import digests
from tests.builders import NOW
from tests.doors import DM, MAYA, Stage, elements, stage, until

__all__ = ["stage"]


def look(stage: Stage) -> None:
    """Do what the schedule causes now."""
    at = stage.clock()
    stage.services.outbox.add([Task(f"{SEND} {at}", SEND, "compute", "")], now=at)
    stage.drain("compute", "write")


def moved(stage: Stage) -> dict[str, Any]:
    """Let a deal of Maya's get a competitor in Salesforce, and return what she is told of it, at noon on a Tuesday."""
    deal_id = stage.deal("Acme Tools – Yard")
    now = stage.clock()
    noon = now.replace(hour=12, minute=0, second=0)
    days = (1 - now.weekday()) % 7 + 7
    stage.clock.advance(days=days, seconds=(noon - now).total_seconds())
    profile = stage.services.messenger.profile(MAYA, now=stage.clock())
    stage.services.mirror.keep_profile(profile)
    stage.drain("write")
    look(stage)
    facts = {"StageName": "Proposal/Price Quote", "MainCompetitors__c": "Korvane"}
    stage.org.update("Opportunity", [{"id": deal_id, **facts}])
    stage.services.crm.refresh([deal_id])
    stage.drain("write")
    stage.clock.advance(minutes=10)
    look(stage)
    return stage.last(DM)


def drawn(stage: Stage, action_id: str) -> dict[str, Any]:
    """Return the newest message once it has this button: it is drawn anew after the press was acknowledged."""
    message = stage.last(DM)
    return message if elements(message, action_id) else {}


def test_a_change_in_salesforce_is_told_with_what_to_do_about_it(stage: Stage) -> None:
    message = moved(stage)

    assert "*Acme Tools – Yard* moved to Proposal/Price Quote.\nNew competitor: Korvane." in stage.text(
        message
    )
    assert "Korvane battlecard" in stage.text(message)
    assert len(stage.calls("chat.postMessage")) == 1
    (sent,) = stage.services.nudges.of(MAYA, ["sent"])
    again = message_of(sent.message_id, MAYA, stage.services, now=stage.clock())
    stage.services.messenger.nudge(again, again=True)
    assert len(stage.calls("chat.postMessage")) == 1
    (opener,) = elements(message, "find.open")
    assert opener["url"].startswith(stage.settings.public_url)

    stage.click(message, "find.why", channel=DM)
    view = until(lambda: stage.views(MAYA))[-1]
    assert view["title"]["text"] == "Why this?"
    assert "Shown on its own: it is written against the new competitor" in json.dumps(view["blocks"])

    stage.click(message, "nudge.less", channel=DM)

    assert preferences_of(MAYA, stage.services).muted == {"deal_changed"}
    shown = until(lambda: drawn(stage, "nudge.again"))
    assert "You will not hear of this any more" in stage.text(shown)
    stage.click(shown, "nudge.again", channel=DM)
    assert preferences_of(MAYA, stage.services).muted == frozenset()
    stage.click(until(lambda: drawn(stage, "nudge.snooze")), "nudge.snooze", channel=DM)
    until(lambda: "Put off until" in str(stage.last(DM)["blocks"]))
    assert [one.state for one in stage.services.nudges.of(MAYA, ["waiting"])] == ["waiting"]


def test_a_digest_can_be_stopped_where_it_is_read(stage: Stage) -> None:
    for number, said in enumerate(digests("Week")[:3]):
        stage.services.messenger.send_digest(said, to=MAYA, mark=f"d{number}", again=False)
        stage.services.messenger.send_digest(said, to=MAYA, mark=f"d{number}", again=True)
    assert len(stage.calls("chat.postMessage")) == 3

    stage.click(stage.last(DM), "digest.stop", channel=DM)

    assert not preferences_of(MAYA, stage.services).digest
    stage.click(until(lambda: drawn(stage, "digest.again")), "digest.again", channel=DM)
    assert preferences_of(MAYA, stage.services).digest
    assert set_digest(MAYA, stage.services, wanted=True, now=stage.clock()).digest


class Chartless:
    """A Slack that refuses charts, as one does that does not know them."""

    def __init__(self) -> None:
        self.posted: list[list[str]] = []

    def open_dm(self, user: str) -> str:
        return f"D-{user}"

    def post(self, channel: str, blocks: list[Block], text: str, *, thread: str, mark: object) -> None:
        kinds = [block.to_dict()["type"] for block in blocks]
        if "data_visualization" in kinds:
            raise Undeliverable("chat.postMessage: invalid_blocks")
        self.posted.append(kinds)


def test_where_slack_draws_no_charts_the_digest_comes_without() -> None:
    slack: Any = Chartless()
    messenger = NudgeMessenger(slack, public_url="", clock=lambda: NOW)

    messenger.send_digest(digests("Week")[0], to=MAYA, mark="d", again=False)

    ((*kinds, last),) = slack.posted
    assert "section" in kinds
    assert last == "actions"
