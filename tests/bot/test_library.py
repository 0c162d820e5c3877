"""Looking after the library in Slack: notices, one click to approve, verify or archive, the list of what is mine."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import requests

from enablement import governance
from enablement.model import Asset, Task, key
from tests.bot.library_desk import (
    DECK,
    DESK,
    actions,
    added,
    drop,
    opened_form,
    said,
    shelf,
    submit,
    text_of,
    type_into,
)
from tests.doors import (
    DEALS,
    DM,
    LIBRARIAN,
    MAYA,
    NOVA,
    RAFA,
    Stage,
    carried,
    elements,
    plain_value,
    until,
)

APPROVER, OTHER = "rafa@harbourline.test", "maya@harbourline.test"
RAFAS = "D0RAFA"


@pytest.fixture(autouse=True)
def no_limits(stage: Stage) -> None:
    """Let these tests be quicker than people are."""
    stage.do("limits", on=False)


def waiting(stage: Stage, *approvers: str, title: str = "Korvane landmines") -> Asset:
    """Put something up for approval and have everybody told."""
    shelf(stage, "Battlecards", approvers or [APPROVER])
    asset = added(stage, title=title, collection="Battlecards", kind="battlecard")
    stage.drain("write")
    return asset


def press(
    stage: Stage, act: str, *, user: str = RAFA, channel: str = "", message: Any = None, **more: Any
) -> None:
    """Press a button of the newest message that this person has, or of the one given."""
    place = channel or f"D{user[1:]}"
    stage.click(message or stage.last(place, user=user), f"library.{act}", user=user, channel=place, **more)


def choose(stage: Stage, act: str, message: dict[str, Any], *, user: str = NOVA, **more: Any) -> None:
    """Choose a line in the menu of the first entry of a list that has one."""
    options = elements(message, "library.menu")[0]["options"]
    [value] = [one["value"] for one in options if carried(one["value"])["says"] == act]
    press(stage, "menu", user=user, channel=DEALS, message=message, value=value, **more)


def in_menu(message: dict[str, Any], *, which: int = 0) -> list[str]:
    """Return what the menu of an entry has."""
    return [one["text"]["text"] for one in elements(message, "library.menu")[which]["options"]]


def archive_form(stage: Stage, *, user: str = NOVA) -> dict[str, Any]:
    """Return the form that asks what takes an asset's place, once it is open."""
    return until(lambda: [one for one in stage.views(user) if one["callback_id"] == "library.archived"])[-1]


def submit_with(stage: Stage, form: dict[str, Any], successor: str) -> Any:
    """Submit the form with what was offered to take the place."""
    values = {"library.successor": {"library.successor": successor}}
    return stage.do("submit", user=NOVA, view_id=form["id"], values=values)


def asset_of(stage: Stage, asset_id: str) -> Asset:
    found = stage.services.catalog.asset(asset_id)
    assert found is not None
    return found


def due_for_review(stage: Stage, **values: Any) -> Asset:
    """Have an asset of Nova's whose review has fallen due, and Nova told."""
    asset = added(stage, review="30", **values)
    stage.clock.advance(days=31)
    task = Task(key("review", stage.clock()), "library.review", "compute", "")
    stage.services.outbox.add([task], now=stage.clock())
    stage.drain("compute", "write")
    return asset


def listed(stage: Stage, text: str = "library", *, user: str = NOVA) -> dict[str, Any]:
    return stage.ask(text, user=user)


def test_an_approver_is_told_what_waits_and_by_whom(stage: Stage) -> None:
    waiting(stage)

    message = stage.last(RAFAS, user=RAFA)
    text = stage.text(message)
    assert "Nova Lind put up *Korvane landmines* for your approval." in text
    assert "Battlecards  ·  battlecard  ·  English  ·  for colleagues  ·  version 1" in text
    assert actions(message) == ["library.approve", "library.decline", "library.open"]


