"""Is what decides among what is shown? `python -m tests.bench.sentences --data-dir D`

Of questions to the guides that ship, language models who read the right section wrote down which of its sentences the
asker needs, and which are useful (`data/sentences/`). `D` is a data directory that has ingested what ships.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict
from rich.console import Console
from rich.table import Table

from bot.observing.logs import start_logging
from bot.settings import Settings
from bot.wiring import Knowledge, open_knowledge
from knowledge.answering import ExtractiveAnswerer
from knowledge.model import Audience

DATA = Path(__file__).parent / "data" / "sentences"


class Labelled(BaseModel):
    """A question, the section that answers it, and those of its sentences that the asker needs or can use."""

    model_config = ConfigDict(extra="forbid")

    id: str
    text: str
    section: str
    need: tuple[str, ...]
    useful: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Shown:
    """What a draft shows: whether all that is needed, how many sentences, and how many characters."""

    complete: bool
    count: int
    length: int


def labelled(part: str) -> list[Labelled]:
    """The questions of a part: "fit", by which sentences are chosen as they are, or "judge"."""
    lines = (DATA / f"guides-{part}.jsonl").read_text(encoding="utf-8").splitlines()
    return [Labelled.model_validate_json(line) for line in lines]


async def shown(knowledge: Knowledge, questions: Sequence[Labelled]) -> list[Shown]:
    """What the draft of each question shows, whether it is sure enough to be given or not."""
    retriever, answerer = knowledge.retrievers[Audience.PUBLIC], ExtractiveAnswerer(knowledge.embeddings, "")
    drafts = []
    for question in questions:
        understood = knowledge.understander.understand(question.text, ())
        evidence = await retriever.find(understood.query, understood.language)
        quotes = [claim.text for claim in (await answerer.draft(evidence, retriever.reader)).claims]
        complete = all(any(sentence in quote for quote in quotes) for sentence in question.need)
        drafts.append(Shown(complete, len(quotes), sum(map(len, quotes))))
    return drafts


async def main(data_dir: Path) -> None:
    """Measure and print."""
    table = Table("part", "questions", "all shown that is needed", "quotes", "characters", "p90")
    settings = Settings(data_dir=data_dir, openai_api_key=None, openai_base_url=None)
    with contextlib.closing(open_knowledge(settings, warm=False)) as knowledge:
        for part in ("fit", "judge"):
            drafts = await shown(knowledge, labelled(part))
            share, count = (float(np.mean([getattr(each, name) for each in drafts])) for name in ("complete", "count"))
            lengths = [each.length for each in drafts]
            mean, most = float(np.mean(lengths)), float(np.percentile(lengths, 90))
            table.add_row(part, str(len(drafts)), f"{share:.3f}", f"{count:.2f}", f"{mean:.0f}", f"{most:.0f}")
    Console().print(table)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True, help="where what ships has been ingested")
    given = parser.parse_args()
    start_logging("ERROR")
    asyncio.run(main(given.data_dir))
