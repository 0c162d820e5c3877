"""The app is uninstalled or its token revoked: nothing is sent or lost, and all goes on once it is back."""

import json
from dataclasses import replace

import pytest
import requests

from bot.gate import Gate
from bot.gateway import SlackGateway
from bot.messenger import SlackMessenger
from jobs.lanes import MOST_CLAIMS
from tests.doors import DM, MAYA, TOKEN, Stage, titles

QUESTION = "payback for the Norfield warehouse"


@pytest.fixture
def told() -> list[tuple[str, ...]]:
    return []


@pytest.fixture
def asked(stage: Stage, told: list[tuple[str, ...]]) -> Stage:
    """A stage where a question waits for its answer, and whose gate goes by the stage's clock."""
    stage.do("say", user=MAYA, channel=DM, text=QUESTION)
    return behind_gate(stage, told, TOKEN)


def behind_gate(stage: Stage, told: list[tuple[str, ...]], token: str) -> Stage:
    gate = Gate(
        stage.services.mirror,
        stage.clock,
        alert=lambda *said: told.append(("alert", *said[:2])),
        mended=lambda *said: told.append(("mended", *said)),
    )
    gateway = SlackGateway(token, stage.settings.slack_api_url, gate=gate)
    messenger = SlackMessenger(gateway, public_url=stage.app_url, clock=stage.clock)
    return replace(stage, services=replace(stage.services, messenger=messenger))


def waiting(stage: Stage) -> list[str]:
    return [one.state for one in stage.services.outbox.letters(states={"due", "leased", "dead"}, limit=99)]


def leave(stage: Stage, act: str, **fields: object) -> None:
    requests.post(f"{stage.slack_url}/_sandbox/{act}", json=fields, timeout=10).raise_for_status()


def calls(stage: Stage) -> int:
    return len([one for one in stage.see("received")["calls"] if one["kind"] == "api"])


def work_on(stage: Stage, *, minutes: int) -> None:
    for _ in range(minutes):
        stage.clock.advance(seconds=61)
        stage.drain("reply")


@pytest.mark.parametrize(
    ("act", "fields"),
    [("uninstall", {}), ("uninstall", {"tokens_first": True}), ("revoke", {})],
)
def test_what_is_to_be_said_waits_until_the_app_is_back(
    asked: Stage, told: list[tuple[str, ...]], act: str, fields: dict[str, object]
) -> None:
    leave(asked, act, **fields)
    work_on(asked, minutes=MOST_CLAIMS + 2)
    meanwhile = waiting(asked)
    worn = [one.attempts for one in asked.services.outbox.letters(states={"due"}, limit=9)]

    leave(asked, "install")
    work_on(asked, minutes=1)

    assert (meanwhile, worn) == (["due"], [0])
    assert waiting(asked) == []
    assert titles(asked.last(DM))[0] == "ROI calculator"
    assert {said[0] for said in told[:-1]} == {"alert"}
    assert told[-1] == ("mended", "slack", "the app")


def test_without_an_event_the_first_refusal_shuts_the_gate_for_all(
    asked: Stage, told: list[tuple[str, ...]]
) -> None:
    refused = behind_gate(asked, told, "xoxb-of-another-time")

    refused.drain("reply")
    made = calls(refused)
    refused.clock.advance(seconds=30)
    refused.drain("reply")
    another = Gate(refused.services.mirror, refused.clock, alert=print, mended=print)

    assert another.is_shut()
    assert calls(refused) == made
    assert waiting(refused) == ["due"]
    assert told == [("alert", "slack", "the app")]


def test_an_answer_that_nobody_could_get_for_a_day_is_dropped(asked: Stage) -> None:
    leave(asked, "uninstall")
    asked.drain("reply")
    asked.clock.advance(hours=25)

    asked.drain("reply")

    assert waiting(asked) == []


def test_an_event_that_comes_after_the_app_is_back_stops_nothing(asked: Stage) -> None:
    leave(asked, "uninstall")
    leave(asked, "install")

    asked.drain("reply")

    assert titles(asked.last(DM))[0] == "ROI calculator"


def test_a_token_of_one_person_is_none_of_ours(asked: Stage) -> None:
    body = {
        "type": "event_callback",
        "event_id": "Ev1",
        "event": {"type": "tokens_revoked", "tokens": {"oauth": [MAYA], "bot": []}},
    }
    assert asked.post_signed(json.dumps(body).encode()).status_code == 200

    assert asked.services.journal.audits(limit=9) == []
