"""Reads the passages that a search found, sentence by sentence, and puts them in order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from langchain_core.embeddings import Embeddings

from knowledge.model import Found
from knowledge.sentences import sentences

READ = 12
"""Passages: further down hardly any answers, and vectors of sentences come from the cache, but not for free."""

WEIGHTS = {"words": 0.34, "grams": 0.43, "meaning": 0.59, "terms": 0.8, "sentence": 0.78, "heading": 0.2}
"""Log-odds of one passage over another per standard deviation among those read. Fitted as `tests/bench/fit.py` does, on
our own questions and 400 of NorQuAD's train part: a right section comes first for .65 of ours over guides that the
weights had not seen. `terms` and those of `KNOWN` stand between two fits, on the index before and after it was written
further with our own questions over laws at hand: these make it look better than it is."""

KNOWN = {"point": 3.0, "law": 1.0}
"""Log-odds of a passage that all of the question is known to be about."""

Array = npt.NDArray[np.float64]


class Reranker:
    """Orders passages by their own scores and by the one sentence that is nearest to the question."""

    def __init__(self, embeddings: Embeddings) -> None:
        self._embeddings = embeddings

    def rerank(self, found: Sequence[Found], vector: Sequence[float]) -> tuple[Found, ...]:
        """Those read first, by log-odds, the rest below in their old order.

        Gives the parts `sentence` and `heading` (cosines, -1..1); the old score becomes the part `fused`.
        """
        read, rest = found[:READ], found[READ:]
        if not read:
            return ()
        nearest = self._nearest(read, vector)
        headings = self._near([each.passage.heading for each in read], vector).tolist()
        parts = [
            {**each.parts, "fused": each.score, "sentence": sentence, "heading": heading}
            for each, sentence, heading in zip(read, nearest, headings, strict=True)
        ]
        scores = np.zeros(len(parts))
        for name, weight in WEIGHTS.items():
            scores += weight * standard([part.get(name, np.nan) for part in parts])
        for name, weight in KNOWN.items():
            scores += weight * np.asarray([part.get(name, 0.0) for part in parts])
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

    def _nearest(self, read: Sequence[Found], vector: Sequence[float]) -> list[float]:
        texts = [sentences(each.passage.text) or [each.passage.text] for each in read]
        near = self._near([text for each in texts for text in each], vector)
        ends = np.cumsum([len(each) for each in texts])
        return [float(part.max()) for part in np.split(near, ends[:-1])]

    def _near(self, texts: list[str], vector: Sequence[float]) -> Array:
        near: Array = np.asarray(self._embeddings.embed_documents(texts)) @ np.asarray(vector)
        return near


def standard(column: Sequence[float] | Array) -> Array:
    """A column in standard deviations from its mean; what is missing (NaN) counts as the lowest."""
    values = np.asarray(column, float)
    known = values[~np.isnan(values)]
    values = np.where(np.isnan(values), known.min() if known.size else 0.0, values)
    result: Array = (values - values.mean()) / (values.std() + 1e-9)
    return result
