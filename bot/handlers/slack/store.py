"""What is kept for Slack: the replies given there, and which messages have been posted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlalchemy import (
    Boolean,
    ColumnElement,
    Index,
    String,
    and_,
    delete,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot import replies
from bot.database import Base, Database, Instant, insert_if_new, now
from bot.desk.outcomes import Outcomes
from bot.handlers.slack import PLATFORM
from bot.people import Place

IN = "@"
"""Parts a key from the channel where another message has the key itself."""


class ReplyRow(replies.ReplyRow):
    """A reply in Slack and the question it is to."""

    __tablename__ = "slack_replies"
    __table_args__ = (
        Index("ix_slack_replies_thread_created", "thread", "created"),
        Index("ix_slack_replies_workspace_asker_created", "workspace", "asker", "created"),
    )

    workspace: Mapped[str] = mapped_column(String(32))
    asker: Mapped[str] = mapped_column(String(32))


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


class Post(BaseModel):
    """A message of the bot in Slack."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    key: str
    workspace: str
    channel: str
    ts: str | None
    streaming: bool = False
    begun: AwareDatetime


class Replies(replies.Replies):
    """The replies given in Slack."""

    def __init__(self, database: Database, outcomes: Outcomes | None = None) -> None:
        super().__init__(PLATFORM, ReplyRow, database, outcomes)


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
