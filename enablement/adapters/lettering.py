"""Writes text of several scripts into a picture: Latin, Greek, Cyrillic, Thai, Traditional Chinese and Korean."""

from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from unicodedata import category, normalize

from PIL import ImageFont
from PIL.ImageDraw import ImageDraw
from PIL.ImageFont import FreeTypeFont

_FONTS = Path(__file__).parent / "fonts"
# Each character is written in the first of these that has it.
_FACES = ("NotoSans", "NotoSansThai", "NotoSansCJKtc")
_NO_CHARACTER = "\U0010ffff"
# Written on the letter before, though Unicode does not call it a mark.
_SARA_AM = "\u0e33"


def writable(text: str) -> str:
    """Return a text without what has no glyph, such as emoji; empty where a letter or digit has none."""
    parts = _characters(text)
    if any(category(one[0])[0] in "LN" and _face(one[0]) is None for one in parts):
        return ""
    return " ".join("".join(one if _face(one[0]) else " " for one in parts).split())


def length(text: str, size: int) -> float:
    """Return how wide a text is in pixels; a font of `size` pixels."""
    return sum(_font(face, size).getlength(run) for face, run in _runs(text))


def write(
    draw: ImageDraw, at: tuple[float, float], text: str, *, size: int, ink: str, anchor: str = "l"
) -> None:
    """Write a line: `at` is on its baseline, at its left end, its middle or its right end (anchor l, m, r)."""
    x, y = at
    x -= {"l": 0.0, "m": 0.5, "r": 1.0}[anchor] * length(text, size)
    for face, run in _runs(text):
        font = _font(face, size)
        draw.text((x, y), run, ink, font, anchor="ls")
        x += font.getlength(run)


def cut(text: str, *, size: int, most: float) -> str:
    """Return a text that is at most so many pixels wide: whole, or up to a character and "…"."""
    if length(text, size) <= most:
        return text
    parts = _characters(text)
    fits = next(n for n in range(len(parts) - 1, -1, -1) if length("".join(parts[:n]) + "…", size) <= most)
    return "".join(parts[:fits]).rstrip() + "…"


def lines(text: str, *, size: int, most: float) -> list[str]:
    """Return a text broken into lines at most so many pixels wide: between words, or anywhere where there are none."""
    made = [""]
    for word in text.split(" "):
        longer = f"{made[-1]} {word}".strip()
        if length(longer, size) <= most:
            made[-1] = longer
        elif length(word, size) <= most:
            made.append(word)
        else:
            for one in _characters(f" {word}"):
                if length(made[-1] + one, size) > most:
                    made.append("")
                made[-1] += one
    return [one.strip() for one in made if one.strip()]


def _runs(text: str) -> Iterator[tuple[str, str]]:
    """Yield (face, text) for each stretch that one font writes; what no font has is left out."""
    known = ((_face(one), one) for one in normalize("NFC", text))
    for face, run in groupby(known, key=lambda one: one[0]):
        if face is not None:
            yield face, "".join(one for _, one in run)


def _characters(text: str) -> list[str]:
    """Return what people see as characters: letters with the marks on them."""
    made: list[str] = []
    for one in normalize("NFC", text):
        if made and (category(one)[0] == "M" or one == _SARA_AM):
            made[-1] += one
        else:
            made.append(one)
    return made


@lru_cache(maxsize=20_000)
def _face(character: str) -> str | None:
    # Of line ends, controls and halves of characters no font makes anything, and the shaper fails on some.
    if category(character)[0] == "C" or category(character) in ("Zl", "Zp"):
        return None
    return next((face for face in _FACES if _has(face, character)), None)


def _has(face: str, character: str) -> bool:
    # Pillow does not tell which glyphs a font has: a missing one is drawn as that of no character.
    font = _font(face, 28)
    return bytes(font.getmask(character)) != bytes(font.getmask(_NO_CHARACTER))


@cache
def _font(face: str, size: int) -> FreeTypeFont:
    return ImageFont.truetype(_FONTS / f"{face}.woff2", size, layout_engine=ImageFont.Layout.RAQM)
