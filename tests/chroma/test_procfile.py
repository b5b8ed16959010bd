"""The Procfile with honcho: two web and two worker processes on PostgreSQL and a Chroma server, restarted one by one
and killed while people ask: every question gets one reply."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import re
import signal
import socket
import threading
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from bot.database import Database
from bot.desk.outbox_table import OutboxRow
from bot.handlers.web.store import MessageRow
from tests.databases import Databases
from tests.peers.ports import free_port
from tests.peers.procfile import Honcho, honcho, wait_for
from tests.town import environment

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.timeout(540)]

JSON = {"Accept": "application/json"}
KNOWN = "Når må du ha serveringsbevilling?"
SIGN_IN = {"OIDC_ISSUER": "http://127.0.0.1:9", "OIDC_CLIENT_ID": "bot", "OIDC_CLIENT_SECRET": "hush"}


@dataclass
class Deployment:
    """Where everything is: the environment that all processes share, and the two web processes' ports."""

    folder: Path
    environment: dict[str, str]
    port: int
    database: str

    @property
    def webs(self) -> list[str]:
        """The addresses of the web processes."""
        return [f"http://127.0.0.1:{self.port + number}" for number in range(2)]

    def start(self, *words: str, port: int = 0) -> contextlib.AbstractContextManager[Honcho]:
        """Start processes of the Procfile."""
        return honcho(self.folder, self.environment, *words, port=port)


@pytest.fixture
async def deployment(databases: Databases, sources: Path, tmp_path: Path) -> AsyncIterator[Deployment]:
    async with databases.blank("postgres") as address:
        chroma = free_port()
        env = environment(
            DATABASE_URL=address,
            CHROMA_URL=f"http://127.0.0.1:{chroma}",
            DATA_DIR=str(tmp_path / "data"),
            SOURCES=str(sources),
            PUBLIC_URL="http://motet.example",
            SESSION_SECRET="everybody's",
            **SIGN_IN,
        )
        # Honcho counts up from the first one's port.
        yield Deployment(tmp_path, env | {"CHROMA_PORT": str(chroma)}, _two_ports(), address)


def _two_ports() -> int:
    while True:
        port = free_port()
        with contextlib.suppress(OSError), _listening(port), _listening(port + 1):
            return port


@contextlib.contextmanager
def _listening(port: int) -> Iterator[None]:
    with socket.create_server(("127.0.0.1", port)):
        yield


@dataclass
class Asker:
    """People who ask one question each, through whichever web process takes it, as behind a load balancer."""

    webs: list[str]
    asked: dict[str, tuple[httpx.Cookies, str]] = field(default_factory=dict)
    """The threads of the questions that were taken, by their keys, and each asker's cookies."""
    retried: int = 0

    def ask(self) -> str:
        """Ask, and ask again with the same key until a process has taken it; the key."""
        key, webs = uuid.uuid4().hex, itertools.cycle(self.webs)
        with httpx.Client(timeout=30) as client:
            wait_for(lambda: self._is_taken(client, next(webs), key))
        return key

    def _is_taken(self, client: httpx.Client, web: str, key: str) -> bool:
        with contextlib.suppress(httpx.TransportError):
            if thread := self._post(client, web, key):
                self.asked[key] = client.cookies, thread
                return True
        self.retried += 1
        return False

    def _post(self, client: httpx.Client, web: str, key: str) -> str | None:
        """The thread of the question; None where the process does not take it."""
        page = client.get(f"{web}/")
        channel = re.search(r'name="kanal" value="([^"]+)"', page.text)
        if not channel:
            assert page.status_code >= 500, page.text
            return None
        form = {"tekst": KNOWN, "kanal": channel[1], "nokkel": key}
        answer = client.post(f"{web}/spor", data=form, headers=JSON)
        assert answer.is_success or answer.status_code >= 500, answer.text
        return str(answer.json()["messages"][0]["thread"]) if answer.is_success else None

    def ask_until(self, stop: threading.Event) -> None:
        """Ask one question after the other."""
        while not stop.wait(0.2):
            self.ask()

    def page(self, key: str, web: str) -> list[str]:
        """The messages of a thread as its asker sees them through that web process."""
        cookies, thread = self.asked[key]
        page = httpx.get(f"{web}/t/{thread}", cookies=cookies, timeout=30).raise_for_status().text
        return re.findall(r"<article.*?</article>", page, re.S)


