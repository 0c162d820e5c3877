"""Who is answered, for which deals, with which assets."""

import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.doors import (
    BRYCE,
    DEALS,
    DM,
    FORM,
    GONE,
    GUEST,
    MAYA,
    NOVA,
    RAFA,
    ROLLOUT,
    SHARED,
    STRANGER,
    Stage,
    elements,
    say,
    titles,
    until,
)

PRICING = "pricing for the Norfield warehouse"
INTERNAL = ("Discount rules", "Korvane battlecard")


def command_of(user: str, *, text: str = PRICING, channel: str = DEALS) -> bytes:
    """Return the form of a command that the local Slack would not let this person give."""
    fields = {"command": "/content", "text": text, "user_id": user, "channel_id": channel, "response_url": ""}
    return urlencode(fields).encode()


def shown(stage: Stage, *, user: str = MAYA, channel: str = DEALS) -> str:
    """Return all that the bot shows a person in a conversation."""
    return json.dumps(stage.bot_messages(channel, user=user))


def neutral(blocks: Any) -> str:
    """Return blocks without what is minted anew for each answer: ids and tokens."""
    text = json.dumps(blocks, ensure_ascii=False)
    text = re.sub(r'"block_id": "[^"]*"', "", text)
    return re.sub(r"[0-9a-f]{40}|/o/[A-Za-z0-9_-]+|~1[A-Za-z0-9_-]{22}", "", text)


def without_ids(stage: Stage, message: dict[str, Any]) -> str:
    return neutral(message["blocks"]) + str(message["text"])


def test_a_guest_is_refused_even_with_a_salesforce_users_email(stage: Stage) -> None:
    message = stage.ask(PRICING, user=GUEST)

    assert stage.text(message) == "Touchline answers members of this workspace only."
    assert stage.rows()["suggestions"] == 0


def test_a_stranger_is_refused_in_a_shared_channel(stage: Stage) -> None:
    stage.say(f"<@U0BOT> {PRICING}", user=STRANGER, channel=SHARED)

    message = stage.last(SHARED, user=STRANGER)
    assert message["ephemeral"] is True
    assert stage.text(message) == "Touchline answers members of this workspace only."
    assert stage.rows()["suggestions"] == 0


def test_a_deactivated_user_is_given_nothing(stage: Stage) -> None:
    assert stage.post_signed(command_of(GONE), kind=FORM).status_code == 200
    stage.drain("reply")

    assert stage.rows()["suggestions"] == 0
    assert stage.rows()["answers"] == 0


def test_a_colleague_whom_salesforce_does_not_know_is_told_whom_to_ask(stage: Stage) -> None:
    message = stage.ask(PRICING, user=NOVA)

    assert "nova@harbourline.test" in stage.text(message)
    assert "Salesforce administrator" in stage.text(message)
    assert "Norfield" not in stage.text(message).replace(PRICING, "")
    assert elements(message) == []


def test_an_inactive_salesforce_user_is_as_unknown(stage: Stage) -> None:
    stage.org.update("User", [{"id": stage.users["maya"], "IsActive": False}])
    stage.services.crm.sync(full=True)

    message = stage.ask(PRICING)

    assert "Salesforce administrator" in stage.text(message)
    assert stage.rows()["suggestions"] == 0


def test_two_salesforce_users_of_one_email_are_nobody(stage: Stage) -> None:
    stage.org.update("User", [{"id": stage.users["rafa"], "Email": "maya@harbourline.test"}])
    stage.services.crm.sync(full=True)

    message = stage.ask(PRICING)

    assert "2 Salesforce users have the e-mail" in stage.text(message)


def test_somebody_elses_deal_is_answered_as_one_that_does_not_exist(stage: Stage) -> None:
    question = "pricing for Zorblatt Brewing"
    secret = stage.deal("Zorblatt Brewing – Line upgrade")

    with_it = [stage.ask(question, user=RAFA), stage.ask("link Zorblatt Brewing", user=RAFA)]
    stage.org.update("Opportunity", [{"id": secret, "Name": "Something else"}])
    stage.services.crm.sync(full=True)
    without_it = [stage.ask(question, user=RAFA), stage.ask("link Zorblatt Brewing", user=RAFA)]

    assert [without_ids(stage, one) for one in with_it] == [without_ids(stage, one) for one in without_it]
    assert BRYCE in stage.text(with_it[0])


def test_a_channels_deal_is_nothing_to_those_who_may_not_see_it(stage: Stage) -> None:
    unlinked = stage.ask("pricing", user=RAFA)
    stage.ask("link Norfield warehouse")
    linked = stage.ask("pricing", user=RAFA)

    assert without_ids(stage, unlinked) == without_ids(stage, linked)
    assert ROLLOUT not in shown(stage, user=RAFA)


def test_a_deal_that_salesforce_closes_to_a_person_is_gone(stage: Stage) -> None:
    stage.org.update("Opportunity", [{"id": stage.deals[ROLLOUT], "OwnerId": stage.users["rafa"]}])

    message = stage.ask("payback for the Norfield warehouse")

    assert ROLLOUT not in json.dumps(message["blocks"]), (
        "the mirror still has it as hers, Salesforce does not"
    )


