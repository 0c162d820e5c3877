"""From words to assets: the index finds pages, this says how well they match and shows where."""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Protocol

from enablement.analyser import HELD_FROM, asked_terms, is_spelt, is_stop_word, simplified, terms, words
from enablement.empty_words import says_little
from enablement.model import Asset, Page
from enablement.ports import AssetFilter, Catalog, Index, IndexQuery, PageHit, Questions

CANDIDATES = 60
# Pages that hold all words of a phrase, of which some hold them one after the other.
PHRASE_CANDIDATES = 500
# An asset answers a question when its best page holds words worth this share of the question, or means as much.
RELEVANT_FROM = 0.4
SNIPPET_LENGTH = 160
# A name that is made of words like “it” and “us” has so many at most.
NAME_WORDS = 2
_WORD = re.compile(r"(\w+)")
QUOTED = re.compile(r"""["“”„«»「」]([^"“”„«»「」]+)["“”„«»「」]""")


class Searchable(Protocol):
    """Where to search: what a search needs of the services."""

    @property
    def catalog(self) -> Catalog: ...
    @property
    def index(self) -> Index: ...
    @property
    def questions(self) -> Questions: ...


@dataclass(frozen=True)
class Match:
    """An asset that the index found, by its page of this number; relevance and strength in 0..1.

    Strength says how much of the question its best page answers: by the asked words that it holds (`found`), or by
    being alike in meaning. `meant` gives the words that a misspelt one was taken for; `original` what was found, when
    this is its translation. `by_meaning`: the words alone would not have made it an answer.
    """

    asset: Asset
    page: int
    relevance: float
    strength: float
    found: tuple[str, ...]
    meant: tuple[str, ...] = ()
    original: Asset | None = None
    by_meaning: bool = False

    @property
    def is_relevant(self) -> bool:
        return self.strength >= RELEVANT_FROM


def find(
    asked: Sequence[str],
    *,
    within: Searchable,
    only: AssetFilter,
    said: str = "",
    phrases: Sequence[tuple[str, ...]] = (),
) -> list[Match]:
    """Return the assets that hold any of the asked (folded) words or mean the same, most relevant first.

    `said` is the question as it was put. Of each phrase an asset must hold the words on one page, one after the other.
    """
    content, telling = content_of(asked)
    if not telling:
        return []
    meaning = within.questions.vector(
        corrected(said or " ".join(asked), content, index=within.index, only=only)
    )
    query = IndexQuery(content, phrases=tuple(phrases), meaning=meaning)
    found = within.index.search(query, only=only, limit=PHRASE_CANDIDATES if phrases else CANDIDATES)
    assets = {asset.id: asset for asset in within.catalog.assets([hit.asset_id for hit in found.hits])}
    hits = [hit for hit in found.hits if hit.asset_id in assets]
    if phrases:
        hits = _holding(phrases, hits, assets, within.catalog)
    matches = []
    for hit in hits:
        likeness = RELEVANT_FROM * (hit.likeness or 0.0) / within.questions.alike_from
        matches.append(_match(assets[hit.asset_id], hit, telling, found.rarity, found.meant, likeness))
    # A page may share single characters with a question and none of its words.
    kept = [match for match in matches if match.found or match.is_relevant]
    return sorted(kept, key=lambda match: -match.relevance)[:CANDIDATES]


