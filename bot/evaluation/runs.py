"""Runs: a corpus is put into a library of its own, and questions are put to what the bot is made of."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from bot.conversation import Conversation
from bot.evaluation.measures import first_rank, mrr, ndcg, recall
from bot.evaluation.records import KnownQuestion, Query, Record
from bot.question import Question, Reply, Status
from ingest.passages import passages_of
from knowledge.library import Library
from knowledge.retriever import Retriever

Progress = Callable[[int, int], None]
"""Told how many are done, of how many."""

_BATCH = 50


class RetrievalScores(BaseModel):
    """How well passages were found. Shares are 0..1, times in milliseconds."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    n: int
    recall_1: float = Field(serialization_alias="recall@1")
    recall_5: float = Field(serialization_alias="recall@5")
    recall_10: float = Field(serialization_alias="recall@10")
    mrr_10: float = Field(serialization_alias="mrr@10")
    ndcg_10: float = Field(serialization_alias="ndcg@10")
    ms_per_query: float


@dataclass(frozen=True)
class Outcome:
    """A question and what became of it."""

    question: KnownQuestion
    reply: Reply

    @property
    def answered(self) -> bool:
        """Was an answer given?"""
        return self.reply.status is Status.ANSWERED

    @property
    def rank(self) -> int | None:
        """The place of the first right record, or of the first right section where sections are named."""
        documents = list(dict.fromkeys(document for document, _ in self.reply.ranking))
        sections = [f"{document}#{section}" for document, section in self.reply.ranking]
        return first_rank(documents, self.question.gold) or first_rank(sections, self.question.gold)

    @property
    def right(self) -> bool:
        """Does what the bot would have said cite a right section?"""
        drafted = self.reply.citations or tuple(claim.citation for claim in self.reply.draft)
        gold = set(self.question.gold)
        return any(gold & {each.document, f"{each.document}#{each.section}"} for each in drafted)

    @property
    def confidence(self) -> float:
        """How sure the bot was (0..1)."""
        return self.reply.confidence

    @property
    def contains(self) -> bool:
        """Do the answer and its quotes hold the words they must?"""
        said = _plain(" ".join([self.reply.answer, *(citation.quote for citation in self.reply.citations)]))
        return self.answered and all(_plain(words) in said for words in self.question.must_contain)


async def fill(library: Library, records: Sequence[Record], progress: Progress) -> None:
    """Make the library hold these records and nothing else; what it holds already stays."""
    held = await library.holdings()
    documents = {record.id: record.document for record in records}
    for id_ in held.keys() - documents.keys():
        await library.remove(id_)
    new = [document for id_, document in documents.items() if id_ not in held or held[id_].digest != document.digest]
    for start in range(0, len(new), _BATCH):
        progress(start, len(new))
        await library.put_all([(document, passages_of(document)) for document in new[start : start + _BATCH]])
    progress(len(new), len(new))


async def measure_retrieval(retriever: Retriever, queries: Sequence[Query], progress: Progress) -> RetrievalScores:
    """Search for every query and see where the right records stand."""
    rankings: list[list[str]] = []
    spent = 0.0
    for done, query in enumerate(queries, start=1):
        start = time.perf_counter()
        evidence = await retriever.find(query.text)
        spent += time.perf_counter() - start
        rankings.append(list(dict.fromkeys(found.passage.document for found in evidence.found)))
        progress(done, len(queries))
    golds = [query.gold for query in queries]
    return RetrievalScores(
        n=len(queries),
        recall_1=round(recall(rankings, golds, 1), 4),
        recall_5=round(recall(rankings, golds, 5), 4),
        recall_10=round(recall(rankings, golds, 10), 4),
        mrr_10=round(mrr(rankings, golds, 10), 4),
        ndcg_10=round(ndcg(rankings, golds, 10), 4),
        ms_per_query=round(spent * 1000 / len(queries), 2),
    )


async def ask_all(conversation: Conversation, questions: Sequence[KnownQuestion], progress: Progress) -> list[Outcome]:
    """Put every question to the bot, as an outsider."""
    outcomes: list[Outcome] = []
    for done, question in enumerate(questions, start=1):
        reply = await conversation.reply(Question(text=question.text, history=question.history))
        outcomes.append(Outcome(question, reply))
        progress(done, len(questions))
    return outcomes


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
