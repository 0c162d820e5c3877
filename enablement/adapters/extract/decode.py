"""Turn the bytes of a text file into characters without ever guessing a foreign script."""

import codecs
import re

from enablement.adapters.extract.contents import Refused
from enablement.language import _, marked

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Browsers read the label on the left as the encoding on the right:
# https://encoding.spec.whatwg.org/#names-and-labels
_AS_BROWSERS_DO = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "utf-16": "utf-8",
    "utf-16-le": "utf-8",
    "utf-16-be": "utf-8",
}
_KNOWN = frozenset(
    {"utf-8", "gb18030", "big5hkscs", "cp932", "cp949", "cp874", "euc_jp", "koi8-r", "koi8-u", "mac-roman"}
    | {f"cp125{n}" for n in range(9)}
    | {f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)}
)
_SPELT_OTHERWISE = {"windows-874": "cp874", "windows-949": "cp949", "windows-31j": "cp932", "x-sjis": "cp932"}
_LABEL = re.compile("[a-z0-9][a-z0-9_.:-]{1,30}")
# Western accents stand alone or in pairs (ção); Thai, Chinese, Korean or Cyrillic letters follow one another.
_FOREIGN_RUN = re.compile(rb"[\x80-\xff]{3,}")
_MOST_IN_RUNS = 0.2
_ACCENTS = bytes(range(128, 256))
_UNKNOWN_ENCODING = marked("has an unknown text encoding. Save it as UTF-8 and add it again.")


def decode(data: bytes, *, declared: str | None = None) -> str:
    """Decode by byte order mark, then by `declared`, then as UTF-8, then as western Windows text.

    Raises Refused for bytes that are no text and for text whose encoding cannot be told.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    if b"\0" in data:
        raise Refused(_("is not a text file. Check that it is the file you meant."))
    named = _known_encoding(declared) if declared else None
    if named and named != "utf-8":
        return data.decode(named, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_western(data)


def _decode_western(data: bytes) -> str:
    in_runs = sum(len(run) for run in _FOREIGN_RUN.findall(data))
    accents = len(data) - len(data.translate(None, _ACCENTS))
    if in_runs > accents * _MOST_IN_RUNS:
        raise Refused(_(_UNKNOWN_ENCODING))
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise Refused(_(_UNKNOWN_ENCODING)) from error


def _known_encoding(label: str) -> str | None:
    label = label.strip().lower()
    if not _LABEL.fullmatch(label):
        return None
    try:
        name = codecs.lookup(_SPELT_OTHERWISE.get(label, label)).name
    except LookupError:
        return None
    name = _AS_BROWSERS_DO.get(name, name)
    return name if name in _KNOWN else None
