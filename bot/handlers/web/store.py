"""The tables of the web meeting place, and what is asked of them most."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    RowMapping,
    Select,
    String,
    Text,
    bindparam,
    insert,
    null,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, Inserting, Instant, now, table_of
from bot.handlers.web.messages import Kind, Message
from bot.people import Asker


class ChannelRow(Base):
    """A channel and how many changes it has seen.

    Whoever changes a channel counts the change here first and so holds the row until the change is committed. That
    is why changes become visible in the order of their numbers, and a reader who asks for "all after 17" misses none.
    """

    __tablename__ = "web_channels"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    revision: Mapped[int] = mapped_column(Integer)


class ThreadRow(Base):
    """A thread of a channel. `position` is the change that began it and orders the channel."""

    __tablename__ = "web_threads"
    __table_args__ = (Index("ix_web_threads_channel_position", "channel", "position"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    channel: Mapped[str] = mapped_column(ForeignKey("web_channels.name"))
    position: Mapped[int] = mapped_column(Integer)
    created: Mapped[dt.datetime] = mapped_column(Instant)


class MessageRow(Base):
    """A message of a thread: somebody's question, the bot's reply to one, or an officer's answer.

    `position` orders the thread, `revision` is the latest change of the message. A reply stands here from the moment
    its question is asked; `said` is empty until it has come, and `progress` is how far it has got by then. `person` is
    who asked or answered; for a reply, whom it is for. The message that begins a thread has the thread's id.
    `delivery_key` is the delivery that the message owes its existence to: one delivery makes one message.
    """

    __tablename__ = "web_messages"
    __table_args__ = (
        Index("ix_web_messages_channel_revision", "channel", "revision"),
        Index("ix_web_messages_thread_position", "thread", "position"),
        Index("ix_web_messages_session_created", "session", "created"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    thread: Mapped[str] = mapped_column(ForeignKey("web_threads.id"))
    channel: Mapped[str] = mapped_column(String(64))
    position: Mapped[int] = mapped_column(Integer)
    revision: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(16))
    person: Mapped[dict[str, Any]] = mapped_column(JSON)
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(8))
    masked: Mapped[bool] = mapped_column(Boolean)
    question: Mapped[str | None] = mapped_column(ForeignKey("web_messages.id"))
    progress: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    said: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    session: Mapped[str | None] = mapped_column(String(64))
    delivery_key: Mapped[str] = mapped_column(String(512), unique=True)
    created: Mapped[dt.datetime] = mapped_column(Instant)


class SignedOutRow(Base):
    """A sign-in that was ended, until it would have ended by itself."""

    __tablename__ = "web_signed_out"

    session: Mapped[str] = mapped_column(String(64), primary_key=True)
    until: Mapped[dt.datetime] = mapped_column(Instant)


class FeedbackRow(Base):
    """What somebody thinks of a reply: 1 or -1, and what is wrong with it. No row: nothing said, or taken back."""

    __tablename__ = "web_feedback"

    message: Mapped[str] = mapped_column(ForeignKey("web_messages.id"), primary_key=True)
    visitor: Mapped[str] = mapped_column(String(255), primary_key=True)
    thumb: Mapped[int] = mapped_column(Integer)
    fault: Mapped[str | None] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(Text, server_default="")
    importance: Mapped[str | None] = mapped_column(String(16))
    role: Mapped[str] = mapped_column(String(16), server_default="")
    changed: Mapped[dt.datetime] = mapped_column(Instant)


# Put together once: each question asks for most of these, and putting them together costs more than sending them.
_MESSAGES = table_of(MessageRow)
REVISIONS = select(ChannelRow.name, ChannelRow.revision).where(
    ChannelRow.name.in_(bindparam("channels", expanding=True))
)
"""How many changes these `channels` have seen, by name."""
THREAD_ADDED = insert(table_of(ThreadRow))
MESSAGES_ADDED = insert(_MESSAGES)
_MESSAGE = select(_MESSAGES)
POSTED = _MESSAGE.where(_MESSAGES.c.delivery_key.in_(bindparam("refs", expanding=True)))
"""The messages that were posted as these `refs`."""
REPLIES_TO = _MESSAGE.where(
    _MESSAGES.c.question.in_(bindparam("asked", expanding=True)), _MESSAGES.c.kind == Kind.REPLY
)
"""The bot's replies to the messages that are `asked`."""
ONE = _MESSAGE.where(_MESSAGES.c.id == bindparam("message"))
"""That `message`."""
THERE = select(ThreadRow.id, ThreadRow.channel).where(ThreadRow.id.in_(bindparam("threads", expanding=True)))
"""Those of these `threads` that there are, and their channels."""
_THREADS = table_of(ThreadRow)
_THREADS_OF = select(_MESSAGES.c.thread).where(_MESSAGES.c.id.in_(bindparam("messages", expanding=True)))


