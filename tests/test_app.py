"""The app and the server it runs in: health, wiring, being killed, and being stopped."""

from __future__ import annotations

import contextlib
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path

import httpx
import pytest
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.app import create_app
from bot.database import Database
from bot.desk.dispatcher import Dispatcher, Pace
from bot.desk.outbox import Outbox
from bot.migrations import migrate
from tests.desk.examples import Mailbox, delivery, eventually, put
from tests.town import environment

AWAY = "sqlite+aiosqlite:////dev/null/nothing.db"
JSON = {"Accept": "application/json"}
PATIENCE = 60.0
KNOWN = "Når må du ha serveringsbevilling?"
UNKNOWN = "Hvor høyt er Galdhøpiggen?"


class Greeter:
    """A channel with one page, which notes what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def routes(self) -> Sequence[BaseRoute]:
        return [Route("/hei", self.greet)]

    def middleware(self) -> Sequence[Middleware]:
        return [Middleware(Polite)]

    async def greet(self, request: Request) -> Response:
        return PlainTextResponse("hei", headers={"X-Polite": request.scope["polite"]})

    async def start(self) -> None:
        self.told.append("start")

    async def stop(self) -> None:
        self.told.append("stop")


class Polite:
    """A channel's middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app({**scope, "polite": "yes"}, receive, send)


