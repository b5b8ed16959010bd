"""What is done once a night, by whichever process comes first."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import String, update
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, Database, insert_if_new
from bot.desk.calendar import OSLO

HOUR = dt.time(3)
"""When the night's work may begin, in Norway."""


class NightlyRow(Base):
    """The day (as 2026-11-26) of which a job's night's work has been taken."""

    __tablename__ = "nightly"

    job: Mapped[str] = mapped_column(String(32), primary_key=True)
    day: Mapped[str] = mapped_column(String(10))


async def take(database: Database, job: str, moment: dt.datetime) -> bool:
    """Take that night's work. False: it is not night yet, or somebody has taken it. Who dies over it leaves the rest to
    the next night."""
    local = moment.astimezone(OSLO)
    if local.time() < HOUR:
        return False
    day = local.date().isoformat()
    async with database.writing() as session:
        if await insert_if_new(session, NightlyRow, {"job": job, "day": day}, unique="job"):
            return True
        ours = update(NightlyRow).where(NightlyRow.job == job, NightlyRow.day < day).values(day=day)
        return (await session.execute(ours.returning(NightlyRow.job))).first() is not None
