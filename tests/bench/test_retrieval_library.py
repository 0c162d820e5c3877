"""The large library that benchmarks search, and the peers that search it beside us, under the same filter."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from bench.retrieval import shelf
from bench.retrieval.peers import PlainBm25s, PlainTantivy, TokenBm25s, TokenPage, TokenTantivy
from bench.retrieval.synthetic import PAGE_CHARS, PAGES_AN_ASSET, Made, Passing, Pool, draw, embedded
from enablement.analyser import terms
from tests.builders import NOW
from tests.fakes import FakeEmbedder

PASSING = Passing(NOW.date().toordinal())


def pools(*, vectors: bool = False) -> Mapping[str, Pool]:
    found = {}
    for language in ("en", "fr", "th"):
        said = [
            f"{language} sentence number{number} of a pool, some sixty letters long." for number in range(50)
        ]
        found[language] = Pool(said, FakeEmbedder().passages(said) if vectors else None)
    return found


def drawn(pages: int = 4000, seed: int = 1, *, vectors: bool = False) -> list[Made]:
    return list(draw(pools(vectors=vectors), pages=pages, seed=seed, now=NOW))


def passes(made: Made) -> bool:
    asset = made.drawn.asset
    assert asset.expires
    return PASSING.lets_through(asset.audience, asset.expires.toordinal(), asset.facets.industries[0])


def test_the_same_seed_draws_the_same_library_and_another_seed_another() -> None:
    assert drawn(160) == drawn(160)
    assert drawn(160) != drawn(160, seed=2)


def test_every_asset_has_eight_pages_of_about_270_characters_in_its_language() -> None:
    for one in drawn(800):
        assert len(one.drawn.pages) == PAGES_AN_ASSET
        for page in one.drawn.pages:
            assert PAGE_CHARS - 1 <= len(page.text) < PAGE_CHARS + 60
            assert page.text.startswith(f"{one.drawn.asset.language} sentence")


def test_about_a_fifth_of_the_pages_pass_the_filter() -> None:
    share = np.mean([passes(one) for one in drawn(16_000)])

    assert share == pytest.approx(0.21, abs=0.03)


def test_a_page_means_the_mean_of_its_sentences() -> None:
    pool = pools(vectors=True)
    one = drawn(8, vectors=True)[0]
    rows = pool[one.drawn.asset.language].vectors
    assert rows is not None

    vectors = embedded(one, pool[one.drawn.asset.language], "words")

    pages = np.frombuffer(vectors.pages, np.int8).reshape(PAGES_AN_ASSET, 64) / 127
    said = np.frombuffer(vectors.sentences, np.int8).reshape(-1, 64) / 127
    mean = rows[list(one.used[3])].mean(axis=0)
    assert pages[3] == pytest.approx(mean / np.linalg.norm(mean), abs=0.01)
    assert said[vectors.places.index(3)] == pytest.approx(rows[one.used[3][0]], abs=0.01)
    assert list(vectors.places) == [place for place, used in enumerate(one.used) for _ in used]


def test_a_pool_without_vectors_makes_none() -> None:
    with pytest.raises(ValueError, match="not embedded"):
        embedded(drawn(8)[0], pools()["en"], "words")


def test_plain_peers_find_documents_and_nothing_for_words_that_no_document_has() -> None:
    documents = ["wings lift aircraft", "heat flows through slabs", "boundary layers of wings"]

    for peer in (PlainBm25s(documents), PlainTantivy(documents)):
        assert sorted(peer.rank("what do wings do?", limit=10)) == [0, 2]
        assert peer.rank("heat", limit=1) == [1]
        assert peer.rank('"zebras" AND (', limit=10) == []


def test_all_who_search_the_large_library_find_the_same_pages_under_its_filter(tmp_path: Path) -> None:
    made = drawn(1600)
    tokens = [
        TokenPage(
            terms(page.text, one.drawn.asset.language),
            one.drawn.asset.audience,
            one.drawn.asset.expires.toordinal() if one.drawn.asset.expires else 0,
            one.drawn.asset.facets.industries[0],
        )
        for one in made
        for page in one.drawn.pages
    ]
    holding = {
        one.drawn.asset.id
        for one in made
        if passes(one) and any("number7 " in page.text for page in one.drawn.pages)
    }
    assert 0 < len(holding) < len(made)

    with shelf.opened(tmp_path, "") as opened:
        opened.publish(one.drawn for one in made)
        opened.index.follow()
        ours = {
            hit.asset_id
            for hit in opened.search("the number7?", None, only=PASSING.as_filter(), limit=len(made))
        }

    def found_by(peer: TokenBm25s | TokenTantivy) -> set[str]:
        pages = peer.rank(["number7"], limit=len(tokens))
        return {made[page // PAGES_AN_ASSET].drawn.asset.id for page in pages}

    assert ours == holding
    assert found_by(TokenTantivy(tokens, PASSING)) == holding
    assert found_by(TokenBm25s(tokens, PASSING)) == holding


def test_a_process_of_its_own_finds_what_was_published_and_says_when(tmp_path: Path) -> None:
    with shelf.opened(tmp_path, "words") as opened:
        opened.publish(shelf.paragraphs(["a newcomer", "and another one"], "en"))
        opened.index.follow()

        said = reader(tmp_path, {"await": ["newcomer", "another"], "model": "words"})

    ready, first, second = said.splitlines()
    assert ready == "ready"
    assert float(first) <= float(second)


def test_a_process_of_its_own_answers_and_says_how_much_memory_it_took(tmp_path: Path) -> None:
    with shelf.opened(tmp_path, "words") as opened:
        opened.publish(shelf.paragraphs(["a newcomer", "and another one"], "en"))
        opened.index.follow()

        said = reader(
            tmp_path, {"questions": ["newcomer?"], "meant": False, "on": PASSING.on, "model": "words"}
        )

    memory = json.loads(said)
    assert 20 < memory["own_mib"] < memory["most_mib"] < 2000


def reader(folder: Path, request: Mapping[str, object]) -> str:
    command = [sys.executable, "-m", "bench.retrieval.reader", str(folder)]
    return subprocess.run(
        command, input=json.dumps(request), capture_output=True, text=True, timeout=60, check=True
    ).stdout