def test_when_salesforce_cannot_say_who_may_see_a_deal_nobody_may(stage: Stage) -> None:
    stage.org_fault("error_code", times=-1, error_code="SERVER_UNAVAILABLE", path_prefix="/services/data")

    message = stage.ask(PRICING)

    assert "Salesforce can't be reached to check what you may see." in stage.text(message)
    assert elements(message) == []


def test_a_deal_cannot_be_chosen_by_its_id_alone(stage: Stage) -> None:
    picker = stage.ask()
    block = elements(picker, "find.deal")[0]["block_id"]
    choice = {
        "type": "block_actions",
        "user": {"id": MAYA},
        "channel": {"id": DEALS},
        "trigger_id": "1.1",
        "response_url": "",
        "actions": [
            {
                "type": "static_select",
                "action_id": "find.deal",
                "block_id": block,
                "selected_option": {"value": stage.sign(stage.deals[BRYCE], "find.deal")},
            }
        ],
    }

    assert stage.interact(choice).status_code == 200
    stage.drain("reply")

    assert stage.text(stage.last()) == "You can't see this deal in Salesforce, or it is closed."
    assert BRYCE not in shown(stage)


@pytest.mark.parametrize("action_id", ["find.change", "find.say", "find.not_useful", "find.undo"])
def test_nobody_presses_anothers_buttons(stage: Stage, action_id: str) -> None:
    answer = stage.ask("payback for the Norfield warehouse")
    drawn = elements(answer, "find.change" if action_id == "find.change" else "find.say")[0]
    pressed = drawn["options"][0] if drawn["type"] == "overflow" else drawn
    before = stage.rows()
    click = {
        "type": "block_actions",
        "user": {"id": RAFA},
        "channel": {"id": DEALS},
        "trigger_id": "1.1",
        "response_url": "",
        "actions": [
            {"type": "button", "action_id": action_id, "block_id": "b", "value": pressed["value"]},
        ],
    }

    assert stage.interact(click).status_code == 200
    stage.drain("reply", "write")

    after = stage.rows()
    unchanged = {name: count for name, count in after.items() if name != "inbox"}
    assert unchanged == {name: count for name, count in before.items() if name != "inbox"}
    assert stage.views(RAFA) == []
    assert stage.bot_messages(user=RAFA) == []


def test_internal_assets_are_marked_and_have_no_share_button(stage: Stage) -> None:
    message = stage.ask(PRICING)

    places = {title: at for at, title in enumerate(titles(message))}
    rows = [block["elements"] for block in message["blocks"] if block["type"] == "actions"]
    buttons = [[element["action_id"] for element in row] for row in rows]
    assert buttons[places["Discount rules"]] == ["find.open", "find.why"]
    assert buttons[places["Pricing overview"]] == ["find.share", "find.open", "find.why"]
    assert "internal: not for customers" in stage.text(message)


def test_where_outsiders_read_internal_assets_never_appear(stage: Stage) -> None:
    question = "pricing discount Korvane for the Norfield warehouse"
    stage.ask(question, channel=SHARED)
    stage.say(f"<@U0BOT> {question}", channel=SHARED)
    root = stage.say("a thread", channel=SHARED)
    stage.say(f"<@U0BOT> {question}", channel=SHARED, thread_ts=root)

    everything = shown(stage, channel=SHARED)
    assert len(stage.bot_messages(SHARED)) == 3
    assert "Pricing overview" in everything
    assert not [title for title in INTERNAL if title in everything]
    assert "Customer-facing content only: outsiders read this channel." in everything


def test_the_change_of_deal_keeps_a_shared_channel_safe(stage: Stage) -> None:
    answer = stage.ask("pricing discount Korvane for the Norfield warehouse", channel=SHARED)

    stage.click(answer, "find.change", channel=SHARED)
    stage.drain("reply")
    picker = stage.last(SHARED)
    stage.click(picker, "find.deal", channel=SHARED, value=stage.deals[ROLLOUT])
    stage.drain("reply")

    assert "Pricing overview" in shown(stage, channel=SHARED)
    assert not [title for title in INTERNAL if title in shown(stage, channel=SHARED)]


def test_dismissing_in_a_shared_channel_brings_nothing_internal(stage: Stage) -> None:
    answer = stage.ask("pricing discount Korvane for the Norfield warehouse", channel=SHARED)

    say(stage, answer, "not_useful", channel=SHARED)
    until(lambda: "not shown again" in shown(stage, channel=SHARED))

    assert not [title for title in INTERNAL if title in shown(stage, channel=SHARED)]


@pytest.mark.parametrize("kind", ["500", "429", "drop"])
def test_when_slack_cannot_say_who_reads_a_channel_outsiders_are_expected(stage: Stage, kind: str) -> None:
    stage.slack_fault("conversations.info", kind, times=9)

    message = stage.ask("pricing discount for the Norfield warehouse")

    assert titles(message) == ["Pricing overview"]


def test_in_a_direct_conversation_internal_assets_are_shown(stage: Stage) -> None:
    stage.say("pricing discount for the Norfield warehouse", channel=DM)

    assert "Discount rules" in titles(stage.last(DM))


def test_an_expired_or_future_asset_is_not_shown(stage: Stage) -> None:
    stage.publish("Old pricing", "pricing pricing", expires="2020-01-01")
    stage.publish("Coming pricing", "pricing pricing", released="2999-01-01")

    message = stage.ask(PRICING)

    assert not {"Old pricing", "Coming pricing"} & set(titles(message))
