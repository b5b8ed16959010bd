"""The bot as an operator runs it: so many web and worker processes on a database, watched from outside."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path

import aiohttp
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.peers.ports import free_port
from tests.peers.postgres import MISSING, running

PATIENCE = 600.0
"""Seconds that a process has to index what ships and be up."""
UNLIMITED = {f"MOTEPLASSEN_LIMIT_{name}": "0" for name in ("ASKER", "PLACE", "TENANT", "WAITING")}
"""All askers come from this machine: what is measured is not how they are turned away."""
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclasses.dataclass(frozen=True)
class Plan:
    """What is started, and with which settings."""

    data_dir: Path
    web: int = 1
    workers: int = 0
    postgres: bool = False
    chroma: bool = False
    settings: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Site:
    """What has been started: where it answers, on which database, and its processes by name."""

    urls: tuple[str, ...]
    database: str
    processes: Mapping[str, int]


@dataclasses.dataclass(frozen=True)
class Look:
    """What the processes use at a moment: seconds since the first look; by name, MiB of memory, of which MiB their own
    (the rest are pages of files, which the system shares and takes back), and seconds of CPU."""

    second: float
    memory: Mapping[str, float]
    own: Mapping[str, float]
    cpu: Mapping[str, float]


@contextlib.asynccontextmanager
async def site(plan: Plan) -> AsyncIterator[Site]:
    """Start it all, one after another, and end it with the block."""
    with contextlib.ExitStack() as stack:
        env = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI", "SLACK", "MOTEP"))}
        env |= (
            {"MOTEPLASSEN_DATA_DIR": str(plan.data_dir), "MOTEPLASSEN_DEMO": "true"} | UNLIMITED | dict(plan.settings)
        )
        env["MOTEPLASSEN_DATABASE_URL"] = await _database(stack, plan)
        processes, urls = dict[str, int](), list[str]()
        if plan.chroma:
            port = free_port()
            chroma = [str(Path(sys.executable).with_name("chroma")), "run", "--host", "127.0.0.1", "--port", str(port)]
            chroma += ["--path", str(plan.data_dir / "chroma")]
            processes["chroma"] = stack.enter_context(_started(chroma, env))
            env["MOTEPLASSEN_CHROMA_URL"] = f"http://127.0.0.1:{port}"
            await up(f"{env['MOTEPLASSEN_CHROMA_URL']}/api/v2/heartbeat")
        for number in range(1, plan.web + 1):
            urls.append(f"http://127.0.0.1:{(port := free_port())}")
            serve = [sys.executable, "-m", "bot", "serve", "--port", str(port)]
            processes[f"web {number}"] = stack.enter_context(_started(serve, env))
            await up(f"{urls[-1]}/health")
        for number in range(1, plan.workers + 1):
            worker = [sys.executable, "-m", "bot", "worker"]
            processes[f"worker {number}"] = stack.enter_context(_started(worker, env))
        yield Site(tuple(urls), env["MOTEPLASSEN_DATABASE_URL"], processes)


async def _database(stack: contextlib.ExitStack, plan: Plan) -> str:
    """The address of an empty one, which is away again with the stack."""
    if not plan.postgres:
        return f"sqlite+aiosqlite:///{stack.enter_context(tempfile.TemporaryDirectory())}/load.db"
    postgres = stack.enter_context(running(os.environ.get("MOTEPLASSEN_TEST_POSTGRES"), durable=True))
    if not postgres:
        raise SystemExit(MISSING)
    return await postgres.create()


@contextlib.contextmanager
def _started(command: list[str], env: Mapping[str, str]) -> Iterator[int]:
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL) as process:
        try:
            yield process.pid
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(15)
            process.kill()


async def database_size(address: str) -> int:
    """Bytes that the database takes, its indexes included."""
    sqlite = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
    asked = sqlite if address.startswith("sqlite") else "SELECT pg_database_size(current_database())"
    engine = create_async_engine(address)
    async with engine.connect() as connection:
        size = (await connection.execute(text(asked))).scalar_one()
    await engine.dispose()
    return int(size)


async def up(url: str) -> None:
    """Return when all is well there. Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
        while True:
            with contextlib.suppress(aiohttp.ClientError):
                async with session.get(url) as response:
                    if response.ok:
                        return
            await asyncio.sleep(0.2)


class Watch:
    """Looks at the processes again and again."""

    def __init__(self, processes: Mapping[str, int], pause: float = 1.0) -> None:
        self._processes = processes
        self._pause = pause
        self._start = time.perf_counter()
        self.looks: list[Look] = []

    def look(self) -> Look:
        """What they use now. Raises FileNotFoundError where one has ended, which none should."""
        memory = {name: _memory(pid) for name, pid in self._processes.items()}
        looked = Look(
            second=time.perf_counter() - self._start,
            memory={name: kinds["VmRSS"] for name, kinds in memory.items()},
            own={name: kinds["RssAnon"] for name, kinds in memory.items()},
            cpu={name: _cpu(pid) for name, pid in self._processes.items()},
        )
        self.looks.append(looked)
        return looked

    @contextlib.asynccontextmanager
    async def looking(self) -> AsyncIterator[None]:
        """Look until the block ends."""
        over = asyncio.Event()
        watching = asyncio.create_task(self._look_until(over))
        try:
            yield
        finally:
            over.set()
            await watching

    async def _look_until(self, over: asyncio.Event) -> None:
        while not over.is_set():
            self.look()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pause):
                    await over.wait()


def _memory(pid: int) -> dict[str, float]:
    """MiB of each kind that the kernel tells of (proc(5))."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    return {line.partition(":")[0]: int(line.split()[1]) / 1024 for line in lines if line.endswith(" kB")}


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
