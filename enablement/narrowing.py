"""The list for a question that was refined: what nothing meets is given up, and named."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations

from enablement.analyser import words
from enablement.exploring import Ranked, best_first, worth_showing
from enablement.facet_words import called_persona, format_named, persona_named, tags_of
from enablement.model import Asset, Audience, Deal, Facets, Reason, Refinement
from enablement.ports import AssetFilter, IndexQuery
from enablement.recommend import BY_PAGE, MOST, NEAREST, Deciding, Listed, answering, fitting, foremost
from enablement.weighing import Past, known, weighed

LENGTH = "length"
# What is asked for, that to which people hold on longest first.
PARTS = ("language", "format", "persona", LENGTH)
# Of so many, the best, the pages are counted.
MEASURED = 40


@dataclass(frozen=True)
class Question:
    """What is asked: folded words, how they were put, the phrases that an asset must hold, and who is to have it."""

    words: tuple[str, ...]
    said: str = ""
    phrases: tuple[tuple[str, ...], ...] = ()
    audience: Audience | None = None


def asked_for(wish: Refinement) -> tuple[str, ...]:
    """Return which parts a refinement has, beside what it leaves out."""
    has = {
        "language": wish.language,
        "format": wish.format,
        "persona": wish.persona,
        LENGTH: wish.most_pages or wish.least_pages,
    }
    return tuple(part for part in PARTS if has[part])


def narrowed(
    question: Question,
    deal: Deal,
    wish: Refinement,
    *,
    within: Deciding,
    only: AssetFilter,
    now: datetime,
    past: Past,
) -> tuple[Listed, tuple[str, ...]]:
    """Return at most five assets that meet a wish, and which parts of it nothing met.

    First all parts are tried, then fewer and fewer: what answers the question in part of what is asked for comes before
    what is asked for and does not answer it.
    """
    parts = asked_for(wish)
    search = _Search(question, deal, wish, within, only, now, past)
    nearest: tuple[Listed, tuple[str, ...]] | None = None
    for count in range(len(parts), -1, -1):
        for some in combinations(parts, count):
            missed = tuple(part for part in parts if part not in some)
            is_answer, ranked = search.meeting(some)
            if ranked and is_answer:
                return Listed(
                    "words" if question.words else "fit", foremost(ranked, MOST, within.catalog)
                ), missed
            if ranked and nearest is None:
                nearest = Listed("nearest", foremost(ranked, NEAREST, within.catalog)), missed
    if nearest:
        return nearest
    fitted = fitting(deal, within=within, only=only, now=now, past=past)[0]
    return Listed("nearest" if fitted else "nothing", worth_showing(fitted, NEAREST)), parts


@dataclass(frozen=True)
class _Search:
    question: Question
    deal: Deal
    wish: Refinement
    within: Deciding
    only: AssetFilter
    now: datetime
    past: Past

    def meeting(self, parts: Sequence[str]) -> tuple[bool, list[Ranked]]:
        """Return whether anything that meets these parts answers the question, and all that does or comes nearest."""
        answers: dict[str, Ranked] = {}
        others: dict[str, Ranked] = {}
        for is_answer, some in self._found(parts):
            into = answers if is_answer else others
            for one in some:
                known = into.get(one.asset.id)
                if known is None or one.score > known.score:
                    into[one.asset.id] = one
        chosen = self._meet(answers, parts)
        return (True, chosen) if chosen else (False, self._meet(others, parts))

    def _found(self, parts: Sequence[str]) -> Iterator[tuple[bool, list[Ranked]]]:
        """Yield what may meet these parts, by each way in which it may be found."""
        wish = self.wish
        language = wish.language if "language" in parts else ""
        # A buyer who is to read French is served as one whose language is French.
        deal = replace(self.deal, language=language) if language else self.deal
        tags = tags_of(language) if language else ()
        theirs = replace(self.only, languages=tags)
        hints: tuple[str, ...] = ()
        if "format" in parts:
            hints = tuple(words(format_named(wish.format)))
        if "persona" in parts:
            yield from self._for_persona(hints, deal, theirs)
            return
        yield self._by(hints, deal, theirs)
        if language and self._asked(hints):
            # In their own words the question finds what there is a translation of.
            yield self._by(hints, deal, self.only)
        elif language:
            yield True, self._translated(self._by((), self.deal, self.only)[1], theirs)

    def _for_persona(
        self, hints: Sequence[str], deal: Deal, theirs: AssetFilter
    ) -> Iterator[tuple[bool, list[Ranked]]]:
        """Yield what is made for somebody, then what names them; of other languages, its translations."""
        persona = words(self.wish.persona)
        made_for = Facets(personas=(self.wish.persona, *called_persona(persona_named(self.wish.persona))))
        for only in dict.fromkeys((theirs, self.only)):
            reader = deal if only == theirs else self.deal
            is_made, made = self._by(hints, reader, replace(only, made_for=made_for))
            is_answer, some = self._by((*hints, *persona), reader, only)
            naming = [one for one in some if _holds(one, persona)]
            if only != theirs:
                made, naming = self._translated(made, theirs), self._translated(naming, theirs)
            yield is_made, made
            yield is_answer, naming

    def _asked(self, hints: Sequence[str]) -> tuple[str, ...]:
        typed = set(words(self.wish.format))
        return tuple(dict.fromkeys((*(one for one in self.question.words if one not in typed), *hints)))

    def _by(self, hints: Sequence[str], deal: Deal, only: AssetFilter) -> tuple[bool, list[Ranked]]:
        asked = self._asked(hints)
        within, now, past = self.within, self.now, self.past
        if not asked:
            fitted = fitting(deal, within=within, only=only, now=now, past=past)[0]
            return True, [*fitted, *self._made_for(deal, only)]
        return answering(
            asked,
            deal,
            within=within,
            only=only,
            now=now,
            past=past,
            said=" ".join((self.question.said, *hints)).strip(),
            phrases=self.question.phrases,
            audience=self.question.audience,
        )

    def _translated(self, some: Sequence[Ranked], theirs: AssetFilter) -> list[Ranked]:
        """Return the translations of these, each as good as what it translates.

        Where the original holds the words, its translation need not: the page is no reason for it.
        """
        within = self.within
        siblings = within.index.siblings([one.asset.id for one in some], only=theirs)
        assets = {
            one.id: one for one in within.catalog.assets([two for some in siblings.values() for two in some])
        }
        return [
            Ranked(
                assets[other],
                one.score,
                (
                    _translation(one.asset, assets[other]),
                    *(why for why in one.reasons if why.kind not in BY_PAGE),
                ),
            )
            for one in some
            for other in siblings.get(one.asset.id, ())
            if other in assets
        ]

    def _made_for(self, deal: Deal, only: AssetFilter) -> list[Ranked]:
        """Return what is made for the persona: for who asks for that, it speaks for an asset."""
        if not only.made_for.personas:
            return []
        found = self.within.index.search(IndexQuery((), only.made_for), only=only, limit=MEASURED)
        assets = self.within.catalog.assets([hit.asset_id for hit in found.hits])
        about = known(deal, self.past, [one.id for one in assets], self.within.lessons, self.now)
        return [weighed(one, about) for one in assets]

    def _meet(self, some: dict[str, Ranked], parts: Sequence[str]) -> list[Ranked]:
        """Return of these what is as it is asked for, best first, with the reasons that hold for this deal."""
        wish = self.wish
        ranked = list(best_first(list(some.values())))
        if "language" in parts:
            ranked = [one for one in ranked if one.asset.language[:2] == wish.language]
        if "format" in parts:
            ranked = [one for one in ranked if format_named(one.asset.kind) == format_named(wish.format)]
        if LENGTH in parts:
            ranked = self._as_long(ranked[:MEASURED])
        # The account's language is not the one that was asked for.
        is_theirs = not self.deal.language or wish.language == self.deal.language[:2]
        return ranked if is_theirs or "language" not in parts else [_without_language(one) for one in ranked]

    def _as_long(self, some: Sequence[Ranked]) -> list[Ranked]:
        most, least = self.wish.most_pages, self.wish.least_pages
        pages = self.within.catalog.pages_of([one.asset.version_id for one in some])
        lengths = {one.asset.id: len(pages.get(one.asset.version_id, ())) for one in some}
        return [one for one in some if least <= lengths[one.asset.id] <= (most or lengths[one.asset.id])]


def _holds(one: Ranked, persona: Sequence[str]) -> bool:
    """Say whether an asset was found by the words for a persona."""
    found = {value for reason in one.reasons if reason.kind == "words" for value in reason.values[2:]}
    return found.issuperset(persona)


def _translation(original: Asset, asset: Asset) -> Reason:
    return Reason("translation", (original.title, asset.language))


def _without_language(one: Ranked) -> Ranked:
    return replace(one, reasons=tuple(reason for reason in one.reasons if reason.kind != "language"))
