"""A workspace, and the bot in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.peers.slack import Slack, running
from tests.slack.examples import SCOPES, Bot, started


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    async with running(SCOPES) as slack:
        slack.people["UKAFE"].is_restricted = True  # a business: a guest in the municipality's workspace
        yield slack


@pytest.fixture
async def address(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> AsyncIterator[str]:
    """The address of a database with all tables: SQLite's, but where the test has kinds of databases as parameters."""
    async with databases.ready(getattr(request, "param", "sqlite"), tmp_path / "slack.db") as address:
        yield address


@pytest.fixture
async def bot(address: str, slack: Slack) -> AsyncIterator[Bot]:
    async with started(address, slack) as bot:
        yield bot
