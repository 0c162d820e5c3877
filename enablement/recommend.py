"""Which few assets to show for a deal, and why: relevance times fit, with stated weights until there is evidence."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from enablement.facets import deal_facets, facet
from enablement.model import Asset, Basis, Deal, Facets, Reason
from enablement.ports import AssetFilter, Catalog, IndexQuery
from enablement.search import Match, Searchable, find

MODEL = "stated-weights-2"
# What an asset's score comes from where nothing was asked: the deal alone, with the weights of above.
BY_FIT = f"{MODEL}, fit alone"
MOST = 5
NEAREST = 3
CANDIDATES = 200
# How much each facet says about fit: a match adds its share, a mismatch takes it away. Stated by judgement, in the
# order of how specific a facet is to one deal: at the start there are no outcomes to learn from.
WEIGHTS = {
    "competitors": 0.3,
    "stages": 0.2,
    "products": 0.15,
    "industries": 0.15,
    "language": 0.15,
    "regions": 0.1,
    "sizes": 0.05,
}
NEUTRAL_FIT = 0.5
# How much of the score words alone give; the rest is fit.
WORDS_ALONE = 0.4
# What is left of the score of an asset that the account may be unable to read: shown when there is little else.
OTHER_LANGUAGE = 0.5
# An asset this much worse than the best is not worth a rep's time.
WORTH_SHOWING = 0.5
# A page loses up to a tenth of its score as it ages to two years.
FRESH_LOSS = 0.1
STALE_DAYS = 730


@dataclass(frozen=True)
class Ranked:
    """An asset with its score in 0..1 and the reasons for it, the strongest first."""

    asset: Asset
    score: float
    reasons: tuple[Reason, ...]


def recommend(
    asked: Sequence[str],
    deal: Deal,
    *,
    within: Searchable,
    only: AssetFilter,
    now: datetime,
    said: str = "",
    phrases: Sequence[tuple[str, ...]] = (),
    kept: Sequence[Ranked] | None = None,
) -> tuple[Basis, list[Ranked]]:
    """Return at most five assets for a deal and on what basis: the words, the nearest there is, or fit alone.

    `kept` is what was found to fit the deal earlier, of that what may be shown: it is not looked for again.
    """
    if not asked:
        ranked = fitting(deal, within=within, only=only, now=now)[0] if kept is None else kept
        return ("fit" if ranked else "nothing"), _worth_showing(ranked, MOST)
    matches = find(asked, within=within, only=only, said=said, phrases=phrases)
    matches = _in_buyers_language(matches, deal, within=within, only=only)
    relevant = [match for match in matches if match.is_relevant]
    if relevant:
        return "words", _worth_showing([_by_words(match, deal, now) for match in relevant], MOST)
    nearest = [_by_words(match, deal, now) for match in matches]
    nearest = nearest or fitting(deal, within=within, only=only, now=now)[0]
    return ("nearest" if nearest else "nothing"), _worth_showing(nearest, NEAREST)


def fitting(deal: Deal, *, within: Searchable, only: AssetFilter, now: datetime) -> tuple[list[Ranked], bool]:
    """Return the assets that fit a deal, best first, and whether these are all that have anything in common with it.

    It is the same all day (UTC) for the same deal and library.
    """
    found = within.index.search(IndexQuery((), deal_facets(deal)), only=only, limit=CANDIDATES)
    ranked = []
    for asset in within.catalog.assets([hit.asset_id for hit in found.hits]):
        fitness, reasons = fit(asset, deal)
        if any(reason.kind != "language" for reason in reasons):
            ranked.append(Ranked(asset, round(fitness * _readiness(asset, deal, now), 4), reasons))
    return _best_first(ranked), len(found.hits) < CANDIDATES


def fit(asset: Asset, deal: Deal) -> tuple[float, tuple[Reason, ...]]:
    """Return how well an asset fits a deal (0..1, .5 when neither says anything) and what speaks for it."""
    said = 0.0
    reasons = []
    wanted = deal_facets(deal)
    for name, weight in WEIGHTS.items():
        made_for, has = _sides(name, asset, deal, wanted)
        if not made_for or not has:
            continue
        common = [value for value in made_for if facet(value) in {facet(other) for other in has}]
        said += weight if common else -weight
        if common:
            reasons.append(Reason(name, (common[0],)))
    return NEUTRAL_FIT + said / (2 * sum(WEIGHTS.values())), tuple(reasons)


def _by_words(match: Match, deal: Deal, now: datetime) -> Ranked:
    fitness, reasons = fit(match.asset, deal)
    score = match.relevance * (WORDS_ALONE + (1 - WORDS_ALONE) * fitness) * _readiness(match.asset, deal, now)
    return Ranked(match.asset, round(score, 4), (_why(match), *reasons))


def _why(match: Match) -> Reason:
    if match.original:
        return Reason("translation", (match.original.title, match.asset.language))
    where = (str(match.page.number), match.page.title)
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
        one = _as_translated(match, theirs[0], within.catalog) if theirs else match
        best.setdefault(one.asset.id, one)
    return list(best.values())


def _as_translated(match: Match, asset: Asset, catalog: Catalog) -> Match:
    """Return a match for the translation: the page of the same number, as translations mostly have the same pages."""
    pages = catalog.pages(asset.version_id)
    page = next((one for one in pages if one.number == match.page.number), pages[0] if pages else match.page)
    return replace(match, asset=asset, page=page, original=match.asset)


def _best_first(ranked: Sequence[Ranked]) -> list[Ranked]:
    return sorted(ranked, key=lambda one: (-one.score, one.asset.title, one.asset.id))


def _worth_showing(ranked: Sequence[Ranked], most: int) -> list[Ranked]:
    best_first = _best_first(ranked)
    return [one for one in best_first[:most] if one.score >= WORTH_SHOWING * best_first[0].score]


def _readiness(asset: Asset, deal: Deal, now: datetime) -> float:
    """Return what age and a language that is not the account's leave of a score (0..1)."""
    age = max(0, (now.date() - asset.updated_at.date()).days)
    is_readable = not deal.language or asset.language[:2] == deal.language[:2]
    return (1 - FRESH_LOSS * min(1.0, age / STALE_DAYS)) * (1 if is_readable else OTHER_LANGUAGE)


def _sides(name: str, asset: Asset, deal: Deal, wanted: Facets) -> tuple[Sequence[str], Sequence[str]]:
    if name == "language":
        return [asset.language[:2]], [deal.language[:2]] if deal.language else []
    return getattr(asset.facets, name), getattr(wanted, name)
