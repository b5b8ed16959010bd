"""Files that several processes open and write at the same time: none is turned away, and none takes another's away."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from knowledge.model import Audience
from knowledge.shelf import Shelf
from knowledge.soundness import database_fault

OPENING = """
import sys
from pathlib import Path
from ingest.ledger import Ledger
from knowledge.databases import open_shared
from knowledge.embeddings import VECTORS
from knowledge.model import Audience
from knowledge.shelf import Shelf
for number in range(20):
    folder = Path(sys.argv[1], str(number))
    print("ready", flush=True)
    sys.stdin.readline()
    shelf = Shelf(folder / "public", Audience.PUBLIC)
    open_shared(folder / "vectors.db", VECTORS)
    Ledger(folder / "ledger.db")
    print("opened", flush=True)
    sys.stdin.readline()
    print("replaced" if shelf.catalogue.is_replaced() else "there", flush=True)
"""


def test_processes_that_open_a_new_library_at_once_all_read_the_same(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OPENING, str(tmp_path)]
    pipe = subprocess.PIPE
    processes = [subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) for _ in range(4)]
    for _ in range(20):
        for wanted in ("ready", "opened"):
            assert [_line(process.stdout) for process in processes] == [wanted] * 4
            for process in processes:
                _go_on(process.stdin)
        assert [_line(process.stdout) for process in processes] == ["there"] * 4
    assert [process.wait() for process in processes] == [0] * 4


MARKING = """
import sys
from pathlib import Path
from knowledge.model import Audience
from knowledge.shelf import Shelf
shelf = Shelf(Path(sys.argv[1]), Audience.PUBLIC)
shelf.catalogue.mark(set_=sys.argv[2], unset="nothing")
shelf.close()
"""


@pytest.mark.parametrize("thorough", [False, True], ids=["a glance", "read through"])
def test_who_has_looked_whether_all_is_whole_still_sees_what_other_processes_write(
    tmp_path: Path, thorough: bool
) -> None:
    shelf = Shelf(tmp_path, Audience.PUBLIC)
    with contextlib.closing(shelf):
        for mark in ("one", "two"):
            assert not shelf.is_damaged(thorough=thorough)
            subprocess.run([sys.executable, "-c", MARKING, str(tmp_path), mark], check=True)
            assert mark in shelf.catalogue.marks()
        assert not shelf.is_damaged(thorough=True)


def _line(stream: IO[str] | None) -> str:
    assert stream
    return stream.readline().strip()


def _go_on(stream: IO[str] | None) -> None:
    assert stream
    stream.write("\n")
    stream.flush()


WRITING = """
import os, sqlite3, sys
with sqlite3.connect(sys.argv[1], timeout=30) as file:
    file.execute("PRAGMA journal_mode=WAL")
    file.execute("CREATE TABLE vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID")
    for _ in range(1000):
        with file:
            rows = ((os.urandom(20), os.urandom(1536)) for _ in range(8))
            file.executemany("INSERT INTO vectors VALUES (?, ?)", rows)
"""


def test_a_database_that_another_process_writes_is_never_taken_for_a_damaged_one(tmp_path: Path) -> None:
    file, faults, sizes = tmp_path / "vectors.db", set[str](), set[int]()
    with subprocess.Popen([sys.executable, "-c", WRITING, str(file)]) as writing:
        while writing.poll() is None:
            faults.add(database_fault(file, thorough=False))
            sizes.add(file.stat().st_size if file.exists() else 0)
    assert writing.returncode == 0
    assert faults == {""}
    assert len(sizes) > 10, "it was not looked at while it grew"
