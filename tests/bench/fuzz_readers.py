"""Does any document break its reader? `python -m tests.bench.fuzz_readers --count 1000 --seed 1`.

So many PDFs, pages, laws and Word files are broken in seeded ways and read as the pipeline reads them, in processes
with its limit of memory, ten seconds each and no Tesseract. All but those read or refused with a reason that somebody
thought of are named: `--save FOLDER` writes these there, and the same seed makes them again.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from pathlib import Path

from tests.ingest.fuzzing import Tally, read_all
from tests.ingest.mutants import mutant


def report(tally: Tally, seconds: float) -> str:
    """The figures."""
    read, refused = tally.read.total(), tally.refused.total()
    lines = [f"{read} read, {refused} refused, {len(tally.failures)} broke their reader, in {seconds:.0f} s"]
    lines += [f"  read: {count} {suffix}" for suffix, count in sorted(tally.read.items())]
    lines += [f"  refused: {count} {reason}" for reason, count in tally.refused.most_common()]
    slowest = sorted(tally.slowest.items(), key=lambda each: -each[1])[:5]
    lines += ["  slowest: " + ", ".join(f"{name} {taken:.1f} s" for name, taken in slowest)]
    lines += [f"BROKE {name}: {what[:300]}" for name, what in sorted(tally.failures.items())]
    return "\n".join(lines) + "\n"


async def main(count: int, seed: int, save: Path | None) -> bool:
    """Read them all, and say how it went; True where no reader broke."""
    start = time.perf_counter()
    tally = await read_all(mutant(seed, number, real=True) for number in range(count))
    sys.stdout.write(report(tally, time.perf_counter() - start))
    for name in tally.failures:
        if save:
            number = int(name.partition(".")[0].rpartition("-")[2])
            (save / name).write_bytes(mutant(seed, number, real=True).content)
    return not tally.failures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1_000, help="documents")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--save", type=Path, help="where those that broke their reader are written")
    given = parser.parse_args()
    raise SystemExit(0 if asyncio.run(main(given.count, given.seed, given.save)) else 1)
