"""What answers are worth while Chroma is away: `python -m tests.bench.by_words --data-dir D FILE...`

Puts the questions of each file to what ships, with vectors and without: a Chroma server is set that is not there.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.evaluation.records import KnownQuestion, read_records
from bot.evaluation.runs import Outcome, ask_all
from bot.observing.logs import start_logging
from bot.settings import CORPUS, Settings
from bot.wiring import Knowledge, open_knowledge
from tests.shipped import indexed

NOBODY = "http://127.0.0.1:9"
"""Where no server listens."""


def main() -> None:
    """Index what ships, ask twice, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True, help="where what ships is, or will be, indexed")
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    given = parser.parse_args()
    start_logging("ERROR")
    with indexed(given.data_dir) as knowledge:
        usual = [asked(knowledge, file) for file in given.files]
    without = Settings(data_dir=given.data_dir, sources=CORPUS, openai_api_key=None, chroma_url=NOBODY)
    with contextlib.closing(open_knowledge(without)) as knowledge:
        limited = [asked(knowledge, file) for file in given.files]
    table = Table("questions", "found by", "asked", "right section first", "answered", "of them wrongly")
    for file, *both in zip(given.files, usual, limited, strict=True):
        for how, outcomes in zip(("words and meaning", "words alone"), both, strict=True):
            table.add_row(file.stem, how, *told(outcomes))
    Console().print(table)


def asked(knowledge: Knowledge, file: Path) -> Sequence[Outcome]:
    """What becomes of the questions of a file that something answers."""
    questions = [each for each in read_records(file, KnownQuestion) if each.gold]
    return asyncio.run(ask_all(knowledge.conversation, questions, lambda done, total: None))


def told(outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    """Counts and shares (0..1)."""
    answered = [each for each in outcomes if each.answered]
    first = sum(each.rank == 1 for each in outcomes) / len(outcomes)
    wrong = sum(not each.right for each in answered) / max(len(answered), 1)
    return str(len(outcomes)), f"{first:.3f}", f"{len(answered) / len(outcomes):.3f}", f"{wrong:.3f}"


if __name__ == "__main__":
    main()
