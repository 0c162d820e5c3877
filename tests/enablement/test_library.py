"""What becomes of a file that is taken in."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from enablement.adapters.sql.catalog import SqlCatalog
from enablement.adapters.sql.ledger import SqlLedger
from enablement.library import Incoming, take_in
from enablement.metadata import BadMetadata, detect_language, metadata_problems
from enablement.model import Asset, Facets
from tests.builders import NOW
from tests.enablement.conftest import Library

LATER = NOW + timedelta(days=1)


@dataclass(frozen=True)
class Read:
    """A page as the reader of files gives it."""

    number: int
    title: str
    text: str


def incoming(source: str = "shelf/prices.md", text: str = "The price is 5.", **said: object) -> Incoming:
    return Incoming(
        source=source,
        file_name=source.rsplit("/", maxsplit=1)[-1],
        media_type="text/markdown",
        data=text.encode(),
        title="Prices",
        pages=[Read(1, "Prices", text)],
        metadata={"title": "Prices", **said},
    )


def take(file: Incoming, catalog: SqlCatalog, *, gone: tuple[str, ...] = (), now: datetime = NOW) -> str:
    ledger = SqlLedger(catalog._database)
    return take_in(file, catalog, ledger, is_there=lambda source: source not in gone, now=now).outcome


def only_asset(catalog: SqlCatalog) -> Asset:
    (one,) = catalog.assets()
    return one


def test_a_new_file_becomes_an_asset_with_what_it_says_of_itself(catalog: SqlCatalog) -> None:
    file = incoming(
        kind="price list",
        language="fr",
        audience="customer",
        collection="Prix",
        owner="Anna@Stowmark.example",
        products=["Yard", " Warehouse "],
        stages="Negotiation",
        competitors=[],
        translation_of="prices.md",
        released=date(2026, 1, 2),
        expires="2026-12-31",
    )

    outcome = take(file, catalog)

    one = only_asset(catalog)
    assert outcome == "added"
    assert (one.title, one.kind, one.language, one.audience) == ("Prices", "price list", "fr", "customer")
    assert (one.collection, one.owner, one.translation_of) == ("Prix", "anna@stowmark.example", "prices.md")
    assert (one.released, one.expires) == (date(2026, 1, 2), date(2026, 12, 31))
    assert one.facets == Facets(products=("Yard", "Warehouse"), stages=("Negotiation",))
    assert (one.version, one.updated_at) == (1, NOW)
    assert catalog.data(one.version_id) == file.data


def test_what_says_nothing_of_itself_is_internal(catalog: SqlCatalog) -> None:
    take(replace(incoming(), metadata={}), catalog)

    assert only_asset(catalog).audience == "internal"


def test_the_same_file_again_changes_nothing(catalog: SqlCatalog) -> None:
    take(incoming(), catalog)
    before, changes = only_asset(catalog), catalog.changes(0, limit=9)

    outcome = take(incoming(), catalog, now=LATER)

    assert outcome == "unchanged"
    assert only_asset(catalog) == before
    assert catalog.changes(0, limit=9) == changes


def test_changed_bytes_are_a_new_version_and_the_old_is_still_served(catalog: SqlCatalog) -> None:
    take(incoming(text="The price is 5."), catalog)
    old = only_asset(catalog)

    outcome = take(incoming(text="The price is 6."), catalog, now=LATER)

    new = only_asset(catalog)
    assert outcome == "new version"
    assert (new.id, new.version, new.updated_at) == (old.id, 2, LATER)
    assert catalog.data(old.version_id) == b"The price is 5."
    assert catalog.data(new.version_id) == b"The price is 6."
    assert [page.text for page in catalog.pages(old.version_id)] == ["The price is 5."]


def test_going_back_to_older_bytes_is_a_version_of_its_own(catalog: SqlCatalog) -> None:
    for text in ("first", "second", "first"):
        take(incoming(text=text), catalog)

    one = only_asset(catalog)
    version = catalog.version(one.version_id)
    assert one.version == 3
    assert version
    assert version.number == 3
    assert catalog.data(one.version_id) == b"first"


def test_changed_words_about_a_file_are_no_new_version(catalog: SqlCatalog) -> None:
    take(incoming(), catalog)
    old = only_asset(catalog)

    outcome = take(incoming(audience="customer", expires=date(2027, 1, 1)), catalog, now=LATER)

    assert outcome == "updated"
    assert only_asset(catalog) == replace(old, audience="customer", expires=date(2027, 1, 1))
    assert len(catalog.changes(0, limit=9)) == 2, "the index must hear of it"


def test_a_moved_file_stays_the_same_asset(catalog: SqlCatalog) -> None:
    take(incoming("old/prices.md"), catalog)
    old = only_asset(catalog)

    outcome = take(incoming("new/prices.md"), catalog, gone=("old/prices.md",))

    assert outcome == "moved"
    assert only_asset(catalog) == replace(old, source="new/prices.md")


def test_a_copied_file_is_an_asset_of_its_own(catalog: SqlCatalog) -> None:
    take(incoming("old/prices.md"), catalog)

    outcome = take(incoming("new/prices.md"), catalog)

    assert outcome == "added"
    assert len(catalog.assets()) == 2


def test_of_two_copies_the_one_that_is_gone_has_moved(catalog: SqlCatalog) -> None:
    take(incoming("a/prices.md"), catalog)
    take(incoming("b/prices.md"), catalog)
    take(incoming("c/prices.md"), catalog)

    outcome = take(incoming("new/prices.md"), catalog, gone=("b/prices.md",))

    assert outcome == "moved"
    assert sorted(one.source for one in catalog.assets()) == ["a/prices.md", "c/prices.md", "new/prices.md"]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"audience": "public"}, "“audience” should be internal or customer, not “public”"),
        ({"audience": "Customer "}, "“audience” should be internal or customer, not “Customer”"),
        ({"expires": "end of year"}, "“expires” should be a day like 2026-12-31, not “end of year”"),
        ({"released": "31.12.2026"}, "“released” should be a day like 2026-12-31, not “31.12.2026”"),
        ({"released": 2026}, "“released” should be a day"),
        ({"title": ["a", "b"]}, "“title” should be one value, not a list"),
        ({"owner": {"name": "Anna"}}, "“owner” should be one value"),
        ({"products": {"first": "Yard"}}, "“products” should be a list of values"),
        ({"title": "T" * 501}, "“title” is longer than 500 characters"),
        ({"kind": "k" * 81}, "“kind” is longer than 80 characters"),
        ({"language": "x" * 21}, "“language” is longer than 20 characters"),
    ],
)
def test_what_can_not_be_used_is_said_in_words(said: dict[str, Any], words: str, catalog: SqlCatalog) -> None:
    with pytest.raises(BadMetadata, match=words):
        take(incoming(**said), catalog)

    assert catalog.assets() == []


def test_a_long_heading_is_cut_not_refused(catalog: SqlCatalog) -> None:
    take(replace(incoming(), title="T" * 600, metadata={}), catalog)

    assert only_asset(catalog).title == "T" * 499 + "…"


def test_keys_that_are_not_known_are_named() -> None:
    problems = metadata_problems({"title": "T", "audiance": "customer", "stages": []})

    assert problems == ["unknown key “audiance”"]


@pytest.mark.parametrize(
    ("written", "known"), [("pt", "pt-BR"), ("PT_br", "pt-BR"), ("zh", "zh-TW"), ("EN", "en"), ("de", "de")]
)
def test_a_language_is_known_by_its_spellings(written: str, known: str, catalog: SqlCatalog) -> None:
    take(incoming(language=written), catalog)

    assert only_asset(catalog).language == known


def test_every_file_of_the_sample_library_is_recognised_by_its_text(library: Library) -> None:
    wrong = {}
    for one in library.catalog.assets():
        text = "\n".join(page.text for page in library.catalog.pages(one.version_id))
        if detect_language(text) != one.language:
            wrong[one.title] = (one.language, detect_language(text))

    assert wrong == {}
    assert {one.language for one in library.catalog.assets()} == {"en", "fr", "pt-BR", "th", "zh-TW", "ko"}


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("Your devices keep working for eight hours when the network is gone.", "en"),
        ("Les prix sont valables pour les commandes signées avant le 31 décembre.", "fr"),
        ("Os preços são válidos para pedidos assinados até o dia 31 de dezembro.", "pt-BR"),
        ("ลูกค้าไม่รับสินค้าที่อายุเหลือไม่ถึงสองในสาม กับ Stowmark Warehouse", "th"),
        ("揀貨錯誤率下降，倉庫人員一週內上手 Stowmark", "zh-TW"),
        ("첫 센터 12주, 이후 센터마다 6주입니다. Wi-Fi", "ko"),
        ("", "en"),
        ("12345 €€€", "en"),
    ],
)
def test_a_sentence_tells_its_language(sentence: str, language: str) -> None:
    assert detect_language(sentence) == language
