"""How well pages are found: by words, by words and meaning, across languages, and with slips of the finger."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path
from random import Random
from statistics import fmean, median

import numpy as np
from numpy.typing import NDArray

from bench.figures import Figure, Options, Promise
from bench.retrieval import shelf
from bench.retrieval.datasets import TATOEBA, XQUAD_LANGUAGES, Judged, cranfield, tatoeba, xquad
from bench.retrieval.metrics import DEPTH, Quality, judge, recall
from bench.retrieval.peers import Peer, PlainBm25s, PlainTantivy
from bench.retrieval.shelf import EVERYTHING, Shelf
from bench.retrieval.typos import mistyped
from enablement.model import key
from enablement.ports import Embedder

SEED = 20
QUICK_STEP = 2
# What BM25 reaches on these terms, and what it reaches together with USE: measured before any of this was built.
WORDS = {"en": 0.966, "th": 0.966, "zh": 0.966, "Cranfield": 0.358}
BOTH = {"en": 0.973, "th": 0.970, "zh": 0.971, "Cranfield": 0.368}
TOLERANCE = 0.003
GAIN = 0.005
ACROSS, ACROSS_DEPTH = 0.87, 3
POINTS_LOST = 2.0

Meanings = Sequence[NDArray[np.float32] | None]


@dataclass(frozen=True)
class Filled:
    """A judged collection, each document an asset of one page on a shelf."""

    shelf: Shelf
    judged: Judged

    def rank(
        self, questions: Sequence[str], meanings: Meanings | None, *, depth: int = DEPTH
    ) -> list[list[int]]:
        """Return for each question the numbers of the best documents, best first."""
        numbers = {
            key("asset", shelf.source_of(number)): number for number in range(len(self.judged.documents))
        }
        return [
            [
                numbers[hit.asset_id]
                for hit in self.shelf.search(question, meaning, only=EVERYTHING, limit=depth)
            ]
            for question, meaning in zip(questions, meanings or [None] * len(questions), strict=True)
        ]


@contextmanager
def filled(judged: Judged, folder: Path, embedder: Embedder | None) -> Iterator[Filled]:
    """Publish and index a collection in a folder, embedded if there is an embedder."""
    with shelf.opened(folder, embedder.model if embedder else "") as opened:
        opened.publish(shelf.paragraphs(judged.documents, judged.language))
        if embedder:
            opened.embed(embedder)
        opened.index.follow()
        yield Filled(opened, judged)


def figures(data: Path, folder: Path, embedder: Embedder, options: Options) -> list[Figure]:
    """Measure with the embedder that is built in; `folder` is for scratch.

    Quick: half of XQuAD's questions, and Cranfield by words alone.
    """
    step = QUICK_STEP if options.quick else 1
    languages = [xquad(data, language).every(step) for language in XQUAD_LANGUAGES]
    graded = cranfield(data)
    found: list[Figure] = []
    with ExitStack() as stack:
        options.say("Embedding and indexing XQuAD and Cranfield…")
        embedded = languages if options.quick else [*languages, graded]
        ours = [
            stack.enter_context(filled(one, folder / one.name, embedder if one in embedded else None))
            for one in (*languages, graded)
        ]
        options.say("Asking by words, then by words and meaning…")
        words = {one.judged.name: _words(one, found) for one in ours}
        with_meaning = [one for one in ours if one.judged in embedded]
        both = {
            one.judged.name: _both(one, questions(one, embedder, one.judged.questions), found, promised=BOTH)
            for one in with_meaning
        }
        gain = fmean(both[name].ndcg - words[name].ndcg for name in both)
        found.append(Figure("meaning adds to words: nDCG@10, mean", "", gain, promise=Promise(GAIN, "least")))
        options.say("Asking with slips of the finger…")
        for one in ours:
            if one.judged.language == "en":
                found += _typos(one, words[one.judged.name], both.get(one.judged.name), embedder)
        options.say("Asking in one language for paragraphs in another…")
        found += _across(ours[: len(languages)], embedder, promised=ACROSS)
    if not options.quick:
        found += _sentences(data, folder, embedder, options)
    return found


def figures_of_service(data: Path, folder: Path, embedder: Embedder, options: Options) -> list[Figure]:
    """Measure with the embedder that a service offers: nothing is promised of those."""
    languages = [xquad(data, language) for language in XQUAD_LANGUAGES]
    found: list[Figure] = []
    with ExitStack() as stack:
        options.say(f"Embedding and indexing XQuAD and Cranfield with {embedder.model}…")
        ours = [
            stack.enter_context(filled(one, folder / f"service-{one.name}", embedder))
            for one in (*languages, cranfield(data))
        ]
        for one in ours:
            _both(one, questions(one, embedder, one.judged.questions), found)
        found += _across(ours[: len(languages)], embedder)
    return [replace(one, name=f"{embedder.model}: {one.name}") for one in found]


def questions(ours: Filled, embedder: Embedder, asked: Sequence[str]) -> Meanings:
    """Embed questions one by one, as they come."""
    return [ours.shelf.meaning(question, embedder, only=EVERYTHING) for question in asked]


def _across(ours: Sequence[Filled], embedder: Embedder, *, promised: float | None = None) -> list[Figure]:
    """Ask each collection the questions of each other one, which is the same in another language."""
    name = f"hit@{ACROSS_DEPTH}"
    shares: dict[str, float] = {}
    for asked, held in permutations(ours, 2):
        judged = held.judged.asked_in(asked.judged)
        shares[judged.name] = _hits(held, judged, questions(held, embedder, judged.questions))
    promise = None if promised is None else Promise(promised, "least")
    mean = Figure(
        f"across languages: {name}, mean of {len(shares)}", "", fmean(shares.values()), promise=promise
    )
    return [*(Figure(f"{pair}: {name}", "", share) for pair, share in shares.items()), mean]


def _words(ours: Filled, found: list[Figure]) -> Quality:
    judged, name = ours.judged, ours.judged.name
    quality = judge(ours.rank(judged.questions, None), judged.relevant)
    bm25s, tantivy = (_peer(peer(judged.documents), judged) for peer in (PlainBm25s, PlainTantivy))
    promise = Promise(WORDS[name] - TOLERANCE, "least")
    found += [
        Figure(f"{name}, words: nDCG@10 (bm25s)", "", quality.ndcg, bm25s.ndcg, promise=promise),
        Figure(f"{name}, words: nDCG@10 (tantivy)", "", quality.ndcg, tantivy.ndcg),
        Figure(f"{name}, words: recall@10 (bm25s)", "", quality.recall, bm25s.recall),
        Figure(f"{name}, words: MRR@10 (bm25s)", "", quality.mrr, bm25s.mrr),
    ]
    return quality


def _both(
    ours: Filled, meanings: Meanings, found: list[Figure], *, promised: Mapping[str, float] | None = None
) -> Quality:
    judged, name = ours.judged, ours.judged.name
    quality = judge(ours.rank(judged.questions, meanings), judged.relevant)
    promise = Promise(promised[name] - TOLERANCE, "least") if promised else None
    found += [
        Figure(f"{name}, words and meaning: nDCG@10", "", quality.ndcg, promise=promise),
        Figure(f"{name}, words and meaning: recall@10", "", quality.recall),
        Figure(f"{name}, words and meaning: MRR@10", "", quality.mrr),
    ]
    return quality


def _peer(peer: Peer, judged: Judged) -> Quality:
    return judge([peer.rank(question, limit=DEPTH) for question in judged.questions], judged.relevant)


def _typos(ours: Filled, words: Quality, both: Quality | None, embedder: Embedder) -> list[Figure]:
    judged, name = ours.judged, ours.judged.name
    chance = Random(f"{SEED}:{name}")
    slipped = [mistyped(question, chance) for question in judged.questions]
    bm25s = PlainBm25s(judged.documents)
    by_words = _recall(ours.rank(slipped, None), judged)
    by_peer = _recall([bm25s.rank(question, limit=DEPTH) for question in slipped], judged)
    promise = Promise(POINTS_LOST)
    found = [
        Figure(
            f"{name}, mistyped, words: recall@10 lost (bm25s)", "points",
            100 * (words.recall - by_words), 100 * (_peer(bm25s, judged).recall - by_peer), promise=promise,
        )
    ]  # fmt: skip
    if both:
        lost = 100 * (both.recall - _recall(ours.rank(slipped, questions(ours, embedder, slipped)), judged))
        found.append(
            Figure(f"{name}, mistyped, words and meaning: recall@10 lost", "points", lost, promise=promise)
        )
    for kind, asked in (("clean", judged.questions), ("mistyped", slipped)):
        found.append(
            Figure(f"{name}, words: CPU of a {kind} question, p50", "ms", median(_cpu_ms(ours, asked)))
        )
    return found


def _recall(rankings: Sequence[Sequence[int]], judged: Judged) -> float:
    return fmean(recall(ranking, gains) for ranking, gains in zip(rankings, judged.relevant, strict=True))


def _cpu_ms(ours: Filled, asked: Sequence[str]) -> list[float]:
    took = []
    for question in asked:
        started = time.process_time()
        ours.shelf.search(question, None, only=EVERYTHING, limit=DEPTH)
        took.append(1000 * (time.process_time() - started))
    return took


def _hits(held: Filled, judged: Judged, meanings: Meanings) -> float:
    rankings = held.rank(judged.questions, meanings, depth=ACROSS_DEPTH)
    pairs = zip(rankings, judged.relevant, strict=True)
    return fmean(any(one in gains for one in ranking) for ranking, gains in pairs)


def _sentences(data: Path, folder: Path, embedder: Embedder, options: Options) -> list[Figure]:
    options.say("Asking for English sentences in six more languages…")
    found = []
    for code in TATOEBA:
        judged = tatoeba(data, code)
        with filled(judged, folder / f"tatoeba-{code}", embedder) as ours:
            share = _hits(ours, judged, questions(ours, embedder, judged.questions))
        found.append(Figure(f"sentences, {judged.name} → en: hit@{ACROSS_DEPTH}", "", share))
    return found
