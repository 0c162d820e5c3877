"""Whatever people, deals and assets are called: all that is drawn is taken by Slack, calls nobody, cuts no letter."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from slack_sdk.models.views import View

from bot import forgetting
from bot.announce_windows import sorry
from bot.incident_blocks import incident
from enablement.language import speaking
from enablement.model import LANGUAGES, Incident
from sandbox.slack.blocks import BLOCKS_TEXT, check_message_blocks, check_view, text_length
from sandbox.slack.messages import Message
from sandbox.slack.mrkdwn import tokens
from sandbox.slack.reading import pings
from tests.bot.redrawing import Call, drawing_functions, watched
from tests.bot.test_languages import CASES
from tests.builders import NOW

seeded = settings(derandomize=True, deadline=None, max_examples=150)
# What people see as one character, of letters that no word of ours has in English.
CLUSTERS = (
    "👩‍👩‍👧‍👦",
    "🇫🇷",
    "👍🏽",
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "น้ำ",
    "ѫ\u0301\u0323",
    "\u1112\u1161\u11ab",
)
HOSTILE = (
    "<!channel> <!here|x> <@U0MAYA> <!subteam^S1> <#C0DEALS|x>",
    "<https://evil.example|Salesforce> https://evil.example",
    "AT&T &amp; &lt;!channel&gt; > &",
    "`a` ```b``` *c* _d_ ~e~ >f\n>g\n\n• h",
    "a\u202eb\u2066c\x00d\x1b[31me\x7ff\u2028g\r\nh",
    "\ud800x\udfff \ude00\ud83d",
    "مخازن الشمال עברית ห้างทองน้ำใส 鼎禾「生鮮」 한빛마루",
    '{"id": "x"}~1 {deal} %s {0} \\',
)
WORST = ("\u200b\ufeff\u0301\n" + "\n".join(HOSTILE), "&<>" * 1_000, "W" * 3_000)
# Half of a pair is no text.
_UNSEEN = re.compile(r"[\ud800-\udfff\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
# Neither forms nor the CRM take what is blank.
any_text = (
    st.text(max_size=60)
    | st.sampled_from((*HOSTILE, *WORST))
    | st.text("<&>`*_~|!@#\n \u202e\u0301", max_size=400)
).filter(lambda text: _UNSEEN.sub("", text).strip())
_TOKEN = re.compile(r"<[^<>\n]+>")
_STRAY = re.compile(r"[<>]|&(?!(?:amp|lt|gt);)")


def incidents() -> object:
    over = [NOW, None]
    some = [Incident("1", "lane", "1", "Κάτι", 2, NOW, NOW, each, "C1", "1.0") for each in over]
    return [incident(one) for one in some], forgetting.warning(), forgetting.done(), sorry(ValueError("Όχι"))


@cache
def drawn() -> tuple[tuple[Call, ...], frozenset[str]]:
    calls, names = watched([*CASES, incidents])
    return tuple(calls), frozenset(names)


@cache
def calls_of(name: str) -> tuple[Call, ...]:
    return tuple(one for one in drawn()[0] if one.name == name)


def test_everything_that_draws_is_drawn_with_any_text() -> None:
    wanted = {f"{one.__module__}.{one.__name__}" for one in drawing_functions().values()}

    assert sorted(wanted - drawn()[1]) == []


@pytest.mark.parametrize("text", WORST, ids=["all", "escaped", "long"])
def test_the_worst_text_everywhere(text: str) -> None:
    for name in sorted({one.name for one in drawn()[0]}):
        calls = calls_of(name)
        for call in calls[:: max(1, len(calls) // 3)]:
            check(call, text)


@seeded
@given(st.data(), any_text, st.sampled_from(LANGUAGES))
def test_any_text_in_any_language(data: st.DataObject, text: str, language: str) -> None:
    call = data.draw(st.sampled_from(drawn()[0]))

    with speaking(language):
        check(call, text)


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_no_character_is_torn(cluster: str) -> None:
    parts = re.compile(f"[{re.escape(''.join(set(cluster)))}]")
    # Each time others of the cases, of all functions that draw.
    for call in drawn()[0][CLUSTERS.index(cluster) :: len(CLUSTERS)]:
        for text in seen(call.again(cluster * 400)):
            assert not parts.search(text.replace(cluster, "")), (call.name, text[-80:])


def check(call: Call, text: str) -> None:
    """Draw it with this text, and judge it as Slack and its readers would."""
    now = call.again(text)
    message, said = blocks_of(now)
    if isinstance(now, View):
        assert check_view(now.to_dict(), kinds=("modal", "home")) == [], call.name
    else:
        assert check_message_blocks(message) == [], call.name
        assert text_length(message) <= BLOCKS_TEXT, call.name
    assert called(message, said) == called(*blocks_of(call.first)), call.name
    for row in (said, *mrkdwn(message)):
        # What is quoted begins with a mark of ours.
        assert not _STRAY.search(_TOKEN.sub("", row).replace("\n>", "\n")), (call.name, row[:80])
        assert not [one for one in tokens(row) if one.target.startswith("https://evil")], call.name
    assert not any(_UNSEEN.search(row) for row in seen(now)), call.name


def blocks_of(shown: Any) -> tuple[list[dict[str, Any]], str]:
    """Return what was drawn as Slack gets it, and the text for notifications."""
    if isinstance(shown, View):
        return shown.to_dict()["blocks"], ""
    blocks, said = shown if isinstance(shown, tuple) else (shown, "")
    several = blocks if isinstance(blocks, list) else [blocks]
    return [one.to_dict() for one in several], said


def called(blocks: list[dict[str, Any]], said: str) -> tuple[list[str], list[str], list[str]]:
    found = pings(Message("C1", "1.0", "U1", said, is_bot=True, blocks=blocks))
    return found.users, found.usergroups, found.broadcasts


def seen(shown: Any) -> Iterator[str]:
    """Yield all texts that somebody sees."""
    blocks, said = blocks_of(shown)
    yield said
    yield from _texts(blocks)


def mrkdwn(value: Any) -> Iterator[str]:
    return (text for text in _texts(value, kinds=("mrkdwn",)))


def _texts(value: Any, *, kinds: tuple[str, ...] = ("mrkdwn", "plain_text")) -> Iterator[str]:
    if isinstance(value, dict):
        if value.get("type") in kinds:
            yield value["text"]
        if value.get("type") == "data_visualization" and "plain_text" in kinds:
            yield from (value["title"], *value["chart"]["axis_config"]["categories"])
        for part in value.values():
            yield from _texts(part, kinds=kinds)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part, kinds=kinds)
