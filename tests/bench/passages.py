"""How documents are best cut into passages: `python -m tests.bench.passages`.

The guides that ship are cut in several ways, each way into a library of its own, and our own questions (`data/`) are
looked up in it. A passage is right where most of a right section stands in it, or most of it in a right section. All
ways are measured in one run; the first is what the product does.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from langchain_text_splitters import RecursiveCharacterTextSplitter

from ingest.fetching import Fetched
from ingest.passages import LONGEST, passages_of
from ingest.readers.choice import read
from ingest.sources import load_sources
from knowledge.embeddings import CachedEmbeddings, E5Embeddings
from knowledge.library import Library
from knowledge.model import Audience, Document, Passage, Section
from knowledge.retriever import Retriever
from tests.bench.fit import DATA, LAWS

CORPUS = Path(__file__).parents[2] / "ingest" / "corpus" / "sources.toml"
WAYS: dict[str, Callable[[Document], list[Passage]]] = {
    f"along headings, <= {LONGEST} characters (ours)": passages_of,
    "along headings, <= 450": lambda document: passages_of(_cut(document, 450)),
    "along headings, any length": lambda document: passages_of(document, longest=100_000),
    "short sections merged, <= 900": lambda document: passages_of(_merged(document)),
    "windows of 900, headings ignored": lambda document: passages_of(_windows(document, 900)),
}


def documents() -> Iterator[Document]:
    """The public documents that ship."""
    for source in load_sources(CORPUS):
        for file in source.files if source.audience is Audience.PUBLIC else ():
            yield read(Fetched(file, file.read_bytes(), "application/octet-stream", file.as_uri()), source)


def _sections(document: Document, texts: Sequence[str]) -> Document:
    made = [Section(anchor=str(number), heading=document.title, text=text) for number, text in enumerate(texts)]
    return document.model_copy(update={"sections": tuple(made)})


def _windows(document: Document, longest: int) -> Document:
    whole = "\n\n".join(f"{section.heading}\n\n{section.text}" for section in document.sections)
    splitter = RecursiveCharacterTextSplitter(chunk_size=longest, chunk_overlap=0)
    return _sections(document, splitter.split_text(whole))


def _cut(document: Document, longest: int) -> Document:
    splitter = RecursiveCharacterTextSplitter(chunk_size=longest, chunk_overlap=0)
    parts = [
        section.model_copy(update={"text": text, "anchor": f"{section.anchor}~{number}"})
        for section in document.sections
        for number, text in enumerate(splitter.split_text(section.text))
    ]
    return document.model_copy(update={"sections": tuple(parts)})


def _merged(document: Document) -> Document:
    texts: list[str] = []
    for section in document.sections:
        text = f"{section.heading}\n\n{section.text}"
        if texts and len(texts[-1]) + len(text) <= LONGEST:
            texts[-1] += f"\n\n{text}"
        else:
            texts.append(text)
    return _sections(document, texts)


def _is_right(passage: Passage, right: Sequence[str]) -> bool:
    words = set(passage.text.split())
    return any(len(words & set(text.split())) > 0.6 * min(len(words), len(set(text.split()))) for text in right)


async def measure(way: Callable[[Document], list[Passage]], embeddings: CachedEmbeddings) -> tuple[str, ...]:
    """Passages, their mean length, and the share of questions with a right one first and among the first three."""
    shipped = list(documents())
    texts = {f"{each.id}#{section.anchor}": section.text for each in shipped for section in each.sections}
    lines = [
        json.loads(line) for file in sorted({*DATA.glob("*.jsonl")} - {LAWS}) for line in file.open(encoding="utf-8")
    ]
    asked = [line for line in lines if line["gold"]]
    with tempfile.TemporaryDirectory() as folder, contextlib.closing(Library(Path(folder), embeddings)) as library:
        splits = [(each, way(each)) for each in shipped]
        await library.put_all(splits)
        lengths = [len(passage.text) for _, passages in splits for passage in passages]
        retriever = Retriever(reader=library.reader(Audience.PUBLIC), embeddings=embeddings)
        ranks = []
        for line in asked:
            evidence = await retriever.find(line["text"], line["language"])
            right = [texts[gold] for gold in line["gold"]]
            hits = [rank for rank, each in enumerate(evidence.found) if _is_right(each.passage, right)]
            ranks.append(hits[0] if hits else 99)
    first, three = (float(np.mean([rank < count for rank in ranks])) for count in (1, 3))
    return str(len(lengths)), f"{np.mean(lengths):.0f}", f"{first:.3f}", f"{three:.3f}"


async def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, help="where vectors are kept for another run")
    cache = parser.parse_args().cache or Path(tempfile.mkdtemp()) / "vectors.db"
    with contextlib.closing(CachedEmbeddings(E5Embeddings(), cache)) as embeddings:
        print("| way | passages | characters | first | in three |\n|---|---|---|---|---|")
        for name, way in WAYS.items():
            print("|", " | ".join((name, *await measure(way, embeddings))), "|", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
