"""How long searches take in indexes much larger than one municipality's: `python -m tests.bench.load.scale CORPUS...`

The words of the corpora's passages are put into a lexical index, many times over, and vectors of noise into a Chroma
collection; each is searched by itself. Then the whole path of a question over a library of as many passages as there
are vectors, by parts (`tests/bench/scale.py`). Vectors of passages are noise everywhere, since to have the model read a
million passages would take a day; questions are read by the model.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from langchain_core.embeddings import Embeddings
from rich.progress import track

from knowledge.lexical import LexicalIndex
from knowledge.vectors import VectorIndex
from tests.bench import scale
from tests.bench.latency import questions
from tests.bench.load.showing import percentiles, print_waits

TARGET = 150.0
"""Milliseconds that all but one in a hundred may take (issue 8)."""
FOUND = 50
"""How many passages each half looks for."""
AT_ONCE = 10_000
WIDTH = 384
CENTRES = 2_000


class Noise(Embeddings):
    """Vectors of length 1 around some two thousand centres, the same each time; no model is asked."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """A vector for each text."""
        made: list[list[float]] = np.stack([self._near(zlib.crc32(text.encode())) for text in texts]).tolist()
        return made

    def embed_query(self, text: str) -> list[float]:
        """A vector near those of some of the passages."""
        return self.embed_documents([text])[0]

    def _near(self, seed: int) -> np.ndarray:
        centre = np.random.default_rng(seed % CENTRES).normal(size=WIDTH)
        vector = centre + 0.5 * np.random.default_rng(seed).normal(size=WIDTH)
        return np.asarray(vector / np.linalg.norm(vector), np.float32)


def batches(corpora: Sequence[Path], count: int) -> Iterator[dict[str, str]]:
    """The words of so many passages, by entry."""
    every = (passage for _, passages in scale.copies(corpora, count) for passage in passages)
    numbered = ((str(number), passage.searched) for number, passage in enumerate(every))
    while batch := dict(itertools.islice(numbered, AT_ONCE)):
        yield batch


def lexical(folder: Path, corpora: Sequence[Path], count: int) -> Callable[[str], object]:
    """A search in a lexical index of so many passages, which is filled where it is not yet."""
    index = LexicalIndex(folder)
    if index.count() < count:
        for batch in track(batches(corpora, count), "lexical", total=count // AT_ONCE):
            index.add(batch)
        index.refresh()
    return lambda question: index.search(question, FOUND, {})


def vectors(index: VectorIndex, count: int) -> Callable[[str], object]:
    """A search in a Chroma collection of so many vectors, which is filled where it is not yet."""
    noise = Noise()
    for start in track(range(index.count(), count, AT_ONCE), "vectors"):
        entries = [str(number) for number in range(start, min(start + AT_ONCE, count))]
        index.add(entries, noise.embed_documents(entries))
    return lambda question: index.search(noise.embed_query(question), FOUND)


def measure(search: Callable[[str], object], asked: Sequence[str]) -> list[float]:
    """Seconds of each search, once the first ones have brought the files into memory."""
    spent = []
    for question in (*asked[:20], *asked):
        start = time.perf_counter()
        search(question)
        spent.append(time.perf_counter() - start)
    return spent[20:]


def main(given: argparse.Namespace) -> bool:
    """Measure and print; True where the targets are met."""
    every = questions()
    asked = [every[index * len(every) // given.count] for index in range(given.count)]
    folder: Path = given.data_dir / "scale"
    index = VectorIndex(folder / f"vectors-{given.vectors}", "scale")
    with contextlib.closing(index):
        waits = {
            f"{given.passages:,} in the lexical index": measure(
                lexical(folder / f"lexical-{given.passages}", given.corpus, given.passages), asked
            ),
            f"{given.vectors:,} in Chroma": measure(vectors(index, given.vectors), asked),
        }
    print_waits(f"{given.count} searches", waits)
    whole = scale.main(given.data_dir, given.corpus, given.vectors, given.count, TARGET, Noise())
    return asyncio.run(whole) and all(percentiles(seconds)[-1] < TARGET for seconds in waits.values())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, nargs="+", help="JSONL of documents, as `eval` reads them")
    parser.add_argument("--data-dir", type=Path, default=Path("data/load"), help="where the indexes are made")
    parser.add_argument("--passages", type=int, default=1_000_000, help="in the lexical index")
    parser.add_argument("--vectors", type=int, default=200_000, help="in Chroma, and in the library that is asked")
    parser.add_argument("--count", type=int, default=300, help="questions to ask")
    raise SystemExit(0 if main(parser.parse_args()) else 1)
