"""A large library, drawn from a seed: the sample library's sentences in new order, with new titles, facets, names."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from random import Random

from sqlalchemy import insert

from enablement.adapters.sql import tables
from enablement.adapters.sql.catalog import CATALOGUE
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.rows import to_row
from enablement.adapters.sql.statements import insert_missing, put
from enablement.model import Asset, Facets, Page, Version, key
from enablement.ports import Catalog
from sandbox.world import COMPETITORS, OPEN_STAGES, PRODUCTS

# The language of an asset: half are English, as in companies that sell in several.
SHARES = {"en": 0.5, "fr": 0.15, "pt-BR": 0.12, "zh-TW": 0.08, "ko": 0.08, "th": 0.07}
PAGES = (3, 7)
SENTENCES_A_PAGE = (4, 9)
SHORTEST_SENTENCE = 12
PUBLISHED_AT_ONCE = 500
INDUSTRIES = (
    "Manufacturing",
    "Food & Beverage",
    "Retail",
    "Transportation",
    "Healthcare",
    "Utilities",
    "Electronics",
)
REGIONS = ("Europe", "Americas", "APAC")
TOPICS: Mapping[str, Sequence[str]] = {
    "en": ("pricing guide", "security overview", "case study", "implementation plan", "payback calculation",
           "integration checklist", "support terms", "product tour", "migration guide", "reference architecture"),
    "fr": ("guide des prix", "présentation de la sécurité", "étude de cas", "plan de déploiement",
           "calcul de rentabilité", "conditions d’assistance", "guide de migration"),
    "pt-BR": ("guia de preços", "visão geral de segurança", "estudo de caso", "plano de implantação",
              "cálculo de retorno", "condições de suporte", "guia de migração"),
    "zh-TW": ("價格指南", "資訊安全總覽", "客戶案例", "導入計畫", "投資回收試算", "支援條款", "移轉指南"),
    "ko": ("가격 안내", "보안 개요", "고객 사례", "도입 계획", "투자 회수 계산", "지원 조건", "이전 안내"),
    "th": ("คู่มือราคา", "ภาพรวมความปลอดภัย", "กรณีศึกษา", "แผนการติดตั้ง", "การคำนวณจุดคุ้มทุน", "เงื่อนไขการสนับสนุน"),
}  # fmt: skip
_SENTENCE = re.compile(r"[^.!?。！？\n]+[.!?。！？]?")


@dataclass(frozen=True)
class Drawn:
    """One asset with all that publishing it takes."""

    asset: Asset
    version: Version
    pages: tuple[Page, ...]
    data: bytes


def sentences(catalog: Catalog) -> dict[str, list[str]]:
    """Return the sentences of a library by language, in a fixed order."""
    found: dict[str, list[str]] = defaultdict(list)
    for asset in sorted(catalog.assets(), key=lambda one: one.source.rpartition("/")[2]):
        for page in catalog.pages(asset.version_id):
            said = (match.group().strip() for match in _SENTENCE.finditer(page.text))
            found[asset.language] += [one for one in said if len(one) >= SHORTEST_SENTENCE]
    return dict(found)


def draw(
    bank: Mapping[str, Sequence[str]], customers: Sequence[str], *, count: int, seed: int, now: datetime
) -> Iterator[Drawn]:
    """Draw assets of 3 to 7 pages, several hundred words each; the same for the same arguments."""
    chance = Random(f"{seed}:library")
    languages = [language for language in SHARES if bank.get(language)]
    weights = [SHARES[language] for language in languages]
    for number in range(count):
        yield _asset(number, chance.choices(languages, weights)[0], bank, customers, chance, now)


def publish(library: Iterable[Drawn], database_url: str) -> int:
    """Put a library of new assets into the catalogue, many at once; return how many there are."""
    database = Database(database_url)
    rest, count = iter(library), 0
    while some := list(islice(rest, PUBLISHED_AT_ONCE)):
        # One at a time would wait for the disk thousands of times.
        with database.writing(alone=CATALOGUE) as connection:
            put(connection, tables.assets, [to_row(one.asset) for one in some])
            blobs = [{"content_hash": one.version.content_hash, "data": one.data} for one in some]
            insert_missing(connection, tables.blobs, blobs)
            put(connection, tables.versions, [to_row(one.version) for one in some])
            insert_missing(connection, tables.pages, [to_row(page) for one in some for page in one.pages])
            connection.execute(insert(tables.changes), [{"asset_id": one.asset.id} for one in some])
        count += len(some)
    database.close()
    return count


def _asset(
    number: int,
    language: str,
    bank: Mapping[str, Sequence[str]],
    customers: Sequence[str],
    chance: Random,
    now: datetime,
) -> Drawn:
    product = chance.choice(PRODUCTS)
    topic = chance.choice(TOPICS[language])
    source = f"bench/{number:06}.md"
    asset_id = key("asset", source)
    version_id = key("version", asset_id)
    pages = tuple(
        Page(version_id, place, chance.choice(TOPICS[language]), _text(bank[language], customers, chance))
        for place in range(1, chance.randint(*PAGES) + 1)
    )
    data = "\n\n".join(page.text for page in pages).encode()
    updated_at = now - timedelta(days=chance.randint(0, 700))
    asset = Asset(
        id=asset_id,
        source=source,
        title=f"{topic[0].upper()}{topic[1:]}: {product}, {chance.choice(customers)}",
        kind=chance.choice(("document", "deck", "battlecard", "case study", "datasheet")),
        language=language,
        audience=chance.choice(("internal", "customer", "customer")),
        collection="",
        owner="",
        facets=Facets(
            products=(product,),
            industries=_some(INDUSTRIES, 2, chance),
            regions=_some(REGIONS, 1, chance),
            sizes=_some(("small", "mid", "enterprise"), 1, chance),
            stages=_some(OPEN_STAGES, 2, chance),
            competitors=_some(COMPETITORS, 1, chance),
        ),
        translation_of=None,
        released=None,
        expires=None,
        version=1,
        version_id=version_id,
        updated_at=updated_at,
    )
    version = Version(
        id=version_id,
        asset_id=asset_id,
        number=1,
        content_hash=hashlib.sha256(data).hexdigest(),
        media_type="text/markdown",
        file_name=f"{number:06}.md",
        size=len(data),
        created_at=updated_at,
    )
    return Drawn(asset, version, pages, data)


def _text(bank: Sequence[str], customers: Sequence[str], chance: Random) -> str:
    said = chance.choices(bank, k=chance.randint(*SENTENCES_A_PAGE))
    # Names and numbers are what tells real pages apart: rare words beside the common ones.
    tail = f"{chance.choice(customers)} {chance.choice(PRODUCTS)} {chance.randint(10, 99_999)}."
    return "\n".join((*said, tail))


def _some(values: Sequence[str], most: int, chance: Random) -> tuple[str, ...]:
    return tuple(chance.sample(values, chance.randint(0, most)))
