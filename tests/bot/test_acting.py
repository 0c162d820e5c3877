"""Save, request, complain and copy a link, through the front."""

from typing import Any

import requests

from tests.bot.test_share import contact, last_interaction, opened_form, submit, text_of, title
from tests.doors import DEALS, MAYA, NOVA, RAFA, ROLLOUT, Stage, elements, say, until

QUESTION = "payback for the Norfield warehouse"
DESK = "D0NOVA"


def choose(stage: Stage, message: dict[str, Any], verdict: str, **more: Any) -> None:
    say(stage, message, verdict, **more)


def shares(stage: Stage) -> list[Any]:
    return stage.services.ledger.shares_of(email="maya@harbourline.test", deal_id=stage.deals[ROLLOUT])


def test_what_is_saved_is_listed_shared_and_removed(stage: Stage) -> None:
    answer = stage.ask(QUESTION)
    choose(stage, answer, "save", times=2)
    until(lambda: "Remove from saved" in str(stage.last()["blocks"]))

    listed = stage.ask("saved")

    assert "*Saved*: 1 asset" in stage.text(listed)
    assert ROLLOUT in stage.text(listed)
    stage.click(listed, "find.share")
    view = until(stage.views)[0]
    submit(stage, view, contacts=[contact(view, "Aoife")])
    assert [one.recipient for one in shares(stage)] == ["aoife@norfield.test"]
    stage.click(listed, "saved.drop")
    stage.drain("reply")
    assert "You saved nothing yet." in stage.text(stage.last())


def test_a_copied_link_is_a_share_with_nobody_known(stage: Stage) -> None:
    view = opened_form(stage)

    stage.do("click", user=MAYA, view_id=view["id"], action_id="share.copy", times=2)

    done = until(lambda: [one for one in stage.views() if title(one) == "Your links"])[0]
    [one] = shares(stage)
    stage.drain("write")
    [row] = stage.touch_rows()
    assert f"{stage.app_url}/s/{one.token}" in text_of(done)
    assert "whoever has the link" in text_of(done)
    assert "mailto:" not in text_of(done)
    assert (one.recipient, row["Kind__c"], row["Recipient__c"]) == ("", "Shared", "unknown recipient")


def test_expiry_and_language_of_a_share_are_chosen(stage: Stage) -> None:
    original = stage.services.catalog.asset_by_source("ROI calculator")
    assert original is not None
    stage.publish(
        "Calculateur de retour",
        "Le retour sur investissement d'un entrepôt.",
        language="fr",
        translation_of="ROI calculator",
    )
    view = opened_form(stage)
    languages = next(one for one in view["blocks"] if one["block_id"] == "language")["element"]["options"]
    days = next(one for one in view["blocks"] if one["block_id"] == "expiry")["element"]

    submit(stage, view, contacts=[contact(view, "Aoife")], language="fr", expiry="7")

    [one] = shares(stage)
    chosen = stage.services.catalog.asset(one.asset_id)
    assert [option["text"]["text"] for option in languages] == ["English", "French"]
    assert [option["text"]["text"] for option in days["options"]] == ["7 days", "30 days", "90 days"]
    assert days["initial_option"]["text"]["text"] == "90 days"
    assert chosen is not None
    assert (chosen.title, (one.expires_at - one.made_at).days) == ("Calculateur de retour", 7)
    assert requests.get(f"{stage.app_url}/s/{one.token}", timeout=5).status_code == 200
    assert "Shared with Aoife Brannigan" in stage.text(stage.last())
    assert "J%E2%80%99ai%20pens" in text_of(stage.views()[0]), "the e-mail begins in French"


def test_why_something_is_not_useful_reaches_enablement(stage: Stage) -> None:
    answer = stage.ask(QUESTION)
    choose(stage, answer, "not_useful")
    form = until(stage.views)[0]
    until(lambda: "Noted: not shown again" in stage.text(stage.last()))

    refused = stage.do("submit", user=MAYA, view_id=form["id"], values={"reason": {"reason": "other"}})
    values = {"reason": {"reason": "outdated"}, "words": {"words": "From 2019"}}
    stage.do("submit", user=MAYA, view_id=form["id"], values=values, times=2)

    assert refused["errors"] == {"words": "Say in a few words why."}
    said = stage.text(stage.ask("requests", user=NOVA))
    assert "ROI calculator" in said
    assert "Outdated" in said
    assert "From 2019" in said
    assert "1 person" in said


def test_what_nobody_found_is_requested_filled_and_told(stage: Stage) -> None:
    answer = stage.ask(QUESTION)
    stage.click(answer, "request.begin")
    form = until(stage.views)[0]
    stage.do("submit", user=MAYA, view_id=form["id"], values={"words": {"words": "payback in Thai"}}, times=2)
    assert title(stage.views()[0]) == "Requested"
    stage.clock.advance(minutes=16)
    stage.drain("write")
    told = stage.text(stage.last(DESK, user=NOVA))
    assert "1 new request for content" in told
    assert "payback in Thai" in told
    assert ROLLOUT not in told

    listed = stage.ask("requests", user=NOVA)
    stage.click(listed, "request.fill", user=NOVA)
    filling = until(lambda: stage.views(NOVA))[0]
    typing = {"user": NOVA, "view_id": filling["id"], "action_id": "request.asset"}
    [found] = stage.do("suggest", **typing, value="roi")["options"]
    stage.do(
        "submit",
        user=NOVA,
        view_id=filling["id"],
        values={"request.asset": {"request.asset": found["value"]}},
    )
    stage.drain("reply", "write")

    assert "No request waits for you." in stage.text(stage.last(user=NOVA))
    message = stage.last("D0MAYA")
    assert "ROI calculator is there now." in stage.text(message)
    stage.click(message, "request.again", channel="D0MAYA", times=2)
    stage.drain("reply")
    assert ROLLOUT in stage.text(stage.last("D0MAYA"))
    audited = [one.action for one in stage.services.journal.audits(limit=5)]
    assert "request.filled" in audited


def test_others_who_press_are_refused_in_words(stage: Stage) -> None:
    answer = stage.ask(QUESTION)
    stage.click(answer, "find.why")
    until(stage.views)
    theirs = last_interaction(stage, "block_actions")
    before = stage.rows()

    for action_id, kind in (("find.say", "overflow"), ("find.change", "button")):
        found = elements(answer, action_id)[0]
        value = found["options"][0]["value"] if kind == "overflow" else found["value"]
        pressed = {"type": kind, "action_id": action_id, "block_id": "b"}
        action = {
            **pressed,
            **({"selected_option": {"value": value}} if kind == "overflow" else {"value": value}),
        }
        said = len(stage.bot_messages(DEALS))
        stage.interact({**theirs, "user": {"id": RAFA}, "actions": [action]})
        until(lambda said=said: len(stage.bot_messages(DEALS)) > said)  # type: ignore[misc]  # bound at once
        assert "made for somebody else" in stage.text(stage.last())

    assert stage.rows() == before
