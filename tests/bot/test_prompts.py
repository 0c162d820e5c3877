"""The prompts above the composer of the agent's conversation: made of the deals that the person may see."""

from collections.abc import Callable
from typing import Any

from bot import prompts
from bot.gateway import SlackGateway
from bot.prompts import LONGEST, MOST, nearest_first, offered
from enablement.model import Answered, Ask, CrmUser, Place, Written
from tests.builders import ANNA, deal
from tests.doors import (
    BRYCE,
    DM,
    GUEST,
    HALDEN,
    MAYA,
    NORFIELD,
    RAFA,
    RENEWAL,
    ROLLOUT,
    TOKEN,
    Stage,
    until,
)

CALL = "assistant.threads.setSuggestedPrompts"


def open_conversation(stage: Stage, user: str = MAYA) -> list[dict[str, str]]:
    """Open the conversation with the app, and return the prompts that are offered then."""
    return offers_after(stage, lambda: stage.do("open_dm", user=user))


def turn_to(stage: Stage, channel: str, user: str = MAYA) -> list[dict[str, str]]:
    """Look at a channel beside the conversation, and return the prompts that are offered then."""
    beside = [{"type": "slack#/types/channel_id", "value": channel}]
    return offers_after(stage, lambda: stage.do("look_at", user=user, entities=beside))


def offers_after(stage: Stage, act: Callable[[], object]) -> list[dict[str, str]]:
    before = len(stage.calls(CALL))
    act()
    # Slack has its answer before anything is offered.
    [made] = until(lambda: stage.calls(CALL)[before:])
    return list(made["arguments"]["prompts"])


def heard(stage: Stage, listener: Callable[..., None], user: str, channel: str = "") -> list[dict[str, Any]]:
    """Let a listener hear an event to its end, and return the calls that it made to offer something."""
    entities = [{"type": "slack#/types/channel_id", "value": channel}] if channel else []
    event = {"user": user, "channel": DM, "tab": "messages", "context": {"entities": entities}}
    gateway = SlackGateway(TOKEN, f"{stage.slack_url}/api/")
    before = len(stage.calls(CALL))
    listener(event, services=stage.services, gateway=gateway)
    return stage.calls(CALL)[before:]


def test_the_persons_open_deals_are_offered(shared_stage: Stage) -> None:
    said = [one["message"] for one in open_conversation(shared_stage)]

    assert set(said) == {ROLLOUT, RENEWAL, HALDEN}


def test_nobody_is_offered_anothers_deals(shared_stage: Stage) -> None:
    assert [one["message"] for one in open_conversation(shared_stage, RAFA)] == [BRYCE]


def test_what_a_prompt_says_is_answered_for_its_deal(stage: Stage) -> None:
    for one in open_conversation(stage):
        stage.say(one["message"], channel=DM)

        text = stage.text(stage.last(DM))
        assert one["message"] in text
        assert "named in your question" in text
        assert "Best matches" not in text, "what fits is asked, not what holds the name's words"


def test_the_deal_of_the_channel_beside_comes_first(stage: Stage) -> None:
    stage.ask("link Norfield renewal", channel=NORFIELD)

    turned = turn_to(stage, NORFIELD)

    assert turned == open_conversation(stage)
    assert turned[0]["title"] == f"What fits {RENEWAL}?"


def test_the_deals_that_somebody_came_from_in_salesforce_come_first(stage: Stage) -> None:
    now = stage.services.clock()
    briefed = Ask(
        "brief",
        "salesforce",
        MAYA,
        "maya@harbourline.test",
        "",
        Place(DM),
        "",
        False,
        stage.deals[HALDEN],
        now,
    )
    answered = Answered("brief", stage.deals[HALDEN], "record", "fit", False, briefed.email, DM, "", now)
    stage.services.ledger.write(Written(records=(briefed, answered)), now=now)
    stage.ask("link Norfield renewal", channel=NORFIELD)

    said = heard(stage, prompts.opened, MAYA, NORFIELD)[0]["arguments"]["prompts"]

    assert [one["message"] for one in said[:2]] == [RENEWAL, HALDEN]


def test_turning_to_a_channel_without_a_deal_changes_nothing(shared_stage: Stage) -> None:
    assert heard(shared_stage, prompts.turned, MAYA, NORFIELD) == []


def test_a_linked_deal_that_somebody_may_not_see_is_not_offered(stage: Stage) -> None:
    stage.ask("link Norfield renewal", channel=NORFIELD)

    assert [one["message"] for one in turn_to(stage, NORFIELD, RAFA)] == [BRYCE]


def test_guests_are_offered_nothing(shared_stage: Stage) -> None:
    assert heard(shared_stage, prompts.opened, GUEST) == []


def test_while_salesforce_is_away_what_was_offered_stays(stage: Stage) -> None:
    stage.org_fault("error_code", times=-1, error_code="SERVER_UNAVAILABLE", path_prefix="/services/data")

    assert heard(stage, prompts.opened, MAYA) == []

    stage.org_calm()
    assert heard(stage, prompts.opened, MAYA)


def test_the_home_tab_offers_no_prompts(shared_stage: Stage) -> None:
    before = shared_stage.calls(CALL)

    shared_stage.do("open_home", user=MAYA)
    shared_stage.drain("reply")
    assert shared_stage.calls("views.publish")

    assert shared_stage.calls(CALL) == before


def test_the_first_deal_is_asked_for_what_beats_its_competitor() -> None:
    some = [deal(f"Deal {n}", competitors=("Korvane", "Other")) for n in range(9)]

    said = offered(some)

    assert len(said) == MOST
    assert [one.title for one in said[:3]] == [
        "What fits Deal 0?",
        "Against Korvane for Deal 0",
        "What fits Deal 1?",
    ]
    assert said[1].message == "Korvane – Deal 0"


def test_the_deal_of_the_place_comes_before_ones_own_and_those_before_others() -> None:
    anna = CrmUser("005A", ANNA, "Anna", None, is_active=True)
    others, teams, own, beside = (
        deal("Others", owner_id="005B"),
        deal("Team's", owner_id="005B", team=("005A",)),
        deal("Own", owner_id="005A"),
        deal("Beside", owner_id="005B"),
    )

    listed = nearest_first([others, teams, own, beside], anna, also=[beside.id])

    assert [one.name for one in listed] == ["Beside", "Team's", "Own", "Others"]


def test_long_and_hostile_names_fit_what_slack_takes() -> None:
    said = offered([deal("x" * 500, competitors=("y" * 500,)), deal("\u202e<!channel>\x00 & Co")])

    assert all(0 < len(one.title) <= LONGEST and one.message for one in said)
    assert not any("\u202e" in one.title or "\x00" in one.title for one in said)
    assert offered([]) == []
