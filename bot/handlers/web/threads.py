"""The channels' threads in the database. Whatever changes one is a transaction that counts as a change of its channel,
and is heard of live."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Executable, Select, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Database, insert_if_new, now
from bot.desk.limiting import Limiter
from bot.desk.notices import CaseNotice
from bot.desk.outbox import Delivery, Outbox
from bot.desk.outcomes import Outcomes
from bot.desk.rates import Counted
from bot.handlers.web import PLATFORM
from bot.handlers.web.gate import TooMuch
from bot.handlers.web.live import Live
from bot.handlers.web.messages import Asked, Kind, Message, Progress, Thread
from bot.handlers.web.store import (
    ADVANCED,
    CHANGED,
    INSIDE,
    MESSAGES_ADDED,
    NOTED,
    POSTED,
    REPLY_TO,
    SAID,
    THREAD_ADDED,
    THREAD_OF,
    ChannelRow,
    MessageRow,
    ThreadRow,
)
from bot.people import Asker, Role
from bot.question import Reply


class NoSuchMessage(LookupError):
    """No such message, or no such thread."""


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
        self._outbox = outbox
        self._live = live
        self._outcomes = outcomes or Outcomes()
        self._limiter = limiter or Limiter()

    async def ask(self, asked: Asked, counted: Counted | None = None) -> Sequence[Message]:
        """Put the question in its thread, with its reply still to come, and owe that reply; all or nothing.

        Returns both messages. Raises NoSuchMessage where the channel has no such thread, and TooMuch where it is too
        much for whom it is `counted` for; asked again, it is counted no more.
        """
        try:
            async with self._database.writing() as session:
                messages = await _posted(session, asked) or await self._add(session, asked, counted)
        except (IntegrityError, TooMuch):
            # The same was posted twice at once, and the other was first: it is counted, and too much, no more.
            async with self._database.reading() as session:
                messages = await _posted(session, asked)
            if not messages:
                raise
        self._live.poke(asked.channel)
        return messages

    async def follow_up(self, asked: Asked) -> Message:
        """Put what the asker of a case writes to its officer in their thread, without owing a reply; once for each
        `asked.ref`. Raises NoSuchMessage where the channel has no such thread."""
        async with self._database.writing() as session:
            await _check_thread(session, asked)
            position = await _advance(session, asked.channel)
            values = _values(_new_id(), asked.channel, position, Kind.FOLLOW_UP, asked.asker)
            posted = asked.model_dump(include={"text", "language", "session", "masked", "thread"})
            await insert_if_new(
                session, MessageRow, values | posted | {"delivery_key": asked.ref}, unique="delivery_key"
            )
            message = _message((await session.scalars(POSTED, {"ref": asked.ref})).one())
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
            position = await _advance(session, reply.channel, by=2)
            values = _values(_new_id(), reply.channel, position, Kind.ANSWER, officer) | {"thread": reply.thread}
            said = {"text": notice.text, "language": notice.language, "question": reply.question, "delivery_key": key}
            await insert_if_new(session, MessageRow, values | said, unique="delivery_key")
            await session.execute(_at(reply.id).values(revision=position - 1))
        self._live.poke(reply.channel)

    async def touch(self, message: Message) -> None:
        """Let everybody who has the message on the screen get it anew."""
        async with self._database.writing() as session:
            revision = await _advance(session, message.channel)
            await session.execute(_at(message.id).values(revision=revision))
        self._live.poke(message.channel)

    async def count(self, channel: str) -> None:
        """Count a change of a channel that has no messages."""
        async with self._database.writing() as session:
            await _advance(session, channel)
        self._live.poke(channel)

    async def message(self, id_: str) -> Message:
        """The message of that id. Raises NoSuchMessage."""
        async with self._database.reading() as session:
            row = await session.get(MessageRow, id_)
        if row is None:
            raise NoSuchMessage(f"no message has the id {id_!r}")
        return _message(row)

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
            return [_message(row) for row in rows]

    async def _one(self, query: Select[ThreadRow], missing: str, **asked: object) -> Thread:
        async with self._database.reading() as session:
            found = await _threads(session, query, **asked)
        if not found:
            raise NoSuchMessage(missing)
        return found[0]

    async def _admit(self, session: AsyncSession, counted: Counted | None) -> None:
        if counted:
            (limited,) = await self._limiter.admit(session, [counted])
            if limited:
                raise TooMuch(limited)

    async def _add(self, session: AsyncSession, asked: Asked, counted: Counted | None) -> Sequence[Message]:
        await self._admit(session, counted)
        question, reply = _new_id(), _new_id()
        owed = Delivery(kind="reply", platform=PLATFORM, key=f"reply:{question}", payload={"message": reply})
        await self._outbox.put(session, owed)
        if asked.thread:
            await _check_thread(session, asked)
        # From here on whoever else changes the channel waits: as little as can be is left to do.
        position = await _advance(session, asked.channel, by=2) - 1
        thread = asked.thread or await _begin_thread(session, asked.channel, question, position)
        posted = asked.model_dump(include={"text", "language", "session", "masked"})
        waiting = {"text": "", "language": asked.language, "session": None}
        mine = _values(question, asked.channel, position, Kind.QUESTION, asked.asker) | posted
        replying = _values(reply, asked.channel, position + 1, Kind.REPLY, asked.asker) | waiting
        rows = [
            mine | {"thread": thread, "question": None, "delivery_key": asked.ref},
            replying | {"thread": thread, "question": question, "delivery_key": owed.key},
        ]
        await session.execute(MESSAGES_ADDED, rows)
        return [Message.model_validate(row) for row in rows]


async def _posted(session: AsyncSession, asked: Asked) -> Sequence[Message]:
    """What has been posted already as that, with its reply; else nothing."""
    question = (await session.scalars(POSTED, {"ref": asked.ref})).one_or_none()
    if question is None:
        return []
    # What went to an officer is owed no reply.
    replies = await session.scalars(REPLY_TO, {"asked": question.id})
    return [_message(question), *map(_message, replies)]


async def _advance(session: AsyncSession, channel: str, by: int = 1) -> int:
    advanced = ADVANCED[session.get_bind().dialect.name]
    return int((await session.execute(advanced, {"channel": channel, "by": by})).scalar_one())


async def _change_waiting(session: AsyncSession, reply: Message, change: Executable, **values: Any) -> bool:
    """Change a reply that has not come yet; False where it has."""
    revision = await _advance(session, reply.channel)
    changed = await session.execute(change, {"message": reply.id, "at": revision, **values})
    return changed.first() is not None


async def _begin_thread(session: AsyncSession, channel: str, id_: str, position: int) -> str:
    row = {"id": id_, "channel": channel, "position": position, "created": now()}
    await session.execute(THREAD_ADDED, row)
    return id_


async def _check_thread(session: AsyncSession, asked: Asked) -> None:
    found = await session.get(ThreadRow, asked.thread)
    if found is None or found.channel != asked.channel:
        raise NoSuchMessage(f"the channel has no thread {asked.thread!r}")


async def _threads(session: AsyncSession, query: Select[ThreadRow], **asked: object) -> list[Thread]:
    rows = sorted(await session.scalars(query, asked), key=lambda row: row.position)
    inside = await session.scalars(INSIDE, {"threads": [row.id for row in rows]})
    messages = [_message(row) for row in inside]
    return [
        Thread(
            id=row.id,
            channel=row.channel,
            position=row.position,
            messages=tuple(message for message in messages if message.thread == row.id),
        )
        for row in rows
    ]


def _values(id_: str, channel: str, position: int, kind: Kind, person: Asker) -> dict[str, Any]:
    return {
        "id": id_,
        "channel": channel,
        "position": position,
        "revision": position,
        "kind": kind.value,
        "person": person.model_dump(mode="json"),
        "masked": False,
        "created": now(),
    }


def _at(id_: str) -> Any:
    return update(MessageRow).where(MessageRow.id == id_)


def _message(row: MessageRow) -> Message:
    return Message.model_validate(row, from_attributes=True)


def _new_id() -> str:
    return secrets.token_hex(16)