def test_the_link_of_a_notice_shows_what_waits(stage: Stage) -> None:
    waiting(stage)
    [opener] = elements(stage.last(RAFAS, user=RAFA), "library.open")

    shown = requests.get(opener["url"], headers={"User-Agent": "Mozilla/5.0"}, timeout=10)

    assert (shown.status_code, shown.content) == (200, DECK)


def test_one_click_approves_and_everybody_sees_what_became_of_it(stage: Stage) -> None:
    asset = waiting(stage)

    press(stage, "approve")
    stage.drain("write")

    message = stage.last(RAFAS, user=RAFA)
    assert asset_of(stage, asset.id).status == "published"
    assert until(lambda: "You approved this." in stage.text(stage.last(RAFAS, user=RAFA)))
    assert actions(stage.last(RAFAS, user=RAFA)) == []
    assert message["ts"] == stage.last(RAFAS, user=RAFA)["ts"]
    assert "*Korvane landmines* was approved by Rafa Souza." in said(stage)


def test_approved_content_can_be_found_and_waiting_content_can_not(stage: Stage) -> None:
    waiting(stage, title="Korvane landmines")
    before = stage.text(stage.ask("Korvane landmines for the Norfield warehouse"))

    press(stage, "approve")
    stage.drain("compute")

    assert "Korvane landmines*" not in before
    assert "Korvane landmines*" in stage.text(stage.ask("Korvane landmines for the Norfield warehouse"))


def test_the_second_approver_sees_who_was_first(stage: Stage) -> None:
    waiting(stage, APPROVER, OTHER)
    press(stage, "approve")

    press(stage, "approve", user=MAYA)

    until(lambda: "It was approved by Rafa Souza on" in stage.text(stage.last(DM)))
    assert actions(stage.last(DM)) == []


def test_a_double_click_approves_once(stage: Stage) -> None:
    asset = waiting(stage)

    press(stage, "approve", times=3)

    approved = [one for one in stage.services.ledger.decisions(asset.id) if one.kind == "approved"]
    assert len(approved) == 1
    until(lambda: actions(stage.last(RAFAS, user=RAFA)) == [])


def test_who_is_no_approver_any_more_is_told_whom_to_ask_and_the_button_stays(stage: Stage) -> None:
    asset = waiting(stage)
    shelf(stage, "Battlecards", [OTHER])

    press(stage, "approve")

    until(lambda: f"Ask {OTHER} or {LIBRARIAN}." in said(stage, user=RAFA))
    assert asset_of(stage, asset.id).status == "in_review"
    first = stage.bot_messages(RAFAS, user=RAFA)[0]
    assert "library.approve" in actions(first)


def test_a_forged_click_of_somebody_else_approves_nothing(stage: Stage) -> None:
    asset = waiting(stage)
    press(stage, "open")
    sent = [one["payload"] for one in stage.see("sent")["requests"] if one["type"] == "block_actions"]
    [button] = elements(stage.last(RAFAS, user=RAFA), "library.approve")
    action = {**sent[-1]["actions"][0], "action_id": "library.approve", "value": button["value"]}

    stage.interact({**sent[-1], "user": {"id": "U0GUEST"}, "actions": [action]})

    assert asset_of(stage, asset.id).status == "in_review"


def renewed(stage: Stage, asset: Asset) -> None:
    """Put up a second version of what waits already."""
    drop(stage, DECK + b"\nWorse.", name="v2.md")
    view = opened_form(stage)
    fields = {"user": NOVA, "view_id": view["id"], "action_id": "publish.version_of"}
    stage.do("suggest", **fields, value="korvane")
    stage.do("click", **fields, value=asset.id)
    # The form is filled with what is known of it.
    until(lambda: asset.title in str(stage.views(NOVA)[-1]["state"]))
    submit(stage, stage.views(NOVA)[-1])
    stage.drain("compute", "write")
    waits = governance.awaiting(asset.id, stage.services.catalog)
    assert waits is not None
    assert waits.version == 2


