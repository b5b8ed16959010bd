"""Hears what is written in channels and direct messages, and owes a reply where the bot is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.desk.notices import lane_of
from bot.guard import Guard
from bot.handlers.slack.owing import Owing
from bot.handlers.slack.questions.asking import Asked, Heard, ask, hear


class Listening:
    """Listens to messages and mentions."""

    def __init__(self, owing: Owing, tell_language: Callable[[str], str]) -> None:
        self._owing = owing
        self._guard = Guard()
        self._tell_language = tell_language

    def register(self, app: AsyncApp) -> None:
        """Let Bolt hand over what this hears."""
        app.event("app_mention")(self._hear)
        app.event("message")(self._hear)

    async def _hear(self, body: dict[str, Any]) -> None:
        heard = hear(body)
        if heard and (heard.mentioned or heard.direct):
            await self._owe(heard)

    async def _owe(self, heard: Heard) -> None:
        # In a thread: to tell a language can take a while.
        asked: Asked = await asyncio.to_thread(ask, heard, self._guard, self._tell_language)
        # Slack sends an event again when the acknowledgement is late, and tells of a mention by two events.
        await self._owing.owe("reply", heard.key, lane_of(heard.place), asked.model_dump(mode="json"))
