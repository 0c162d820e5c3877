"""Take files into the catalogue: same bytes, same version; changed bytes, a new version; a moved file stays itself."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Literal, Protocol, get_args

from enablement.analyser import words
from enablement.model import LANGUAGES, Asset, Audience, Facets, Page, Version, key

Outcome = Literal["added", "new version", "updated", "unchanged", "moved"]
_FACETS = tuple(field.name for field in fields(Facets))
KNOWN_KEYS = frozenset(
    {
        *("title", "kind", "language", "audience", "collection", "owner", "translation_of"),
        *("review_every_days", "released", "expires"),
        *_FACETS,
    }
)
# How many characters the catalogue has room for.
_ROOM = {"title": 500, "kind": 80, "language": 20, "collection": 200, "owner": 320, "translation_of": 1000}
# Words that only one of the Latin-script languages uses, and often.
_TELLTALES = {
    "en": "the and of to is for with your you we are that this from by",
    "fr": "le les des est et une dans pour vous nous avec sur votre au du",
    "pt-BR": "os uma para com não em seu sua você são mais na no do da",
}


class BadMetadata(Exception):
    """What a file says of itself can't be used; the message names the key and what it may be."""


class PageRead(Protocol):
    """A page as the reader of files gives it."""

    @property
    def number(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...


@dataclass(frozen=True)
class Incoming:
    """A file that was read: where it comes from, its bytes, its pages and what it says of itself."""

    source: str
    file_name: str
    media_type: str
    data: bytes
    title: str
    pages: Sequence[PageRead]
    metadata: Mapping[str, object]


class Shelf(Protocol):
    """What taking in needs of the catalogue."""

    def publish(self, asset: Asset, version: Version, pages: Sequence[Page], data: bytes) -> bool: ...
    def asset_by_source(self, source: str) -> Asset | None: ...
    def assets_by_content(self, content_hash: str) -> list[Asset]: ...
    def version(self, version_id: str) -> Version | None: ...


def take_in(incoming: Incoming, shelf: Shelf, *, is_there: Callable[[str], bool], now: datetime) -> Outcome:
    """Publish a file as a new asset, a new version, or not at all when nothing changed.

    `is_there` says whether the file of a source is still there: when that of an asset with the same bytes is not,
    the file has moved and the asset with it. Raises BadMetadata.
    """
    content_hash = hashlib.sha256(incoming.data).hexdigest()
    known = shelf.asset_by_source(incoming.source)
    if known is None:
        twins = shelf.assets_by_content(content_hash)
        known = next((twin for twin in twins if not is_there(twin.source)), None)
    asset, version = _asset_and_version(incoming, known, content_hash, now)
    previous = shelf.version(known.version_id) if known else None
    is_same = previous is not None and previous.content_hash == content_hash
    if known and previous and is_same:
        version = previous
        asset = replace(
            asset, version=known.version, version_id=known.version_id, updated_at=known.updated_at
        )
    if asset == known:
        return "unchanged"
    pages = [Page(version.id, page.number, page.title, page.text) for page in incoming.pages]
    shelf.publish(asset, version, pages, incoming.data)
    if known is None:
        return "added"
    if not is_same:
        return "new version"
    return "moved" if asset.source != known.source else "updated"


def metadata_problems(metadata: Mapping[str, object]) -> list[str]:
    """Return a line for each key that is not known; the rest can still be used."""
    return [f"unknown key “{name}”" for name in metadata if name not in KNOWN_KEYS]


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


def _asset_and_version(
    incoming: Incoming, known: Asset | None, content_hash: str, now: datetime
) -> tuple[Asset, Version]:
    said = incoming.metadata
    asset_id = known.id if known else key("asset", incoming.source)
    number = known.version + 1 if known else 1
    version = Version(
        id=key("version", asset_id, content_hash, number),
        asset_id=asset_id,
        number=number,
        content_hash=content_hash,
        media_type=incoming.media_type,
        file_name=incoming.file_name,
        size=len(incoming.data),
        created_at=now,
    )
    text = "\n".join(page.text for page in incoming.pages)
    asset = Asset(
        id=asset_id,
        source=incoming.source,
        title=_text(said, "title") or _cut(incoming.title, _ROOM["title"]),
        kind=_text(said, "kind") or "document",
        language=_language(_text(said, "language")) or detect_language(text),
        audience=_audience(_text(said, "audience") or "internal"),
        collection=_text(said, "collection"),
        owner=_text(said, "owner").lower(),
        facets=Facets(**{name: _values(said, name) for name in _FACETS}),
        translation_of=_text(said, "translation_of") or None,
        released=_day(said, "released"),
        expires=_day(said, "expires"),
        version=number,
        version_id=version.id,
        updated_at=now,
    )
    return asset, version


def _text(said: Mapping[str, object], name: str) -> str:
    value = said.get(name)
    if value is None:
        return ""
    if isinstance(value, dict | list):
        raise BadMetadata(f"“{name}” should be one value, not a list")
    text = str(value).strip()
    if len(text) > _ROOM.get(name, len(text)):
        raise BadMetadata(f"“{name}” is longer than {_ROOM[name]} characters")
    return text


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _values(said: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = said.get(name)
    if value is None:
        return ()
    if isinstance(value, dict):
        raise BadMetadata(f"“{name}” should be a list of values")
    return tuple(
        str(item).strip() for item in (value if isinstance(value, list) else [value]) if str(item).strip()
    )


def _day(said: Mapping[str, object], name: str) -> date | None:
    value = said.get(name)
    if value is None or isinstance(value, datetime):
        return value.date() if value else None
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError as error:
        raise BadMetadata(f"“{name}” should be a day like 2026-12-31, not “{value}”") from error


def _audience(value: str) -> Audience:
    if value not in get_args(Audience):
        raise BadMetadata(f"“audience” should be internal or customer, not “{value}”")
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
