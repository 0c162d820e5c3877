"""The catalogue: versions, pages, bytes and the order of changes; the same on both databases."""

import threading
from dataclasses import replace
from datetime import date

from enablement.adapters.sql.catalog import SqlCatalog
from enablement.model import Collection, Facets, Page
from tests.builders import asset, numbered, publish, version
from tests.fakes import at_once

FIRST = asset(
    "定價 Prix ราคา",
    facets=Facets(products=("Yard",), competitors=("Dockwright", "Korvane")),
    released=date(2026, 1, 1),
    expires=date(2026, 12, 31),
    translation_of="prices.md",
)
SECOND = replace(FIRST, version=2, version_id="v2")


def test_an_asset_comes_back_as_it_was_published(catalog: SqlCatalog) -> None:
    assert catalog.publish(FIRST, version(FIRST), numbered(FIRST.version_id, [("T", "één")]), b"bytes")

    assert catalog.asset(FIRST.id) == catalog.asset_by_source(FIRST.source) == FIRST
    assert catalog.assets_by_content(version(FIRST).content_hash) == [FIRST]
    assert catalog.version(FIRST.version_id) == version(FIRST)
    assert catalog.pages(FIRST.version_id) == [Page(FIRST.version_id, 1, "T", "één")]
    assert catalog.page(FIRST.version_id, 1) == catalog.pages(FIRST.version_id)[0]
    assert catalog.data(FIRST.version_id) == b"bytes"


def test_what_is_not_there_is_none(catalog: SqlCatalog) -> None:
    assets = (catalog.asset("x"), catalog.asset_by_source("x"))
    parts = (catalog.version("x"), catalog.page("x", 1))
    many = (
        *catalog.assets(),
        *catalog.assets_by_content("x"),
        *catalog.assets([]),
        *catalog.pages("x"),
        *catalog.changes(0, limit=9),
    )

    assert (*assets, *parts) == (None,) * 4
    assert many == ()


def test_publishing_the_same_again_is_no_change(catalog: SqlCatalog) -> None:
    publish(catalog, FIRST, "text")

    again = catalog.publish(FIRST, version(FIRST, b"text"), [], b"text")

    assert not again
    assert catalog.pages(FIRST.version_id), "what was there must stay"
    assert len(catalog.changes(0, limit=9)) == 1


def test_an_old_version_keeps_its_bytes_and_pages(catalog: SqlCatalog) -> None:
    publish(catalog, FIRST, "old text")

    publish(catalog, SECOND, "new text")

    assert catalog.asset(FIRST.id) == SECOND
    assert catalog.data(FIRST.version_id) == b"old text"
    assert catalog.data(SECOND.version_id) == b"new text"
    assert [page.text for page in catalog.pages(FIRST.version_id)] == ["old text"]
    assert catalog.assets_by_content(version(FIRST, b"old text").content_hash) == [], "no longer current"


def test_two_assets_may_hold_the_same_bytes(catalog: SqlCatalog) -> None:
    one, other = asset("one"), asset("other")

    for each in (one, other):
        publish(catalog, each, "the same")

    assert catalog.data(one.version_id) == catalog.data(other.version_id) == b"the same"


def test_assets_are_listed_by_title(catalog: SqlCatalog) -> None:
    for title in ("b", "c", "a"):
        publish(catalog, asset(title))

    assert [one.title for one in catalog.assets()] == ["a", "b", "c"]
    assert [one.title for one in catalog.assets(["c", "b", "unknown"])] == ["b", "c"]


def test_changes_are_numbered_in_order(catalog: SqlCatalog) -> None:
    publish(catalog, FIRST, "1")
    publish(catalog, asset("other"))
    publish(catalog, SECOND, "2")

    changes = catalog.changes(0, limit=9)

    assert [asset_id for _, asset_id in changes] == [FIRST.id, "other", FIRST.id]
    assert [number for number, _ in changes] == sorted({number for number, _ in changes})
    assert catalog.changes(changes[0][0], limit=1) == [changes[1]]


def test_who_follows_the_changes_misses_none_while_many_publish(catalog: SqlCatalog) -> None:
    """A number that is given out early and committed late would be passed over for good."""
    seen: list[str] = []
    finished = threading.Event()

    def follow() -> None:
        at = 0
        while True:
            last = finished.is_set()
            for number, asset_id in catalog.changes(at, limit=1000):
                at = number
                seen.append(asset_id)
            if last:
                return

    follower = threading.Thread(target=follow)
    follower.start()
    at_once(
        6, lambda n: [publish(catalog, asset(f"asset {n} {m}"), *["text"] * (n * 3 + 1)) for m in range(12)]
    )
    finished.set()
    follower.join()

    assert sorted(seen) == sorted(one.id for one in catalog.assets())


def test_assets_are_found_by_title_and_by_what_replaces_them(catalog: SqlCatalog) -> None:
    old = publish(catalog, asset("Prices", id="1", source="1.md", replaced_by="3"))
    same = publish(catalog, asset("Prices", id="2", source="2.md", version_id="other"))
    publish(catalog, asset("Prices 2026", id="3"))

    assert catalog.assets_titled("Prices") == [old, same]
    assert catalog.assets_titled("prices") == []
    assert catalog.assets_replaced_by("3") == [old]
    assert catalog.assets_replaced_by("1") == []


def test_collections_are_kept_each_in_place_of_the_one_of_that_name(catalog: SqlCatalog) -> None:
    catalog.keep_collections([Collection("Cards", ("jana@stowmark.example",)), Collection("Decks")])

    catalog.keep_collections([Collection("Cards", ("omar@stowmark.example",))])

    assert catalog.collections() == [Collection("Cards", ("omar@stowmark.example",)), Collection("Decks")]


def test_what_is_said_of_an_asset_is_kept_for_a_known_one(catalog: SqlCatalog) -> None:
    publish(catalog, FIRST, "text")

    done = [catalog.keep(one) for one in (FIRST, replace(FIRST, status="archived"), asset("unknown"))]

    assert done == [False, True, False]
    assert catalog.asset(FIRST.id) == replace(FIRST, status="archived")
    assert catalog.asset("unknown") is None
    assert len(catalog.changes(0, limit=9)) == 2
    assert catalog.versions(FIRST.id) == [version(FIRST, b"text")]


def test_titles_are_found_by_any_part_whatever_the_case(catalog: SqlCatalog) -> None:
    for title, status in (
        ("Pricing guide", "published"),
        ("Old PRICING", "archived"),
        ("100% pricing_", "draft"),
    ):
        publish(catalog, asset(title, status=status))

    assert [one.title for one in catalog.assets_like("PRICING", limit=9)] == [
        "100% pricing_",
        "Pricing guide",
    ]
    assert [one.title for one in catalog.assets_like("%", limit=9)] == ["100% pricing_"]
    assert [one.title for one in catalog.assets_like("", limit=1)] == ["100% pricing_"]


def test_the_vocabulary_is_that_of_the_assets_in_use(catalog: SqlCatalog) -> None:
    publish(
        catalog, asset("A", kind="deck", collection="Decks", facets=Facets(industries=("Food", "Chemie")))
    )
    publish(
        catalog, asset("B", kind="guide", facets=Facets(industries=("Food",), regions=("Île-de-France",)))
    )
    publish(catalog, asset("C", kind="memo", status="archived", facets=Facets(stages=("Won",))))

    words = catalog.vocabulary()

    assert (words.kinds, words.collections) == (("deck", "guide"), ("", "Decks"))
    assert words.facets == Facets(industries=("Chemie", "Food"), regions=("Île-de-France",))
