"""`ingest`: the counts that others rely on, and what it says of sources and folders that can't be used."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.town import FILES, MARKUP, PLAN, SOURCES, moteplassen, shown, terminal, write

COUNTS = {
    *("added", "changed", "unchanged", "missing", "removed", "failed", "notes", "changes", "passages", "seconds"),
}


def ingest(sources: Path, data_dir: Path) -> tuple[int, dict[str, Any]]:
    """Exit status and report of an ingest."""
    result = moteplassen("ingest", sources, "--json", "--data-dir", data_dir)
    assert result.stdout.count("\n") == 1, result.output
    assert "Traceback" not in result.stderr
    report: dict[str, Any] = json.loads(result.stdout)
    assert report.keys() == COUNTS
    return result.exit_code, report


def counts(report: dict[str, Any]) -> list[int]:
    return [report["added"], report["changed"], report["unchanged"], report["removed"], len(report["failed"])]


def test_runs_count_what_is_new_changed_gone_and_left_alone(tmp_path: Path) -> None:
    town, data = tmp_path / "town", tmp_path / "new" / "data"
    sources = write(town)
    status, first = ingest(sources, data)
    assert (status, counts(first)) == (0, [4, 0, 0, 0, 0])
    assert first["passages"] >= 4
    assert first["seconds"] > 0
    assert counts(ingest(sources, data)[1]) == [0, 0, 4, 0, 0]
    (town / "guides" / "skilt.md").write_text("# Skilt\n\nSkilt er fritt.", encoding="utf-8")
    (town / "guides" / "servering.md").unlink()
    report = ingest(sources, data)[1]
    assert (counts(report), report["missing"]) == ([0, 1, 2, 0, 0], 1)


def test_the_list_at_hand_is_the_whole_truth(tmp_path: Path) -> None:
    data = tmp_path / "data"
    ingest(write(tmp_path / "town"), data)
    other = write(tmp_path / "other", {"sources.toml": SOURCES.split("[[source]]")[2].join(["[[source]]", ""])})
    (tmp_path / "other" / "guides").mkdir()
    (tmp_path / "other" / "guides" / "torg.md").write_text("# Torg\n\nTorget er åpent.", encoding="utf-8")
    report = ingest(other, data)[1]
    assert (counts(report), report["missing"]) == ([1, 0, 0, 2, 0], 2), "a source of the same name is the same source"
    told = " ".join(moteplassen("ingest", "--help").stdout.replace("│", " ").split())
    assert "documents that another list brought in are removed too" in told
    assert "MOTEPLASSEN_SOURCES" in told


def test_a_corrupt_file_is_told_with_the_reason_and_stops_nothing(tmp_path: Path) -> None:
    town, data = tmp_path / "town", tmp_path / "data"
    sources = write(town)
    (town / "guides" / "odelagt.pdf").write_bytes(b"%PDF-1.7\n\x00\x01 this is no PDF")
    (town / "guides" / "tom.md").write_bytes(b"")
    status, report = ingest(sources, data)
    assert (status, report["added"]) == (1, 4)
    failed = {failure["document"]: failure["reason"] for failure in report["failed"]}
    assert failed.keys() == {"guides/odelagt", "guides/tom"}
    assert "odelagt.pdf" in failed["guides/odelagt"]
    plain = moteplassen("ingest", sources, "--data-dir", data)
    assert plain.exit_code == 1
    assert "4 unchanged, 0 removed, 2 failed" in plain.stdout
    assert "failed: guides/odelagt: " in plain.stdout
    assert "\x1b" not in plain.output


def test_titles_reasons_and_texts_are_shown_on_a_terminal_as_they_were_written(tmp_path: Path) -> None:
    town, data = tmp_path / "town", tmp_path / "data"
    sources = write(town, FILES | {"plan/naeringsliv.txt": PLAN.replace("god framdrift", MARKUP)})
    alone = {"sources.toml": "[[source]]" + SOURCES.rpartition("[[source]]")[2]}
    one = write(tmp_path / "one", alone | {"internal/last.md": f"# Skilt {MARKUP}\n\nSkilt må omsøkes."})
    (town / "guides" / "[tom] [link=x].md").write_bytes(b"")
    status, brought = terminal("ingest", sources, "--data-dir", data)
    assert (status, "Traceback" in brought) == (1, False), brought
    assert f"Skilt {MARKUP}" in shown(terminal("ingest", one, "--data-dir", tmp_path / "other")[1])
    assert "[tom] [link=x].md: is empty" in shown(brought)
    status, first = terminal("strategy", "B1", "--data-dir", tmp_path / "first", SOURCES=str(sources))
    assert (status, "Traceback" in first) == (0, False), first
    assert "[tom] [link=x].md: is empty" in shown(first)
    assert MARKUP in shown(first)
    status, asked = terminal("ask", "hva sier B1?", "--data-dir", data)
    assert (status, MARKUP in shown(asked)) == (0, True), asked
    assert "\x1b]8" not in brought + first + asked, "something became a link"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'[[source]]\nname = "Plan"\npath = plan.txt\n', "line 3"),
        (SOURCES.replace("path", "paht", 1).encode(), "did you mean 'path'?"),
        (SOURCES.replace('"public"', '"everybody"').encode(), "'everybody' is not known"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"", "lists no source"),
        (None, "give the path of a sources.toml"),
    ],
    ids=["no TOML", "a misspelt key", "a wrong value", "no UTF-8", "empty", "not there"],
)
def test_a_list_of_sources_that_cannot_be_used_is_told_and_changes_nothing(
    tmp_path: Path, data_dir: Path, content: bytes | None, told: str
) -> None:
    sources = write(tmp_path)
    sources.unlink() if content is None else sources.write_bytes(content)
    before = moteplassen("strategy", "B", "--data-dir", data_dir).stdout
    result = moteplassen("ingest", sources, "--data-dir", data_dir)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("error: ")
    assert told in result.stderr
    assert str(sources) in result.stderr
    assert "Traceback" not in result.stderr
    assert moteplassen("strategy", "B", "--data-dir", data_dir).stdout == before != ""


@pytest.mark.parametrize("command", [("ask", "B3"), ("ingest",), ("strategy", "B3"), ("cases",), ("serve",)])
@pytest.mark.parametrize("place", ["a file", "under a file", "read only"])
def test_a_data_directory_that_cannot_be_written_to_is_told(
    tmp_path: Path, command: tuple[str, ...], place: str
) -> None:
    (tmp_path / "file").write_text("somebody's")
    (tmp_path / "locked").mkdir(mode=0o500)
    folder = {"a file": tmp_path / "file", "under a file": tmp_path / "file" / "data", "read only": tmp_path / "locked"}
    if place == "read only" and os.geteuid() == 0:
        folder[place] = Path("/proc/self/moteplassen")  # root may write everywhere but where the kernel makes the files
    result = moteplassen(*command, "--data-dir", folder[place], PORT="0")
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"can't write to the data directory {folder[place]}" in result.stderr
    assert "--data-dir or MOTEPLASSEN_DATA_DIR" in result.stderr
    assert "Traceback" not in result.stderr
    assert (tmp_path / "file").read_text() == "somebody's"
