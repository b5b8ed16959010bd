"""How much is owed, and how much was given up: what an operator looks at."""

from __future__ import annotations

import datetime as dt

from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, select

from bot.database import Database
from bot.desk.outbox_table import FAILED, WAITING, OutboxRow


class Tally(BaseModel):
    """How many deliveries wait (`troubled`: after an attempt that failed), since when the oldest of them does, and how
    many were given up."""

    model_config = ConfigDict(frozen=True)

    waiting: int
    troubled: int
    oldest: dt.datetime | None
    failed: int


async def tally(database: Database) -> Tally:
    """The deliveries in that database, counted."""
    waiting = func.count(OutboxRow.id).filter(WAITING)
    troubled = func.count(OutboxRow.id).filter(WAITING, OutboxRow.error.is_not(None))
    oldest = func.min(OutboxRow.created).filter(WAITING)
    counted = select(waiting, troubled, oldest, func.count(OutboxRow.id).filter(FAILED))
    async with database.reading() as session:
        row = (await session.execute(counted.where(OutboxRow.done_at.is_(None)))).one()
    return Tally(waiting=row[0], troubled=row[1], oldest=row[2], failed=row[3])
