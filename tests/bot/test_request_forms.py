"""Requests are merged and declined by their forms, and the lists of Home acted on, through the front."""

import copy
from typing import Any

from tests.bot.test_home import home, press
from tests.bot.test_share import last_interaction
from tests.doors import DEALS, MAYA, NOVA, RAFA, Stage, elements, say, until

QUESTION = "payback for the Norfield warehouse"


def requested(stage: Stage, words: str) -> None:
    """Ask for content that an answer does not have."""
    stage.click(stage.ask(QUESTION), "request.begin")
    form = until(lambda: [one for one in stage.views() if one["callback_id"] == "request.form"])[-1]
    stage.do("submit", user=MAYA, view_id=form["id"], values={"words": {"words": words}})


def opened(stage: Stage, action_id: str, callback_id: str) -> dict[str, Any]:
    """Press a button of the first of Nova's requests, and return the form that opens."""
    stage.click(stage.ask("requests", user=NOVA), action_id, user=NOVA)
    return until(lambda: [one for one in stage.views(NOVA) if one["callback_id"] == callback_id])[-1]


def test_a_request_is_declined_once_with_a_word_that_its_asker_hears(stage: Stage) -> None:
    requested(stage, "payback in Thai")
    form = opened(stage, "request.decline", "request.declined")

    note = {"note": {"note": "The calculator speaks *Thai* from May on"}}
    stage.do("submit", user=NOVA, view_id=form["id"], values=note, times=2)
    stage.drain("reply", "write")

    told = [stage.text(one) for one in stage.bot_messages("D0MAYA")]
    assert len(told) == 1
    assert "The calculator speaks *Thai* from May on" in told[0]
    assert "No request waits for you." in stage.text(stage.last(user=NOVA))
    decided = [one.action for one in stage.services.journal.audits(limit=9)]
    assert decided.count("request.declined") == 1


def test_two_requests_become_one_and_its_form_says_when_it_was_decided_meanwhile(stage: Stage) -> None:
    requested(stage, "payback in Thai")
    requested(stage, "safety manual for cranes")
    form = opened(stage, "request.merge", "request.merged")
    [into] = next(one for one in form["blocks"] if one["block_id"] == "into")["element"]["options"]
    chosen = {"into": {"into": into["value"]}}

    stage.do("submit", user=NOVA, view_id=form["id"], values=chosen)
    stage.drain("reply")
    sent = last_interaction(stage, "view_submission")
    again = stage.interact(copy.deepcopy(sent)).json()
    stage.drain("reply")

    listed = stage.last(user=NOVA)
    assert len(elements(listed, "request.fill")) == 1
    assert again["response_action"] == "errors"
    decided = [one.action for one in stage.services.journal.audits(limit=9)]
    assert decided.count("request.merged") == 1


def test_who_does_not_look_after_the_library_decides_nothing(stage: Stage) -> None:
    requested(stage, "payback in Thai")
    form = opened(stage, "request.decline", "request.declined")
    stage.do("submit", user=NOVA, view_id=form["id"], values={"note": {"note": "No"}})
    sent = last_interaction(stage, "view_submission")
    requested(stage, "safety manual for cranes")
    form = opened(stage, "request.decline", "request.declined")
    pressed = last_interaction(stage, "block_actions")
    theirs = {**sent["view"], "id": form["id"], "private_metadata": form["private_metadata"]}

    said = stage.interact({**sent, "view": theirs, "user": {"id": RAFA}}).json()
    answer = stage.interact({**pressed, "user": {"id": RAFA}})

    assert said["response_action"] == "errors"
    assert "Only who looks after the library decides requests." in str(said["errors"])
    assert answer.status_code == 200
    assert not [one for one in stage.views(RAFA) if one.get("callback_id") == "request.declined"]
    [waiting] = stage.services.requests.open()
    assert waiting.words == "safety manual for cranes"


def test_what_is_saved_is_acted_on_from_home_by_its_owner_alone(stage: Stage) -> None:
    say(stage, stage.ask(QUESTION), "save")
    home(stage)
    press(stage, "home.saved", times=2)
    stage.drain("reply")
    lists = stage.bot_messages("D0MAYA")
    assert len(lists) == 1
    [listed] = lists
    assert "*Saved*: 1 asset" in stage.text(listed)

    stage.click(listed, "find.share", channel="D0MAYA")
    assert until(stage.views)[-1]["callback_id"] == "share.submit"
    stage.click(listed, "saved.drop", channel="D0MAYA", times=2)
    dropped = last_interaction(stage, "block_actions")
    stage.drain("reply")
    assert "*Saved*: 1 asset" not in stage.text(stage.last("D0MAYA"))
    say(stage, stage.ask(QUESTION, channel=DEALS), "save")
    stage.interact({**dropped, "user": {"id": RAFA}})

    assert len(stage.services.saved.of("maya@harbourline.test")) == 1


def test_requests_are_listed_from_enablements_home(stage: Stage) -> None:
    requested(stage, "payback in Thai")
    home(stage, user=NOVA)

    press(stage, "home.requests", user=NOVA, times=2)
    stage.drain("reply")

    [listed] = [one for one in stage.bot_messages("D0NOVA", user=NOVA) if elements(one, "request.fill")]
    assert "payback in Thai" in stage.text(listed)
