"""How long finding and quoting take in a large library, by parts: `python -m tests.bench.scale --data-dir D CORPUS...`

A hundred thousand passages with vectors of their own would be hours of work, so those of the corpora are put in many
times over: each copy has a title and a vector of its own (the original with noise), and all the words of the original.
Questions and sentences are read by the real model. The baseline of the same run is the bare model reading a question.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from langchain_core.embeddings import Embeddings
from rich.progress import track

from bot.evaluation.records import Record, read_records
from bot.observing.logs import start_logging
from bot.settings import Settings
from bot.wiring import open_knowledge
from ingest.passages import passages_of
from knowledge.catalogue import Split
from knowledge.library import Library
from tests.bench.latency import ask, baseline, print_table, questions

TARGET = 120.0
"""Milliseconds that all but one in a hundred may take (issue 6)."""
AT_ONCE = 2000
"""Documents that are put in together."""
NOISE = 0.3
"""Length of what is added to a copy's vector of length 1: copies are near each other, and none is the same."""
_COPY = re.compile(r" \(kopi \d+\)")


class Copies(Embeddings):
    """The vectors of copies: those of the originals, with noise."""

    def __init__(self, embeddings: Embeddings) -> None:
        self._embeddings = embeddings

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        return self._embeddings.embed_query(text)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """The vectors of copies, the same each time."""
        vectors = np.asarray(self._embeddings.embed_documents([_COPY.sub("", text) for text in texts]))
        noise = np.stack(
            [np.random.default_rng(zlib.crc32(text.encode())).normal(size=len(vectors[0])) for text in texts]
        )
        noisy = vectors + NOISE * noise / np.linalg.norm(noise, axis=1, keepdims=True)
        made: list[list[float]] = (noisy / np.linalg.norm(noisy, axis=1, keepdims=True)).tolist()
        return made


def copies(corpora: Sequence[Path], count: int) -> Iterator[Split]:
    """Documents of so many passages in all; the first round are the originals, which alone can be referred to."""
    records = [record for path in corpora for record in read_records(path, Record)]
    made = 0
    for copy in itertools.count():
        for record in records:
            document = record.document
            if copy:
                sections = tuple(section.model_copy(update={"keys": ()}) for section in document.sections)
                changed = {
                    "id": f"{document.id}/{copy}",
                    "title": f"{document.title} (kopi {copy})",
                    "sections": sections,
                }
                document = document.model_copy(update=changed)
            passages = passages_of(document)
            made += len(passages)
            yield document, passages
            if made >= count:
                return


async def fill(library: Library, corpora: Sequence[Path], count: int) -> None:
    """Put the copies in, where they are not there yet."""
    held = await library.holdings()
    new = [split for split in copies(corpora, count) if split[0].id not in held]
    for start in track(range(0, len(new), AT_ONCE), "filling"):
        await library.put_all(new[start : start + AT_ONCE])


async def main(
    data_dir: Path,
    corpora: Sequence[Path],
    passages: int,
    count: int,
    target: float = TARGET,
    vectors: Embeddings | None = None,
) -> bool:
    """Measure and print; True where the target (ms) is met. `vectors` makes those of passages instead of the model."""
    settings = Settings(data_dir=data_dir, openai_api_key=None, openai_base_url=None)
    folder = data_dir / "scale" / f"{passages}{'-' + type(vectors).__name__.lower() if vectors else ''}"
    with contextlib.closing(open_knowledge(settings)) as knowledge:
        library = Library(folder, vectors or Copies(knowledge.embeddings), warm=False)
        with contextlib.closing(library):
            await fill(library, corpora, passages)
    every = questions()
    asked = [every[index * len(every) // count] for index in range(count)]
    with contextlib.closing(open_knowledge(settings, folder, warm=False)) as knowledge:
        await asyncio.to_thread(knowledge.warm, 0)
        await ask(knowledge, asked)  # so that vectors of sentences are there, as they are where documents came in
        spent = await ask(knowledge, asked)
    print_table(spent, baseline(asked))
    reached = float(np.percentile(spent["in all"], 99))
    print(
        f"{passages} passages: p99 {reached:.1f} ms, wanted < {target:g} ms: {'met' if reached < target else 'MISSED'}"
    )
    return reached < target


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, nargs="+", help="JSONL of documents, as `eval` reads them")
    parser.add_argument("--data-dir", type=Path, required=True, help="where vectors may lie, and the library is made")
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--count", type=int, default=300, help="questions to ask")
    given = parser.parse_args()
    start_logging("ERROR")
    raise SystemExit(0 if asyncio.run(main(given.data_dir, given.corpus, given.passages, given.count)) else 1)