def is_up(web: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return bool(httpx.get(f"{web}/health", timeout=10).json() == {"status": "ok"})
    return False


def test_the_procfile_runs_as_it_stands_and_any_web_process_shows_what_was_asked_through_another(
    deployment: Deployment,
) -> None:
    asker = Asker(deployment.webs)
    with deployment.start("-c", "web=2,worker=2", port=deployment.port) as everything:
        everything.wait_for("is open at", 2)
        everything.wait_for("The worker is up", 2)
        assert all(is_up(web) for web in deployment.webs)
        key = asker.ask()
        wait_for(lambda: len(asker.page(key, deployment.webs[1])) == 2)
        wait_for(lambda: all("serveringsbevilling fra kommunen" in asker.page(key, web)[1] for web in deployment.webs))
        assert "begrenset" not in asker.page(key, deployment.webs[1])[1]
        everything.stop()
        assert set(everything.stopped()) == {"web.1", "web.2", "worker.1", "worker.2", "chroma.1", "release.1"}


async def test_every_question_gets_one_reply_though_each_process_is_restarted_and_one_killed(
    deployment: Deployment,
) -> None:
    asker, stop = Asker(deployment.webs), threading.Event()
    asking = threading.Thread(target=asker.ask_until, args=[stop], daemon=True)
    await asyncio.to_thread(roll, deployment, asker, asking, stop)
    database = Database(deployment.database)
    async with database.reading() as session:
        kinds = list(await session.execute(select(MessageRow.kind, MessageRow.thread, MessageRow.said)))
        owed = list(await session.execute(select(OutboxRow.kind, OutboxRow.done_at, OutboxRow.error)))
    await database.close()
    threads = {thread for _, thread in asker.asked.values()}
    assert len(threads) == len(asker.asked) > 20
    for kind in ("question", "reply"):
        assert sorted(thread for found, thread, _ in kinds if found == kind) == sorted(threads)
    assert all("serveringsbevilling fra kommunen" in str(said) for kind, _, said in kinds if kind == "reply")
    assert [row for row in owed if row.done_at is None] == []
    assert len([row for row in owed if row.kind == "reply"]) == len(threads)
    limited = sum("akkurat nå begrenset" in str(said) for _, _, said in kinds)
    print(f"{len(threads)} questions, {asker.retried} asked again, {limited} replies by words alone")


def roll(deployment: Deployment, asker: Asker, asking: threading.Thread, stop: threading.Event) -> None:
    """Start everything, and restart each process while people ask; kill one; wait until all have their reply."""
    port = deployment.port
    with contextlib.ExitStack() as stack:
        vectors = stack.enter_context(deployment.start("chroma", "release"))
        webs = [stack.enter_context(deployment.start("web", port=port + number)) for number in range(2)]
        workers = [stack.enter_context(deployment.start("worker")) for _ in range(2)]
        for process in webs:
            process.wait_for("is open at")
        for process in workers:
            process.wait_for("The worker is up")
        asking.start()
        stack.callback(stop.set)
        for number in range(2):
            webs[number].stop()
            assert webs[number].stopped() == {"web.1": 0}
            webs[number] = stack.enter_context(deployment.start("web", port=port + number))
            webs[number].wait_for("is open at")
        workers[0].stop()
        assert workers[0].stopped() == {"worker.1": 0}
        workers[0] = stack.enter_context(deployment.start("worker"))
        workers[0].wait_for("The worker is up")
        workers[1].tell(signal.SIGKILL, "worker.1")
        workers[1].wait()
        workers[1] = stack.enter_context(deployment.start("worker"))
        vectors.stop()
        vectors = stack.enter_context(deployment.start("chroma", "release"))
        workers[1].wait_for("The worker is up")
        wait_for(lambda: all(is_up(web) for web in deployment.webs))
        stop.set()
        asking.join()
        wait_for(
            lambda: not any('aria-busy="true"' in "".join(asker.page(key, deployment.webs[0])) for key in asker.asked)
        )
