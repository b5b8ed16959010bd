"""Chroma's files, made in a process whose memory held others' texts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import pathlib, sys
from bot.tenants.memory import hand_memory_out_empty
from knowledge.vectors import VectorIndex
if sys.argv[2] == "apart":
    assert hand_memory_out_empty()
text = b"Hemmelig om marihand. "
for _ in range(5):
    held = [text * (5000 + 250 * number) for number in range(16)]
    while held:
        held.pop()
for number in range(6):
    index = VectorIndex(pathlib.Path(sys.argv[1]) / str(number), "public")
    index.add(["a"], [[1.0] + [0.0] * 383])
    index.search([1.0] + [0.0] * 383, 1)
    index.close()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="it is glibc that can be told so")
def test_a_file_of_vectors_holds_nothing_that_was_in_memory_before(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path), "apart"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    files = list(tmp_path.rglob("data_level0.bin"))
    assert len(files) == 6
    assert [file for file in files if any(file.read_bytes())] == []
