"""The index: what may be found, by whom and on which day, in every language; derived, so never lost."""

import fcntl
import random
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from enablement.access import asset_filter, may_show
from enablement.adapters.index import PageIndex, page_index
from enablement.adapters.sql.catalog import SqlCatalog
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.tables import changes
from enablement.analyser import words
from enablement.model import Facets, Status
from enablement.ports import AssetFilter, IndexQuery, TryLater
from tests.builders import NOW, asset, publish
from tests.enablement.conftest import Library
from tests.fakes import World

TODAY = NOW.date()
DAY = timedelta(days=1)
ALL = AssetFilter(audiences=("customer", "internal"), on=TODAY)


def found(index: PageIndex, question: str = "", only: AssetFilter = ALL, **facets: object) -> list[str]:
    asked = IndexQuery(tuple(words(question)), Facets(**facets))  # type: ignore[arg-type] # tuples of texts
    return [hit.asset_id for hit in index.search(asked, only=only, limit=50).hits]


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
    won = Facets(stages=("Won",))
    publish(world.catalog, asset("one", released=TODAY, expires=TODAY + DAY, facets=won), "pricing")
    publish(world.catalog, asset("always", facets=won), "pricing")
    world.index.follow()

    by_day = {
        days: "one"
        in found(world.index, question, AssetFilter(("customer",), TODAY + days * DAY), stages=("Won",))
        for days in (-1, 0, 1, 2)
    }

    assert by_day == {-1: False, 0: True, 1: True, 2: False}
    assert "always" in found(
        world.index, question, AssetFilter(("customer",), date(1970, 1, 2)), stages=("Won",)
    )


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

    (hit,) = world.index.search(IndexQuery(("pricing",)), only=ALL, limit=5).hits

    assert (hit.asset_id, hit.page) == ("deck", 2)
    assert hit.score == 1


def test_a_hit_says_which_terms_of_the_question_its_own_page_holds(world: World) -> None:
    publish(
        world.catalog, asset("deck"), "security for warehouses", ("Prices", "pricing and pricing of storage")
    )
    publish(world.catalog, asset("other"), "security and storage")
    world.index.follow()

    found = world.index.search(IndexQuery(("pricing", "security", "storge")), only=ALL, limit=5)

    assert found.meant == {"storge": ("storage",)}
    assert {hit.asset_id: (hit.page, hit.held) for hit in found.hits} == {
        "deck": (2, frozenset({"price", "storag"})),
        "other": (1, frozenset({"secur", "storag"})),
    }


def test_a_long_deck_does_not_crowd_out_the_others(world: World) -> None:
    publish(world.catalog, asset("deck"), *["pricing pricing pricing"] * 30)
    for number in range(5):
        publish(world.catalog, asset(f"sheet {number}"), "one word about pricing among many others here")
    world.index.follow()

    hits = world.index.search(IndexQuery(("pricing",)), only=ALL, limit=6).hits

    assert len(hits) == 6


def test_without_words_facets_find_what_fits_best_first(world: World) -> None:
    publish(world.catalog, asset("any"))
    publish(world.catalog, asset("stage", facets=Facets(stages=("Closed Won",))))
    publish(world.catalog, asset("both", facets=Facets(stages=("closed-won",), regions=("Europe",))))
    publish(world.catalog, asset("region", facets=Facets(regions=("closed won",))))
    world.index.follow()

    order = found(world.index, stages=("CLOSED_WON",), regions=("europe",))

    assert order == ["both", "stage"]


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
    papers = [one for one in library.catalog.assets() if one.language == language and may_show(one, ALL)]

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
    reader = PageIndex(tmp_path / "index", world.catalog)
    before = found(reader, "pricing")
    publish(world.catalog, asset("one"), "pricing")

    world.index.follow()

    assert before == []
    assert found(reader, "pricing") == ["one"]
    assert reader.stands_at() == world.index.stands_at() == 1


def test_more_changes_than_fit_in_one_go_are_all_taken_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_index, "CHANGES_AT_ONCE", 10)
    monkeypatch.setattr(page_index, "ASSETS_AT_ONCE", 3)
    for number in range(20):
        publish(world.catalog, asset(f"asset {number}"), f"word{number}")
    world.index.follow()
    with world.database.writing() as connection:
        connection.execute(insert(changes), [{"asset_id": f"asset {number % 20}"} for number in range(47)])

    world.index.follow()

    assert world.index.follow() == 0
    assert [found(world.index, f"word{number}") for number in range(20)] == [
        [f"asset {number}"] for number in range(20)
    ]


