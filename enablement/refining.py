"""Read a follow-up: a few words that change the question before, such as “in French”, “shorter”, “not that one”.

Read by tables of words, without any model: what is not made of these words alone is a question of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from enablement import deals
from enablement.analyser import words
from enablement.model import Ask, Deal, Refinement, key
from enablement.phrases import Heard, heard, tokens

# The longest question that is kept.
LONGEST_QUESTION = 500
# A one-pager has two sides.
ONE_PAGER, ONE_PAGER_PAGES = "one-pager", 2
# Follow-ups are short; what is longer is looked at no further.
MOST_TOKENS = 24
# What marks a language as the one to write in says nothing beside its name.
CARRY_NOTHING = ("", "in", "version")


@dataclass(frozen=True)
class Reading:
    """What was understood of a follow-up. `rest` is what was not, in the writer's spelling.

    `drops`: "all" or the ranks (and "last") of what was shown and is not wanted; `length`: shorter, longer, one-pager.
    """

    language: str = ""
    persona: str = ""
    format: str = ""
    length: str = ""
    drops: tuple[str, ...] = ()
    is_only: bool = False
    is_for: bool = False
    is_instead: bool = False
    rest: str = ""

    @property
    def changes(self) -> bool:
        """Say whether this asks for anything that an answer can heed."""
        return bool(self.language or self.length or self.drops or self.persona)

    @property
    def added(self) -> str:
        """Return the words that a correction (“only …”) adds to the question."""
        return f"{self.rest} {self.format}".strip() if self.is_only else ""

    @property
    def is_unmistakable(self) -> bool:
        """Say whether these words can only be meant for an answer before, wherever they are said."""
        return not self.is_only and (self.is_instead if self.rest else self.length != ONE_PAGER)

    @property
    def may_name_deal(self) -> bool:
        """Say whether what was not understood may be the name of another deal."""
        return bool(self.rest) and (self.is_for or self.is_instead) and not self.is_only


@dataclass(frozen=True)
class Before:
    """What a follow-up comes after: an ask, its deal, and what was shown, best first; how many pages the first has."""

    ask: Ask
    deal: Deal
    shown: tuple[str, ...]
    pages: int


def read(said: str) -> Reading | None:
    """Return what a text asks to change; None for a text that is a question of its own."""
    found = tokens(said)
    if not 0 < len(found) <= MOST_TOKENS:
        return None
    reading = _reading([one for one in heard(found) if one.what not in CARRY_NOTHING])
    if reading.is_only:
        return reading if reading.changes or reading.added else None
    if reading.rest:
        return reading if reading.may_name_deal else None
    return reading if reading.changes else None


def refined(reading: Reading, ask: Ask, before: Before, *, names_deal: Callable[[str], bool]) -> Ask | None:
    """Return the question before, as a follow-up to it changes it; None where this is a question of its own.

    `names_deal` says whether a text is the name of a deal of the asker and nothing else.
    """
    if reading.may_name_deal:
        return _for_another_deal(reading, ask, before) if names_deal(reading.rest) else None
    return replace(
        _follow_up(ask, before),
        question=_joined(before.ask.question, reading.added),
        deal_id=before.deal.id,
        refined=_changed(reading, before),
    )


def is_named(text: str, some: Sequence[Deal]) -> bool:
    """Say whether a text is the name of one of these deals, or of several, and nothing else."""
    asked = tuple(words(text))
    chosen = deals.choose(text, some)
    by_name = chosen.how == "named" if isinstance(chosen, deals.Choice) else chosen.words != asked
    return by_name and not any(map(deals.says_something, chosen.words))


def _for_another_deal(reading: Reading, ask: Ask, before: Before) -> Ask:
    """Return the question before with the name of another deal in place of the one that it was for."""
    left = set(deals.without_name(words(before.ask.question), before.deal))
    question = " ".join(part for part in before.ask.question.split() if set(words(part)) <= left)
    changed = _changed(reading, before)
    return replace(
        _follow_up(ask, before),
        question=_joined(question, reading.rest),
        # What was shown for one deal is not known for the other.
        refined=replace(changed, without=()),
    )


def _follow_up(ask: Ask, before: Before) -> Ask:
    return replace(ask, id=key("refined", ask.id), refines=before.ask.id)


def _changed(reading: Reading, before: Before) -> Refinement:
    was = before.ask.refined
    most, least = was.most_pages, was.least_pages
    if reading.length == ONE_PAGER:
        most, least = ONE_PAGER_PAGES, 0
    elif reading.length == "shorter":
        most, least = max(1, before.pages - 1), 0
    elif reading.length == "longer":
        most, least = 0, before.pages + 1
    return Refinement(
        language=reading.language or was.language,
        persona=reading.persona or was.persona,
        format=reading.format or was.format,
        most_pages=most,
        least_pages=least,
        without=tuple(dict.fromkeys((*was.without, *_dropped(reading, before)))),
    )


def _dropped(reading: Reading, before: Before) -> list[str]:
    shown = before.shown
    if "all" in reading.drops:
        return list(shown)
    places = [len(shown) if one == "last" else int(one) for one in reading.drops]
    return [shown[place - 1] for place in places if 0 < place <= len(shown)]


def _joined(question: str, more: str) -> str:
    return f"{question} {more}".strip()[:LONGEST_QUESTION]


def _reading(phrases: Sequence[Heard]) -> Reading:
    found = {one.what: one for one in phrases}
    is_only = "only" in found
    all_drops = "others" in found or found.keys() == {"others if alone"}
    personas, formats, rest = [], [], []
    for at, one in enumerate(phrases):
        if one.what == "persona" and _is_for(at, phrases):
            personas.append(one.spelt)
        elif one.what == "format" and is_only and one.value != ONE_PAGER:
            formats.append(one.spelt)
        elif one.what in (None, "about", "persona") or (one.what == "format" and one.value != ONE_PAGER):
            # “Security for Globex”, “case studies”: words like others.
            rest.append(one.spelt)
    kinds = [one.value for one in phrases if one.what == "format"]
    length = next((one for one in ("shorter", "longer") if one in found), "")
    return Reading(
        language=found["language"].value if "language" in found else "",
        persona=personas[-1] if personas else "",
        format=formats[-1] if formats else "",
        length=ONE_PAGER if ONE_PAGER in kinds else length,
        drops=("all",)
        if all_drops
        else tuple(dict.fromkeys(one.value for one in phrases if one.what == "not")),
        is_only=is_only,
        is_for="for" in found,
        is_instead="instead" in found,
        rest=" ".join(rest),
    )


def _is_for(at: int, phrases: Sequence[Heard]) -> bool:
    """Say whether somebody is whom it is for: “for the CFO”; in Korean the word for that comes after."""
    after = phrases[at + 1 : at + 2]
    beside = (*phrases[max(0, at - 1) : at], *(one for one in after if not one.is_spaced))
    return any(one.what == "for" for one in beside)
