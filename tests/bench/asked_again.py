"""Measures which questions a published answer answers: `python -m tests.bench.asked_again`.

On `asked_again.toml`: the same question in other words, questions made to mislead (one thing that matters is another),
and all our questions over the guides, which have nothing to do with what was published.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.asked import Asked
from knowledge.embeddings import CachedEmbeddings, E5Embeddings
from knowledge.library import Library
from knowledge.model import ANSWER, Audience, Document, Match, Passage, Section
from knowledge.retriever import Retriever

PAIRS = Path(__file__).with_name("asked_again.toml")
OTHERS = Path(__file__).parent / "data"


def published(number: int, entry: dict[str, Any]) -> tuple[Document, Passage]:
    """A published answer as it stands in the library."""
    about: dict[str, Any] = {"kind": ANSWER, "audience": Audience.PUBLIC, "language": entry["language"]}
    section = Section(anchor="svar", heading=entry["question"], text=entry["answer"])
    document = Document(id=f"answer/{number}", title="Svar", sections=(section,), **about)
    passage = Passage(
        id=f"{document.id}#svar",
        document=document.id,
        section="svar",
        title="Svar",
        heading=section.heading,
        text=section.text,
        **about,
    )
    return document, passage


async def outcome(retriever: Retriever, text: str, right: str) -> str:
    """What becomes of a question: answered, beside an abstention, answered by the answer to another one, or nothing."""
    evidence = await retriever.find(text)
    if evidence.match is Match.ASKED:
        return "answered" if evidence.found[0].passage.document == right else "another"
    return "akin" if right in {passage.document for passage in evidence.akin} else "no"


async def main() -> None:
    """Print the figures."""
    entries = tomllib.loads(PAIRS.read_text(encoding="utf-8"))["published"]
    with tempfile.TemporaryDirectory() as folder:
        embeddings = CachedEmbeddings(E5Embeddings(), Path(folder) / "vectors.db")
        library = Library(Path(folder) / "library", embeddings)
        for number, entry in enumerate(entries):
            await library.publish(*published(number, entry))
        retriever = Retriever(reader=library.reader(Audience.PUBLIC), embeddings=embeddings)
        for part in ("fit", "test", "short"):
            for kind in ("question", "again", "other"):
                found: Counter[str] = Counter()
                for number, entry in enumerate(entries):
                    texts = [entry[kind]] if kind == "question" else entry[kind]
                    for text in texts if entry["part"] == part else ():
                        found[await outcome(retriever, text, f"answer/{number}")] += 1
                print(
                    f"{part:5}{kind:10}{found.total():4}",
                    {name: round(n / found.total(), 2) for name, n in found.items()},
                )
        unrelated = [json.loads(line)["text"] for file in sorted(OTHERS.glob("*.jsonl")) for line in file.open()]
        answered = [text for text in unrelated if (await retriever.find(text)).match is Match.ASKED]
        print(f"unrelated {len(unrelated)}: answered {len(answered)}", answered)
        _time(Asked(retriever.reader, embeddings), embeddings)
        library.close()
        embeddings.close()


def _time(asked: Asked, embeddings: CachedEmbeddings) -> None:
    vector = embeddings.embed_query("Kan vi ha hund i kafeen?")
    taken = []
    for _ in range(1000):
        start = time.perf_counter()
        asked.near(vector)
        taken.append((time.perf_counter() - start) * 1000)
    print("ms a question: p50, p99, first", *np.percentile(taken[1:], [50, 99]).round(3), round(taken[0], 1))


if __name__ == "__main__":
    asyncio.run(main())
