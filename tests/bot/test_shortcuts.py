"""Asking from anywhere: the shortcut on a message, the one from the menu, and the status while an answer is made."""

import json
from collections.abc import Callable
from threading import Event
from typing import Any, cast

import pytest

from bot.gateway import SlackGateway
from bot.shortcuts import LONGEST_GIST, gist
from bot.working import Working
from enablement.language import speaking
from enablement.model import Place
from enablement.ports import TryLater
from tests.builders import ask
from tests.doors import (
    BRYCE,
    DEALS,
    DM,
    ELSEWHERE,
    GUEST,
    HALDEN,
    MAYA,
    NORFIELD,
    RAFA,
    RENEWAL,
    ROLLOUT,
    Stage,
    elements,
    titles,
    until,
)

QUESTION = "payback for the Norfield warehouse"


def use_on_message(stage: Stage, ts: str, *, user: str = MAYA, channel: str = DEALS, **more: Any) -> None:
    stage.do("shortcut", user=user, callback_id="find.message", channel=channel, ts=ts, **more)
    stage.drain("reply")


def fill_in(stage: Stage, question: str, deal: str = "", *, user: str = MAYA) -> dict[str, Any]:
    """Open the form, fill it in and submit it; return what the view says then."""
    stage.do("shortcut", user=user, callback_id="find.anywhere")
    [view] = until(lambda: stage.views(user))
    values = {"find.question": {"find.question": question}}
    if deal:
        # What the menu offered is what can be chosen.
        stage.do("suggest", user=user, view_id=view["id"], action_id="find.for_deal", value="")
        values["find.for_deal"] = {"find.for_deal": deal}
    stage.do("submit", user=user, view_id=view["id"], values=values)
    stage.drain("reply")
    return stage.views(user)[-1]


def offered(stage: Stage, typed: str, *, user: str = MAYA) -> list[str]:
    """Return the deals that the form offers somebody who types this."""
    payload = {
        "type": "block_suggestion",
        "user": {"id": user},
        "action_id": "find.for_deal",
        "block_id": "find.for_deal",
        "value": typed,
        "team": {"id": "T0TEAM"},
    }
    answer = stage.interact(payload)
    assert answer.status_code == 200
    return [one["text"]["text"] for one in answer.json()["options"]]


def by_command(stage: Stage, text: str, user: str) -> dict[str, Any]:
    return stage.ask(text, user=user)


def by_mention(stage: Stage, text: str, user: str) -> dict[str, Any]:
    stage.say(f"<@U0BOT> {text}", user=user)
    return stage.last(user=user)


def by_message(stage: Stage, text: str, user: str) -> dict[str, Any]:
    use_on_message(stage, stage.say(text, user=RAFA), user=user)
    return stage.last(user=user)


def in_direct(stage: Stage, text: str, user: str) -> dict[str, Any]:
    channel = stage.do("open_dm", user=user)["channel"]
    stage.say(text, user=user, channel=channel)
    return stage.last(channel, user=user)


def by_form(stage: Stage, text: str, user: str) -> dict[str, Any]:
    channel = stage.do("open_dm", user=user)["channel"]
    fill_in(stage, text, user=user)
    return stage.last(channel, user=user)


ENTRIES: tuple[Callable[[Stage, str, str], dict[str, Any]], ...] = (
    by_command,
    by_mention,
    by_message,
    in_direct,
    by_form,
)


@pytest.mark.parametrize("question", [QUESTION, "pricing for Halden", "zebras for the Norfield warehouse"])
def test_every_entry_gives_the_same_answer(shared_stage: Stage, question: str) -> None:
    said = [by(shared_stage, question, MAYA) for by in ENTRIES]

    texts = {json.dumps([block.get("text") for block in one["blocks"]]) for one in said}
    assert len({tuple(titles(one)) for one in said}) == 1
    assert len(texts) == 1


@pytest.mark.parametrize("user", [GUEST, "U0NOVA"])
def test_every_entry_gives_the_same_refusal(shared_stage: Stage, user: str) -> None:
    texts = {shared_stage.text(by(shared_stage, QUESTION, user)) for by in ENTRIES}

    [text] = texts
    assert "Norfield" not in text


