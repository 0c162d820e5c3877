"""Plain, bounded text: normalised, without control characters, cut where no character is torn."""

import re
import unicodedata

_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Control characters, the byte order mark, and the code points Unicode sets aside as no characters.
_UNWANTED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff\ufdd0-\ufdef\ufffe\uffff]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_LINE_TAILS = re.compile("[ \t]+(?=\n|$)")
_BLANK_LINES = re.compile("\n{3,}")
_SPACES = re.compile(r"\s+")
# UAX #15, Stream-Safe Text Format: no writing system needs more.
_MOST_ACCENTS_ON_A_LETTER = 30


def clean(text: str) -> str:
    """Normalise to NFC, drop control characters but line feed and tab, and squeeze blank lines to one."""
    text = _UNWANTED.sub("", _LINE_ENDS.sub("\n", text))
    text = unicodedata.normalize("NFC", _SURROGATES.sub("\ufffd", text))
    return _BLANK_LINES.sub("\n\n", _LINE_TAILS.sub("", text)).strip("\n")


def one_line(text: str) -> str:
    """Clean the text and join its lines with single spaces."""
    return _SPACES.sub(" ", clean(text)).strip()


def cut(text: str, length: int) -> str:
    """Keep at most `length` code points, and no letter without the accents that follow it."""
    if len(text) <= length:
        return text
    for end in range(length, max(0, length - _MOST_ACCENTS_ON_A_LETTER), -1):
        if not unicodedata.combining(text[end]):
            return text[:end]
    return text[:length]
