"""Suggestions that a rep asked for from the Opportunity: in their direct messages, once, and the talk goes on there."""

import pytest

from enablement.model import Audit, PersonLink, Task, key
from tests.doors import (
    BRYCE,
    DM,
    GONE,
    GUEST,
    HALDEN,
    MAYA,
    RAFA,
    ROLLOUT,
    STRANGER,
    Stage,
    elements,
    titles,
    until,
)

POSTS = "chat.postMessage"


def brief(stage: Stage, user: str, deal: str, *, name: str = "request") -> None:
    """Do what the door does when somebody presses the button on an Opportunity, and the work."""
    subject = f"{stage.users[user]} {stage.deals[deal]}"
    stage.services.outbox.add([Task(key(name), "deals.brief", "reply", subject)], now=stage.clock())
    stage.drain("reply")


def link(stage: Stage, slack_id: str, user: str) -> None:
    now = stage.clock()
    one = PersonLink(slack_id, stage.users[user], "admin@harbourline.test", now)
    audit = Audit(key(slack_id), one.set_by, "people.link", slack_id, "", now)
    stage.services.people.keep(one, audit)


def test_the_rep_gets_the_suggestions_for_that_deal_in_a_direct_message(stage: Stage) -> None:
    brief(stage, "maya", ROLLOUT)

    message = stage.last(DM)
    assert ROLLOUT in stage.text(message)
    assert "the deal you came from in Salesforce" in stage.text(message)
    assert titles(message)[0] in ("ROI calculator", "Korvane battlecard")
    assert "Chosen by fit to the deal alone" in stage.text(message)
    assert stage.calls(POSTS)[0]["arguments"]["channel"] == DM


def test_what_the_rep_asks_next_there_is_about_that_deal(stage: Stage) -> None:
    brief(stage, "maya", ROLLOUT)

    stage.say("pricing", channel=DM)

    message = stage.last(DM)
    assert ROLLOUT in stage.text(message)
    assert "Pricing overview" in titles(message)


def test_without_it_the_rep_must_say_which_deal(stage: Stage) -> None:
    stage.say("pricing", channel=DM)

    assert elements(stage.last(DM), "find.deal")


def test_the_buttons_of_the_message_work(stage: Stage) -> None:
    brief(stage, "maya", ROLLOUT)
    message = stage.last(DM)

    stage.click(message, "find.share", channel=DM)
    until(lambda: stage.views())
    stage.click(message, "find.change", channel=DM)
    stage.drain("reply")
    picker = stage.last(DM)
    stage.click(picker, "find.deal", channel=DM, value=stage.deals[HALDEN])
    stage.drain("reply")

    assert "you chose it" in stage.text(stage.last(DM))
    assert HALDEN in stage.text(stage.last(DM))


def test_after_a_lost_reply_of_slack_there_is_one_message(stage: Stage) -> None:
    stage.slack_fault(POSTS, "lost_reply", times=1)
    brief(stage, "maya", ROLLOUT)
    stage.clock.advance(seconds=30)
    stage.drain("reply")

    assert len(stage.bot_messages(DM)) == 1
    assert stage.services.outbox.counts()["reply", "done"] == 1


@pytest.mark.parametrize("kind", ["500", "429", "drop"])
def test_while_slack_is_away_the_message_waits(stage: Stage, kind: str) -> None:
    stage.slack_fault("users.lookupByEmail", kind, times=1)
    brief(stage, "maya", ROLLOUT)
    before = len(stage.bot_messages(DM))
    stage.clock.advance(seconds=90)
    stage.drain("reply")

    assert (before, len(stage.bot_messages(DM))) == (0, 1)


@pytest.mark.parametrize(("user", "slack_id"), [("gast", GUEST), ("gone", GONE)])
@pytest.mark.parametrize("linked", [False, True])
def test_a_guest_and_a_deactivated_user_are_sent_nothing(
    user: str, slack_id: str, linked: bool, stage: Stage
) -> None:
    stage.deal("Their own deal", owner="gast" if user == "gast" else "maya")
    stage.deals["own"] = stage.org.query("SELECT Id FROM Opportunity WHERE Name = 'Their own deal'")[0]["Id"]
    if linked:
        link(stage, slack_id, user)

    brief(stage, user, "own")

    assert stage.calls(POSTS) == []
    assert stage.rows()["suggestions"] == 0


def test_a_stranger_who_is_linked_is_sent_nothing(stage: Stage) -> None:
    link(stage, STRANGER, "maya")

    brief(stage, "maya", ROLLOUT)

    assert stage.calls(POSTS) == []
    assert stage.rows()["answers"] == 0


def test_a_deal_of_somebody_else_is_not_told_of(stage: Stage) -> None:
    brief(stage, "maya", BRYCE)

    assert stage.calls(POSTS) == []
    assert stage.rows()["answers"] == 0


def test_a_deal_that_salesforce_closes_to_the_rep_is_not_told_of(stage: Stage) -> None:
    stage.org.update("Opportunity", [{"id": stage.deals[ROLLOUT], "OwnerId": stage.users["rafa"]}])

    brief(stage, "maya", ROLLOUT)

    assert stage.calls(POSTS) == []


def test_whom_an_administrator_linked_is_served_as_that_user_everywhere(stage: Stage) -> None:
    """Rafa took over Maya's Salesforce user, which keeps her e-mail: he asks, shares and is briefed as that user."""
    link(stage, RAFA, "maya")

    brief(stage, "maya", ROLLOUT)
    answer = stage.ask("pricing for the Norfield warehouse", user=RAFA)
    stage.click(answer, "find.share", user=RAFA)
    until(lambda: stage.views(RAFA))

    assert ROLLOUT in stage.text(answer)
    assert BRYCE not in stage.text(stage.ask(user=RAFA))
    assert "Share" in str(stage.views(RAFA)[0]["title"])
    assert stage.bot_messages(DM, user=MAYA) == []
