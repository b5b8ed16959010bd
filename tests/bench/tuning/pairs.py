"""Writes what `verify.py` learns from, so that it needs nothing else where the GPU is:

    python -m tests.bench.tuning.pairs ../shared/data LAYERS.npz OUT.npz

Questions with what is said to them, which answers them or not: our typical questions to sections of laws (NLOD 2.0)
with the others to that section, or with its sentences; the same with another subject (`swaps.py`), or with what another
section says; and NorQuAD's train part (CC0) with its passages' sentences, likewise. LAYERS.npz is what `tune.py` wrote
(that of decision 0014: `git show 0b918c0:knowledge/engine_layers.npz`): it is learned from where that ended. What this
writes holds those data and is not for the repository.
"""

from __future__ import annotations

import argparse
import functools
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.embeddings import E5Embeddings
from knowledge.engine import Engine
from knowledge.engine_file import EngineFile, unpacked
from knowledge.sentences import sentences
from knowledge.typical_questions import TypicalQuestions
from knowledge.verifying import ASKED, QUOTES, SAID, TYPICAL
from tests.bench.tuning.prepare import lines, section_of, weights
from tests.bench.tuning.swaps import Swaps, grams

SELF = 0.35, 0.7
"""How often the question itself is among those that are said of its section: as it is, and with another subject.
Someone may ask in the very words, and "typical" is what a near miss is nearest to."""
SWAPPED = 2
"""Times that a noun is exchanged in a question to go with typical questions; once more for one to go with sentences."""
OTHERS = slice(1, 12)
"""Of the nearest sections or passages those of which one is drawn: the very nearest may answer, too."""

Array = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Pair:
    """A question, what is said to it, and whether that answers it; `about` is the number of the section, or passage of
    news, that it was asked of."""

    asked: str
    said: str
    answers: bool
    about: int


@dataclass(frozen=True)
class Answering:
    """A section of a law with the questions that it typically answers."""

    heading: str
    text: str
    typical: Sequence[str]

    def whole(self, but: str) -> str:
        """All that is said of it, but for one question."""
        return " ".join([self.heading, self.text, *(each for each in self.typical if each != but)])

    def quoted(self, asked: str) -> str:
        """Its sentences that share most with a question."""
        return f"{self.heading}: {_sharing(asked, self.text)}"


def of_laws(sections: Sequence[Answering], swaps: Swaps, vectors: Array) -> Iterator[Pair]:
    """Four to seven pairs to each typical question; `vectors` are those of all of them, in order."""
    whose = np.repeat(np.arange(len(sections)), [len(each.typical) for each in sections])
    starts = np.searchsorted(whose, np.arange(len(sections)))
    for index, vector in enumerate(vectors):
        mine, near = int(whose[index]), vectors @ vector
        section = sections[mine]
        asked = section.typical[index - int(starts[mine])]

        def said(of: int, near: Array = near, but: str = "") -> str:
            texts = sections[of].typical
            order = np.argsort(-near[starts[of] : starts[of] + len(texts)], kind="stable")
            left = [texts[int(at)] for at in order if texts[int(at)] != but] or texts
            return f"{sections[of].heading}: {' '.join(left[:TYPICAL])}"

        yield Pair(asked, said(mine, but="" if random.random() < SELF[0] else asked), True, mine)
        yield Pair(asked, section.quoted(asked), True, mine)
        whole = section.whole(but=asked)
        for other in dict.fromkeys(swaps.swapped(asked, whole) for _ in range(SWAPPED)):
            if other:
                yield Pair(other, said(mine, but="" if random.random() < SELF[1] else asked), False, mine)
        if other := swaps.swapped(asked, whole):
            yield Pair(other, section.quoted(other), False, mine)
        best = np.maximum.reduceat(near, starts)
        best[mine] = -1.0
        one, another = np.random.choice(np.argsort(-best)[OTHERS], 2)
        yield Pair(asked, said(int(one)), False, mine)
        yield Pair(asked, sections[another].quoted(asked), False, mine)


