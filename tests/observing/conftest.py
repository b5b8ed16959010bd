"""Slack, Teams, a small library, and the bot with all of them: one for all tests of this folder."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.question import Question
from bot.settings import Settings
from bot.wiring import Knowledge, open_knowledge
from tests.knowledge.examples import SERVERING, split
from tests.observing.examples import KNOWN, PATIENCE, Town
from tests.observing.examples import town as in_town
from tests.peers.certificate import certificate
from tests.peers.slack import Slack
from tests.peers.slack import running as slack_running
from tests.peers.teams import Teams
from tests.peers.teams import running as teams_running
from tests.slack.examples import SCOPES
from tests.teams.examples import settle


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shelf(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Knowledge]:
    """A library of one document."""
    folder = tmp_path_factory.mktemp("shelf")
    # A chat model that is away: what is measured of one is there, and exact questions need none.
    settings = Settings(_env_file=None, data_dir=folder, openai_base_url="http://127.0.0.1:9/v1", chat_timeout=1)
    with contextlib.closing(open_knowledge(settings, warm=False)) as knowledge:
        await knowledge.library.put(*split(SERVERING))
        await knowledge.conversation.reply(Question(text=KNOWN))  # the first one waits for what takes long to load
        yield knowledge


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def slack_town() -> AsyncIterator[Slack]:
    async with slack_running(SCOPES) as slack:
        yield slack


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def teams_town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Teams]:
    authority = certificate("localhost", tmp_path_factory.mktemp("tls") / "authority.pem")
    with pytest.MonkeyPatch.context() as patch:
        # Each of the bot's clients loads whom it trusts: of the usual hundred authorities longer than a test takes.
        patch.setenv("SSL_CERT_FILE", str(authority))
        async with teams_running() as teams:
            settle(teams)
            yield teams


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def town(
    shelf: Knowledge, slack_town: Slack, teams_town: Teams, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Town]:
    folder: Path = tmp_path_factory.mktemp("town")
    async with in_town(shelf, folder, slack_town, teams_town, metrics_token="hush") as town:
        async with asyncio.timeout(PATIENCE):  # the demo asks its own first questions
            while 'moteplassen_outbox_waiting{platform="web"} 0.0' not in await town.numbers():
                await asyncio.sleep(0.1)
        yield town