def test_a_newer_version_is_not_approved_unseen(stage: Stage) -> None:
    asset = waiting(stage)
    old = stage.last(RAFAS, user=RAFA)
    renewed(stage, asset)

    press(stage, "approve", message=old)

    assert governance.awaiting(asset.id, stage.services.catalog) is not None
    until(lambda: any("has changed since" in stage.text(one) for one in stage.bot_messages(RAFAS, user=RAFA)))


def test_a_newer_version_is_not_sent_back_unseen(stage: Stage) -> None:
    asset = waiting(stage)
    press(stage, "decline")
    view = until(lambda: stage.views(RAFA))[-1]
    renewed(stage, asset)

    answer = submit(stage, view, user=RAFA, note="No.")

    assert answer["errors"] == {"note": "“Korvane landmines” has changed since: look at version 2 first."}
    assert governance.awaiting(asset.id, stage.services.catalog) is not None


def test_sending_back_asks_for_the_reason_and_the_submitter_hears_it(stage: Stage) -> None:
    asset = waiting(stage)

    press(stage, "decline")
    view = until(lambda: stage.views(RAFA))[-1]
    empty = submit(stage, view, user=RAFA)
    submit(stage, view, user=RAFA, note="Please cite <the> source & date.")
    stage.drain("write")

    assert "note" in empty["errors"]
    assert asset_of(stage, asset.id).status == "draft"
    until(lambda: "You sent this back." in said(stage, user=RAFA))
    assert "*Korvane landmines* was sent back by Rafa Souza." in said(stage)
    assert "Please cite <the> source & date." in said(stage)


def test_sending_back_what_was_approved_meanwhile_changes_nothing(stage: Stage) -> None:
    asset = waiting(stage, APPROVER, OTHER)
    press(stage, "decline")
    view = until(lambda: stage.views(RAFA))[-1]
    press(stage, "approve", user=MAYA)

    answer = submit(stage, view, user=RAFA, note="No.")

    assert answer["errors"] == {"note": "This does not wait for approval any more."}
    assert asset_of(stage, asset.id).status == "published"


def test_an_owner_is_asked_whether_it_is_still_right_and_one_click_verifies(stage: Stage) -> None:
    asset = due_for_review(stage, title="Payback deck")
    asked = said(stage)

    press(stage, "verify", user=NOVA)

    assert "Is *Payback deck* still right?" in asked
    assert "never verified" in asked
    assert asset_of(stage, asset.id).reviewed_on == stage.clock().date()
    until(lambda: "You verified this." in said(stage))
    assert actions(stage.last(DESK, user=NOVA)) == []


def test_a_review_that_fell_due_is_asked_for_once(stage: Stage) -> None:
    due_for_review(stage)
    before = len(stage.bot_messages(DESK, user=NOVA))

    for number in range(2):
        stage.services.outbox.add(
            [Task(key("again", number), "library.review", "compute", "")], now=stage.clock()
        )
        stage.drain("compute", "write")

    assert len(stage.bot_messages(DESK, user=NOVA)) == before


def test_archiving_from_a_notice_takes_it_out_of_use(stage: Stage) -> None:
    asset = due_for_review(stage, title="Payback deck")

    press(stage, "archive", user=NOVA)
    form = archive_form(stage)
    assert asset_of(stage, asset.id).status == "published", "the form asks first"
    submit(stage, form)

    assert asset_of(stage, asset.id).status == "archived"
    until(lambda: "You archived this. It can no longer be found or shared." in said(stage))
    assert actions(stage.last(DESK, user=NOVA)) == []


def test_what_takes_the_place_of_what_is_archived_is_shown_in_its_stead(stage: Stage) -> None:
    asset = due_for_review(stage, title="Payback deck 2025", audience="customer")
    newer = stage.publish("Payback deck 2026")
    press(stage, "archive", user=NOVA)

    form = archive_form(stage)
    type_into(stage, form, "library.successor", "deck 2026")
    submit_with(stage, form, newer)

    assert asset_of(stage, asset.id).replaced_by == newer
    until(lambda: "You archived this. “Payback deck 2026” takes its place." in said(stage))
    assert "archived · replaced by “Payback deck 2026”" in stage.text(listed(stage))


