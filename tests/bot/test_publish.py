"""Putting a file into the library from Slack: offer, form, job, and what the librarian hears of it."""

import json
from datetime import timedelta
from typing import Any

import pytest

from jobs.lanes import LONGEST_PAUSE_S, MOST_ATTEMPTS
from tests.bot.library_desk import (
    DECK,
    DESK,
    actions,
    added,
    drop,
    initial,
    opened_form,
    said,
    shelf,
    submit,
    text_of,
    type_into,
)
from tests.doors import DEALS, DM, ELSEWHERE, LIBRARIAN, MAYA, NOVA, RAFA, Stage, signed, until

APPROVER = "rafa@harbourline.test"


@pytest.fixture(autouse=True)
def no_limits(stage: Stage) -> None:
    """Let these tests be quicker than people are."""
    stage.do("limits", on=False)


def file_event(stage: Stage) -> dict[str, Any]:
    """Return the event that the local Slack sent of a message with a file."""
    sent = [one["payload"] for one in stage.see("sent")["requests"]]
    return dict(next(one for one in sent if one.get("event", {}).get("files")))


def test_a_librarian_who_drops_a_file_is_offered_to_add_it_in_its_thread(stage: Stage) -> None:
    drop(stage)

    offer = stage.last(DESK, user=NOVA)
    dropped = stage.messages(DESK, user=NOVA)[0]
    assert said(stage).startswith("Shall *payback_deck.md* go into the library?")
    assert actions(offer) == ["publish.open"]
    assert offer["thread_ts"] == dropped["ts"]


def test_nobody_fills_in_a_form_for_what_can_not_be_read(stage: Stage) -> None:
    drop(stage, b"\x00\x01\x02", name="film <!here>.mp4")

    assert "is of a kind that cannot be read" in said(stage)
    assert "&lt;!here&gt;" in stage.last(DESK, user=NOVA)["text"]
    assert actions(stage.last(DESK, user=NOVA)) == []


def test_an_approver_of_a_collection_may_add_too(stage: Stage) -> None:
    shelf(stage, "Battlecards", [APPROVER])

    drop(stage, user=RAFA)

    assert actions(stage.last("D0RAFA", user=RAFA)) == ["publish.open"]


def test_anybody_else_hears_who_can_add_and_gets_no_button(stage: Stage) -> None:
    shelf(stage, "Battlecards", [APPROVER])

    drop(stage, user=MAYA)

    assert said(stage, user=MAYA) == (
        f"Thank you! Only the people who look after the library can add to it: {LIBRARIAN}, {APPROVER}."
    )
    assert actions(stage.last(DM)) == []


def test_a_guest_hears_no_names(stage: Stage) -> None:
    drop(stage, user="U0GUEST")

    assert said(stage, user="U0GUEST") == "Touchline answers members of this workspace only."


def test_a_message_that_comes_again_is_offered_once(stage: Stage) -> None:
    drop(stage)
    raw = json.dumps(file_event(stage)).encode()

    for _ in range(3):
        assert stage.post(raw, signed(raw)).status_code == 200
    stage.drain("reply")

    assert len(stage.bot_messages(DESK, user=NOVA)) == 1


def test_each_file_of_a_message_gets_its_offer(stage: Stage) -> None:
    drop(stage)
    sent = file_event(stage)
    event = sent["event"]
    two = [{**event["files"][0], "id": f"F{number}", "name": f"{number}.md"} for number in (1, 2)]
    raw = json.dumps({**sent, "event_id": "Ev2", "event": {**event, "files": two}}).encode()

    stage.post(raw, signed(raw))
    stage.drain("reply")

    texts = [stage.text(one) for one in stage.bot_messages(DESK, user=NOVA)]
    assert sorted(text.split("*")[1] for text in texts) == ["1.md", "2.md", "payback_deck.md"]


