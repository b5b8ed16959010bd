"""Does memory stay flat? `python -m tests.bench.load.memory --count 100000`

Asks so many questions through the web channel, the next one when a reply has come, and looks at the processes' memory
after every hundredth part of them. The slope is Theil and Sen's (the median of the slopes between all pairs of looks,
Sen 1968, JASA 63), after the first half, in which caches fill, and of the processes' own memory: pages of files (the
model's words, indexes) come in one by one as they are asked for, are no more than the files, and can be taken back.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import math
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.load.asking import asked
from tests.bench.load.crowd import crowd
from tests.bench.load.showing import draw
from tests.bench.load.site import Look, Plan, Watch, site
from tests.bench.load.web import add_plan, plan_of

FILLING = 0.5
"""The share of the questions in which caches fill."""
_FEWEST = 10
"""Looks that a slope is made of."""
UNIT = 10_000
"""Questions that the slope is said for."""


def slope(x: Sequence[float], y: Sequence[float]) -> float:
    """The median of the slopes between all pairs of points."""
    points = list(zip(x, y, strict=True))
    pairs = itertools.combinations(points, 2)
    return statistics.median((later[1] - first[1]) / (later[0] - first[0]) for first, later in pairs)


async def measure(plan: Plan, count: int, at_once: int, seen: dict[int, Look], *, different: bool) -> None:
    """Ask, and note what is seen after how many questions."""
    every = max(1, count // 100)
    async with site(plan) as started, crowd(started.urls) as people:
        watch, start = Watch(started.processes), time.perf_counter()
        async for number in people.ask_in_turn(asked(different=different), count, at_once):
            if number % every == 0:
                seen[number] = watch.look()
                if number % (10 * every) == 0:
                    print(f"{number} questions in {time.perf_counter() - start:.0f} s", flush=True)


def show(seen: Mapping[int, Look], out: Path) -> float:
    """Print and draw; returns the steepest slope of a process's own memory, in MiB for 10,000 questions."""
    after, looks = [*seen], [*seen.values()]
    settled = next(index for index, number in enumerate(after) if number >= after[-1] * FILLING)
    table = Table("process", "own MiB after the first half", "in the end", f"more for each {UNIT:,}", "MiB with files")
    steepest = -math.inf
    lines = {name: (after, [look.own[name] for look in looks]) for name in looks[0].own}
    for name, (_, every) in lines.items():
        own = every[settled:]
        rise = slope(after[settled:], own) * UNIT
        steepest = max(steepest, rise)
        in_all = f"{looks[settled].memory[name]:,.0f} to {looks[-1].memory[name]:,.0f}"
        table.add_row(name, f"{own[0]:,.0f}", f"{own[-1]:,.0f}", f"{rise:+.2f}", in_all)
    Console().print(table)
    draw(out / "load-memory.png", "Own memory over questions", {"MiB": lines}, along="questions")
    return steepest


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--at-once", type=int, default=56, help="questions under way at a time (56)")
    parser.add_argument("--different", action="store_true", help="no question is asked twice")
    parser.add_argument("--target", type=float, help=f"MiB that {UNIT:,} questions may add; else the status is 1")
    add_plan(parser)
    given = parser.parse_args()
    seen = dict[int, Look]()
    # It takes a quarter of an hour or more: whoever breaks it off sees how it was until then.
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(KeyboardInterrupt):
        asyncio.run(measure(plan_of(given, folder), given.count, given.at_once, seen, different=given.different))
    if len(seen) < _FEWEST:
        raise SystemExit("broken off before there was anything to see")
    rise = show(seen, given.out)
    raise SystemExit(0 if given.target is None or rise <= given.target else 1)
