"""The channels' threads in the database. Whatever changes one is a transaction that counts as a change of its channel,
and is heard of live."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Executable, Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Database, insert_if_new
from bot.desk.limiting import Limiter
from bot.desk.notices import CaseNotice
from bot.desk.outbox import Outbox
from bot.desk.outcomes import Outcomes
from bot.desk.rates import Counted
from bot.handlers.web import PLATFORM
from bot.handlers.web.asking import Asking
from bot.handlers.web.live import Live
from bot.handlers.web.messages import Asked, Kind, Message, NoSuchMessage, Progress, Thread
from bot.handlers.web.store import (
    CHANGED,
    INSIDE,
    NOTED,
    POSTED,
    SAID,
    THREAD_OF,
    ChannelRow,
    MessageRow,
    ThreadRow,
    advance,
    message_of,
    new_id,
    row_of,
)
from bot.people import Asker, Role
from bot.question import Reply


class _HasCome(Exception):
    """The reply says something already, and goes on saying it."""


class Threads:
    """Reads and changes threads."""

    def __init__(
        self,
        database: Database,
        outbox: Outbox,
        live: Live,
        outcomes: Outcomes | None = None,
        limiter: Limiter | None = None,
    ) -> None:
        self._database = database
        self._live = live
        self._outcomes = outcomes or Outcomes()
        self._asking = Asking(database, outbox, limiter or Limiter())

    async def ask(self, asked: Asked, counted: Counted | None = None) -> Sequence[Message]:
        """Put the question in its thread, with its reply still to come, and owe that reply; all or nothing.

        Returns both messages. Raises NoSuchMessage where the channel has no such thread, and TooMuch where it is too
        much for whom it is `counted` for; asked again, it is counted no more.
        """
        messages = await self._asking.ask(asked, counted)
        self._live.poke(asked.channel)
        return messages

    async def follow_up(self, asked: Asked) -> Message:
        """Put what the asker of a case writes to its officer in their thread, without owing a reply; once for each
        `asked.ref`. Raises NoSuchMessage where the channel has no such thread."""
        async with self._database.writing() as session:
            await _check_thread(session, asked)
            position = await advance(session, asked.channel)
            values = row_of(new_id(), asked.channel, position, Kind.FOLLOW_UP, asked.asker)
            posted = asked.model_dump(include={"text", "language", "session", "masked", "thread"})
            await insert_if_new(
                session, MessageRow, values | posted | {"delivery_key": asked.ref}, unique="delivery_key"
            )
            message = message_of((await session.scalars(POSTED, {"refs": [asked.ref]})).one())
        self._live.poke(asked.channel)
        return message

    async def progress(self, reply: Message, progress: Progress) -> None:
        """Note how far a reply has got. Nothing happens where it has come already."""
        async with self._database.writing() as session:
            await _change_waiting(session, reply, NOTED, note=progress.model_dump(mode="json"))
        self._live.poke(reply.channel)

    async def say(self, reply: Message, said: Reply) -> None:
        """Let the reply say this, and count how it ended. Nothing happens where it has come already."""
        with contextlib.suppress(_HasCome):
            async with self._database.writing() as session:
                await self._outcomes.note(session, PLATFORM, reply.id, said)
                if not await _change_waiting(session, reply, SAID, told=said.model_dump(mode="json")):
                    raise _HasCome
        self._live.poke(reply.channel)

    async def answer(self, key: str, notice: CaseNotice) -> None:
        """Put an officer's answer in the asker's thread; once for each key. Raises NoSuchMessage."""
        reply = await self.message(notice.reply_id)
        officer = Asker(id=notice.answered_by.id, name=notice.answered_by.name, role=Role.OFFICER)
        async with self._database.writing() as session:
            position = await advance(session, reply.channel, by=2)
            values = row_of(new_id(), reply.channel, position, Kind.ANSWER, officer) | {"thread": reply.thread}
            said = {"text": notice.text, "language": notice.language, "question": reply.question, "delivery_key": key}
            await insert_if_new(session, MessageRow, values | said, unique="delivery_key")
            await session.execute(_at(reply.id).values(revision=position - 1))
        self._live.poke(reply.channel)

    async def touch(self, message: Message) -> None:
        """Let everybody who has the message on the screen get it anew."""
        async with self._database.writing() as session:
            revision = await advance(session, message.channel)
            await session.execute(_at(message.id).values(revision=revision))
        self._live.poke(message.channel)

    async def count(self, channel: str) -> None:
        """Count a change of a channel that has no messages."""
        async with self._database.writing() as session:
            await advance(session, channel)
        self._live.poke(channel)

    async def message(self, id_: str) -> Message:
        """The message of that id. Raises NoSuchMessage."""
        async with self._database.reading() as session:
            row = await session.get(MessageRow, id_)
        if row is None:
            raise NoSuchMessage(f"no message has the id {id_!r}")
        return message_of(row)

    async def thread(self, id_: str) -> Thread:
        """The thread of that id. Raises NoSuchMessage."""
        return await self._one(select(ThreadRow).where(ThreadRow.id == id_), f"no thread has the id {id_!r}")

    async def thread_of(self, message: str) -> Thread:
        """The thread in which the message of that id stands. Raises NoSuchMessage."""
        return await self._one(THREAD_OF, f"no message has the id {message!r}", message=message)

    async def recent(self, channel: str, limit: int, before: int | None = None) -> Sequence[Thread]:
        """The latest threads of a channel (that began before a position), in the order they began."""
        latest = select(ThreadRow).where(ThreadRow.channel == channel)
        if before is not None:
            latest = latest.where(ThreadRow.position < before)
        async with self._database.reading() as session:
            return await _threads(session, latest.order_by(ThreadRow.position.desc()).limit(limit))

    async def revision(self, channel: str) -> int:
        """How many changes the channel has seen."""
        async with self._database.reading() as session:
            return await session.scalar(select(ChannelRow.revision).where(ChannelRow.name == channel)) or 0

    async def changed(self, channel: str, after: int, limit: int) -> Sequence[Message]:
        """The messages that have changed after a revision, in the order they changed; the first of them, up to so
        many."""
        async with self._database.reading() as session:
            rows = await session.scalars(CHANGED, {"channel": channel, "after": after, "at_most": limit})
            return [message_of(row) for row in rows]

    async def _one(self, query: Select[ThreadRow], missing: str, **asked: object) -> Thread:
        async with self._database.reading() as session:
            found = await _threads(session, query, **asked)
        if not found:
            raise NoSuchMessage(missing)
        return found[0]


async def _change_waiting(session: AsyncSession, reply: Message, change: Executable, **values: Any) -> bool:
    """Change a reply that has not come yet; False where it has."""
    revision = await advance(session, reply.channel)
    changed = await session.execute(change, {"message": reply.id, "at": revision, **values})
    return changed.first() is not None


async def _check_thread(session: AsyncSession, asked: Asked) -> None:
    found = await session.get(ThreadRow, asked.thread)
    if found is None or found.channel != asked.channel:
        raise NoSuchMessage(f"the channel has no thread {asked.thread!r}")


async def _threads(session: AsyncSession, query: Select[ThreadRow], **asked: object) -> list[Thread]:
    rows = sorted(await session.scalars(query, asked), key=lambda row: row.position)
    inside = await session.scalars(INSIDE, {"threads": [row.id for row in rows]})
    messages = [message_of(row) for row in inside]
    return [
        Thread(
            id=row.id,
            channel=row.channel,
            position=row.position,
            messages=tuple(message for message in messages if message.thread == row.id),
        )
        for row in rows
    ]


def _at(id_: str) -> Any:
    return update(MessageRow).where(MessageRow.id == id_)