def test_who_comes_while_another_writes_is_told_to_come_later(world: World, folder: Path) -> None:
    publish(world.catalog, asset("one"), "pricing")
    with (folder / page_index.FORMAT / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(TryLater, match="another process"):
            world.index.follow()

    assert world.index.follow() == 1


def _put(file: Path, data: bytes) -> None:
    """Put another file in place of one, as who restores a backup does: the old one stays for those who have it open."""
    file.unlink()
    file.write_bytes(data)


def _spoil_manifest(index: Path) -> None:
    (index / "manifest.json").write_text("{ not json")


def _foreign_manifest(index: Path) -> None:
    (index / "manifest.json").write_text("[1, 2]")


def _lose_manifest(index: Path) -> None:
    (index / "manifest.json").unlink()


def _segment(index: Path) -> Path:
    (file,) = index.glob("*.segment")
    return file


def _cut_end(index: Path) -> None:
    _put(_segment(index), _segment(index).read_bytes()[:-8])


def _empty(index: Path) -> None:
    _put(_segment(index), b"")


def _flip_a_bit(index: Path) -> None:
    damaged = bytearray(_segment(index).read_bytes())
    damaged[-1] ^= 1
    _put(_segment(index), bytes(damaged))


def _lose_segment(index: Path) -> None:
    _segment(index).unlink()


HARMS = [_spoil_manifest, _foreign_manifest, _lose_manifest, _cut_end, _empty, _flip_a_bit, _lose_segment]


@pytest.mark.parametrize("harm", HARMS)
def test_a_damaged_index_is_made_anew(harm: Callable[[Path], None], world: World, folder: Path) -> None:
    publish(world.catalog, asset("one"), "pricing")
    world.index.follow()
    harm(folder / page_index.FORMAT)

    mended = PageIndex(folder, world.catalog)
    meanwhile = found(mended, "pricing")
    mended.follow()

    assert meanwhile in ([], ["one"])
    assert found(mended, "pricing") == ["one"]
    assert found(PageIndex(folder, world.catalog), "pricing") == ["one"]
    assert found(world.index, "pricing") == ["one"], "who had it open goes on"


def test_what_a_killed_writer_left_behind_is_swept(world: World, folder: Path) -> None:
    publish(world.catalog, asset("one"), "pricing")
    (folder / page_index.FORMAT / "000000000009.segment").write_bytes(b"half")
    (folder / page_index.FORMAT / "manifest.new").write_text("{")

    world.index.follow()

    assert found(world.index, "pricing") == ["one"]
    assert _segment(folder / page_index.FORMAT).name == "000000000001.segment"


def test_an_index_of_another_catalogue_is_made_anew(
    world: World, folder: Path, other_catalog: SqlCatalog
) -> None:
    """The database was put back or exchanged while the folder stayed."""
    for number in range(3):
        publish(world.catalog, asset(f"old {number}"), "pricing")
    world.index.follow()
    publish(other_catalog, asset("new"), "pricing")

    index = PageIndex(folder, other_catalog)
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

    asked = IndexQuery(("common", "rare", "unknown"))
    rarity = world.index.search(asked, only=ALL, limit=1).rarity

    assert 0 <= rarity["common"] < rarity["rare"] < rarity["unknown"]


def test_the_pages_of_what_the_filter_hides_are_not_counted(world: World, folder: Path) -> None:
    """Scores, ranks and how telling a word is are the same to the last bit as if the hidden were not there."""
    seen = [
        (
            asset(f"seen {number}", facets=Facets(stages=("Won",))),
            f"{SAID[number % 5]} pricing {SAID[number % 7]}",
        )
        for number in range(30)
    ]
    for one, text in seen:
        publish(world.catalog, one, text)
    world.index.follow()
    outside = asset_filter(shared_outside=True, now=NOW)
    questions = [(word, other) for word in (*SAID, "secutity", "pric") for other in SAID]
    alone = [world.index.search(IndexQuery(asked), only=outside, limit=30) for asked in questions]
    rarity = world.index.rarity((*SAID, "secutity"), only=outside)

    for number in range(40):
        hidden = replace(asset(f"hidden {number}", audience="internal"), title="security secutita pricey")
        publish(world.catalog, hidden, "security pricing " * (number + 1), "prices secutitz")
    publish(world.catalog, asset("expired", expires=TODAY - DAY), "security roadmap")
    world.index.follow()

    assert [world.index.search(IndexQuery(asked), only=outside, limit=30) for asked in questions] == alone
    assert world.index.rarity((*SAID, "secutity"), only=outside) == rarity
    assert rarity
    assert "secutity" not in rarity


SAID = ("security", "roadmap", "discount", "battlecard", "questionnaire", "warehouse", "yard")


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("secutity", ("security",)),
        ("questionaire", ("questionnaire",)),
        ("battelcard", ("battlecard",)),
        ("qestionnairre", ("questionnaire",)),
        ("ware", ("warehouse",)),
        ("v2.1", ("v2.1.4",)),
        ("yrd", ()),
        ("se", ()),
        ("zzzzzzzz", ()),
    ],
)
def test_a_word_that_no_page_holds_is_taken_for_one_like_it(
    asked: str, meant: tuple[str, ...], world: World
) -> None:
    publish(world.catalog, asset("all"), " ".join(SAID), "version v2.1.4")
    publish(world.catalog, asset("none"), "something else")
    world.index.follow()

    found = world.index.search(IndexQuery((asked,)), only=ALL, limit=5)

    assert found.meant == ({asked: meant} if meant else {})
    assert [hit.asset_id for hit in found.hits] == (["all"] if meant else [])


