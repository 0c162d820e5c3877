"""From words to assets: the index finds pages, this says how well they match and shows where."""

from collections.abc import Sequence
from dataclasses import dataclass

from enablement.analyser import asked_terms, is_stop_word, terms, words
from enablement.model import Asset, Page
from enablement.ports import AssetFilter, Catalog, Index, IndexQuery

CANDIDATES = 60
# An asset answers a question when its best page holds words worth this share of the question.
RELEVANT_FROM = 0.5
# A word of a script without spaces is found when this share of its pieces is.
WORD_FOUND_FROM = 0.6
SNIPPET_LENGTH = 160


@dataclass(frozen=True)
class Match:
    """An asset that the index found: relevance and coverage in 0..1, the asked words that its best page holds."""

    asset: Asset
    page: Page
    relevance: float
    coverage: float
    found: tuple[str, ...]

    @property
    def is_relevant(self) -> bool:
        return self.coverage >= RELEVANT_FROM


def find(asked: Sequence[str], *, catalog: Catalog, index: Index, only: AssetFilter) -> list[Match]:
    """Return the assets that hold any of the asked (folded) words, most relevant first."""
    content = tuple(word for word in asked if not is_stop_word(word)) or tuple(asked)
    if not content:
        return []
    hits = index.search(IndexQuery(content), only=only, limit=CANDIDATES)
    rarity = index.rarity(content)
    assets = {asset.id: asset for asset in catalog.assets([hit.asset_id for hit in hits])}
    places = [(assets[hit.asset_id].version_id, hit.page) for hit in hits if hit.asset_id in assets]
    pages = {(page.version_id, page.number): page for page in catalog.pages_at(places)}
    matches = []
    for hit in hits:
        asset = assets.get(hit.asset_id)
        page = pages.get((asset.version_id, hit.page)) if asset else None
        if asset and page:
            matches.append(_match(asset, page, content, rarity, share_of_best=hit.score / hits[0].score))
    # A page may share single characters with a question and none of its words.
    return sorted((match for match in matches if match.found), key=lambda match: -match.relevance)


def snippet(page: Page, found: Sequence[str]) -> str:
    """Return the sentence or line of a page that holds most of these words, cut to 160 characters."""
    lines = [line.strip() for line in page.text.replace(". ", ".\n").splitlines() if line.strip()]
    if not lines:
        return page.title
    wanted = set(found)
    best = max(lines, key=lambda line: sum(word in wanted for word in words(line)))
    return best if len(best) <= SNIPPET_LENGTH else best[: SNIPPET_LENGTH - 1].rstrip() + "…"


def _match(
    asset: Asset, page: Page, asked: Sequence[str], rarity: dict[str, float], *, share_of_best: float
) -> Match:
    held = set(terms(f"{asset.title} {asset.kind}\n{page.title}\n{page.text}", asset.language))
    found = tuple(word for word in asked if _holds(held, word))
    total = sum(rarity[word] for word in asked)
    coverage = sum(rarity[word] for word in found) / total if total else 0.0
    return Match(asset, page, coverage * (0.5 + 0.5 * share_of_best), coverage, found)


def _holds(held: set[str], word: str) -> bool:
    parts = asked_terms(word)
    return sum(bool(held & set(part)) for part in parts) >= WORD_FOUND_FROM * len(parts)
