"""What buttons, menus and forms carry is ours: signed by the gateway, verified by the door."""

import copy
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from bot.signing import ADDED, Foreign, Seal
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.requests import SqlSigningKeys
from enablement.model import SigningKey
from tests.bot.test_share import last_interaction, opened_form
from tests.builders import NOW
from tests.doors import DEALS, MAYA, Stage, elements, plain_value, until
from tests.fakes import at_once

SEAL = Seal(lambda: SigningKey(b"k" * 32, NOW))
OLD, NEW = "1700000000.000100", f"{int(NOW.timestamp()) + 1}.000100"
CARRIED = '{"id":"0123456789abcdef0123456789abcdef01234567","v":1}'
# Of what was drawn before there was a key, with what it carried then; all of it goes through the door in
# test_old_buttons.
OLD_BUTTONS = {
    **dict.fromkeys(("find.share", "find.why", "find.undo", "find.not_useful", "find.change"), CARRIED),
    **dict.fromkeys(("share.manage", "share.revoke", "share.undo"), CARRIED),
    **dict.fromkeys(("library.approve", "library.decline", "library.verify", "library.archive"), CARRIED),
    **dict.fromkeys(("library.more.back", "library.more.more"), '{"id":"0","v":1,"page":2}'),
    **dict.fromkeys(("announcement.acknowledge", "announcement.begin", "announcement.manage"), CARRIED),
}
OLD_MENUS = {
    "find.say": ("overflow", CARRIED.replace("}", ',"says":"snoozed"}')),
    "find.deal": ("static_select", "006Hs0000000001IAA"),
    "announcement.snooze": ("overflow", CARRIED),
    "publish.version_of": ("external_select", "0123456789abcdef"),
}


def block(*parts: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"type": "actions", "elements": list(parts)}]


def pressed(action: dict[str, Any], *, ts: str = NEW) -> dict[str, Any]:
    container = {"type": "message", "message_ts": ts}
    return {"type": "block_actions", "container": container, "actions": [action]}


def drawn(action: dict[str, Any]) -> dict[str, Any]:
    """Return an element as it is sent."""
    found: dict[str, Any] = SEAL.blocks(block(action))[0]["elements"][0]
    return found


@given(st.text(min_size=1, max_size=126), st.sampled_from(["find.share", "find.say"]))
def test_what_was_drawn_comes_back_as_it_was_written(value: str, action_id: str) -> None:
    sent = drawn({"type": "button", "action_id": action_id, "value": value})

    opened = SEAL.opened(pressed(sent))

    assert opened["actions"][0]["value"] == value
    assert len(sent["value"]) == len(value) + ADDED
    assert drawn(sent) == sent, "drawn twice it is signed once"


@pytest.mark.parametrize("kind", ["overflow", "static_select", "radio_buttons", "checkboxes"])
def test_each_option_is_signed_for_its_menu(kind: str) -> None:
    option = {"text": {"type": "plain_text", "text": "A"}, "value": "a"}
    menu = {"type": kind, "action_id": "m", "options": [option], "initial_option": option}

    sent = drawn(menu)
    one = SEAL.opened(pressed({"type": kind, "action_id": "m", "selected_option": sent["options"][0]}))
    several = SEAL.opened(pressed({"type": kind, "action_id": "m", "selected_options": sent["options"]}))

    assert one["actions"][0]["selected_option"] == option
    assert several["actions"][0]["selected_options"] == [option]
    assert sent["initial_option"] == sent["options"][0]
    with pytest.raises(Foreign):
        SEAL.opened(pressed({"type": kind, "action_id": "other", "selected_option": sent["options"][0]}))


def test_what_is_typed_is_left_as_it_is() -> None:
    typed = {"type": "plain_text_input", "action_id": "t", "value": "words"}

    assert SEAL.opened(pressed(typed))["actions"] == [typed]
    assert (
        SEAL.opened({"state": {"values": {"b": {"t": typed}}}, "actions": []})["state"]["values"]["b"]["t"]
        == typed
    )


def test_what_a_form_carries_belongs_to_that_form() -> None:
    view = SEAL.view({"type": "modal", "callback_id": "one", "private_metadata": "m", "blocks": []})
    came = {"type": "view_submission", "view": {**view, "hash": NEW}}
    moved = {"type": "view_submission", "view": {**view, "callback_id": "two", "hash": NEW}}

    assert SEAL.opened(came)["view"]["private_metadata"] == "m"
    with pytest.raises(Foreign, match="two"):
        SEAL.opened(moved)


@pytest.mark.parametrize(
    "change", [lambda v: v[:-1] + ("A" if v[-1] != "A" else "B"), lambda v: "x" + v, plain_value]
)
def test_what_was_changed_on_the_way_is_foreign(change: Any) -> None:
    sent = drawn({"type": "button", "action_id": "find.share", "value": CARRIED})

    with pytest.raises(Foreign, match=r"find\.share"):
        SEAL.opened(pressed({**sent, "value": change(sent["value"])}))


