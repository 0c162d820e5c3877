"""Draws evidence and coverage for a phone: effects with their intervals, and where deals wait for content."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

from babel import numbers
from PIL import Image, ImageDraw

from enablement import effects as words, wording
from enablement.adapters.lettering import cut, length, lines, writable, write
from enablement.adapters.pictures import SMALLEST_TEXT, WIDTH
from enablement.coverage import Cell, Coverage
from enablement.language import _, ngettext, spoken_locale
from enablement.model import Effect, Verdict

MOST_ROWS = 12
# With more of them, sums would not fit into their cells in every language.
MOST_STAGES = 6
_PAPER, _INK, _FAINT, _LINE = "#ffffff", "#1b1f24", "#59636e", "#c4ccd4"
# Okabe and Ito's blue and vermilion are told apart with any sight; the marks have their shapes beside.
_INKS: Mapping[Verdict, str] = {
    "helps": "#0072b2",
    "hurts": "#b84a00",
    "no_clear_effect": _INK,
    "not_enough": _FAINT,
}
_EDGE, _LEAD = 32, 38
_SPAN = WIDTH - 2 * _EDGE
_MARK = 11
# An axis is never narrower than ten points, or 1.25 times, to either side: small effects shall look small.
_LEAST = {"winning": 0.10, "speed": math.log(1.25)}
_TICKS = {
    "winning": (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0),
    "speed": tuple(math.log(one) for one in (1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0)),
}


def forest(effects: Sequence[Effect], titles: Mapping[str, str]) -> bytes:
    """Return a PNG of effects on one thing (winning or speed), at most MOST_ROWS, numbered from 1 as they come.

    `titles` are by asset id; what cannot be written stands in the text beside the picture under its number. Raises
    ValueError without effects, or with effects on both.
    """
    shown = effects[:MOST_ROWS]
    if len({one.on for one in shown}) != 1:
        raise ValueError("a picture shows effects on one thing: winning or speed")
    heading = (
        _("Points on the chance to win (90 % interval)")
        if shown[0].on == "winning"
        else _("Times as fast deals move on (90 % interval)")
    )
    head = lines(heading, size=SMALLEST_TEXT, most=_SPAN)
    top = _EDGE + len(head) * _LEAD + 52
    pitch = 3 * _LEAD + 36
    image, draw = _paper(top + len(shown) * pitch + 8)
    _paragraph(draw, head, _EDGE)
    axis = _Axis.of(shown)
    axis.draw(draw, top - 14, image.height - 16)
    for number, one in enumerate(shown, start=1):
        y = top + (number - 1) * pitch
        title = _named(number, titles.get(one.asset_id, ""))
        _plate(draw, y + 2, title)
        write(draw, (_EDGE, y + 30), cut(title, size=SMALLEST_TEXT, most=_SPAN), size=SMALLEST_TEXT, ink=_INK)
        _interval(draw, one, axis, y + _LEAD + 18)
        said = f"{words.verdict(one.verdict)} · " + ngettext("one deal", "{n} deals", one.deals)
        said = cut(said, size=SMALLEST_TEXT, most=_SPAN)
        _plate(draw, y + 2 * _LEAD, said)
        write(draw, (_EDGE, y + 2 * _LEAD + 28), said, size=SMALLEST_TEXT, ink=_INKS[one.verdict])
    return _png(image)


def matrix(found: Coverage, language: str) -> bytes:
    """Return a PNG of the cells of one language (its tag, "" for unknown): rows are segments, columns are stages.

    A column has the number of its stage; the names stand below. Only the stages and segments with most pipeline are
    there. Raises ValueError where no deal has that language.
    """
    cells = {(one.segment, one.stage): one for one in found.cells if one.language == language}
    if not cells:
        raise ValueError(f"no open deal has the language “{language}”")
    stages = _heaviest(found, cells.values(), lambda one: one.stage, MOST_STAGES)
    stages.sort(key=found.stages.index)
    segments = _heaviest(found, cells.values(), lambda one: one.segment, MOST_ROWS)
    head = lines(_heading(found, language), size=SMALLEST_TEXT, most=_SPAN)
    names = [
        cut(f"{number}. {name}", size=SMALLEST_TEXT, most=_SPAN)
        for number, name in enumerate(stages, start=1)
    ]
    top, pitch = _EDGE + len(head) * _LEAD + 44, _LEAD + 104
    image, draw = _paper(top + len(segments) * pitch + (len(names) + 1) * _LEAD)
    _paragraph(draw, head, _EDGE)
    wide = _SPAN / len(stages)
    for column in range(len(stages)):
        middle = _EDGE + (column + 0.5) * wide
        write(draw, (middle, top - 8), str(column + 1), size=SMALLEST_TEXT, ink=_FAINT, anchor="m")
    for row, segment in enumerate(segments):
        y = top + row * pitch
        name = cut(segment or _("unknown"), size=SMALLEST_TEXT, most=_SPAN)
        write(draw, (_EDGE, y + 30), name, size=SMALLEST_TEXT, ink=_INK)
        for column, stage in enumerate(stages):
            x = _EDGE + column * wide
            box = (x + 3, y + _LEAD + 4, x + wide - 3, y + _LEAD + 92)
            _cell(draw, box, cells.get((segment, stage)), found)
    _paragraph(draw, names, top + len(segments) * pitch + 16)
    return _png(image)


@dataclass(frozen=True)
class _Axis:
    """A scale from -reach to reach around no effect."""

    on: str
    reach: float

    @classmethod
    def of(cls, effects: Sequence[Effect]) -> "_Axis":
        on = effects[0].on
        # What is hardly known would make all else look small: its ends may lie outside.
        known = [one for one in effects if one.verdict != "not_enough"] or effects
        ends = [abs(_scaled(on, end)) for one in known for end in (one.interval.low, one.interval.high)]
        return cls(on, max(_LEAST[on], *(1.06 * end for end in ends)))

    def at(self, value: float) -> float:
        """Return where a value lies, in pixels from the left; what lies outside is at the end."""
        share = min(max(_scaled(self.on, value) / self.reach, -1.0), 1.0)
        return WIDTH / 2 + share * (_SPAN / 2 - _MARK)

    def holds(self, value: float) -> bool:
        return abs(_scaled(self.on, value)) <= self.reach

    def draw(self, draw: ImageDraw.ImageDraw, top: float, bottom: float) -> None:
        # The widest tick that lies inside, and none at half of it: labels must not touch.
        tick = max((one for one in _TICKS[self.on] if one <= 0.95 * self.reach), default=self.reach)
        for scaled in (-tick, 0.0, tick):
            value = scaled if self.on == "winning" else math.exp(scaled)
            x = self.at(value)
            draw.line((x, top, x, bottom), _INK if scaled == 0 else _LINE, 3 if scaled == 0 else 2)
            label = words.points(value) if self.on == "winning" else f"×{words.times(value)}"
            write(draw, (x, top - 8), label, size=SMALLEST_TEXT, ink=_FAINT, anchor="m")


def _scaled(on: str, value: float) -> float:
    return value if on == "winning" else math.log(max(value, 1e-6))


def _interval(draw: ImageDraw.ImageDraw, one: Effect, axis: _Axis, y: float) -> None:
    ink = _INKS[one.verdict]
    low, high = axis.at(one.interval.low), axis.at(one.interval.high)
    draw.line((low, y, high, y), ink, 5)
    for end, x in ((one.interval.low, low), (one.interval.high, high)):
        if axis.holds(end):
            draw.line((x, y - _MARK, x, y + _MARK), ink, 5)
        else:
            # It goes on beyond the edge of the picture.
            outwards = 1 if x > WIDTH / 2 else -1
            draw.polygon(((x + 12 * outwards, y), (x, y - _MARK), (x, y + _MARK)), ink)
    if axis.holds(one.interval.estimate):
        _mark(draw, one.verdict, axis.at(one.interval.estimate), y)


def _mark(draw: ImageDraw.ImageDraw, verdict: Verdict, x: float, y: float) -> None:
    ink, size = _INKS[verdict], _MARK + 3
    match verdict:
        case "helps":
            draw.polygon(((x - size, y + size), (x + size, y + size), (x, y - size)), ink, _PAPER, 2)
        case "hurts":
            draw.polygon(((x - size, y - size), (x + size, y - size), (x, y + size)), ink, _PAPER, 2)
        case "no_clear_effect":
            draw.rectangle((x - _MARK, y - _MARK, x + _MARK, y + _MARK), ink, _PAPER, 2)
        case "not_enough":
            draw.ellipse((x - _MARK, y - _MARK, x + _MARK, y + _MARK), _PAPER, ink, 4)


def _cell(
    draw: ImageDraw.ImageDraw, box: tuple[float, float, float, float], cell: Cell | None, found: Coverage
) -> None:
    left, top, right, bottom = box
    if cell is None:
        draw.rectangle(box, _PAPER, _LINE, 1)
        return
    gap = cell.is_gap
    draw.rectangle(box, "#fbe3d6" if gap else "#e4eff7", _INKS["hurts"] if gap else _LINE, 5 if gap else 1)
    middle, most = (left + right) / 2, right - left - 12
    money, deals = found.weight(cell)
    pipeline = _short(money, most) if found.currency else str(deals)
    below = _("none") if gap else str(len(cell.assets))
    if length(below, SMALLEST_TEXT) > most:
        below = "0"
    for y, text, ink in (
        (top + 37, pipeline, _INK),
        (bottom - 14, below, _INKS["hurts" if gap else "helps"]),
    ):
        write(draw, (middle, y), text, size=SMALLEST_TEXT, ink=ink, anchor="m")


def _heading(found: Coverage, language: str) -> str:
    spoken = wording.language(language) if language else _("language unknown")
    if found.currency:
        return _(
            "{language}. On top: open pipeline ({currency}). Below: content that fits it.",
            language=spoken,
            currency=found.currency,
        )
    return _("{language}. On top: open deals. Below: content that fits them.", language=spoken)


def _heaviest(found: Coverage, cells: Iterable[Cell], name: Callable[[Cell], str], most: int) -> list[str]:
    sums: dict[str, tuple[float, int]] = {}
    for one in cells:
        money, deals = sums.get(name(one), (0.0, 0))
        more_money, more_deals = found.weight(one)
        sums[name(one)] = (money + more_money, deals + more_deals)
    return sorted(sums, key=lambda one: (-sums[one][0], -sums[one][1], one))[:most]


def _short(money: float, most: float) -> str:
    """Return a sum in thousands, millions or what a language counts in, as exact as there is room for."""
    exact, rough = (
        str(numbers.format_compact_decimal(money, fraction_digits=digits, locale=spoken_locale()))
        for digits in (1, 0)
    )
    return exact if length(exact, SMALLEST_TEXT) <= most else rough


def _named(number: int, title: str) -> str:
    return f"{number}. {writable(title)}".strip()


def _paper(height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", (WIDTH, height), _PAPER)
    return image, ImageDraw.Draw(image)


def _paragraph(draw: ImageDraw.ImageDraw, some: Sequence[str], top: float) -> None:
    for at, line in enumerate(some):
        write(draw, (_EDGE, top + at * _LEAD + 30), line, size=SMALLEST_TEXT, ink=_INK)


def _plate(draw: ImageDraw.ImageDraw, top: float, text: str) -> None:
    """Clear the ground under a line of text: the lines of the axis must not cross letters."""
    draw.rectangle((_EDGE, top, _EDGE + min(length(text, SMALLEST_TEXT), _SPAN) + 6, top + _LEAD), _PAPER)


def _png(image: Image.Image) -> bytes:
    png = BytesIO()
    image.save(png, "PNG", optimize=True)
    return png.getvalue()