def test_a_word_that_is_known_is_taken_for_nothing_else(world: World) -> None:
    publish(world.catalog, asset("form"), "form")
    publish(world.catalog, asset("from"), "fork")
    world.index.follow()

    assert world.index.search(IndexQuery(("form",)), only=ALL, limit=5).meant == {}
    assert found(world.index, "form") == ["form"]


def test_the_words_of_a_phrase_must_stand_on_one_page(world: World) -> None:
    publish(world.catalog, asset("one"), "mutual action plan", "other")
    publish(world.catalog, asset("two"), "mutual plan", "action")
    publish(world.catalog, replace(asset("titled"), title="Mutual action"), "the plan")
    world.index.follow()

    asked = IndexQuery((), phrases=(("mutual", "action", "plan"),))
    hits = world.index.search(asked, only=ALL, limit=5).hits

    assert sorted(hit.asset_id for hit in hits) == ["one", "titled"]


def test_languages_and_facets_can_be_asked_for(world: World) -> None:
    publish(
        world.catalog, asset("fr", language="fr", facets=Facets(stages=("Won",), regions=("EMEA",))), "plan"
    )
    publish(world.catalog, asset("pt", language="pt-BR", facets=Facets(stages=("won",))), "plan")
    publish(world.catalog, asset("any", language="fr"), "plan")
    world.index.follow()

    def left(**asked: object) -> list[str]:
        return sorted(found(world.index, "plan", replace(ALL, **asked)))  # type: ignore[arg-type] # as AssetFilter has them

    assert left(languages=("FR",)) == ["any", "fr"]
    assert left(languages=("pt-br", "ko")) == ["pt"]
    assert left(made_for=Facets(stages=("WON", "lost"))) == ["fr", "pt"]
    assert left(made_for=Facets(stages=("won",), regions=("emea",))) == ["fr"]


def test_an_asset_and_its_translations_know_each_other(world: World) -> None:
    publish(world.catalog, asset("en", source="/deck/plan.md"), "plan")
    publish(world.catalog, asset("fr", source="/deck/plan-fr.md", translation_of="plan.md"), "plan")
    publish(
        world.catalog,
        asset("th", source="/deck/th/p.md", translation_of="../plan.md", audience="internal"),
        "แผน",
    )
    publish(world.catalog, asset("other", source="/else/plan.md"), "plan")
    world.index.follow()
    outside = asset_filter(shared_outside=True, now=NOW)

    assert world.index.siblings(["fr"], only=ALL) == {"fr": ("en", "th")}
    assert world.index.siblings(["en", "other", "gone"], only=outside) == {"en": ("fr",), "other": ()}


@pytest.mark.parametrize("status", ["draft", "in_review", "archived"])
def test_only_what_is_published_is_found(status: Status, world: World) -> None:
    publish(world.catalog, asset("one"), "pricing")
    publish(world.catalog, asset("two", status=status), "pricing")
    world.index.follow()
    before = found(world.index, "pricing")

    world.catalog.keep(replace(asset("one"), status=status))
    world.index.follow()

    assert before == ["one"]
    assert found(world.index, "pricing") == []


@pytest.mark.parametrize("seed", range(6))
def test_many_small_steps_end_where_one_large_step_does(
    seed: int, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Added, changed, renamed, withdrawn and restored in any order, in batches of any size, with merges in between."""
    chance = random.Random(seed)
    for step in range(60):
        name = f"asset {chance.randrange(15)}"
        known = world.catalog.asset(name)
        if known and chance.random() < 0.5:
            world.catalog.keep(
                replace(
                    known,
                    title=chance.choice(SAID),
                    status=chance.choice(["published", "archived"]),
                    audience=chance.choice(["customer", "internal"]),
                )
            )
        else:
            made = asset(
                name, version=step + 1, version_id=f"v{step}", facets=Facets(stages=(chance.choice(SAID),))
            )
            publish(
                world.catalog,
                made,
                *(" ".join(chance.choices(SAID, k=4)) for _ in range(chance.randrange(4))),
            )
        monkeypatch.setattr(page_index, "ASSETS_AT_ONCE", chance.randint(1, 9))
        if chance.random() < 0.4:
            world.index.follow()
    world.index.follow()

    monkeypatch.setattr(page_index, "ASSETS_AT_ONCE", 1000)
    fresh = PageIndex(tmp_path / "fresh", world.catalog)
    fresh.follow()

    for only in (ALL, asset_filter(shared_outside=True, now=NOW)):
        for one in SAID:
            for asked in (
                IndexQuery((one, "pricing")),
                IndexQuery((one[:-1] + "x",)),
                IndexQuery((), Facets(stages=(one,))),
            ):
                expected = fresh.search(asked, only=only, limit=20)
                assert world.index.search(asked, only=only, limit=20) == expected
    assert len(list((tmp_path / "index" / page_index.FORMAT).glob("*.segment"))) < 6
