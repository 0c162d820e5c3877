"""Any text in any script becomes an announcement that Slack takes, that calls nobody, with no letter torn."""

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, example, given, settings, strategies as st
from slack_sdk.models.blocks import Block

from bot.announcement_blocks import message_blocks, message_text, opened, pieces, reminder
from bot.announcement_quiz import quiz
from bot.mrkdwn import clean, escape, plain, unescape
from enablement.announcing import is_channel
from enablement.language import speaking
from enablement.model import Announcement, QuizAnswer, QuizQuestion, Receipt, Wording
from sandbox.slack.blocks import BLOCKS_TEXT, check_message_blocks, check_view, text_length
from sandbox.slack.mrkdwn import tokens
from tests.builders import NOW, announcement, asset, receipt

seeded = settings(derandomize=True, deadline=None, max_examples=120)
URL = "https://touchline.example"
LANGUAGES = ("en-US", "th-TH", "zh-TW", "pt-BR", "fr-FR", "ko-KR")
HOSTILE = (
    "<!channel> read <@U0MAYA> <!subteam^S1> <#C0DEALS>",
    "<https://evil.example|Salesforce> & ```code``` `x` *b* _i_ ~s~",
    "👩‍🏭🏳️‍🌈🇫🇷🇹🇭👍🏽",
    "กำหนดการใหม่ น้ำ",
    "한빛 물류 鼎禾「生鮮」",
    "مخازن\u202eالشمال\u2066",
    "a\x00b\x1bc\x7fd\u2028e\r\nf\ud800g",
    "&" * 3_000,
    "<" * 3_000,
    "é" * 3_000,
    "👩‍👩‍👧‍👦" * 430,
    "🇫🇷" * 1_500,
)
any_text = st.text(max_size=80) | st.sampled_from(HOSTILE) | st.text("<&>`*_~|\n @!#", max_size=3_000)
title = any_text.map(lambda text: text[:150])
moments = st.none() | st.just(NOW)
# What the author may choose, and what Slack is to make of it.
CALLED = {"here": ("broadcast", "here"), "U0MAYA": ("user", "U0MAYA"), "S1": ("usergroup", "S1")}
mentions = st.lists(st.sampled_from(sorted(CALLED)), unique=True).map(tuple)


@st.composite
def receipts(draw: st.DrawFn) -> Receipt:
    return receipt(
        draw(st.sampled_from(["U1", "C1"])),
        acknowledged_at=draw(moments),
        acknowledged_revision=draw(st.integers(0, 3)),
        snoozed_until=draw(moments),
        reminders=draw(st.integers(0, 3)),
        shown_revision=1,
    )


def given_answers(one: Announcement, mine: Receipt, count: int) -> list[QuizAnswer]:
    return [
        QuizAnswer(f"{at}", mine.id, at, 1, is_right=False, at=NOW)
        for at in range(min(count, len(one.wordings[0].questions)))
    ]


@st.composite
def announcements(draw: st.DrawFn) -> Announcement:
    """Draw an announcement whose every text is anything at all."""
    count = draw(st.integers(0, 3))
    questions = tuple(
        QuizQuestion(draw(any_text)[:300], tuple(draw(any_text)[:75] for _ in range(draw(st.integers(2, 5)))))
        for _ in range(count)
    )
    return announcement(
        "any",
        wordings=(
            Wording(draw(st.sampled_from(["en", "th"])), draw(title), draw(any_text)[:3_000], questions),
        ),
        right=(0,) * count,
        state=draw(st.sampled_from(["draft", "running", "ended", "withdrawn"])),
        must_acknowledge=draw(st.booleans()),
        revision=draw(st.integers(1, 3)),
        counts_from=draw(st.integers(1, 3)),
        author=draw(title),
        channels=draw(st.sampled_from([(), ("C1",)])),
        mentions=draw(mentions),
    )


@seeded
@given(
    announcements(),
    st.none() | receipts(),
    st.lists(title, max_size=25),
    st.integers(0, 3),
    st.sampled_from(LANGUAGES),
)
def test_every_message_is_taken_by_slack_and_calls_only_whom_its_author_chose(
    one: Announcement, mine: Receipt | None, files: list[str], answered: int, locale: str
) -> None:
    assets = [asset(name or "–", id=f"{at:040d}", kind=name[:80]) for at, name in enumerate(files)]
    said_so_far = given_answers(one, mine, answered) if mine else []
    with speaking(locale):
        blocks = message_blocks(one, mine, one.wordings[0], assets, public_url=URL, answers=said_so_far)
        text = message_text(one, one.wordings[0])
        again, said = reminder(one, mine or receipt(), one.wordings[0])

    for drawn in ([block.to_dict() for block in some] for some in (blocks, again)):
        assert check_message_blocks(drawn) == []
        assert text_length(drawn) <= BLOCKS_TEXT
        assert "\ud800" not in json.dumps(drawn, ensure_ascii=False)
    is_posted = is_channel(mine.slack_id) if mine else bool(one.channels)
    chosen = one.mentions if is_posted and one.state != "withdrawn" else ()
    assert called(blocks) == [CALLED[each] for each in chosen]
    assert called(again) == []
    assert {kind for row in (text, said) for kind in kinds(row)} <= {"text"}
    assert 0 <= len(text) <= 300


