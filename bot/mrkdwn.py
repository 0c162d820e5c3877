"""Text for Slack: escaped, and cut to a length without cutting an entity."""

import re

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def escape(text: str, *, most: int = 3000) -> str:
    """Return text that Slack shows as it is: nobody is pinged, nothing becomes a link. `most` is in characters."""
    cleaned = clean(text)
    whole = "".join(_ENTITIES.get(character, character) for character in cleaned)
    if len(whole) <= most:
        return whole
    kept: list[str] = []
    left = most - 1
    for character in cleaned:
        entity = _ENTITIES.get(character, character)
        if len(entity) > left:
            break
        kept.append(entity)
        left -= len(entity)
    return "".join(kept) + "…"


def plain(text: str, *, most: int) -> str:
    """Return text for a plain_text field: cleaned and cut, never empty."""
    cleaned = clean(text) or "–"
    return cleaned if len(cleaned) <= most else cleaned[: most - 1].rstrip() + "…"


def clean(text: str) -> str:
    """Return text without control characters and without marks that turn the direction of what follows."""
    return _CONTROL.sub(" ", text.encode(errors="replace").decode()).strip()


def unescape(text: str) -> str:
    """Return what a person typed from what Slack sends of it."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
