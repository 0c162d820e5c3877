"""All that the bot draws: in six languages it is taken by Slack, and no word of it is left untranslated."""

import gettext
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file

from bot.signing import Seal
from enablement import language
from enablement.language import _, speaking, spoken
from enablement.model import SigningKey
from sandbox.slack.blocks import check_message_blocks, check_view
from tests.bot import (
    acting_drawings,
    announcement_drawings,
    drawings,
    home_drawings,
    nudge_drawings,
    unfurl_drawings,
)
from tests.bot.drawings import Drawing, rows
from tests.builders import NOW

ROOT = Path(__file__).parents[2]
CASES = (
    *drawings.CASES,
    *announcement_drawings.CASES,
    *home_drawings.CASES,
    *acting_drawings.CASES,
    *unfurl_drawings.CASES,
    *nudge_drawings.CASES,
)
SEAL = Seal(lambda: SigningKey(b"k" * 32, NOW))
LOCALES = ("en-US", "fr-FR", "pt-BR", "th-TH", "zh-TW", "ko-KR")
DRAWN = (
    "bot/announce_audience.py",
    "bot/announce_blocks.py",
    "bot/announce_channels.py",
    "bot/announce_form.py",
    "bot/announce_review.py",
    "bot/announcement_blocks.py",
    "bot/announcement_quiz.py",
    "bot/blocks.py",
    "bot/request_blocks.py",
    "bot/saved_blocks.py",
    "bot/digest_blocks.py",
    "bot/evidence_blocks.py",
    "bot/find_blocks.py",
    "bot/home_blocks.py",
    "bot/home_deals_blocks.py",
    "bot/home_overview_blocks.py",
    "bot/library_blocks.py",
    "bot/library_forms.py",
    "bot/nudge_blocks.py",
    "bot/parts.py",
    "bot/payload.py",
    "bot/publish_blocks.py",
    "bot/publish_fields.py",
    "bot/results_blocks.py",
    "bot/sent_blocks.py",
    "bot/settings_blocks.py",
    "bot/share_blocks.py",
    "bot/unfurl_blocks.py",
    "bot/why_blocks.py",
    "enablement/effects.py",
    "enablement/wording.py",
)
# What is no sentence of ours: addresses, e-mails, emoji, and what a link shows is kept without its address.
_NO_WORDS = re.compile(r"```.*?```|<[^|>]*\||>|https?://\S+|[^\s<>⟦⟧]+@[^\s<>⟦⟧]+|:[a-z0-9_]+:", re.DOTALL)
_TRANSLATED = re.compile(r"⟦[^⟦⟧]*⟧")
# Names that are the same in all languages.
_NAMES = re.compile(r"\bSalesforce\b|English|Français|Português \(Brasil\)")


class Marked(gettext.NullTranslations):
    """A language in which everything is put in brackets, and which remembers what was said in it."""

    def __init__(self) -> None:
        super().__init__()
        self.said: set[str] = set()

    def gettext(self, message: str) -> str:
        self.said.add(message)
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self.said |= {msgid1, msgid2}
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> Iterator[Marked]:
    """Speak brackets, with dates and amounts as Greeks write them: no letter of theirs is a Latin one."""
    known = Marked()
    monkeypatch.setattr(language, "_catalogue", lambda _: known)
    token = language._spoken.set("el")
    yield known
    language._spoken.reset(token)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("case", CASES)
def test_slack_takes_it_in_every_language(case: Callable[[], Drawing], locale: str) -> None:
    with speaking(locale):
        drawing = case()

        for row in rows(drawing):
            # As it is sent: what buttons carry is longer by a signature.
            problems = (
                check_view(SEAL.view(row), kinds=("modal", "home"))
                if isinstance(row, dict)
                else check_message_blocks(SEAL.blocks(row))
            )
            assert problems == []
        assert all(len(text) > 0 for _blocks, text in drawing.messages)


@pytest.mark.parametrize("locale", LOCALES[1:])
@pytest.mark.parametrize("case", CASES)
def test_no_label_is_cut_for_being_too_long(case: Callable[[], Drawing], locale: str) -> None:
    with speaking(locale):
        drawn = [text for row in rows(case()) for text in _visible(row)]

    assert [text for text in drawn if text.endswith("…") and "ω" not in text] == []


@pytest.mark.parametrize("case", CASES)
def test_every_word_that_is_seen_can_be_translated(case: Callable[[], Drawing], marked: Marked) -> None:
    drawing = case()

    seen = [text for row in rows(drawing) for text in _visible(row)]
    seen += [text for _blocks, text in drawing.messages] + list(drawing.texts)
    assert [text for text in seen if re.search("[A-Za-z]", _left(text))] == []


def test_every_text_of_the_drawing_modules_is_drawn(marked: Marked) -> None:
    for case in CASES:
        list(rows(case()))

    collected = _collected()
    drawn = {text for name in DRAWN for text in collected[name]}
    assert sorted(drawn - marked.said) == []
    # Such as what stands inside an f-string, where nobody finds it.
    assert sorted(marked.said - {text for some in collected.values() for text in some}) == []


def test_the_language_that_is_spoken_ends_with_its_block() -> None:
    with speaking("fr-FR"):
        with speaking("ko-KR"):
            assert spoken() == "ko"
        assert spoken() == "fr"
        assert _("Share") == "Partager"
    assert _("Share") == "Share"


def _collected() -> dict[str, set[str]]:
    """Return the texts that are collected for translation, by module."""
    keywords = {**DEFAULT_KEYWORDS, "marked": None}
    paths = [path for folder in ("bot", "enablement") for path in (ROOT / folder).rglob("*.py")]
    return {
        str(path.relative_to(ROOT)): {
            text
            for _line, found, *_more in extract_from_file("python", path, keywords=keywords)
            for text in ([found] if isinstance(found, str) else found)
        }
        for path in paths
    }


def _visible(row: Any) -> Iterator[str]:
    """Yield every text that a person sees or hears."""
    if isinstance(row, list):
        for one in row:
            yield from _visible(one)
    if isinstance(row, dict):
        for name, value in row.items():
            if name in ("text", "accessibility_label") and isinstance(value, str):
                yield value
            else:
                yield from _visible(value)


def _left(text: str) -> str:
    """Return what is left of a text once that which was translated, and what has no words, is taken away."""
    text = _NAMES.sub("", _NO_WORDS.sub("", text))
    while (shorter := _TRANSLATED.sub("", text)) != text:
        text = shorter
    return text
