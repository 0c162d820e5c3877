"""The search index: BM25 over pages in tantivy, on terms of our own analyser, filters inside the query.

Derived from the catalogue and thrown away without loss: the change number it stands at lies in the index itself,
in the same commit as the pages.
"""

import math
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import tantivy
from tantivy import FieldType, Occur, Query

from enablement import analyser
from enablement.analyser import asked_terms
from enablement.facets import facet_terms
from enablement.model import Asset, Page
from enablement.ports import AssetFilter, Catalog, IndexQuery, PageHit, TryLater

FORMAT = f"2.{analyser.VERSION}"
TITLE_WEIGHT = 1.5
FACET_SCORE = 1.0
PAGES_AN_ASSET = 4
CHANGES_AT_ONCE = 500
WRITER_MEMORY = 32_000_000
_NEVER = date.max.toordinal()


class TantivyIndex:
    """One folder on disk; any number of processes read it, one at a time writes."""

    def __init__(self, folder: Path, catalog: Catalog) -> None:
        self._folder = folder / FORMAT
        self._catalog = catalog
        self._schema = _schema()
        self._index = self._open()

    def search(self, query: IndexQuery, *, only: AssetFilter, limit: int) -> list[PageHit]:
        self._index.reload()
        searcher = self._index.searcher()
        clauses = [(Occur.Must, clause) for clause in self._filter(only)]
        if query.words:
            words = [(Occur.Should, self._word(word)) for word in dict.fromkeys(query.words)]
            clauses.append((Occur.Must, Query.boolean_query(words)))
        else:
            clauses += [(Occur.Should, self._facet(*pair)) for pair in facet_terms(query.facets)]
        # Several pages of one asset may come first: ask for more than enough of them, and again without the found.
        most = limit * PAGES_AN_ASSET
        best: dict[str, PageHit] = {}
        while True:
            fresh = [(Occur.MustNot, Query.term_set_query(self._schema, "asset", list(best)))] if best else []
            hits = searcher.search(Query.boolean_query([*clauses, *fresh]), most, count=False).hits
            for score, address in hits:
                document = searcher.doc(address)
                asset_id = str(document.get_first("asset"))
                if asset_id not in best and len(best) < limit:
                    best[asset_id] = PageHit(asset_id, int(document.get_first("page") or 1), score)
            if len(hits) < most or len(best) == limit:
                return list(best.values())

    def rarity(self, words: Sequence[str]) -> dict[str, float]:
        searcher = self._index.searcher()
        total = max(1, searcher.num_docs)
        return {word: max(self._idf(searcher, part, total) for part in asked_terms(word)) for word in words}

    def follow(self) -> int:
        """Take in the catalogue's changes; raises TryLater while another process does so."""
        taken = 0
        self._folder.mkdir(parents=True, exist_ok=True)
        if not self._is_of_another_catalog() and not self._catalog.changes(self.stands_at(), limit=1):
            # Nothing to do is the usual case, and a writer takes memory, threads and the lock.
            return 0
        try:
            writer = self._index.writer(heap_size=WRITER_MEMORY, num_threads=1)
        except ValueError as error:
            # It may take minutes: the usual, growing pauses, so that this is not given up before the other ends.
            raise TryLater("another process is indexing") from error
        with writer:
            if self._is_of_another_catalog():
                writer.delete_all_documents()
                writer.commit()
            while changes := self._catalog.changes(self.stands_at(), limit=CHANGES_AT_ONCE):
                ids = list(dict.fromkeys(asset_id for _, asset_id in changes))
                for asset in self._catalog.assets(ids):
                    writer.delete_documents_by_term("asset", asset.id)
                    for page in self._catalog.pages(asset.version_id):
                        writer.add_document(self._document(asset, page))
                writer.delete_documents_by_term("asset", "")
                number, asset_id = changes[-1]
                writer.add_document(tantivy.Document(asset="", change=number, changed=asset_id))
                writer.commit()
                taken += len(ids)
            writer.wait_merging_threads()
        return taken

    def stands_at(self) -> int:
        """Return the number of the last change that is in the index."""
        return self._last_change()[0]

    def _last_change(self) -> tuple[int, str]:
        self._index.reload()
        searcher = self._index.searcher()
        found = searcher.search(Query.term_query(self._schema, "asset", ""), 1).hits
        if not found:
            return 0, ""
        document = searcher.doc(found[0][1])
        return int(document.get_first("change") or 0), str(document.get_first("changed") or "")

    def _is_of_another_catalog(self) -> bool:
        """Say whether the database was put back or exchanged while the folder stayed."""
        number, asset_id = self._last_change()
        return number > 0 and self._catalog.changes(number - 1, limit=1) != [(number, asset_id)]

    def _open(self) -> tantivy.Index:
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            return tantivy.Index(self._schema, path=str(self._folder), reuse=True)
        except ValueError:
            # A damaged index, or one with another schema: it is derived, so begin again from the catalogue.
            shutil.rmtree(self._folder)
            self._folder.mkdir(parents=True)
            return tantivy.Index(self._schema, path=str(self._folder), reuse=True)

    def _word(self, word: str) -> Query:
        parts = [
            Query.disjunction_max_query(
                [
                    clause
                    for term in alternatives
                    for clause in (
                        self._term("body", term),
                        Query.boost_query(self._term("title", term), TITLE_WEIGHT),
                    )
                ]
            )
            for alternatives in asked_terms(word)
        ]
        return Query.boolean_query([(Occur.Should, part) for part in parts])

    def _term(self, field: str, term: str) -> Query:
        return Query.term_query(self._schema, field, term, "freq")

    def _facet(self, name: str, value: str) -> Query:
        return Query.const_score_query(
            Query.term_query(self._schema, "facet", f"{name}:{value}"), FACET_SCORE
        )

    def _filter(self, only: AssetFilter) -> list[Query]:
        today = only.on.toordinal()
        clauses = [
            Query.term_set_query(self._schema, "audience", list(only.audiences)),
            Query.range_query(self._schema, "from", FieldType.Unsigned, 0, today),
            Query.range_query(self._schema, "until", FieldType.Unsigned, today, _NEVER),
        ]
        scoreless = [Query.const_score_query(clause, 0.0) for clause in clauses]
        if only.without:
            without = Query.term_set_query(self._schema, "asset", list(only.without))
            scoreless.append(Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, without)]))
        return scoreless

    def _idf(self, searcher: tantivy.Searcher, alternatives: Sequence[str], total: int) -> float:
        frequency = max(
            searcher.doc_freq(field, term) for field in ("body", "title") for term in alternatives
        )
        return math.log(1 + (total - frequency + 0.5) / (frequency + 0.5))

    def _document(self, asset: Asset, page: Page) -> tantivy.Document:
        document = tantivy.Document(asset=asset.id, page=page.number, audience=asset.audience)
        document.add_unsigned("from", asset.released.toordinal() if asset.released else 0)
        document.add_unsigned("until", asset.expires.toordinal() if asset.expires else _NEVER)
        document.add_text("title", " ".join(analyser.terms(f"{asset.title} {asset.kind}", asset.language)))
        document.add_text("body", " ".join(analyser.terms(f"{page.title}\n{page.text}", asset.language)))
        for name, value in facet_terms(asset.facets):
            document.add_text("facet", f"{name}:{value}")
        return document


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in ("asset", "audience", "facet"):
        builder.add_text_field(name, stored=name == "asset", tokenizer_name="raw", index_option="basic")
    for name in ("title", "body"):
        builder.add_text_field(name, stored=False, tokenizer_name="whitespace", index_option="freq")
    builder.add_unsigned_field("page", stored=True)
    builder.add_unsigned_field("change", stored=True)
    builder.add_text_field("changed", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("from", "until"):
        builder.add_unsigned_field(name, indexed=True, fast=True)
    return builder.build()
