"""What results come to: every measure by its name."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from bot.evaluation.measures import Bin, auc, calibration_error, mean, reliability, risk_area, risk_coverage
from bot.evaluation.results import Result, result_of
from bot.evaluation.runs import Outcome

Results = Sequence[Result]


class AnswerScores(BaseModel):
    """How well questions were answered, as shares (0..1).

    Of the answerable ones: `answered`, those with a right section ranked first or among the first three (whether or not
    the bot abstained), and those whose answer or quotes hold the words they must. Of the unanswerable ones:
    `abstained_unanswerable`. Of all: `wrong`, those answered with no right section cited.
    """

    model_config = ConfigDict(frozen=True)

    n: int
    answered: float
    gold_first: float
    gold_in_3: float
    contains: float
    abstained_unanswerable: float
    wrong: float


@dataclass(frozen=True)
class Measure:
    """A measure: what it says, what it is of results (None where it says nothing of them), and whether more is better.

    A `main` one is what a comparison may fail on.
    """

    name: str
    about: str
    of: Callable[[Results], float | None]
    more_is_better: bool = True
    main: bool = True
    is_share: bool = True

    def worsening(self, before: float, after: float) -> float:
        """How much worse it got; less than nothing where it got better."""
        return before - after if self.more_is_better else after - before


def scores(results: Results) -> dict[str, float]:
    """All measures that say something of these results."""
    found = {measure.name: measure.of(results) for measure in MEASURES}
    return {name: value for name, value in found.items() if value is not None}


def score_answers(outcomes: Sequence[Outcome]) -> AnswerScores:
    """What the outcomes come to."""
    found = scores([result_of(each) for each in outcomes])
    shares = {name: round(found.get(name, 0.0), 4) for name in AnswerScores.model_fields if name != "n"}
    return AnswerScores.model_validate({"n": len(outcomes), **shares})


def percentile(values: Sequence[float], share: float) -> float:
    """The least of the values that at least this share (0..1) of them don't exceed. There must be one."""
    return sorted(values)[max(math.ceil(share * len(values)) - 1, 0)]


def curve(results: Results) -> list[tuple[float, float]]:
    """The risk-coverage curve."""
    return risk_coverage([each.confidence for each in results], [each.right for each in results])


def bins(results: Results) -> list[Bin]:
    """The drafts by their confidence."""
    drafted = [each for each in results if each.drafted]
    return reliability([each.confidence for each in drafted], [each.right for each in drafted])


def _share(of: Callable[[Result], bool], among: Callable[[Result], bool]) -> Callable[[Results], float | None]:
    def share(results: Results) -> float | None:
        counted = [float(of(each)) for each in results if among(each)]
        return mean(counted) if counted else None

    return share


def _answerable(result: Result) -> bool:
    return result.answerable


def _unanswerable(result: Result) -> bool:
    return not result.answerable


def _all(_: Result) -> bool:
    return True


def _found_in(count: int) -> Callable[[Results], float | None]:
    return _share(lambda each: each.rank is not None and each.rank <= count, _answerable)


def _risk_area(results: Results) -> float | None:
    return risk_area(curve(results)) if any(map(_answerable, results)) else None


def _calibration_error(results: Results) -> float | None:
    found = bins(results)
    return calibration_error(found) if found else None


def _separation(results: Results) -> float | None:
    higher = [each.confidence for each in results if each.answerable]
    lower = [each.confidence for each in results if not each.answerable]
    return auc(higher, lower) if higher and lower else None


def _time(share: float) -> Callable[[Results], float | None]:
    return lambda results: percentile([each.ms for each in results], share) if results else None


MEASURES = (
    Measure("gold_first", "of the answerable: a right section found first", _found_in(1)),
    Measure("gold_in_3", "of the answerable: a right section among the first three", _found_in(3)),
    Measure("gold_in_10", "of the answerable: a right section among the first ten", _found_in(10)),
    Measure("answered", "of the answerable: answered", _share(lambda each: each.answered, _answerable)),
    Measure(
        "contains", "of the answerable: answered with the words it must", _share(lambda r: r.contains, _answerable)
    ),
    Measure(
        "abstained_unanswerable", "of the unanswerable: not answered", _share(lambda r: not r.answered, _unanswerable)
    ),
    Measure("wrong", "of all: answered with no right section", _share(lambda r: r.wrong, _all), more_is_better=False),
    Measure("as_expected", "of all: ended as it should", _share(lambda each: each.as_expected, _all)),
    Measure("auc", "how likely an answerable question is the more confident one", _separation),
    Measure("risk_area", "area under the risk-coverage curve", _risk_area, more_is_better=False, main=False),
    Measure("calibration_error", "expected calibration error", _calibration_error, more_is_better=False, main=False),
    Measure("ms_p50", "milliseconds, median", _time(0.5), more_is_better=False, main=False, is_share=False),
    Measure("ms_p99", "milliseconds, 99th percentile", _time(0.99), more_is_better=False, main=False, is_share=False),
)
"""In the order they are reported."""

NAMED: Mapping[str, Measure] = {measure.name: measure for measure in MEASURES}
