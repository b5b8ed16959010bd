"""Two runs over the same questions: what got better, what got worse, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.evaluation.results import Result, Run, RunError, parts_of
from bot.evaluation.scores import MEASURES, NAMED, Measure, scores

_RESAMPLES = 1000
_SEED = 6
_INTERVAL = (2.5, 97.5)

Pair = tuple[Result, Result]
"""A question before and after."""


@dataclass(frozen=True)
class Difference:
    """A measure before and after; `low` and `high` bound 95% of the differences that resampled questions give."""

    measure: Measure
    before: float
    after: float
    low: float | None = None
    high: float | None = None

    @property
    def drop(self) -> float:
        """How much worse it got."""
        return self.measure.worsening(self.before, self.after)


@dataclass(frozen=True)
class Comparison:
    """Two runs, by the questions that stand in both; `left_out` are the ids of those that don't, or were changed."""

    pairs: Sequence[Pair]
    left_out: Sequence[str]
    differences: Sequence[Difference]
    parts: Mapping[str, Mapping[str, Sequence[Difference]]]
    made_with: Mapping[str, tuple[str, str]]

    @property
    def better(self) -> list[Pair]:
        """The questions that end better than before."""
        return [(before, after) for before, after in self.pairs if _standing(before) < _standing(after)]

    @property
    def worse(self) -> list[Pair]:
        """The questions that end worse than before."""
        return [(before, after) for before, after in self.pairs if _standing(before) > _standing(after)]

    def drops(self, limit: float) -> list[Difference]:
        """The main measures that got worse by more than the limit."""
        # What is written as .02 is seldom exactly that much.
        return [each for each in self.differences if each.measure.main and each.drop > limit + 1e-9]


def compare(before: Run, after: Run) -> Comparison:
    """Compare two runs. Raises RunError where they have no question in common."""
    first, second = ({each.id: each for each in run.results} for run in (before, after))
    shared = [id_ for id_, each in first.items() if id_ in second and _asks(each) == _asks(second[id_])]
    if not shared:
        raise RunError("the two runs have no question in common: they can't be compared")
    pairs = [(first[id_], second[id_]) for id_ in shared]
    return Comparison(
        pairs=pairs,
        left_out=sorted((first.keys() | second.keys()) - set(shared)),
        differences=_with_intervals(pairs),
        parts=_parts(pairs),
        made_with={
            name: (before.made_with.get(name, ""), after.made_with.get(name, ""))
            for name in sorted(before.made_with.keys() | after.made_with.keys())
            if before.made_with.get(name) != after.made_with.get(name)
        },
    )


def _asks(result: Result) -> tuple[object, ...]:
    return result.text, result.answerable, result.gold, result.ends


def _standing(result: Result) -> int:
    """2 where it ended as it should, 0 where the answer is wrong, 1 otherwise: nothing, or not all, was said."""
    return 2 if result.as_expected else 0 if result.wrong else 1


def _parts(pairs: Sequence[Pair]) -> dict[str, dict[str, list[Difference]]]:
    after = {result.id: result for _, result in pairs}
    return {
        by: {value: _differences([(each, after[each.id]) for each in results]) for value, results in values.items()}
        for by, values in parts_of([result for result, _ in pairs]).items()
    }


def _differences(pairs: Sequence[Pair]) -> list[Difference]:
    before, after = (scores(results) for results in zip(*pairs, strict=True))
    return [Difference(NAMED[name], value, after[name]) for name, value in before.items() if name in after]


def _with_intervals(pairs: Sequence[Pair]) -> list[Difference]:
    """With intervals by the paired bootstrap: questions are drawn with replacement, each with both its results (Efron
    and Tibshirani 1993; for comparing systems: Koehn 2004, aclanthology.org/W04-3250)."""
    drawing = np.random.default_rng(_SEED)
    drawn: dict[str, list[float]] = {measure.name: [] for measure in MEASURES}
    for _ in range(_RESAMPLES):
        sample = [pairs[index] for index in drawing.integers(len(pairs), size=len(pairs))]
        for each in _differences(sample):
            drawn[each.measure.name].append(each.after - each.before)
    bounds = {name: np.percentile(values, _INTERVAL) for name, values in drawn.items() if values}
    return [
        Difference(each.measure, each.before, each.after, *map(float, bounds[each.measure.name]))
        for each in _differences(pairs)
    ]
