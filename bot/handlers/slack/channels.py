"""Where the bot answers what: which channels it may be asked in, and what each has been set to."""

from __future__ import annotations

import asyncio
import datetime as dt
import enum
import re
import secrets
import time
from collections.abc import Collection

from pydantic import BaseModel, ConfigDict
from sqlalchemy import String, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, Database, Instant, insert_if_new, now
from bot.desk.outbox import Delivery, Outbox
from bot.handlers.slack import PLATFORM
from bot.people import Place

CHANGED = "channel.changed"
"""The kind of the deliveries that tell a channel what it has been set to."""

_MOMENT = 1.0
"""Seconds that a channel's mode is believed for: many people ask at once."""
_MANY = 1_000
_CHANNEL = re.compile(r"[A-Z0-9]+")


class Mode(enum.StrEnum):
    """What is answered in a channel, beside what is asked in the bot's own threads."""

    MENTIONS = "mentions"
    QUESTIONS = "questions"
    OFF = "off"


class ChannelRow(Base):
    """What a channel has been set to, by whom, and when."""

    __tablename__ = "slack_channels"

    channel: Mapped[str] = mapped_column(String(64), primary_key=True)
    workspace: Mapped[str] = mapped_column(String(32))
    mode: Mapped[str] = mapped_column(String(16))
    changed_by: Mapped[str] = mapped_column(String(32))
    changed: Mapped[dt.datetime] = mapped_column(Instant)


class Change(BaseModel):
    """Somebody sets a channel to something: the payload of what then tells the channel."""

    model_config = ConfigDict(frozen=True)

    workspace: str
    channel: str
    mode: Mode
    user: str
    language: str

    @property
    def place(self) -> Place:
        """The channel itself."""
        return Place(platform=PLATFORM, workspace=self.workspace, channel=self.channel, thread="")


def link(channel: str) -> str:
    """The channel as Slack links it."""
    return f"<#{channel}>"


class Channels:
    """The channels and what they are set to. `allowed`: the ids of those that it may be asked in; empty for all."""

    def __init__(self, database: Database, outbox: Outbox, allowed: Collection[str] = ()) -> None:
        self._database = database
        self._outbox = outbox
        self._modes: dict[str, tuple[asyncio.Task[Mode], float]] = {}
        self.allowed = tuple(each for each in allowed if _CHANNEL.fullmatch(each))

    def allows(self, channel: str) -> bool:
        """May the bot be asked in the channel? In direct messages, whose ids begin with a D, it always may."""
        return not self.allowed or channel in self.allowed or channel.startswith("D")

    async def is_silent(self, channel: str) -> bool:
        """Does the bot say nothing there that everybody reads?"""
        return not self.allows(channel) or await self.mode(channel) is Mode.OFF

    @property
    def links(self) -> str:
        """Where it may be asked, as Slack links channels."""
        return ", ".join(map(link, self.allowed))

    async def mode(self, channel: str) -> Mode:
        """What is answered in the channel; what another process has set, a second later at most."""
        looking, until = self._modes.get(channel, (None, 0.0))
        if looking is None or time.monotonic() >= until:
            # One look for all who ask meanwhile: each with a connection of its own would wait for all the others'.
            looking = asyncio.create_task(self._look_up(channel))
            if len(self._modes) >= _MANY:
                self._modes.clear()
            self._modes[channel] = looking, time.monotonic() + _MOMENT
        try:
            # Who no longer waits does not end it for the others.
            return await asyncio.shield(looking)
        except SQLAlchemyError:
            self._modes.pop(channel, None)
            raise

    async def _look_up(self, channel: str) -> Mode:
        async with self._database.reading() as session:
            found = await session.scalar(select(ChannelRow.mode).where(ChannelRow.channel == channel))
        return Mode(found) if found else Mode.MENTIONS

    async def change(self, change: Change) -> bool:
        """Set the channel to the mode, and owe it the news. False: it was set to that already."""
        values = {"mode": change.mode.value, "changed_by": change.user, "changed": now()}
        about = {"channel": change.channel, "workspace": change.workspace}
        news = Delivery(
            kind=CHANGED,
            platform=PLATFORM,
            key=f"{CHANGED}:{change.channel}:{secrets.token_hex(8)}",
            payload=change.model_dump(mode="json"),
            lane=f"channel/{change.channel}",
        )
        async with self._database.writing() as session:
            if await insert_if_new(session, ChannelRow, about | values, unique="channel"):
                changed = change.mode is not Mode.MENTIONS
            else:
                row = update(ChannelRow).where(
                    ChannelRow.channel == change.channel, ChannelRow.mode != change.mode.value
                )
                changed = bool((await session.execute(row.values(**values).returning(ChannelRow.channel))).first())
            if changed:
                await self._outbox.put(session, news)
        self._modes.pop(change.channel, None)
        return changed
