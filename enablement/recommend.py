"""Which few assets to show for a deal, and why: relevance × fit × evidence × freshness, near ties by lot."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from enablement.exploring import (
    FRESH,
    WORTH_SHOWING as WORTH_SHOWING,
    Chance,
    Ranked as Ranked,
    best_first,
    draw,
    worth_showing,
)
from enablement.facets import deal_facets
from enablement.model import Asset, Audience, Basis, Deal, Facets, Reason, key
from enablement.ports import AssetFilter, Catalog, IndexQuery, Lessons
from enablement.search import Match, Searchable, find
from enablement.shelf import Shelf
from enablement.weighing import (
    HABITS,
    WEIGHTS as WEIGHTS,
    Known,
    Past as Past,
    by_words,
    days_fresh,
    fit as fit,
    known,
    weighed,
)

MODEL = "stated-weights-3"
FIT_ALONE = "fit alone"
# What an asset's score comes from where nothing was asked and nothing was learned: the deal alone, by stated weights.
BY_FIT = f"{MODEL}, {FIT_ALONE}"
MOST = 5
NEAREST = 3
CANDIDATES = 200
# So many that enough are left for those who may see less, or who dismissed some, to draw lots among.
KEPT = 24
NOTHING_YET = Past()
# Reasons that name a page: its number, its title, more.
BY_PAGE = frozenset({"words", "meaning"})


@dataclass(frozen=True)
class Listed:
    """What is shown: on what basis, which assets, best first, and the lots on whether an asset is among them."""

    basis: Basis
    ranked: Sequence[Ranked]
    chances: Sequence[Chance] = ()


class Deciding(Searchable, Protocol):
    """Where to look, and what was learned."""

    @property
    def lessons(self) -> Lessons: ...


def recommend(
    asked: Sequence[str],
    deal: Deal,
    *,
    within: Deciding,
    only: AssetFilter,
    now: datetime,
    past: Past = NOTHING_YET,
    said: str = "",
    phrases: Sequence[tuple[str, ...]] = (),
    audience: Audience | None = None,
    kept: Sequence[Ranked] | None = None,
) -> Listed:
    """Return at most five assets for a deal and on what basis: the words, the nearest there is, or fit alone.

    `kept` is what was found to fit the deal earlier, of that what may be shown: it is not looked for again. Lots decide
    between near ties only where nothing was asked: what answers a question best comes first.
    """
    if not asked:
        ranked = fitting(deal, within=within, only=only, now=now, past=past)[0] if kept is None else kept
        shown, chances = draw(ranked, most=MOST, seed=seed(deal, past))
        return Listed("fit" if ranked else "nothing", shown, chances)
    is_answer, ranked = answering(
        asked,
        deal,
        within=within,
        only=only,
        now=now,
        past=past,
        said=said,
        phrases=phrases,
        audience=audience,
    )
    if is_answer:
        return Listed("words", foremost(ranked, MOST, within.catalog))
    nearest = ranked or fitting(deal, within=within, only=only, now=now, past=past)[0]
    return Listed("nearest" if nearest else "nothing", foremost(nearest, NEAREST, within.catalog))


def foremost(ordered: Sequence[Ranked], most: int, catalog: Catalog) -> list[Ranked]:
    """Return what is worth showing, with the titles of the pages that are reasons for it."""
    shown = worth_showing(ordered, most)
    places = {
        (one.asset.version_id, int(why.values[0]))
        for one in shown
        for why in one.reasons
        if why.kind in BY_PAGE
    }
    pages = {(page.version_id, page.number): page.title for page in catalog.pages_at(places)}
    return [_titled(one, pages) for one in shown]


def answering(
    asked: Sequence[str],
    deal: Deal,
    *,
    within: Deciding,
    only: AssetFilter,
    now: datetime,
    past: Past = NOTHING_YET,
    said: str = "",
    phrases: Sequence[tuple[str, ...]] = (),
    audience: Audience | None = None,
) -> tuple[bool, list[Ranked]]:
    """Return whether anything answers a question, and all that does, or else comes nearest, the best first.

    `audience` is who is to have it, where the question says so. Pages that are reasons have no title yet: only what is
    shown is looked up (see `foremost`).
    """
    matches = find(asked, within=within, only=only, said=said, phrases=phrases)
    matches = _in_buyers_language(matches, deal, within=within, only=only)
    about = known(deal, past, [one.asset.id for one in matches], within.lessons, now)
    relevant = [one for one in matches if one.is_relevant]
    ranked = [
        by_words(one.asset, about, one.relevance, _why(one), audience=audience) for one in relevant or matches
    ]
    return bool(relevant), best_first(ranked)


def fitting(
    deal: Deal,
    *,
    within: Deciding,
    only: AssetFilter,
    now: datetime,
    past: Past = NOTHING_YET,
    shelf: Shelf | None = None,
) -> tuple[list[Ranked], bool]:
    """Return the assets that fit a deal best, the best first, and whether all that have to do with it were looked at.

    It is the same all day (UTC) for the same deal, its past, library and lessons. `shelf` spares reading assets again.
    """
    found = within.index.search(IndexQuery((), deal_facets(deal)), only=only, limit=CANDIDATES)
    hits = [hit.asset_id for hit in found.hits]
    about = known(deal, past, (), within.lessons, now)
    ids = {*hits, *_common(about, only)}
    columns = (shelf or Shelf(within.catalog)).columns(ids, within.index.stands_at())
    scored = columns.scores(ids, about, lessons=within.lessons, only=only)
    first, fresh = _foremost(scored, seed=seed(deal, past), may_be_fresh=columns.may_be_fresh(now))
    effects = within.lessons.effects([one.id for one in (*first, *fresh)], deal) if about.run else {}
    about = replace(about, effects=effects)
    # What is fresh may be drawn from further down.
    fresh = [one for one in fresh if days_fresh(one, about) is not None][:FRESH]
    return [weighed(one, about) for one in (*first, *fresh)], len(hits) < CANDIDATES


def _foremost(
    scored: Sequence[tuple[float, Asset]], *, seed: str, may_be_fresh: Set[str]
) -> tuple[list[Asset], list[Asset]]:
    """Return the first to keep, and of the rest what may be fresh, both best first."""
    scores = sorted((score for score, _asset in scored), reverse=True)[:KEPT]
    # Lots are drawn among those alone whose order matters.
    ordered = best_first(
        [Ranked(asset, score, ()) for score, asset in scored if score >= scores[-1]], seed=seed
    )
    first = [one.asset for one in ordered[:KEPT]]
    kept = {asset.id for asset in first}
    fresh = [
        Ranked(asset, score, ())
        for score, asset in scored
        if asset.id in may_be_fresh and asset.id not in kept
    ]
    return first, [one.asset for one in best_first(fresh, seed=seed)]


def model(run: str, *, basis: Basis = "words") -> str:
    """Name what scores come from: the weights, the run of learning if any, and whether anything was asked."""
    return ", ".join(part for part in (MODEL, run[:12], FIT_ALONE if basis == "fit" else "") if part)


def seed(deal: Deal, past: Past) -> str:
    """Return what lots are drawn with: they stay as they are until the deal's facts change or it uses something.

    What else there is in the library, and what is learned anew each night, moves no lot.
    """
    return key("lots", deal.id, deal_facets(deal), deal.language, past.used)


def _common(about: Known, only: AssetFilter) -> Sequence[str]:
    """Return what deals like this one use; nothing where certain languages or facets are asked for."""
    return () if only.languages or only.made_for != Facets() else list(about.habits)[:HABITS]


def _titled(one: Ranked, pages: Mapping[tuple[str, int], str]) -> Ranked:
    """Give the pages that are reasons their titles; a page that a new version has no more is no reason."""
    reasons = []
    for why in one.reasons:
        number = why.values[0] if why.kind in BY_PAGE else ""
        if not number:
            reasons.append(why)
        elif (place := (one.asset.version_id, int(number))) in pages:
            reasons.append(replace(why, values=(number, pages[place], *why.values[2:])))
    return replace(one, reasons=tuple(reasons))


def _why(match: Match) -> Reason:
    if match.original:
        return Reason("translation", (match.original.title, match.asset.language))
    where = (str(match.page), "")
    if match.by_meaning:
        return Reason("meaning", where)
    # What a misspelt word was taken for says more than the word.
    return Reason("words", (*where, *(match.meant or match.found)))


def _in_buyers_language(
    matches: Sequence[Match], deal: Deal, *, within: Searchable, only: AssetFilter
) -> list[Match]:
    """Put in place of an asset its translation into the language of the account, and name each only once."""
    if not deal.language:
        return list(matches)
    wanted = deal.language[:2]
    siblings = within.index.siblings(
        [one.asset.id for one in matches if one.asset.language[:2] != wanted], only=only
    )
    others = within.catalog.assets([other for some in siblings.values() for other in some])
    translated = {one.id: one for one in others if one.language[:2] == wanted}
    best: dict[str, Match] = {}
    for match in matches:
        theirs = [translated[other] for other in siblings.get(match.asset.id, ()) if other in translated]
        one = replace(match, asset=theirs[0], original=match.asset) if theirs else match
        best.setdefault(one.asset.id, one)
    return list(best.values())
