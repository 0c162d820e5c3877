"""The Home tab through the front: opened, turned, searched, and set to another language."""

import re
from typing import Any

from enablement.home import FOLLOW
from enablement.model import Task
from tests.bot.test_share import last_interaction
from tests.doors import (
    BRYCE,
    DEALS,
    GUEST,
    HALDEN,
    MAYA,
    OPERATOR,
    RAFA,
    RENEWAL,
    ROLLOUT,
    Stage,
    elements,
    shared_stage,
    until,
)

__all__ = ["shared_stage"]


def home(stage: Stage, *, user: str = MAYA) -> dict[str, Any]:
    """Open the Home tab, and return it as it is drawn then."""
    stage.do("open_home", user=user)
    stage.drain("reply")
    return shown(stage, user=user)


def shown(stage: Stage, *, user: str = MAYA) -> dict[str, Any]:
    drawn: dict[str, Any] = stage.see("state", **{"as": user})["home"]
    return drawn


def press(stage: Stage, action_id: str, *, which: int = 0, user: str = MAYA, **more: Any) -> None:
    view = shown(stage, user=user)
    found = elements(view, action_id)[which]
    stage.do("click", user=user, view_id=view["id"], action_id=action_id, block_id=found["block_id"], **more)


def words(view: dict[str, Any]) -> str:
    texts = [block.get("text") or {} for block in view["blocks"]]
    return "\n".join(str(one.get("text") or "") for one in texts)


def test_a_reps_deals_stand_there_with_what_can_be_done(shared_stage: Stage) -> None:
    said = words(home(shared_stage))

    assert all(name in said for name in (ROLLOUT, RENEWAL, HALDEN))
    assert BRYCE not in said


def test_the_listener_only_notes_it(shared_stage: Stage) -> None:
    before = len(shared_stage.calls("views.publish"))

    shared_stage.do("open_home", user=MAYA)

    assert len(shared_stage.calls("views.publish")) == before
    shared_stage.drain("reply")
    assert len(shared_stage.calls("views.publish")) == before + 1


def test_the_same_event_twice_is_drawn_once(shared_stage: Stage) -> None:
    home(shared_stage)
    before = len(shared_stage.calls("views.publish"))
    shared_stage.do("open_home", user=MAYA)
    shared_stage.do("open_home", user=MAYA)

    shared_stage.drain("reply")

    assert len(shared_stage.calls("views.publish")) == before + 1


def test_what_changed_is_drawn_anew_and_what_did_not_is_left_alone(shared_stage: Stage) -> None:
    home(shared_stage)
    counts = []
    for number, stage_name in enumerate(("", "", "Proposal/Price Quote")):
        if stage_name:
            row = {"id": shared_stage.deals[HALDEN], "StageName": stage_name}
            shared_stage.org.update("Opportunity", [row])
            shared_stage.services.crm.sync(full=True)
        task = Task(f"follow {number}", FOLLOW, "write", "", FOLLOW)
        shared_stage.services.outbox.add([task], now=shared_stage.clock())
        shared_stage.drain("write")
        counts.append(len(shared_stage.calls("views.publish")))

    assert counts[0] == counts[1] == counts[2] - 1
    assert "Proposal/Price Quote" in words(shown(shared_stage))


def test_a_guest_sees_one_line(shared_stage: Stage) -> None:
    assert words(home(shared_stage, user=GUEST)) == "Touchline answers members of this workspace only."


def test_a_deal_is_found_by_what_is_typed_and_shown_alone(shared_stage: Stage) -> None:
    view = home(shared_stage)
    found = elements(view, "home.find")[0]
    place = {"user": MAYA, "view_id": view["id"], "action_id": "home.find", "block_id": found["block_id"]}

    offered = shared_stage.do("suggest", value="hald", **place)["options"]
    shared_stage.do("click", option=offered[0]["value"], **place)
    shared_stage.drain("reply")
    alone = words(shown(shared_stage))
    press(shared_stage, "home.all")
    shared_stage.drain("reply")

    assert [one["text"]["text"] for one in offered] == [HALDEN]
    assert HALDEN in alone
    assert ROLLOUT not in alone
    assert ROLLOUT in words(shown(shared_stage))


def test_all_suggestions_for_a_deal_come_as_an_answer(shared_stage: Stage) -> None:
    home(shared_stage)

    press(shared_stage, "home.more")
    shared_stage.drain("reply")

    answer = shared_stage.text(shared_stage.last("D0MAYA"))
    assert any(name in answer for name in (ROLLOUT, RENEWAL, HALDEN))


def test_the_next_best_asset_can_be_shared_from_there(shared_stage: Stage) -> None:
    home(shared_stage)
    # What was missing is chosen meanwhile.
    shared_stage.drain("write")
    home(shared_stage)

    press(shared_stage, "find.share")

    assert until(shared_stage.views)[-1]["callback_id"] == "share.submit"


def test_who_runs_it_tries_again_what_was_given_up_and_nobody_else_does(shared_stage: Stage) -> None:
    outbox, now = shared_stage.services.outbox, shared_stage.clock()
    outbox.add([Task("given up", "home.count", "write", "")], now=now)
    for row in outbox.claim("write", ["home.count"], owner="w", limit=99, now=now):
        outbox.bury(row.id, owner="w", error="Mia Lund said no", now=now)
    home(shared_stage, user=RAFA)
    press(shared_stage, "home.tab.ops", user=RAFA)
    shared_stage.drain("reply")
    view = shown(shared_stage, user=RAFA)
    home(shared_stage)
    press_of = last_interaction(shared_stage, "block_actions")
    action = {**press_of["actions"][0], **elements(view, "home.retry")[0]}
    mayas = {**press_of, "user": {**press_of["user"], "id": MAYA}, "actions": [action]}

    assert shared_stage.interact(mayas).status_code == 200
    kept = outbox.letters(states=("dead",), limit=9)
    press(shared_stage, "home.retry", user=RAFA)
    shared_stage.drain("reply")

    assert "home.count" in words(view)
    assert "Mia" not in words(view)
    assert [one.id for one in kept] == ["given up"]
    assert outbox.letters(states=("dead",), limit=9) == []
    assert shared_stage.services.journal.audits(limit=1)[0].email == OPERATOR
    assert "home.count" not in words(shown(shared_stage, user=RAFA))


def test_the_chosen_language_is_spoken_at_once_everywhere(shared_stage: Stage) -> None:
    home(shared_stage)
    press(shared_stage, "home.settings")
    form = until(lambda: shared_stage.views()[-1:])[0]
    blocks = {one["block_id"]: one for one in form["blocks"]}
    korean = next(one for one in blocks["language"]["element"]["options"] if one["text"]["text"] == "한국어")

    shared_stage.do(
        "submit",
        user=MAYA,
        view_id=form["id"],
        values={"language": {"language": korean["value"]}, "quiet_from": {"quiet_from": "21:30"}},
    )
    shared_stage.drain("reply")
    confirmed, drawn = words(shared_stage.views()[-1]), words(shown(shared_stage))
    answered = shared_stage.text(shared_stage.ask("pricing for Halden", channel=DEALS))

    assert all(re.search("[가-힣]", text) for text in (confirmed, drawn, answered))
    assert "21:30" in confirmed
    assert "21:30" in drawn