def test_a_message_is_answered_to_who_asks_where_it_stands(shared_stage: Stage) -> None:
    root = shared_stage.say("Call notes of today", user=RAFA)
    ts = shared_stage.say(f"<@{MAYA}> do we have *{QUESTION}*?", user=RAFA, thread_ts=root)

    use_on_message(shared_stage, ts)

    answer = shared_stage.last()
    assert (answer["ephemeral"], answer["thread_ts"]) == (True, root)
    assert titles(answer)[0] == "ROI calculator"
    assert MAYA not in json.dumps(answer["blocks"])
    assert not [one for one in shared_stage.bot_messages(user=RAFA) if QUESTION in json.dumps(one["blocks"])]


def test_where_the_bot_is_no_member_the_answer_comes_directly(shared_stage: Stage) -> None:
    ts = shared_stage.say(QUESTION, channel=ELSEWHERE)

    use_on_message(shared_stage, ts, channel=ELSEWHERE)

    assert titles(shared_stage.last(DM))[0] == "ROI calculator"
    assert shared_stage.bot_messages(ELSEWHERE) == []


def test_a_message_that_is_asked_about_twice_at_once_is_answered_once(stage: Stage) -> None:
    ts = stage.say(QUESTION)

    use_on_message(stage, ts, times=4)

    assert stage.rows()["asks"] == 1


def test_the_channels_deal_is_that_of_its_messages(stage: Stage) -> None:
    stage.ask("link Norfield renewal", channel=NORFIELD)

    use_on_message(stage, stage.say("payback?", channel=NORFIELD), channel=NORFIELD)

    assert RENEWAL in stage.text(stage.last(NORFIELD))


def test_the_form_says_that_the_answer_is_on_its_way_and_it_comes_for_the_chosen_deal(stage: Stage) -> None:
    view = fill_in(stage, "payback", stage.deals[RENEWAL])

    answer = stage.last(DM)
    assert view["title"]["text"] == "On its way"
    assert RENEWAL in stage.text(answer)
    assert titles(answer)[0] == "ROI calculator"


def test_what_is_said_below_an_answer_of_the_form_is_about_it(shared_stage: Stage) -> None:
    stage = shared_stage
    fill_in(stage, "payback", stage.deals[RENEWAL])
    first = stage.last(DM)
    fill_in(stage, "pricing", stage.deals[HALDEN])

    stage.say("something else", channel=DM, thread_ts=first["ts"])
    changed = stage.text(stage.last(DM))
    stage.say("security questionnaire", channel=DM, thread_ts=first["ts"])

    assert "Without" in changed
    assert RENEWAL in changed
    assert RENEWAL in stage.text(stage.last(DM))
    assert "this thread's deal" in stage.text(stage.last(DM))


def test_so_it_is_once_its_deal_was_changed(shared_stage: Stage) -> None:
    stage = shared_stage
    fill_in(stage, "payback", stage.deals[RENEWAL])
    first = stage.last(DM)
    stage.click(first, "find.change", channel=DM)
    stage.drain("reply")
    [picker] = [one for one in stage.messages(DM) if one["ts"] == first["ts"]]
    stage.click(picker, "find.deal", channel=DM, value=stage.deals[ROLLOUT])
    stage.drain("reply")

    stage.say("something else", channel=DM, thread_ts=first["ts"])

    assert ROLLOUT in stage.text(stage.last(DM))
    assert "as before" in stage.text(stage.last(DM))


def test_the_form_without_a_deal_leaves_the_choice(stage: Stage) -> None:
    fill_in(stage, "payback")

    [picker] = elements(stage.last(DM), "find.deal")
    assert len(picker["options"]) == 3


def test_the_form_offers_ones_own_open_deals_by_what_is_typed(shared_stage: Stage) -> None:
    assert set(offered(shared_stage, "")) == {ROLLOUT, RENEWAL, HALDEN}
    assert offered(shared_stage, "norf ren") == [RENEWAL]
    assert offered(shared_stage, "haldn") == [HALDEN]
    assert offered(shared_stage, "", user=RAFA) == [BRYCE]
    assert offered(shared_stage, "norf", user=RAFA) == []
    assert offered(shared_stage, "", user=GUEST) == []


def test_while_salesforce_is_away_the_form_offers_nothing(stage: Stage) -> None:
    stage.org_fault("error_code", times=-1, error_code="SERVER_UNAVAILABLE", path_prefix="/services/data")
    stage.ask()

    assert offered(stage, "") == []
    stage.org_calm()
    assert len(offered(stage, "")) == 3


