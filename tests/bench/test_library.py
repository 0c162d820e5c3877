"""The library that benchmarks search is large, mixed and the same each time."""

from collections import Counter
from pathlib import Path

from bench import library
from enablement.adapters.sql.catalog import SqlCatalog
from enablement.adapters.sql.database import Database
from tests.builders import NOW

BANK = {
    language: [f"{language} sentence number {number}." for number in range(40)] for language in library.SHARES
}
CUSTOMERS = ["Norfield Foods", "Valmorin Santé", "두온유통"]


def draw(count: int = 300, seed: int = 1) -> list[library.Drawn]:
    return list(library.draw(BANK, CUSTOMERS, count=count, seed=seed, now=NOW))


def test_the_same_seed_draws_the_same_library_and_another_seed_another() -> None:
    assert draw() == draw()
    assert draw() != draw(seed=2)


def test_every_language_is_there_and_english_most() -> None:
    languages = Counter(one.asset.language for one in draw())

    assert set(languages) == set(library.SHARES)
    assert languages.most_common(1)[0][0] == "en"


def test_pages_are_written_in_the_language_of_their_asset() -> None:
    for one in draw(30):
        assert all(page.text.startswith(f"{one.asset.language} sentence") for page in one.pages)


def test_what_is_published_is_in_the_catalogue_with_all_its_pages(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'touchline.db'}"
    database = Database(url)
    database.migrate()
    drawn = draw(20)

    count = library.publish(drawn, url)

    catalog = SqlCatalog(database)
    assert count == 20
    assert {one.id for one in catalog.assets()} == {one.asset.id for one in drawn}
    assert catalog.pages(drawn[0].version.id) == list(drawn[0].pages)
    database.close()


def test_the_sentences_of_a_library_are_found_by_language(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'touchline.db'}"
    database = Database(url)
    database.migrate()
    library.publish(draw(20), url)

    bank = library.sentences(SqlCatalog(database))

    assert all(sentence in BANK["fr"] or "Stowmark" in sentence for sentence in bank["fr"])
    assert set(bank) <= set(library.SHARES)
    database.close()
