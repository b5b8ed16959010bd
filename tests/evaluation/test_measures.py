from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.evaluation.measures import (
    Bin,
    auc,
    calibration_error,
    first_rank,
    mean,
    mrr,
    ndcg,
    recall,
    reliability,
    risk_area,
    risk_coverage,
)

RANKING = list("abcdefghijkl")
"""Twelve records, "a" found first."""


def gain(*places: int) -> float:
    return sum(1 / math.log2(1 + place) for place in places)


@pytest.mark.parametrize(
    ("gold", "rank", "at_1", "at_5", "at_10", "reciprocal", "normalized"),
    [
        (["a"], 1, 1, 1, 1, 1, 1),
        (["b"], 2, 0, 1, 1, 1 / 2, 0.6309),
        (["e"], 5, 0, 1, 1, 1 / 5, 0.3869),
        (["f"], 6, 0, 0, 1, 1 / 6, 0.3562),
        (["j"], 10, 0, 0, 1, 1 / 10, 0.2891),
        (["k"], 11, 0, 0, 0, 0, 0),
        (["x"], None, 0, 0, 0, 0, 0),
        (["a", "b"], 1, 1 / 2, 1, 1, 1, 1),
        (["b", "a", "b"], 1, 1 / 2, 1, 1, 1, 1),
        (["b", "f"], 2, 0, 1 / 2, 1, 1 / 2, gain(2, 6) / gain(1, 2)),
        (["a", "x", "y"], 1, 1 / 3, 1 / 3, 1 / 3, 1, gain(1) / gain(1, 2, 3)),
        (["d", "k"], 4, 0, 1 / 2, 1 / 2, 1 / 4, gain(4) / gain(1, 2)),
        (RANKING, 1, 1 / 12, 5 / 12, 10 / 12, 1, 1),
    ],
)
def test_one_question_is_measured_as_by_hand(
    gold: list[str],
    rank: int | None,
    at_1: float,
    at_5: float,
    at_10: float,
    reciprocal: float,
    normalized: float,
) -> None:
    assert first_rank(RANKING, gold) == rank
    assert [recall([RANKING], [gold], k) for k in (1, 5, 10)] == pytest.approx([at_1, at_5, at_10])
    assert mrr([RANKING], [gold], 10) == pytest.approx(reciprocal)
    assert ndcg([RANKING], [gold], 10) == pytest.approx(normalized, abs=1e-4)


def test_questions_weigh_alike() -> None:
    golds = [["a"], ["b"], ["x"], ["a", "x"]]
    rankings = [RANKING] * 4
    assert recall(rankings, golds, 1) == pytest.approx((1 + 0 + 0 + 1 / 2) / 4)
    assert mrr(rankings, golds, 10) == pytest.approx((1 + 1 / 2 + 0 + 1) / 4)
    assert ndcg(rankings, golds, 10) == pytest.approx((1 + gain(2) + 0 + gain(1) / gain(1, 2)) / 4)


def test_an_empty_ranking_finds_nothing_and_nothing_has_the_mean_nought() -> None:
    assert (recall([[]], [["a"]], 10), mrr([[]], [["a"]], 10), ndcg([[]], [["a"]], 10)) == (0, 0, 0)
    assert mean([]) == 0


def test_every_ranking_needs_its_gold() -> None:
    for measure in (recall, mrr, ndcg):
        with pytest.raises(ValueError, match="zip"):
            measure([RANKING], [], 10)


@pytest.mark.parametrize(
    ("confidences", "right", "points"),
    [
        ([0.9, 0.8, 0.7, 0.6], [True, False, True, False], [(0.25, 0), (0.5, 1 / 2), (0.75, 1 / 3), (1, 1 / 2)]),
        ([0.6, 0.9], [False, True], [(0.5, 0), (1, 1 / 2)]),
        ([1.0, 1.0, 1.0, 0.2], [True, False, True, True], [(0.75, 1 / 3), (1, 1 / 4)]),
        ([0.5, 0.5], [False, False], [(1, 1)]),
        ([], [], []),
    ],
)
def test_risk_is_the_share_of_wrong_answers_among_those_that_a_threshold_lets_through(
    confidences: list[float], right: list[bool], points: list[tuple[float, float]]
) -> None:
    assert [value for point in risk_coverage(confidences, right) for value in point] == pytest.approx(
        [value for point in points for value in point]
    )


