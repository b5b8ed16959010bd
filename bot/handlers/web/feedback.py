"""Thumbs up and down."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.database import Database, now
from bot.handlers.web.store import FeedbackRow


class Feedback:
    """What people think of replies. Everybody has one thumb a reply and can turn it or take it back."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def press(self, message: str, visitor: str, thumb: int) -> None:
        """Press a thumb (1 up, -1 down); pressing the one that is pressed already takes it back."""
        mine = (FeedbackRow.message == message) & (FeedbackRow.visitor == visitor)
        async with self._database.writing() as session:
            taken_back = delete(FeedbackRow).where(mine, FeedbackRow.thumb == thumb).returning(FeedbackRow.thumb)
            if (await session.execute(taken_back)).first() is not None:
                return
            insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
            pressed = {"thumb": thumb, "changed": now()}
            first = insert(FeedbackRow).values(message=message, visitor=visitor, **pressed)
            await session.execute(first.on_conflict_do_update(index_elements=["message", "visitor"], set_=pressed))

    async def of(self, messages: Collection[str], visitor: str) -> Mapping[str, int]:
        """What the visitor has pressed, by message."""
        pressed = select(FeedbackRow.message, FeedbackRow.thumb).where(
            FeedbackRow.visitor == visitor, FeedbackRow.message.in_(messages)
        )
        async with self._database.reading() as session:
            return {message: thumb for message, thumb in await session.execute(pressed)}  # noqa: C416
