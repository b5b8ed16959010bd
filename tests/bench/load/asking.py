"""What is asked under load: the questions of `tests/bench/data`, as often as people ask the same, or each only once."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from tests.bench.latency import questions


def asked(*, different: bool, exponent: float = 1.0, seed: int = 1) -> Iterator[str]:
    """Questions without end. Where they are not `different`, the one of rank r is asked in proportion to 1 / r^exponent
    (Zipf), which is how searches are spread; where they are, each carries a number of its own and no cache helps."""
    chance = np.random.default_rng(seed)
    every = questions()
    chance.shuffle(every)
    if different:
        for number, text in enumerate(itertools.cycle(every), start=1):
            yield f"{text} (spørsmål {number})"
    weights = 1.0 / np.arange(1, len(every) + 1) ** exponent
    weights /= weights.sum()
    while True:
        for index in chance.choice(len(every), size=1000, p=weights):
            yield every[index]
