"""Up to which change of the sources everything is done that a change asks for."""

from __future__ import annotations

from sqlalchemy import Integer, String, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, insert_if_new


class DealtRow(Base):
    """The number of the last change that was dealt with, by the id of the ledger that numbers it."""

    __tablename__ = "source_changes_dealt"

    ledger: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[int] = mapped_column(Integer)


async def last_dealt(session: AsyncSession, ledger: str) -> int | None:
    """The number of the last change in the ledger of that id that was dealt with; None where none ever was."""
    return await session.scalar(select(DealtRow.number).where(DealtRow.ledger == ledger))


async def move_on(session: AsyncSession, ledger: str, before: int | None, number: int) -> bool:
    """Note that everything in the ledger up to that number is dealt with in this transaction. False: somebody else was
    faster, and it is theirs. Of two who come at once one waits for the other."""
    if before is None:
        return await insert_if_new(session, DealtRow, {"ledger": ledger, "number": number}, unique="ledger")
    ours = update(DealtRow).where(DealtRow.ledger == ledger, DealtRow.number == before).values(number=number)
    return (await session.execute(ours.returning(DealtRow.ledger))).first() is not None