def test_many_files_at_once_are_all_offered_though_slack_slows_us_down(stage: Stage) -> None:
    stage.do("limits", on=True)
    for number in range(6):
        drop(stage, DECK + bytes([48 + number]), name=f"{number}.md")

    for _ in range(3):
        stage.clock.advance(seconds=60)
        stage.do("clock", advance_seconds=60)
        stage.drain("reply")

    offered = [stage.text(one).split("*")[1] for one in stage.bot_messages(DESK, user=NOVA)]
    assert sorted(offered) == [f"{number}.md" for number in range(6)]


def test_the_form_is_filled_in_from_the_file(stage: Stage) -> None:
    drop(stage)

    view = opened_form(stage)

    assert "payback_deck.md  ·  1 kB" in text_of(view)
    filled = {name: initial(view, name) for name in ("title", "audience", "owner", "language")}
    assert filled == {
        "title": "payback deck",
        "audience": "internal",
        "owner": LIBRARIAN,
        "language": "detect",
    }


def test_what_was_filled_in_is_what_the_library_holds(stage: Stage) -> None:
    file_id = drop(stage)
    view = opened_form(stage)
    expires = (stage.clock() + timedelta(days=400)).date().isoformat()

    submit(
        stage,
        view,
        title="Payback <in> nine months & less",
        audience="customer",
        collection="Decks",
        kind="deck",
        made_for=["industries:Manufacturing", "competitors:Korvane", "products:Yard Manager"],
        owner="Rafa@Harbourline.test",
        language="fr",
        expires=expires,
        review="90",
    )
    stage.drain("compute")

    asset = stage.services.catalog.asset_by_source(f"slack:{file_id}")
    assert asset is not None
    assert (asset.title, asset.audience, asset.collection) == (
        "Payback <in> nine months & less",
        "customer",
        "Decks",
    )
    assert (asset.kind, asset.owner, asset.language) == ("deck", APPROVER, "fr")
    assert (asset.facets.industries, asset.facets.competitors) == (("Manufacturing",), ("Korvane",))
    assert asset.facets.products == ("Yard Manager",)
    assert (str(asset.expires), asset.review_every_days) == (expires, 90)
    assert stage.services.catalog.data(asset.version_id) == DECK


def test_the_librarian_hears_in_the_thread_what_became_of_it_and_it_is_found(stage: Stage) -> None:
    added(stage, audience="customer", title="Nine months payback story")

    answer = stage.last(DESK, user=NOVA)
    offer = stage.bot_messages(DESK, user=NOVA)[0]
    assert (
        said(stage) == "“Nine months payback story” is in the library now: document, customers may have it."
    )
    assert answer["thread_ts"] == offer["thread_ts"]
    assert "Nine months payback story" in stage.text(stage.ask("payback story for the Norfield warehouse"))


def test_the_language_is_detected_unless_it_is_said(stage: Stage) -> None:
    french = b"Le retour sur investissement est dans les neuf mois pour vous et votre usine."

    assert added(stage, french).language == "fr"


def test_a_form_submitted_twice_is_one_upload(stage: Stage) -> None:
    drop(stage)
    view = opened_form(stage)

    submit(stage, view, times=3)

    assert stage.rows()["uploads"] == 1
    assert stage.drain("compute") == 1
    assert (
        len([one for one in stage.bot_messages(DESK, user=NOVA) if "publish.open" not in actions(one)]) == 1
    )


def test_two_presses_on_the_same_form_are_one_upload(stage: Stage) -> None:
    drop(stage)
    opened_form(stage)
    sent = next(one for one in stage.see("sent")["requests"] if one["type"] == "block_actions")
    view = stage.views(NOVA)[-1]
    submission = {**{name: sent["payload"][name] for name in ("user", "team", "api_app_id", "token")}}

    for attempt in ("first", "second"):
        body = {**submission, "type": "view_submission", "trigger_id": attempt, "view": view}
        assert stage.interact(body).status_code == 200

    assert stage.rows()["uploads"] == 1
    assert stage.drain("compute") == 1


