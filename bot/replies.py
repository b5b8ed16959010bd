"""The replies that were given on a platform, each with the question it is to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import JSON, Select, String, and_, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, Database, Instant, insert_if_new, now
from bot.desk.case import NewCase
from bot.desk.notices import lane_of
from bot.desk.outbox_table import OutboxRow
from bot.desk.outcomes import Outcomes
from bot.people import Place
from bot.posing import Posed
from bot.question import Reply, Status

LONGEST_HISTORY = 10
GIVEN_UP = "#given_up"
"""What the key of an apology for a reply ends with."""
_QUESTIONS = ("reply", "command")
"""The kinds of the deliveries that owe a reply."""


class ReplyRow(Base):
    """A reply and the question it is to: what the button under it hands to the officers.

    `key` is the delivery that the reply is owed by: one delivery makes one reply. A platform's table adds `workspace`
    and `asker`, as long as its ids are.
    """

    __abstract__ = True

    id: Mapped[str] = mapped_column(String(128), primary_key=True)
    key: Mapped[str] = mapped_column(String(512), unique=True)
    thread: Mapped[str] = mapped_column(String(512))
    workspace: Mapped[str]
    asker: Mapped[str]
    question: Mapped[dict[str, Any]] = mapped_column(JSON)
    reply: Mapped[dict[str, Any]] = mapped_column(JSON)
    created: Mapped[dt.datetime] = mapped_column(Instant)


class Said(BaseModel):
    """A reply and the question it is to."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    question: Posed
    reply: Reply

    def case(self, question: str, name: str) -> NewCase:
        """What officers get of it: the question as its asker has left it, whom they call by that name."""
        posed, reply = self.question, self.reply
        return NewCase(
            reply_id=reply.id,
            question=question,
            original=posed.text if question != posed.text else "",
            language=reply.language,
            asker=posed.asker.model_copy(update={"name": name}),
            place=posed.place,
            abstained=reply.status is not Status.ANSWERED,
            audience=posed.audience,
            history=posed.history,
            nearest=reply.nearest,
            draft=reply.draft,
        )


class Replies:
    """The replies given on a platform, in a table of its own."""

    def __init__(
        self, platform: str, table: type[ReplyRow], database: Database, outcomes: Outcomes | None = None
    ) -> None:
        self._platform = platform
        self._table = table
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
            if await insert_if_new(session, self._table, values, unique="key"):
                await self._note(session, key, reply)
            row = (await session.scalars(select(self._table).where(self._table.key == key))).one()
            return Said.model_validate(row)

    async def replace(self, key: str, question: Posed, reply: Reply) -> Said:
        """Let that be the reply that the delivery owes, in place of the one that was kept."""
        about = question.model_dump(mode="json")
        values = {"id": reply.id, "question": about, "reply": reply.model_dump(mode="json"), "created": now()}
        async with self._database.writing() as session:
            await session.execute(update(self._table).where(self._table.key == key).values(**values))
            await self._note(session, key, reply)
        return Said(question=question, reply=reply)

    async def owed_by(self, key: str) -> Said | None:
        """The reply that the delivery of that key owed, if it was given."""
        return await self._one(select(self._table).where(self._table.key == key))

    async def get(self, reply_id: str) -> Said | None:
        """The reply of that id, if there is one."""
        return await self._one(select(self._table).where(self._table.id == reply_id))

    async def key_of(self, reply_id: str) -> str:
        """The key of the delivery that owed the reply; empty where there is no such reply."""
        async with self._database.reading() as session:
            return await session.scalar(select(self._table.key).where(self._table.id == reply_id)) or ""

    async def history(self, place: Place, asker: str) -> tuple[str, ...]:
        """The latest questions of that person in the thread, oldest first."""
        theirs = [each.question.text for each in await self.in_thread(place) if each.question.asker.id == asker]
        return tuple(text for text in theirs if text)

    async def in_thread(self, place: Place) -> Sequence[Said]:
        """The latest replies in the thread, oldest first."""
        there = select(self._table).where(self._table.thread == lane_of(place)).order_by(self._table.created.desc())
        async with self._database.reading() as session:
            said = [Said.model_validate(row) for row in await session.scalars(there.limit(LONGEST_HISTORY))]
        return said[::-1]

    async def of_asker(
        self, workspace: str, asker: str, limit: int, since: dt.datetime | None = None
    ) -> Sequence[Said]:
        """The latest replies that somebody has got (since that moment), latest first."""
        theirs = select(self._table).where(self._table.workspace == workspace, self._table.asker == asker)
        theirs = theirs.where(self._table.created >= since) if since else theirs
        async with self._database.reading() as session:
            rows = await session.scalars(theirs.order_by(self._table.created.desc()).limit(limit))
            return [Said.model_validate(row) for row in rows]

    async def outcomes(self) -> Mapping[str, int]:
        """How many questions have ended how: by the status of their replies, as `given_up` where an apology was owed
        instead, and as `waiting` where neither is there yet."""
        status = case((self._table.key.endswith(GIVEN_UP), "given_up"), else_=self._table.reply["status"].as_string())
        replied = select(status, func.count()).group_by(status)
        open_ = and_(OutboxRow.done_at.is_(None), OutboxRow.failed_at.is_(None))
        owed = select(func.count()).where(OutboxRow.platform == self._platform, OutboxRow.kind.in_(_QUESTIONS), open_)
        async with self._database.reading() as session:
            counts = {str(name): int(count) for name, count in await session.execute(replied)}
            return counts | {"waiting": await session.scalar(owed) or 0}

    async def _note(self, session: AsyncSession, key: str, reply: Reply) -> None:
        # An apology stands for the reply, until that comes after all.
        await self._outcomes.note(session, self._platform, key.removesuffix(GIVEN_UP), reply)

    async def _one(self, query: Select[ReplyRow]) -> Said | None:
        async with self._database.reading() as session:
            row = (await session.scalars(query)).one_or_none()
        return Said.model_validate(row) if row else None
