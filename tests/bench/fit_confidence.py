"""Fits the weights of `knowledge/confidence.py`: `python -m tests.bench.fit_confidence --data-dir DIR`.

On our own questions over what ships (`data/`), never on validation data. Every question gives two examples: the draft
as it is, right where it cites a right section, and the draft made with the right documents hidden, always wrong.
Even lines fit, odd lines test.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.settings import Settings
from bot.wiring import THRESHOLD, open_knowledge
from knowledge.answering import ExtractiveAnswerer
from knowledge.confidence import NAMES
from knowledge.model import Audience, Draft, Evidence
from knowledge.retriever import Retriever

DATA = Path(__file__).parent / "data"
Array = npt.NDArray[np.float64]
RIDGE = 0.01
WRONG_COUNTS = 2.0
"""How much more a wrong answer weighs than a right one that isn't given: people would rather be sent to an officer."""


async def examples(data_dir: Path) -> list[tuple[list[float], float, bool]]:
    """(signs, right, is for the test) of every draft."""
    settings = Settings(data_dir=data_dir, openai_api_key=None, openai_base_url=None)
    knowledge = open_knowledge(settings)
    reader = knowledge.library.reader(Audience.PUBLIC)
    retriever = Retriever(reader=reader, embeddings=knowledge.embeddings, count=30)
    answerer = ExtractiveAnswerer(knowledge.embeddings, settings.public_url)
    lines = [json.loads(line) for file in sorted(DATA.glob("*.jsonl")) for line in file.open(encoding="utf-8")]
    found = []
    for number, line in enumerate(lines):
        evidence = await retriever.find(line["text"])
        if evidence.exact:
            continue
        hidden = {gold.partition("#")[0] for gold in line["gold"]}
        for shown in (evidence, hide(evidence, hidden)) if hidden else (evidence,):
            draft = await answerer.draft(dataclasses.replace(shown, found=shown.found[:10]), reader)
            found.append(([draft.signs[name] for name in NAMES], right(draft, line["gold"]), bool(number % 2)))
    knowledge.close()
    return found


def hide(evidence: Evidence, documents: set[str]) -> Evidence:
    """The evidence as it would be without these documents."""
    return dataclasses.replace(
        evidence, found=tuple(each for each in evidence.found if each.passage.document not in documents)
    )


def right(draft: Draft, gold: list[str]) -> float:
    """1 where a right section is cited."""
    cited = {f"{claim.citation.document}#{claim.citation.section}" for claim in draft.claims}
    return float(bool(cited & set(gold)))


def fit(signs: Array, answer: Array) -> tuple[float, Array]:
    """Intercept and weights of a ridge-regularized logistic regression, by Newton's method on standardized signs."""
    mean, spread = signs.mean(axis=0), signs.std(axis=0) + 1e-9
    columns = np.column_stack([np.ones(len(signs)), (signs - mean) / spread])
    counts = np.where(answer == 1, 1.0, WRONG_COUNTS)
    beta = np.zeros(columns.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-columns @ beta))
        gradient = columns.T @ (counts * (answer - chance)) - RIDGE * len(signs) * beta
        hessian = (columns * (counts * chance * (1 - chance))[:, None]).T @ columns
        beta += np.linalg.solve(hessian + RIDGE * len(signs) * np.eye(len(beta)), gradient)
    weights = beta[1:] / spread
    return float(beta[0] - weights @ mean), weights


def main() -> None:
    """Fit, print the weights, and what they do on the test half."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True, help="where what ships has been ingested")
    rows = asyncio.run(examples(parser.parse_args().data_dir))
    signs, answer = np.asarray([row[0] for row in rows]), np.asarray([row[1] for row in rows])
    test = np.asarray([row[2] for row in rows])
    intercept, weights = fit(signs[~test], answer[~test])
    print("INTERCEPT =", round(intercept, 2))
    print("WEIGHTS =", tuple(round(float(weight), 2) for weight in weights), "for", NAMES)
    for name, part in (("fitted", ~test), ("tested", test)):
        sure = 1 / (1 + np.exp(-(intercept + signs[part] @ weights)))
        given = sure >= THRESHOLD
        truth = answer[part] == 1
        print(
            f"{name}: n {part.sum()}, right drafts {truth.mean():.2f}, answered {given.mean():.2f},"
            f" of right drafts given {given[truth].mean():.2f}, of given wrong {1 - truth[given].mean():.2f}"
        )


if __name__ == "__main__":
    main()
