from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from bot.evaluation.baselines import CHAIN, FUSED, GRAMS, MEANING, OURS, WORDS, fuse, rank_all, standings
from bot.evaluation.records import Query, Record
from bot.evaluation.runs import fill
from bot.evaluation.usual import UsualChain
from knowledge.embeddings import CachedEmbeddings
from knowledge.library import Library
from knowledge.model import Audience
from knowledge.retriever import Retriever
from tests.knowledge.conftest import embeddings, shelf

__all__ = ["embeddings", "shelf"]

RECORDS = [
    Record(id="skilt", title="Skilt", text="Skilt på fasaden må omsøkes før de settes opp."),
    Record(id="taxi", title="Taxi", text="Den som vil kjøre drosje, må ha løyve fra fylkeskommunen."),
    Record(id="is", title="Is", text="Iskrem selges fra kiosken ved torget hele sommeren."),
]


@pytest.mark.parametrize(
    ("rankings", "fused"),
    [
        (["ab", "ab"], "ab"),
        (["ab", "ba", "b"], "ba"),
        (["a", "b", "b"], "ba"),
        (["abc", "cde"], "cabde"),
        ([], ""),
        (["", "a"], "a"),
    ],
)
def test_rankings_are_fused_by_the_reciprocal_of_their_ranks(rankings: list[str], fused: str) -> None:
    assert "".join(fuse([list(ranking) for ranking in rankings])) == fused


def test_ours_is_compared_with_each() -> None:
    queries = [Query(id="1", text="?", gold=("a",)), Query(id="2", text="?", gold=("b",))]
    found = standings({OURS: [["a"], ["b"]], "other": [["x", "a"], []]}, queries)
    assert found[OURS].model_dump(by_alias=True) == {
        "ndcg@10": 1,
        "recall@5": 1,
        "ours_minus_ndcg@10": 0,
        "ours_minus_recall@5": 0,
    }
    assert found["other"].ndcg_10 == pytest.approx(0.6309 / 2, abs=1e-4)
    assert found["other"].ours_ndcg_10 == pytest.approx(1 - 0.6309 / 2, abs=1e-4)
    assert found["other"].ours_recall_5 == 0.5


async def test_all_search_the_same_records(shelf: Library, embeddings: CachedEmbeddings, tmp_path: Path) -> None:
    await fill(shelf, RECORDS, lambda done, total: None)
    retriever = Retriever(reader=shelf.reader(Audience.PUBLIC), embeddings=embeddings, count=50)
    queries = [Query(id="1", text="skilt fasaden", gold=("skilt",)), Query(id="2", text="xyzzy", gold=("is",))]
    with contextlib.closing(UsualChain(tmp_path, embeddings)) as chain:
        chain.fill(RECORDS, lambda done, total: None)
        rankings = await rank_all(retriever, embeddings, chain, queries, lambda done, total: None)
    assert list(rankings) == [OURS, WORDS, GRAMS, MEANING, FUSED, CHAIN]
    assert {name: lists[0][0] for name, lists in rankings.items()} == dict.fromkeys(rankings, "skilt")
    # A word that stands nowhere: only meaning finds anything.
    assert (rankings[WORDS][1], rankings[GRAMS][1]) == ([], [])
    assert {*rankings[MEANING][1]} == {*rankings[CHAIN][1]} == {"skilt", "taxi", "is"}
    assert rankings[FUSED][1] == rankings[MEANING][1]


def test_a_long_record_is_split_with_overlap_and_found_once(tmp_path: Path, embeddings: CachedEmbeddings) -> None:
    long = Record(id="lang", title="Lang", text="\n\n".join(f"Avsnitt {number} om skilt. " * 8 for number in range(12)))
    progress: list[tuple[int, int]] = []
    with contextlib.closing(UsualChain(tmp_path, embeddings)) as chain:
        assert chain.search(embeddings.embed_query("skilt"), 10) == []
        chain.fill([long, RECORDS[2]], lambda done, total: progress.append((done, total)))
        assert chain.search(embeddings.embed_query("skilt"), 10) == ["lang", "is"]
    assert progress[-1][0] == progress[-1][1] > 3
