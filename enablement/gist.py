"""Boil a long message down to what the library knows of it: “we worry about switching costs” → “switching costs”."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from enablement import deals
from enablement.analyser import simplified, words
from enablement.empty_words import in_runs, is_talk, says_little
from enablement.model import Deal
from enablement.ports import AssetFilter, Index
from enablement.search import phrases_in

# From so many words that carry something on one sentence is a message. What greets or thanks, or has several sentences,
# is one from fewer on.
LONG_FROM, LONG_FROM_IN_MESSAGE = 12, 4
# So many words of a message, the rarest in the library, are the question.
MOST = 8
# What is left of a run without spaces, once what carries nothing is taken out: a shorter piece says nothing.
LEAST_PIECE = {"thai": 3, "han": 2}
# So many characters of such a script hold one word that carries something, roughly.
WORD_LENGTH = {"thai": 8, "han": 3}
_THAI, _HAN = "\u0e00-\u0e7f", "\u3400-\u9fff\uf900-\ufaff"
_SPACED = rf"[^\W_{_THAI}{_HAN}]+"
_WORD = re.compile(rf"[{_THAI}]+|[{_HAN}]+|{_SPACED}(?:[.\-’']{_SPACED})*")
_SENTENCE_END = re.compile(r"[.!?]\s|[。！？]|\n")
_COURTESY = re.compile(
    r"\b(?:hi|hello|dear|thanks|thank you|bonjour|bonsoir|merci|olá|obrigad[oa])\b"
    r"|สวัสดี|ขอบคุณ|ครับ|ค่ะ|คะ|您好|你好|謝謝|感謝|안녕하세요|감사합니다",
    re.I,
)
# A lot is what warehouses count too.
_IDIOM = re.compile(r"\b(?:a lot|lots)(?: of)?\b", re.I)
_GREETED = re.compile(
    r"\b(?:hi|hello|hey|dear|bonjour|bonsoir|salut|cher|chère|olá|oi|prezad[oa]|car[oa])\s+([^\W\d_]+)", re.I
)


def gist(message: str, *, index: Index, only: AssetFilter, about: Sequence[Deal]) -> str | None:
    """Return the words of a message by which to search, in its order; None for a text that is short enough as it is.

    Empty where a message says nothing that a library could answer. `about` is the deal that it is for, or those that
    may be meant: the name of one is not what is asked.
    """
    text = _IDIOM.sub(" ", unicodedata.normalize("NFC", message))
    if phrases_in(text):
        # What is quoted is meant as it is.
        return None
    pieces = [one for one in _pieces(text) if len(about) != 1 or deals.without_name(words(one), about[0])]
    telling = [one for one in pieces if not any(map(says_little, words(one)))]
    is_message = _COURTESY.search(text) or _SENTENCE_END.search(text.strip().rstrip(".!?。！？"))
    if _length(telling, text) < (LONG_FROM_IN_MESSAGE if is_message else LONG_FROM):
        return None
    greeted = {word for name in _GREETED.findall(text) for word in words(name) if name[:1].isupper()}
    content = [one for one in telling if not all(word in greeted or is_talk(word) for word in words(one))]
    return " ".join(_rarest(list(dict.fromkeys(content)), index=index, only=only))


def _rarest(pieces: Sequence[str], *, index: Index, only: AssetFilter) -> list[str]:
    """Return the pieces that the library holds, the rarest; where it holds none, they may be of another language."""
    asked = list(dict.fromkeys(word for one in pieces for word in words(one)))
    if not asked:
        return []
    worth = index.rarity(asked, only=only)
    known = [one for one in pieces if not worth.keys().isdisjoint(words(one))]
    if not known:
        return list(pieces[:MOST])
    kept = sorted(
        range(len(known)), key=lambda at: (-max(worth.get(word, 0.0) for word in words(known[at])), at)
    )[:MOST]
    return [known[at] for at in sorted(kept)]


def _pieces(text: str) -> Iterator[str]:
    for found in _WORD.findall(text):
        script = _script(found)
        if script:
            yield from _parted(found, script)
        elif words(found):
            yield found


def _parted(run: str, script: str) -> Iterator[str]:
    """Yield what is left of a run without spaces when what carries nothing is taken out."""
    begin = at = 0
    plain = simplified(run)
    while at < len(run):
        empty = next((one for one in in_runs() if plain.startswith(one, at)), "")
        if not empty:
            at += 1
            continue
        if at - begin >= LEAST_PIECE[script]:
            yield run[begin:at]
        begin = at = at + len(empty)
    if len(run) - begin >= LEAST_PIECE[script]:
        yield run[begin:]


def _length(telling: Sequence[str], text: str) -> float:
    """Return how many words of a text carry something; of scripts without spaces, roughly."""
    runs = [(one, _script(one)) for one in _WORD.findall(text)]
    spaced = sum(not _script(one) for one in telling)
    return spaced + sum(len(run) / WORD_LENGTH[script] for run, script in runs if script)


def _script(text: str) -> str:
    """Return which script without spaces a text is written in, if it is one."""
    if any("\u0e00" <= one <= "\u0e7f" for one in text):
        return "thai"
    return "han" if any("\u3400" <= one <= "\u9fff" for one in text) else ""