def test_a_worker_that_dies_after_the_intake_leaves_one_asset_and_one_message(stage: Stage) -> None:
    file_id = drop(stage)
    submit(stage, opened_form(stage))
    stage.slack_fault("chat.postMessage", "lost_reply")

    stage.drain("compute")
    stage.clock.advance(seconds=2)
    stage.drain("compute")

    asset = stage.services.catalog.asset_by_source(f"slack:{file_id}")
    answers = [one for one in stage.bot_messages(DESK, user=NOVA) if actions(one) == []]
    assert asset is not None
    assert asset.version == 1
    assert [stage.text(one) for one in answers] == [
        "“payback deck” is in the library now: document, for colleagues only."
    ]


def test_a_retry_after_the_intake_says_that_it_was_added(stage: Stage) -> None:
    drop(stage)
    submit(stage, opened_form(stage))
    stage.slack_fault("chat.postMessage", "500")

    stage.drain("compute")
    stage.clock.advance(seconds=2)
    stage.drain("compute")

    assert said(stage) == "“payback deck” is in the library now: document, for colleagues only."


@pytest.mark.parametrize("fault", ["500", "429", "drop"])
def test_a_failing_download_is_tried_again(stage: Stage, fault: str) -> None:
    file_id = drop(stage)
    submit(stage, opened_form(stage))
    stage.slack_fault("files-pri", fault)

    stage.drain("compute")
    first = stage.services.catalog.asset_by_source(f"slack:{file_id}")
    stage.clock.advance(seconds=2)
    stage.drain("compute")

    assert first is None
    assert stage.services.catalog.asset_by_source(f"slack:{file_id}") is not None


def test_a_download_that_keeps_failing_is_given_up_and_the_librarian_hears_of_it(stage: Stage) -> None:
    file_id = drop(stage)
    submit(stage, opened_form(stage))
    stage.slack_fault("files-pri", "500", times=MOST_ATTEMPTS)

    for _ in range(MOST_ATTEMPTS):
        stage.drain("compute")
        stage.clock.advance(seconds=LONGEST_PAUSE_S)
    given_up = said(stage)
    stage.services.outbox.revive(None, now=stage.clock())
    stage.drain("compute")

    assert given_up.startswith("Sorry, this did not work, also not when I tried again.")
    assert stage.services.catalog.asset_by_source(f"slack:{file_id}") is not None
    assert said(stage).startswith("“payback deck” is in the library now")


def test_the_same_content_is_not_taken_in_twice(stage: Stage) -> None:
    added(stage, title="Payback deck")

    drop(stage, name="copy.md")
    submit(stage, opened_form(stage))
    stage.drain("compute")

    assert said(stage) == "Not added: “Payback deck” in the library has exactly this content."
    assert stage.rows()["versions"] == 6


def test_a_new_version_is_filled_in_from_the_asset_and_keeps_its_identity(stage: Stage) -> None:
    first = added(
        stage,
        title="Payback deck",
        kind="deck",
        collection="Decks",
        made_for=["regions:Europe"],
        review="180",
    )
    drop(stage, DECK + b"\nMore.", name="v2.md")
    view = opened_form(stage)
    assert first.id in type_into(stage, view, "version_of", "payback")

    stage.do(
        "click", user=NOVA, view_id=view["id"], action_id="publish.version_of", value=first.id, values={}
    )
    view = until(lambda: [one for one in stage.views(NOVA) if initial(one, "title") == "Payback deck"])[0]
    submit(stage, view)
    stage.drain("compute")

    again = stage.services.catalog.asset(first.id)
    assert again is not None
    assert (again.version, again.title, again.kind, again.collection) == (2, "Payback deck", "deck", "Decks")
    assert (again.facets.regions, again.review_every_days) == (("Europe",), 180)
    assert said(stage).startswith("“Payback deck” is version 2 now")


def test_going_back_to_a_new_asset_fills_the_form_from_the_file_again(stage: Stage) -> None:
    first = added(stage, title="Payback deck")
    drop(stage, DECK + b"\nMore.", name="other.md")
    view = opened_form(stage)
    type_into(stage, view, "version_of", "payback")
    click = {"user": NOVA, "view_id": view["id"], "action_id": "publish.version_of"}

    stage.do("click", **click, value=first.id)
    until(lambda: initial(stage.views(NOVA)[-1], "title") == "Payback deck")
    stage.do("click", **click, value="")

    until(lambda: initial(stage.views(NOVA)[-1], "title") == "other")


