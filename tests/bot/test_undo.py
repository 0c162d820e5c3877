"""Ending and undoing what was shared: from the modal after sharing, and from the answer whenever it is noticed."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
import requests

from enablement.model import Share
from tests.bot.test_share import QUESTION, contact, last_interaction, opened_form, submit, text_of, title
from tests.doors import DEALS, DM, MAYA, RAFA, ROLLOUT, Stage, elements, until

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
AOIFE, LIAM = "Aoife Brannigan", "Liam Doyle"
GONE_FROM_THE_DEAL = "Undone. Nothing of it remains on the Opportunity."


def shared(stage: Stage, *names: str, log: bool = True) -> list[Share]:
    """Share the first asset of an answer with these contacts; return the shares, the oldest first."""
    view = opened_form(stage)
    recipients = [contact(view, name) for name in names or (AOIFE,)]
    submit(stage, view, contacts=recipients, log=["on_record"] if log else [])
    # The answer is drawn anew after Slack was answered.
    until(lambda: "Shared with" in str(stage.last()["blocks"]))
    return [one for one in shares(stage) if not one.revoked_at]


def shares(stage: Stage) -> list[Share]:
    return stage.services.ledger.shares_of(email="maya@harbourline.test", deal_id=stage.deals[ROLLOUT])


def press(stage: Stage, action: str, *, which: int = 0, **more: Any) -> None:
    """Press a button of the open modal."""
    view = stage.views()[-1]
    found = elements(view, action)[which]
    fields = {"user": MAYA, "view_id": view["id"], "action_id": action, "block_id": found["block_id"]}
    stage.do("click", **fields, **more)


def manage(stage: Stage, message: Mapping[str, Any], channel: str = DEALS) -> dict[str, Any]:
    """Open the modal of links from an answer, after closing what is open."""
    for view in stage.views():
        stage.do("close", user=MAYA, view_id=view["id"], whole_stack=True)
    stage.click(message, "share.manage", channel=channel)
    return until(stage.views)[-1]


def opens(stage: Stage, one: Share) -> bool:
    address = f"{stage.app_url}/s/{one.token}"
    return requests.get(address, headers={"User-Agent": BROWSER}, timeout=10).ok


def test_an_undone_share_vanishes_from_the_deal_and_its_link_ends(stage: Stage) -> None:
    [one] = shared(stage)
    stage.drain("write")
    assert len(stage.touch_rows()) == 1

    press(stage, "share.undo")
    until(lambda: GONE_FROM_THE_DEAL in text_of(stage.views()[0]))
    stage.drain("write")

    assert stage.touch_rows() == []
    assert not opens(stage, one)
    assert elements(stage.views()[0]) == []


def test_undoing_asks_first_and_ending_a_link_too(stage: Stage) -> None:
    shared(stage)

    asks = {one["action_id"]: one["confirm"] for one in elements(stage.views()[0])}

    assert set(asks) == {"share.revoke", "share.undo"}
    assert "as if never shared" in asks["share.undo"]["text"]["text"]
    assert "stays on record" in asks["share.revoke"]["text"]["text"]


def test_one_of_two_shares_is_undone_and_the_other_stays(stage: Stage) -> None:
    _, other = shared(stage, AOIFE, LIAM)
    stage.drain("write")

    press(stage, "share.undo", which=0)
    until(lambda: "Shared with Liam Doyle" in str(stage.last()["blocks"]))
    stage.drain("write")

    [row] = stage.touch_rows()
    assert LIAM in row["Recipient__c"]
    assert opens(stage, other)


def test_an_ended_link_stays_on_record_and_can_still_be_undone(stage: Stage) -> None:
    [one] = shared(stage)
    press(stage, "share.revoke")
    until(lambda: "The link ended." in text_of(stage.views()[0]))
    stage.drain("write")
    kept, open_then = len(stage.touch_rows()), opens(stage, one)

    press(stage, "share.undo")
    until(lambda: GONE_FROM_THE_DEAL in text_of(stage.views()[0]))
    stage.drain("write")

    assert (kept, open_then) == (1, False)
    assert stage.touch_rows() == []


def test_what_the_buyer_opened_stays_and_is_said(stage: Stage) -> None:
    [one] = shared(stage)
    assert opens(stage, one)

    press(stage, "share.undo")
    until(lambda: "that it was opened before stays" in text_of(stage.views()[0]))
    stage.drain("write")

    assert [row["Kind__c"] for row in stage.touch_rows()] == ["Opened by buyer"]


def test_what_was_never_logged_is_undone_without_a_word_of_the_deal(stage: Stage) -> None:
    [one] = shared(stage, log=False)

    press(stage, "share.undo")
    until(lambda: "Undone. The link no longer opens." in text_of(stage.views()[0]))
    stage.drain("write")

    assert not opens(stage, one)
    assert stage.touch_rows() == []


def test_the_answer_says_with_whom_it_was_shared_and_stops_when_it_was_undone(stage: Stage) -> None:
    shared(stage, AOIFE, LIAM)
    said = str(stage.last()["blocks"])

    press(stage, "share.undo")
    until(lambda: "Aoife" not in str(stage.last()["blocks"]))
    press(stage, "share.undo")
    until(lambda: "Shared with" not in str(stage.last()["blocks"]))

    assert "Shared with Aoife Brannigan, Liam Doyle" in said
    assert len(stage.bot_messages()) == 1
    assert len(elements(stage.last(), "find.share")) >= 1


def test_a_share_is_undone_from_its_answer_after_the_modal_was_closed(stage: Stage) -> None:
    [one] = shared(stage)
    stage.drain("write")

    view = manage(stage, stage.last())
    press(stage, "share.undo")
    until(lambda: GONE_FROM_THE_DEAL in text_of(stage.views()[0]))
    until(lambda: "Shared with" not in str(stage.last()["blocks"]))
    stage.drain("write")

    assert f"{stage.app_url}/s/{one.token}" in text_of(view)
    assert stage.touch_rows() == []


def test_a_later_answer_leads_to_what_was_shared_before(stage: Stage) -> None:
    shared(stage)

    later = stage.ask(f"{QUESTION} calculator", channel=DM)
    view = manage(stage, later, channel=DM)

    assert "Shared with Aoife Brannigan" in str(later["blocks"])
    assert AOIFE in text_of(view)


def test_in_a_direct_message_the_answer_says_it_too(stage: Stage) -> None:
    stage.say(QUESTION, channel=DM)
    stage.click(stage.last(DM), "find.share", channel=DM)
    view = until(stage.views)[0]

    submit(stage, view, contacts=[contact(view, "Aoife")])

    until(lambda: "Shared with Aoife Brannigan" in str(stage.last(DM)["blocks"]))
    assert len(stage.bot_messages(DM)) == 1


def test_nobody_else_sees_with_whom_something_was_shared(stage: Stage) -> None:
    shared(stage)
    stage.org.insert(
        "OpportunityTeamMember",
        [
            {
                "OpportunityId": stage.deals[ROLLOUT],
                "UserId": stage.users["rafa"],
                "OpportunityAccessLevel": "Read",
            }
        ],
    )
    stage.services.crm.sync(full=True)

    other = stage.ask(QUESTION, user=RAFA)

    assert "ROI calculator" in str(other["blocks"])
    assert "Aoife" not in json.dumps(stage.messages(user=RAFA))


def test_another_persons_click_neither_shows_nor_undoes(stage: Stage) -> None:
    [one] = shared(stage)
    stage.drain("write")
    stage.ask("pricing", user=RAFA)
    trigger = last_interaction(stage, "command")["trigger_id"]
    pressed = elements(stage.last(), "share.manage")[0]
    view = stage.views()[0]
    undo = elements(view, "share.undo")[0]

    stage.interact(_message_click(pressed["value"], user=RAFA, trigger=trigger))
    [refused] = until(lambda: stage.views(RAFA))
    stage.interact(_modal_click(undo["value"], view, user=RAFA))
    stage.drain("write")

    assert "These links are not yours." in text_of(refused)
    assert one.token not in text_of(refused)
    until(lambda: "This is not yours to undo." in text_of(stage.views()[0]))
    assert opens(stage, one)
    assert len(stage.touch_rows()) == 1


@pytest.mark.parametrize("times", [2, 5])
def test_pressing_undo_several_times_is_once(stage: Stage, times: int) -> None:
    shared(stage)
    stage.drain("write")
    view = stage.views()[0]
    undo = elements(view, "share.undo")[0]

    for _ in range(times):
        stage.interact(_modal_click(undo["value"], view))
    stage.drain("write")

    until(lambda: GONE_FROM_THE_DEAL in text_of(stage.views()[0]))
    assert title(stage.views()[0]) == "Your links"
    assert stage.rows()["withdrawals"] == 1
    assert stage.touch_rows() == []


def test_sharing_again_after_undoing_is_a_new_share(stage: Stage) -> None:
    [first] = shared(stage)
    press(stage, "share.undo")
    until(lambda: "Shared with" not in str(stage.last()["blocks"]))
    stage.drain("write")

    [second] = shared(stage)
    stage.drain("write")

    assert first.token != second.token
    assert opens(stage, second)
    assert len(stage.touch_rows()) == 1


def test_an_old_button_whose_shares_are_all_undone_says_so(stage: Stage) -> None:
    shared(stage)
    old = stage.last()
    trigger_of = elements(old, "share.manage")[0]
    press(stage, "share.undo")
    until(lambda: "Shared with" not in str(stage.last()["blocks"]))
    stage.do("close", user=MAYA, view_id=stage.views()[0]["id"], whole_stack=True)
    stage.do("command", user=MAYA, channel=DEALS, command="/content", text="help")
    trigger = last_interaction(stage, "command")["trigger_id"]

    stage.interact(_message_click(trigger_of["value"], user=MAYA, trigger=trigger))

    [view] = until(stage.views)
    assert "Nothing of it is shared any more" in text_of(view)


@pytest.mark.parametrize("value", ["", "{", '{"id": "x"}', '{"id": "x", "v": 99}'])
def test_a_button_of_another_make_changes_nothing(stage: Stage, value: str) -> None:
    [one] = shared(stage)

    stage.interact(_modal_click(stage.sign(value, "share.undo"), stage.views()[0]))

    until(lambda: "another version of Touchline" in text_of(stage.views()[0]))
    assert opens(stage, one)


@pytest.mark.parametrize(
    "note", ["", "[]", "{}", '{"shares": 1, "suggestion": "x", "answer": "", "more": 0}']
)
def test_a_window_of_another_make_changes_nothing(stage: Stage, note: str) -> None:
    [one] = shared(stage)
    view = stage.views()[0]
    undo = elements(view, "share.undo")[0]

    stage.interact(_modal_click(undo["value"], {**view, "private_metadata": stage.sign(note, "")}))

    until(lambda: "Close it and press “Manage or undo”" in text_of(stage.views()[0]))
    assert opens(stage, one)


def test_an_asset_that_became_internal_can_still_be_undone(stage: Stage) -> None:
    [one] = shared(stage)
    stage.drain("write")
    stage.publish("ROI calculator", "payback", audience="internal")

    press(stage, "share.undo")
    until(lambda: GONE_FROM_THE_DEAL in text_of(stage.views()[0]))
    stage.drain("write")

    assert stage.services.ledger.share(one.id).revoked_at  # type: ignore[union-attr]  # it was read above
    assert stage.touch_rows() == []


def test_a_share_is_undone_though_slack_forgot_the_answer_and_the_modal(stage: Stage) -> None:
    [one] = shared(stage)
    stage.drain("write")
    view = stage.views()[0]
    undo = elements(view, "share.undo")[0]
    stage.do("close", user=MAYA, view_id=view["id"], whole_stack=True)
    stage.do("clock", advance_seconds=31 * 60)

    answer = stage.interact(_modal_click(undo["value"], view))
    stage.drain("write")

    assert answer.status_code == 200
    assert stage.touch_rows() == []
    assert not opens(stage, one)


def test_a_trigger_that_ran_out_is_told_where_the_button_was_pressed(stage: Stage) -> None:
    shared(stage)
    pressed = elements(stage.last(), "share.manage")[0]
    stage.do("command", user=MAYA, channel=DEALS, command="/content", text="help")
    command = last_interaction(stage, "command")
    stage.do("clock", advance_seconds=4)

    url = {"response_url": command["response_url"]}
    stage.interact({**_message_click(pressed["value"], user=MAYA, trigger=command["trigger_id"]), **url})

    until(lambda: "Slack was too slow to show the links." in stage.text(stage.last()))


def _message_click(value: str, *, user: str, trigger: str) -> dict[str, Any]:
    return {
        "type": "block_actions",
        "user": {"id": user},
        "channel": {"id": DEALS},
        "trigger_id": trigger,
        "response_url": "",
        "actions": [{"type": "button", "action_id": "share.manage", "block_id": "b", "value": value}],
    }


def _modal_click(value: str, view: Mapping[str, Any], *, user: str = MAYA) -> dict[str, Any]:
    return {
        "type": "block_actions",
        "user": {"id": user},
        "trigger_id": "1.1",
        "view": dict(view),
        "actions": [{"type": "button", "action_id": "share.undo", "block_id": "b", "value": value}],
    }
