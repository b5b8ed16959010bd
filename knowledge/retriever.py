"""Finds the passages for a question: exactly where it names them, by words and meaning otherwise."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import itertools
import time
from collections.abc import Sequence

import numpy as np
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field, PrivateAttr

from knowledge.asked import Asked, is_same
from knowledge.concepts import About, Concepts, weighed
from knowledge.coverage import Coverage
from knowledge.function_words import telling
from knowledge.library import Reader
from knowledge.model import Evidence, Found, Match, Passage
from knowledge.parts import quotes_of
from knowledge.references import Reference, references
from knowledge.reranking import READ, Reranker, standard
from knowledge.shelf import Scores

WEIGHTS = {"words": 0.25, "grams": 0.25, "meaning": 0.5, "terms": 0.45, "point": 4.0, "law": 1.2}
"""How much each half counts, and that a paragraph or its law is pointed to (decision 0006). Of the halves: on 600
questions of NorQuAD's train part every mix from .3/.3/.4 to .25/.25/.5 gives nDCG@10 .905-.906 (words alone .869,
n-grams .854, meaning .802); everyday questions over laws want more of meaning."""

_CANDIDATES = 100

_OPENING, _ENDING = 150, 350
"""Characters of a long story whose meaning is looked for: it begins with who asks and ends with what is asked. Time
grows with the length, and the others wait."""
_EXACT_AT_MOST = 40

# How near, in standard deviations of a list, one of it must be to a topic: this share of the nearest one, and so much.
_TOPIC_SHARE = 0.3
_TOPIC_LEAST = 0.85


class Retriever(BaseRetriever):
    """Hybrid retrieval over what one audience may read, as a LangChain retriever.

    `ainvoke` gives LangChain documents; `find` gives our own passages with all that is known about the search.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    reader: Reader
    embeddings: Embeddings
    concepts: Concepts = Field(default_factory=Concepts.load)
    count: int = 10
    """How many passages a search gives at most; exact references may give more."""
    _asked: Asked = PrivateAttr()

    def model_post_init(self, context: object) -> None:
        """Know the questions that were asked before."""
        self._asked = Asked(self.reader, self.embeddings)

    async def find(self, query: str, language: str = "") -> Evidence:
        """The passages for a question, best first; `language` is that of the question, where it is known."""
        return dataclasses.replace(await asyncio.to_thread(self._find, query, language), language=language)

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
        start = time.perf_counter()
        vector = self.embeddings.embed_query(_gist(query))
        ms = {"embed": (time.perf_counter() - start) * 1000}
        keys = self.reader.keys()
        named = references(query, keys)
        near = self._asked.near(vector)
        same = next((each for each in near if is_same(query, each, keys)), None)
        exact = self._named(named) if named else None
        if exact and not same:
            return dataclasses.replace(exact, query=query, vector=tuple(vector), ms=ms)
        asked = telling(query, language)
        scores = self.reader.search(asked, vector, _CANDIDATES, self._about(asked))
        ms |= scores.ms
        start = time.perf_counter()
        fused = self._fuse(scores)
        middle = time.perf_counter()
        found = Reranker(self.embeddings).rerank(fused, vector)[: self.count]
        ms |= {"fuse": (middle - start) * 1000, "rerank": (time.perf_counter() - middle) * 1000}
        if same and same.score >= max((each.parts.get("heading", -1.0) for each in found), default=-1.0):
            subject = same.passage.heading
            return Evidence(query, (same,), match=Match.ASKED, subject=subject, vector=tuple(vector), ms=ms)
        if exact:
            return dataclasses.replace(exact, query=query, vector=tuple(vector), ms=ms)
        akin = tuple(each.passage for each in near)
        return Evidence(query, found, akin=akin, vector=tuple(vector), ms=ms)

    def _about(self, query: str) -> About:
        coverage = Coverage(self.reader, query)
        return weighed(self.concepts.read(query), lambda words: coverage.of(" ".join(words)))

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
        passages = [passage for passage in passages if passage.is_in_force(dt.date.today())] or passages
        if reference.topic and len(passages) > 1:
            passages = self._on_topic(reference.topic, passages)
        sections = itertools.groupby(passages, key=lambda passage: (passage.document, passage.section))
        quotes = [quote for _, section in sections for quote in quotes_of(reference.part, list(section))]
        return [_found(passage, quote) for passage, quote in quotes] or [_found(passage) for passage in passages]

    def _on_topic(self, topic: str, passages: list[Passage]) -> list[Passage]:
        """Those of a list that are nearest to the topic, in the order of the list; at least one."""
        near = self.embeddings.embed_documents([passage.text for passage in passages])
        score = standard(np.asarray(near) @ np.asarray(self.embeddings.embed_query(topic)))
        coverage = Coverage(self.reader, topic)
        for index, passage in enumerate(passages):
            score[index] += 0.5 * coverage.of(passage.text)
        limit = max(score.max() * _TOPIC_SHARE, min(_TOPIC_LEAST, score.max()))
        return [passage for passage, value in zip(passages, score, strict=True) if value >= limit]

    def _fuse(self, scores: Scores) -> tuple[Found, ...]:
        """The weighted sum over all candidates: of z-scores, where one that a half didn't list gets that half's lowest,
        and of how surely a paragraph and its law are pointed to."""
        ids = sorted({*scores.words, *scores.grams, *scores.meaning, *scores.terms, *scores.point})
        if not ids:
            return ()
        halves = {"words": scores.words, "grams": scores.grams, "meaning": scores.meaning, "terms": scores.terms}
        known = {"point": scores.point, "law": scores.law}
        columns = {name: standard([half.get(id_, np.nan) for id_ in ids]) for name, half in halves.items()}
        columns |= {name: np.asarray([half.get(id_, 0.0) for id_ in ids]) for name, half in known.items()}
        total = np.sum([WEIGHTS[name] * column for name, column in columns.items()], axis=0)
        best = [int(index) for index in np.argsort(-total, kind="stable")[: max(self.count, READ)]]
        passages = self.reader.passages([ids[index] for index in best])
        return tuple(
            Found(
                passage=passages[ids[index]],
                score=float(total[index]),
                parts={name: half[ids[index]] for name, half in {**halves, **known}.items() if ids[index] in half},
            )
            for index in best
            if ids[index] in passages and passages[ids[index]].is_in_force(dt.date.today())
        )


def _gist(query: str) -> str:
    if len(query) <= _OPENING + _ENDING:
        return query
    return f"{query[:_OPENING].rpartition(' ')[0]} … {query[-_ENDING:].partition(' ')[2]}"


def _found(passage: Passage, quote: str = "") -> Found:
    return Found(passage=passage, score=1.0, quote=quote)
