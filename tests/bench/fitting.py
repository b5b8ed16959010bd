"""What `fit.py` reckons with: weights that order a list, and weights of a probability, in folds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
FOLDS = 8
RIDGE = 0.01
Table = tuple[Array, Array, Array]
"""A list: what is known of each of its passages, a row each, which are right, and what each is given besides."""


def fit_ranking(tables: Sequence[Table]) -> Array:
    """Weights that make a right passage the likeliest of its list (softmax), by gradient ascent, all on one scale."""
    scale = np.concatenate([table - table.mean(axis=0) for table, *_ in tables]).std(axis=0) + 1e-9
    longest = max(len(right) for _, right, _ in tables)
    padded, good = np.zeros((len(tables), longest, len(scale))), np.zeros((len(tables), longest))
    absent = np.full_like(good, -np.inf)
    for row, (table, right, given) in enumerate(tables):
        padded[row, : len(right)], good[row, : len(right)], absent[row, : len(right)] = table / scale, right, given
    weights = np.zeros(len(scale))
    for _ in range(300):
        chance = softmax(padded @ weights + absent)
        wanted = chance * good
        wanted /= wanted.sum(axis=1, keepdims=True)
        weights += (np.tensordot(wanted - chance, padded) / len(tables) - RIDGE * weights) / 2
    fitted: Array = weights / scale
    return fitted


def fit_confidence(signs: Array, right: Array, counts: Array) -> tuple[float, Array]:
    """Intercept and weights of a ridge-regularized logistic regression, by Newton's method on standardized signs."""
    mean, spread = signs.mean(axis=0), signs.std(axis=0) + 1e-9
    table = np.column_stack([np.ones(len(signs)), (signs - mean) / spread])
    beta = np.zeros(table.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-table @ beta))
        gradient = table.T @ (counts * (right - chance)) - RIDGE * len(signs) * beta
        hessian = (table * (counts * chance * (1 - chance))[:, None]).T @ table
        beta += np.linalg.solve(hessian + RIDGE * len(signs) * np.eye(len(beta)), gradient)
    weights = beta[1:] / spread
    return float(beta[0] - weights @ mean), weights


def softmax(scores: Array) -> Array:
    """Chances that sum to 1, of each row."""
    raised: Array = np.exp(scores - scores.max(axis=-1, keepdims=True))
    chances: Array = raised / raised.sum(axis=-1, keepdims=True)
    return chances


def in_folds(
    folds: Array, fitted: Callable[[npt.NDArray[np.bool_]], Any]
) -> Iterator[tuple[npt.NDArray[np.bool_], Any]]:
    """For each fold: which rows are in it, and what was fitted on the rows that aren't."""
    for fold in range(FOLDS):
        yield folds == fold, fitted(folds != fold)


def places(tables: Sequence[Table], weights: Array) -> list[int]:
    """Where a right passage comes in each list, from 0; 99 where there is none."""
    return [
        next((place for place, index in enumerate(np.argsort(-(table @ weights + given))) if right[index]), 99)
        for table, right, given in tables
    ]
