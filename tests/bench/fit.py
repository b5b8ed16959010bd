"""Fits the weights of `knowledge/retriever.py`, `reranking.py` and `confidence.py`:

    python -m tests.bench.fit --data-dir D --laws laws.jsonl --norquad ../shared/data/norquad

On our own questions (`data/`) over what ships, with typical questions and without, and over the laws, and on those of
NorQuAD's train part that E5 was not tuned on, never on validation data.
For the confidence every answerable question gives two examples: the draft as it is, right where it cites a right
section, and the draft made with the right documents hidden, always wrong. Questions about the same document or law stay
together, near misses by themselves: each fold is tested on those that the weights have not seen.
`data/questions-laws.jsonl` is left out: the concepts were written with it at hand.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import dataclasses
import datetime as dt
import functools
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.evaluation.records import Query, Record, read_records
from bot.evaluation.runs import fill
from bot.settings import Settings
from bot.wiring import Knowledge, open_corpus, open_knowledge
from ingest.passages import passages_of
from knowledge import confidence, reranking, retriever
from knowledge.answering import ExtractiveAnswerer
from knowledge.coverage import Coverage
from knowledge.function_words import telling
from knowledge.model import Audience, Citation, Draft, Evidence, Passage
from knowledge.reranking import Reranker, column
from knowledge.retriever import Retriever
from tests.bench.fitting import FOLDS, Array, Table, fit_confidence, fit_ranking, in_folds, places

DATA = Path(__file__).parent / "data"
LAWS = DATA / "questions-asked.jsonl"
NEAR = {name: DATA / "near" / f"{name}.jsonl" for name in ("guides", "laws")}
"""Pairs: what is answered there, and the same with another subject, which nothing answers. For the confidence alone."""
GUIDES = [DATA / f"questions-{name}.jsonl" for name in ("building", "direct", "everyday", "trade", "unanswerable")]
HELD_OUT = 5
"""Of NorQuAD, the questions to articles whose number this divides: nothing was tuned on them (`tuning/tune.py`)."""
HIDDEN_COUNTS = 0.5
"""An example with the right documents hidden weighs half: there are as many as there are real ones."""


Listed = tuple[Sequence[Mapping[str, float]], Array]
"""A list: the parts of each of its passages, and which of them are right."""


@dataclasses.dataclass(frozen=True)
class Asked:
    """A question: what it is about decides on its fold."""

    id: str
    text: str
    gold: frozenset[str]
    history: Sequence[str] = ()

    @property
    def fold(self) -> int:
        """Questions about the same law or guide are in one."""
        about = min(self.gold).partition("#")[0] if self.gold else self.id
        return zlib.crc32(about.encode()) % FOLDS


@dataclasses.dataclass(frozen=True)
class Example:
    """A question with its evidence, as the first search left it, and what that chose from; `source` is the corpus."""

    source: str
    asked: Asked
    evidence: Evidence
    candidates: Listed


@dataclasses.dataclass(frozen=True)
class Judged:
    """A draft's signs, whether it is right, what kind of question it is for, and its fold."""

    signs: dict[str, float]
    right: bool
    kind: str
    fold: int


def ours(files: Sequence[Path]) -> Iterator[Asked]:
    """Our own questions."""
    for line in (json.loads(each) for file in files for each in file.open(encoding="utf-8")):
        yield Asked(line["id"], line["text"], frozenset(line["gold"]), line.get("history", ()))


def norquads(folder: Path) -> Iterator[Asked]:
    """Some of NorQuAD's train part."""
    for query in read_records(folder / "train.jsonl.gz", Query):
        if all(int(each[1:5]) % HELD_OUT == 0 for each in query.gold):
            yield Asked(query.id, query.text, frozenset(query.gold))


async def examples(source: str, knowledge: Knowledge, asked: Sequence[Asked]) -> list[Example]:
    """Those that name nothing exactly, looked up as an outsider's questions are."""
    search = knowledge.long_retriever()
    made = []
    for each in asked:
        understood = knowledge.understander.understand(each.text, each.history)
        evidence = await search.find(understood.query, understood.language)
        if not evidence.exact and evidence.found:
            fused = [found.model_copy(update={"score": found.parts["fused"]}) for found in evidence.found]
            evidence = dataclasses.replace(evidence, found=tuple(sorted(fused, key=lambda found: -found.score)))
            made.append(Example(source, each, evidence, candidates(search, evidence, each.gold)))
    return made


def candidates(search: Retriever, evidence: Evidence, gold: frozenset[str]) -> Listed:
    """What the first search weighs."""
    coverage = Coverage(search.reader, telling(evidence.query, evidence.language))
    scores = search.candidates(coverage, evidence.vector)
    passages = search.reader.passages(scores.entries)
    right = [entry in passages and _is_gold(passages[entry], gold) for entry in scores.entries]
    return [scores.of(entry) for entry in scores.entries], np.asarray(right, float)


