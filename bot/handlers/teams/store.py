"""What is kept for Teams: the replies given there, which messages have been posted, and how to reach each place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Boolean, ColumnElement, Index, String, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from bot import feedbacks, replies
from bot.database import Base, Database, Instant, insert_if_new, now
from bot.desk.outcomes import Outcomes
from bot.handlers.teams import PLATFORM
from bot.people import Place


class ReplyRow(replies.ReplyRow):
    """A reply in Teams and the question it is to."""

    __tablename__ = "teams_replies"
    __table_args__ = (
        Index("ix_teams_replies_thread_created", "thread", "created"),
        Index("ix_teams_replies_workspace_asker_created", "workspace", "asker", "created"),
    )

    workspace: Mapped[str] = mapped_column(String(64))
    asker: Mapped[str] = mapped_column(String(128))


class FeedbackRow(feedbacks.FeedbackRow):
    """What somebody in Teams thinks of a reply."""

    __tablename__ = "teams_feedback"

    id: Mapped[str] = mapped_column(String(288), primary_key=True)
    person: Mapped[str] = mapped_column(String(128))


class PostRow(Base):
    """A message that the bot has posted: `activity` is its name in Teams."""

    __tablename__ = "teams_posts"
    __table_args__ = (Index("ix_teams_posts_channel_activity", "channel", "activity"),)

    key: Mapped[str] = mapped_column(String(512), primary_key=True)
    channel: Mapped[str] = mapped_column(String(255))
    thread: Mapped[str] = mapped_column(String(64))
    activity: Mapped[str] = mapped_column(String(128))
    posted: Mapped[dt.datetime] = mapped_column(Instant)


class RoomRow(Base):
    """A conversation in Teams that the bot is in, and how to write there without being asked."""

    __tablename__ = "teams_rooms"
    __table_args__ = (Index("ix_teams_rooms_tenant_seen", "tenant", "seen"),)

    channel: Mapped[str] = mapped_column(String(255), primary_key=True)
    tenant: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(32))
    service_url: Mapped[str] = mapped_column(String(512))
    bot: Mapped[str] = mapped_column(String(255))
    shared: Mapped[bool] = mapped_column(Boolean)
    seen: Mapped[dt.datetime] = mapped_column(Instant)


class Post(BaseModel):
    """A message of the bot in Teams."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    key: str
    channel: str
    thread: str
    activity: str


class Room(BaseModel):
    """A conversation in Teams: `channel` without the thread, `bot` the bot's own id there. `shared`: the channel is
    one that other teams, perhaps of other tenants, share."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    channel: str
    tenant: str
    kind: str
    service_url: str
    bot: str = ""
    shared: bool = False


class Replies(replies.Replies):
    """The replies given in Teams."""

    def __init__(self, database: Database, outcomes: Outcomes | None = None) -> None:
        super().__init__(PLATFORM, ReplyRow, database, outcomes)


class Feedbacks(feedbacks.Feedbacks):
    """The opinions on replies in Teams."""

    def __init__(self, database: Database) -> None:
        super().__init__(FeedbackRow, database)


class Posts:
    """The messages that the bot has posted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, key: str) -> Post | None:
        """The message of that key, if it is known to be there."""
        return await self._one(PostRow.key == key)

    async def at(self, channel: str, activity: str) -> Post | None:
        """The bot's message of that name in Teams."""
        return await self._one((PostRow.channel == channel) & (PostRow.activity == activity))

    async def beginning(self, prefix: str) -> Sequence[Post]:
        """The messages whose keys begin so."""
        those = select(PostRow).where(PostRow.key.startswith(prefix, autoescape=True)).order_by(PostRow.key)
        async with self._database.reading() as session:
            return [Post.model_validate(row) for row in await session.scalars(those)]

    async def keep(self, key: str, place: Place, activity: str) -> Post:
        """Note that the message is there, in place of the one of that key that was there before."""
        where = {"channel": place.channel, "thread": place.thread, "activity": activity}
        values = {"key": key, **where, "posted": now()}
        async with self._database.writing() as session:
            if not await insert_if_new(session, PostRow, values, unique="key"):
                await session.execute(update(PostRow).where(PostRow.key == key).values(**where))
        return Post.model_validate(values)

    async def forget(self, key: str) -> None:
        """Let there be no message of that key."""
        async with self._database.writing() as session:
            await session.execute(delete(PostRow).where(PostRow.key == key))

    async def _one(self, condition: ColumnElement[bool]) -> Post | None:
        async with self._database.reading() as session:
            row = (await session.scalars(select(PostRow).where(condition).limit(1))).one_or_none()
        return Post.model_validate(row) if row else None


class Rooms:
    """The conversations that the bot has been in. `default` is the service's address for what it never was in."""

    def __init__(self, database: Database, default: str) -> None:
        self._database = database
        self._default = default

    async def keep(self, room: Room) -> None:
        """Note how the conversation is reached now. What was once shared stays so: Teams doesn't say it each time."""
        known = await self._known(room.channel)
        if known:
            room = room.model_copy(update={"shared": room.shared or known.shared})
        if known == room:
            return
        values = {**room.model_dump(), "seen": now()}
        async with self._database.writing() as session:
            if not await insert_if_new(session, RoomRow, values, unique="channel"):
                await session.execute(update(RoomRow).where(RoomRow.channel == room.channel).values(**values))

    async def forget(self, channel: str) -> None:
        """The bot is no longer there."""
        async with self._database.writing() as session:
            await session.execute(delete(RoomRow).where(RoomRow.channel == channel))

    async def touch(self, tenant: str, channel: str = "") -> None:
        """Somebody has come or gone in the conversation; without one, in any of the tenant's."""
        those = update(RoomRow).where(RoomRow.tenant == tenant).values(seen=now())
        async with self._database.writing() as session:
            await session.execute(those.where(RoomRow.channel == channel) if channel else those)

    async def changed(self, channel: str) -> dt.datetime | None:
        """When something was last heard of the conversation that may have changed who is there."""
        async with self._database.reading() as session:
            return await session.scalar(select(RoomRow.seen).where(RoomRow.channel == channel))

    async def get(self, place: Place) -> Room:
        """How the place is reached. A channel that the bot has never heard anything in, as others of its tenant."""
        if found := await self._known(place.channel):
            return found
        tenants = select(RoomRow).where(RoomRow.tenant == place.workspace).order_by(RoomRow.seen.desc()).limit(1)
        async with self._database.reading() as session:
            other = (await session.scalars(tenants)).one_or_none()
        url, bot = (other.service_url, other.bot) if other else (self._default, "")
        return Room(channel=place.channel, tenant=place.workspace, kind="channel", service_url=url, bot=bot)

    async def _known(self, channel: str) -> Room | None:
        async with self._database.reading() as session:
            row = await session.get(RoomRow, channel)
        return Room.model_validate(row) if row else None
