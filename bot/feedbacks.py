"""What people think of replies, kept: one opinion a person and reply, the latest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlalchemy import JSON, Boolean, String, Text, select, update
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, Database, Instant, insert_if_new, now
from bot.feedback import Importance


class FeedbackRow(Base):
    """What somebody thinks of a reply. `comment` has no personal data in it. A platform's table says how long its ids
    are."""

    __abstract__ = True

    id: Mapped[str]
    reply: Mapped[str] = mapped_column(String(128), index=True)
    person: Mapped[str]
    good: Mapped[bool] = mapped_column(Boolean)
    reasons: Mapped[list[str]] = mapped_column(JSON)
    comment: Mapped[str] = mapped_column(Text)
    importance: Mapped[str | None] = mapped_column(String(16))
    created: Mapped[dt.datetime] = mapped_column(Instant)


class Feedback(BaseModel):
    """What somebody thinks of a reply; of a bad one, perhaps why (faults), and how much that matters."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    reply: str
    person: str
    good: bool
    reasons: tuple[str, ...] = ()
    comment: str = ""
    importance: Importance | None = None
    created: AwareDatetime


class Feedbacks:
    """The opinions on replies on a platform, in a table of its own."""

    def __init__(self, table: type[FeedbackRow], database: Database) -> None:
        self._table = table
        self._database = database

    async def keep(
        self,
        reply: str,
        person: str,
        *,
        good: bool,
        reasons: Sequence[str] = (),
        comment: str = "",
        importance: Importance | None = None,
    ) -> bool:
        """Keep what the person thinks of the reply, in place of what they thought before; returns whether that was
        something else, or nothing. What only repeats that the reply is bad leaves the reasons as they are."""
        said = {"reasons": list(reasons), "comment": comment, "importance": importance}
        about = {"good": good, **said, "created": now()}
        values = {"id": f"{reply}:{person}", "reply": reply, "person": person, **about}
        async with self._database.writing() as session:
            if await insert_if_new(session, self._table, values, unique="id"):
                return True
            same = select(self._table.good).where(self._table.id == values["id"])
            changed = await session.scalar(same) != good
            if changed or any(said.values()):
                await session.execute(update(self._table).where(self._table.id == values["id"]).values(**about))
            return changed

    async def of_reply(self, reply: str) -> Sequence[Feedback]:
        """What people think of the reply, in the order in which they said so."""
        theirs = select(self._table).where(self._table.reply == reply).order_by(self._table.created)
        async with self._database.reading() as session:
            return [Feedback.model_validate(row) for row in await session.scalars(theirs)]
