"""What is kept for Slack: the replies given there, and which messages have been posted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlalchemy import (
    JSON,
    Boolean,
    ColumnElement,
    Index,
    Select,
    String,
    and_,
    case,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, Database, Instant, insert_if_new, now
from bot.desk.notices import lane_of
from bot.desk.outbox import OutboxRow
from bot.desk.outcomes import Outcomes
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.questions.asking import Posed
from bot.people import Place
from bot.question import Reply

LONGEST_HISTORY = 10
IN = "@"
"""Parts a key from the channel where another message has the key itself."""
GIVEN_UP = "#given_up"
"""What the key of an apology for a reply ends with."""
_QUESTIONS = ("reply", "command")
"""The kinds of the deliveries that owe a reply."""


class ReplyRow(Base):
    """A reply and the question it is to: what the button under it hands to the officers.

    `key` is the delivery that the reply is owed by: one delivery makes one reply.
    """

    __tablename__ = "slack_replies"
    __table_args__ = (
        Index("ix_slack_replies_thread_created", "thread", "created"),
        Index("ix_slack_replies_workspace_asker_created", "workspace", "asker", "created"),
    )

    id: Mapped[str] = mapped_column(String(128), primary_key=True)
    key: Mapped[str] = mapped_column(String(512), unique=True)
    thread: Mapped[str] = mapped_column(String(512))
    workspace: Mapped[str] = mapped_column(String(32))
    asker: Mapped[str] = mapped_column(String(32))
    question: Mapped[dict[str, Any]] = mapped_column(JSON)
    reply: Mapped[dict[str, Any]] = mapped_column(JSON)
    created: Mapped[dt.datetime] = mapped_column(Instant)


class PostRow(Base):
    """A message that the bot has begun to post. `ts`, its name in Slack, is missing until it is known to be there;
    while `streaming`, it is there and not yet whole."""

    __tablename__ = "slack_posts"

    __table_args__ = (Index("ix_slack_posts_channel_ts", "channel", "ts"),)

    key: Mapped[str] = mapped_column(String(512), primary_key=True)
    workspace: Mapped[str] = mapped_column(String(32))
    channel: Mapped[str] = mapped_column(String(64))
    ts: Mapped[str | None] = mapped_column(String(32))
    streaming: Mapped[bool] = mapped_column(Boolean)
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
    workspace: str
    channel: str
    ts: str | None
    streaming: bool = False
    begun: AwareDatetime


class Replies:
    """The replies given in Slack."""

    def __init__(self, database: Database, outcomes: Outcomes | None = None) -> None:
        self._database = database
        self._outcomes = outcomes or Outcomes()

    async def keep(self, key: str, question: Posed, reply: Reply) -> Said:
        """Keep the reply that the delivery of that key owes; where it has been given one before, that one stands."""
        values = {
            "id": reply.id,
            "key": key,
            "thread": lane_of(question.place),
            "workspace": question.place.workspace,
            "asker": question.asker.id,
            "question": question.model_dump(mode="json"),
            "reply": reply.model_dump(mode="json"),
            "created": now(),
        }
        async with self._database.writing() as session:
            if await insert_if_new(session, ReplyRow, values, unique="key"):
                await self._note(session, key, reply)
            row = (await session.scalars(select(ReplyRow).where(ReplyRow.key == key))).one()
            return Said.model_validate(row)

    async def replace(self, key: str, question: Posed, reply: Reply) -> Said:
        """Let that be the reply that the delivery owes, in place of the one that was kept."""
        about = question.model_dump(mode="json")
        values = {"id": reply.id, "question": about, "reply": reply.model_dump(mode="json"), "created": now()}
        async with self._database.writing() as session:
            await session.execute(update(ReplyRow).where(ReplyRow.key == key).values(**values))
            await self._note(session, key, reply)
        return Said(question=question, reply=reply)

    async def owed_by(self, key: str) -> Said | None:
        """The reply that the delivery of that key owed, if it was given."""
        return await self._one(select(ReplyRow).where(ReplyRow.key == key))

    async def get(self, reply_id: str) -> Said | None:
        """The reply of that id, if there is one."""
        return await self._one(select(ReplyRow).where(ReplyRow.id == reply_id))

    async def history(self, place: Place, asker: str) -> tuple[str, ...]:
        """The latest questions of that person in the thread, oldest first."""
        theirs = [each.question.text for each in await self.in_thread(place) if each.question.asker.id == asker]
        return tuple(text for text in theirs if text)

    async def in_thread(self, place: Place) -> Sequence[Said]:
        """The latest replies in the thread, oldest first."""
        there = select(ReplyRow).where(ReplyRow.thread == lane_of(place)).order_by(ReplyRow.created.desc())
        async with self._database.reading() as session:
            said = [Said.model_validate(row) for row in await session.scalars(there.limit(LONGEST_HISTORY))]
        return said[::-1]

    async def of_asker(self, workspace: str, asker: str, limit: int) -> Sequence[Said]:
        """The latest replies that somebody has got, latest first."""
        theirs = select(ReplyRow).where(ReplyRow.workspace == workspace, ReplyRow.asker == asker)
        async with self._database.reading() as session:
            rows = await session.scalars(theirs.order_by(ReplyRow.created.desc()).limit(limit))
            return [Said.model_validate(row) for row in rows]

    async def outcomes(self) -> Mapping[str, int]:
        """How many questions have ended how: by the status of their replies, as `given_up` where an apology was owed
        instead, and as `waiting` where neither is there yet."""
        status = case((ReplyRow.key.endswith(GIVEN_UP), "given_up"), else_=ReplyRow.reply["status"].as_string())
        replied = select(status, func.count()).group_by(status)
        open_ = and_(OutboxRow.done_at.is_(None), OutboxRow.failed_at.is_(None))
        owed = select(func.count()).where(OutboxRow.platform == PLATFORM, OutboxRow.kind.in_(_QUESTIONS), open_)
        async with self._database.reading() as session:
            counts = {str(name): int(count) for name, count in await session.execute(replied)}
            return counts | {"waiting": await session.scalar(owed) or 0}

    async def _note(self, session: AsyncSession, key: str, reply: Reply) -> None:
        # An apology stands for the reply, until that comes after all.
        await self._outcomes.note(session, PLATFORM, key.removesuffix(GIVEN_UP), reply)

    async def _one(self, query: Select[ReplyRow]) -> Said | None:
        async with self._database.reading() as session:
            row = (await session.scalars(query)).one_or_none()
        return Said.model_validate(row) if row else None


class Posts:
    """The messages that the bot has posted or may have posted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, key: str, place: Place) -> tuple[Post, bool]:
        """The message of that key, and whether this is the first attempt to post it."""
        where = {"workspace": place.workspace, "channel": place.channel}
        values = {"key": key, **where, "begun": now(), "streaming": False}
        async with self._database.writing() as session:
            first = await insert_if_new(session, PostRow, values, unique="key")
            row = (await session.scalars(select(PostRow).where(PostRow.key == key))).one()
            return Post.model_validate(row), first

    async def arrived(self, post: Post, channel: str, ts: str, *, streaming: bool = False) -> Post:
        """Note that the message is there. `channel` is the id of a channel that may have been called by its name."""
        changes = {"channel": channel, "ts": ts, "streaming": streaming}
        async with self._database.writing() as session:
            await session.execute(update(PostRow).where(PostRow.key == post.key).values(**changes))
        return post.model_copy(update=changes)

    async def forget(self, post: Post) -> None:
        """Let the message be one that the bot has not begun to post: somebody has deleted it."""
        async with self._database.writing() as session:
            await session.execute(delete(PostRow).where(PostRow.key == post.key, PostRow.ts == post.ts))

    async def get(self, key: str) -> Post | None:
        """The message of that key, if the bot has begun to post it."""
        return await self._one(PostRow.key == key)

    async def key_in(self, channel: str, key: str) -> str:
        """The key in that channel of what there may be one of in each: the first there is has the key itself."""
        first = await self.get(key)
        return key if first is None or first.channel == channel else f"{key}{IN}{channel}"

    async def elsewhere(self, channel: str, key: str) -> Sequence[Post]:
        """The messages of that key that are in other channels."""
        same = or_(PostRow.key == key, PostRow.key.startswith(f"{key}{IN}", autoescape=True))
        there = select(PostRow).where(same, PostRow.channel != channel, PostRow.ts.is_not(None))
        async with self._database.reading() as session:
            return [Post.model_validate(row) for row in await session.scalars(there)]

    async def at(self, channel: str, ts: str) -> Post | None:
        """The bot's message of that name in Slack."""
        return await self._one(and_(PostRow.channel == channel, PostRow.ts == ts))

    async def _one(self, condition: ColumnElement[bool]) -> Post | None:
        async with self._database.reading() as session:
            row = (await session.scalars(select(PostRow).where(condition).limit(1))).one_or_none()
        return Post.model_validate(row) if row else None
