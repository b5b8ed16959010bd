"""Our own sixty questions over what ships: `python -m tests.evaluation.regression` makes their results the baseline.

Look at what changed before committing it: `test_regression.py` compares every run with `regression-baseline.json`.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import tempfile
from pathlib import Path

from bot.conversation import Conversation
from bot.evaluation.records import KnownQuestion, read_records
from bot.evaluation.results import Run, result_of, write_run
from bot.evaluation.runs import ask_all
from bot.observing.logs import start_logging
from knowledge.confidence import THRESHOLD
from tests.shipped import indexed

QUESTIONS = Path(__file__).with_name("regression.jsonl")
BASELINE = Path(__file__).with_name("regression-baseline.json")


async def measure(conversation: Conversation) -> Run:
    """The results, without what differs from machine to machine or is not compared."""
    outcomes = await ask_all(conversation, read_records(QUESTIONS, KnownQuestion), lambda done, total: None)
    bare = {"ms": 0.0, "shown": (), "found": ()}
    results = tuple(result_of(outcome).model_copy(update=bare) for outcome in outcomes)
    return Run(at=dt.datetime.now(dt.UTC), questions=QUESTIONS.name, made_with={}, threshold=THRESHOLD, results=results)


def main() -> None:
    """Index what ships, ask, and write the baseline."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, help="where to index, and what need not be indexed anew may lie")
    given = parser.parse_args()
    start_logging("WARNING")
    with tempfile.TemporaryDirectory() as folder, indexed(given.data_dir or Path(folder)) as knowledge:
        write_run(asyncio.run(measure(knowledge.conversation)), BASELINE)


if __name__ == "__main__":
    main()
