"""The audit log: who did what when, each entry sealed by a hash over itself and the one before.

An entry holds a digest of what was written and not the text, so that a text can be erased and the log stays whole.
What was erased (`forgetting`) has an entry of its own, with a digest of what is left: that is what must then be there.
To change or drop an entry, all later ones must be made anew: whoever has noted the latest hash elsewhere sees that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping, Sequence

from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Database, now
from bot.desk.case import SYSTEM, Event
from bot.desk.entries import (
    CASE,
    ERASED,
    ERASURE,
    GENESIS,
    AuditHeadRow,
    AuditRow,
    Entry,
    append,
    entry_for,
    entry_of,
    erasure_of_case,
    erasure_of_person,
)
from bot.desk.replaying import strays
from bot.desk.tables import CaseRow, EventRow

__all__ = ["GENESIS", "Audit", "AuditHeadRow", "AuditRow", "Entry", "Fault", "Verdict", "append", "entry_of"]

_PAGE = 1_000


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
            chain.faults += await _altered(session, chain.erased)
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
            chain.faults += await _altered(session, chain.erased)
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
        self.erased: dict[str, int] = {}
        """Who was erased from entries that were followed, and the number of the last of these."""

    def add(self, row: AuditRow) -> None:
        self.seq += 1
        if row.seq != self.seq:
            self.faults.append(Fault(seq=self.seq, what="entries are missing here"))
            self.seq = row.seq
        if row.hash == row.sealed(self._latest):
            pass
        elif row.actor_id.startswith(ERASED):
            self.erased[row.actor_id] = row.seq
        else:
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
                about = AuditRow.about == f"{CASE}{row.id}"
                seq = await session.scalar(select(func.max(AuditRow.seq)).where(about))
                faults.append(Fault(seq=seq or 0, what=f"case {row.case.label} does not stand as its events left it"))
    return faults


async def _unlike(session: AsyncSession, page: Sequence[AuditRow]) -> list[Fault]:
    """The entries whose case no longer holds what they are about."""
    entries = {(row.about, row.version): row for row in page if row.about.startswith(CASE)}
    ids = {about.removeprefix(CASE) for about, _ in entries}
    kept = select(CaseRow.id, EventRow).join(CaseRow, CaseRow.number == EventRow.case_number)
    found = {
        (f"{CASE}{case_id}", row.version): entry_for(case_id, row.version, row.event)
        for case_id, row in await session.execute(kept.where(CaseRow.id.in_(ids)))
    }
    unlike = [
        (about.removeprefix(CASE), row)
        for (about, version), row in entries.items()
        if (about, version) not in found
        or found[about, version].digest != row.digest
        or found[about, version].what != row.what
    ]
    erased = await _erased_versions(session, {case_id for case_id, _ in unlike})
    return [
        Fault(seq=row.seq, what="what is kept of the case is not what the entry was made for")
        for case_id, row in unlike
        if row.version > erased.get(case_id, 0)
    ]


async def _erased_versions(session: AsyncSession, case_ids: Collection[str]) -> dict[str, int]:
    """Up to which version the texts of these cases were erased, where what is left is what the erasure left."""
    abouts = [f"{ERASURE}{CASE}{case_id}" for case_id in case_ids]
    rows = (await session.scalars(select(AuditRow).where(AuditRow.about.in_(abouts)))).all()
    versions = {}
    for row in rows:
        case_id = row.about.removeprefix(f"{ERASURE}{CASE}")
        of_case = select(EventRow).join(CaseRow, CaseRow.number == EventRow.case_number).where(CaseRow.id == case_id)
        events = await session.scalars(of_case.where(EventRow.version <= row.version).order_by(EventRow.version))
        if erasure_of_case(case_id, events.all(), SYSTEM, row.moment).digest == row.digest:
            versions[case_id] = row.version
    return versions


async def _altered(session: AsyncSession, erased: Mapping[str, int]) -> list[Fault]:
    """The people of whose erasure there is no entry, or whose entries don't stand as it left them."""
    faults = []
    for pseudonym, seq in erased.items():
        noted = select(AuditRow).where(AuditRow.about == f"{ERASURE}{pseudonym}").order_by(AuditRow.seq).limit(1)
        entry = (await session.scalars(noted)).one_or_none()
        theirs = select(AuditRow).where(AuditRow.actor_id == pseudonym, AuditRow.seq < (entry.seq if entry else 0))
        rows = (await session.scalars(theirs.order_by(AuditRow.seq))).all()
        left = erasure_of_person(pseudonym, rows, SYSTEM, now())
        if entry is None or entry.seq < seq or entry.digest != left.digest:
            faults.append(Fault(seq=seq, what="the entry was changed, and no erasure left it so"))
    return faults
