"""A workspace, and the bot in it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.database import Database
from bot.migrations import migrate
from tests.peers.slack import Slack, running
from tests.slack.examples import SCOPES, Bot, started


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    async with running(SCOPES) as slack:
        slack.people["UKAFE"].is_restricted = True  # a business: a guest in the municipality's workspace
        yield slack


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with all tables and nothing in them, made once: to migrate takes longer than most tests."""
    file = tmp_path_factory.mktemp("database") / "slack.db"

    async def make() -> None:
        database = Database(f"sqlite+aiosqlite:///{file}")
        await migrate(database)
        await database.close()

    asyncio.run(make())
    return file


@pytest.fixture
def address(tmp_path: Path, empty: Path) -> str:
    shutil.copy(empty, tmp_path / "slack.db")
    return f"sqlite+aiosqlite:///{tmp_path / 'slack.db'}"


@pytest.fixture
async def bot(address: str, slack: Slack) -> AsyncIterator[Bot]:
    async with started(address, slack) as bot:
        yield bot
