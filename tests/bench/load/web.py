"""Questions a second through the web channel: `python -m tests.bench.load.web --rate 100 --seconds 300 --postgres`.

Starts web and worker processes, and asks at the rate whether they keep up or not (open loop): a wait is counted from
when the question was due, until its reply stands in the channel, so that a site that falls behind is seen to. Questions
are asked as often as people ask the same (Zipf) or, with --different, each only once.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import math
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench.load.asking import asked
from tests.bench.load.crowd import Question, crowd, errors
from tests.bench.load.showing import (
    by_second,
    draw,
    memory_lines,
    percentiles,
    print_processes,
    print_waits,
    rate_by_second,
)
from tests.bench.load.site import Look, Plan, Watch, database_size, site

WARM = 20.0
"""Seconds after which what loads beside the first requests has loaded."""


@dataclasses.dataclass(frozen=True)
class Load:
    """What is asked."""

    rate: float
    seconds: float
    different: bool
    exponent: float
    watchers: int


async def measure(plan: Plan, load: Load) -> tuple[list[Question], list[Look], float]:
    """Every question's way, what the processes used, and the moment that both are counted from."""
    async with site(plan) as started:
        texts = asked(different=load.different, exponent=load.exponent)
        async with crowd(started.urls, load.watchers) as people:
            await people.ask_at_rate(texts, min(load.rate, 5.0), WARM)
            watch, held = Watch(started.processes), await database_size(started.database)
            async with watch.looking():
                start = time.perf_counter()
                every = await people.ask_at_rate(texts, load.rate, load.seconds, seed=2)
        grown = await database_size(started.database) - held
        print(f"The database has grown by {grown / len(every) / 1024:.1f} kB a question.")
        return every, watch.looks, start


def show(every: Sequence[Question], looks: Sequence[Look], start: float, load: Load, out: Path) -> None:
    """Print the tables, and draw the picture."""
    repeated = "all different" if load.different else f"repeated by Zipf's law ({load.exponent:g})"
    title = f"{load.rate:g} questions a second for {load.seconds:g} s, {repeated}"
    waits = {
        "taken": [question.taken - question.due for question in every],
        "reply stands there": [question.wait for question in every],
    }
    print_waits(title, waits)
    print_processes(looks)
    came = [question.seen - start for question in every]
    there = [moment for moment in came if math.isfinite(moment)]
    pace = len(there) / max(there, default=math.inf)
    print(f"{len(there)} of {len(every)} replies came, {pace:.1f} a second; errors: {dict(errors(every)) or 'none'}")
    due = [question.due - start for question in every]
    panels = {
        "s until the reply": {f"p{share}": by_second(due, waits["reply stands there"], share) for share in (50, 99)},
        "a second": {"questions": rate_by_second(due), "replies": rate_by_second(came)},
        "MiB": memory_lines(looks),
    }
    draw(out / "load-web.png", title, panels)


def plan_of(given: argparse.Namespace, folder: str) -> Plan:
    """What the options say is to be started."""
    return Plan(
        data_dir=(given.data_dir or Path(folder)).absolute(),
        web=given.web,
        workers=given.workers,
        postgres=given.postgres,
        chroma=given.chroma,
        settings=dict(each.split("=", 1) for each in given.set),
    )


def add_plan(parser: argparse.ArgumentParser) -> None:
    """The options that say what is started."""
    parser.add_argument("--web", type=int, default=1, help="web processes (1)")
    parser.add_argument("--workers", type=int, default=0, help="worker processes (0)")
    parser.add_argument(
        "--postgres", action="store_true", help="on PostgreSQL, which writes as in production; else SQLite"
    )
    parser.add_argument("--chroma", action="store_true", help="vectors in a Chroma server")
    parser.add_argument(
        "--data-dir", type=Path, help="an indexed data directory; else one is made, which takes minutes"
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a setting more; several times"
    )
    parser.add_argument("--out", type=Path, default=Path("data/load"), help="where the picture goes (data/load)")


def main() -> None:
    """Measure and show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=100.0)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--different", action="store_true", help="no question is asked twice")
    parser.add_argument("--exponent", type=float, default=1.0, help="of Zipf's law (1)")
    parser.add_argument("--watchers", type=int, default=10, help="browsers that have the channel open meanwhile (10)")
    parser.add_argument("--target", type=float, help="ms that p99 may take; the exit status says whether it did")
    add_plan(parser)
    given = parser.parse_args()
    load = Load(given.rate, given.seconds, given.different, given.exponent, given.watchers)
    with tempfile.TemporaryDirectory() as folder:
        every, looks, start = asyncio.run(measure(plan_of(given, folder), load))
    show(every, looks, start, load, given.out)
    reached = percentiles([question.wait for question in every])[-1]
    raise SystemExit(0 if given.target is None or reached < given.target else 1)


if __name__ == "__main__":
    main()
