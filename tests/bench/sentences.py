"""Is what decides among what is shown? `python -m tests.bench.sentences --data-dir D`

Of questions to the guides that ship, language models who read the right section wrote down which of its sentences the
asker needs (`must_contain`), and which are `useful` (`data/sentences/`). `D` is a data directory that has ingested what
ships. `eval run` tells how many are answered with them; this, for how many the draft holds them, answered or not.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from bot.evaluation.records import KnownQuestion, read_records
from bot.evaluation.runs import Outcome, ask_all
from bot.observing.logs import start_logging
from bot.settings import Settings
from bot.wiring import open_knowledge

DATA = Path(__file__).parent / "data" / "sentences"


def quoted(outcome: Outcome) -> list[str]:
    """What is quoted, or would have been where the bot was not sure enough."""
    return [claim.text for claim in outcome.reply.claims or outcome.reply.draft]


def is_complete(outcome: Outcome) -> bool:
    """Is everything quoted that the asker needs?"""
    quotes = quoted(outcome)
    return all(any(sentence in quote for quote in quotes) for sentence in outcome.question.must_contain)


def begins_well(outcome: Outcome) -> bool:
    """Does what is quoted begin with something that the asker needs?"""
    first = quoted(outcome)[:1]
    return any(sentence in quote for quote in first for sentence in outcome.question.must_contain)


async def main(data_dir: Path) -> None:
    """Measure and print."""
    table = Table("part", "questions", "all shown that is needed", "begins with it", "quotes", "characters", "p90")
    settings = Settings(data_dir=data_dir, openai_api_key=None, openai_base_url=None)
    with contextlib.closing(open_knowledge(settings, warm=False)) as knowledge:
        for part in ("fit", "judge"):
            questions = read_records(DATA / f"guides-{part}.jsonl", KnownQuestion)
            outcomes = await ask_all(knowledge.conversation, questions, lambda done, count: None)
            complete = float(np.mean([is_complete(each) for each in outcomes]))
            begun = float(np.mean([begins_well(each) for each in outcomes]))
            counts = [len(quoted(each)) for each in outcomes]
            lengths = [sum(map(len, quoted(each))) for each in outcomes]
            mean, most = float(np.mean(lengths)), float(np.percentile(lengths, 90))
            shown = f"{complete:.3f}", f"{begun:.3f}", f"{np.mean(counts):.2f}", f"{mean:.0f}", f"{most:.0f}"
            table.add_row(part, str(len(outcomes)), *shown)
    Console().print(table)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True, help="where what ships has been ingested")
    given = parser.parse_args()
    start_logging("ERROR")
    asyncio.run(main(given.data_dir))
