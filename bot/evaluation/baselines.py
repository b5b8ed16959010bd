"""Ours beside what others would do with the same records, words and vectors."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence

from langchain_core.embeddings import Embeddings
from pydantic import BaseModel, ConfigDict, Field

from bot.evaluation.measures import ndcg, recall
from bot.evaluation.records import Query
from bot.evaluation.runs import Progress
from bot.evaluation.usual import UsualChain
from knowledge.reader import Reader
from knowledge.retriever import Retriever

OURS = "ours"
WORDS, GRAMS, MEANING = "BM25, stemmed words", "BM25, character n-grams", "dense vectors"
FUSED = "reciprocal-rank fusion"
CHAIN = "LangChain's usual set-up"

DEPTH = 100
"""Passages looked at for each ranking: enough for ten records, whatever they were split into."""
_SMOOTHING = 60
"""Cormack, Clarke and Büttcher 2009, doi:10.1145/1571941.1572114."""

Rankings = Mapping[str, Sequence[Sequence[str]]]
"""The records found for every query, best first, by who found them."""


class Standing(BaseModel):
    """How well one way of searching did (0..1), and how much better ours did."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    ndcg_10: float = Field(serialization_alias="ndcg@10")
    recall_5: float = Field(serialization_alias="recall@5")
    ours_ndcg_10: float = Field(serialization_alias="ours_minus_ndcg@10")
    ours_recall_5: float = Field(serialization_alias="ours_minus_recall@5")


async def rank_all(
    retriever: Retriever, embeddings: Embeddings, chain: UsualChain, queries: Sequence[Query], progress: Progress
) -> Rankings:
    """Search for every query in every way. The vector of a question is the same for all of them."""
    rankings: dict[str, list[list[str]]] = defaultdict(list)
    for done, query in enumerate(queries, start=1):
        evidence = await retriever.find(query.text)
        rankings[OURS].append(list(dict.fromkeys(found.passage.document for found in evidence.found)))
        vector = await asyncio.to_thread(embeddings.embed_query, query.text)
        halves = await asyncio.to_thread(_halves, retriever.reader, query.text, vector)
        for name, ranking in halves.items():
            rankings[name].append(ranking)
        rankings[FUSED].append(fuse(list(halves.values())))
        rankings[CHAIN].append(await asyncio.to_thread(chain.search, vector, DEPTH))
        progress(done, len(queries))
    return rankings


def fuse(rankings: Sequence[Sequence[str]]) -> list[str]:
    """One ranking of several: each record gets 1 / (60 + place) from every ranking that it stands in."""
    scores: dict[str, float] = defaultdict(float)
    for ranking in rankings:
        for place, id_ in enumerate(ranking, start=1):
            scores[id_] += 1 / (_SMOOTHING + place)
    return sorted(scores, key=lambda id_: -scores[id_])


def standings(rankings: Rankings, queries: Sequence[Query]) -> dict[str, Standing]:
    """How well each did, and by how much ours is ahead."""
    golds = [query.gold for query in queries]
    scores = {name: (ndcg(lists, golds, 10), recall(lists, golds, 5)) for name, lists in rankings.items()}
    return {
        name: Standing(
            ndcg_10=round(gain, 4),
            recall_5=round(found, 4),
            ours_ndcg_10=round(scores[OURS][0] - gain, 4),
            ours_recall_5=round(scores[OURS][1] - found, 4),
        )
        for name, (gain, found) in scores.items()
    }


def _halves(reader: Reader, text: str, vector: Sequence[float]) -> dict[str, list[str]]:
    scores = reader.search(text, vector, DEPTH)
    return {
        name: _records(reader, half)
        for name, half in ((WORDS, scores.words), (GRAMS, scores.grams), (MEANING, scores.meaning))
    }


def _records(reader: Reader, scores: Mapping[str, float]) -> list[str]:
    entries = sorted(scores, key=lambda entry: (-scores[entry], entry))
    passages = reader.passages(entries)
    return list(dict.fromkeys(passages[entry].document for entry in entries if entry in passages))
