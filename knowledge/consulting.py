"""What a chat model may do for the search: rewrite the question before it, order what was found after it, and propose
long before it what people may ask."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from typing import TypeVar

from langchain_core.embeddings import Embeddings
from pydantic import BaseModel, Field, ValidationError

from knowledge.calling import Caller
from knowledge.calls import Note, Purpose
from knowledge.facts import facts
from knowledge.model import Document, Evidence, Found, Section
from knowledge.prompting import Prompts
from knowledge.reranking import Reranker

RANKED = 50
"""Passages that are shown to the model."""

PROPOSED = 20
"""Typical questions in each language that are taken from the model at most."""

_KEPT = 10
"""Passages that an answer is made from."""
_AROUND = 30
"""Characters of JSON around each passage."""
_LEAST_SHOWN = 80
_LONGEST_PROPOSED = 200
_OBJECT = re.compile(r"\{.*?\}", re.S)


T = TypeVar("T", bound=BaseModel)


class Useless(Exception):
    """The model's answer can't be used; the message says why, without what it wrote."""


class _Query(BaseModel):
    query: str = Field(min_length=3, max_length=300)


class _Order(BaseModel):
    order: list[int] = Field(min_length=1, max_length=RANKED)


class _Typical(BaseModel):
    nb: list[str]
    nn: list[str]
    en: list[str]


class Rewriter:
    """Has a chat model say a question as the documents would."""

    def __init__(self, caller: Caller, prompts: Prompts) -> None:
        self._caller = caller
        self._prompts = prompts

    async def rewrite(self, question: str, thread: Sequence[str], note: Note) -> str:
        """The query, of one line. Raises Useless where it isn't about the same numbers and paragraphs, and what asking
        the model raises."""
        written = await self._caller.ask(Purpose.REWRITE, self._prompts.rewrite(question, thread), note)
        query = " ".join(_read(_Query, written).query.split())
        asked = [_named(text) for text in (question, *thread)]
        if not asked[0] <= _named(query) <= frozenset().union(*asked):
            raise Useless("the query has other numbers or paragraphs than the question")
        return query


class Ranker:
    """Has a chat model order the first fifty passages."""

    def __init__(self, caller: Caller, prompts: Prompts, embeddings: Embeddings) -> None:
        self._caller = caller
        self._prompts = prompts
        self._reranker = Reranker(embeddings)

    async def rank(self, evidence: Evidence, note: Note) -> Evidence:
        """The same evidence, what the model put first in front and the rest in its old order, as many as an answer is
        made from. Raises Useless, and what asking the model raises."""
        shown = evidence.found[:RANKED]
        characters = self._caller.characters // 2 // max(len(shown), 1) - _AROUND
        if characters < _LEAST_SHOWN:
            raise Useless("a call may not hold enough of each passage")
        written = await self._caller.ask(Purpose.RANK, self._prompts.rank(evidence, shown, characters), note)
        places = [place - 1 for place in _read(_Order, written).order]
        first = [shown[place] for place in dict.fromkeys(places) if 0 <= place < len(shown)]
        if not first:
            raise Useless("the order names no passage")
        ids = {each.passage.id for each in first}
        found = [*first, *(each for each in evidence.found if each.passage.id not in ids)][:_KEPT]
        return dataclasses.replace(evidence, found=self._read(found, evidence.vector))

    def _read(self, found: Sequence[Found], vector: Sequence[float]) -> tuple[Found, ...]:
        """Each with the parts that only those have which were read sentence by sentence: the judge looks at them."""
        plain = [each.model_copy(update={"score": each.parts.get("fused", each.score)}) for each in found]
        parts = {each.passage.id: each.parts for each in self._reranker.rerank(plain, vector)}
        return tuple(
            each.model_copy(update={"score": -2.0 * place, "parts": {**parts[each.passage.id], **each.parts}})
            for place, each in enumerate(found)
        )


class Proposer:
    """Has a chat model propose what people ask that a section answers, for a person to read."""

    def __init__(self, caller: Caller, prompts: Prompts) -> None:
        self._caller = caller
        self._prompts = prompts

    async def propose(self, document: Document, section: Section, note: Note) -> dict[str, list[str]]:
        """The questions by language, each of one line, none twice. Raises Useless where there are none, and what asking
        the model raises."""
        asking = self._prompts.typical(document, section, self._caller.characters // 2)
        proposed = _read(_Typical, await self._caller.ask(Purpose.TYPICAL, asking, note))
        found, said = {}, set[str]()
        for language, texts in proposed:
            lines = dict.fromkeys(" ".join(text.split()) for text in texts[:PROPOSED])
            found[language] = [line for line in lines if 0 < len(line) <= _LONGEST_PROPOSED and line not in said]
            said |= {*lines}
        if not any(found.values()):
            raise Useless("it proposes no question")
        return found


def first(evidence: Evidence) -> Evidence:
    """Of evidence that was fetched for a model to order, what an answer is made from without it."""
    return evidence if evidence.exact else dataclasses.replace(evidence, found=evidence.found[:_KEPT])


def _read(kind: type[T], written: str) -> T:
    found = _OBJECT.search(written)
    try:
        return kind.model_validate_json(found[0] if found else "")
    except ValidationError as error:
        raise Useless(f"the answer is no JSON object of {', '.join(kind.model_fields)}") from error


def _named(text: str) -> frozenset[str]:
    there = facts(text, "nb")
    return frozenset({value for value, _ in there.amounts}) | there.references | there.days
