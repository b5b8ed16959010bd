"""A workspace, and the bot in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.peers.slack import Slack, running
from tests.slack.examples import SCOPES, Bot, started


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    async with running(SCOPES) as slack:
        slack.people["UKAFE"].is_restricted = True  # a business: a guest in the municipality's workspace
        yield slack


@pytest.fixture
def address(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'slack.db'}"


@pytest.fixture
async def bot(address: str, slack: Slack) -> AsyncIterator[Bot]:
    async with started(address, slack) as bot:
        yield bot
