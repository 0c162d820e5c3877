"""What a file says of itself: the known keys, and their values as the catalogue keeps them."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import get_args
from urllib.parse import urlsplit

from enablement.analyser import words
from enablement.language import _
from enablement.model import LANGUAGES, Audience, Facets

_FACETS = tuple(field.name for field in fields(Facets))
KNOWN_KEYS = frozenset(
    {
        *("title", "kind", "language", "audience", "collection", "owner", "translation_of", "replaces"),
        *("review_every_days", "reviewed_on", "released", "expires"),
        *_FACETS,
    }
)
# How many characters the catalogue has room for.
_ROOM = {
    "title": 500,
    "kind": 80,
    "language": 20,
    "collection": 80,
    "owner": 320,
    "translation_of": 1000,
    "url": 2000,
}
LONGEST_REVIEW_DAYS = 3650
_URL = re.compile(r"[!-~]+")
# Words that only one of the Latin-script languages uses, and often.
_TELLTALES = {
    "en": "the and of to is for with your you we are that this from by",
    "fr": "le les des est et une dans pour vous nous avec sur votre au du",
    "pt-BR": "os uma para com não em seu sua você são mais na no do da",
}


class BadMetadata(Exception):
    """What a file says of itself can't be used; the message names the key and what it may be."""


@dataclass(frozen=True)
class Metadata:
    """What a file says of itself. Where it says nothing: empty, or None."""

    title: str
    kind: str
    language: str
    audience: Audience
    collection: str
    owner: str
    translation_of: str
    replaces: str
    facets: Facets
    review_every_days: int | None
    reviewed_on: date | None
    released: date | None
    expires: date | None


def understood(said: Mapping[str, object]) -> Metadata:
    """Return the values of the known keys; who says nothing is a document for internal use. Raises BadMetadata."""
    return Metadata(
        title=text_of(said, "title"),
        kind=text_of(said, "kind") or "document",
        language=_language(text_of(said, "language")),
        audience=_audience(text_of(said, "audience") or "internal"),
        collection=text_of(said, "collection"),
        owner=text_of(said, "owner").lower(),
        translation_of=text_of(said, "translation_of"),
        replaces=text_of(said, "replaces"),
        facets=Facets(**{name: _values(said, name) for name in _FACETS}),
        review_every_days=_days(said, "review_every_days"),
        reviewed_on=_day(said, "reviewed_on"),
        released=_day(said, "released"),
        expires=_day(said, "expires"),
    )


def metadata_problems(said: Mapping[str, object]) -> list[str]:
    """Return a line for each key that is not known; the rest can still be used."""
    return [f"unknown key “{name}”" for name in said if name not in KNOWN_KEYS]


def text_of(said: Mapping[str, object], name: str) -> str:
    """Return the one value of a key as text; raises BadMetadata."""
    value = said.get(name)
    if value is None:
        return ""
    if isinstance(value, dict | list):
        raise BadMetadata(_("“{key}” should be one value, not a list", key=name))
    text = str(value).strip()
    if len(text) > _ROOM.get(name, len(text)):
        raise BadMetadata(_("“{key}” is longer than {most} characters", key=name, most=_ROOM[name]))
    return text


def web_address(said: Mapping[str, object]) -> str:
    """Return the address that a link leads to; only what a browser may open safely. Raises BadMetadata."""
    url = text_of(said, "url")
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_web = False
    # Browsers read “\” as “/”, so what looks like a path could be another host.
    if not is_web or not _URL.fullmatch(url) or "\\" in url:
        raise BadMetadata(
            _("“url” should be an address like https://example.com/page, not “{value}”", value=url)
        )
    if "@" in parts.netloc:
        raise BadMetadata(_("“url” holds a user name or password, which everybody with the link would see"))
    return url


def cut(text: str, name: str) -> str:
    """Return a text no longer than the catalogue has room for under this name."""
    return text if len(text) <= _ROOM[name] else text[: _ROOM[name] - 1] + "…"


def detect_language(text: str) -> str:
    """Return the language of a text by its script, or by its commonest words; English when nothing tells."""
    scripts = Counter(_script_of(character) for character in text)
    others = {language: count for language, count in scripts.items() if language}
    letters = sum(character.isalpha() for character in text)
    if others and max(others.values()) * 4 > letters:
        return max(others, key=lambda language: others[language])
    said = Counter(words(text)[:2000])
    scores = {
        language: sum(said[word] for word in words(telling)) for language, telling in _TELLTALES.items()
    }
    best = max(scores, key=lambda language: scores[language])
    return best if scores[best] else "en"


def _values(said: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = said.get(name)
    if value is None:
        return ()
    if isinstance(value, dict):
        raise BadMetadata(f"“{name}” should be a list of values")
    return tuple(
        str(item).strip() for item in (value if isinstance(value, list) else [value]) if str(item).strip()
    )


def _days(said: Mapping[str, object], name: str) -> int | None:
    text = text_of(said, name)
    if not text:
        return None
    if not text.isdecimal() or not 0 < int(text) <= LONGEST_REVIEW_DAYS:
        raise BadMetadata(
            _(
                "“{key}” should be a number of days from 1 to {most}, not “{value}”",
                key=name,
                most=LONGEST_REVIEW_DAYS,
                value=text,
            )
        )
    return int(text)


def _day(said: Mapping[str, object], name: str) -> date | None:
    value = said.get(name)
    if value is None or isinstance(value, datetime):
        return value.date() if value else None
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError as error:
        raise BadMetadata(
            _("“{key}” should be a day like 2026-12-31, not “{value}”", key=name, value=value)
        ) from error


def _audience(value: str) -> Audience:
    if value not in get_args(Audience):
        raise BadMetadata(_("“audience” should be internal or customer, not “{value}”", value=value))
    return "customer" if value == "customer" else "internal"


def _language(tag: str) -> str:
    if not tag:
        return ""
    known = {language.lower(): language for language in LANGUAGES} | {"pt": "pt-BR", "zh": "zh-TW"}
    return known.get(tag.lower().replace("_", "-"), tag)


def _script_of(character: str) -> str:
    if "\u0e00" <= character <= "\u0e7f":
        return "th"
    if "\uac00" <= character <= "\ud7a3":
        return "ko"
    return "zh-TW" if "\u4e00" <= character <= "\u9fff" else ""