def test_another_installations_button_is_foreign() -> None:
    other = Seal(lambda: SigningKey(b"o" * 32, NOW))
    sent = other.blocks(block({"type": "button", "action_id": "find.share", "value": CARRIED}))[0][
        "elements"
    ][0]

    for ts in (OLD, NEW):
        with pytest.raises(Foreign):
            SEAL.opened(pressed(sent, ts=ts))


@pytest.mark.parametrize(("action_id", "value"), OLD_BUTTONS.items())
def test_a_button_from_before_the_key_still_answers(action_id: str, value: str) -> None:
    old = {"type": "button", "action_id": action_id, "block_id": "b", "value": value}

    assert SEAL.opened(pressed(old, ts=OLD))["actions"] == [old]
    with pytest.raises(Foreign):
        SEAL.opened(pressed(old, ts=NEW))
    with pytest.raises(Foreign):
        SEAL.opened({"type": "block_actions", "actions": [old]})


@pytest.mark.parametrize(("action_id", "menu"), OLD_MENUS.items())
def test_a_menu_from_before_the_key_still_answers(action_id: str, menu: tuple[str, str]) -> None:
    kind, value = menu
    old = {"type": kind, "action_id": action_id, "selected_option": {"value": value}}

    assert SEAL.opened(pressed(old, ts=OLD))["actions"] == [old]
    with pytest.raises(Foreign):
        SEAL.opened(pressed(old, ts=NEW))


def test_a_form_from_before_the_key_is_still_taken() -> None:
    old = {
        "type": "view_submission",
        "view": {"callback_id": "share.submit", "private_metadata": "{}", "hash": OLD},
    }

    assert SEAL.opened(old)["view"]["private_metadata"] == "{}"


def test_all_processes_sign_with_one_key_that_is_minted_once(database: Database) -> None:
    keys = SqlSigningKeys(database)

    found = at_once(4, lambda number: SqlSigningKeys(database).current(now=NOW + timedelta(hours=number)))

    assert len({one.key for one in found}) == 1
    assert len(found[0].key) == 32
    assert keys.current(now=NOW + timedelta(days=400)) == found[0]


def test_all_that_is_sent_is_signed(stage: Stage) -> None:
    answer = stage.ask("payback for the Norfield warehouse")

    values = [one["value"] for one in elements(answer) if "value" in one]
    options = [option["value"] for one in elements(answer, "find.say") for option in one["options"]]
    assert values
    assert options
    assert all(json.loads(plain_value(one))["v"] == 1 for one in (*values, *options))
    view = opened_form(stage)
    assert json.loads(plain_value(view["private_metadata"]))["suggestion"]


def test_a_forged_button_is_refused_in_words_and_noted(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    answer = stage.ask("payback for the Norfield warehouse")
    stage.click(answer, "find.why")
    until(stage.views)
    click = copy.deepcopy(last_interaction(stage, "block_actions"))
    click["actions"][0]["value"] = '{"id":"forged","v":1}'
    before = stage.rows()

    assert stage.interact(click).status_code == 200

    until(lambda: "This button is from another version of Touchline." in stage.text(stage.last()))
    assert stage.rows() == before
    assert "find.why of U0MAYA bears no signature of ours" in caplog.text
    assert "forged" not in caplog.text


def test_a_forged_form_says_so_in_its_place(stage: Stage) -> None:
    view = opened_form(stage)
    stage.do("submit", user=MAYA, view_id=view["id"], values={"typed": {"typed": "not an address"}})
    sent = last_interaction(stage, "view_submission")
    sent["view"]["private_metadata"] = plain_value(sent["view"]["private_metadata"])

    said = stage.interact(sent).json()

    assert said["response_action"] == "update"
    assert "another version" in json.dumps(said["view"])
    assert stage.rows()["shares"] == 0


def test_a_button_that_an_earlier_version_drew_does_what_it_did(stage: Stage) -> None:
    answer = stage.ask("payback for the Norfield warehouse")
    why = elements(answer, "find.why")[0]
    command = last_interaction(stage, "command")
    old = {
        "type": "block_actions",
        "user": {"id": MAYA},
        "channel": {"id": DEALS},
        "trigger_id": command["trigger_id"],
        "response_url": command["response_url"],
        "container": {"type": "message", "message_ts": OLD},
        "actions": [
            {"type": "button", "action_id": "find.why", "block_id": "b", "value": plain_value(why["value"])}
        ],
    }

    assert stage.interact(old).status_code == 200

    assert until(stage.views)[0]["title"]["text"] == "Why this?"


def test_nothing_is_sent_past_the_gateway_that_signs() -> None:
    # What Bolt hands a listener to answer with sends blocks as they are.
    modules = sorted(Path("bot").glob("*.py"))
    unsigned = re.compile(
        r"^from slack_bolt import .*\b(Respond|Say|SayStream)\b|context\.(client|respond|say)\b", re.M
    )

    assert [path.name for path in modules if unsigned.search(path.read_text(encoding="utf-8"))] == []
    assert len(modules) > 50