def read(example: Example, knowledge: Knowledge) -> Listed:
    """What the reranker weighs."""
    fused, vector = example.evidence.found, example.evidence.vector
    count = reranking.read_of([each.parts for each in fused])
    found = Reranker(knowledge.embeddings).rerank(fused, vector)[:count]
    right = [_is_gold(each.passage, example.asked.gold) for each in found]
    return [each.parts for each in found], np.asarray(right, float)


async def judged(example: Example, knowledge: Knowledge) -> list[Judged]:
    """The draft as it is, and the one with the right documents hidden, each of them verified."""
    embeddings, gold, reader = knowledge.embeddings, example.asked.gold, knowledge.library.reader(Audience.PUBLIC)
    reranker, answerer = Reranker(embeddings), ExtractiveAnswerer(embeddings, "http://localhost")
    left = tuple(each for each in example.evidence.found if not _is_gold(each.passage, gold))
    shown = [("real" if gold else "unanswerable", example.evidence.found)]
    made = []
    for kind, found in [*shown, ("hidden", left)] if gold else shown:
        ranked = reranker.rerank(found, example.evidence.vector)[:10]
        evidence = dataclasses.replace(example.evidence, found=ranked)
        draft = await answerer.draft(evidence, reader)
        if draft.signs:
            verified = knowledge.verifier.log_odds(evidence, draft.claims)
            made.append(Judged(draft.signs | {"verified": verified}, _is_right(draft, gold), kind, example.asked.fold))
    return made


def table_of(listed: Listed, weights: Sequence[str], above: Mapping[str, float]) -> Table:
    """What is weighed, a row for each passage; with weights that are `above` these, only of those of documents without
    typical questions, and behind it what they come to by these."""
    parts, right = listed
    table = np.column_stack([column(name, parts) for name in weights])
    given = np.zeros(len(parts))
    if above:
        table, given = table * column(reranking.UNASKED, parts)[:, None], reranking.weighed_sum(parts, above)
    return table, right, given


def report_ranking(
    name: str, weights: Sequence[str], rows: Sequence[Example], lists: Sequence[Listed], above: Mapping[str, float]
) -> None:
    """Print weights, and how far up a right passage comes in folds not seen."""
    tables = [table_of(each, weights, above) for each in lists]
    folds = np.asarray([each.asked.fold for each in rows])
    useful = np.asarray([right.any() for _, right, _ in tables])

    def chosen(rows: npt.NDArray[np.bool_]) -> list[Table]:
        return [table for table, wanted in zip(tables, rows.tolist(), strict=True) if wanted]

    def fitted(rows: npt.NDArray[np.bool_]) -> Array:
        return fit_ranking(chosen(rows & useful))

    ranks = np.zeros(len(tables))
    for inside, found in in_folds(folds, fitted):
        ranks[inside] = places(chosen(inside), found)
    best = fitted(np.ones(len(folds), bool))
    print(f"{name} =", dict(zip(weights, np.round(best, 2).tolist(), strict=True)))
    sources = np.asarray([each.source for each in rows])
    for source in sorted(set(sources)):
        mine = ranks[sources == source]
        shares = (f"in {count}: {np.mean(mine < count):.3f}" for count in (1, 3, 5, 10, 20, 30))
        gain = np.where(mine < 10, 1 / np.log2(mine + 2), 0.0)
        error = gain.std() / len(gain) ** 0.5
        print(f"  {source}: n {len(mine)}, right", ", ".join(shares), f"nDCG@10 {gain.mean():.4f} (s.e. {error:.4f})")


def report_confidence(name: str, names: Sequence[str], rows: list[Judged]) -> None:
    """Print the weights of the confidence, and what they do in folds not seen, for several thresholds."""
    signs = np.asarray([[row.signs[name] for name in names] for row in rows])
    right = np.asarray([row.right for row in rows], float)
    kinds, folds = np.asarray([row.kind for row in rows]), np.asarray([row.fold for row in rows])
    counts = np.where(kinds == "hidden", HIDDEN_COUNTS, 1.0)

    def fitted(part: npt.NDArray[np.bool_]) -> tuple[float, Array]:
        return fit_confidence(signs[part], right[part], counts[part])

    sure = np.zeros(len(rows))
    for inside, (intercept, weights) in in_folds(folds, fitted):
        sure[inside] = 1 / (1 + np.exp(-(intercept + signs[inside] @ weights)))
    intercept, weights = fitted(np.ones(len(rows), bool))
    print(f"confidence.{name} = {round(intercept, 2)},", dict(zip(names, np.round(weights, 2).tolist(), strict=True)))
    real = kinds == "real"
    print(f"  tested: n {len(rows)}, of the real drafts right {right[real].mean():.2f}")
    for threshold in (0.5, 0.55, 0.6, 0.65, 0.7, 0.75):
        given = sure >= threshold
        wrong = (given & (right == 0))[kinds != "hidden"].mean()
        print(
            f"  at {threshold}: answered {given[real].mean():.2f}, wrong of all {wrong:.3f};"
            f" answered of unanswerable {given[kinds == 'unanswerable'].mean():.3f},"
            f" of hidden {given[kinds == 'hidden'].mean():.3f}"
        )


