"""The index: what may be found, by whom and on which day, in every language; derived, so never lost."""

import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import tantivy
from sqlalchemy import insert

from enablement.access import asset_filter
from enablement.adapters.sql.catalog import SqlCatalog
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.tables import changes
from enablement.adapters.tantivy_index import CHANGES_AT_ONCE, FORMAT, WRITER_MEMORY, TantivyIndex
from enablement.analyser import words
from enablement.model import Facets
from enablement.ports import AssetFilter, IndexQuery, TryLater
from tests.builders import NOW, asset, publish
from tests.enablement.conftest import Library
from tests.fakes import World

TODAY = NOW.date()
DAY = timedelta(days=1)
ALL = AssetFilter(audiences=("customer", "internal"), on=TODAY)


def found(index: TantivyIndex, question: str = "", only: AssetFilter = ALL, **facets: object) -> list[str]:
    asked = IndexQuery(tuple(words(question)), Facets(**facets))  # type: ignore[arg-type] # tuples of texts
    return [hit.asset_id for hit in index.search(asked, only=only, limit=50)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


def test_only_what_the_audience_may_have_is_found(world: World) -> None:
    for audience in ("customer", "internal"):
        publish(world.catalog, asset(audience, audience=audience), "pricing")
    world.index.follow()

    inside = found(world.index, "pricing", asset_filter(shared_outside=False, now=NOW))
    outside = found(world.index, "pricing", asset_filter(shared_outside=True, now=NOW))

    assert sorted(inside) == ["customer", "internal"]
    assert outside == ["customer"]


@pytest.mark.parametrize("question", ["pricing", ""])
def test_an_asset_is_found_from_its_first_to_its_last_day(question: str, world: World) -> None:
    publish(world.catalog, asset("one", released=TODAY, expires=TODAY + DAY), "pricing")
    publish(world.catalog, asset("always"), "pricing")
    world.index.follow()

    by_day = {
        days: "one" in found(world.index, question, AssetFilter(("customer",), TODAY + days * DAY))
        for days in (-1, 0, 1, 2)
    }

    assert by_day == {-1: False, 0: True, 1: True, 2: False}
    assert "always" in found(world.index, question, AssetFilter(("customer",), date(1970, 1, 2)))


def test_what_was_dismissed_is_left_out(world: World) -> None:
    for title in ("one", "two", "three"):
        publish(world.catalog, asset(title), "pricing")
    world.index.follow()

    left = found(world.index, "pricing", AssetFilter(("customer",), TODAY, without=("two", "unknown")))

    assert sorted(left) == ["one", "three"]


def test_each_asset_is_found_once_by_its_best_page(world: World) -> None:
    publish(
        world.catalog, asset("deck"), "hello there", "pricing and again pricing", "a word of pricing here"
    )
    world.index.follow()

    (hit,) = world.index.search(IndexQuery(("pricing",)), only=ALL, limit=5)

    assert (hit.asset_id, hit.page) == ("deck", 2)
    assert hit.score > 0


def test_a_long_deck_does_not_crowd_out_the_others(world: World) -> None:
    publish(world.catalog, asset("deck"), *["pricing pricing pricing"] * 30)
    for number in range(5):
        publish(world.catalog, asset(f"sheet {number}"), "one word about pricing among many others here")
    world.index.follow()

    hits = world.index.search(IndexQuery(("pricing",)), only=ALL, limit=6)

    assert len(hits) == 6


def test_without_words_facets_find_what_fits_and_the_rest_comes_last(world: World) -> None:
    publish(world.catalog, asset("any"))
    publish(world.catalog, asset("stage", facets=Facets(stages=("Closed Won",))))
    publish(world.catalog, asset("both", facets=Facets(stages=("closed-won",), regions=("Europe",))))
    publish(world.catalog, asset("region", facets=Facets(regions=("closed won",))))
    world.index.follow()

    order = found(world.index, stages=("CLOSED_WON",), regions=("europe",))

    assert order[:2] == ["both", "stage"]
    assert set(order[2:]) == {"any", "region"}


@pytest.mark.parametrize(
    ("question", "file_name"),
    [
        ("questionnaire securite", "reponses-questionnaire-securite.docx"),
        ("sécurité des données hébergement", "reponses-questionnaire-securite.docx"),
        ("tarifs 2026", "fiche-tarifs-2026.md"),
        ("contratacao guia", "guia-de-contratacao.docx"),
        ("estudo de caso varejo", "estudo-de-caso-varejo-sol-poente.pdf"),
        ("ของหมดอายุในห้องเย็น", "case-study-khrua-rungarun-th.md"),
        ("คำถามที่พบบ่อย", "faq-th.md"),
        ("定價", "pricing-zh-tw.html"),
        ("資安問卷", "security-answers-zh-tw.docx"),
        ("自주 묻는 질문", "faq-ko.md"),
        ("계약 안내", "contract-guide-ko.html"),
        ("dockwright battlecard", "battlecard-dockwright.html"),
        ("mutual action plans", "mutual-action-plan-template.docx"),
    ],
)
def test_questions_in_each_language_find_their_paper(question: str, file_name: str, library: Library) -> None:
    wanted = library.asset(file_name).id

    best = found(library.index, question)[:5]

    assert wanted in best


@pytest.mark.parametrize("language", ["en", "fr", "pt-BR", "th", "zh-TW", "ko"])
def test_every_asset_is_found_by_its_own_title(language: str, library: Library) -> None:
    papers = [one for one in library.catalog.assets() if one.language == language and not one.expires]

    missed = [one.title for one in papers if one.id not in found(library.index, one.title)[:2]]

    assert papers
    assert missed == []


def test_accents_and_case_make_no_difference(library: Library) -> None:
    plain = found(library.index, "SECURITE DONNEES")

    assert plain == found(library.index, "sécurité données")
    assert plain


def test_what_is_published_later_is_found_and_what_it_replaces_is_not(world: World) -> None:
    publish(world.catalog, asset("one"), "the old pricing")
    first = world.index.follow()
    publish(world.catalog, asset("two"), "the new roadmap")
    publish(world.catalog, asset("one", version=2, version_id="v2"), "a text about security")

    second = world.index.follow()

    assert (first, second, world.index.follow()) == (1, 2, 0)
    assert found(world.index, "pricing") == []
    assert found(world.index, "security") == ["one"]
    assert found(world.index, "roadmap") == ["two"]


def test_a_reader_sees_what_a_writer_commits(world: World, tmp_path: Path) -> None:
    reader = TantivyIndex(tmp_path / "index", world.catalog)
    before = found(reader, "pricing")
    publish(world.catalog, asset("one"), "pricing")

    world.index.follow()

    assert before == []
    assert found(reader, "pricing") == ["one"]
    assert reader.stands_at() == world.index.stands_at() == 1


def test_more_changes_than_fit_in_one_go_are_all_taken_in(world: World) -> None:
    for number in range(CHANGES_AT_ONCE // 10):
        publish(world.catalog, asset(f"asset {number}"), f"word{number}")
    world.index.follow()
    with world.database.writing() as connection:
        rows = [{"asset_id": f"asset {number % 50}"} for number in range(CHANGES_AT_ONCE + 7)]
        connection.execute(insert(changes), rows)

    world.index.follow()

    assert world.index.follow() == 0
    assert found(world.index, "word49") == ["asset 49"]


def test_who_comes_while_another_writes_is_told_to_come_later(world: World, folder: Path) -> None:
    publish(world.catalog, asset("one"), "pricing")
    other = tantivy.Index.open(str(folder / FORMAT))
    with other.writer(heap_size=WRITER_MEMORY, num_threads=1), pytest.raises(TryLater, match="indexing"):
        world.index.follow()

    assert world.index.follow() == 1


def _spoil_meta(index: Path) -> None:
    (index / "meta.json").write_text("{ not json")


def _lose_meta(index: Path) -> None:
    (index / "meta.json").unlink()


def _cut_terms(index: Path) -> None:
    (terms,) = index.glob("*.term")
    terms.write_bytes(terms.read_bytes()[:3])


def _lose_store(index: Path) -> None:
    (store,) = index.glob("*.store")
    store.unlink()


def _scribble_on_postings(index: Path) -> None:
    (postings,) = index.glob("*.idx")
    postings.write_bytes(bytes(postings.stat().st_size))


def _other_schema(index: Path) -> None:
    shutil.rmtree(index)
    index.mkdir()
    tantivy.Index(tantivy.SchemaBuilder().add_text_field("other").build(), path=str(index))


@pytest.mark.parametrize(
    "harm", [_spoil_meta, _lose_meta, _cut_terms, _lose_store, _scribble_on_postings, _other_schema]
)
def test_a_damaged_index_is_made_anew(harm: Callable[[Path], None], world: World, folder: Path) -> None:
    publish(world.catalog, asset("one"), "pricing")
    world.index.follow()
    harm(folder / FORMAT)

    mended = TantivyIndex(folder, world.catalog)
    mended.follow()

    assert found(mended, "pricing") == ["one"]


def test_an_index_of_another_catalogue_is_made_anew(
    world: World, folder: Path, other_catalog: SqlCatalog
) -> None:
    """The database was put back or exchanged while the folder stayed."""
    for number in range(3):
        publish(world.catalog, asset(f"old {number}"), "pricing")
    world.index.follow()
    publish(other_catalog, asset("new"), "pricing")

    index = TantivyIndex(folder, other_catalog)
    index.follow()

    assert found(index, "pricing") == ["new"]


@pytest.fixture
def other_catalog(migrated_sqlite: Path, tmp_path: Path) -> Iterator[SqlCatalog]:
    shutil.copy(migrated_sqlite, tmp_path / "other.db")
    database = Database(f"sqlite:///{tmp_path / 'other.db'}")
    yield SqlCatalog(database)
    database.close()


def test_searching_goes_on_while_the_index_is_written(world: World) -> None:
    publish(world.catalog, asset("first"), "pricing")
    world.index.follow()
    stop = threading.Event()
    counts: list[int] = []

    def search() -> None:
        while not stop.is_set():
            counts.append(len(found(world.index, "pricing")))

    searching = threading.Thread(target=search)
    searching.start()
    for number in range(10):
        publish(world.catalog, asset(f"more {number}"), "pricing")
        world.index.follow()
    stop.set()
    searching.join()

    assert counts == sorted(counts)
    assert min(counts) >= 1


def test_a_rare_word_tells_more_than_a_common_one(world: World) -> None:
    for number in range(9):
        publish(world.catalog, asset(f"asset {number}"), "common " + ("rare" if number == 4 else ""))
    world.index.follow()

    rarity = world.index.rarity(["common", "rare", "unknown"])

    assert 0 <= rarity["common"] < rarity["rare"] < rarity["unknown"]
