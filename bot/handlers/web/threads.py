"""The channels' threads in the database. Whatever changes one is a transaction that counts as a change of its channel,
and is heard of live."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Database, insert_if_new
from bot.desk.group_commit import GroupRead
from bot.desk.limiting import Limiter
from bot.desk.notices import CaseNotice
from bot.desk.outbox import Outbox
from bot.desk.outcomes import Outcomes
from bot.desk.rates import Counted
from bot.handlers.web.asking import Asking
from bot.handlers.web.live import Live
from bot.handlers.web.messages import Asked, Kind, Message, NoSuchMessage, Progress, Thread
from bot.handlers.web.saying import Saying
from bot.handlers.web.store import (
    AROUND,
    CHANGED,
    NOTED,
    ONE,
    POSTED,
    ChannelRow,
    MessageRow,
    ThreadRow,
    advance,
    inside,
    message_of,
    messages,
    new_id,
    row_of,
)
from bot.people import Asker, Role
from bot.question import Reply


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
        self._asking = Asking(database, outbox, limiter or Limiter())
        self._saying = Saying(database, outcomes or Outcomes())
        self._around = GroupRead(database, _around)

    async def ask(self, asked: Asked, counted: Counted | None = None) -> Sequence[Message]:
        """Put the question in its thread, with its reply still to come, and owe that reply; all or nothing.

        Returns both messages. Raises NoSuchMessage where the channel has no such thread, and TooMuch where it is too
        much for whom it is `counted` for; asked again, it is counted no more.
        """
        posted = await self._asking.ask(asked, counted)
        self._live.poke(asked.channel)
        return posted

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
            [message] = await messages(session, POSTED, refs=[asked.ref])
        self._live.poke(asked.channel)
        return message

    async def progress(self, reply: Message, progress: Progress) -> None:
        """Note how far a reply has got. Nothing happens where it has come already."""
        async with self._database.writing() as session:
            revision = await advance(session, reply.channel)
            noted = {"message": reply.id, "at": revision, "note": progress.model_dump(mode="json")}
            await session.execute(NOTED, noted)
        self._live.poke(reply.channel)

    async def say(self, reply: Message, said: Reply) -> None:
        """Let the reply say this, and count how it ended. Nothing happens where it has come already."""
        await self._saying.say(reply, said)
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
            found = await messages(session, ONE, message=id_)
        if not found:
            raise NoSuchMessage(f"no message has the id {id_!r}")
        return found[0]

    async def thread(self, id_: str) -> Thread:
        """The thread of that id. Raises NoSuchMessage."""
        async with self._database.reading() as session:
            found = await _threads(session, inside([id_]))
        if not found:
            raise NoSuchMessage(f"no thread has the id {id_!r}")
        return found[0]

    async def thread_of(self, message: str) -> Thread:
        """The thread in which the message of that id stands. Raises NoSuchMessage."""
        found = await self._around.do(message)
        if found is None:
            raise NoSuchMessage(f"no message has the id {message!r}")
        return found

    async def recent(self, channel: str, limit: int, before: int | None = None) -> Sequence[Thread]:
        """The latest threads of a channel (that began before a position), in the order they began."""
        latest = select(ThreadRow.id).where(ThreadRow.channel == channel)
        if before is not None:
            latest = latest.where(ThreadRow.position < before)
        async with self._database.reading() as session:
            return await _threads(session, inside(latest.order_by(ThreadRow.position.desc()).limit(limit)))

    async def revision(self, channel: str) -> int:
        """How many changes the channel has seen."""
        async with self._database.reading() as session:
            return await session.scalar(select(ChannelRow.revision).where(ChannelRow.name == channel)) or 0

    async def changed(self, channel: str, after: int, limit: int) -> Sequence[Message]:
        """The messages that have changed after a revision, in the order they changed; the first of them, up to so
        many."""
        async with self._database.reading() as session:
            return await messages(session, CHANGED, channel=channel, after=after, at_most=limit)


async def _check_thread(session: AsyncSession, asked: Asked) -> None:
    found = await session.get(ThreadRow, asked.thread)
    if found is None or found.channel != asked.channel:
        raise NoSuchMessage(f"the channel has no thread {asked.thread!r}")


async def _threads(session: AsyncSession, query: Select[Any], **asked: object) -> list[Thread]:
    """The threads that a query of what is `inside` of some finds."""
    rows = (await session.execute(query, asked)).mappings()
    apart = itertools.groupby(rows, key=lambda row: (row["thread"], row["channel"], row["began"]))
    return [
        Thread(id=id_, channel=channel, position=began, messages=tuple(map(message_of, here)))
        for (id_, channel, began), here in apart
    ]


async def _around(session: AsyncSession, wanted: Sequence[str]) -> Sequence[Thread | None]:
    """The threads in which these messages stand."""
    threads = await _threads(session, AROUND, messages=wanted)
    found = {message.id: thread for thread in threads for message in thread.messages}
    return [found.get(id_) for id_ in wanted]


def _at(id_: str) -> Any:
    return update(MessageRow).where(MessageRow.id == id_)
