"""How likely a draft is to answer the question: a logistic regression over what speaks for and against it."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from knowledge.model import Evidence
from knowledge.reranking import READ

NAMES = ("fused", "sentence", "lead", "heading", "foreign", "ahead", "point", "law")
"""The signs, in the order of the weights."""

INTERCEPT = -25.22
WEIGHTS = (0.62, 18.04, 26.12, 7.92, 2.03)
"""Fitted by `tests/bench/fit.py` on our own 808 questions over what ships."""

THRESHOLD = 0.6
"""How sure (0..1) a draft must be to be given as an answer: a wrong answer about rights is worse than none. Tested on
guides that the weights had not seen, .35 of our questions, most of them hard, are then answered, .07 of these without a
right section; of those that nothing answers, most of them made to mislead, .09 are; where the right document is hidden,
.03."""


_FAR = 4.0
"""Log-odds: further ahead is no surer."""


def signs(evidence: Evidence) -> dict[str, float]:
    """What tells an answer from a guess, of passages that were found by likeness.

    `fused`: how far the best passage stands out of all that was found, in standard deviations; `sentence`: how near its
    nearest sentence is to the question (cosine), and `lead`: how much nearer than those of the others that were read;
    `heading`: how near its heading is; `foreign`: 1 where the question is in another language than the passage, so that
    all of these are lower; `ahead`: how far the passage is ahead of that of the next section (log-odds); `point` and
    `law`: how much of the question is known to be about the passage, or its law.
    """
    read = evidence.found[:READ]
    parts = read[0].parts
    nearest = np.asarray([found.parts.get("sentence", 0.0) for found in read])
    first = read[0].passage
    others = (
        found for found in read if (found.passage.document, found.passage.section) != (first.document, first.section)
    )
    second = next(others, read[0])
    return {
        "fused": parts.get("fused", 0.0),
        "sentence": float(nearest[0]),
        "lead": float(nearest[0] - nearest.mean()),
        "heading": parts.get("heading", 0.0),
        "foreign": float(evidence.language == "en" != first.language),
        "ahead": min(read[0].score - second.score, _FAR),
        "point": parts.get("point", 0.0),
        "law": parts.get("law", 0.0),
    }


def confidence(signs: Mapping[str, float]) -> float:
    """The probability (0..1) that the draft answers the question. An exact reference is certain."""
    if signs.get("exact"):
        return 1.0
    if not signs:
        return 0.0
    total = INTERCEPT + sum(weight * signs[name] for name, weight in zip(NAMES, WEIGHTS, strict=True))
    return 1.0 / (1.0 + math.exp(-total))
