"""Nudges and digests are taken by Slack however much stands in them."""

import pytest

from bot.digest_blocks import Chart, digest
from bot.nudge_blocks import LESS, SNOOZE, nudges
from enablement.language import speaking
from sandbox.slack.blocks import check_message_blocks
from tests.bot.nudge_drawings import URL, digests, messages
from tests.bot.test_home_drawing import LONGEST
from tests.builders import NOW


def drawn(text: str, *, count: int = 1) -> list[list[dict[str, object]]]:
    said = [nudges(one, public_url=URL) for one in messages(text, count=count)]
    weeks = [digest(one, now=NOW) for one in digests(text, count=count)]
    return [[block.to_dict() for block in blocks] for blocks, _text in (*said, *weeks)]


@pytest.mark.parametrize("language", ["en", "th"])
def test_the_longest_texts_are_within_slacks_limits(language: str) -> None:
    with speaking(language):
        some = [blocks for text in LONGEST for blocks in drawn(text, count=10**9)]

    assert [problem for blocks in some for problem in check_message_blocks(blocks)] == []


def test_each_kind_can_be_put_off_and_made_less_once() -> None:
    (several,) = [one for one in messages("Text") if len({each.nudge.kind for each in one.news}) > 1][:1]

    blocks = [block.to_dict() for block in nudges(several, public_url=URL)[0]]

    ids = [one["action_id"] for block in blocks for one in block.get("elements", []) if "action_id" in one]
    assert ids.count(LESS) == ids.count(SNOOZE) == 4


def test_people_who_are_called_alike_have_bars_of_their_own() -> None:
    chart = Chart("Title", ("A", "A"), [("A person of a very long name", (1, 2))] * 3).to_dict()

    assert check_message_blocks([chart]) == []
    assert len(set(chart["chart"]["axis_config"]["categories"])) == 3
