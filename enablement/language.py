"""The language in which something is said: gettext catalogues, and who is spoken to right now.

A door says whom it speaks to (`with speaking(profile.locale)`); whatever is worded meanwhile, by the doors or by the
core, is in that language. English needs no catalogue: the texts in the code are English.
"""

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, dates
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

CATALOGUES = Path(__file__).parent / "locale"
DOMAIN = "touchline"
# By the first two letters of a locale that is none of ours. Who reads simplified Chinese reads the traditional one too.
_NEAREST = {"en": "en", "fr": "fr", "pt": "pt_BR", "th": "th", "zh": "zh_TW", "ko": "ko"}

_spoken: ContextVar[str] = ContextVar("spoken", default="en")


def spoken_for(locale: str) -> str:
    """Return which of our languages (`en`, `fr`, `pt_BR`, `th`, `zh_TW`, `ko`) a locale such as `pt-PT` is given."""
    return _NEAREST.get(locale[:2].lower(), "en")


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Word everything meanwhile in the language that fits a locale, as Slack writes it; "" is English."""
    before = _spoken.set(spoken_for(locale))
    try:
        yield
    finally:
        _spoken.reset(before)


def spoken() -> str:
    """Return the language that is spoken now."""
    return _spoken.get()


def _(text: str, /, **values: object) -> str:
    """Return a text in the language that is spoken, with its named places filled."""
    return _catalogue(spoken()).gettext(text).format(**values)


def ngettext(one: str, many: str, n: int, /, **values: object) -> str:
    """Return the form of a text that fits a number; `{n}` is that number."""
    return _catalogue(spoken()).ngettext(one, many, n).format(n=n, **values)


def day(value: date) -> str:
    """Return a date as people write it, without the year's hundreds of possible misreadings: 3 Mar 2026."""
    return dates.format_date(value, "medium", locale=spoken())


def moment(value: datetime, time_zone: str) -> str:
    """Return a moment as the clock on that person's wall shows it."""
    return dates.format_datetime(value, "medium", tzinfo=ZoneInfo(time_zone), locale=spoken())


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
