"""How likely a draft is to answer the question: a logistic regression over what speaks for and against it."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from knowledge.model import Evidence
from knowledge.reranking import READ

NAMES = ("fused", "sentence", "lead", "heading", "foreign", "point")
"""The signs, in the order of the weights."""

INTERCEPT = -26.21
WEIGHTS = (0.24, 19.74, 17.95, 9.24, 2.14, 4.21)
"""Fitted on our own questions over what ships and over the laws, as `tests/bench/fit.py` does."""

THRESHOLD = 0.85
"""How sure (0..1) a draft must be to be given as an answer: a wrong answer about rights is worse than none. On guides
and laws that the weights had not seen, .17 of our questions over guides are then answered and .51 of those over laws
(whose index was written with them at hand); .014 and .034 of all our questions wrongly, .02 of those that nothing
answers."""


def signs(evidence: Evidence) -> dict[str, float]:
    """What tells an answer from a guess, of passages that were found by likeness.

    `fused`: how far the best passage stands out of all that was found, in standard deviations; `sentence`: how near its
    nearest sentence is to the question (cosine), and `lead`: how much nearer than those of the others that were read;
    `heading`: how near its heading is; `foreign`: 1 where the question is in another language than the passage, so that
    all of these are lower; `point`: how much of the question is known to be about the passage.
    """
    read = evidence.found[:READ]
    parts = read[0].parts
    nearest = np.asarray([found.parts.get("sentence", 0.0) for found in read])
    first = read[0].passage
    return {
        "fused": parts.get("fused", 0.0),
        "sentence": float(nearest[0]),
        "lead": float(nearest[0] - nearest.mean()),
        "heading": parts.get("heading", 0.0),
        "foreign": float(evidence.language == "en" != first.language),
        "point": parts.get("point", 0.0),
    }


def confidence(signs: Mapping[str, float]) -> float:
    """The probability (0..1) that the draft answers the question. An exact reference is certain."""
    if signs.get("exact"):
        return 1.0
    if not signs:
        return 0.0
    total = INTERCEPT + sum(weight * signs[name] for name, weight in zip(NAMES, WEIGHTS, strict=True))
    return 1.0 / (1.0 + math.exp(-total))
