"""The audit log: who did what when, each entry sealed by a hash over itself and the one before.

An entry holds a digest of what was written and not the text, so that a text can be erased and the log stays whole.
To change or drop an entry, all later ones must be made anew: whoever has noted the latest hash elsewhere sees that.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Integer, String, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, Database, Instant
from bot.desk.case import Actor, Case, Event
from bot.desk.replaying import strays
from bot.desk.tables import CaseRow, EventRow

GENESIS = "0" * 64
"""The hash before the first entry's."""

_CASE = "case:"
_PAGE = 1_000


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
    return _entry(case.id, case.version, event)


def _entry(case_id: str, version: int, event: Event) -> Entry:
    # What is of one kind of events only is left out of the others, as it was before there was such a kind.
    rare = {"source"} if event.source is None else set()
    details = event.model_dump(mode="json", exclude={"actor", "moment", "move", "standing_in", *rare})
    return Entry(
        moment=event.moment,
        actor=event.actor,
        about=f"{_CASE}{case_id}",
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


class Fault(BaseModel):
    """Something that does not hold: the number of the entry, and what is wrong with it."""

    model_config = ConfigDict(frozen=True)

    seq: int
    what: str


class Verdict(BaseModel):
    """What the log has shown. `head` is the latest hash: who notes it has proof of what came before."""

    model_config = ConfigDict(frozen=True)

    entries: int
    head: str
    faults: tuple[Fault, ...] = ()


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


class Audit:
    """Reads the log."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def verify(self, known: str = "") -> Verdict:
        """Look through the whole log, and whether what is kept of the cases is what it says. `known`: a hash that was
        noted before, which must be in the log."""
        chain, seen = _Chain(0, GENESIS), known in {"", GENESIS}
        async with self._database.reading() as session:
            async for page in _pages(session):
                for row in page:
                    chain.add(row)
                    seen = seen or row.hash == known
                chain.faults += await _unlike(session, page)
            chain.faults += await _strays(session)
            chain.end((await session.scalars(select(AuditHeadRow))).one())
        if not seen:
            chain.faults.append(Fault(seq=chain.seq, what="the hash that was noted before is not in the log"))
        return chain.verdict

    async def glance(self, entries: int = _PAGE) -> Verdict:
        """Look through that many of the latest entries, and whether there are as many as there should be: quick,
        however long the log is. What was changed before them is for `verify` to find."""
        async with self._database.reading() as session:
            latest = select(AuditRow).order_by(AuditRow.seq.desc()).limit(entries + 1)
            rows = list(reversed((await session.scalars(latest)).all()))
            before = rows.pop(0) if len(rows) > entries else None
            chain = _Chain(before.seq, before.hash) if before else _Chain(0, GENESIS)
            for row in rows:
                chain.add(row)
            count = (await session.execute(select(func.count()).select_from(AuditRow))).scalar_one()
            if count != chain.seq and not chain.faults:
                chain.faults.append(Fault(seq=count, what="entries are missing somewhere before the latest"))
            chain.end((await session.scalars(select(AuditHeadRow))).one())
        return chain.verdict

    async def entries(self, about: str) -> Sequence[AuditRow]:
        """The entries about that, in order."""
        async with self._database.reading() as session:
            rows = select(AuditRow).where(AuditRow.about == about).order_by(AuditRow.seq)
            return list(await session.scalars(rows))


class _Chain:
    """Follows entries from one on, in order, and notes what does not hold."""

    def __init__(self, seq: int, latest: str) -> None:
        self.seq = seq
        self._latest = latest
        self.faults: list[Fault] = []

    def add(self, row: AuditRow) -> None:
        self.seq += 1
        if row.seq != self.seq:
            self.faults.append(Fault(seq=self.seq, what="entries are missing here"))
            self.seq = row.seq
        if row.hash != row.sealed(self._latest):
            self.faults.append(Fault(seq=self.seq, what="the entry was changed, or one before it was"))
        self._latest = row.hash

    def end(self, head: AuditHeadRow) -> None:
        if (head.seq, head.hash) != (self.seq, self._latest):
            self.faults.append(Fault(seq=head.seq, what="entries are missing at the end"))

    @property
    def verdict(self) -> Verdict:
        return Verdict(entries=self.seq, head=self._latest, faults=tuple(self.faults))


async def _pages(session: AsyncSession) -> AsyncIterator[Sequence[AuditRow]]:
    after = 0
    while page := (
        await session.scalars(select(AuditRow).where(AuditRow.seq > after).order_by(AuditRow.seq).limit(_PAGE))
    ).all():
        yield page
        after = page[-1].seq


async def _strays(session: AsyncSession) -> list[Fault]:
    """The cases that don't stand as what happened to them has left them, by the latest entry about each."""
    faults: list[Fault] = []
    number = 0
    while rows := (
        await session.scalars(select(CaseRow).where(CaseRow.number > number).order_by(CaseRow.number).limit(_PAGE))
    ).all():
        number = rows[-1].number
        happened = defaultdict[int, list[Event]](list)
        events = select(EventRow).where(EventRow.case_number.between(rows[0].number, number))
        for each in await session.scalars(events.order_by(EventRow.case_number, EventRow.version)):
            happened[each.case_number].append(each.event)
        for row in rows:
            if not happened[row.number] or strays(row.case, happened[row.number]):
                about = AuditRow.about == f"{_CASE}{row.id}"
                seq = await session.scalar(select(func.max(AuditRow.seq)).where(about))
                faults.append(Fault(seq=seq or 0, what=f"case {row.case.label} does not stand as its events left it"))
    return faults


async def _unlike(session: AsyncSession, page: Sequence[AuditRow]) -> list[Fault]:
    """The entries whose case no longer holds what they are about."""
    entries = {(row.about, row.version): row for row in page if row.about.startswith(_CASE)}
    ids = {about.removeprefix(_CASE) for about, _ in entries}
    kept = select(CaseRow.id, EventRow).join(CaseRow, CaseRow.number == EventRow.case_number)
    found = {
        (f"{_CASE}{case_id}", row.version): _entry(case_id, row.version, row.event)
        for case_id, row in await session.execute(kept.where(CaseRow.id.in_(ids)))
    }
    return [
        Fault(seq=row.seq, what="what is kept of the case is not what the entry was made for")
        for key, row in entries.items()
        if key not in found or found[key].digest != row.digest or found[key].what != row.what
    ]


def _hash(content: object) -> str:
    told = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=str)
    return hashlib.sha256(told.encode()).hexdigest()
