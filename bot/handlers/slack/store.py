"""What is kept for Slack: the replies given there, and which messages have been posted."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlalchemy import JSON, Index, Select, String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, Database, Instant, insert_if_new, now
from bot.desk.notices import lane_of
from bot.handlers.slack.asking import Posed
from bot.people import Place
from bot.question import Reply

LONGEST_HISTORY = 10


class ReplyRow(Base):
    """A reply and the question it is to: what the button under it hands to the officers.

    `key` is the delivery that the reply is owed by: one delivery makes one reply.
    """

    __tablename__ = "slack_replies"
    __table_args__ = (Index("ix_slack_replies_thread_created", "thread", "created"),)

    id: Mapped[str] = mapped_column(String(128), primary_key=True)
    key: Mapped[str] = mapped_column(String(512), unique=True)
    thread: Mapped[str] = mapped_column(String(512))
    question: Mapped[dict[str, Any]] = mapped_column(JSON)
    reply: Mapped[dict[str, Any]] = mapped_column(JSON)
    created: Mapped[dt.datetime] = mapped_column(Instant)


class PostRow(Base):
    """A message that the bot has begun to post. `ts`, its name in Slack, is missing until it is known to be there."""

    __tablename__ = "slack_posts"

    key: Mapped[str] = mapped_column(String(512), primary_key=True)
    channel: Mapped[str] = mapped_column(String(64))
    ts: Mapped[str | None] = mapped_column(String(32))
    begun: Mapped[dt.datetime] = mapped_column(Instant)


class Said(BaseModel):
    """A reply and the question it is to."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    question: Posed
    reply: Reply


class Post(BaseModel):
    """A message of the bot in Slack."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    key: str
    channel: str
    ts: str | None
    begun: AwareDatetime


class Replies:
    """The replies given in Slack."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, key: str, question: Posed, reply: Reply) -> Said:
        """Keep the reply that the delivery of that key owes; where it has been given one before, that one stands."""
        values = {
            "id": reply.id,
            "key": key,
            "thread": lane_of(question.place),
            "question": question.model_dump(mode="json"),
            "reply": reply.model_dump(mode="json"),
            "created": now(),
        }
        async with self._database.writing() as session:
            await insert_if_new(session, ReplyRow, values, unique="key")
            row = (await session.scalars(select(ReplyRow).where(ReplyRow.key == key))).one()
            return Said.model_validate(row)

    async def owed_by(self, key: str) -> Said | None:
        """The reply that the delivery of that key owed, if it was given."""
        return await self._one(select(ReplyRow).where(ReplyRow.key == key))

    async def get(self, reply_id: str) -> Said | None:
        """The reply of that id, if there is one."""
        return await self._one(select(ReplyRow).where(ReplyRow.id == reply_id))

    async def history(self, place: Place, asker: str) -> tuple[str, ...]:
        """The latest questions of that person in the thread, oldest first."""
        there = select(ReplyRow).where(ReplyRow.thread == lane_of(place)).order_by(ReplyRow.created.desc())
        async with self._database.reading() as session:
            said = [Said.model_validate(row) for row in await session.scalars(there.limit(LONGEST_HISTORY))]
        theirs = [each.question.text for each in reversed(said) if each.question.asker.id == asker]
        return tuple(text for text in theirs if text)

    async def _one(self, query: Select[ReplyRow]) -> Said | None:
        async with self._database.reading() as session:
            row = (await session.scalars(query)).one_or_none()
        return Said.model_validate(row) if row else None


class Posts:
    """The messages that the bot has posted or may have posted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, key: str, channel: str) -> tuple[Post, bool]:
        """The message of that key, and whether this is the first attempt to post it."""
        values = {"key": key, "channel": channel, "begun": now()}
        async with self._database.writing() as session:
            first = await insert_if_new(session, PostRow, values, unique="key")
            row = (await session.scalars(select(PostRow).where(PostRow.key == key))).one()
            return Post.model_validate(row), first

    async def arrived(self, post: Post, channel: str, ts: str) -> Post:
        """Note that the message is there. `channel` is the id of a channel that may have been called by its name."""
        async with self._database.writing() as session:
            there = update(PostRow).where(PostRow.key == post.key)
            await session.execute(there.values(channel=channel, ts=ts))
        return post.model_copy(update={"channel": channel, "ts": ts})