def test_only_what_is_in_use_is_offered_to_take_its_place_and_only_to_who_may_archive(stage: Stage) -> None:
    today = stage.clock().date()
    asset = stage.publish("Deck of old", owner=LIBRARIAN)
    newer = stage.publish("Deck of now", audience="internal", owner=OTHER)
    stage.publish("Deck of yesterday", expires=today - timedelta(days=1))
    stage.publish("Deck to come", released=today + timedelta(days=1))
    stage.publish("Deck in review", status="in_review")
    stage.publish("Deck archived", status="archived")
    choose(stage, "archive", listed(stage))
    form = archive_form(stage)

    offered = type_into(stage, form, "library.successor", "deck of")
    everything = type_into(stage, form, "library.successor", "")

    assert offered == [newer]
    assert newer in everything
    assert asset not in everything
    assert offered_to(stage, form, RAFA) == []
    assert offered_to(stage, form, NOVA) == [newer]


def offered_to(stage: Stage, form: dict[str, Any], user: str) -> list[str]:
    """Return what the menu of an open form would offer somebody, whoever opened it."""
    sent = next(
        one["payload"] for one in reversed(stage.see("sent")["requests"]) if "value" in one["payload"]
    )
    answer = stage.interact({**sent, "user": {"id": user}, "value": "deck of"})
    return [plain_value(one["value"]) for one in answer.json()["options"]]


def test_what_went_out_of_use_meanwhile_does_not_take_its_place(stage: Stage) -> None:
    asset = stage.publish("Deck of old", owner=LIBRARIAN)
    newer = stage.publish("Deck of now")
    choose(stage, "archive", listed(stage))
    form = archive_form(stage)
    type_into(stage, form, "library.successor", "deck of now")
    stage.services.catalog.keep(replace(asset_of(stage, newer), status="archived"))

    answer = submit_with(stage, form, newer)

    assert answer["errors"] == {"library.successor": "This is not in use any more. Choose another."}
    assert asset_of(stage, asset).status == "published"


def test_archiving_what_was_archived_meanwhile_says_by_whom(stage: Stage) -> None:
    asset = stage.publish("Deck of old", owner=LIBRARIAN)
    services, message = stage.services, listed(stage)
    shelf(stage, "Battlecards", [OTHER])
    services.catalog.keep(replace(asset_of(stage, asset), collection="Battlecards"))
    choose(stage, "archive", message)
    form = archive_form(stage)
    governance.archive(asset, email=OTHER, services=services, now=stage.clock())

    late = submit(stage, form)
    choose(stage, "archive", message)

    assert f"is archived already. It was archived by {OTHER}" in late["errors"]["library.successor"]
    until(lambda: "is archived already." in stage.text(stage.last(DEALS, user=NOVA)))


def test_archiving_twice_is_archiving_once(stage: Stage) -> None:
    asset = due_for_review(stage, title="Payback deck")
    press(stage, "archive", user=NOVA, times=2)

    submit(stage, archive_form(stage), times=2)
    sent = [one["payload"] for one in stage.see("sent")["requests"] if one["type"] == "view_submission"]

    assert stage.interact(sent[-1]).text == "", "who sends it twice is not told off"
    archived = [one for one in stage.services.ledger.decisions(asset.id) if one.kind == "archived"]
    assert len(archived) == 1
    until(lambda: "You archived this." in said(stage))


def test_a_notice_that_was_delivered_before_a_crash_is_not_sent_twice(stage: Stage) -> None:
    shelf(stage, "Battlecards", [APPROVER])
    added(stage, title="Korvane landmines", collection="Battlecards")
    stage.slack_fault("chat.postMessage", "lost_reply")

    stage.drain("write")
    stage.clock.advance(seconds=2)
    stage.drain("write")

    assert len(stage.bot_messages(RAFAS, user=RAFA)) == 1
    assert all(one.state == "done" for one in _letters(stage))


