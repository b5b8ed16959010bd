"""Up to which change of the sources everything is done that a change asks for."""

from __future__ import annotations

from sqlalchemy import Integer, String, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, insert_if_new

_NAME = "changes"


class DealtRow(Base):
    """The number of the last change that was dealt with; one row."""

    __tablename__ = "source_changes_dealt"

    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    number: Mapped[int] = mapped_column(Integer)


async def last_dealt(session: AsyncSession) -> int | None:
    """The number of the last change that was dealt with; None where none ever was."""
    return await session.scalar(select(DealtRow.number))


async def move_on(session: AsyncSession, before: int | None, number: int) -> bool:
    """Note that everything up to that number is dealt with in this transaction. False: somebody else was faster, and
    it is theirs. Of two who come at once one waits for the other."""
    if before is None:
        return await insert_if_new(session, DealtRow, {"name": _NAME, "number": number}, unique="name")
    ours = update(DealtRow).where(DealtRow.name == _NAME, DealtRow.number == before).values(number=number)
    return (await session.execute(ours.returning(DealtRow.name))).first() is not None
