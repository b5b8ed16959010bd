"""The measures, over ranks and confidences. Pure.

A rank is the place (1 is best) of the first right record in a ranking, or None where it isn't in it. With one right
record a question, nDCG@k is 1 / log2(1 + rank) (Järvelin and Kekäläinen 2002, doi:10.1145/582415.582418).
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass


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


def risk_area(points: Sequence[tuple[float, float]]) -> float:
    """The area under a risk-coverage curve (0..1, less is better): the mean risk over all coverages (Geifman and
    El-Yaniv 2017, arXiv:1705.08500)."""
    before = [0.0, *(coverage for coverage, _ in points)]
    return sum(risk * (coverage - start) for start, (coverage, risk) in zip(before, points, strict=False))


@dataclass(frozen=True)
class Bin:
    """Answers of about the same confidence: how many, how sure in the mean, and the share that is right."""

    count: int
    confidence: float
    right: float


def reliability(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> list[Bin]:
    """The answers in bins of equal width by their confidence, empty ones left out."""
    found: dict[int, list[tuple[float, bool]]] = {}
    for confidence, is_right in zip(confidences, right, strict=True):
        found.setdefault(min(int(confidence * bins), bins - 1), []).append((confidence, is_right))
    inside = [list(zip(*found[number], strict=True)) for number in sorted(found)]
    return [Bin(len(sure), mean(sure), mean([float(each) for each in fits])) for sure, fits in inside]


def calibration_error(bins: Sequence[Bin]) -> float:
    """The expected calibration error (0..1): how far confidence and share of right ones are apart, in the mean (Naeini
    et al. 2015, doi:10.1609/aaai.v29i1.9602; Guo et al. 2017, arXiv:1706.04599)."""
    total = sum(each.count for each in bins)
    return sum(each.count * abs(each.confidence - each.right) for each in bins) / total if total else 0.0


def auc(higher: Sequence[float], lower: Sequence[float]) -> float:
    """How likely one of `higher` is above one of `lower`, a tie counting half: the area under the ROC curve (Hanley and
    McNeil 1982, doi:10.1148/radiology.143.1.7063747). Neither may be empty."""
    ordered = sorted(lower)
    below = sum(bisect_left(ordered, each) + bisect_right(ordered, each) for each in higher)
    return below / (2 * len(higher) * len(lower))


def mean(values: Sequence[float]) -> float:
    """The mean; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0


def _ndcg(ranking: Sequence[str], gold: Collection[str], k: int) -> float:
    gain = sum(1 / math.log2(1 + place) for place, id_ in enumerate(ranking, start=1) if id_ in gold)
    ideal = sum(1 / math.log2(1 + place) for place in range(1, min(len(gold), k) + 1))
    return gain / ideal
