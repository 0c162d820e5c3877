"""Find in a text the phrases that change what is asked: languages, personas, formats, and words such as “shorter”.

By tables, in all our languages; also in runs of a script that puts no spaces between words.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, groupby

from enablement.facet_words import FORMATS, PERSONAS, language_names, listed, plainly
from enablement.refining_words import said as change_words

_SCRIPTS = (("thai", "\u0e00", "\u0e7f"), ("han", "\u3400", "\u9fff"), ("hangul", "\u1100", "\u11ff"))
_LATE_SCRIPTS = (("hangul", "\uac00", "\ud7a3"), ("hangul", "\u3130", "\u318f"), ("han", "\uf900", "\ufaff"))


@dataclass(frozen=True)
class Token:
    """A run of one script, from which place in the text on."""

    spelt: str
    plain: str
    is_spaced: bool
    start: int


@dataclass(frozen=True)
class Heard:
    """A phrase as it was written, and what it means; nothing (None) for a word that is in no table."""

    what: str | None
    value: str
    spelt: str
    is_spaced: bool
    # Its place in the text.
    start: int
    end: int


_Meaning = tuple[str, str]
_NO_MEANING: tuple[None, str] = (None, "")


def heard(tokens: Sequence[Token], *, inside: bool = False) -> Iterator[Heard]:
    """Yield the phrases of a text in their order, the longest that there are.

    `inside`: also those with which a run without spaces begins and ends, whatever stands between them.
    """
    phrases, longest = _phrases()
    at = 0
    while at < len(tokens):
        lengths = range(min(longest, len(tokens) - at), 0, -1)
        found = next((n for n in lengths if tuple(one.plain for one in tokens[at : at + n]) in phrases), 0)
        some = tokens[at : at + max(found, 1)]
        first, last = some[0], some[-1]
        if found:
            meaning = phrases[tuple(one.plain for one in some)]
            spelt = " ".join(one.spelt for one in some)
            yield Heard(*meaning, spelt, first.is_spaced, first.start, last.start + len(last.spelt))
        elif first.is_spaced:
            yield Heard(*_NO_MEANING, first.spelt, True, first.start, first.start + len(first.spelt))
        else:
            yield from _parted(first, phrases, inside=inside)
        at += len(some)


def tokens(text: str) -> list[Token]:
    """Return the runs of one script in a text (in its composed form), without marks and spaces between them."""
    runs = [(kind, "".join(some)) for kind, some in groupby(unicodedata.normalize("NFC", text), key=_kind)]
    starts = accumulate((len(run) for _, run in runs), initial=0)
    return [
        Token(run, plainly(run), kind == "spaced", start)
        for (kind, run), start in zip(runs, starts, strict=False)
        if kind
    ]


def _parted(token: Token, phrases: Mapping[tuple[str, ...], _Meaning], *, inside: bool) -> Iterator[Heard]:
    """Yield what a run without spaces means, where it is made of nothing but known phrases, the longest first."""
    letters = [plainly(one) for one in token.spelt]

    def piece(start: int, end: int, meaning: _Meaning | tuple[None, str]) -> Heard:
        what, value = meaning
        return Heard(what, value, token.spelt[start:end], False, token.start + start, token.start + end)

    # For each place the end of the phrase there, from which the rest of the run is known too.
    ends: dict[int, int] = {len(letters): len(letters)}
    for start in range(len(letters) - 1, -1, -1):
        known = _ends(letters, start, phrases)
        if (end := next((one for one in known if one in ends), None)) is not None:
            ends[start] = end
    first, last = 0, len(letters)
    begun: list[Heard] = []
    # What Korean puts before a word are no particles.
    while inside and 0 not in ends and letters[0] < "\uac00":
        end = next(iter(_ends(letters, first, phrases)), 0)
        if not end:
            break
        begun.append(piece(first, end, phrases["".join(letters[first:end]),]))
        first = end
    if inside or 0 in ends:
        last = min(one for one in ends if one >= first)
    yield from begun
    if last > first:
        yield piece(first, last, _NO_MEANING)
    while last < len(letters):
        yield piece(last, ends[last], phrases["".join(letters[last : ends[last]]),])
        last = ends[last]


def _ends(letters: Sequence[str], start: int, phrases: Mapping[tuple[str, ...], _Meaning]) -> Iterator[int]:
    """Yield where phrases that begin at a place end, the longest first."""
    for end in range(min(len(letters), start + _longest_run()), start, -1):
        if ("".join(letters[start:end]),) in phrases:
            yield end


@cache
def _longest_run() -> int:
    return max(len(one[0]) for one in _phrases()[0] if len(one) == 1)


@cache
def _phrases() -> tuple[Mapping[tuple[str, ...], _Meaning], int]:
    """Return what each phrase means, as the tokens it is made of, and how many tokens the longest has."""
    known: dict[tuple[str, ...], _Meaning] = {}
    tables: list[tuple[str, _Meaning]] = [
        # First, as “it” is rarely a department.
        *((text, _change(meaning)) for text, meaning in change_words()),
        *((text, ("persona", name)) for text, name in listed(PERSONAS)),
        *((text, ("format", name)) for text, name in listed(FORMATS)),
        *((text, ("language", tag)) for text, tag in language_names().items()),
    ]
    for text, meaning in tables:
        known.setdefault(tuple(one.plain for one in tokens(text)), meaning)
    return known, max(map(len, known))


def _change(meaning: str) -> _Meaning:
    what, _space, value = meaning.partition(" ")
    return ("not", value) if what == "not" else (meaning, "")


def _kind(character: str) -> str:
    """Return the script of a character as far as it matters here; empty for what parts words."""
    if character.isspace() or unicodedata.category(character)[0] in "PSZC":
        return ""
    for name, first, last in (*_SCRIPTS, *_LATE_SCRIPTS):
        if first <= character <= last:
            return name
    return "spaced"
