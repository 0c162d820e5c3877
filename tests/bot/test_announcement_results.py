"""Results in Slack: the author's message that keeps up, the window, the table, the picture; and nothing for peers."""

import csv
import io
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import requests
from PIL import Image

from bot.results_blocks import CSV, PICTURE, RESULTS
from enablement import announcing
from enablement.model import Announcement, Audit, PersonLink, QuizQuestion, Wording, key
from tests.bot.test_share import last_interaction
from tests.builders import announcement
from tests.doors import DEALS, GUEST, LIBRARIAN, MAYA, NOVA, RAFA, Stage, elements, until

TITLE = "Prices <!channel> & more"
QUIZ = QuizQuestion("Which price?", ("10", "20"))


@pytest.fixture
def told(stage: Stage) -> Announcement:
    """Nova's announcement has reached Maya, Nova and Rafa, who is linked to the manager of Maya."""
    services = stage.services
    announcing.read_colleagues(services, now=services.clock())
    now = services.clock()
    audit = Audit("audit", LIBRARIAN, "people.link", RAFA, "", now)
    services.people.keep(PersonLink(RAFA, stage.users["vera"], LIBRARIAN, now), audit)
    one = announcement(
        "Prices",
        author=LIBRARIAN,
        author_slack_id=NOVA,
        wordings=(Wording("en", TITLE, "They are up.", (QUIZ,)),),
        right=(1,),
        at_once=True,
        made_at=now,
        changed_at=now,
        ends_at=now + timedelta(days=7),
    )
    announcing.send(one, NOVA, services, now=now)
    go_on(stage)
    return one


def go_on(stage: Stage, seconds: float = 60) -> None:
    """Let time pass: what is due is delivered, and the author is shown how it goes."""
    for _ in range(3):
        stage.clock.advance(seconds=seconds / 3)
        announcing.follow(stage.services, now=stage.services.clock())
        stage.drain("write")
    announcing.show_progress(stage.services, now=stage.services.clock())


def acknowledge(stage: Stage, one: Announcement, user: str) -> None:
    receipt = key("receipt", one.id, user)
    announcing.acknowledge(receipt, user, stage.services, now=stage.services.clock())


def direct(stage: Stage, user: str) -> str:
    return stage.services.messenger.direct(user)


def progress(stage: Stage) -> list[dict[str, Any]]:
    """Return the messages that show Nova how it goes."""
    said = stage.bot_messages(direct(stage, NOVA), user=NOVA)
    return [one for one in said if elements(one, RESULTS)]


def listed(stage: Stage, user: str) -> dict[str, Any]:
    """Ask for the list of results; return the answer."""
    before = len(stage.bot_messages(user=user))
    stage.do("command", user=user, channel=DEALS, command="/announce", text="results")
    return until(lambda: stage.bot_messages(user=user)[before:])[-1]


def press_results(stage: Stage, user: str) -> dict[str, Any]:
    """Ask for the list, press the first button of it, and return the window that opens."""
    stage.click(listed(stage, user), RESULTS, user=user)
    return until(lambda: stage.views(user))[-1]


def words(view: dict[str, Any]) -> str:
    parts = [block.get("text") or {} for block in view["blocks"]]
    parts += [one for block in view["blocks"] if block["type"] == "context" for one in block["elements"]]
    return "\n".join(str(part.get("text", "")) for part in parts)


def press_in(stage: Stage, view: dict[str, Any], action_id: str, user: str) -> None:
    found = elements(view, action_id)[0]
    fields = {"view_id": view["id"], "action_id": action_id, "block_id": found["block_id"]}
    stage.do("click", user=user, **fields)


def files(stage: Stage, user: str) -> list[tuple[dict[str, Any], bytes]]:
    """Return the files that a person finds in their direct messages, each with its bytes as they see them."""
    found = [
        file
        for message in stage.messages(direct(stage, user), user=user)
        for file in message.get("files", [])
    ]
    return [
        (
            file,
            requests.get(
                f"{stage.slack_url}/_sandbox/files/{file['id']}", params={"as": user}, timeout=5
            ).content,
        )
        for file in found
    ]


def test_one_message_keeps_the_author_up_to_date(stage: Stage, told: Announcement) -> None:
    (before,) = progress(stage)
    updates = len(stage.calls("chat.update"))
    announcing.show_progress(stage.services, now=stage.services.clock())
    unchanged = len(stage.calls("chat.update")) - updates
    acknowledge(stage, told, MAYA)
    go_on(stage)

    (after,) = progress(stage)
    assert "0 of 3 acknowledged it (0 %)" in stage.text(before) or "0 of 3" in str(before["blocks"])
    assert "1 of 3 acknowledged it (33 %)" in str(after["blocks"])
    assert after["ts"] == before["ts"]
    assert unchanged == 0


