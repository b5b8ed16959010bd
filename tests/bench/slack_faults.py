"""Is every question answered once, whatever goes wrong? `python -m tests.bench.slack_faults --count 10000`.

So many events at the bot as a process of its own: 5% of them come twice, 5% of the API's calls fail, and the process is
killed three times.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.peers.slack import running
from tests.slack.examples import SCOPES
from tests.slack.faults import Trial


async def main(count: int) -> None:
    """Try it, and say how it went."""
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        async with running(SCOPES) as slack:
            slack.people["UKAFE"].is_restricted = True
            outcome = await Trial(slack, f"sqlite+aiosqlite:///{Path(folder) / 'slack.db'}", count).run()
    sys.stdout.write(f"{count} questions in {time.perf_counter() - start:.0f} s: {outcome}\n")
    if outcome.answers != {1: count} or outcome.unfinished:
        raise SystemExit("not every question has exactly one answer")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    asyncio.run(main(parser.parse_args().count))
