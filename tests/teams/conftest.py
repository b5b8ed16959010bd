"""Teams, and the bot in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.peers.certificate import certificate
from tests.peers.teams import Teams, running
from tests.teams.examples import Bot, settle, started


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with one authority in it."""
    return certificate("localhost", tmp_path_factory.mktemp("tls") / "authority.pem")


@pytest.fixture
async def teams(monkeypatch: pytest.MonkeyPatch, authority: Path) -> AsyncIterator[Teams]:
    # Each of the bot's clients loads whom it trusts: of the usual hundred authorities longer than a test takes.
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    async with running() as teams:
        settle(teams)
        yield teams


@pytest.fixture
async def address(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> AsyncIterator[str]:
    """The address of a database with all tables: SQLite's, but where the test has kinds of databases as parameters."""
    async with databases.ready(getattr(request, "param", "sqlite"), tmp_path / "teams.db") as address:
        yield address


@pytest.fixture
async def bot(address: str, teams: Teams) -> AsyncIterator[Bot]:
    async with started(address, teams) as bot:
        yield bot