@pytest.mark.parametrize(
    ("confidences", "right", "area"),
    [
        ([0.9, 0.8], [True, True], 0),
        ([0.9, 0.8], [False, False], 1),
        ([0.9, 0.8], [True, False], (0 + 1 / 2) / 2),
        ([0.9, 0.8], [False, True], (1 + 1 / 2) / 2),
        ([0.5, 0.5, 0.5, 0.1], [True, False, True, False], 3 / 4 * 1 / 3 + 1 / 4 * 1 / 2),
        ([], [], 0),
    ],
)
def test_the_area_is_the_mean_risk_over_all_coverages(confidences: list[float], right: list[bool], area: float) -> None:
    assert risk_area(risk_coverage(confidences, right)) == pytest.approx(area)


@pytest.mark.parametrize(
    ("confidences", "right", "bins", "error"),
    [
        ([1.0, 1.0], [True, True], [Bin(2, 1.0, 1.0)], 0),
        ([1.0, 0.99], [False, False], [Bin(2, 0.995, 0.0)], 0.995),
        ([0.0, 0.75, 0.75], [False, True, False], [Bin(1, 0.0, 0.0), Bin(2, 0.75, 0.5)], 2 / 3 * 0.25),
        ([0.1, 0.05, 0.0999], [True, False, True], [Bin(2, 0.07495, 0.5), Bin(1, 0.1, 1.0)], 2 / 3 * 0.42505 + 0.3),
        ([], [], [], 0),
    ],
)
def test_confidence_is_calibrated_where_it_is_the_share_of_right_ones(
    confidences: list[float], right: list[bool], bins: list[Bin], error: float
) -> None:
    found = reliability(confidences, right)
    numbers = [[(each.count, each.confidence, each.right) for each in some] for some in (found, bins)]
    assert np.asarray(numbers[0]) == pytest.approx(np.asarray(numbers[1]))
    assert calibration_error(found) == pytest.approx(error)


@pytest.mark.parametrize(
    ("higher", "lower", "likely"),
    [([0.9], [0.1], 1), ([0.1], [0.9], 0), ([0.5], [0.5], 0.5), ([0.9, 0.4, 0.4], [0.4, 0.2], (2 + 1.5 + 1.5) / 6)],
)
def test_auc_is_how_likely_one_of_the_higher_is_above_one_of_the_lower(
    higher: list[float], lower: list[float], likely: float
) -> None:
    assert auc(higher, lower) == pytest.approx(likely)


GOLDS = st.lists(st.lists(st.sampled_from("abcxyz"), min_size=1, max_size=4), min_size=1, max_size=4)


@given(GOLDS, st.permutations("abcdef"), st.integers(1, 12))
@settings(max_examples=50)
def test_measures_are_shares_and_looking_further_finds_no_less(
    golds: list[list[str]], ranking: list[str], k: int
) -> None:
    rankings = [ranking] * len(golds)
    for measure in (recall, mrr, ndcg):
        assert 0 <= measure(rankings, golds, k) <= 1 + 1e-9
    for growing in (recall, mrr):
        assert growing(rankings, golds, k) <= growing(rankings, golds, k + 1) + 1e-9


@given(st.lists(st.tuples(st.sampled_from([0.1, 0.5, 0.5, 0.9]), st.booleans()), min_size=1, max_size=12))
@settings(max_examples=50)
def test_at_full_coverage_the_risk_is_that_of_all_answers(answers: list[tuple[float, bool]]) -> None:
    confidences, right = [sure for sure, _ in answers], [is_right for _, is_right in answers]
    points = risk_coverage(confidences, right)
    assert points[-1] == pytest.approx((1, right.count(False) / len(right)))
    assert len(points) == len(set(confidences))
    assert points == sorted(points)