@contextlib.asynccontextmanager
async def app(address: str, channel: Greeter, mailbox: Mailbox) -> AsyncIterator[tuple[httpx.AsyncClient, Database]]:
    """An app that is up, with a client in front of it."""
    database = Database(address)
    dispatcher = Dispatcher(Outbox(database), {"web": mailbox}, pace=Pace(poll=0.02))
    running = create_app([channel], database, [dispatcher])
    try:
        async with running.router.lifespan_context(running):
            transport = httpx.ASGITransport(running, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
                yield client, database
    finally:
        await database.close()


async def test_a_channel_is_mounted_started_and_stopped_and_deliveries_are_made(tmp_path: Path) -> None:
    greeter, mailbox = Greeter(), Mailbox()
    async with app(f"sqlite+aiosqlite:///{tmp_path / 'app.db'}", greeter, mailbox) as (client, database):
        await migrate(database)
        assert greeter.told == ["start"]
        response = await client.get("/hei")
        assert (response.text, response.headers["X-Polite"]) == ("hei", "yes")
        await put(database, Outbox(database), delivery("a"))
        await eventually(lambda: mailbox.keys == ["a"])
    assert greeter.told == ["start", "stop"]


@pytest.mark.parametrize(
    ("address", "status", "told"),
    [
        ("sqlite+aiosqlite:///{folder}/app.db", 200, {"status": "ok"}),
        (AWAY, 503, {"status": "unavailable", "away": ["database"]}),
    ],
    ids=["well", "no database"],
)
async def test_health_says_which_part_is_away(
    tmp_path: Path, address: str, status: int, told: dict[str, object]
) -> None:
    async with app(address.format(folder=tmp_path), Greeter(), Mailbox()) as (client, _):
        response = await client.get("/health")
        assert (response.status_code, response.json()) == (status, told)


class Server:
    """A demo in a process of its own, and people in front of it."""

    def __init__(self, process: subprocess.Popen[str], url: str, data: Path) -> None:
        self.process = process
        self.url = url
        self.data = data

    def visitor(self, persona: str) -> httpx.Client:
        """A browser of that persona's own."""
        client = httpx.Client(base_url=self.url, timeout=PATIENCE, follow_redirects=True)
        client.post("/rolle", data={"rolle": persona}).raise_for_status()
        return client

    def outbox(self) -> dict[str, bool]:
        """The deliveries by key, and whether each has arrived; read behind the server's back."""
        with contextlib.closing(sqlite3.connect(self.data / "moteplassen.db")) as database:
            return {key: done is not None for key, done in database.execute("SELECT key, done_at FROM outbox")}


@contextlib.contextmanager
def demo(data: Path, sources: Path, **changes: str) -> Iterator[Server]:
    """Start a demo over that data directory, on a port that is free; end it the hard way."""
    env = environment(SOURCES=str(sources), **changes)
    command = [sys.executable, "-m", "bot", "demo", "--port", "0", "--data-dir", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as process:
        try:
            assert process.stdout
            opened = next(line for line in process.stdout if " is open at " in line)
            found = re.search(r"http://\S+:\d+", opened)
            assert found, opened
            yield Server(process, found[0].replace("localhost", "127.0.0.1"), data)
        finally:
            process.kill()


@contextlib.contextmanager
def silent_model() -> Iterator[str]:
    """The address of a chat model that takes every request and answers none."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"


@pytest.fixture
def data(data_dir: Path, tmp_path: Path) -> Path:
    """The small municipality's data directory, to be changed."""
    shutil.copytree(data_dir, tmp_path / "data")
    return tmp_path / "data"


def ask(asker: httpx.Client, text: str) -> tuple[str, str]:
    """Post a question; returns its thread and the message that its reply will be in."""
    posted = asker.post("/spor", data={"tekst": text, "kanal": "naeringsliv"}, headers=JSON).raise_for_status()
    question, reply = posted.json()["messages"]
    return question["thread"], reply["id"]


def messages(visitor: httpx.Client, thread: str) -> list[str]:
    """The messages of a thread, as they stand on its page."""
    page = visitor.get(f"/t/{thread}").raise_for_status().text
    return re.findall(r"<article.*?</article>", page, re.S)


def replied(visitor: httpx.Client, thread: str) -> bool:
    return 'aria-busy="true"' not in "".join(messages(visitor, thread))


def wait_for(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it has not come to that"
        time.sleep(0.05)


def forward(asker: httpx.Client, officer: httpx.Client) -> tuple[str, str]:
    """Ask what the bot doesn't know and send it to the officers; returns the thread and the case."""
    thread, reply = ask(asker, UNKNOWN)
    wait_for(lambda: replied(asker, thread))
    asker.post(f"/m/{reply}/saksbehandler", data={"sporsmal": UNKNOWN}).raise_for_status()
    (case,) = set(re.findall(r'href="/saker/([^"/?#]+)"', officer.get("/saker").text))
    return thread, case


@pytest.mark.slow
def test_what_is_in_flight_when_the_server_is_killed_arrives_once(data: Path, sources: Path) -> None:
    # A model that never answers holds up as many replies as are made at once; an officer's answer goes past them.
    with silent_model() as url, demo(data, sources, OPENAI_BASE_URL=url, CHAT_TIMEOUT="600") as server:
        amina, kari = server.visitor("kafe"), server.visitor("kari")
        thread, case = forward(amina, kari)
        threads = [ask(amina, KNOWN)[0] for _ in range(Pace().concurrency + 1)]
        kari.post(f"/saker/{case}/svar", data={"svar": "Det er 2 469 meter."}).raise_for_status()
        wait_for(lambda: len(messages(amina, thread)) == 3)
        server.process.kill()
    flying = [key.partition(":")[0] for key, arrived in server.outbox().items() if not arrived]
    assert flying.count("reply") == len(threads)
    owed = server.outbox().keys()
    with demo(data, sources) as server:
        wait_for(lambda: all(server.outbox().values()))
        assert server.outbox().keys() == owed
        amina = server.visitor("kafe")
        question, reply, answer = messages(amina, thread)
        assert UNKNOWN in question
        assert "Kari Berg" in answer
        assert "Det er 2 469 meter." in answer
        for each in threads:
            question, reply = messages(amina, each)
            assert KNOWN in question
            assert "serveringsbevilling fra kommunen" in reply


def test_a_server_that_is_told_to_stop_ends_its_streams_and_exits_well(data: Path, sources: Path) -> None:
    with demo(data, sources) as server:
        amina = server.visitor("kafe")
        with amina.stream("GET", "/hendelser", params={"kanal": "naeringsliv", "etter": "0"}) as stream:
            lines = stream.iter_lines()
            assert next(lines) == ": ready"
            server.process.send_signal(signal.SIGTERM)
            assert server.process.wait(timeout=PATIENCE) == 0
            # The stream is cut off, by an end of the connection or a reset; browsers return.
            with contextlib.suppress(httpx.RemoteProtocolError, httpx.ReadError):
                assert not [line for line in lines if line.startswith("data:")]
        with pytest.raises(httpx.ConnectError):
            amina.get("/health")
    with demo(data, sources) as again:
        amina = again.visitor("kafe")
        assert amina.get("/health").json() == {"status": "ok"}
        thread, _ = ask(amina, KNOWN)
        wait_for(lambda: replied(amina, thread))
        with contextlib.closing(sqlite3.connect(again.data / "moteplassen.db")) as database:
            cited = re.findall(r"http://localhost:(\d+)/kilde/guides/servering", "".join(database.iterdump()))
        assert again.url.rpartition(":")[2] in cited, "no link leads to the port that is open"
        assert "0" not in cited
        again.process.send_signal(signal.SIGINT)
        assert again.process.wait(timeout=PATIENCE) == 0
