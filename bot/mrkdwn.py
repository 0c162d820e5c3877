"""Text for Slack: escaped, and cut to a length without cutting an entity or what people see as one character."""

import re
from unicodedata import category

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_JOINER = "\u200d"
# Skin tones, and the Thai and Lao vowels that stand on the letter before them.
_ADDED = frozenset(f"{_JOINER}\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff\u0e33\u0eb3")
_FLAG_HALVES = "".join(map(chr, range(0x1F1E6, 0x1F200)))
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def escape(text: str, *, most: int = 3000) -> str:
    """Return text that Slack shows as it is: nobody is pinged, nothing becomes a link. `most` is in characters."""
    cleaned = clean(text)
    if fits(cleaned, most=most) == len(cleaned):
        return _escaped(cleaned)
    return _escaped(cleaned[: whole(cleaned, fits(cleaned, most=most - 1))]) + "…"


def fits(text: str, *, most: int) -> int:
    """Return how many characters from the start of a text are no longer than `most` when they are escaped."""
    left = most
    for at, character in enumerate(text):
        left -= len(_ENTITIES.get(character, character))
        if left < 0:
            return at
    return len(text)


def whole(text: str, at: int) -> int:
    """Return the last place up to `at` where a text may be cut: before a letter with its accents, an emoji, a flag."""
    place = at
    while 0 < place < len(text) and _belong_together(text, place):
        place -= 1
    # Nothing but accents: then they can't be kept together.
    return place or at


def plain(text: str, *, most: int) -> str:
    """Return text for a plain_text field: cleaned and cut, never empty."""
    cleaned = clean(text) or "–"
    return cleaned if len(cleaned) <= most else cleaned[: whole(cleaned, most - 1)].rstrip() + "…"


def clean(text: str) -> str:
    """Return text without control characters and without marks that turn the direction of what follows."""
    return _CONTROL.sub(" ", text.encode(errors="replace").decode()).strip()


def unescape(text: str) -> str:
    """Return what a person typed from what Slack sends of it."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _escaped(text: str) -> str:
    return "".join(_ENTITIES.get(character, character) for character in text)


def _belong_together(text: str, at: int) -> bool:
    """Say whether the characters before and after a place are seen as one (from Unicode annex 29, for what is used)."""
    before, after = text[at - 1], text[at]
    if before in _FLAG_HALVES and after in _FLAG_HALVES:
        return (at - len(text[:at].rstrip(_FLAG_HALVES))) % 2 == 1
    is_added = (
        category(after) in ("Mn", "Me", "Mc") or after in _ADDED or "\U000e0020" <= after <= "\U000e007f"
    )
    is_jamo = "\u1100" <= before <= "\u11ff" and "\u1160" <= after <= "\u11ff"
    return is_added or before == _JOINER or is_jamo