def test_an_agents_conversation_says_that_an_answer_is_being_made(stage: Stage) -> None:
    ts = stage.say(QUESTION, channel=DM)

    call = until(lambda: stage.calls("assistant.threads.setStatus"))[0]
    assert (call["arguments"]["channel_id"], call["arguments"]["thread_ts"]) == (DM, ts)
    # Whatever came first, nothing is said any more once the answer is there.
    until(lambda: not stage.see("state", **{"as": MAYA}).get("statuses"))


def test_an_answer_does_not_wait_for_a_status_that_fails(stage: Stage) -> None:
    stage.slack_fault("assistant.threads.setStatus", "lost_reply")

    stage.say(QUESTION, channel=DM)

    assert titles(stage.last(DM))[0] == "ROI calculator"


class SlowSlack:
    """Takes a status only once it is let go on."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str, str]] = []
        self.begun, self.go_on = Event(), Event()

    def set_status(self, channel: str, thread: str, status: str, *, loading: list[str]) -> None:
        self.begun.set()
        assert self.go_on.wait(10)
        self.said.append((channel, thread, status))


def test_a_status_that_comes_after_the_answer_is_taken_away_and_nobody_waits_for_it() -> None:
    slow, asked = SlowSlack(), ask(place=Place("D1", "1.1", is_direct=True))
    working = Working(cast("SlackGateway", slow))

    with speaking("fr-FR"):
        working.begin(asked)
    assert slow.begun.wait(10)
    working.end(asked)
    slow.go_on.set()

    until(lambda: len(slow.said) == 2)
    assert slow.said == [("D1", "1.1", "cherche du contenu…"), ("D1", "1.1", "")]


def test_a_status_that_slack_took_too_late_for_us_to_hear_of_it_is_taken_away_too() -> None:
    class Lost(SlowSlack):
        def set_status(self, channel: str, thread: str, status: str, *, loading: list[str]) -> None:
            super().set_status(channel, thread, status, loading=loading)
            if status:
                raise TryLater("no answer in time")

    slow, asked = Lost(), ask(place=Place("D1", "1.1", is_direct=True))
    working = Working(cast("SlackGateway", slow))

    working.begin(asked)
    assert slow.begun.wait(10)
    working.end(asked)
    slow.go_on.set()

    until(lambda: len(slow.said) == 2)
    assert slow.said[-1] == ("D1", "1.1", "")


def test_a_status_is_for_threads_of_direct_conversations_alone() -> None:
    slow = SlowSlack()
    working = Working(cast("SlackGateway", slow))

    for place in (Place("C1", "1.1"), Place("D1", is_direct=True), Place()):
        working.begin(ask(place=place))

    assert not slow.begun.is_set()


def test_what_a_message_asks_is_made_of_its_words() -> None:
    assert gist("<@U1> see <https://x.example/a|the deck> &amp; <#C1|deals> <!here> *now*").split() == [
        *("see", "the", "deck", "&", "deals", "now")
    ]
    assert gist("“quoted” words demand nothing") == "quoted  words demand nothing"


def test_a_customers_whole_message_is_sought_by_what_the_library_knows(shared_stage: Stage) -> None:
    said = by_message(
        shared_stage,
        "Hi, thanks for the call about the Norfield warehouse. We talked to the team and the people are worried: "
        "they would like to see the payback first. Is there anything that you can share with us?",
        MAYA,
    )

    assert titles(said)[0] == "ROI calculator"
    assert "Best matches for “payback”" in shared_stage.text(said)
    assert "Has “payback”" in shared_stage.text(said)
    assert not elements(said, "find.back")


def test_an_address_is_shown_as_it_is_read(shared_stage: Stage) -> None:
    for address in ("<https://moves.example/a>", "<http://moves.example|moves.example>"):
        said = in_direct(shared_stage, f"payback of {address} for the Norfield warehouse", MAYA)

        assert "moves.example" in json.dumps(said["blocks"])
        assert "&lt;" not in json.dumps(said["blocks"])


def test_of_a_long_message_its_questions_are_kept() -> None:
    story = "We met their team in Dublin and spoke of many things that matter to them all. " * 6
    said = gist(f"{story}Do you have proof of payback for warehouses? {story}")

    assert "Do you have proof of payback for warehouses?" in said
    assert len(said) <= LONGEST_GIST
    assert 0 < len(gist("x" * 5000)) <= LONGEST_GIST
