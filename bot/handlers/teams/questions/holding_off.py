"""Tells whoever asks too much when to ask again."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from bot.database import now
from bot.desk.outbox import Delivery
from bot.desk.owing import Owing
from bot.desk.rates import Limited
from bot.handlers.teams.connector import Connector
from bot.handlers.teams.messages import said
from bot.handlers.teams.questions.asking import Heard, place_of
from bot.handlers.teams.store import Room, Rooms
from bot.limits import values_of
from bot.texts import Texts
from bot.understanding import OPENING, by_words

TOLD = "told"
"""The kind of these deliveries."""


class Told(BaseModel):
    """What is said to somebody in a thread."""

    model_config = ConfigDict(frozen=True)

    room: Room
    thread: str
    language: str
    key: str
    values: dict[str, Any]


async def hold_off(owing: Owing, heard: Heard, limited: Limited) -> None:
    """Owe it, once a minute for each asker and conversation, or telling it would be too much as well."""
    key, values = values_of(limited)
    language = by_words(heard.text[:OPENING]) or "nb"
    told = Told(room=heard.room, thread=heard.thread, language=language, key=key, values=values)
    named = f"{TOLD}:{heard.room.channel}:{heard.user}:{now():%Y%m%d%H%M}"
    # In a lane of its own: what is asked first is answered first, and this need not wait for that.
    await owing.owe(TOLD, named, f"{TOLD}/{heard.user}", told.model_dump(mode="json"))


class Telling:
    """Carries it. In channels it stands in the thread for all: what Teams has for one person alone is a preview yet."""

    def __init__(self, connector: Connector, rooms: Rooms, texts: Texts) -> None:
        self._connector = connector
        self._rooms = rooms
        self._texts = texts

    async def deliver(self, delivery: Delivery) -> None:
        """Say it where it was asked. Raises what the connector raises."""
        told = Told.model_validate(delivery.payload)
        await self._rooms.keep(told.room)
        text = self._texts(told.language, told.key, **told.values)
        await self._connector.post(delivery.key, place_of(told.room, told.thread), said(text))

    async def give_up(self, delivery: Delivery) -> None:
        """Nobody waits for it: who asks again is told again."""