def content_of(asked: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return of the asked (folded) words those to search by, and of these those by which a page is an answer.

    One or two that carry nothing may be a name (“IT”, “doing nothing”); more of them are no question.
    """
    content = tuple(word for word in asked if not is_stop_word(word)) or tuple(asked)
    telling = tuple(word for word in content if not says_little(word))
    return content, telling or (content if len(asked) <= NAME_WORDS else ())


def corrected(said: str, asked: Sequence[str], *, index: Index, only: AssetFilter) -> str:
    """Return a question with each word that nothing holds replaced by what it is likeliest taken for.

    Where most such words are like none, the question is not misspelt but in another language, and stays as it is.
    """
    unknown = index.meant(asked, only=only)
    taken = {word: meant[0] for word, meant in unknown.items() if meant}
    if 2 * len(taken) < len(unknown) or not taken:
        return said
    return "".join(
        taken[folded[0]] if len(folded := words(part)) == 1 and folded[0] in taken else part
        for part in _WORD.split(said)
    )


def phrases_in(question: str) -> tuple[tuple[str, ...], ...]:
    """Return what stands between quotation marks, as folded words."""
    return tuple(phrase for quoted in QUOTED.findall(question) if (phrase := tuple(words(quoted))))


def snippet(page: Page, found: Sequence[str]) -> str:
    """Return the sentence or line of a page that holds most of these words, cut to 160 characters."""
    lines = [line.strip() for line in page.text.replace(". ", ".\n").splitlines() if line.strip()]
    if not lines:
        return page.title
    wanted = set(found)
    best = max(lines, key=lambda line: sum(word in wanted for word in words(line)))
    return best if len(best) <= SNIPPET_LENGTH else best[: SNIPPET_LENGTH - 1].rstrip() + "…"


def marks(text: str, found: Sequence[str]) -> list[tuple[str, bool]]:
    """Return a text in parts, each with whether it is one of the found words (in any form of it)."""
    wanted = {term for word in found for part in asked_terms(word) for term in part}
    parts: list[tuple[str, bool]] = []
    for part in _WORD.split(text):
        is_found = any(_is_form_of(word, wanted) for word in words(part))
        if parts and parts[-1][1] == is_found:
            parts[-1] = (parts[-1][0] + part, is_found)
        else:
            parts.append((part, is_found))
    return parts


def _match(
    asset: Asset,
    hit: PageHit,
    asked: Sequence[str],
    rarity: Mapping[str, float],
    meant: Mapping[str, tuple[str, ...]],
    likeness: float,
) -> Match:
    held = hit.held.union(terms(f"{asset.title} {asset.kind}", asset.language))
    found = tuple(word for word in asked if any(_holds(held, one) for one in meant.get(word, (word,))))
    said = tuple(one for word in found for one in meant.get(word, ()) if _holds(held, one))
    total = sum(rarity[word] for word in asked)
    coverage = sum(rarity[word] for word in found) / total if total else 0.0
    strength = min(1.0, max(coverage, likeness))
    by_meaning = coverage < RELEVANT_FROM <= strength
    relevance = strength * (0.5 + 0.5 * hit.score)
    return Match(asset, hit.page, relevance, strength, found, said, by_meaning=by_meaning)


def _is_form_of(word: str, wanted: set[str]) -> bool:
    held = {term for part in asked_terms(word) for term in part}
    # In a script without spaces many a word shares pieces with one that it is not.
    return bool(held & wanted) if is_spelt(word) else held <= wanted


def _holds(held: Set[str], word: str) -> bool:
    parts = asked_terms(word)
    return sum(bool(held & set(part)) for part in parts) >= HELD_FROM * len(parts)


def _holding(
    phrases: Sequence[tuple[str, ...]], hits: Sequence[PageHit], assets: Mapping[str, Asset], catalog: Catalog
) -> list[PageHit]:
    """Return of these hits those whose page holds all phrases."""
    places = [(assets[hit.asset_id].version_id, hit.page) for hit in hits]
    pages = {(page.version_id, page.number): page for page in catalog.pages_at(places)}
    return [
        hit
        for hit, place in zip(hits, places, strict=True)
        if (page := pages.get(place)) and _holds_phrases(assets[hit.asset_id], page, phrases)
    ]


def _holds_phrases(asset: Asset, page: Page, phrases: Sequence[tuple[str, ...]]) -> bool:
    # Between the parts stands what no phrase holds: none reaches from the title into the text.
    held = "\n".join(f" {_in_a_row(words(part))} " for part in (asset.title, page.title, page.text))
    return all(_bounded(phrase) in held for phrase in phrases)


def _bounded(phrase: Sequence[str]) -> str:
    """Return a phrase with a space where a word must begin or end: in a script without spaces that is nowhere."""
    before, after = (" " if is_spelt(word) else "" for word in (phrase[0], phrase[-1]))
    return f"{before}{_in_a_row(phrase)}{after}"


def _in_a_row(said: Sequence[str]) -> str:
    return simplified(" ".join(said))