def test_a_lost_reply_is_no_second_message(stage: Stage) -> None:
    services = stage.services
    announcing.read_colleagues(services, now=services.clock())
    now = services.clock()
    given = announcement(author=LIBRARIAN, author_slack_id=NOVA, made_at=now, changed_at=now)
    announcing.send(replace(given, ends_at=now + timedelta(days=7)), NOVA, services, now=now)
    announcing.follow(services, now=now)
    stage.slack_fault("chat.postMessage", "lost_reply")

    for _ in range(2):
        announcing.show_progress(services, now=services.clock())

    assert len(progress(stage)) == 1


def test_the_author_sees_everybody(stage: Stage, told: Announcement) -> None:
    acknowledge(stage, told, MAYA)
    announcing.answer(key("receipt", told.id, MAYA), MAYA, 0, 0, stage.services, now=stage.services.clock())

    said = words(press_results(stage, NOVA))

    assert "1 of 3 acknowledged it (33 %)" in said
    assert "Account Executive: 1 of 1 (100 %)" in said
    assert "• Nova Lind" in said
    assert "• Rafa Souza" in said
    assert "0 of 1 answered right (0 %)" in said
    assert "Prices &lt;!channel&gt; &amp; more" in said


def test_a_manager_sees_their_team_alone(stage: Stage, told: Announcement) -> None:
    said = words(press_results(stage, RAFA))

    assert "0 of 1 acknowledged it (0 %)" in said
    assert "• Maya Chen · Account Executive · delivered" in said
    assert "your own team" in said
    assert "Nova" not in said


def test_peers_find_no_way_in(stage: Stage, told: Announcement) -> None:
    """Neither by the list, nor by somebody else's button, nor by a button of somebody else's window."""
    theirs = elements(listed(stage, NOVA), RESULTS)[0]
    window = press_results(stage, NOVA)
    for user in (MAYA, GUEST):
        assert elements(listed(stage, user), RESULTS) == []
        trigger = last_interaction(stage, "command")["trigger_id"]
        stage.interact(press(theirs, user=user, trigger=trigger))
        [refused] = until(partial(stage.views, user))
        for action_id in (CSV, PICTURE):
            stage.interact({**press(elements(window, action_id)[0], user=user), "view": window})

        assert "Results are for an announcement's author" in words(refused)
    # The window whose buttons they pressed says it, too: it was given to them, and shows nothing any more.
    assert until(lambda: "Results are for an announcement's author" in words(stage.views(NOVA)[-1]))
    assert stage.drain("reply") == 0
    assert stage.calls("files.getUploadURLExternal") == []


def press(button: dict[str, Any], *, user: str, trigger: str = "1.1") -> dict[str, Any]:
    """Return a press of somebody else's button, which this person was never shown."""
    return {
        "type": "block_actions",
        "user": {"id": user},
        "channel": {"id": DEALS},
        "trigger_id": trigger,
        "response_url": "",
        "actions": [button],
    }


def test_the_table_comes_to_whoever_asked_with_what_they_may_see(stage: Stage, told: Announcement) -> None:
    acknowledge(stage, told, MAYA)
    window = press_results(stage, RAFA)

    press_in(stage, window, CSV, RAFA)
    stage.drain("reply")

    ((file, data),) = files(stage, RAFA)
    assert file["name"].endswith(".csv")
    assert "Bars" not in file["alt_txt"], "what a picture shows is no description of a table"
    assert data.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert (row["name"], row["team"], row["state"]) == ("Maya Chen", "Account Executive", "acknowledged")
    assert until(lambda: "On its way" in words(stage.views(RAFA)[-1]))


def test_a_lost_reply_is_no_second_table(stage: Stage, told: Announcement) -> None:
    press_in(stage, press_results(stage, NOVA), CSV, NOVA)
    stage.slack_fault("files.completeUploadExternal", "lost_reply")

    stage.drain("reply")
    stage.clock.advance(minutes=5)
    stage.drain("reply")

    assert len(files(stage, NOVA)) == 1


def test_the_picture_has_its_names_beside_it_and_a_description(stage: Stage, told: Announcement) -> None:
    press_in(stage, press_results(stage, NOVA), PICTURE, NOVA)
    stage.drain("reply")

    ((file, data),) = files(stage, NOVA)
    picture = Image.open(io.BytesIO(data))
    assert (picture.format, picture.width) == ("PNG", 800)
    message = next(one for one in stage.messages(direct(stage, NOVA), user=NOVA) if one.get("files"))
    assert "1. " in stage.text(message)
    assert "Account Executive: 0 of 1" in stage.text(message)
    assert "by team" in file["alt_txt"]


def test_who_lost_the_right_meanwhile_gets_nothing(stage: Stage, told: Announcement) -> None:
    press_in(stage, press_results(stage, RAFA), CSV, RAFA)
    audit = Audit("audit 2", LIBRARIAN, "people.unlink", RAFA, "", stage.services.clock())
    stage.services.people.drop(RAFA, audit)

    stage.drain("reply")

    assert files(stage, RAFA) == []
    assert stage.services.outbox.letters(states=("due", "leased", "dead"), limit=9) == []
