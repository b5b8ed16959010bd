"""Is everybody told once, whatever is killed? `python -m tests.bench.desk_faults --count 1000 [--postgres]`.

So many cases are opened and answered by two worker processes on one database, which are killed (signal 9) at every step
of a delivery in turn, over a platform that fails at random and knows no idempotency keys.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bot.desk.faults import Step
from tests.databases import Databases
from tests.desk.faults import Trial
from tests.peers.postgres import MISSING, running


async def main(kinds: Sequence[str], count: int, rounds: int) -> None:
    """Try it on each kind of database, and say how it went."""
    with tempfile.TemporaryDirectory() as folder, running() as postgres:
        if "postgres" in kinds and not postgres:
            raise SystemExit(MISSING)
        for kind in kinds:
            start = time.perf_counter()
            async with Databases(Path(folder), lambda: postgres).ready(kind) as address:
                outcome = await Trial(address, count, rounds).run()
            sys.stdout.write(f"{kind}: {outcome}, in {time.perf_counter() - start:.0f} s\n")
            if outcome.lost or outcome.doubled or outcome.kills != dict.fromkeys(Step, rounds):
                raise SystemExit("something was lost or doubled, or not every step was tried")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1_000, help="cases, at least")
    parser.add_argument("--rounds", type=int, default=8, help="kills at each step")
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL too")
    given = parser.parse_args()
    asyncio.run(main(("sqlite", "postgres") if given.postgres else ("sqlite",), given.count, given.rounds))
