"""The entries of the audit log: each sealed by a hash over itself and the one before."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Integer, String, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, Instant
from bot.desk.case import Actor, Case, Event
from bot.desk.tables import EventRow

GENESIS = "0" * 64
"""The hash before the first entry's."""

ERASED = "erased:"
"""What the id of somebody begins with who was erased: a pseudonym, which nothing leads back from."""

CASE = "case:"
ERASURE = "erasure:"
"""What the abouts of entries begin with: of those of a case, and of an erasure."""


class Entry(BaseModel):
    """Something that somebody did. `about` names what it was done to ("case:<id>"), `version` which change of it that
    was, `details` whatever else there is to know: only a digest of them is kept."""

    model_config = ConfigDict(frozen=True)

    moment: dt.datetime
    actor: Actor
    about: str
    what: str
    version: int = 0
    details: dict[str, Any] = {}

    @property
    def digest(self) -> str:
        """The details as 64 hexadecimal digits."""
        return _hash(self.details)


def entry_of(case: Case, event: Event) -> Entry:
    """The entry for what led to the case as it is now."""
    return entry_for(case.id, case.version, event)


def entry_for(case_id: str, version: int, event: Event) -> Entry:
    """The entry for what led to that version of the case."""
    # What is of one kind of events only is left out of the others, as it was before there was such a kind.
    rare = {"source"} if event.source is None else set()
    details = event.model_dump(mode="json", exclude={"actor", "moment", "move", "standing_in", *rare})
    return Entry(
        moment=event.moment,
        actor=event.actor,
        about=f"{CASE}{case_id}",
        what=event.move,
        version=version,
        details=details,
    )


class AuditRow(Base):
    """An entry in the log."""

    __tablename__ = "audit"

    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    moment: Mapped[dt.datetime] = mapped_column(Instant)
    actor_id: Mapped[str] = mapped_column(String(255))
    actor_name: Mapped[str] = mapped_column(String(255))
    about: Mapped[str] = mapped_column(String(255), index=True)
    what: Mapped[str] = mapped_column(String(32))
    version: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    def sealed(self, previous: str) -> str:
        """What the hash must be after that of the entry before."""
        moment = self.moment.astimezone(dt.UTC).isoformat()
        told = [self.seq, moment, self.actor_id, self.actor_name, self.about, self.what, self.version, self.digest]
        return _hash([previous, *told])


class AuditHeadRow(Base):
    """The end of the log; whoever appends locks it, so that entries stand in one order."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(Integer)
    hash: Mapped[str] = mapped_column(String(64))


def erasure_of_case(case_id: str, events: Sequence[EventRow], by: Actor, moment: dt.datetime) -> Entry:
    """The entry for that a case's texts were erased, as these events of it stand since."""
    left = [entry_for(case_id, row.version, row.event).digest for row in events]
    about = f"{ERASURE}{CASE}{case_id}"
    return Entry(moment=moment, actor=by, about=about, what="erased", version=len(events), details={"events": left})


def erasure_of_person(pseudonym: str, rows: Sequence[AuditRow], by: Actor, moment: dt.datetime) -> Entry:
    """The entry for that somebody was erased from these entries, as they stand since."""
    left = [[row.seq, row.actor_name, row.about, row.what, row.version, row.digest, row.hash] for row in rows]
    about = f"{ERASURE}{pseudonym}"
    return Entry(moment=moment, actor=by, about=about, what="erased", details={"entries": left})


async def append(session: AsyncSession, entries: Sequence[Entry]) -> None:
    """Add the entries. To be the last thing that a transaction does: everybody else's waits for it to end."""
    if not entries:
        return
    head = (await session.scalars(select(AuditHeadRow).with_for_update())).one()
    seq, latest = head.seq, head.hash
    for entry in entries:
        seq += 1
        row = AuditRow(
            seq=seq,
            moment=entry.moment,
            actor_id=entry.actor.id,
            actor_name=entry.actor.name,
            about=entry.about,
            what=entry.what,
            version=entry.version,
            digest=entry.digest,
        )
        row.hash = latest = row.sealed(latest)
        session.add(row)
    await session.execute(update(AuditHeadRow).values(seq=seq, hash=latest))


def _hash(content: object) -> str:
    told = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=str)
    return hashlib.sha256(told.encode()).hexdigest()
