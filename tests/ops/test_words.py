"""The catalogues are in step with the code, and complete."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from enablement.language import CATALOGUES, DOMAIN

ROOT = Path(__file__).parents[2]
LANGUAGES = ("fr", "pt_BR", "th", "zh_TW", "ko")


def catalogue(language: str, folder: Path = CATALOGUES) -> Catalog:
    with (folder / language / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
        return read_po(file, locale=Locale.parse(language))


def messages(language: str) -> Iterator[Message]:
    return (one for one in catalogue(language) if one.id)


def forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text or "",) if isinstance(text, str | None) else tuple(text)


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_the_catalogues_hold_the_texts_of_the_code(tmp_path: Path) -> None:
    shutil.copytree(CATALOGUES, tmp_path, dirs_exist_ok=True)

    subprocess.run(
        ["make", "-s", "-o", ".venv/dev", "words", f"WORDS={tmp_path}", f"BIN={Path(sys.executable).parent}"],
        cwd=ROOT,
        check=True,
        timeout=100,
    )

    for language in LANGUAGES:
        path = Path(language, "LC_MESSAGES", f"{DOMAIN}.po")
        assert (tmp_path / path).read_text() == (CATALOGUES / path).read_text(), "run: make words"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str) -> None:
    count = Locale.parse(language).language in ("fr", "pt")

    for one in messages(language):
        said = forms(one.string)
        assert not one.fuzzy, one.id
        assert all(said), one.id
        assert len(said) == (2 if one.pluralizable and count else 1), one.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_named_places_of_its_text(language: str) -> None:
    for one in messages(language):
        wanted = places(forms(one.id)[-1])
        # The number may be left out where it is one.
        assert all(places(said) | {"n"} == wanted | {"n"} for said in forms(one.string)), one.id
        assert not one.pluralizable or "n" in places(forms(one.string)[-1]), one.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_slack_reads_as_marks_stays_as_it_is(language: str) -> None:
    for one in messages(language):
        first = forms(one.id)[-1]
        for said in forms(one.string):
            assert re.findall(r":[a-z_]+:|<[#@!][^>]*>", said) == re.findall(r":[a-z_]+:|<[#@!][^>]*>", first)
            assert (said.count("`"), said.count("*")) == (first.count("`"), first.count("*")), one.id
            # Slack makes nothing bold or code where a letter touches the mark.
            assert not re.search(r"[^\W_][*`][^\s*`]+?[*`]|[*`][^\s*`]+?[*`][^\W_]", said), said


def test_french_marks_never_begin_a_line() -> None:
    for one in messages("fr"):
        for said in forms(one.string):
            assert not re.search(r" [:;?!»]|« ", said), said