@pytest.mark.parametrize(
    "email", ["nobody@harbourline.test", "gast@harbourline.test", "gone@harbourline.test"]
)
def test_a_notice_for_nobody_in_slack_is_kept_for_the_operator(stage: Stage, email: str) -> None:
    waiting(stage, APPROVER, email)

    dead = [one for one in _letters(stage) if one.state == "dead"]
    assert len(dead) == 1
    assert email in dead[0].error
    assert len(stage.bot_messages(RAFAS, user=RAFA)) == 1, "the other approver is told all the same"


def test_the_list_shows_what_is_mine_by_what_is_due_first(stage: Stage) -> None:
    stage.publish("Never due", owner=LIBRARIAN)
    stage.publish("Due late", owner=LIBRARIAN, review_every_days=365)
    stage.publish("Due soon", owner=LIBRARIAN, review_every_days=30)
    stage.publish("Expires", owner=LIBRARIAN, expires=(stage.clock() + timedelta(days=10)).date())
    stage.publish("Somebody else's", owner=APPROVER, review_every_days=30)
    stage.clock.advance(days=32)

    message = listed(stage)

    texts = [one["text"]["text"] for one in message["blocks"] if one["type"] == "section"]
    assert texts[0] == "*Your library*: 4 assets"
    assert [text.split("*")[1] for text in texts[1:]] == ["Expires", "Due soon", "Due late", "Never due"]
    assert "expired · since" in texts[1]
    assert "is it still right? · since" in texts[2]
    assert message["ephemeral"] is True
    head = ["library.menu", "library.change", "library.menu", "library.verify"]
    assert actions(message)[:4] == head, "what has expired is not verified"
    assert actions(message)[-2:] == ["library.menu", "library.open"], "nothing is wanted of what is not due"
    assert [one.get("style") for one in elements(message, "library.verify")] == ["primary"]
    assert in_menu(message) == ["Open", "Archive"]
    assert in_menu(message, which=1) == ["Open", "Change details", "Archive"]
    assert in_menu(message, which=3) == ["Verify", "Change details", "Archive"]
    [opener, *_others] = elements(message, "library.menu")[0]["options"]
    assert opener["url"].startswith("http")


def test_the_menu_of_an_entry_does_what_its_buttons_did(stage: Stage) -> None:
    asset = asset_of(stage, stage.publish("Payback deck", owner=LIBRARIAN, review_every_days=365))
    message = listed(stage)

    choose(stage, "verify", message)
    stage.drain("reply")
    verified = stage.last(DEALS, user=NOVA)
    choose(stage, "change", verified)
    change_form = until(lambda: stage.views(NOVA))[-1]
    stage.do("close", user=NOVA, view_id=change_form["id"])
    choose(stage, "archive", verified)
    submit(stage, archive_form(stage))
    stage.drain("reply")

    assert asset_of(stage, asset.id).reviewed_on == stage.clock().date()
    assert (verified["ts"], "Payback deck" in text_of(change_form)) == (message["ts"], True)
    assert asset_of(stage, asset.id).status == "archived"
    assert actions(stage.last(DEALS, user=NOVA)) == ["library.restore", "library.open"]


@pytest.mark.parametrize("act", ["verify", "change", "archive"])
def test_the_buttons_of_an_earlier_list_still_do_their_work(stage: Stage, act: str) -> None:
    asset = asset_of(stage, stage.publish("Payback deck", owner=LIBRARIAN, review_every_days=365))
    choose(stage, "verify", listed(stage))
    sent = [one["payload"] for one in stage.see("sent")["requests"] if one["type"] == "block_actions"][-1]
    value = json.dumps({"id": asset.id, "v": 1, "version": asset.version_id, "page": 1})
    # From before there was a key to sign with.
    container = {**sent["container"], "message_ts": "1700000000.000100"}
    button = {"type": "button", "block_id": "b", "action_id": f"library.{act}", "value": value}
    stage.clock.advance(days=1)

    stage.interact({**sent, "container": container, "actions": [button]})

    if act == "verify":
        assert asset_of(stage, asset.id).reviewed_on == stage.clock().date()
    else:
        assert "Payback deck" in text_of(until(lambda: stage.views(NOVA))[-1])