@seeded
@given(
    announcements(), receipts(), st.lists(title, max_size=25), st.integers(0, 3), st.sampled_from(LANGUAGES)
)
def test_every_window_is_taken_by_slack_and_calls_nobody(
    one: Announcement, mine: Receipt, files: list[str], answered: int, locale: str
) -> None:
    assets = [asset(name or "–", id=f"{at:040d}") for at, name in enumerate(files)]
    given_ = given_answers(one, mine, answered)
    with speaking(locale):
        views = [opened(one, mine, one.wordings[0], assets, public_url=URL)]
        if one.wordings[0].questions:
            views.append(quiz(one, mine, one.wordings[0], given_))

    for view in (each.to_dict() for each in views):
        assert check_view(view, kinds=("modal",)) == []
        assert {kind for row in mrkdwn(view["blocks"]) for kind in kinds(row)} <= {"text", "date"}


@seeded
@example("👩‍👩‍👧‍👦" * 430)
@example("🇫🇷" * 1_600)
@example("น้ำ" * 1_100)
@example("e\u0301" * 1_700)
@example("\u1112\u1161\u11ab" * 1_100)
@given(any_text | st.text(st.characters(codec="utf-8"), max_size=400).map(lambda text: text * 20))
def test_no_text_is_lost_between_pieces_nor_torn(text: str) -> None:
    # An accent upon a space is lost with the space where a piece ends.
    assume(not any(before.isspace() and is_torn(after) for before, after in pairwise(clean(text))))

    found = pieces(text, most=100_000)

    assert all(0 < len(one) <= 3_000 for one in found)
    assert not any(re.search(r"[<>]|&(?!(amp|lt|gt);)", one) for one in found)
    whole = unescape("".join(found))
    assert "".join(whole.split()) == "".join((clean(text) or "–").split())
    assert [one for one in found[1:] if is_torn(unescape(one))] == []


@pytest.mark.parametrize(
    "cluster",
    ["👩‍👩‍👧‍👦", "🇫🇷", "น้ำ", "e\u0301", "👍🏽", "\u1112\u1161\u11ab", "🏴\U000e0067\U000e0062\U000e007f"],
)
@pytest.mark.parametrize("most", range(20, 34))
def test_what_is_seen_as_one_character_is_cut_off_whole(cluster: str, most: int) -> None:
    for cut in (plain(cluster * 40, most=most), escape(cluster * 40, most=most)):
        assert cut.endswith("…")
        kept = cut.removesuffix("…")
        assert kept == cluster * (len(kept) // len(cluster))
        assert len(kept) > most - 1 - len(cluster) - 1


def test_a_text_beyond_what_slack_takes_ends_with_an_ellipsis() -> None:
    found = pieces("&" * 3_000)

    assert sum(map(len, found)) <= 10_010
    assert found[-1].endswith("…")


def test_who_has_no_reminder_to_come_is_offered_no_snooze() -> None:
    one = announcement("News", state="running", reminders=1)

    assert "announcement.snooze" in drawn_actions(one, receipt())
    assert "announcement.snooze" not in drawn_actions(one, receipt(reminders=1))
    assert "announcement.snooze" not in drawn_actions(replace(one, reminders=0), receipt())
    assert "announcement.snooze" not in drawn_actions(one, receipt("C1"))


def test_what_needs_no_acknowledgement_is_opened_instead() -> None:
    one = announcement("News", state="running", must_acknowledge=False)

    assert drawn_actions(one, receipt()) == {"announcement.open"}


def test_an_ended_one_asks_for_nothing() -> None:
    one = announcement("News", state="ended", ends_at=NOW - timedelta(hours=1))

    assert drawn_actions(one, receipt()) == set()


def drawn_actions(one: Announcement, mine: Receipt) -> set[str]:
    drawn = json.dumps(
        [block.to_dict() for block in message_blocks(one, mine, one.wordings[0], [], public_url=URL)]
    )
    return set(re.findall(r'"action_id": "([^"]+)"', drawn))


def is_torn(text: str) -> bool:
    """Say whether a text begins with what belongs to the letter before it."""
    joined = unicodedata.category(text[0]) in ("Mn", "Me", "Mc") or text[0] in "\u200d\u0e33"
    return joined or "\U0001f3fb" <= text[0] <= "\U0001f3ff"


def called(blocks: list[Block]) -> list[tuple[str, str]]:
    """Return what Slack would make a mention or a link of."""
    found = (token for block in blocks for row in mrkdwn(block.to_dict()) for token in tokens(row))
    return [(token.kind, token.target) for token in found if token.kind not in ("text", "date")]


def kinds(text: str) -> set[str]:
    return {one.kind for one in tokens(text)}


def mrkdwn(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value["text"]
        for part in value.values():
            yield from mrkdwn(part)
    elif isinstance(value, list):
        for part in value:
            yield from mrkdwn(part)
