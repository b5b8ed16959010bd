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
NEARLY = 0.25
"""Between two scores of the same passage, as log-odds: what was replaced counts in how rare a word is until it is
cleared away, which one run and several do at different times."""


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


Hits = list[tuple[str, str, float]]


async def held(data_dir: Path) -> tuple[dict[str, Document], list[Hits]]:
    """The documents of a library, and what is found in it: passages with their texts and scores, best first."""
    embeddings = CachedEmbeddings(E5Embeddings(), data_dir / "asked.db")
    with contextlib.closing(embeddings), contextlib.closing(Library(data_dir / "library", embeddings)) as library:
        reader = library.reader(Audience.INTERNAL)
        retriever = Retriever(reader=reader, embeddings=embeddings)
        evidence = [await retriever.find(question) for question in QUESTIONS]
        documents = {document.id: document for document in await reader.documents()}
        found = [[(each.passage.id, each.passage.text, each.score) for each in every.found] for every in evidence]
        return documents, found


def alike(found: Hits, expected: Hits) -> bool:
    """Are the same found with the same scores? Of those with nearly the same score, either may come first."""
    scores = [[score for _, _, score in hits] for hits in (found, expected)]
    places = [{(id_, text): score for id_, text, score in hits} for hits in (found, expected)]
    both = places[0].keys() & places[1].keys()
    return (
        scores[0] == pytest.approx(scores[1], abs=NEARLY)
        and len(both) >= len(found) - 1
        and all(places[0][each] == pytest.approx(places[1][each], abs=NEARLY) for each in both)
    )


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
        kept, again = asyncio.run(held(killed))
        assert kept == documents
        for one, other in zip(again, found, strict=True):
            assert alike(one, other), (one, other)
        assert f"Gebyret er {fee} kr." in " ".join(text for each in found for _, text, _ in each)
