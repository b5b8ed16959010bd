from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.evaluation.results import Result, result_of
from bot.evaluation.runs import Outcome
from bot.evaluation.scores import MEASURES, percentile, scores
from bot.question import Status
from tests.evaluation.test_runs import ABSTAINED, ANSWERED, outcome, unanswerable


def result(**about: Any) -> Result:
    """An answerable question, rightly answered with the right section found first, but for what is given."""
    usual: dict[str, Any] = {"id": "1", "text": "Hva?", "answerable": True, "gold": ("a",), "status": ANSWERED}
    usual |= {"confidence": 0.9, "drafted": True, "rank": 1, "right": True, "contains": True}
    return Result.model_validate(usual | about)


def nothing(**about: Any) -> Result:
    """An unanswerable question that was not answered, but for what is given."""
    usual: dict[str, Any] = {"answerable": False, "gold": (), "status": ABSTAINED, "confidence": 0.1}
    return result(**usual | {"rank": None, "right": False, "contains": False} | about)


UNANSWERED = {"status": ABSTAINED, "contains": False}
"""What abstaining makes of an answer."""


@pytest.mark.parametrize(
    ("each", "expected"),
    [
        (result(), True),
        (result(**UNANSWERED), False),
        (result(right=False), False),
        (result(contains=False), False),
        (nothing(), True),
        (nothing(status=Status.REFUSED), True),
        (nothing(status=ANSWERED), False),
        (nothing(status=Status.SAID, ends="said"), True),
        (nothing(ends="said"), False),
        (result(ends="answered"), True),
    ],
)
def test_a_question_ends_as_expected_or_not(each: Result, expected: bool) -> None:
    assert each.as_expected is expected


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([result(), result(rank=3), result(rank=10), result(rank=11)], {"gold_first": 1 / 4, "gold_in_3": 1 / 2}),
        ([result(), result(rank=10), result(rank=11), result(rank=None)], {"gold_in_10": 1 / 2}),
        ([result(), result(**UNANSWERED), nothing()], {"answered": 1 / 2, "wrong": 0, "abstained_unanswerable": 1}),
        ([result(right=False), nothing(status=ANSWERED), nothing()], {"wrong": 2 / 3, "abstained_unanswerable": 1 / 2}),
        ([result(contains=False), nothing()], {"contains": 0, "answered": 1, "as_expected": 1 / 2}),
        ([result(confidence=0.5), nothing(confidence=0.5), nothing(confidence=0.2)], {"auc": 3 / 4}),
        ([result(confidence=1), nothing(confidence=0, drafted=False)], {"calibration_error": 0, "risk_area": 1 / 4}),
        ([result(ms=1), result(ms=2), result(ms=300)], {"ms_p50": 2, "ms_p99": 300}),
    ],
)
def test_results_come_to_what_they_do_by_hand(results: list[Result], expected: dict[str, float]) -> None:
    found = scores(results)
    assert {name: found[name] for name in expected} == pytest.approx(expected)


def test_what_says_nothing_of_the_results_is_not_there() -> None:
    every = {measure.name for measure in MEASURES}
    assert scores([result(), nothing()]).keys() == every
    assert scores([result()]).keys() == every - {"abstained_unanswerable", "auc"}
    of_answerable = {"gold_first", "gold_in_3", "gold_in_10", "answered", "contains", "auc", "risk_area"}
    assert scores([nothing()]).keys() == every - of_answerable
    assert "calibration_error" not in scores([nothing(drafted=False)])
    assert scores([]) == {}


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0, 1))
@settings(max_examples=50)
def test_a_percentile_is_one_of_the_values_that_so_many_do_not_exceed(values: list[float], share: float) -> None:
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9


def test_an_outcome_is_written_down_with_what_was_shown() -> None:
    answered, left = result_of(outcome(cited="ab", gold="b")), result_of(unanswerable(ABSTAINED, sure=0.2))
    assert (answered.status, answered.rank, answered.right, answered.confidence) == (ANSWERED, 2, True, 0.9)
    assert [(each.document, each.section, each.quote) for each in answered.shown] == [
        (each, "text", f"Ordrett\N{NO-BREAK SPACE}fra {each}") for each in "ab"
    ]
    assert answered.found[:2] == ("a#1", "a#2")
    assert (left.status, left.drafted, left.rank, left.right) == (ABSTAINED, True, None, False)
    assert [each.document for each in left.shown] == ["a"]


def named(*gold: str) -> Outcome:
    """Sections b#1, b#2, a#1, a#2 found and a#text cited, where these are right."""
    done = outcome(cited="a", ranking="ba")
    return Outcome(done.question.model_copy(update={"gold": gold}), done.reply)


def test_right_sections_may_be_named_rather_than_documents() -> None:
    section = result_of(named("a#text", "a#2"))
    assert (section.right, section.rank) == (True, 4)
    other = result_of(named("a#other"))
    assert (other.right, other.rank) == (False, None)
