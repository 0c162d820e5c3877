"""What others offer for finding pages by words: bm25s and tantivy, as they come, and fed with our terms."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import bm25s
import numpy as np
import tantivy
from tantivy import FieldType, Occur, Query

from bench.retrieval.synthetic import Passing

_WRITER_MEMORY = 64_000_000


class Peer(Protocol):
    """Ranks documents for a question in plain words."""

    name: str

    def rank(self, question: str, *, limit: int) -> list[int]:
        """Return the numbers of the best documents, best first."""


class PlainBm25s:
    """bm25s as its manual shows it: its own tokenizer, its English stop words."""

    name = "bm25s"

    def __init__(self, documents: Sequence[str]) -> None:
        self._engine = bm25s.BM25()
        self._engine.index(bm25s.tokenize(list(documents), show_progress=False), show_progress=False)

    def rank(self, question: str, *, limit: int) -> list[int]:
        tokens = bm25s.tokenize(question, return_ids=False, show_progress=False)
        return _ranked(self._engine, tokens[0], limit=limit)


class PlainTantivy:
    """tantivy with the tokenizer that a text field has unless one says otherwise."""

    name = "tantivy"

    def __init__(self, documents: Sequence[str]) -> None:
        schema = tantivy.SchemaBuilder()
        schema.add_text_field("body")
        schema.add_unsigned_field("number", stored=True)
        self._index = tantivy.Index(schema.build())
        with self._index.writer(heap_size=_WRITER_MEMORY, num_threads=1) as writer:
            for number, text in enumerate(documents):
                writer.add_document(tantivy.Document(body=text, number=number))
            writer.commit()
        self._index.reload()

    def rank(self, question: str, *, limit: int) -> list[int]:
        query, _ = self._index.parse_query_lenient(question, ["body"])
        return _numbers(self._index.searcher(), query, limit=limit)


@dataclass(frozen=True)
class TokenPage:
    """A page as index terms, with what the filter looks at."""

    tokens: Sequence[str]
    audience: str
    until: int
    industry: str


class TokenBm25s:
    """bm25s on our terms; what may be found is a mask that was made before."""

    name = "bm25s"

    def __init__(self, pages: Sequence[TokenPage], passing: Passing) -> None:
        self._engine = bm25s.BM25()
        self._engine.index([list(page.tokens) for page in pages], show_progress=False)
        self._mask = np.array(
            [passing.lets_through(p.audience, p.until, p.industry) for p in pages], np.float32
        )

    def rank(self, tokens: Sequence[str], *, limit: int) -> list[int]:
        return _ranked(self._engine, tokens, limit=limit, mask=self._mask)


class TokenTantivy:
    """tantivy on our terms, split at spaces, with the filter inside the query."""

    name = "tantivy"

    def __init__(self, pages: Sequence[TokenPage], passing: Passing) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("body", tokenizer_name="whitespace", index_option="freq")
        for name in ("audience", "industry"):
            builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
        builder.add_unsigned_field("until", indexed=True, fast=True)
        builder.add_unsigned_field("number", stored=True)
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema)
        with self._index.writer(heap_size=_WRITER_MEMORY, num_threads=1) as writer:
            for number, page in enumerate(pages):
                document = tantivy.Document(body=" ".join(page.tokens), number=number)
                document.add_unsigned("until", page.until)
                document.add_text("audience", page.audience)
                document.add_text("industry", page.industry)
                writer.add_document(document)
            writer.commit()
            writer.wait_merging_threads()
        self._index.reload()
        self._filter = [(Occur.Must, Query.const_score_query(one, 0.0)) for one in self._clauses(passing)]

    def rank(self, tokens: Sequence[str], *, limit: int) -> list[int]:
        words = [
            (Occur.Should, Query.term_query(self._schema, "body", token, "freq"))
            for token in dict.fromkeys(tokens)
        ]
        query = Query.boolean_query([*self._filter, (Occur.Must, Query.boolean_query(words))])
        return _numbers(self._index.searcher(), query, limit=limit)

    def _clauses(self, passing: Passing) -> list[Query]:
        return [
            Query.term_query(self._schema, "audience", passing.audience, "basic"),
            Query.range_query(self._schema, "until", FieldType.Unsigned, passing.on, 2**32),
            Query.term_set_query(self._schema, "industry", list(passing.industries)),
        ]


def _ranked(
    engine: bm25s.BM25, tokens: Sequence[str], *, limit: int, mask: np.ndarray | None = None
) -> list[int]:
    known = [token for token in tokens if token in engine.vocab_dict]
    if not known:
        return []
    scores = engine.get_scores(known, weight_mask=mask)
    # Not its `retrieve`: there numpy takes 15 ms to part 100,000 scores of which nearly all are 0.
    found = np.flatnonzero(scores)
    best = found[np.argpartition(scores[found], -limit)[-limit:]] if len(found) > limit else found
    return [int(number) for number in best[np.argsort(-scores[best])]]


def _numbers(searcher: tantivy.Searcher, query: Query, *, limit: int) -> list[int]:
    hits = searcher.search(query, limit, count=False).hits
    return [int(searcher.doc(address).get_first("number") or 0) for _, address in hits]
