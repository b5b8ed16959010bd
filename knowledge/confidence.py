"""How likely a draft is to answer the question: a logistic regression over what speaks for and against it."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from knowledge.model import Evidence
from knowledge.reranking import READ

NAMES = ("fused", "sentence", "lead", "heading", "foreign", "point", "paragraph")
"""The signs, in the order of the weights."""

INTERCEPT = -25.1
WEIGHTS = (0.25, 21.18, 18.3, 6.46, 2.12, 5.64, -2.4)
"""Fitted on our own questions over what ships and over the laws, as `tests/bench/fit.py` does; but that of a paragraph
is set lower than fitted (-0.85): what is taken from a law must be as sure as 0.9. Their index (`concepts.toml`) was
written with our own questions at hand, so that others' are answered less well than these."""

THRESHOLD = 0.65
"""How sure (0..1) a draft must be to be given as an answer: a wrong answer about rights is worse than none. On guides
that the weights had not seen, .38 of our questions are then answered; .048 of all wrongly, .08 of those that nothing
answers."""


def signs(evidence: Evidence) -> dict[str, float]:
    """What tells an answer from a guess, of passages that were found by likeness.

    `fused`: how far the best passage stands out of all that was found, in standard deviations; `sentence`: how near its
    nearest sentence is to the question (cosine), and `lead`: how much nearer than those of the others that were read;
    `heading`: how near its heading is; `foreign`: 1 where the question is in another language than the passage, so that
    all of these are lower; `point`: how much of the question is known to be about the passage; `paragraph`: 1 where
    it is one of a law, which has many others that are like it.
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
        "paragraph": float(first.kind == "law"),
    }


def confidence(signs: Mapping[str, float]) -> float:
    """The probability (0..1) that the draft answers the question. An exact reference is certain."""
    if signs.get("exact"):
        return 1.0
    if not signs:
        return 0.0
    total = INTERCEPT + sum(weight * signs[name] for name, weight in zip(NAMES, WEIGHTS, strict=True))
    return 1.0 / (1.0 + math.exp(-total))
