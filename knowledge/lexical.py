"""The lexical half of the library: a tantivy index of words, headings and character n-grams."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path

import tantivy
from tantivy import Filter, Occur, Query, TextAnalyzerBuilder, Tokenizer

from knowledge.model import Passage

NGRAM = 5
"""Characters: long enough to mean something, short enough to find a part of a Norwegian compound word."""

_MATCHED = 100
_HEAP = 32_000_000


class LexicalIndex:
    """Finds passages by their words. Holds the names of entries only; texts are in the catalogue."""

    def __init__(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self._words = (
            TextAnalyzerBuilder(Tokenizer.simple())
            .filter(Filter.lowercase())
            .filter(Filter.stemmer("norwegian"))
            .build()
        )
        self._grams = TextAnalyzerBuilder(Tokenizer.ngram(NGRAM, NGRAM)).filter(Filter.lowercase()).build()
        schema = (
            tantivy.SchemaBuilder()
            .add_text_field("entry", stored=True, tokenizer_name="raw")
            .add_text_field("words", tokenizer_name="words")
            .add_text_field("grams", tokenizer_name="grams")
            .build()
        )
        self._schema = schema
        self._index = tantivy.Index(schema, path=str(path))
        self._index.register_tokenizer("words", self._words)
        self._index.register_tokenizer("grams", self._grams)
        self._writing = threading.Lock()

    def add(self, entries: Mapping[str, Passage]) -> None:
        """Put these entries in, in one commit; one that is there already is there once."""
        self._change(entries, entries)

    def remove(self, entries: Iterable[str]) -> None:
        """Take these entries out, in one commit."""
        self._change(entries, {})

    def count(self) -> int:
        """How many entries there are."""
        return int(self._index.searcher().num_docs)

    def search(
        self, text: str, count: int = _MATCHED, terms: Mapping[str, float] | None = None
    ) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
        """BM25 scores of the best passages by entry: by stemmed words, by character n-grams, and by the words of
        `terms`, which say how much each of them counts."""
        searcher = self._index.searcher()
        weighted: dict[str, float] = {}
        for term, weight in (terms or {}).items():
            weighted |= {word: max(weight, weighted.get(word, 0.0)) for word in self._words.analyze(term)}
        return (
            self._scores(searcher, "words", dict.fromkeys(self._words.analyze(text), 1.0), count),
            self._scores(searcher, "grams", dict.fromkeys(self._grams.analyze(text), 1.0), count),
            self._scores(searcher, "words", weighted, count),
        )

    def refresh(self) -> None:
        """See what another process has written."""
        self._index.reload()

    def terms(self, text: str) -> list[str]:
        """The words of a text as the index knows them: lower case, stemmed."""
        return list(self._words.analyze(text))

    def rarity(self, terms: Iterable[str]) -> dict[str, float]:
        """How telling each term is: its inverse document frequency as BM25 counts it."""
        searcher = self._index.searcher()
        total = searcher.num_docs
        return {
            term: math.log1p((total - seen + 0.5) / (seen + 0.5))
            for term in set(terms)
            for seen in [min(total, searcher.doc_freq("words", term))]
        }

    def _change(self, gone: Iterable[str], come: Mapping[str, Passage]) -> None:
        with self._writing:
            writer = self._index.writer(_HEAP, num_threads=1)
            for entry in gone:
                writer.delete_documents_by_term("entry", entry)
            for entry, passage in come.items():
                text = f"{passage.context}\n{passage.text}"
                writer.add_document(tantivy.Document(entry=entry, words=text, grams=text))
            writer.commit()
            writer.wait_merging_threads()
        self._index.reload()

    def _scores(
        self, searcher: tantivy.Searcher, field: str, terms: Mapping[str, float], count: int
    ) -> dict[str, float]:
        if not terms:
            return {}
        query = Query.boolean_query(
            [
                (Occur.Should, Query.boost_query(Query.term_query(self._schema, field, term), weight))
                for term, weight in terms.items()
            ]
        )
        hits = searcher.search(query, count, count=False).hits
        return {str(searcher.doc(address)["entry"][0]): float(score) for score, address in hits}
