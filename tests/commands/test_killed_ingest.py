"""`ingest`, killed at any moment and run again: the same library as one run makes."""

from __future__ import annotations

import asyncio
import contextlib
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from knowledge.embeddings import CachedEmbeddings, E5Embeddings
from knowledge.library import Library
from knowledge.model import Audience, Document
from knowledge.retriever import Retriever
from tests.town import environment

SOURCES = """
[[source]]
name = "Veiledninger"
path = "guides/*"
kind = "guidance"
audience = "public"
language = "nb"
"""
SUBJECTS = "torghandel skilt servering parkering støy brann avfall renovasjon uteservering skjenking".split()
QUESTIONS = ["Hvem må søke om torghandel?", "Hva koster skilt?", "frist for servering", "Når gjelder støy?"]
KILLS = 6


def write(folder: Path, *, fee: int) -> Path:
    """Twenty guides and their list; the fee makes them others."""
    (folder / "guides").mkdir(parents=True, exist_ok=True)
    for number in range(20):
        subject = SUBJECTS[number % len(SUBJECTS)]
        # Half of the guides stay as they are.
        price = fee if number % 2 else 100
        text = (
            f"Den som driver med {subject}, må søke. Saken tar {number + 2} uker.\n\n## Pris\n\nGebyret er {price} kr."
        )
        (folder / "guides" / f"{subject}-{number}.md").write_text(f"# {subject.title()} {number}\n\n{text}\n", "utf-8")
    (folder / "sources.toml").write_text(SOURCES, encoding="utf-8")
    return folder / "sources.toml"


def ingest(sources: Path, data_dir: Path, patience: float | None = None) -> bool:
    """Bring them in, in a process of its own that is killed after so many seconds; whether it came to its end."""
    command = [sys.executable, "-m", "bot", "ingest", str(sources), "--data-dir", str(data_dir)]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        try:
            _, said = process.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            process.kill()
            return False
    assert process.returncode == 0, said.decode()
    return True


async def held(data_dir: Path) -> tuple[dict[str, Document], list[list[tuple[str, str]]]]:
    """The documents of a library, and what is found in it once what was replaced is cleared away: until then it counts
    in how rare a word is, and one run and several have replaced other things."""
    embeddings = CachedEmbeddings(E5Embeddings(), data_dir / "asked.db")
    library = Library(data_dir / "library", embeddings, grace=0.0)
    with contextlib.closing(embeddings), contextlib.closing(library):
        async with library.lock():
            await library.end()
        reader = library.reader(Audience.INTERNAL)
        retriever = Retriever(reader=reader, embeddings=embeddings)
        found = [(await retriever.find(question)).found for question in QUESTIONS]
        documents = {document.id: document for document in await reader.documents()}
        return documents, [[(each.passage.id, each.passage.text) for each in passages] for passages in found]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_an_ingest_that_is_killed_again_and_again_ends_as_one_run(tmp_path: Path) -> None:
    chance = random.Random(5)
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    for fee in (200, 300):
        sources = write(tmp_path / "town", fee=fee)
        start = time.perf_counter()
        assert ingest(sources, whole)
        seconds = time.perf_counter() - start
        ended = [ingest(sources, killed, chance.uniform(0.2, 1.0) * seconds) for _ in range(KILLS)]
        assert not all(ended), "it was never killed"
        assert ingest(sources, killed)
        documents, found = asyncio.run(held(whole))
        assert len(documents) == 20
        assert all(found)
        assert asyncio.run(held(killed)) == (documents, found)
        assert f"Gebyret er {fee} kr." in " ".join(text for each in found for _, text in each)
