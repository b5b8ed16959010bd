"""Fits `knowledge/reranking.py` and `knowledge/confidence.py`: `python -m tests.bench.fit --data-dir D --laws F`.

On our own questions (`data/`) over what ships and over the laws, never on validation data. For the confidence every
answerable question gives two examples: the draft as it is, right where it cites a right section, and the draft made
with the right documents hidden, always wrong. Questions about the same guide or law stay together: each fold is tested
on those that the weights have not seen.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import dataclasses
import datetime as dt
import json
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.evaluation.records import Record, read_records
from bot.evaluation.runs import fill
from bot.settings import Settings
from bot.understanding import Understander
from bot.wiring import open_corpus, open_knowledge
from knowledge import confidence, reranking
from knowledge.answering import ExtractiveAnswerer
from knowledge.embeddings import CachedEmbeddings
from knowledge.library import Reader
from knowledge.model import Audience, Draft, Evidence, Found
from knowledge.reranking import Reranker, standard
from knowledge.retriever import Retriever

DATA = Path(__file__).parent / "data"
LAWS = DATA / "questions-laws.jsonl"
Array = npt.NDArray[np.float64]
FOLDS = 8
RIDGE = 0.01
HIDDEN_COUNTS = 0.5
"""An example with the right documents hidden weighs half: there are as many as there are real ones."""


@dataclasses.dataclass(frozen=True)
class Example:
    """A question with its evidence, all that was found in the order of the fused score, and what is right."""

    gold: frozenset[str]
    evidence: Evidence
    fold: int


@dataclasses.dataclass(frozen=True)
class Judged:
    """A draft's signs, whether it is right, what kind of question it is for, and its fold."""

    signs: list[float]
    right: bool
    kind: str
    fold: int


async def examples(retriever: Retriever, understander: Understander, *, of_laws: bool) -> list[Example]:
    """All our questions over the laws, or over what ships, that name nothing exactly."""
    made = []
    files = [file for file in sorted(DATA.glob("*.jsonl")) if (file == LAWS) is of_laws]
    for line in (json.loads(each) for file in files for each in file.open(encoding="utf-8")):
        query = understander.understand(line["text"], line.get("history", ()), line["language"]).query
        evidence = await retriever.find(query, line["language"])
        if not evidence.exact:
            group = line["gold"][0].partition("#")[0] if line["gold"] else line["id"]
            fused = [each.model_copy(update={"score": each.parts["fused"]}) for each in evidence.found]
            evidence = dataclasses.replace(evidence, found=tuple(sorted(fused, key=lambda each: -each.score)))
            made.append(Example(frozenset(line["gold"]), evidence, zlib.crc32(group.encode()) % FOLDS))
    return made


async def judged(example: Example, reader: Reader, embeddings: CachedEmbeddings) -> list[Judged]:
    """The draft as it is, and the one with the right documents hidden."""
    reranker, answerer = Reranker(embeddings), ExtractiveAnswerer(embeddings, "http://localhost")
    documents = {gold.partition("#")[0] for gold in example.gold}
    left = tuple(each for each in example.evidence.found if each.passage.document not in documents)
    shown = [("real" if example.gold else "unanswerable", example.evidence.found)]
    made = []
    for kind, found in [*shown, ("hidden", left)] if example.gold else shown:
        ranked = reranker.rerank(found, example.evidence.vector)[:10]
        draft = await answerer.draft(dataclasses.replace(example.evidence, found=ranked), reader)
        signs = [draft.signs[name] for name in confidence.NAMES]
        made.append(Judged(signs, is_right(draft, example.gold), kind, example.fold))
    return made


def is_right(draft: Draft, gold: frozenset[str]) -> bool:
    """Does it cite a right section?"""
    cited = {(claim.citation.document, claim.citation.section) for claim in draft.claims}
    return any({document, f"{document}#{section}"} & gold for document, section in cited)


def columns(example: Example, embeddings: CachedEmbeddings) -> tuple[Array, Array]:
    """What the reranker weighs, a row for each passage read, and which of them are right."""
    read = Reranker(embeddings).rerank(example.evidence.found, example.evidence.vector)[: reranking.READ]
    table = [standard([found.parts.get(name, np.nan) for found in read]) for name in reranking.WEIGHTS]
    table += [np.asarray([found.parts.get(name, 0.0) for found in read]) for name in reranking.KNOWN]
    right = [bool({found.passage.document, _section(found)} & example.gold) for found in read]
    return np.column_stack(table), np.asarray(right, float)


def fit_ranking(tables: list[tuple[Array, Array]]) -> Array:
    """Weights that make a right passage the likeliest of its list (softmax), by gradient ascent."""
    weights = np.zeros(len(reranking.WEIGHTS) + len(reranking.KNOWN))
    for _ in range(200):
        step = -RIDGE * weights
        for table, right in tables:
            chance = softmax(table @ weights)
            step += table.T @ (chance * right / (chance @ right) - chance) / len(tables)
        weights += step
    return weights


