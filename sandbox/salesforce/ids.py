"""Record ids: 15 characters that tell case apart, or 18 with a checksum that does it for them."""

import re
import string
from functools import lru_cache

_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_CHECKSUM = string.ascii_uppercase + "012345"
_ID = re.compile(r"[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?")
_INSTANCE = "Hs0"


class MalformedIdError(ValueError):
    """The text is not a record id."""


def make_id(prefix: str, number: int) -> str:
    """Return the 18-character id of the nth row under a key prefix."""
    digits = ""
    while number:
        number, digit = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return with_checksum(prefix + _INSTANCE + digits.rjust(9, "0"))


def with_checksum(short: str) -> str:
    """Return the 18-character form of a 15-character id."""
    return short + _mark(short[:5]) + _mark(short[5:10]) + _mark(short[10:])


@lru_cache(maxsize=4096)
def _mark(letters: str) -> str:
    return _CHECKSUM[sum(1 << place for place, letter in enumerate(letters) if letter.isupper())]


def normal_id(text: str) -> str:
    """Return the id with its checksum; raise MalformedIdError when it is none or its checksum is wrong."""
    if not _ID.fullmatch(text):
        raise MalformedIdError(text)
    full = with_checksum(text[:15])
    if len(text) == 18 and text != full:
        raise MalformedIdError(text)
    return full
