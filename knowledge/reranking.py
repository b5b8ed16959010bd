"""Reads the passages that a search found, sentence by sentence, and puts them in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from langchain_core.embeddings import Embeddings

from knowledge.embeddings import vectors_of
from knowledge.model import Found
from knowledge.sentences import sentences

READ, READ_PLAIN = 20, 30
"""Passages: further down hardly any answers, and vectors of sentences come from the cache, but not for free. More
where none of the first has typical questions: likeness to them brings the right one up."""

PLAIN = {
    "grams": 0.15,
    "meaning": 0.54,
    "terms": 0.38,
    "sentence": 0.84,
    "sentence_there": 0.85,
    "sentence_covered": -1.11,
    "heading": 0.42,
    "coverage": 4.72,
    "gram_coverage": 5.18,
    "point": 1.5,
    "law": 0.9,
}
WEIGHTS = {
    "grams": 0.01,
    "meaning": 0.72,
    "terms": 0.31,
    "sentence": 0.25,
    "coverage": 4.24,
    "point": 0.04,
    "law": 4.07,
    "typical": 0.83,
    "typical_words": 0.41,
    "typical_grams": 0.57,
}
"""Log-odds of one passage over another per standard deviation among those read: of a list in which no passage has
typical questions, and of all others. By `tests/bench/fit.py`; the latter half way between that fit, over 286 questions,
and the one before (decision 0014). `point` and `law` of the former are from a fit over laws before there were typical
questions."""
UNASKED = "unasked"
LACKING = {UNASKED: 0.22, "sentence": 0.75, "sentence_there": 1.03, "heading": 0.51}
"""What counts besides, and for being so (`UNASKED`), in the latter lists of passages of documents that have no typical
questions: what these would tell is to be told from the rest. By the same, where every second guide has none (decision
0020)."""

_WHOLE = frozenset({"point", "law", "coverage", "gram_coverage", UNASKED})
"""Parts that count as they are (0..1), for all of what is asked: where nobody covers much of it, words say little."""
_COVERED = {"sentence_covered": "sentence"}
"""Parts that count by how much of the question the passage covers that covers most of it: what says it in the same
words need not be guessed by its meaning."""
_UNKNOWN = frozenset({"typical", "typical_words", "typical_grams"})
"""Parts that not all passages have, which says nothing against them: they count as the mean does."""

_AROUND = 0.5
"""How much of its passage's vector is added to a sentence's: "Han vant" says little where nobody knows who."""

Array = npt.NDArray[np.float64]


class Reranker:
    """Orders passages by their own scores and by the one sentence that is nearest to the question."""

    def __init__(self, embeddings: Embeddings) -> None:
        self._embeddings = embeddings

    def rerank(self, found: Sequence[Found], vector: Sequence[float]) -> tuple[Found, ...]:
        """Those read first, by log-odds, the rest below in their old order.

        Gives the parts `sentence`, `sentence_there` (read with what it stands in) and `heading` (cosines, -1..1); the
        old score becomes the part `fused`.
        """
        count = read_of([each.parts for each in found])
        read, rest = found[:count], found[count:]
        if not read:
            return ()
        nearest = self._nearest(read, vector)
        headings = (self._vectors([each.passage.heading for each in read]) @ np.asarray(vector)).tolist()
        parts = [
            {**each.parts, **near, "fused": each.score, "heading": heading}
            for each, near, heading in zip(read, nearest, headings, strict=True)
        ]
        scores = scored(parts, PLAIN, WEIGHTS, LACKING)
        ranked = [
            Found(passage=each.passage, score=float(score), parts=part)
            for each, score, part in zip(read, scores, parts, strict=True)
        ]
        ranked.sort(key=lambda each: -each.score)
        below = ranked[-1].score - read[-1].score
        unread = (
            Found(passage=each.passage, score=each.score + below, parts={**each.parts, "fused": each.score})
            for each in rest
        )
        return (*ranked, *unread)

    def _nearest(self, read: Sequence[Found], vector: Sequence[float]) -> list[dict[str, float]]:
        texts = [sentences(each.passage.text) or [each.passage.text] for each in read]
        counts = [len(each) for each in texts]
        alone = self._vectors([text for each in texts for text in each])
        there = alone + _AROUND * np.repeat(self._vectors([each.passage.searched for each in read]), counts, axis=0)
        there /= np.linalg.norm(there, axis=1, keepdims=True)
        starts = np.cumsum([0, *counts[:-1]])
        near = [np.maximum.reduceat(each @ np.asarray(vector), starts).tolist() for each in (alone, there)]
        return [dict(zip(("sentence", "sentence_there"), each, strict=True)) for each in zip(*near, strict=True)]

    def _vectors(self, texts: list[str]) -> Array:
        return vectors_of(self._embeddings, texts)


def is_plain(parts: Sequence[Mapping[str, float]]) -> bool:
    """Has none of the passages typical questions? Such lists are weighed by themselves."""
    return not any("typical" in part for part in parts)


def read_of(parts: Sequence[Mapping[str, float]]) -> int:
    """How many of a list, best first, are read."""
    return READ_PLAIN if is_plain(parts[:READ]) else READ


def scored(
    parts: Sequence[Mapping[str, float]],
    plain: Mapping[str, float],
    weights: Mapping[str, float],
    lacking: Mapping[str, float],
) -> Array:
    """What the parts of each passage come to: by `plain` where none has typical questions; else by `weights`, and by
    what is `lacking` for those of documents that have none."""
    if is_plain(parts):
        return weighed_sum(parts, plain)
    return weighed_sum(parts, weights) + column(UNASKED, parts) * weighed_sum(parts, lacking)


def weighed_sum(parts: Sequence[Mapping[str, float]], weights: Mapping[str, float]) -> Array:
    """What the parts of each passage come to, compared with the others of the list."""
    total = np.zeros(len(parts))
    for name, weight in weights.items():
        total += weight * column(name, parts)
    return total


def column(name: str, parts: Sequence[Mapping[str, float]]) -> Array:
    """One part of all passages, as the weights want it."""
    if name in _COVERED:
        return column(_COVERED[name], parts) * float(column("coverage", parts).max())
    if name in _WHOLE:
        return np.asarray([each.get(name, 0.0) for each in parts])
    values = np.asarray([each.get(name, np.nan) for each in parts])
    if name in _UNKNOWN and not np.isnan(values).all():
        values = np.where(np.isnan(values), np.nanmean(values), values)
    return standard(values)


def standard(column: Sequence[float] | Array) -> Array:
    """A column in standard deviations from its mean; what is missing (NaN) counts as the lowest."""
    values = np.asarray(column, float)
    known = values[~np.isnan(values)]
    values = np.where(np.isnan(values), known.min() if known.size else 0.0, values)
    result: Array = (values - values.mean()) / (values.std() + 1e-9)
    return result
