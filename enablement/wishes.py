"""Read what a question wants beside what it is about: “pricing in French”, “battlecard for the CFO”.

Only where that cannot be meant otherwise: “French customs regulation” and “Thai Airways case study” are sought as they
are, and so is what stands in quotation marks or in the name of the deal. Read by the tables of follow-ups.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from enablement import deals
from enablement.analyser import words
from enablement.facet_words import plainly, subjects
from enablement.model import Ask, Deal, Refinement, key
from enablement.phrases import Heard, Token, heard, tokens
from enablement.refining import CARRY_NOTHING, MOST_TOKENS, ONE_PAGER, ONE_PAGER_PAGES
from enablement.refining_words import denials
from enablement.search import QUOTED

# What people call short has no more pages than this, and what they call long has more.
SHORT_PAGES = 4
# A word so long, in a script without spaces, is not the end of another one.
_STANDS_OUT = 5
_PAUSE = re.compile(r"[,;:.!?()\[\]…–—、，。；：！？（）]")
_EMPTY = re.compile(r"\(\s*\)|（\s*）")
_LOOSE = " ,;:–—-、，；："
_CONTENT = (None, "language", "persona", "format")


@dataclass(frozen=True)
class _Unit:
    """One wish: what of the question says it (from the `first` to the `last` phrase), and what is wanted."""

    kind: str
    value: str
    first: int
    last: int
    # Words that are sought too stay in the question.
    is_kept: bool = False


def wished(ask: Ask, about: Sequence[Deal]) -> Ask | None:
    """Return a question as it is understood, without the words for how content is to be; None where there are none.

    `about` is the deal that it is for, or those that may be meant.
    """
    if ask.replaces or ask.refines or ask.refined != Refinement():
        return None
    text = unicodedata.normalize("NFC", ask.question)
    # What stands in quotation marks is one word that means nothing to us.
    found = tokens(QUOTED.sub(lambda quoted: "q" * len(quoted[0]), text))
    if not 0 < len(found) <= MOST_TOKENS or any(map(_denies, found)):
        return None
    phrases = [_in_name(one, about) for one in heard(found, inside=True)]
    units = _Reader(text, phrases, about).units()
    if not units:
        return None
    return replace(
        ask,
        id=key("refined", ask.id),
        refines=ask.id,
        question=_without(text, phrases, units),
        refined=_refinement(units),
    )


def for_deal(ask: Ask, chosen: deals.Choice) -> deals.Choice:
    """Return the choice of a deal with what is left of the question once it is understood."""
    return (
        replace(chosen, words=deals.without_name(words(ask.question), chosen.deal)) if ask.refines else chosen
    )


@dataclass(frozen=True)
class _Reader:
    text: str
    phrases: Sequence[Heard]
    about: Sequence[Deal]

    def units(self) -> list[_Unit]:
        """Return the wishes that cannot be meant otherwise; of two that contradict each other, none."""
        found = [
            one for at in range(len(self.phrases)) if (one := self._unit(at)) and not self._is_named(one)
        ]
        begun = {one.first for one in found}
        sure = [one for one in found if self._ends_there(one, begun)]
        values = {
            kind: {one.value for one in sure if one.kind == kind} for kind in {one.kind for one in sure}
        }
        return [one for one in sure if len(values[one.kind]) == 1]

    def _unit(self, at: int) -> _Unit | None:
        one = self.phrases[at]
        match one.what:
            case "language" if self._is(at - 1, "in") and self._begins_there(at - 1):
                return _Unit("language", one.value, at - 1, at)
            case "language" if self._is(at + 1, "version"):
                return _Unit("language", one.value, at, at + 1)
            case "persona" if plainly(one.spelt) not in subjects():
                return self._for_persona(at)
            case "shorter" | "longer" if not self._is_content(at - 1, at):
                return _Unit("length", str(one.what), at, at)
            case "format" if one.value == ONE_PAGER and not self._is_content(at - 1, at):
                return _Unit("length", ONE_PAGER, at, at)
            case "format" if self._is(at - 1, "only") or self._is(at + 1, "only"):
                return _Unit("format", one.spelt, at, at, is_kept=True)
        return None

    def _for_persona(self, at: int) -> _Unit | None:
        if self._is(at - 1, "for") and self._begins_there(at - 1):
            return _Unit("persona", self.phrases[at].spelt, at - 1, at)
        # In Korean the word for that comes after, with or without a particle between.
        last = at + 2 if self._is(at + 1, "") and not self.phrases[at + 1].is_spaced else at + 1
        if self._is(last, "for") and not self.phrases[last].is_spaced and not self._is_glued(last + 1, last):
            return _Unit("persona", self.phrases[at].spelt, at, last)
        return None

    def _begins_there(self, at: int) -> bool:
        """Say whether a word is one of its own, and not the end of what stands before it."""
        return not self._is_glued(at - 1, at) or len(self.phrases[at].spelt) >= _STANDS_OUT

    def _ends_there(self, unit: _Unit, begun: set[int]) -> bool:
        """Say whether nothing follows that a wish may be a part of: “in French customs law”, “in English and Thai”."""
        after = unit.last + (2 if unit.is_kept and self._is(unit.last + 1, "only") else 1)
        comes_before_noun = unit.kind == "persona" and self._is(unit.last, "for")
        if after in begun or comes_before_noun or (unit.kind == "length" and self._is(after, "format")):
            return True
        if self._is_content(after, after - 1):
            return False
        if unit.value == "longer" and self._is(after, "about"):
            # “More details on pricing” are sought in what is long and in what is short.
            return False
        while self._is(after, ""):
            after += 1
        return unit.kind != "language" or after in begun or not self._is(after, "language")

    def _is(self, at: int, what: str) -> bool:
        return 0 <= at < len(self.phrases) and self.phrases[at].what == what

    def _is_content(self, at: int, beside: int) -> bool:
        """Say whether a phrase is part of what is sought, with no pause between it and the one beside it."""
        is_there = 0 <= at < len(self.phrases)
        return (
            is_there
            and self.phrases[at].what in _CONTENT
            and not self._pauses(min(at, beside), max(at, beside))
        )

    def _is_glued(self, content: int, beside: int) -> bool:
        """Say whether a phrase is part of what is sought, and written in one with the one beside it."""
        if not (self._is_content(content, beside) and 0 <= beside < len(self.phrases)):
            return False
        first, second = sorted((content, beside))
        return self.phrases[first].end == self.phrases[second].start

    def _pauses(self, at: int, after: int) -> bool:
        return bool(_PAUSE.search(self.text[self.phrases[at].end : self.phrases[after].start]))

    def _is_named(self, unit: _Unit) -> bool:
        """Say whether these words are part of the name of a deal that may be meant."""
        first, last = self.phrases[unit.first], self.phrases[unit.last]
        said = " ".join(words(self.text[first.start : last.end]))
        return any(said in " ".join(words(f"{one.account} {one.name}")) for one in self.about)


def _in_name(one: Heard, about: Sequence[Deal]) -> Heard:
    """Return a phrase as part of the name of the deal, where it is that; as content, where it is an abbreviation."""
    said = words(one.spelt)
    if len(about) == 1 and said and not deals.without_name(said, about[0]):
        return replace(one, what="deal")
    # “IT” and “US” are none of the words that carry nothing.
    is_short = one.what == "" and len(one.spelt) > 1 and one.spelt.isascii() and one.spelt.isupper()
    return replace(one, what=None) if is_short else one


def _denies(token: Token) -> bool:
    said = token.spelt.casefold()
    return said in denials() or (not token.is_spaced and any(one in said for one in denials()))


def _refinement(units: Sequence[_Unit]) -> Refinement:
    wants = {one.kind: one.value for one in units}
    most = {ONE_PAGER: ONE_PAGER_PAGES, "shorter": SHORT_PAGES}.get(wants.get("length", ""), 0)
    return Refinement(
        language=wants.get("language", ""),
        persona=wants.get("persona", ""),
        format=wants.get("format", ""),
        most_pages=most,
        least_pages=SHORT_PAGES + 1 if wants.get("length") == "longer" else 0,
    )


def _without(text: str, phrases: Sequence[Heard], units: Sequence[_Unit]) -> str:
    """Return a question without its wishes and the words beside them that carry nothing."""
    said = [one for one in units if not one.is_kept]
    gone = {at for unit in said for at in range(unit.first, unit.last + 1)}
    for unit in said:
        gone |= {*_nothing(phrases, range(unit.first - 1, -1, -1), gone)}
        gone |= {*_nothing(phrases, range(unit.last + 1, len(phrases)), gone)}
    gone |= {at for at, one in enumerate(phrases) if one.what == "only" and len(said) < len(units)}
    left = [at for at in range(len(phrases)) if at not in gone]
    if left and phrases[left[0]].what == "about":
        gone.add(left.pop(0))
    if not any(phrases[at].what in _CONTENT for at in left):
        return " ".join(phrases[at].spelt for at in left if phrases[at].what == "deal")
    parts, begin = [], 0
    for at in sorted(gone):
        parts.append(text[begin : phrases[at].start])
        begin = phrases[at].end
    kept = " ".join((*parts, text[begin:]))
    return " ".join(_EMPTY.sub(" ", kept).split()).strip(_LOOSE)


def _nothing(phrases: Sequence[Heard], places: Sequence[int], gone: set[int]) -> Iterator[int]:
    for at in places:
        if at not in gone and phrases[at].what not in CARRY_NOTHING:
            return
        yield at
