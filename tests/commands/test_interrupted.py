"""`ingest`, cut off: no question is answered from a part of the documents, and `check` says how it stands."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.town import SOURCES, environment, moteplassen, write

WAITING = """
[[source]]
name = "Venter"
url = "http://127.0.0.1:{port}/venter.html"
kind = "page"
audience = "public"
language = "nb"
"""


@contextlib.contextmanager
def stuck(town: Path, data_dir: Path) -> Iterator[None]:
    """An ingest in a process of its own that waits for a page and has brought in all else, to be killed."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(60)
        plan, rest = SOURCES.split("[[source]]", 2)[1:]
        waiting = WAITING.format(port=listening.getsockname()[1])
        (town / "stuck.toml").write_text(f"[[source]]{plan}{waiting}[[source]]{rest}", encoding="utf-8")
        command = [sys.executable, "-m", "bot", "ingest", str(town / "stuck.toml"), "--data-dir", str(data_dir)]
        with subprocess.Popen(command, env=environment(ALLOW_PRIVATE_ADDRESSES="true")) as process:
            connection, _ = listening.accept()
            with connection:
                yield
                process.kill()


def library(data_dir: Path) -> tuple[str, str]:
    """What `check` says of it."""
    findings = json.loads(moteplassen("check", "--json", "--data-dir", data_dir).stdout)
    return next((each["state"], each["detail"]) for each in findings if each["part"] == "library")


def test_what_a_killed_first_ingest_left_out_is_brought_in_before_a_question_is_answered(tmp_path: Path) -> None:
    sources, data = write(tmp_path / "town"), tmp_path / "data"
    with stuck(sources.parent, data):
        under_way = "documents, 1 of them internal; indexing is under way"
        ends = time.monotonic() + 60
        while (found := library(data)) != ("ok", f"4 {under_way}"):
            assert time.monotonic() < ends, found
    state, detail = library(data)
    assert state == "bad"
    assert "indexing was interrupted: run `moteplassen ingest`" in detail
    asked = moteplassen("ask", "Når må du ha serveringsbevilling?", "--json", "--data-dir", data, SOURCES=str(sources))
    assert "Indexing was interrupted, going on" in asked.stderr
    assert [each["document"] for each in json.loads(asked.stdout)["citations"]] == ["guides/servering"]
    assert library(data) == ("ok", "4 documents, 1 of them internal")
    assert moteplassen("ask", "B3", "--data-dir", data, SOURCES="/nowhere.toml").stderr == ""


def test_a_worker_answers_nobody_before_the_documents_are_there(sources: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot", "worker", "--data-dir", str(tmp_path)]
    with subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE, text=True) as worker:
        assert worker.stderr
        try:
            assert "waits until the documents are indexed" in worker.stderr.readline()
            assert moteplassen("ingest", sources, "--data-dir", tmp_path).exit_code == 0
            assert "The worker is up" in worker.stderr.readline()
            worker.terminate()
            assert worker.wait(timeout=30) == 0
        finally:
            worker.kill()


def test_a_killed_later_ingest_keeps_nobody_from_asking_and_is_told(
    data_dir: Path, sources: Path, tmp_path: Path
) -> None:
    town, data = shutil.copytree(sources.parent, tmp_path / "town"), shutil.copytree(data_dir, tmp_path / "data")
    with stuck(town, data):
        asked = moteplassen("ask", "Når må du ha serveringsbevilling?", "--data-dir", data, SOURCES="/nowhere.toml")
        assert (asked.exit_code, asked.stderr) == (0, "")
    assert library(data) == (
        "ok",
        "4 documents, 1 of them internal; indexing was interrupted: run `moteplassen ingest`",
    )
    assert moteplassen("ingest", town / "sources.toml", "--data-dir", data).exit_code == 0
    assert library(data) == ("ok", "4 documents, 1 of them internal")
