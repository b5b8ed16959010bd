"""Reads mutants as the pipeline does, in processes with its limits, and counts what becomes of them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ingest.fetching import Fetched
from ingest.readers.reading import ReadError
from ingest.sources import Source
from ingest.splitting import ProcessSplitter, Understood, split
from tests.ingest.mutants import Mutant

PATIENCE = 10.0
"""Seconds after which a document counts as one that hangs."""

_AT_ONCE = 2
_FOLDER = Path("/mutants")


@dataclass
class Tally:
    """What became of the mutants. `failures` are ours to mend: by name, what happened."""

    read: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)
    slowest: dict[str, float] = field(default_factory=dict)

    def note(self, mutant: Mutant, outcome: str, seconds: float) -> None:
        """Count one; an outcome is empty where it was read."""
        suffix = mutant.name.rpartition(".")[2]
        if not outcome:
            self.read[suffix] += 1
        elif re.search(r"cannot be read|made its reader crash|took longer|needs more than|is wrong", outcome):
            self.failures[mutant.name] = outcome
        else:
            self.refused[f"{suffix} {_reason(outcome)}"] += 1
        self.slowest[mutant.name] = seconds


def split_without_tesseract(fetched: Fetched, source: Source) -> Understood:
    """As the pipeline does where it is not installed: a scan takes it as long as it takes."""
    os.environ["PATH"] = ""
    return split(fetched, source)


async def read_all(mutants: Iterable[Mutant]) -> Tally:
    """Read them all, two at a time."""
    tally, waiting = Tally(), iter(mutants)
    source = Source.model_validate(
        {"name": "M", "kind": "guidance", "audience": "public", "language": "nb", "path": "*", "folder": _FOLDER}
    )
    with contextlib.closing(ProcessSplitter(_AT_ONCE, patience=PATIENCE, split=split_without_tesseract)) as splitter:

        async def reading() -> None:
            for mutant in waiting:
                path = _FOLDER / mutant.name
                fetched = Fetched(path, mutant.content, "application/octet-stream", path.as_uri())
                start, outcome = time.perf_counter(), ""
                try:
                    outcome = _mistake(await splitter.split(fetched, source))
                except ReadError as error:
                    outcome = str(error).removeprefix(f"{path}: ")
                tally.note(mutant, outcome, time.perf_counter() - start)

        async with asyncio.TaskGroup() as group:
            for _ in range(_AT_ONCE):
                group.create_task(reading())
    return tally


def _mistake(understood: Understood) -> str:
    """What can't be kept or quoted of what was read."""
    texts = {section.anchor: section.text for section in understood.document.sections}
    if len(texts) < len(understood.document.sections):
        return "is wrong: two sections have one anchor"
    if not all(passage.text in texts[passage.section] for passage in understood.passages):
        return "is wrong: a passage is not in its section"
    ids = {passage.id for passage in understood.passages}
    if len(ids) < len(understood.passages):
        return "is wrong: two passages have one id"
    understood.digest.encode()
    return ""


def _reason(outcome: str) -> str:
    """What is told but for the advice, and for names and numbers."""
    return re.sub(r'\([^)]*\)?|"[^"]*"|\d+', "…", outcome.partition(";")[0])[:70]