def _is_gold(place: Passage | Citation, gold: frozenset[str]) -> bool:
    return bool({place.document, f"{place.document}#{place.section}"} & gold)


def _is_right(draft: Draft, gold: frozenset[str]) -> bool:
    return any(_is_gold(claim.citation, gold) for claim in draft.claims)


async def fit(data_dir: Path, laws: Path, norquad: Path) -> None:
    """Fit all, and print them."""
    settings = Settings(data_dir=data_dir, openai_api_key=None, openai_base_url=None)
    with contextlib.ExitStack() as stack:
        shipped = stack.enter_context(contextlib.closing(open_knowledge(settings)))
        law = await _corpus(stack, settings, laws)
        plain = await _without_questions(stack, settings, shipped, lambda _: True)
        halves = [
            await _without_questions(stack, settings, shipped, functools.partial(_is_in_half, half)) for half in (0, 1)
        ]
        wide = await _corpus(stack, settings, norquad / "corpus.jsonl.gz")
        groups = [
            (plain, await examples("guides", plain, list(ours(GUIDES)))),
            (wide, await examples("NorQuAD", wide, list(norquads(norquad)))),
            (shipped, await examples("guides", shipped, list(ours(GUIDES)))),
            *[(half, await examples("half of the guides", half, list(ours(GUIDES)))) for half in halves],
            (law, await examples("laws", law, list(ours([LAWS])))),
        ]
        made = [(knowledge, each) for knowledge, group in groups for each in group if each.asked.gold]
        near = [
            (plain, await examples("guides", plain, list(ours([NEAR["guides"]])))),
            (law, await examples("laws", law, list(ours([NEAR["laws"]])))),
        ]
        for name, over in (("PLAIN", [plain, wide]), ("WEIGHTS", [shipped, law]), ("LACKING", halves)):
            some = [(knowledge, each) for knowledge, each in made if any(knowledge is one for one in over)]
            rows = [each for _, each in some]
            lists = {retriever: [each.candidates for each in rows], reranking: [read(each, of) for of, each in some]}
            for part, listed in lists.items():
                above = part.WEIGHTS if name == "LACKING" else {}
                report_ranking(f"{part.__name__}.{name}", [*getattr(part, name)], rows, listed, above)
        both = [*groups, *near]
        rated = [(of, each) for of, group in both if of is plain or of is law for each in group]
        drafts = [row for knowledge, each in rated for row in await judged(each, knowledge)]
        for name, weights, known in (("PLAIN", confidence.PLAIN, False), ("WEIGHTS", confidence.WEIGHTS, True)):
            report_confidence(name, [*weights], [row for row in drafts if ("typical" in row.signs) is known])


async def _without_questions(
    stack: contextlib.ExitStack, settings: Settings, shipped: Knowledge, lacks: Callable[[str], bool]
) -> Knowledge:
    """What ships, as it were if nobody had written typical questions to the documents that lack them."""
    documents = []
    for each in await shipped.library.reader(Audience.PUBLIC).documents():
        bare = [section.model_copy(update={"typical": ()}) for section in each.sections]
        documents.append(each.model_copy(update={"sections": tuple(bare)}) if lacks(each.id) else each)
    named = [f"{each.id} {lacks(each.id)}" for each in documents]
    knowledge = stack.enter_context(open_corpus(settings, named, warm=False))
    await knowledge.library.put_all([(each, passages_of(each)) for each in documents])
    return knowledge


def _is_in_half(half: int, document: str) -> bool:
    return zlib.crc32(document.encode()) % 2 == half


async def _corpus(stack: contextlib.ExitStack, settings: Settings, path: Path) -> Knowledge:
    records = [record for record in read_records(path, Record) if record.holds(dt.datetime.now(dt.UTC).date())]
    knowledge = stack.enter_context(open_corpus(settings, [record.id for record in records], warm=False))
    await fill(knowledge.library, records, lambda done, count: None)
    return knowledge


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True, help="where what ships has been ingested")
    parser.add_argument("--laws", type=Path, required=True, help="JSONL of paragraphs, as `eval answers` reads")
    parser.add_argument("--norquad", type=Path, required=True, help="the folder of NorQuAD's corpus and train part")
    arguments = parser.parse_args()
    asyncio.run(fit(arguments.data_dir, arguments.laws, arguments.norquad))
