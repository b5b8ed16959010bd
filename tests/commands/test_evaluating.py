"""`eval`: the scores that others rely on, and what it says of files that can't be used."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.town import moteplassen

CORPUS: list[dict[str, Any]] = [
    {"id": "skilt", "title": "Skilt", "text": "Skilt på fasaden må omsøkes før de settes opp."},
    {"id": "taxi", "title": "Taxi", "text": "Den som vil kjøre drosje, må ha drosjeløyve fra fylkeskommunen."},
    {"id": "lov", "title": "Serveringsloven § 15", "text": "Kommunen kan gi forskrift om åpningstider."},
    {"id": "senere", "title": "Senere", "text": "Drosjeløyve avskaffes.", "in_force": "2999-01-01"},
]
QUERIES: list[dict[str, Any]] = [
    {"id": "1", "text": "Må skilt på fasaden omsøkes?", "gold": "skilt"},
    {"id": "2", "text": "Hvem gir drosjeløyve?", "gold": ["taxi", "lov"]},
]
QUESTIONS: list[dict[str, Any]] = [
    {"id": "1", "text": "serveringsloven § 15", "answerable": True, "gold": "lov", "must_contain": "ÅPNINGSTIDER"},
    {"id": "2", "text": "Og § 15 i serveringsloven?", "history": ["Hei"], "answerable": True, "gold": "taxi"},
    {"id": "3", "text": "Hvor høyt er Galdhøpiggen i meter?", "answerable": False, "gold": [], "must_contain": []},
]


def lines(path: Path, records: list[dict[str, Any]]) -> Path:
    text = "".join(json.dumps(record) + "\n" for record in records)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("eval")
    lines(folder / "corpus.jsonl", CORPUS)
    lines(folder / "corpus.jsonl.gz", CORPUS)
    lines(folder / "queries.jsonl.gz", QUERIES)
    lines(folder / "questions.jsonl", QUESTIONS)
    return folder


def test_retrieval_is_scored(folder: Path) -> None:
    files = ("--corpus", folder / "corpus.jsonl.gz", "--queries", folder / "queries.jsonl.gz")
    result = moteplassen("eval", "retrieval", *files, "--json", "--data-dir", folder)
    assert (result.exit_code, result.stdout.count("\n")) == (0, 1)
    scores = json.loads(result.stdout)
    assert scores.pop("ms_per_query") > 0
    assert scores.pop("recall@10") == scores.pop("recall@5") == 1.0
    assert scores.pop("n") == 2
    assert scores == {"recall@1": 0.75, "mrr@10": 1.0, "ndcg@10": scores["ndcg@10"]}
    assert 0.9 < scores["ndcg@10"] <= 1.0
    plain = moteplassen("eval", "retrieval", *files, "--data-dir", folder)
    assert [line.split()[0] for line in plain.stdout.splitlines()] == [
        *("n", "recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10", "ms_per_query")
    ]
    assert "\x1b" not in plain.output


def test_answers_are_scored_and_drawn(folder: Path) -> None:
    files = ("--corpus", folder / "corpus.jsonl", "--questions", folder / "questions.jsonl")
    picture = folder / "curve.png"
    result = moteplassen("eval", "answers", *files, "--plot", picture, "--json", "--data-dir", folder)
    assert (result.exit_code, result.stdout.count("\n")) == (0, 1), result.output
    scores = json.loads(result.stdout)
    # § 15 is looked up exactly: right for the first, and by what the second says is right, a wrong answer.
    assert scores == {
        "n": 3,
        "answered": 1.0,
        "gold_first": 0.5,
        "gold_in_3": 0.5,
        "contains": 1.0,
        "abstained_unanswerable": 1.0,
        "wrong": 0.3333,
    }
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"id": "1", "text": "a", "gold": "x"}\n{"id": "2"}\n', "line 2: text: Field required"),
        (b'\n{"id": "1", \n', "line 2: Invalid JSON"),
        (b'{"id": "1", "text": "a", "gold": "x"}\n' * 2, "line 2: the id '1' stands there already"),
        (b"", "holds no records"),
        (b"\xff\xfe\x00", "is not UTF-8"),
        (None, "can't be read (No such file or directory)"),
    ],
    ids=["a key is missing", "no JSON", "twice", "empty", "no UTF-8", "not there"],
)
def test_a_file_of_queries_that_cannot_be_used_is_told_by_line(
    folder: Path, tmp_path: Path, content: bytes | None, told: str
) -> None:
    queries = tmp_path / "queries.jsonl"
    if content is not None:
        queries.write_bytes(content)
    files = ("--corpus", folder / "corpus.jsonl", "--queries", queries)
    result = moteplassen("eval", "retrieval", *files, "--json", "--data-dir", folder)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"{queries}" in result.stderr
    assert told in result.stderr
    assert "Traceback" not in result.stderr


def test_a_corpus_that_is_no_gzip_is_told(folder: Path, tmp_path: Path) -> None:
    (corpus := tmp_path / "corpus.jsonl.gz").write_text("plain")
    files = ("--corpus", corpus, "--questions", folder / "questions.jsonl")
    result = moteplassen("eval", "answers", *files, "--data-dir", folder)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"{corpus}: can't be read" in result.stderr


def test_a_picture_that_has_no_place_is_told_before_the_work_begins(folder: Path, tmp_path: Path) -> None:
    files = ("--corpus", folder / "corpus.jsonl", "--questions", folder / "questions.jsonl")
    picture = tmp_path / "nowhere" / "curve.png"
    result = moteplassen("eval", "answers", *files, "--plot", picture, "--data-dir", tmp_path / "data")
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"there is no folder {picture.parent}" in result.stderr
    assert not (tmp_path / "data").exists()
