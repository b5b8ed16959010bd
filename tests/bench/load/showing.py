"""Measurements as a table and as a picture."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from rich.console import Console
from rich.table import Table

from tests.bench.load.site import Look

mpl.use("agg")
SHARES = (50, 95, 99)
Line = tuple[Sequence[float], Sequence[float]]
"""The x and y of a line in a picture."""


def percentiles(seconds: Sequence[float]) -> list[float]:
    """p50, p95 and p99 in milliseconds. What never came is infinitely long, so that no error makes them better."""
    return [float(np.percentile(seconds, share, method="higher")) * 1000 for share in SHARES] if seconds else []


def print_waits(title: str, waits: Mapping[str, Sequence[float]]) -> None:
    """A line for each kind of wait, in seconds: how many, and percentiles."""
    table = Table("", "count", "never", *(f"p{share} ms" for share in SHARES), title=title)
    for name, seconds in waits.items():
        never = sum(map(math.isinf, seconds))
        table.add_row(name, str(len(seconds)), str(never), *(f"{value:,.0f}" for value in percentiles(seconds)))
    Console().print(table)


def print_processes(looks: Sequence[Look]) -> None:
    """A line for each process: memory at the first look, the last and at its most, and what it used of processors."""
    first, last = looks[0], looks[-1]
    table = Table("process", "MiB first", "MiB last", "MiB most", "cores used", "CPU s")
    for name in first.memory:
        most = max(look.memory[name] for look in looks)
        spent = last.cpu[name] - first.cpu[name]
        numbers = (first.memory[name], last.memory[name], most)
        table.add_row(
            name,
            *(f"{number:,.0f}" for number in numbers),
            f"{spent / (last.second - first.second):.2f}",
            f"{spent:.1f}",
        )
    Console().print(table)


def draw(file: Path, title: str, panels: Mapping[str, Mapping[str, Line]], along: str = "seconds") -> None:
    """A PNG with a panel for each quantity, and in it a line (x and y) for each name."""
    figure = Figure(figsize=(9, 2.6 * len(panels)), layout="constrained")
    axes: Any = figure.subplots(len(panels), 1, squeeze=False)
    figure.suptitle(title)
    for axis, (quantity, lines) in zip(axes[:, 0], panels.items(), strict=True):
        for name, (x, y) in lines.items():
            axis.plot(x, y, label=name, linewidth=1.2)
        axis.set_ylabel(quantity)
        axis.set_ylim(bottom=0)
        axis.grid(alpha=0.3)
        axis.legend(loc="upper left", fontsize="small")
    axes[-1, 0].set_xlabel(along)
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=120)
    print(f"The picture: {file}")


def memory_lines(looks: Sequence[Look]) -> dict[str, Line]:
    """The memory of each process, as lines to draw."""
    seconds = [look.second for look in looks]
    return {name: (seconds, [look.memory[name] for look in looks]) for name in looks[0].memory}


def by_second(moments: Sequence[float], values: Sequence[float], share: int) -> Line:
    """A percentile of the values of each second, as a line to draw; what never came is not in it."""
    seconds = np.floor(np.asarray(moments))
    finite = np.isfinite(values)
    drawn = np.unique(seconds[finite])
    numbers = [float(np.percentile(np.asarray(values)[finite & (seconds == each)], share)) for each in drawn]
    return drawn.tolist(), numbers


def rate_by_second(moments: Sequence[float]) -> Line:
    """How many moments fall into each second, as a line to draw."""
    finite = np.asarray(moments)[np.isfinite(moments)]
    seconds, counts = np.unique(np.floor(finite), return_counts=True)
    return seconds.tolist(), counts.astype(float).tolist()
