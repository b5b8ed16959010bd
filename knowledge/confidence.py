"""How likely a draft is to answer the question: a logistic regression over what speaks for and against it."""

from __future__ import annotations

import math
from collections.abc import Mapping

NAMES = ("sentence", "passage", "coverage", "margin", "agreement", "score")
"""The signs that `ExtractiveAnswerer` gives, in the order of the weights."""

INTERCEPT = -30.0
WEIGHTS = (20.0, 10.0, 3.0, 0.3, 0.3, 0.0)
"""Fitted by `bench/fit_confidence.py` on half of our own questions over the shipped guides; tested on the rest."""


def confidence(signs: Mapping[str, float]) -> float:
    """The probability (0..1) that the draft's passage answers the question. An exact reference is certain."""
    if signs.get("exact"):
        return 1.0
    if not signs:
        return 0.0
    total = INTERCEPT + sum(weight * signs[name] for name, weight in zip(NAMES, WEIGHTS, strict=True))
    return 1.0 / (1.0 + math.exp(-total))