def test_the_list_of_who_has_nothing_says_so(stage: Stage) -> None:
    assert "Nothing in the library is yours" in stage.text(listed(stage, user=MAYA))


def test_approvers_see_what_waits_before_their_own(stage: Stage) -> None:
    waiting(stage)

    message = listed(stage, user=RAFA)

    assert "waits for your approval" in stage.text(message)
    assert actions(message)[:3] == ["library.approve", "library.decline", "library.open"]


def test_what_is_mine_and_waits_can_not_be_approved_by_me(stage: Stage) -> None:
    waiting(stage)

    message = listed(stage)

    assert "waits for approval" in stage.text(message)
    assert "library.approve" not in actions(message)


def test_verifying_in_the_list_draws_it_anew_in_its_place(stage: Stage) -> None:
    added(stage, review="30", title="Payback deck")
    stage.clock.advance(days=31)
    message = listed(stage)

    press(stage, "verify", user=NOVA, channel=DEALS, message=message)
    stage.drain("reply")

    again = stage.last(DEALS, user=NOVA)
    assert again["ts"] == message["ts"]
    assert [
        "is it still right?" in json.dumps(one["blocks"], ensure_ascii=False) for one in (message, again)
    ] == [True, False]


def test_what_was_archived_in_the_list_is_brought_back_there(stage: Stage) -> None:
    asset = added(stage, title="Payback deck")
    stage.publish("Winter deck", owner=LIBRARIAN)

    choose(stage, "archive", listed(stage))
    submit(stage, archive_form(stage))
    stage.drain("reply")

    assert asset_of(stage, asset.id).status == "archived"
    again = stage.last(DEALS, user=NOVA)
    assert actions(again)[-2:] == ["library.restore", "library.open"], "what is in use comes first"
    press(stage, "restore", user=NOVA, channel=DEALS, message=again)
    press(stage, "restore", user=NOVA, channel=DEALS, message=again)
    stage.drain("reply")
    assert asset_of(stage, asset.id).status == "published"
    last = stage.last(DEALS, user=NOVA)
    assert "library.restore" not in actions(last)
    assert last["ts"] == again["ts"], "who presses twice is not told off"


def change(stage: Stage, *, user: str = NOVA) -> dict[str, Any]:
    """Press Change beside the first of what this person looks after, and return the form."""
    message, open_before = listed(stage, user=user), {one["id"] for one in stage.views(user)}
    if elements(message, "library.change"):
        press(stage, "change", user=user, channel=DEALS, message=message)
    else:
        choose(stage, "change", message, user=user)
    return dict(until(lambda: [one for one in stage.views(user) if one["id"] not in open_before])[0])


def test_what_an_asset_is_for_is_changed_without_a_file(stage: Stage) -> None:
    today = stage.clock().date()
    asset_id = stage.publish(
        "Payback deck", owner=LIBRARIAN, expires=today, released=today, translation_of="en-original"
    )
    before = asset_of(stage, asset_id)

    form = change(stage)
    assert {"version_of", "replaces"}.isdisjoint(one["block_id"].partition(".")[0] for one in form["blocks"])
    assert "Its file lies outside Slack" in text_of(form)
    day = (stage.clock() + timedelta(days=90)).date()
    submit(stage, form, expires=day.isoformat(), made_for=["industries:Retail"], title="Payback <!channel>")
    stage.drain("compute")

    after = asset_of(stage, before.id)
    assert (after.title, after.expires, after.facets.industries) == ("Payback <!channel>", day, ("Retail",))
    assert (after.version_id, after.translation_of, after.released) == (
        before.version_id,
        "en-original",
        before.released,
    )
    assert said(stage).startswith("“Payback <!channel>” was changed: ")


