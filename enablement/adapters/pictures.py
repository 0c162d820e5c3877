"""Draws results as a picture for a phone: numbered bars. Names stand in the text beside it: no font has all scripts."""

from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from enablement.announcing import percent

WIDTH = 800
# Read at half its size on a phone, so nothing is smaller than this.
SMALLEST_TEXT = 28
_PAPER, _INK, _DONE, _REST = "#ffffff", "#1b1f24", "#1f5f8b", "#d5dbe1"
_EDGE, _ROW, _BAR_HEIGHT, _TOP_HEIGHT, _GAP = 32, 64, 36, 56, 12
_BAR_FROM, _BAR_TO, _PERCENT_TO = 96, 440, 552


def bars(whole: tuple[int, int], parts: Sequence[tuple[int, int]]) -> bytes:
    """Return a PNG of so many of so many (done, of): the whole on top, then each part with its number from 1."""
    top = _EDGE + _TOP_HEIGHT + 2 * _GAP
    image = Image.new("RGB", (WIDTH, top + len(parts) * _ROW + _EDGE), _PAPER)
    draw = ImageDraw.Draw(image)
    _bar(draw, whole, left=_EDGE, middle=_EDGE + _TOP_HEIGHT // 2, height=_TOP_HEIGHT, size=36)
    for number, part in enumerate(parts, start=1):
        middle = top + (number - 1) * _ROW + _ROW // 2
        font = ImageFont.load_default(SMALLEST_TEXT)
        draw.text((_BAR_FROM - 20, middle), str(number), _INK, font, anchor="rm")
        _bar(draw, part, left=_BAR_FROM, middle=middle, height=_BAR_HEIGHT, size=SMALLEST_TEXT)
    png = BytesIO()
    image.save(png, "PNG", optimize=True)
    return png.getvalue()


def _bar(
    draw: ImageDraw.ImageDraw, part: tuple[int, int], *, left: int, middle: int, height: int, size: int
) -> None:
    done, of = part
    over, under = middle - height // 2, middle + height // 2
    draw.rectangle((left, over, _BAR_TO, under), _REST)
    if part_done := percent(done, of):
        # As long as the percent beside it: what is not whole does not look so.
        draw.rectangle((left, over, left + (_BAR_TO - left) * part_done // 100, under), _DONE)
    draw.text((_PERCENT_TO, middle), f"{part_done} %", _INK, ImageFont.load_default(size), anchor="rm")
    font = ImageFont.load_default(SMALLEST_TEXT)
    draw.text((WIDTH - _EDGE, middle), f"{done} / {of}", _INK, font, anchor="rm")
