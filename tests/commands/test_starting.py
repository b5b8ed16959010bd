"""Processes wait at the start for what they stand on, say for which of it, and give up in time; `migrate`."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.database import Database
from bot.migrations import is_newest
from bot.settings import ConfigurationError, Settings
from bot.starting import await_parts
from knowledge.chroma_server import ChromaServer
from tests.databases import Databases
from tests.peers.ports import free_port
from tests.town import environment, moteplassen

SIGN_IN = {"OIDC_ISSUER": "http://127.0.0.1:9", "OIDC_CLIENT_ID": "bot", "OIDC_CLIENT_SECRET": "hush"}
NOBODY = "postgresql+asyncpg://me:hush@127.0.0.1:9/db"


@contextlib.contextmanager
def heartbeats(port: int, after: float) -> Iterator[None]:
    """A server at that port that answers heartbeats, once it has been started after so many seconds."""
    body = b'{"nanosecond heartbeat": 1}'
    answer = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%s" % (len(body), body)

    def serve() -> None:
        with socket.create_server(("127.0.0.1", port)) as listening:
            connection, _ = listening.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(answer)

    starting = threading.Timer(after, serve)
    starting.daemon = True
    starting.start()
    yield
    starting.join(10)


async def test_what_starts_late_is_waited_for_and_the_log_says_so_once(tmp_path: Path) -> None:
    port = free_port()
    settings = Settings(_env_file=None, data_dir=tmp_path, start_patience=30)
    with heartbeats(port, after=1.2), capture_logs() as logged:
        await await_parts(settings, ChromaServer(f"http://127.0.0.1:{port}"))
    assert [(each["event"], each["part"]) for each in logged] == [
        ("start.waiting", "chroma"),
        ("start.found", "chroma"),
    ]


async def test_what_is_there_is_not_waited_for(tmp_path: Path) -> None:
    with capture_logs() as logged:
        await await_parts(Settings(_env_file=None, data_dir=tmp_path), None)
    assert logged == []


@pytest.mark.parametrize(
    ("command", "changes", "told"),
    [
        ("serve", {"DATABASE_URL": NOBODY}, "the part database can't be reached"),
        ("worker", {"CHROMA_URL": "http://127.0.0.1:9"}, "the part chroma can't be reached (Chroma at"),
        ("migrate", {"DATABASE_URL": NOBODY}, "correct MOTEPLASSEN_DATABASE_URL"),
    ],
)
def test_who_waits_in_vain_is_told_for_what(
    tmp_path: Path, sources: Path, command: str, changes: dict[str, str], told: str
) -> None:
    port = ("--port", "0") if command == "serve" else ()
    settings = {"SOURCES": str(sources), "START_PATIENCE": "0.6"} | SIGN_IN | changes
    result = moteplassen(command, *port, "--data-dir", tmp_path, **settings)
    assert result.exit_code == 1
    assert "start.waiting" in result.stderr
    assert told in result.stderr.splitlines()[-1]
    assert result.stderr.splitlines()[-1].startswith("error: ")
    assert "Traceback" not in result.output
    assert "hush" not in result.output


async def test_a_wrong_address_is_told_at_once(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, database_url="postgresql+nothing://me:hush@host/db")
    with pytest.raises(ConfigurationError, match="can't be used"):
        await await_parts(settings, None)


@pytest.mark.postgres
async def test_a_database_that_refuses_us_is_not_waited_for(databases: Databases, tmp_path: Path) -> None:
    async with databases.blank("postgres") as address:
        gone = re.sub(r"/moteplassen_\w+", "/no_such_database", address)
        settings = Settings(_env_file=None, database_url=gone, start_patience=600)
        async with asyncio.timeout(30):
            await await_parts(settings, None)
        refused = await asyncio.to_thread(moteplassen, "migrate", "--data-dir", tmp_path, DATABASE_URL=gone)
        assert "error: the database can't be reached" in refused.stderr


async def test_migrate_makes_the_tables_and_leaves_them_alone_afterwards(tmp_path: Path) -> None:
    for _ in range(2):
        done = await asyncio.to_thread(moteplassen, "migrate", "--data-dir", tmp_path)
        assert (done.exit_code, done.stderr) == (0, "The database is at this version.\n")
    database = Database(Settings(_env_file=None, data_dir=tmp_path).database)
    assert await is_newest(database)
    await database.close()


@pytest.mark.slow
def test_migrate_stays_up_where_it_is_told_to(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot", "migrate", "--stay", "--data-dir", str(tmp_path)]
    with subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        assert process.stderr.readline() == "The database is at this version.\n"
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.3)
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(60) == 0
