"""How long an answer takes inside a running server, by its parts: `python -m tests.bench.latency`.

Starts the demo in this process on a port of its own, puts every question of `data/` to it, and prints a table. The
baseline of the same run is the embedding of a question by the bare model: an answer can't be quicker than that.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from rich.console import Console
from rich.table import Table

from bot.commands.documents import fill
from bot.commands.server import Server
from bot.observing.logs import start_logging
from bot.question import Question
from bot.settings import Settings
from bot.wiring import Knowledge, open_app, open_knowledge
from knowledge.engine import Engine
from knowledge.model import Audience

DATA = Path(__file__).parent / "data"
PARTS = ("embed", "typical", "lexical", "vector", "fuse", "rerank", "answer")
TARGETS = {"p50": 60.0, "p99": 200.0}
"""Milliseconds an answer may take (issue 2)."""


def questions() -> list[str]:
    """All questions that we have, answerable or not."""
    return [json.loads(line)["text"] for file in sorted(DATA.glob("*.jsonl")) for line in file.open(encoding="utf-8")]


@contextlib.asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[tuple[Knowledge, str]]:
    """The demo as it runs, and its address."""
    with contextlib.closing(open_knowledge(settings)) as knowledge, socket.create_server(("127.0.0.1", 0)) as listening:
        await fill(settings, knowledge.library)
        knowledge.warm(pause=0)  # as a server has done some seconds after its start
        async with open_app(settings, knowledge) as app:
            server = Server(app, settings)
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            try:
                while not server.started:
                    await asyncio.sleep(0.05)
                yield knowledge, "http://{}:{}".format(*listening.getsockname())
            finally:
                server.should_exit = True
                await serving


async def ask(knowledge: Knowledge, asked: Sequence[str]) -> dict[str, list[float]]:
    """Milliseconds by part and in all, of every question."""
    spent: dict[str, list[float]] = {name: [] for name in (*PARTS, "all else", "in all")}
    knowledge.forget_questions()
    for text in asked:
        reply = await knowledge.conversation.reply(Question(text=text, audience=Audience.PUBLIC))
        for part in PARTS:
            spent[part].append(reply.timings.get(part, 0.0))
        spent["all else"].append(reply.ms - sum(reply.timings.get(part, 0.0) for part in PARTS))
        spent["in all"].append(reply.ms)
    return spent


async def ask_over_http(address: str, asked: Sequence[str]) -> list[float]:
    """Milliseconds from posting a question in the channel to its reply standing there, as a browser has it."""
    spent = []
    async with httpx.AsyncClient(base_url=address, headers={"Accept": "application/json"}) as client:
        for number, text in enumerate(asked):
            # A browser asks twenty a minute at most; here every few questions come from another one.
            if number % 10 == 0:
                client.cookies.clear()
                await client.get("/", headers={"Accept": "text/html"})
            start = time.perf_counter()
            posted = (
                (await client.post("/spor", data={"tekst": text, "kanal": "naeringsliv"})).raise_for_status().json()
            )
            thread = posted["messages"][0]["thread"]
            while 'aria-busy="true"' in (await client.get(f"/t/{thread}", headers={"Accept": "text/html"})).text:
                await asyncio.sleep(0.002)
            spent.append((time.perf_counter() - start) * 1000)
    return spent


def baseline(asked: Sequence[str]) -> list[float]:
    """Milliseconds that the bare model takes to embed each question, in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        return process.submit(embed_all, asked).result()


def embed_all(asked: Sequence[str]) -> list[float]:
    """Milliseconds that the bare model takes to embed each question, in this process."""
    model = Engine()
    spent = []
    for text in asked:
        start = time.perf_counter()
        model.vector("query", text)
        spent.append((time.perf_counter() - start) * 1000)
    return spent


def print_table(rows: dict[str, list[float]], bare: list[float]) -> None:
    """One line for each part: percentiles, and the median as a multiple of the baseline's."""
    table = Table("part", *(["p50 ms", "p95 ms", "p99 ms"]), "x bare embedding", title=f"{len(bare)} questions")
    for name, values in {**rows, "bare embedding": bare}.items():
        p50, p95, p99 = (float(np.percentile(values, share)) for share in (50, 95, 99))
        ratio = p50 / float(np.median(bare))
        table.add_row(name, f"{p50:.1f}", f"{p95:.1f}", f"{p99:.1f}", f"{ratio:.2f}")
    Console().print(table)


async def main(data_dir: Path, count: int) -> bool:
    """Measure and print; True where the targets are met."""
    limits: dict[str, Any] = {"limit_asker": 0, "limit_place": 0, "limit_tenant": 0}  # one browser asks it all
    settings = Settings(data_dir=data_dir, demo=True, openai_api_key=None, openai_base_url=None, **limits)
    every = questions()
    asked = [every[index % len(every)] for index in range(count)]
    async with running(settings) as (knowledge, address):
        await ask(knowledge, asked[:20])
        spent = await ask(knowledge, asked)
        knowledge.forget_questions()
        spent["over HTTP, seen in the channel"] = await ask_over_http(address, asked[: count // 4])
    print_table(spent, baseline(asked))
    reached = {name: float(np.percentile(spent["in all"], float(name[1:]))) for name in TARGETS}
    for name, limit in TARGETS.items():
        print(f"{name} {reached[name]:.1f} ms, wanted < {limit:g} ms: {'met' if reached[name] < limit else 'MISSED'}")
    return all(reached[name] < limit for name, limit in TARGETS.items())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, help="where an index may lie already; without it, one is made")
    parser.add_argument("--count", type=int, default=400, help="questions to ask")
    given = parser.parse_args()
    start_logging("ERROR")
    with tempfile.TemporaryDirectory() as folder:
        raise SystemExit(0 if asyncio.run(main(given.data_dir or Path(folder), given.count)) else 1)
