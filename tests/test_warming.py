"""What is made ready beside the first questions ends before its files are given back, whenever a process stops."""

from __future__ import annotations

import ctypes
import dataclasses
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ClassVar

import pytest

from bot.settings import Settings
from bot.wiring import Knowledge, open_knowledge
from knowledge.model import Audience
from knowledge.retriever import Retriever


class Slow(Retriever):
    """Begins to get ready only when it may."""

    asked: ClassVar = threading.Event()
    may: ClassVar = threading.Event()

    def warm(self) -> None:
        self.asked.set()
        assert self.may.wait(20)
        super().warm()


def slow(knowledge: Knowledge) -> Knowledge:
    public = knowledge.retrievers[Audience.PUBLIC]
    retriever = Slow.model_validate({name: getattr(public, name) for name in type(public).model_fields})
    return dataclasses.replace(knowledge, retrievers={Audience.PUBLIC: retriever})


def test_files_are_given_back_only_when_nothing_reads_them_any_more(tmp_path: Path) -> None:
    knowledge = slow(open_knowledge(Settings(_env_file=None, data_dir=tmp_path)))
    with ThreadPoolExecutor(2) as beside:
        warming = beside.submit(knowledge.warm_retrievers)
        assert Slow.asked.wait(20)
        closing = beside.submit(knowledge.close)
        with pytest.raises(TimeoutError):
            closing.result(0.5)
        Slow.may.set()
        warming.result(20)
        closing.result(20)


def test_what_begins_to_get_ready_after_the_end_just_ends(tmp_path: Path) -> None:
    knowledge = open_knowledge(Settings(_env_file=None, data_dir=tmp_path))
    knowledge.close()
    knowledge.warm_retrievers()


LEFTOVERS = """
import threading
from pathlib import Path
from bot.warming import warm

def memory():
    return next(int(line.split()[1]) for line in Path("/proc/self/status").open() if line.startswith("VmRSS"))

pieces = [bytes(1_000) for _ in range(100_000)]
last = pieces[-1]  # glibc gives back by itself only what is free at the end
del pieces
before = memory()
warm(lambda: None)
for thread in threading.enumerate():
    if thread.name == "warming":
        thread.join()
print((before - memory()) // 1024)
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="this library of C has no malloc_trim")
def test_memory_that_loading_has_left_over_goes_back_to_the_system() -> None:
    done = subprocess.run([sys.executable, "-c", LEFTOVERS], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 50  # of 95 MiB
