"""What earlier versions drew still does its work: each button, menu and form of theirs, as Slack sends it today."""

import json
import logging
import re
from collections.abc import Mapping
from typing import Any
from unittest.mock import MagicMock, patch

import pytest
import requests

from bot import app as door
from tests.bot.test_share import last_interaction
from tests.doors import DEALS, NOVA, Stage, until

# Before this installation had a key to sign with.
OLD = "1700000000.000100"
ID = "0123456789abcdef0123456789abcdef01234567"
CARRIED = json.dumps({"id": ID, "v": 1})
# Every action_id that was listened for before buttons were signed, with what it carried.
BUTTONS = {
    **dict.fromkeys(
        (
            *(
                "find.change",
                "find.not_useful",
                "find.open",
                "find.share",
                "find.undo",
                "find.why",
                "home.go",
            ),
            *("share.manage", "share.revoke", "share.undo", "publish.open", "compose.questions"),
            *("library.approve", "library.archive", "library.decline", "library.open", "library.verify"),
            *("announcement.acknowledge", "announcement.asset", "announcement.open", "announcement.quiz"),
            *("announcement.snooze", "announcement.approve", "announcement.begin", "announcement.continue"),
            *("announcement.decline", "announcement.drop", "announcement.duplicate"),
            *("announcement.edit_review", "announcement.edit_what", "announcement.edit_who"),
            *("announcement.extend", "announcement.manage", "announcement.pin", "announcement.stop"),
            *("announcement.unpin", "announcement.use", "announcement.withdraw"),
            *("announce.results", "announce.results.csv", "announce.results.picture"),
            *("compose.to_what", "compose.to_who", "compose.test", "compose.template"),
        ),
        CARRIED,
    ),
    **dict.fromkeys(
        (
            "library.more.back",
            "library.more.more",
            "announce.results.page.back",
            "announce.results.page.more",
        ),
        json.dumps({"id": ID, "v": 1, "page": 2}),
    ),
    "evidence.turn.more": json.dumps({"v": 1, "of": "gaps", "page": 2}),
}
MENUS = {
    "find.say": json.dumps({"id": ID, "says": "snoozed", "v": 1}),
    "find.deal": "006Hs0000000001IAA",
    "publish.version_of": ID,
    "compose.language": "en",
    "compose.teams": "team",
}
FORMS = (
    *("announcement.answer", "announcement.extending", "announcement.why", "compose.form", "compose.quiz"),
    *("library.declined", "publish.submit", "share.submit"),
)


# These stand in modals; all others in messages.
IN_MODALS = re.compile(
    r"compose\..*|share\.(revoke|undo)|publish\.version_of|announce\.results\..*"
    r"|announcement\.(duplicate|edit_.*|extend|pin|stop|unpin|withdraw)"
)


@pytest.fixture(scope="module")
def view_id(shared_stage: Stage) -> str:
    """Have a modal open that buttons can be pressed in."""
    opening = pressed(shared_stage, {"type": "button", "action_id": "publish.open", "value": CARRIED}, "")
    assert shared_stage.interact(opening).status_code == 200
    return str(until(lambda: shared_stage.views(NOVA))[0]["id"])


def pressed(stage: Stage, action: Mapping[str, Any], view_id: str) -> dict[str, Any]:
    """Return what Slack sends of something pressed in a message or a modal that was drawn long ago."""
    # Of just now: where to answer, and by what a modal can be opened.
    stage.do("command", user=NOVA, channel=DEALS, command="/content", text="help")
    command = last_interaction(stage, "command")
    said = {
        "type": "block_actions",
        "user": {"id": NOVA},
        "trigger_id": command["trigger_id"],
        "actions": [{"block_id": "b", **action}],
    }
    if IN_MODALS.fullmatch(str(action["action_id"])):
        container = {"type": "view", "view_id": view_id}
        return {**said, "container": container, "view": old_view(view_id, "any", "{}")}
    container = {"type": "message", "message_ts": OLD, "channel_id": DEALS}
    place = {"channel": {"id": DEALS}, "response_url": command["response_url"]}
    return {**said, **place, "container": container}


def old_view(view_id: str, callback_id: str, carried: str) -> dict[str, Any]:
    question = {"type": "input", "block_id": "q", "element": {"type": "radio_buttons", "action_id": "q"}}
    return {
        "id": view_id,
        "type": "modal",
        "hash": OLD,
        "callback_id": callback_id,
        "private_metadata": carried,
        "state": {"values": {}},
        "blocks": [question],
    }


def is_taken(stage: Stage, payload: Mapping[str, Any], caplog: pytest.LogCaptureFixture) -> requests.Response:
    """Send what was pressed; it must be acknowledged, and neither be foreign nor fail."""
    caplog.clear()
    answer = stage.interact(payload)
    assert answer.status_code == 200, answer.text
    assert not [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING]
    return answer


# What puts a second form on top of its own needs that to be open: see the tests of announcements.
@pytest.mark.parametrize("action_id", sorted(BUTTONS.keys() - {"compose.questions"}))
def test_an_old_button_is_taken(
    shared_stage: Stage, view_id: str, action_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    button = {"type": "button", "action_id": action_id, "value": BUTTONS[action_id]}

    is_taken(shared_stage, pressed(shared_stage, button, view_id), caplog)


@pytest.mark.parametrize("action_id", MENUS)
def test_an_old_menu_is_taken(
    shared_stage: Stage, view_id: str, action_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    option = {"value": MENUS[action_id], "text": {"type": "plain_text", "text": "One"}}
    menu = {"type": "static_select", "action_id": action_id, "selected_option": option}

    is_taken(shared_stage, pressed(shared_stage, menu, view_id), caplog)


@pytest.mark.parametrize("callback_id", FORMS)
def test_an_old_form_says_why_it_is_not_taken_or_does_its_work(
    shared_stage: Stage, view_id: str, callback_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    form = {"type": "view_submission", "user": {"id": NOVA}, "view": old_view(view_id, callback_id, CARRIED)}

    said = is_taken(shared_stage, form, caplog).json()

    assert said["response_action"] in ("errors", "update")


def test_what_an_earlier_version_drew_has_a_listener_of_its_own(shared_stage: Stage) -> None:
    """What nobody listens for is acknowledged too, and does nothing."""
    bolt = MagicMock()

    with patch.object(door, "App", return_value=bolt):
        door._bolt(shared_stage.services, MagicMock(), "token")

    heard = {
        kind: [call.args[0] for call in getattr(bolt, kind).call_args_list] for kind in ("action", "view")
    }
    for kind, old in (("action", [*BUTTONS, *MENUS]), ("view", FORMS)):
        own = [one for one in heard[kind] if one != re.compile(".*")]
        deaf = [name for name in old if not any(re.fullmatch(one, name) for one in own)]
        assert deaf == []
