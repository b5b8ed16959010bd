"""What people think of replies: thumbs, and what was wrong."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import delete, select

from bot.database import Database, now, upsert
from bot.feedback import Fault, Importance
from bot.handlers.web.store import OPINIONS, FeedbackRow
from bot.people import Role

UP, DOWN = 1, -1


class Opinion(BaseModel):
    """What somebody thinks of a reply. `fault`, `text` and `importance` are what they found wrong, where they said."""

    model_config = ConfigDict(frozen=True)

    message: str
    thumb: int
    fault: Fault | None = None
    text: str = ""
    importance: Importance | None = None
    role: Role | None = None
    changed: dt.datetime


class Feedback:
    """What people think of replies. Everybody has one thumb a reply and can turn it or take it back."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def press(self, message: str, visitor: str, role: Role, thumb: int) -> None:
        """Press a thumb (up or down); pressing the one that is pressed already takes it back, and all that was said."""
        mine = (FeedbackRow.message == message) & (FeedbackRow.visitor == visitor)
        async with self._database.writing() as session:
            taken_back = delete(FeedbackRow).where(mine, FeedbackRow.thumb == thumb).returning(FeedbackRow.thumb)
            if (await session.execute(taken_back)).first() is None:
                await session.execute(_saying(session, message, visitor, thumb=thumb, role=role.value))

    async def explain(
        self, message: str, visitor: str, role: Role, fault: Fault, text: str, importance: Importance | None
    ) -> None:
        """Say what is wrong with a reply, and thereby press the thumb down. It replaces what was said before."""
        said = {"fault": fault.value, "text": text, "importance": importance.value if importance else None}
        async with self._database.writing() as session:
            await session.execute(_saying(session, message, visitor, thumb=DOWN, role=role.value, **said))

    async def of(self, messages: Collection[str], visitor: str) -> Mapping[str, Opinion]:
        """What the visitor thinks, by message."""
        theirs = select(FeedbackRow).where(FeedbackRow.visitor == visitor, FeedbackRow.message.in_(messages))
        async with self._database.reading() as session:
            return {row.message: _opinion(row) for row in await session.scalars(theirs)}

    async def of_all(self, messages: Collection[str]) -> Mapping[str, Mapping[str, Opinion]]:
        """What everybody thinks, by message and visitor."""
        found: defaultdict[str, dict[str, Opinion]] = defaultdict(dict)
        async with self._database.reading() as session:
            for row in await session.scalars(OPINIONS, {"messages": messages}):
                found[row.message][row.visitor] = _opinion(row)
        return found

    async def latest(self, limit: int, before: dt.datetime | None = None) -> Sequence[Opinion]:
        """At most so many of what people found wrong, newest first; with `before` what is older only."""
        down = select(FeedbackRow).where(FeedbackRow.thumb == DOWN)
        down = down.where(FeedbackRow.changed < before) if before else down
        newest = down.order_by(FeedbackRow.changed.desc(), FeedbackRow.message, FeedbackRow.visitor).limit(limit)
        async with self._database.reading() as session:
            return [_opinion(row) for row in await session.scalars(newest)]


def _saying(session: Any, message: str, visitor: str, **said: Any) -> Any:
    row = {"message": message, "visitor": visitor, "fault": None, "text": "", "importance": None, **said}
    return upsert(session, FeedbackRow, [row | {"changed": now()}], unique=("message", "visitor"))


def _opinion(row: FeedbackRow) -> Opinion:
    return Opinion(
        message=row.message,
        thumb=row.thumb,
        fault=Fault(row.fault) if row.fault else None,
        text=row.text,
        importance=Importance(row.importance) if row.importance else None,
        role=Role(row.role) if row.role else None,
        changed=row.changed,
    )
