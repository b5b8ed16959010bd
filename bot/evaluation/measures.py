"""The measures, over ranks. Pure.

A rank is the place (1 is best) of the first right record in a ranking, or None where it isn't in it. With one right
record a question, nDCG@k is 1 / log2(1 + rank) (Järvelin and Kekäläinen 2002, doi:10.1145/582415.582418).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence


def first_rank(ranking: Sequence[str], gold: Collection[str]) -> int | None:
    """The place of the first record of `gold` in the ranking."""
    return next((place for place, id_ in enumerate(ranking, start=1) if id_ in gold), None)


def recall(rankings: Sequence[Sequence[str]], golds: Sequence[Collection[str]], k: int) -> float:
    """The mean share (0..1) of a question's right records that stand among its first k."""
    pairs = zip(rankings, map(set, golds), strict=True)
    return mean([len(gold.intersection(ranking[:k])) / len(gold) for ranking, gold in pairs])


def mrr(rankings: Sequence[Sequence[str]], golds: Sequence[Collection[str]], k: int) -> float:
    """The mean reciprocal rank (0..1) of the first right record, 0 where it isn't among the first k."""
    ranks = [first_rank(ranking[:k], gold) for ranking, gold in zip(rankings, golds, strict=True)]
    return mean([1 / rank if rank else 0.0 for rank in ranks])


def ndcg(rankings: Sequence[Sequence[str]], golds: Sequence[Collection[str]], k: int) -> float:
    """The mean normalized discounted cumulative gain (0..1) at k, every right record being equally right."""
    return mean([_ndcg(ranking[:k], set(gold), k) for ranking, gold in zip(rankings, golds, strict=True)])


def risk_coverage(confidences: Sequence[float], right: Sequence[bool]) -> list[tuple[float, float]]:
    """(coverage, risk) for every threshold, from the most confident answer to all of them: of the share of questions
    that are answered, the share that is wrong (El-Yaniv and Wiener 2010, jmlr.org/papers/v11/el-yaniv10a.html)."""
    order = sorted(zip(confidences, right, strict=True), key=lambda answer: -answer[0])
    points: list[tuple[float, float]] = []
    wrong = 0
    for answered, (confidence, is_right) in enumerate(order, start=1):
        wrong += not is_right
        # No threshold tells apart what is equally sure.
        if answered == len(order) or order[answered][0] < confidence:
            points.append((answered / len(order), wrong / answered))
    return points


def mean(values: Sequence[float]) -> float:
    """The mean; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0


def _ndcg(ranking: Sequence[str], gold: Collection[str], k: int) -> float:
    gain = sum(1 / math.log2(1 + place) for place, id_ in enumerate(ranking, start=1) if id_ in gold)
    ideal = sum(1 / math.log2(1 + place) for place in range(1, min(len(gold), k) + 1))
    return gain / ideal
