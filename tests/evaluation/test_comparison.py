from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.evaluation.comparison import compare
from bot.evaluation.results import Result, Run, RunError, read_run, write_run
from tests.evaluation.test_scores import UNANSWERED, nothing, result

NOW = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)


def run(*results: Result, **made_with: str) -> Run:
    """A run whose questions are numbered."""
    numbered = [each.model_copy(update={"id": str(number)}) for number, each in enumerate(results)]
    return Run(at=NOW, questions="q.jsonl", made_with=made_with, threshold=0.6, results=tuple(numbered))


TEN = [result(language="nb", kind="plain")] * 6 + [nothing(language="en", kind="none")] * 4


def changed(*places: int, **about: object) -> list[Result]:
    """Ten results, those at these places changed."""
    return [each.model_copy(update=about) if place in places else each for place, each in enumerate(TEN)]


@pytest.mark.parametrize(
    ("after", "limit", "dropped"),
    [
        (TEN, 0.0, []),
        (changed(0, **UNANSWERED), 0.02, ["answered", "contains", "as_expected"]),
        (changed(0, **UNANSWERED), 0.17, []),
        (changed(0, rank=2), 0.02, ["gold_first"]),
        (changed(0, right=False), 0.02, ["wrong", "as_expected"]),
        (changed(0, right=False), 0.1, []),
        (changed(9, status="answered"), 0.02, ["abstained_unanswerable", "wrong", "as_expected"]),
        (changed(0, confidence=0.05), 0.02, ["auc"]),
        (changed(*range(10), ms=9000.0), 0.02, []),
    ],
    ids=["the same", "abstains", "within limit", "second", "wrong", "at the limit", "answers", "unsure", "slow"],
)
def test_main_measures_that_got_worse_by_more_than_the_limit_are_named(
    after: Sequence[Result], limit: float, dropped: list[str]
) -> None:
    after = [Result.model_validate(each.model_dump(warnings=False)) for each in after]
    found = compare(run(*TEN), run(*after))
    assert [each.measure.name for each in found.drops(limit)] == dropped
    assert compare(run(*after), run(*TEN)).drops(limit) == []


def test_questions_that_got_better_and_worse_are_told_apart() -> None:
    before = run(result(), result(), result(**UNANSWERED), nothing(), result(rank=1))
    after = run(result(right=False), result(**UNANSWERED), result(), nothing(status="answered"), result(rank=2))
    found = compare(before, after)
    assert [first.id for first, _ in found.worse] == ["0", "1", "3"]
    assert [first.id for first, _ in found.better] == ["2"]


def test_differences_are_broken_down_by_language_and_kind() -> None:
    after = [*TEN[:5], result(language="nb", kind="plain", rank=None), *TEN[6:]]
    parts = compare(run(*TEN), run(*after)).parts
    assert {by: set(values) for by, values in parts.items()} == {"language": {"nb", "en"}, "kind": {"plain", "none"}}
    first = {each.measure.name: each for each in parts["language"]["nb"]}["gold_first"]
    assert (first.before, first.after) == pytest.approx((1, 5 / 6))
    assert {each.drop for each in parts["language"]["en"]} == {0}


def test_the_interval_holds_the_difference_and_is_the_same_each_time() -> None:
    before = run(*[result()] * 50)
    after = run(*[result(rank=2)] * 10, *[result()] * 40)
    once, again = ({each.measure.name: each for each in compare(before, after).differences} for _ in range(2))
    first = once["gold_first"]
    assert (first.low, first.high) == (again["gold_first"].low, again["gold_first"].high)
    # A fifth of 50: the standard error is sqrt(.2 * .8 / 50) = .057, and 95% lie within about two of them.
    assert (first.low, first.high) == pytest.approx((-0.2 - 2 * 0.057, -0.2 + 2 * 0.057), abs=0.03)
    assert (once["gold_in_3"].low, once["gold_in_3"].high) == (0, 0)


def test_only_questions_that_are_the_same_in_both_are_compared() -> None:
    before = run(result(), result(text="Gammelt?"), result())
    after = run(result(), result(text="Nytt?"), result(), result())
    found = compare(before, after)
    assert ([first.id for first, _ in found.pairs], found.left_out) == (["0", "2"], ["1", "3"])
    with pytest.raises(RunError, match="no question in common"):
        compare(run(result(text="a")), run(result(text="b")))


def test_what_the_runs_were_made_with_is_told_where_it_differs() -> None:
    found = compare(run(result(), model="a", same="1"), run(result(), model="b", same="1", new="2"))
    assert found.made_with == {"model": ("a", "b"), "new": ("", "2")}


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    done = run(*TEN, model="ø")
    write_run(done, tmp_path / "run.json")
    assert read_run(tmp_path / "run.json") == done
    assert len((tmp_path / "run.json").read_text("utf-8").splitlines()) == len(TEN) + 2


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "can't be read"),
        (b"\xff", "give the run.json"),
        (b"{}", "Field required; give the run.json"),
        (run().model_dump_json().encode(), "holds no results"),
        (run(result()).model_dump_json().replace('"confidence":0.9', '"confidence":NaN').encode(), "confidence: "),
        (run(result()).model_dump_json().replace('"confidence":0.9', '"confidence":7').encode(), "confidence: "),
    ],
    ids=["not there", "no JSON", "another file", "empty", "no number", "no probability"],
)
def test_a_file_that_is_no_run_is_told(tmp_path: Path, content: bytes | None, told: str) -> None:
    path = tmp_path / "run.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RunError, match=told) as error:
        read_run(path)
    assert str(path) in str(error.value)