def of_news(folder: Path, swaps: Swaps, model: E5Embeddings, first: int) -> Iterator[Pair]:
    """Up to three pairs to each question of NorQuAD's train part; `first` is the number of the first passage."""
    corpus = lines(folder / "corpus.jsonl.gz")
    place = {each["id"]: index for index, each in enumerate(corpus)}
    vectors = np.asarray(model.embed_documents([each["text"] for each in corpus]), np.float32)
    for question in lines(folder / "train.jsonl.gz"):
        asked, gold = question["text"], place[question["gold"]]
        title, said = corpus[gold]["title"], sentences(corpus[gold]["text"])
        at = next((at for at, text in enumerate(said) if any(each in text for each in question["answers"])), None)
        if at is None:
            continue
        quoted = f"{title}: {' '.join(said[at : at + QUOTES])}"
        yield Pair(asked, quoted, True, first + gold)
        if other := swaps.swapped(asked, f"{title} {corpus[gold]['text']}"):
            yield Pair(other, quoted, False, first + gold)
        near = vectors @ np.asarray(model.embed_query(asked), np.float32)
        near[gold] = -1.0
        one = corpus[int(np.random.choice(np.argsort(-near)[OTHERS]))]
        yield Pair(asked, f"{one['title']}: {_sharing(asked, one['text'])}", False, first + gold)


def sections_of(file: Path) -> list[Answering]:
    """The sections that there are typical questions to, each once: some laws are in the archive in several editions."""
    typical, found = TypicalQuestions.load(), dict[tuple[str, ...], Answering]()
    for each in lines(file):
        section = section_of(each)
        questions = [text for texts in typical.of(section.keys).values() for text in texts]
        if questions:
            found.setdefault(tuple(questions), Answering(section.heading or each["title"], section.text, questions))
    return list(found.values())


def tuned(file: EngineFile, layers: Mapping[str, Any], name: str) -> Array:
    """The numbers of a tensor that `tune.py` ended with; of one that it doesn't change, the file's."""
    if name in ("emb.pos", "emb.type"):
        return file.values(name)
    there = layers[name]
    return unpacked(there) if there.dtype == np.uint8 else np.asarray(there, np.float32)


def _sharing(asked: str, text: str) -> str:
    said, wanted = sentences(text) or [text], grams(asked)
    shared = [len(grams(each) & wanted) / (len(each) + 60) ** 0.5 for each in said]
    return " ".join(said[index] for index in sorted(np.argsort(-np.asarray(shared), kind="stable")[:QUOTES]))


def main(data: Path, layers: Path, out: Path, few: int | None) -> None:
    """Read and write it all."""
    engine, file = Engine(), EngineFile()
    model = E5Embeddings(engine)
    sections = sections_of(data / "laws" / "sections.jsonl.gz")[:few]
    typical = [text for each in sections for text in each.typical]
    news = [each["text"] for each in lines(data / "norquad" / "corpus.jsonl.gz")]
    swaps = Swaps(engine, typical, [each.text for each in sections], news)
    vectors = np.asarray(model.embed_documents(typical), np.float32)
    pairs = list(of_laws(sections, swaps, vectors))
    if few is None:
        pairs += of_news(data / "norquad", swaps, model, len(sections))
    begin, end, *_ = file.specials
    asked = [[begin, *engine.tokens("query", each.asked)[:ASKED], end] for each in pairs]
    said = [[*engine.tokens("passage", each.said)[:SAID], end] for each in pairs]
    together = [one + other for one, other in zip(asked, said, strict=True)]
    used = sorted({token for each in together for token in each})
    number = {token: index for index, token in enumerate(used)}
    with np.load(layers, allow_pickle=False) as tensors:
        arrays = weights(file, used, functools.partial(tuned, file, dict(tensors)))
    np.savez_compressed(
        out,
        tokens=np.asarray([number[token] for each in together for token in each], np.int32),
        lengths=np.asarray([len(each) for each in together], np.int32),
        answers=np.asarray([each.answers for each in pairs]),
        about=np.asarray([each.about for each in pairs], np.int32),
        **arrays,  # type: ignore[arg-type]
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder with norquad/ and laws/")
    parser.add_argument("layers", type=Path, help="what tune.py wrote")
    parser.add_argument("out", type=Path)
    parser.add_argument("--few", type=int, help="of so many sections only, twenty or more, to try it out")
    given = parser.parse_args()
    random.seed(1)
    np.random.seed(1)
    main(given.data, given.layers, given.out, given.few)