def test_nobody_makes_a_new_version_of_what_others_look_after(stage: Stage) -> None:
    shelf(stage, "Battlecards", [APPROVER])
    theirs = added(stage, title="Payback deck")
    drop(stage, DECK + b"\nMore.", user=RAFA)
    view = opened_form(stage, user=RAFA)
    assert theirs.id in type_into(stage, view, "version_of", "payback", user=RAFA)
    stage.do("click", user=RAFA, view_id=view["id"], action_id="publish.version_of", value=theirs.id)

    answer = submit(stage, stage.views(RAFA)[-1], user=RAFA)

    assert answer["errors"] == {"version_of": "This asset is looked after by others. Ask its owner."}
    assert stage.rows()["uploads"] == 1


def test_what_a_file_takes_the_place_of_is_archived(stage: Stage) -> None:
    old = added(stage, title="Old deck")
    drop(stage, b"# New deck\n\nAll new.", name="new.md")

    view = opened_form(stage)
    type_into(stage, view, "replaces", "old")
    submit(stage, view, replaces=old.id)
    stage.drain("compute")

    archived = stage.services.catalog.asset(old.id)
    assert archived is not None
    assert archived.status == "archived"
    assert archived.replaced_by is not None


def test_content_for_a_collection_with_approvers_waits_for_one_of_them(stage: Stage) -> None:
    shelf(stage, "Battlecards", [APPROVER])

    asset = added(stage, title="Korvane landmines", collection="Battlecards")

    assert asset.status == "in_review"
    assert said(stage) == (
        f"“Korvane landmines” (version 1) waits for approval by {APPROVER}. "
        "Until then it can't be found. I'll tell you."
    )


@pytest.mark.parametrize(
    ("entered", "errors"),
    [
        ({"title": "   "}, {"title": "Give it a title."}),
        ({"owner": "nova@harbourline"}, {"owner": "Please enter a valid email address."}),
        ({"expires": "2020-01-01"}, {"expires": "This day is over. Choose a later one, or none."}),
    ],
)
def test_a_wrong_entry_is_said_at_its_field(
    stage: Stage, entered: dict[str, Any], errors: dict[str, str]
) -> None:
    drop(stage)

    answer = submit(stage, opened_form(stage), **entered)

    assert answer["errors"].keys() == errors.keys()
    if "owner" not in errors:
        assert answer["errors"] == errors
    assert stage.rows()["uploads"] == 0


def test_who_may_not_add_any_more_can_submit_nothing(stage: Stage) -> None:
    shelf(stage, "Battlecards", [APPROVER])
    drop(stage, user=RAFA)
    view = opened_form(stage, user=RAFA)
    shelf(stage, "Battlecards", [])

    submit(stage, view, user=RAFA)

    assert stage.views(RAFA)[-1]["title"]["text"] == "Not added"
    assert stage.rows()["uploads"] == 0


def test_a_deleted_file_is_named_as_such(stage: Stage) -> None:
    file_id = drop(stage)
    submit(stage, opened_form(stage))
    stage.do("delete_file", user=NOVA, file=file_id)

    stage.drain("compute")

    assert said(stage) == "Not added: This file is no longer in Slack. Send it again."


