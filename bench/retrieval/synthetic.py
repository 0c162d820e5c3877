"""A large library of real sentences in six languages, drawn from a seed, with what narrows a search in it."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

import numpy as np
from numpy.typing import NDArray

from bench.library import SHARES, Drawn
from enablement.meaning import quantise
from enablement.model import Asset, Facets, Page, Vectors, Version, key
from enablement.ports import AssetFilter

PAGES_AN_ASSET = 8
PAGE_CHARS = 270
_INDUSTRIES = ("Retail", "Healthcare", "Manufacturing", "Utilities")
_FOR_CUSTOMERS, _VALID = 0.6, 0.7
_VALID_FOR = timedelta(days=365)


@dataclass(frozen=True)
class Passing:
    """What an asset must be to be found: .6 × .7 × .5, that is 21 % of all."""

    on: int
    audience: str = "customer"
    industries: tuple[str, ...] = _INDUSTRIES[:2]

    def lets_through(self, audience: str, until: int, industry: str) -> bool:
        return audience == self.audience and until >= self.on and industry in self.industries

    def as_filter(self) -> AssetFilter:
        """Return the same as the product says it."""
        return AssetFilter(
            ("customer",), date.fromordinal(self.on), made_for=Facets(industries=self.industries)
        )


@dataclass(frozen=True)
class Pool:
    """Sentences of a language with their vectors (rows of length 1), if there are any."""

    sentences: Sequence[str]
    vectors: NDArray[np.float32] | None = None


@dataclass(frozen=True)
class Made:
    """An asset to publish, and which sentences of its language's pool stand on each of its pages."""

    drawn: Drawn
    used: Sequence[Sequence[int]]


def draw(pools: Mapping[str, Pool], *, pages: int, seed: int, now: datetime) -> Iterator[Made]:
    """Draw assets of eight pages each; the same for the same arguments."""
    chance = Random(f"{seed}:synthetic")
    languages = [language for language in SHARES if language in pools]
    weights = [SHARES[language] for language in languages]
    for number in range(pages // PAGES_AN_ASSET):
        language = chance.choices(languages, weights)[0]
        yield one_asset(number, language, pools[language].sentences, chance, now)


def one_asset(number: int, language: str, sentences: Sequence[str], chance: Random, now: datetime) -> Made:
    """Draw one asset."""
    source = f"bench/{number:06}"
    asset_id = key("asset", source)
    version_id = key("version", asset_id)
    used = [_some(sentences, chance) for _ in range(PAGES_AN_ASSET)]
    texts = [" ".join(sentences[one] for one in page) for page in used]
    pages = tuple(Page(version_id, place, "", text) for place, text in enumerate(texts, start=1))
    valid = chance.random() < _VALID
    asset = Asset(
        id=asset_id,
        source=source,
        title=sentences[used[0][0]][:60],
        kind="",
        language=language,
        audience="customer" if chance.random() < _FOR_CUSTOMERS else "internal",
        collection="",
        owner="",
        facets=Facets(industries=(chance.choice(_INDUSTRIES),)),
        translation_of=None,
        released=None,
        expires=(now + _VALID_FOR if valid else now - _VALID_FOR).date(),
        version=1,
        version_id=version_id,
        updated_at=now,
    )
    return Made(published(asset, pages), used)


def published(asset: Asset, pages: tuple[Page, ...]) -> Drawn:
    """Return all that publishing an asset takes, its bytes being its name alone."""
    data = asset.source.encode()
    version = Version(
        id=asset.version_id,
        asset_id=asset.id,
        number=1,
        content_hash=hashlib.sha256(data).hexdigest(),
        media_type="text/plain",
        file_name=asset.source,
        size=len(data),
        created_at=asset.updated_at,
    )
    return Drawn(asset, version, pages, data)


def embedded(made: Made, pool: Pool, model: str) -> Vectors:
    """Put the vectors of an asset together: a sentence's is the pool's, a page's the mean of its sentences'."""
    if pool.vectors is None:
        raise ValueError("this pool of sentences was not embedded")
    means = np.array([pool.vectors[list(page)].mean(axis=0) for page in made.used])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    used = [(place, sentence) for place, page in enumerate(made.used) for sentence in page]
    return Vectors(
        made.drawn.version.id,
        model,
        pool.vectors.shape[1],
        quantise(means).tobytes(),
        quantise(pool.vectors[[sentence for _, sentence in used]]).tobytes(),
        tuple(place for place, _ in used),
    )


def _some(sentences: Sequence[str], chance: Random) -> list[int]:
    """Draw sentences until a page is full."""
    used: list[int] = []
    chars = 0
    while chars < PAGE_CHARS:
        used.append(chance.randrange(len(sentences)))
        chars += len(sentences[used[-1]]) + 1
    return used
