"""A bot that several workspaces can install, and somebody who does."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from html import unescape
from pathlib import Path
from typing import Any

import httpx
from cryptography.fernet import Fernet
from pydantic import SecretStr

from tests.peers.slack import Slack
from tests.peers.slack.state import CLIENT_ID, CLIENT_SECRET
from tests.slack.examples import PATIENCE, Bot, started

KEY = Fernet.generate_key().decode()
PUBLIC = "http://bot.example.no"
SEVERAL: dict[str, Any] = {
    "slack_bot_token": None,
    "slack_client_id": CLIENT_ID,
    "slack_client_secret": SecretStr(CLIENT_SECRET),
    "slack_staff_workspace": "T1",
    "encryption_key": SecretStr(KEY),
    "public_url": PUBLIC,
}


@contextlib.asynccontextmanager
async def installable(address: str, slack: Slack, **changes: Any) -> AsyncIterator[Bot]:
    async with started(address, slack, **SEVERAL | changes) as bot:
        yield bot


class Browser:
    """Somebody's browser, which finds the bot at its public address."""

    def __init__(self, bot_url: str, language: str = "en") -> None:
        self._bot_url = bot_url
        self.client = httpx.AsyncClient(headers={"Accept-Language": language})

    async def open(self, address: str) -> httpx.Response:
        """Go there, and no further."""
        return await self.client.get(re.sub(f"^(?:{PUBLIC})?(?=/)", self._bot_url, address))

    async def begin(self) -> str:
        """Open the page; the link to Slack that is on it."""
        page = await self.open("/slack/install")
        assert page.status_code == 200, page.text
        return link(page)

    async def consent(self, team: str = "T1") -> str:
        """Say yes; where Slack sends the browser back to."""
        return (await self.open(f"{await self.begin()}&team={team}")).headers["location"]

    async def install(self, team: str = "T1") -> httpx.Response:
        """The whole way."""
        return await self.open(await self.consent(team))


def link(page: httpx.Response) -> str:
    found = re.search(r'<a href="([^"]+)"', page.text)
    assert found, page.text
    return unescape(found[1])


async def install(bot: Bot, team: str = "T1") -> None:
    page = await Browser(bot.slack.bot_url).install(team)
    assert page.status_code == 200, page.text


def kept(folder: Path) -> bytes:
    """All that is in the database's files."""
    return b"".join(path.read_bytes() for path in folder.glob("slack.db*"))


async def until(found: Callable[[], Awaitable[object]]) -> None:
    """Wait for it."""
    async with asyncio.timeout(PATIENCE):
        while not await found():
            await asyncio.sleep(0.01)
