"""A workspace, and the bot in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.desk.teams import Teams
from tests.databases import Databases
from tests.peers.slack import Slack, running
from tests.slack.examples import SCOPES, Bot, started
from tests.slack.teams import TEAMS, settle


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
def teams(slack: Slack) -> Teams:
    """Three teams whose people are in the workspace: the bot of tests that use them has them."""
    settle(slack)
    return TEAMS


@pytest.fixture
async def bot(request: pytest.FixtureRequest, address: str, slack: Slack) -> AsyncIterator[Bot]:
    named = {"teams": request.getfixturevalue("teams")} if "teams" in request.fixturenames else {}
    async with started(address, slack, **named) as bot:
        yield bot
