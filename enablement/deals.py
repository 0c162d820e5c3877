"""Which deal is meant: named in the question, else the thread's, the channel's, the record's, the only open one."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from enablement.analyser import is_stop_word, words
from enablement.model import Deal, How

# A deal is taken as named when words worth this share of its account's or its own name were said …
NAMED_FROM = 0.5
# … and the next deal is this much worse; otherwise the person picks.
MARGIN = 0.1
# Below this a resemblance is not even offered first in the picker.
RESEMBLES_FROM = 0.3
# Two words are the same to a hurried thumb from this likeness (rapidfuzz ratio, 0..100) and length.
SAME_WORD_FROM = 85
FUZZY_LENGTH = 5


@dataclass(frozen=True)
class Choice:
    """The deal that is meant, how that is known, and the question without the deal's name."""

    deal: Deal
    how: How
    words: tuple[str, ...]


@dataclass(frozen=True)
class Unclear:
    """Several deals may be meant, likeliest first; or none is known when empty."""

    deals: tuple[Deal, ...]
    words: tuple[str, ...]


def choose(
    question: str,
    deals: Sequence[Deal],
    *,
    thread: str | None = None,
    channel: str | None = None,
    record: str | None = None,
) -> Choice | Unclear:
    """Choose among the deals that this person may see.

    `thread` and `channel` are ids of the place's deals, `record` is that of the deal from which the person came here.
    """
    asked = tuple(words(question))
    spread = Counter(word for deal in deals for word in {*_content(deal.account), *_content(deal.name)})
    scored = sorted(
        ((_Name(deal, deals, spread).score(asked), deal) for deal in deals), key=lambda pair: -pair[0]
    )
    best = scored[0][0] if scored else 0.0
    second = scored[1][0] if len(scored) > 1 else 0.0
    if best >= NAMED_FROM:
        rest = without_name(asked, scored[0][1])
        if best - second >= MARGIN:
            return Choice(scored[0][1], "named", rest)
        return Unclear(tuple(deal for score, deal in scored if best - score < MARGIN), rest)
    by_id = {deal.id: deal for deal in deals}
    if thread in by_id:
        return Choice(by_id[thread], "thread", asked)
    if channel in by_id:
        return Choice(by_id[channel], "channel", asked)
    if record in by_id:
        return Choice(by_id[record], "record", asked)
    if len(deals) == 1 and best < RESEMBLES_FROM:
        return Choice(deals[0], "only", asked)
    first = [deal for score, deal in scored if score >= RESEMBLES_FROM]
    return Unclear((*first, *(deal for deal in deals if deal not in first)), asked)


def likeliest_first(question: str, deals: Sequence[Deal]) -> list[Deal]:
    """Return deals with those first whose names share words with the question; each is judged by itself."""
    asked = words(question)
    return sorted(
        deals,
        key=lambda deal: (
            -sum(_same(name, word) for name in _content(f"{deal.account} {deal.name}") for word in asked)
        ),
    )


def resembles(question: str, deal: Deal) -> bool:
    """Say whether a question has a word of a deal's name, or one like it."""
    name = _content(f"{deal.account} {deal.name}")
    return any(_same(part, word) for part in name for word in words(question))


def named(question: str, deals: Sequence[Deal]) -> Choice | Unclear:
    """Choose a deal by its name alone."""
    chosen = choose(question, deals)
    return (
        Unclear(tuple(deals), chosen.words)
        if isinstance(chosen, Choice) and chosen.how != "named"
        else chosen
    )


def without_name(asked: Sequence[str], deal: Deal) -> tuple[str, ...]:
    """Return the asked words that are not part of the deal's or its account's name."""
    name = words(f"{deal.account} {deal.name}")
    return tuple(word for word in asked if not any(_same(part, word) for part in name))


def says_something(word: str) -> bool:
    """Say whether a folded word carries content."""
    return not is_stop_word(word)


class _Name:
    """What the words of one deal's name are worth among all the deals that may be meant."""

    def __init__(self, deal: Deal, deals: Sequence[Deal], spread: Counter[str]) -> None:
        account = _content(deal.account)
        own = [word for word in _content(deal.name) if word not in account]
        rarity = {word: math.log(1 + len(deals) / spread[word]) for word in (*account, *own)}
        # A company is called by the first word of its name: "Norfield", not "Foods".
        self._account = {word: rarity[word] * (1.0 if word == account[0] else 0.5) for word in account}
        self._own = {word: rarity[word] for word in own}

    def score(self, asked: Sequence[str]) -> float:
        """Return 0..1: what was said of the account's name or of the deal's own words, and a little for both."""
        lesser, greater = sorted(_share(part, asked) for part in (self._account, self._own))
        return min(1.0, 0.8 * greater + 0.3 * lesser)


def _share(name: dict[str, float], asked: Sequence[str]) -> float:
    said = sum(worth for word, worth in name.items() if any(_same(word, other) for other in asked))
    return said / sum(name.values()) if name else 0.0


def _content(name: str) -> list[str]:
    return [word for word in dict.fromkeys(words(name)) if not is_stop_word(word)]


def _same(name: str, asked: str) -> bool:
    if name == asked:
        return True
    if not name.isascii():
        # Scripts without spaces: the name stands inside a longer run.
        return len(name) > 1 and name in asked
    return min(len(name), len(asked)) >= FUZZY_LENGTH and fuzz.ratio(name, asked) >= SAME_WORD_FROM
