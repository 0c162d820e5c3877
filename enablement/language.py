"""The language in which something is said: gettext catalogues, and who is spoken to right now.

A door says whom it speaks to (`with speaking(profile.locale)`); whatever is worded meanwhile, by the doors or by the
core, is in that language. English needs no catalogue: the texts in the code are English.
"""

import gettext
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, dates, numbers
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

CATALOGUES = Path(__file__).parent / "locale"
DOMAIN = "touchline"
# By the first two letters of a locale that is none of ours. Who reads simplified Chinese reads the traditional one too.
_NEAREST = {"en": "en", "fr": "fr", "pt": "pt_BR", "th": "th", "zh": "zh_TW", "ko": "ko"}

_spoken: ContextVar[str] = ContextVar("spoken", default="en")
_zone: ContextVar[str] = ContextVar("zone", default="UTC")


def spoken_for(*locales: str) -> str:
    """Return which of our languages fits the first of these locales (such as `pt-PT`) that one fits; else English."""
    return next((_NEAREST[tag] for one in locales if (tag := one[:2].lower()) in _NEAREST), "en")


@contextmanager
def speaking(*locales: str, time_zone: str = "UTC") -> Iterator[None]:
    """Word everything meanwhile in the language that fits the first of these locales that one fits ("" is English).

    Moments are told by the clock of the time zone, an IANA name.
    """
    before, zone_before = _spoken.set(spoken_for(*locales)), _zone.set(time_zone)
    try:
        yield
    finally:
        _spoken.reset(before)
        _zone.reset(zone_before)


def spoken() -> str:
    """Return the language that is spoken now."""
    return _spoken.get()


def spoken_locale() -> Locale:
    """Return how dates, amounts, lists and the names of languages are written for who is spoken to."""
    return _locale(spoken())


def _(text: str, /, **values: object) -> str:
    """Return a text in the language that is spoken, with its named places filled."""
    return _catalogue(spoken()).gettext(text).format(**values)


def ngettext(one: str, many: str, n: int, /, **values: object) -> str:
    """Return the form of a text that fits a number; `{n}` is that number."""
    text = _catalogue(spoken()).ngettext(one, many, n)
    if n == 0 and "{n}" not in text:
        # In French and Portuguese nought goes with one: where the one is spelt out, it must not stand for nought.
        text = _catalogue(spoken()).ngettext(one, many, 2)
    return text.format(n=n, **values)


def marked(text: str) -> str:
    """Return a text as it is: it is collected for translation here, and said elsewhere through `_`."""
    return text


def day(value: date) -> str:
    """Return a day as people write it, for a moment (with a time zone) the day that it falls on for the reader."""
    if isinstance(value, datetime):
        value = value.astimezone(zone_named(_zone.get())).date()
    return _on(value)


def today(now: datetime) -> date:
    """Return which day it is for the reader."""
    return now.astimezone(zone_named(_zone.get())).date()


def moment(value: datetime, time_zone: str = "") -> str:
    """Return a moment as the clock on the reader's wall shows it, or one in another time zone."""
    locale, zone = spoken_locale(), zone_named(time_zone or _zone.get())
    on, at = _on(value.astimezone(zone).date()), _at(value, zone)
    return str(locale.datetime_formats["medium"]).format(at, on)


def clock(value: datetime, *, now: datetime) -> str:
    """Return a moment of the reader's today as the clock on their wall shows it, another with its day."""
    zone = zone_named(_zone.get())
    if value.astimezone(zone).date() != now.astimezone(zone).date():
        return moment(value)
    return _at(value, zone)


def span(value: timedelta) -> str:
    """Return how long something took, roughly: “3 hours”."""
    return dates.format_timedelta(value, locale=spoken_locale())


def decimal(value: float) -> str:
    """Return a number with one digit after the point, or comma."""
    return numbers.format_decimal(value, format="#,##0.0", locale=spoken_locale())


def enumerated(parts: Iterable[str], *, style: Literal["standard", "or"] = "standard") -> str:
    """Return parts as one list: “a, b and c”, or in the style `or` “a, b or c”."""
    some = list(parts)
    if spoken() == "th" and len(some) > 1:
        # CLDR parts Thai by spaces alone, and binds the last: names have spaces themselves, and marks need one.
        word, last = ("หรือ" if style == "or" else "และ"), some[-1]
        gap = "" if "\N{THAI CHARACTER KO KAI}" <= last[:1] <= "\N{THAI CHARACTER KHOMUT}" else " "
        return f"{', '.join(some[:-1])} {word}{gap}{last}"
    return format_list(some, style=style, locale=spoken_locale())


def in_a_row(parts: Iterable[str]) -> str:
    """Return parts one after the other: “a, b, c”."""
    # Not as CLDR lists units: Thai has no rule for three of them, and Chinese puts nothing between.
    return _(", ").join(parts)


def zone_named(name: str) -> ZoneInfo:
    """Return a time zone by its name, UTC where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        # A newer name than this machine knows, or none at all.
        return ZoneInfo("UTC")


def _on(value: date) -> str:
    said = str(dates.format_date(value, "medium", locale=spoken_locale()))
    # French counts the days of a month, but for its first.
    return f"1er{said[1:]}" if spoken() == "fr" and value.day == 1 else said


def _at(value: datetime, zone: ZoneInfo) -> str:
    # “aaaa” is the whole name of a half of the day: the short ones, AM and PM, are not what Koreans write.
    pattern = str(spoken_locale().time_formats["short"]).replace("a", "aaaa")
    return str(dates.format_time(value, pattern, tzinfo=zone, locale=spoken_locale()))


@cache
def _locale(language: str) -> Locale:
    # British dates and lists: 3 Mar 2026 can't be misread.
    return Locale.parse("en_GB" if language == "en" else language)


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    with (CATALOGUES / language / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
        known = read_po(file, locale=Locale.parse(language))
    compiled = BytesIO()
    write_mo(compiled, known)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
