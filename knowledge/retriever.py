"""Finds the passages for a question: exactly where it names them, by words and meaning otherwise."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import datetime as dt
import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Self

import numpy as np
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field, PrivateAttr

from knowledge.asked import Asked, is_same
from knowledge.concepts import Concepts, weighed
from knowledge.coverage import Coverage
from knowledge.embeddings import vectors_of
from knowledge.function_words import telling
from knowledge.model import Evidence, Found, Made, Match, Passage
from knowledge.parts import quotes_of
from knowledge.reader import Reader
from knowledge.references import Reference, absent, references
from knowledge.remembering import Remembered
from knowledge.reranking import UNASKED, Reranker, read_of, scored, standard
from knowledge.scores import Scores
from knowledge.typical_questions import QuestionIndex, TypicalQuestions

PLAIN = {"words": 0.24, "grams": 0.37, "meaning": 1.15, "terms": 0.29, "point": 0.2, "law": 1.0}
WEIGHTS = {
    "words": 0.16,
    "grams": 0.08,
    "meaning": 0.7,
    "terms": 0.22,
    "typical": 1.64,
    "typical_words": 0.36,
    "typical_grams": 0.56,
    "point": 0.2,
    "law": 1.0,
}
"""How much each part counts in the first search, where no candidate has typical questions and where one has. By
`tests/bench/fit.py`: of guides the right passage is among the best thirty for .995 of the questions, of NorQuAD for
.983; of laws among the best twenty for .979, where the weights are half way between that fit, over 286 questions, and
the one before (decision 0014). `point` and `law` are of former fits."""
LACKING = {UNASKED: 2.32, "words": 0.11, "grams": 0.21, "meaning": 1.47}
"""What counts besides for a candidate of a document without typical questions, among others that have some."""

_CANDIDATES = 100
_TYPICAL = 40
"""Paragraphs that join the candidates for the typical questions to them."""

_OPENING, _ENDING = 150, 350
"""Characters of a long story whose meaning is looked for: it begins with who asks and ends with what is asked. Time
grows with the length, and the others wait."""
_EXACT_AT_MOST = 40
_SHORT = 15
"""Words: a question of no more that names a paragraph is about that; a longer one may mention it."""

# How near, in standard deviations of a list, one of it must be to a topic: this share of the nearest one, and so much.
_TOPIC_SHARE = 0.3
_TOPIC_LEAST = 0.85
_TOPIC_NEAR, _TOPIC_COVERED = 0.19, 0.5
"""How near (cosine) the nearest of a list must be to a topic, or how much of it in words (0..1), for the list to have
anything about it. Of forty topics that the plan speaks of or might, 29 are nearer, of 33 that it has nothing to do with
("romfart", "barnehage"), four are."""


class Retriever(BaseRetriever):
    """Hybrid retrieval over what one audience may read, as a LangChain retriever.

    `ainvoke` gives LangChain documents; `find` gives our own passages with all that is known about the search.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    reader: Reader
    embeddings: Embeddings
    concepts: Concepts = Field(default_factory=Concepts.load)
    typical: TypicalQuestions = Field(default_factory=TypicalQuestions)
    count: int = 10
    """How many passages a search gives at most; exact references may give more."""
    today: Callable[[], dt.date] = dt.date.today
    """The day for which it is found what is in force."""
    remembered: Remembered[Evidence] = Field(default_factory=Remembered)
    """What was found for the last questions; several retrievers may share the room."""
    _asked: Asked = PrivateAttr()
    _typical: QuestionIndex = PrivateAttr()
    _whose: object = PrivateAttr(default_factory=object)

    def model_post_init(self, context: object) -> None:
        """Know the questions that were asked before, and those that may be asked."""
        self._asked = Asked(self.reader, self.embeddings)
        self._typical = QuestionIndex(self.typical, self.embeddings)

    def warm(self) -> None:
        """Have the typical questions at hand. Blocking; otherwise the first question waits for that."""
        self._typical.hold(self.reader.askable())

    @contextlib.contextmanager
    def hold(self) -> Iterator[Self]:
        """The same over the library as it is now, for as long as the context lasts: what is found, and what stands
        around it, is of one version of it."""
        with self.reader.hold() as reader:
            yield self.model_copy(update={"reader": reader})

    async def find(self, query: str, language: str = "") -> Evidence:
        """The passages for a question, best first; `language` is that of the question, where it is known."""
        return dataclasses.replace(await asyncio.to_thread(self._find, query, language), language=language)

    async def around(self, evidence: Evidence) -> Evidence:
        """The same evidence with what stands around its best passage, for who reads more than is quoted."""
        if evidence.exact or not evidence.found:
            return evidence
        around = await asyncio.to_thread(self.reader.beside, evidence.found[0].passage)
        beside = tuple(each for each in around if each.is_in_force(self.today()))
        return dataclasses.replace(evidence, beside=beside)

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[LangChainDocument]:
        return [
            LangChainDocument(
                id=found.passage.id,
                page_content=found.passage.text,
                metadata={**found.passage.model_dump(mode="json", exclude={"text"}), "score": found.score},
            )
            for found in self._find(query).found
        ]

    def _find(self, query: str, language: str = "") -> Evidence:
        stamps = self.reader.stamps() if self.remembered.count else ()
        # Whose it is comes first: a library may be a copy of another municipality's, and have the same stamps.
        # What is in force, and so may be found, goes by the day.
        asked = (self._whose, stamps, self.today(), self.count, query, language)
        if stamps and (found := self.remembered.get(asked)):
            return dataclasses.replace(found, ms={})
        is_all_there = bool(stamps) and self._typical.holds(self.reader.askable())
        evidence = self._look_for(query, language)
        # What a search meets with, damage or a change, may have taken something from it.
        if is_all_there and not evidence.limited and self.reader.stamps() == stamps:
            evidence = dataclasses.replace(evidence, made=Made(evidence.found, stamps))
            self.remembered.keep(asked, evidence)
        return evidence

    def _look_for(self, query: str, language: str) -> Evidence:
        start = time.perf_counter()
        vector = self.embeddings.embed_query(_gist(query))
        ms = {"embed": (time.perf_counter() - start) * 1000}
        keys = self.reader.keys()
        named = references(query, keys)
        near = self._asked.near(vector, self.reader)
        same = next((each for each in near if is_same(query, each, keys)), None)
        exact = self._named(named) if named else None
        if exact and not same:
            return dataclasses.replace(exact, query=query, vector=tuple(vector), ms=ms)
        coverage = Coverage(self.reader, telling(query, language))
        scores = self.candidates(coverage, vector)
        ms |= scores.ms
        start = time.perf_counter()
        fused = self._fuse(scores, coverage)
        middle = time.perf_counter()
        found = Reranker(self.embeddings).rerank(fused, vector)[: self.count]
        ms |= {"fuse": (middle - start) * 1000, "rerank": (time.perf_counter() - middle) * 1000}
        if same and same.score >= max((each.parts.get("heading", -1.0) for each in found), default=-1.0):
            subject = same.passage.heading
            return Evidence(query, (same,), match=Match.ASKED, subject=subject, vector=tuple(vector), ms=ms)
        if exact:
            return dataclasses.replace(exact, query=query, vector=tuple(vector), ms=ms)
        akin = tuple(each.passage for each in near)
        lacking = absent(query, keys) if len(query.split()) <= _SHORT else ""
        return Evidence(query, found, absent=lacking, akin=akin, vector=tuple(vector), limited=scores.limited, ms=ms)

    def candidates(self, coverage: Coverage, vector: Sequence[float]) -> Scores:
        """All passages that may be what is looked for, and what speaks for each; `coverage` is of the words that the
        question is looked up by, `vector` is its own. Blocking."""
        start = time.perf_counter()
        alike = self._typical.search(coverage.text, vector, self.reader.askable(), _TYPICAL)
        spent = time.perf_counter() - start
        about = weighed(self.concepts.read(coverage.text), lambda words: coverage.of(" ".join(words)))
        scores = self.reader.search(coverage.text, vector, _CANDIDATES, about, alike)
        scores.ms["typical"] = spent * 1000
        return scores

    def _named(self, named: Sequence[Reference]) -> Evidence | None:
        """The passages that are what the question names or, where there are none, those that cite it."""
        of_each = [(each, self._own(each)) for each in named]
        own = {(each.passage.id, each.quote): each for _, found in of_each for each in found}
        if own:
            lacking = any(each.part and found and not found[0].quote for each, found in of_each)
            topic, found = named[0].topic, tuple(itertools.islice(own.values(), _EXACT_AT_MOST))
            return Evidence("", found, match=Match.TOPIC if topic else Match.NAMED, subject=topic, part_missing=lacking)
        keys = frozenset(each.pattern for each in named)
        citing = {passage.id: passage for key in sorted(keys) for passage in self.reader.by_key(key, own=False)}
        labels = [basis.label for passage in citing.values() for basis in passage.rests_on if basis.key in keys]
        subject = ", ".join(dict.fromkeys(labels))
        found = tuple(_found(passage) for passage in itertools.islice(citing.values(), _EXACT_AT_MOST))
        return Evidence("", found, match=Match.CITING, subject=subject, keys=keys) if citing else None

    def _own(self, reference: Reference) -> list[Found]:
        passages = self.reader.by_key(reference.pattern)
        # Of two laws of one name the one in force is meant; of one that isn't, its words are still what is asked for.
        passages = [passage for passage in passages if passage.is_in_force(self.today())] or passages
        if reference.topic and len(passages) > 1:
            passages = self._on_topic(reference.topic, passages)
        sections = itertools.groupby(passages, key=lambda passage: (passage.document, passage.section))
        quotes = [quote for _, section in sections for quote in quotes_of(reference.part, list(section))]
        return [_found(passage, quote) for passage, quote in quotes] or [_found(passage) for passage in passages]

    def _on_topic(self, topic: str, passages: list[Passage]) -> list[Passage]:
        """Those of a list that are nearest to the topic, in the order of the list; none where it isn't about it."""
        vectors = vectors_of(self.embeddings, [passage.text for passage in passages])
        near, coverage = vectors @ np.asarray(self.embeddings.embed_query(topic)), Coverage(self.reader, topic)
        covered = np.asarray([coverage.of(passage.text) for passage in passages])
        is_worded = any(character.isalnum() for character in topic)
        if is_worded and near.max() < _TOPIC_NEAR and covered.max() < _TOPIC_COVERED:
            return []
        score = standard(near) + 0.5 * covered
        limit = max(score.max() * _TOPIC_SHARE, min(_TOPIC_LEAST, score.max()))
        return [passage for passage, value in zip(passages, score, strict=True) if value >= limit]

    def _fuse(self, scores: Scores, coverage: Coverage) -> tuple[Found, ...]:
        """The best candidates by the weighted sum of what speaks for them, and how much of the question they cover."""
        ids = scores.entries
        if not ids:
            return ()
        parts = [scores.of(id_) for id_ in ids]
        total = scored(parts, PLAIN, WEIGHTS, LACKING)
        order = [int(index) for index in np.argsort(-total, kind="stable")]
        count = read_of([parts[index] for index in order])
        best = order[: max(self.count, count)]
        passages = self.reader.passages([ids[index] for index in best])
        found = [(passages[ids[index]], index) for index in best if ids[index] in passages]
        return tuple(
            Found(passage=passage, score=float(total[index]), parts=parts[index] | coverage.parts(passage.searched))
            for passage, index in found
            if passage.is_in_force(self.today())
        )


def _gist(query: str) -> str:
    query = query.lower() if query.isupper() else query  # in capitals its words are others to the model
    if len(query) <= _OPENING + _ENDING:
        return query
    return f"{query[:_OPENING].rpartition(' ')[0]} … {query[-_ENDING:].partition(' ')[2]}"


def _found(passage: Passage, quote: str = "") -> Found:
    return Found(passage=passage, score=1.0, quote=quote)
