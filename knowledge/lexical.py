"""The lexical half of the library: a tantivy index of words, headings and character n-grams."""

from __future__ import annotations

import contextlib
import math
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import tantivy
from tantivy import Filter, Occur, Query, TextAnalyzerBuilder, Tokenizer

from knowledge.panics import is_panic

NGRAM = 5
"""Characters: long enough to mean something, short enough to find a part of a Norwegian compound word."""

_MATCHED = 100
_HEAP = 32_000_000


class IndexBroken(Exception):
    """The files of an index are not as they should be."""


@contextlib.contextmanager
def _telling() -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        if isinstance(error, ValueError | OSError) or is_panic(error):
            raise IndexBroken(str(error)) from error
        raise


class LexicalIndex:
    """Finds texts by their words. Holds the names of entries only; in memory where there is no `path`.

    Raises IndexBroken where its files are damaged.
    """

    def __init__(self, path: Path | None) -> None:
        if path:
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
        with _telling():
            self._index = tantivy.Index(schema, path=str(path) if path else None)
        self._index.register_tokenizer("words", self._words)
        self._index.register_tokenizer("grams", self._grams)
        self._writing = threading.Lock()

    def add(self, entries: Mapping[str, str]) -> None:
        """Put these texts in, by entry, in one commit; one that is there already is there once."""
        self._change(entries, entries)

    def remove(self, entries: Iterable[str]) -> None:
        """Take these entries out, in one commit."""
        self._change(entries, {})

    @_telling()
    def count(self) -> int:
        """How many entries there are."""
        return int(self._index.searcher().num_docs)

    @_telling()
    def search(
        self, text: str, count: int = _MATCHED, terms: Mapping[str, float] | None = None
    ) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
        """BM25 scores of the best texts by entry: by stemmed words, by character n-grams, and by the words of
        `terms`, which say how much each of them counts. Raises IndexBroken."""
        searcher = self._index.searcher()
        weighted: dict[str, float] = {}
        for term, weight in (terms or {}).items():
            weighted |= {word: max(weight, weighted.get(word, 0.0)) for word in self._words.analyze(term)}
        return (
            self._scores(searcher, "words", dict.fromkeys(self._words.analyze(text), 1.0), count),
            self._scores(searcher, "grams", dict.fromkeys(self._grams.analyze(text), 1.0), count),
            self._scores(searcher, "words", weighted, count),
        )

    @_telling()
    def refresh(self) -> None:
        """See what another process has written."""
        self._index.reload()

    def terms(self, text: str) -> list[str]:
        """The words of a text as the index knows them: lower case, stemmed."""
        return list(self._words.analyze(text))

    @_telling()
    def rarity(self, terms: Iterable[str]) -> dict[str, float]:
        """How telling each term is: its inverse document frequency as BM25 counts it."""
        return self._rarity("words", terms)

    def grams(self, text: str) -> list[str]:
        """The character n-grams of a text as the index knows them: in lower case."""
        return list(self._grams.analyze(text))

    @_telling()
    def rarity_of_grams(self, text: str) -> dict[str, float]:
        """The character n-grams of a text, and how telling each is."""
        return self._rarity("grams", self.grams(text))

    @_telling()
    def _change(self, gone: Iterable[str], come: Mapping[str, str]) -> None:
        with self._writing:
            writer = self._index.writer(_HEAP, num_threads=1)
            for entry in gone:
                writer.delete_documents_by_term("entry", entry)
            for entry, text in come.items():
                writer.add_document(tantivy.Document(entry=entry, words=text, grams=text))
            writer.commit()
            writer.wait_merging_threads()
        self._index.reload()

    def _rarity(self, field: str, terms: Iterable[str]) -> dict[str, float]:
        searcher = self._index.searcher()
        total = searcher.num_docs
        return {
            term: math.log1p((total - seen + 0.5) / (seen + 0.5))
            for term in dict.fromkeys(terms)  # always in the same order: what is added up goes by it
            for seen in [min(total, searcher.doc_freq(field, term))]
        }

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