def test_a_change_to_what_was_approved_waits_and_leaves_what_is_in_use(stage: Stage) -> None:
    asset = added(stage, title="Payback deck")
    shelf(stage, "Battlecards", [APPROVER])

    submit(stage, change(stage), collection="Battlecards")
    stage.drain("compute")

    assert "Until then it stays as it was." in said(stage)
    assert asset_of(stage, asset.id).collection == ""
    waits = stage.services.catalog.proposal(asset.id)
    assert waits
    assert (waits.collection, waits.version_id) == ("Battlecards", asset.version_id)
    submit(stage, change(stage), title="Payback deck, mended")
    stage.drain("compute")
    waits = stage.services.catalog.proposal(asset.id)
    assert waits
    assert (waits.title, waits.collection) == ("Payback deck, mended", "Battlecards")


def test_who_looks_after_it_no_more_changes_nothing(stage: Stage) -> None:
    asset = asset_of(stage, stage.publish("Payback deck", owner=APPROVER))
    shelf(stage, "Battlecards", [APPROVER])
    form = change(stage, user=RAFA)
    stage.services.catalog.keep(replace(asset, owner=OTHER))

    answer = submit(stage, form, title="Mine now", user=RAFA)
    stage.drain("compute")

    assert "looked after by others" in json.dumps(answer) + json.dumps(stage.views(RAFA))
    assert asset_of(stage, asset.id).title == "Payback deck"


def test_who_may_not_publish_is_offered_no_change(stage: Stage) -> None:
    stage.publish("Payback deck", owner=OTHER)

    message = listed(stage, user=MAYA)

    assert actions(message) == ["library.menu", "library.open"]
    assert in_menu(message) == ["Verify", "Archive"]


def test_approving_in_the_list_works_like_in_the_notice(stage: Stage) -> None:
    asset = waiting(stage)

    press(stage, "approve", channel=DEALS, message=listed(stage, user=RAFA))
    stage.drain("reply")

    assert asset_of(stage, asset.id).status == "published"
    assert "Nothing in the library is yours" in stage.text(stage.last(DEALS, user=RAFA))


def test_a_long_list_turns_its_pages(stage: Stage) -> None:
    for number in range(12):
        stage.publish(f"Guide {number:02}", owner=LIBRARIAN)
    first = listed(stage)

    press(stage, "more.more", user=NOVA, channel=DEALS, message=first)
    stage.drain("reply")

    second = stage.last(DEALS, user=NOVA)
    assert len(elements(first, "library.open")) == 10
    assert len(elements(second, "library.open")) == 2
    assert second["ts"] == first["ts"]
    assert "Page 2 of 2" in stage.text(second)
    assert actions(second)[-1] == "library.more.back"


@pytest.mark.parametrize("page", ["0", "99", "two", "٣"])
def test_a_page_that_is_not_there_is_the_nearest_that_is(stage: Stage, page: str) -> None:
    stage.publish("Guide", owner=LIBRARIAN)

    assert "Guide" in stage.text(listed(stage, f"library {page}"))


def test_a_guest_has_no_list(stage: Stage) -> None:
    assert stage.text(listed(stage, user="U0GUEST")) == "Touchline answers members of this workspace only."


def test_a_button_of_another_make_says_so(stage: Stage) -> None:
    waiting(stage)
    press(stage, "open")
    sent = [one["payload"] for one in stage.see("sent")["requests"] if one["type"] == "block_actions"][-1]

    for value in ("", "{", '{"id":"x","v":2}', "[]"):
        action = {**sent["actions"][0], "action_id": "library.verify", "value": value}
        assert stage.interact({**sent, "actions": [action]}).status_code == 200

    until(lambda: "another version of Touchline" in said(stage, user=RAFA))


def _letters(stage: Stage) -> list[Any]:
    states = ("due", "leased", "done", "dead")
    return [
        one for one in stage.services.outbox.letters(states=states, limit=100) if one.kind == "library.notice"
    ]