def inside(threads: Any) -> Select[Any]:
    """The messages of these threads, each with when its thread `began` (a position); threads in the order in which they
    began, and in each the messages in theirs."""
    began = _THREADS.c.position.label("began")
    every = select(_MESSAGES, began).join(_THREADS).where(_THREADS.c.id.in_(threads))
    return every.order_by(began, _THREADS.c.id, _MESSAGES.c.position)


AROUND = inside(_THREADS_OF)
"""The same of the threads in which these `messages` stand."""
CHANGED = (
    _MESSAGE.where(_MESSAGES.c.channel == bindparam("channel"), _MESSAGES.c.revision > bindparam("after"))
    .order_by(_MESSAGES.c.revision)
    .limit(bindparam("at_most"))
)
"""The first messages of a `channel`, `at_most` so many, that have changed `after` a revision."""
_WAITING = update(_MESSAGES).where(_MESSAGES.c.id == bindparam("message"), _MESSAGES.c.said.is_(None))
NOTED = _WAITING.values(revision=bindparam("at"), progress=bindparam("note"))
"""Notes how far a `message` that waits has got, as the change that is `at` that revision."""
SAID = _WAITING.values(revision=bindparam("at"), said=bindparam("told"), progress=null())
"""Lets a `message` that waits say what it is `told`, as the change that is `at` that revision."""
STILL_WAITING = select(_MESSAGES.c.id).where(
    _MESSAGES.c.id.in_(bindparam("messages", expanding=True)), _MESSAGES.c.said.is_(None)
)
"""Those of these `messages` that say nothing yet."""
OPINIONS = select(FeedbackRow).where(FeedbackRow.message.in_(bindparam("messages", expanding=True)))
"""What people think of these `messages`."""


def _advanced(insert: Callable[[Any], Any]) -> Any:
    first = insert(table_of(ChannelRow)).values(name=bindparam("channel"), revision=bindparam("by"))
    counted = first.on_conflict_do_update(
        index_elements=["name"], set_={"revision": ChannelRow.revision + bindparam("by")}
    )
    return counted.returning(ChannelRow.revision)


ADVANCED = Inserting(_advanced)
"""Counts changes of a `channel`, `by` so many. Gives the number of the last."""


async def advance(session: AsyncSession, channel: str, by: int = 1) -> int:
    """Count so many changes of the channel; the number of the last. Whoever else changes it waits from here on."""
    return int((await session.execute(ADVANCED.on(session), {"channel": channel, "by": by})).scalar_one())


def row_of(id_: str, channel: str, position: int, kind: Kind, person: Asker) -> dict[str, Any]:
    """What every message's row holds."""
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


async def messages(session: AsyncSession, query: Select[Any], **asked: object) -> list[Message]:
    """The messages that a query of whole rows finds, in its order."""
    return [message_of(row) for row in (await session.execute(query, asked)).mappings()]


def message_of(row: RowMapping) -> Message:
    """The message of a row."""
    return Message.model_validate(dict(row))


def new_id() -> str:
    """Names a message."""
    return secrets.token_hex(16)
