"""Writes what `tune.py` learns from, so that it needs nothing else where the GPU is:

    python -m tests.bench.tuning.prepare ../shared/data OUT.npz

The model's weights, with those words only that occur; NorQuAD's train part (CC0); sections of laws (NLOD 2.0) with our
typical questions to them; and, to measure by, our own questions over the laws, which are not learned from. What it
writes holds those data and is not for the repository.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.evaluation.records import Record
from knowledge.engine import Engine, Kind
from knowledge.engine_file import EngineFile, unpacked
from knowledge.model import Section
from knowledge.typical_questions import TypicalQuestions

ASKED = Path(__file__).parents[1] / "data" / "questions-asked.jsonl"
LONGEST = {"passage": 400, "query": 96}
"""Tokens that are learned from."""

Sequences = Mapping[str, Sequence[Sequence[int]]]


class Reader:
    """Turns texts into the model's tokens."""

    def __init__(self, file: EngineFile) -> None:
        self._begin, self._end, *_ = file.specials
        self._engine = Engine()

    def tokens(self, kind: Kind, text: str) -> list[int]:
        """The tokens of a text, as many as are learned from."""
        return [self._begin, *self._engine.tokens(kind, text)[: LONGEST[kind] - 2], self._end]


def norquad(folder: Path, reader: Reader) -> tuple[Sequences, Mapping[str, Any]]:
    """Passages and questions, which passage answers each, and the article that each passage is of."""
    corpus, train = lines(folder / "corpus.jsonl.gz"), lines(folder / "train.jsonl.gz")
    place = {each["id"]: index for index, each in enumerate(corpus)}
    texts = [
        each["text"] if each["text"].startswith(each["title"]) else f"{each['title']}\n{each['text']}"
        for each in corpus
    ]
    sequences = {
        "news": [reader.tokens("passage", text) for text in texts],
        "news_asked": [reader.tokens("query", each["text"]) for each in train],
    }
    about = {
        "news_gold": np.asarray([place[each["gold"]] for each in train]),
        "news_article": np.asarray([int(each["id"][1:5]) for each in corpus]),
    }
    return sequences, about


def laws(file: Path, reader: Reader) -> tuple[Sequences, Mapping[str, Any]]:
    """Sections, our typical questions to them, and our own questions, with the sections that answer each."""
    sections = lines(file)
    place = {each["id"]: index for index, each in enumerate(sections)}
    keys = {key: index for index, each in enumerate(sections) for key in section_of(each).keys}
    typical = [(text, keys[key]) for key, texts in TypicalQuestions.load().of(keys).items() for text in texts]
    asked = [each for each in lines(ASKED) if not each.get("history") and set(each["gold"]) & place.keys()]
    texts = [f"{each['short'] or each['law']} {each['section']} {each['title']}\n{each['text']}" for each in sections]
    sequences = {
        "laws": [reader.tokens("passage", text) for text in texts],
        "laws_typical": [reader.tokens("query", text) for text, _ in typical],
        "laws_asked": [reader.tokens("query", each["text"]) for each in asked],
    }
    gold = [[place[id_] for id_ in each["gold"] if id_ in place] for each in asked]
    about = {
        "laws_typical_gold": np.asarray([index for _, index in typical]),
        "laws_asked_gold": np.concatenate([np.asarray(each) for each in gold]),
        "laws_asked_count": np.asarray([len(each) for each in gold]),
    }
    return sequences, about


def weights(
    engine: EngineFile, used: Sequence[int], values: Callable[[str], npt.NDArray[np.float32]] | None = None
) -> dict[str, npt.NDArray[np.float16]]:
    """All tensors as they were before they were packed, of the words' those rows only; `values` gives the others by
    name, where they are not the engine's own."""
    values = values or engine.values
    words = engine.raw("emb.word").reshape(engine.words, -1)[list(used)]
    found = {"words": unpacked(np.ascontiguousarray(words).reshape(-1)).astype(np.float16)}
    names = (name for name in engine.tensors if name != "emb.word")
    return found | {f"w.{name}": values(name).astype(np.float16) for name in names}


def section_of(line: Mapping[str, Any]) -> Section:
    """What a line of the file of sections holds, as `eval` reads it."""
    named = ("id", "title", "text", "law", "short", "section")
    return Record(**{name: line[name] for name in named}).document.sections[0]


def lines(file: Path) -> list[dict[str, Any]]:
    """What stands in a file of JSON lines, gzipped or not."""
    content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    return [json.loads(line) for line in content.splitlines()]


def main(data: Path, out: Path) -> None:
    """Read and write it all."""
    engine = EngineFile()
    reader = Reader(engine)
    news, of_news = norquad(data / "norquad", reader)
    sections, of_sections = laws(data / "laws" / "sections.jsonl.gz", reader)
    every = {**news, **sections}
    used = sorted({token for sequences in every.values() for sequence in sequences for token in sequence})
    number = {token: index for index, token in enumerate(used)}
    arrays: dict[str, Any] = {**weights(engine, used), **of_news, **of_sections}
    for name, sequences in every.items():
        arrays[f"tokens.{name}"] = np.asarray([number[token] for each in sequences for token in each], np.int32)
        arrays[f"lengths.{name}"] = np.asarray([len(each) for each in sequences], np.int32)
    np.savez_compressed(out, **arrays)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder with norquad/ and laws/")
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    main(given.data, given.out)
