"""What a rep says of a suggestion with its menu: noted in the answer, taken back there, heeded by the next list."""

from typing import Any

import pytest

from enablement.feedback import SNOOZED_FOR
from tests.bot.test_share import last_interaction
from tests.doors import DEALS, DM, MAYA, RENEWAL, ROLLOUT, Stage, elements, plain_value, say, titles, until

QUESTION = "payback for the Norfield warehouse"
FIRST = "ROI calculator"


def noted_in(stage: Stage) -> dict[str, Any]:
    """Return the answer once it says that something is noted."""
    [message] = until(lambda: [one for one in stage.bot_messages()[-1:] if elements(one, "find.undo")])
    return message


def given(stage: Stage) -> list[str]:
    """Return the verdicts that are kept of the first deal, the oldest first."""
    kept = stage.services.ledger.feedback(stage.deals[ROLLOUT], email="maya@harbourline.test")
    return [one.verdict for one in kept]


@pytest.mark.parametrize(
    ("verdict", "noted"),
    [
        ("not_useful", "Noted: not shown again for this deal."),
        ("already_sent", "Noted as sent already: not shown again for this deal."),
        ("wrong_for_deal", "Noted as wrong for this deal: not shown again for it."),
        ("snoozed", "Put off: back on "),
    ],
)
def test_what_is_said_is_noted_and_the_next_list_does_without(stage: Stage, verdict: str, noted: str) -> None:
    answer = stage.ask(QUESTION)

    say(stage, answer, verdict)
    until(lambda: noted in stage.text(stage.last()))

    assert stage.last()["ts"] == answer["ts"]
    assert given(stage) == [verdict]
    assert FIRST not in titles(stage.ask(QUESTION))
    assert FIRST in titles(stage.ask("payback for the Norfield renewal")), "only for this deal"


def test_what_was_said_is_undone_in_the_answer(stage: Stage) -> None:
    answer = stage.ask(QUESTION)
    say(stage, answer, "wrong_for_deal")

    stage.click(noted_in(stage), "find.undo")
    until(lambda: not elements(stage.last(), "find.undo"))

    assert titles(stage.last()) == titles(answer)
    assert titles(stage.ask(QUESTION)) == titles(answer)
    assert given(stage) == ["wrong_for_deal", "undone"]


def test_said_again_after_it_was_undone_it_stands_again(stage: Stage) -> None:
    answer = stage.ask(QUESTION)
    say(stage, answer, "not_useful")
    stage.click(noted_in(stage), "find.undo")
    [again] = until(lambda: [one for one in stage.bot_messages()[-1:] if FIRST in titles(one)])

    say(stage, again, "not_useful")
    noted_in(stage)

    assert FIRST not in titles(stage.ask(QUESTION))


def test_what_is_snoozed_comes_back_after_a_week(stage: Stage) -> None:
    say(stage, stage.ask(QUESTION), "snoozed")
    noted_in(stage)

    before = titles(stage.ask(QUESTION))
    stage.clock.advance(seconds=SNOOZED_FOR.total_seconds() + 1)
    after = titles(stage.ask(QUESTION))

    assert FIRST not in before
    assert FIRST in after


def test_a_second_delivery_says_nothing_twice(stage: Stage) -> None:
    answer = stage.ask(QUESTION)

    say(stage, answer, "already_sent", times=4)

    assert given(stage) == ["already_sent"]


def test_a_button_of_an_earlier_answer_still_takes_it_off_the_next_ones(stage: Stage) -> None:
    answer = stage.ask(QUESTION)
    why = elements(answer, "find.why")[0]
    click = {
        "type": "block_actions",
        "user": {"id": MAYA},
        "channel": {"id": DEALS},
        "trigger_id": "1.1",
        "response_url": last_interaction(stage, "command")["response_url"],
        "actions": [
            {
                "type": "button",
                "action_id": "find.not_useful",
                "block_id": why["block_id"],
                "value": plain_value(why["value"]),
            }
        ],
        "container": {"type": "message", "message_ts": "1700000000.000100"},
    }

    stage.interact(click)

    assert FIRST not in titles(noted_in(stage))
    assert given(stage) == ["not_useful"]
    assert FIRST not in titles(stage.ask(QUESTION))


def test_a_menu_says_nothing_that_it_does_not_offer(stage: Stage) -> None:
    offered = elements(stage.ask(QUESTION), "find.say")[0]["options"][0]["value"]
    click = {"type": "block_actions", "user": {"id": MAYA}, "channel": {"id": DEALS}}
    act = {"type": "overflow", "action_id": "find.say", "block_id": "b"}

    for said in ("", "undone", "best_ever", "not_useful; drop table"):
        option = {"value": offered.replace("not_useful", said)}
        stage.interact({**click, "actions": [{**act, "selected_option": option}]})

    assert given(stage) == []


def test_it_works_in_a_direct_conversation_too(stage: Stage) -> None:
    stage.say(QUESTION, channel=DM)

    say(stage, stage.last(DM), "already_sent", channel=DM)

    until(lambda: "Noted as sent already" in stage.text(stage.last(DM)))
    stage.say("payback for the Norfield renewal", channel=DM)
    assert RENEWAL in stage.text(stage.last(DM))
