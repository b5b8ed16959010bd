"""Tells the person who calls on the bot where it does not answer, and nobody else, why it doesn't."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from bot.desk.outbox import Delivery
from bot.handlers.slack.blocks import marked
from bot.handlers.slack.directory import Directory
from bot.handlers.slack.workspace import Workspace
from bot.people import Place
from bot.texts import Texts

TOLD = "told"
"""The kind of these deliveries."""


class Told(BaseModel):
    """Something to tell one person in a place; without a language, in that of their Slack.

    The values that fill the text in are Slack's markup, none of it by people.
    """

    model_config = ConfigDict(frozen=True)

    place: Place
    user: str
    language: str
    key: str
    values: dict[str, Any] = {}


class Telling:
    """Carries what one person is told."""

    def __init__(self, workspace: Workspace, directory: Directory, texts: Texts) -> None:
        self._workspace = workspace
        self._directory = directory
        self._texts = texts

    async def deliver(self, delivery: Delivery) -> None:
        """Tell it. Raises Undeliverable."""
        told = Told.model_validate(delivery.payload)
        language = told.language or (await self._directory.person(told.place.workspace, told.user)).language or "nb"
        message = marked(self._texts(language, told.key, **told.values))
        await self._workspace.whisper(told.place, told.user, message)

    async def give_up(self, delivery: Delivery) -> None:
        """Nobody waits for it who could be reached another way: it is said in answer to a call on the bot there."""
