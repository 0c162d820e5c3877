"""A Home tab is taken by Slack whatever stands in it, and calls nobody."""

import json

import pytest
from hypothesis import example, given, settings, strategies as st

from bot.home_blocks import home_view
from bot.settings_blocks import read_settings, saved_view, settings_form
from enablement.language import speaking
from enablement.model import LANGUAGES
from sandbox.slack.blocks import check_view
from sandbox.slack.inputs import initial_values
from tests.bot.home_drawings import URL, chosen, homes
from tests.bot.test_announce_drawing import called
from tests.builders import NOW

MOST_BLOCKS, MOST_BYTES = 100, 250_000
LINKS = {f"r{n}": f"{URL}/archives/C0123456789/p{n:016d}" for n in range(5)}
QUIET = (NOW.time().replace(hour=20, minute=0), NOW.time().replace(hour=8, minute=0))
seeded = settings(derandomize=True, deadline=None, max_examples=8)
LONGEST = ("W" * 4_000, "ก็" * 2_000, "🚚" * 2_000, "&<>" * 2_000, "\u202e\x00" * 500 + "語" * 3_000)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_texts_are_within_slacks_limits(language: str) -> None:
    with speaking(language):
        views = [
            home_view(home, LINKS, public_url=URL).to_dict()
            for text in LONGEST
            for home in homes(text, count=10**9)
        ]

    assert max(len(view["blocks"]) for view in views) <= MOST_BLOCKS
    # What signs the buttons comes on top.
    assert max(len(json.dumps(view)) for view in views) <= 0.9 * MOST_BYTES
    assert [problem for view in views for problem in check_view(view, kinds=("home",))] == []


@seeded
@given(st.text(min_size=1, max_size=200), st.sampled_from(LANGUAGES))
@example("<!channel> <@U0MAYA> <https://evil.example|x>", "en")
@example("\ud800 `*_~ \u202e", "ko")
def test_any_text_is_taken_and_nobody_is_called(text: str, language: str) -> None:
    with speaking(language):
        views = [home_view(home, LINKS, public_url=URL).to_dict() for home in homes(text)]

    assert [problem for view in views for problem in check_view(view, kinds=("home",))] == []
    assert called(views) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_settings_that_nobody_touched_are_those_that_were_shown(language: str) -> None:
    with speaking(language):
        view = settings_form(chosen(), QUIET, "Asia/Bangkok").to_dict()
        said = saved_view(chosen(), QUIET, "Asia/Bangkok").to_dict()

    read = read_settings({**view, "state": {"values": initial_values(view["blocks"])}})
    assert check_view(view, kinds=("modal",)) == check_view(said, kinds=("modal",)) == []
    assert (read.language, read.quiet_hours, read.muted, read.digest) == (
        "th",
        QUIET,
        frozenset(["replaced"]),
        False,
    )