def fit_confidence(signs: Array, right: Array, counts: Array) -> tuple[float, Array]:
    """Intercept and weights of a ridge-regularized logistic regression, by Newton's method on standardized signs."""
    mean, spread = signs.mean(axis=0), signs.std(axis=0) + 1e-9
    table = np.column_stack([np.ones(len(signs)), (signs - mean) / spread])
    beta = np.zeros(table.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-table @ beta))
        gradient = table.T @ (counts * (right - chance)) - RIDGE * len(signs) * beta
        hessian = (table * (counts * chance * (1 - chance))[:, None]).T @ table
        beta += np.linalg.solve(hessian + RIDGE * len(signs) * np.eye(len(beta)), gradient)
    weights = beta[1:] / spread
    return float(beta[0] - weights @ mean), weights


def softmax(scores: Array) -> Array:
    """Chances that sum to 1."""
    raised: Array = np.exp(scores - scores.max())
    chances: Array = raised / raised.sum()
    return chances


def in_folds(folds: Array, fitted: Callable[[Array], Any]) -> Iterator[tuple[Array, Any]]:
    """For each fold: which rows are in it, and what was fitted on the rows that aren't."""
    for fold in range(FOLDS):
        yield folds == fold, fitted(folds != fold)


def report_ranking(made: list[Example], embeddings: CachedEmbeddings) -> None:
    """Print the weights of the reranker, and how often a right passage comes first in folds not seen."""
    answerable = [example for example in made if example.gold]
    tables = [columns(example, embeddings) for example in answerable]
    useful = np.asarray([right.any() for _, right in tables])
    folds = np.asarray([example.fold for example in answerable])

    def fitted(rows: Array) -> Array:
        return fit_ranking([tables[index] for index in np.flatnonzero(rows & useful)])

    ranks = [
        next((place for place, index in enumerate(np.argsort(-table @ weights)) if right[index]), 99)
        for inside, weights in in_folds(folds, fitted)
        for table, right in (tables[index] for index in np.flatnonzero(inside))
    ]
    weights = fitted(np.ones(len(folds), bool))
    names = (*reranking.WEIGHTS, *reranking.KNOWN)
    print("reranking.WEIGHTS and KNOWN =", dict(zip(names, np.round(weights, 2).tolist(), strict=True)))
    print(f"tested: n {len(ranks)}, right first {np.mean(np.asarray(ranks) < 1):.3f},"
          f" in three {np.mean(np.asarray(ranks) < 3):.3f}")  # fmt: skip


def report_confidence(rows: list[Judged]) -> None:
    """Print the weights of the confidence, and what they do in folds not seen, for several thresholds."""
    signs, right = np.asarray([row.signs for row in rows]), np.asarray([row.right for row in rows], float)
    kinds, folds = np.asarray([row.kind for row in rows]), np.asarray([row.fold for row in rows])
    counts = np.where(kinds == "hidden", HIDDEN_COUNTS, 1.0)

    def fitted(part: Array) -> tuple[float, Array]:
        return fit_confidence(signs[part], right[part], counts[part])

    sure = np.zeros(len(rows))
    for inside, (intercept, weights) in in_folds(folds, fitted):
        sure[inside] = 1 / (1 + np.exp(-(intercept + signs[inside] @ weights)))
    intercept, weights = fitted(np.ones(len(rows), bool))
    print("confidence.INTERCEPT =", round(intercept, 2))
    print("confidence.WEIGHTS =", tuple(np.round(weights, 2).tolist()), "for", confidence.NAMES)
    real = kinds == "real"
    print(f"tested: n {len(rows)}, of the real drafts right {right[real].mean():.2f}")
    for threshold in (0.3, 0.4, 0.5, 0.6, 0.7):
        given = sure >= threshold
        print(
            f"  at {threshold}: answered {given[real].mean():.2f}, of these wrong {1 - right[real & given].mean():.2f};"
            f" answered of unanswerable {given[kinds == 'unanswerable'].mean():.3f},"
            f" of hidden {given[kinds == 'hidden'].mean():.3f}"
        )


def _section(found: Found) -> str:
    return f"{found.passage.document}#{found.passage.section}"


async def fit(data_dir: Path, laws: Path) -> None:
    """Fit both, on what ships and on the laws, and print them."""
    settings = Settings(data_dir=data_dir, openai_api_key=None, openai_base_url=None)
    records = [record for record in read_records(laws, Record) if record.holds(dt.datetime.now(dt.UTC).date())]
    with contextlib.ExitStack() as stack:
        shipped = stack.enter_context(contextlib.closing(open_knowledge(settings)))
        law = stack.enter_context(open_corpus(settings, [record.id for record in records], warm=False))
        await fill(law.library, records, lambda done, count: None)
        made: list[Example] = []
        judgements: list[Judged] = []
        for knowledge, of_laws in ((shipped, False), (law, True)):
            reader = knowledge.library.reader(Audience.PUBLIC)
            retriever = Retriever(reader=reader, embeddings=knowledge.embeddings, count=30)
            found = await examples(retriever, knowledge.understander, of_laws=of_laws)
            judgements += [row for each in found for row in await judged(each, reader, knowledge.embeddings)]
            made += found
        report_ranking(made, shipped.embeddings)
        report_confidence(judgements)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True, help="where what ships has been ingested")
    parser.add_argument(
        "--laws", type=Path, required=True, help="JSONL of the laws' paragraphs, as `eval answers` reads"
    )
    arguments = parser.parse_args()
    asyncio.run(fit(arguments.data_dir, arguments.laws))