def test_a_file_that_is_deleted_before_the_form_opens_is_named_as_such(stage: Stage) -> None:
    file_id = drop(stage)
    stage.do("delete_file", user=NOVA, file=file_id)

    view = opened_form(stage)

    assert view["title"]["text"] == "Not added"
    assert "no longer in Slack" in text_of(view)


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"\x00\x01\x02" * 100, "film.pdf", "film.pdf"),
        (b"%PDF-1.7 torn", "torn.pdf", "torn.pdf"),
        (b"PK\x03\x04 torn", "torn.pptx", "torn.pptx"),
        (b"---\nexpires: soon\n---\n# Deck\n\nText.", "matter.md", "“expires” should be a day"),
    ],
)
def test_a_file_that_gives_no_words_is_refused_with_one_reason(
    stage: Stage, data: bytes, name: str, words: str
) -> None:
    drop(stage, data, name=name)
    submit(stage, opened_form(stage))

    stage.drain("compute")

    assert said(stage).startswith("Not added: ")
    assert words in said(stage)
    assert stage.rows()["assets"] == 5


def test_a_huge_file_is_refused_before_it_is_fetched(stage: Stage) -> None:
    drop(stage, b"0" * 100_000_001, name="huge.pdf")
    submit(stage, opened_form(stage))
    stage.slack_fault("files-pri", "500", times=100)

    stage.drain("compute")

    assert said(stage) == "Not added: “huge.pdf” has 100 MB; at most 100 MB can be read."


def test_a_page_to_sign_in_is_not_taken_for_the_file(stage: Stage) -> None:
    drop(stage, b"<!doctype html><h1>Deck</h1>", name="deck.html")
    submit(stage, opened_form(stage))
    stage.slack_fault("files-pri", "sign_in")

    stage.drain("compute")

    assert "a page to sign in" in said(stage)
    assert stage.rows()["assets"] == 5


def test_the_shortcut_on_a_message_opens_the_form_and_the_answer_comes_directly(stage: Stage) -> None:
    file_id = drop(stage, channel=DEALS, user=NOVA)
    message = stage.messages(DEALS, user=NOVA)[-1]

    stage.do("shortcut", user=NOVA, callback_id="publish.message", channel=DEALS, ts=message["ts"])
    submit(stage, until(lambda: stage.views(NOVA))[-1])
    stage.drain("compute")

    assert stage.services.catalog.asset_by_source(f"slack:{file_id}") is not None
    assert said(stage) == "“payback deck” is in the library now: document, for colleagues only."


def test_the_shortcut_on_a_message_without_a_file_says_so(stage: Stage) -> None:
    ts = stage.say("hello", channel=DEALS, user=NOVA)

    stage.do("shortcut", user=NOVA, callback_id="publish.message", channel=DEALS, ts=ts)

    assert "There is no file in this message." in text_of(until(lambda: stage.views(NOVA))[-1])


def test_the_shortcut_for_anybody_else_says_who_can(stage: Stage) -> None:
    drop(stage, channel=DEALS, user=MAYA)
    message = stage.messages(DEALS)[-1]

    stage.do("shortcut", user=MAYA, callback_id="publish.message", channel=DEALS, ts=message["ts"])

    assert LIBRARIAN in text_of(until(stage.views)[-1])


def test_a_file_where_the_bot_is_not_can_be_sent_directly_instead(stage: Stage) -> None:
    shelf(stage, "Battlecards", ["maya@harbourline.test"])
    drop(stage, channel=ELSEWHERE, user=MAYA)
    message = stage.messages(ELSEWHERE)[-1]

    stage.do("shortcut", user=MAYA, callback_id="publish.message", channel=ELSEWHERE, ts=message["ts"])

    assert "Send it to me in a direct message" in text_of(until(stage.views)[-1])


def test_a_form_that_came_too_late_is_said_in_the_message(stage: Stage) -> None:
    drop(stage)
    stage.slack_fault("files.info", "slow", seconds=3.5)

    stage.click(stage.last(DESK, user=NOVA), "publish.open", user=NOVA, channel=DESK)

    until(lambda: "Slack was too slow to open the form" in said(stage))


def test_hidden_menus_tell_nothing_to_who_may_not_add(stage: Stage) -> None:
    drop(stage)
    view = opened_form(stage)
    asked = {"action_id": "publish.version_of", "block_id": "version_of", "value": ""}

    answer = stage.interact({"type": "block_suggestion", "user": {"id": MAYA}, "view": view, **asked})

    assert answer.json() == {"options": []}
