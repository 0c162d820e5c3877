"""How fast pages are found in a large library, what it takes, and how soon a new page is found."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import fmean, median

from bench.figures import BenchFailed, Figure, Options, Promise, median_ratio, percentile
from bench.retrieval import shelf
from bench.retrieval.datasets import TATOEBA, Judged, cranfield, tatoeba, xquad
from bench.retrieval.metrics import DEPTH
from bench.retrieval.peers import TokenBm25s, TokenPage, TokenTantivy
from bench.retrieval.shelf import Shelf
from bench.retrieval.synthetic import PAGES_AN_ASSET, Made, Passing, Pool, draw, embedded, one_asset
from enablement.analyser import asked_terms, terms
from enablement.meaning import sentences
from enablement.ports import Embedder

PAGES, QUICK_PAGES = 100_000, 10_000
POOL, QUICK_POOL = 1500, 400
SHORTEST = 12
QUESTIONS = 200
SEED = 20
ADDED, SEEN = 20, 5
NOW = datetime(2026, 11, 20, tzinfo=UTC)
PASSING = Passing(NOW.date().toordinal())
WORDS_P50_MS, WORDS_P95_MS, BOTH_P95_MS = 2.0, 6.0, 25.0
INDEXED_S, MEMORY_MIB, SEEN_S, COST_RATIO = 60.0, 500.0, 2.0, 2.0
READER_MAY_TAKE_S = 120


def figures(data: Path, folder: Path, embedder: Embedder, options: Options) -> list[Figure]:
    """Measure on a library of 100,000 pages (quick: 10,000) and, for what grows, on one of a tenth."""
    pages = QUICK_PAGES if options.quick else PAGES
    collections = [xquad(data, language) for language in ("en", "th", "zh")] + [cranfield(data)]
    pools = _pools(data, collections, embedder, options)
    asked = questions([one.questions for one in collections])
    small = _added_to(pages // 10, folder / "small", pools, embedder, options)
    options.say(f"Publishing {pages:,} pages…")
    with _filled(pages, folder / "large", pools, embedder) as (large, made):
        options.say("Indexing them…")
        started = time.monotonic()
        indexing_s = _cpu_ms(large.index.follow) / 1000
        took = time.monotonic() - started
        options.say("Asking…")
        found = _latencies(large, made, asked, embedder, options)
        options.say("Asking from another process…")
        found += _memory(large, asked, embedder)
        found += _visible(large, embedder)
        large_ms = _added(large, embedder, pools, number=pages)
    indexed = [
        Figure(f"{pages:,} pages indexed with vectors", "s", took, promise=Promise(INDEXED_S)),
        Figure(f"{pages:,} pages indexed with vectors: CPU", "s", indexing_s),
    ]
    cost = Figure(
        f"{PAGES_AN_ASSET} pages added to {pages:,} ({pages // 10:,}): CPU",
        "ms", large_ms, small, large_ms / small, Promise(COST_RATIO, of="ratio"),
    )  # fmt: skip
    return [*found, *indexed, cost]


def _pools(
    data: Path, collections: Sequence[Judged], embedder: Embedder, options: Options
) -> Mapping[str, Pool]:
    """Take the sentences of all collections by language, a limited number of each, and embed them."""
    found: dict[str, list[str]] = {}
    for one in collections:
        language = {"zh": "zh-TW"}.get(one.language, one.language)
        found.setdefault(language, []).extend(part for text in one.documents for part in sentences(text))
    for code in ("fra", "por", "kor"):
        found[TATOEBA[code]] = list(tatoeba(data, code).questions)
    most = QUICK_POOL if options.quick else POOL
    chance = Random(f"{SEED}:pools")
    pools = {}
    for language, all_of_them in found.items():
        kept = [one for one in dict.fromkeys(all_of_them) if len(one) >= SHORTEST]
        chosen = chance.sample(kept, min(most, len(kept)))
        options.say(f"Embedding {len(chosen)} sentences ({language})…")
        pools[language] = Pool(chosen, embedder.passages(chosen))
    return pools


def questions(collections: Iterable[Iterable[str]]) -> list[str]:
    """Draw 200 questions to warm up with and 200 others to measure."""
    everything = [question for collection in collections for question in collection]
    return Random(f"{SEED}:questions").sample(everything, 2 * QUESTIONS)


@contextmanager
def _filled(
    pages: int, folder: Path, pools: Mapping[str, Pool], embedder: Embedder
) -> Iterator[tuple[Shelf, Sequence[Made]]]:
    with shelf.opened(folder, embedder.model) as opened:
        made = list(draw(pools, pages=pages, seed=SEED, now=NOW))
        opened.publish(one.drawn for one in made)
        for start in range(0, len(made), 100):
            opened.vectors.keep(
                [
                    embedded(one, pools[one.drawn.asset.language], embedder.model)
                    for one in made[start : start + 100]
                ]
            )
        yield opened, made


@dataclass(frozen=True)
class _Timed:
    """CPU of one question, in milliseconds."""

    words: float
    both: float
    tantivy: float
    bm25s: float


def _latencies(
    large: Shelf, made: Sequence[Made], asked: Sequence[str], embedder: Embedder, options: Options
) -> list[Figure]:
    pages = [_tokens(one, place) for one in made for place in range(PAGES_AN_ASSET)]
    passing = fmean(PASSING.lets_through(one.audience, one.until, one.industry) for one in pages)
    options.say(f"{passing:.0%} of the pages pass the filter.")
    tantivy, bm25s = TokenTantivy(pages, PASSING), TokenBm25s(pages, PASSING)
    only = PASSING.as_filter()

    def timed(question: str) -> _Timed:
        tokens = [
            term for word in shelf.query(question, None).words for part in asked_terms(word) for term in part
        ]
        return _Timed(
            _cpu_ms(lambda: large.search(question, None, only=only, limit=DEPTH)),
            _cpu_ms(
                lambda: large.search(
                    question, large.meaning(question, embedder, only=only), only=only, limit=DEPTH
                )
            ),
            _cpu_ms(lambda: tantivy.rank(tokens, limit=DEPTH)),
            _cpu_ms(lambda: bm25s.rank(tokens, limit=DEPTH)),
        )

    for question in asked[:QUESTIONS]:
        timed(question)
    took = [timed(question) for question in asked[QUESTIONS:]]
    words, both = [one.words for one in took], [one.both for one in took]
    found = []
    for name in ("tantivy", "bm25s"):
        peer = [getattr(one, name) for one in took]
        ratio = median_ratio(words, peer)
        found += [
            Figure(
                f"words: CPU p50 ({name})", "ms", median(words), median(peer), ratio, Promise(WORDS_P50_MS)
            ),
            Figure(
                f"words: CPU p95 ({name})", "ms",
                percentile(words, 95), percentile(peer, 95), promise=Promise(WORDS_P95_MS),
            ),
        ]  # fmt: skip
    return [
        *found,
        Figure("words and meaning: CPU p50", "ms", median(both)),
        Figure(
            "words and meaning: CPU p95",
            "ms",
            percentile(both, 95),
            promise=Promise(BOTH_P95_MS),
        ),
    ]


def _tokens(made: Made, place: int) -> TokenPage:
    asset, page = made.drawn.asset, made.drawn.pages[place]
    assert asset.expires
    return TokenPage(
        terms(page.text, asset.language),
        asset.audience,
        asset.expires.toordinal(),
        asset.facets.industries[0],
    )


def _cpu_ms(search: Callable[[], object]) -> float:
    started = time.process_time()
    search()
    return 1000 * (time.process_time() - started)


def _memory(large: Shelf, asked: Sequence[str], embedder: Embedder) -> list[Figure]:
    """Ask the measured questions in a process of its own, by words and then by words and meaning."""
    found = []
    for name, meant in (("words", False), ("words and meaning", True)):
        request = {"questions": asked[QUESTIONS:], "meant": meant, "on": PASSING.on, "model": embedder.model}
        done = subprocess.run(
            _reader(large),
            input=json.dumps(request),
            capture_output=True,
            text=True,
            timeout=READER_MAY_TAKE_S,
            check=False,
        )
        if done.returncode:
            raise BenchFailed(f"The process that searches ended with {done.returncode}:\n{done.stderr}")
        memory = json.loads(done.stdout)
        said = f"memory to answer by {name}"
        found += [
            Figure(said, "MiB", memory["most_mib"], promise=Promise(MEMORY_MIB)),
            Figure(f"{said}, index files aside", "MiB", memory["own_mib"]),
        ]
    return found


def _visible(large: Shelf, embedder: Embedder) -> list[Figure]:
    """Publish assets one after the other and look when another process finds each."""
    words = [f"newcomer{number}x" for number in range(SEEN)]
    waited = []
    with subprocess.Popen(_reader(large), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdin
        assert reader.stdout
        reader.stdin.write(json.dumps({"await": words, "model": embedder.model}))
        reader.stdin.close()
        try:
            if reader.stdout.readline().strip() != "ready":
                raise BenchFailed("The process that searches does not start.")
            for number, word in enumerate(words):
                one = one_asset(10_000_000 + number, "en", [f"{word} of the library."], Random(number), NOW)
                large.publish([one.drawn])
                committed = time.time()
                large.index.follow()
                waited.append(float(reader.stdout.readline()) - committed)
        finally:
            reader.kill()
    return [Figure("committed page seen by another process", "s", max(waited), promise=Promise(SEEN_S))]


def _added_to(
    pages: int, folder: Path, pools: Mapping[str, Pool], embedder: Embedder, options: Options
) -> float:
    options.say(f"Publishing and indexing {pages:,} pages…")
    with _filled(pages, folder, pools, embedder) as (small, _):
        small.index.follow()
        return _added(small, embedder, pools, number=pages)


def _added(opened: Shelf, embedder: Embedder, pools: Mapping[str, Pool], *, number: int) -> float:
    """Return what indexing one more asset costs, in milliseconds of CPU, the mean of some."""
    took = []
    for more in range(ADDED):
        one = one_asset(number + more, "en", pools["en"].sentences, Random(f"{SEED}:{more}"), NOW)
        opened.publish([one.drawn])
        opened.vectors.keep([embedded(one, pools["en"], embedder.model)])
        took.append(_cpu_ms(opened.index.follow))
    return fmean(took)


def _reader(large: Shelf) -> list[str]:
    return [sys.executable, "-m", "bench.retrieval.reader", str(large.folder)]
