"""The outbox: what is owed to people is written in the transaction that makes it owed, and delivered afterwards."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict
from sqlalchemy import JSON, ColumnElement, Index, Integer, String, Text, and_, event, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, aliased, mapped_column

from bot.database import Base, Database, Instant, insert_if_new_all, now


class Delivery(BaseModel):
    """Something owed to somebody on a platform.

    `kind` says what it is, `payload` (JSON) what the courier needs to know. `key` names it for good: putting the same
    key twice owes it once. Deliveries with the same platform and `lane` (a thread, say) arrive in the order in which
    they were put; those without a lane go independently.
    """

    model_config = ConfigDict(frozen=True)

    kind: str
    platform: str
    key: str
    payload: Mapping[str, Any] = {}
    lane: str | None = None


class Courier(Protocol):
    """Carries deliveries to one platform."""

    async def deliver(self, delivery: Delivery) -> None:
        """Bring it to the people it is for, and return when it is there.

        Must be idempotent on `delivery.key`: a process that is killed after delivering and before noting it delivers
        again when it is back. Raises Undeliverable where trying again is no use (the channel is gone); whatever else
        is raised means "try again later".
        """

    async def give_up(self, delivery: Delivery) -> None:
        """Tell those who wait for it that it will not come, where somebody does. Idempotent as `deliver` is.

        What it raises is noted in the log and nothing more: nobody tries to tell people again.
        """


class Undeliverable(Exception):
    """Raised by a courier: this can never be delivered."""


class Leased(BaseModel):
    """A delivery that a dispatcher has taken. `attempt` counts from 1 and tells this lease from later ones."""

    model_config = ConfigDict(frozen=True)

    id: int
    attempt: int
    delivery: Delivery


class Failed(BaseModel):
    """A delivery that was given up, and why."""

    model_config = ConfigDict(frozen=True)

    id: int
    attempts: int
    delivery: Delivery
    failed_at: dt.datetime
    error: str


class OutboxRow(Base):
    """One delivery and how far it has come. Waiting: neither done nor failed."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    platform: Mapped[str] = mapped_column(String(32))
    lane: Mapped[str | None] = mapped_column(String(512))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    key: Mapped[str] = mapped_column(String(512), unique=True)
    created: Mapped[dt.datetime] = mapped_column(Instant)
    due: Mapped[dt.datetime] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    leased_until: Mapped[dt.datetime | None] = mapped_column(Instant)
    done_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    failed_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    error: Mapped[str | None] = mapped_column(Text)

    @property
    def delivery(self) -> Delivery:
        """What the row owes."""
        return Delivery(kind=self.kind, platform=self.platform, key=self.key, payload=self.payload, lane=self.lane)


_WAITING = and_(OutboxRow.done_at.is_(None), OutboxRow.failed_at.is_(None))
# What is waiting is a small part of the table: one index to find it in order, one to find who is ahead in a lane.
Index("ix_outbox_waiting", OutboxRow.id, sqlite_where=_WAITING, postgresql_where=_WAITING)
_LANE = (OutboxRow.platform, OutboxRow.lane, OutboxRow.id)
Index("ix_outbox_lanes", *_LANE, sqlite_where=_WAITING, postgresql_where=_WAITING)


_HOLD, _LONGEST_HOLD, _REST = 0.15, 2.0, 1.0
"""Seconds."""


class Outbox:
    """The deliveries in the database. Filled by `put`, emptied by a Dispatcher."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._poked = asyncio.Event()
        self._held_since = self._held_until = self._free_until = 0.0

    async def put(self, session: AsyncSession, delivery: Delivery) -> None:
        """Owe the delivery from the moment the caller's transaction commits; once, however often its key is put."""
        await self.put_all(session, [delivery])

    async def put_all(self, session: AsyncSession, deliveries: Sequence[Delivery]) -> None:
        """Owe all of them, at least one, in their order; as `put` does, in one statement."""
        moment = now()
        fresh = {"created": moment, "due": moment, "attempts": 0}
        rows = [delivery.model_dump(mode="json") | fresh for delivery in deliveries]
        await insert_if_new_all(session, OutboxRow, rows, unique="key")
        event.listen(session.sync_session, "after_commit", lambda _: self.poke(), once=True)

    def hold(self) -> None:
        """Let this process take nothing for a moment, as what comes in all at once goes first: for two seconds in a row
        at most, and then not for one."""
        moment = time.monotonic()
        if moment < self._free_until:
            return
        if moment >= self._held_until:
            self._held_since = moment
        self._held_until = moment + _HOLD
        if moment - self._held_since > _LONGEST_HOLD:
            self._held_until, self._free_until = moment, moment + _REST

    @property
    def is_held(self) -> bool:
        """Is nothing to be taken now?"""
        return time.monotonic() < self._held_until

    def poke(self) -> None:
        """Wake the dispatchers of this process; those of others find the work by themselves within moments."""
        self._poked.set()
        self._poked = asyncio.Event()

    @property
    def poked(self) -> asyncio.Event:
        """Is set at the next poke. Take it before looking for work, so that no poke falls in between."""
        return self._poked

    async def lease(
        self, platforms: Collection[str], limit: int, length: dt.timedelta, without: Collection[str] = ()
    ) -> Sequence[Leased]:
        """Take at most `limit` due deliveries for these platforms, but none of the kinds `without`; nobody else gets
        them until the lease runs out."""
        moment = now()
        due = select(OutboxRow.id).where(_due(moment, platforms), OutboxRow.kind.not_in(without))
        due = due.order_by(OutboxRow.id).limit(limit)
        async with self._database.reading() as session:
            if await session.scalar(due) is None:  # looking takes no lock: an idle dispatcher disturbs no writer
                return []
        taken = due.with_for_update(skip_locked=True).cte("taken")
        lease = (
            update(OutboxRow)
            .where(OutboxRow.id.in_(select(taken.c.id)))
            .values(leased_until=moment + length, attempts=OutboxRow.attempts + 1)
            .returning(OutboxRow)
        )
        async with self._database.writing() as session:
            rows = sorted(await session.scalars(lease), key=lambda row: row.id)
            return [Leased(id=row.id, attempt=row.attempts, delivery=row.delivery) for row in rows]

    async def renew(self, leased: Leased, length: dt.timedelta) -> bool:
        """Keep the delivery for longer. False: the lease had run out and somebody else took it, or it is done."""
        return await self._change(leased, leased_until=now() + length)

    async def give_back(self, leased: Leased) -> None:
        """Leave the delivery to others at once; the attempt does not count."""
        await self._change(leased, leased_until=None, attempts=leased.attempt - 1)

    async def done(self, leased: Leased) -> None:
        """It has arrived, whoever holds the lease by now."""
        async with self._database.writing() as session:
            arrived = update(OutboxRow).where(OutboxRow.id == leased.id, OutboxRow.done_at.is_(None))
            await session.execute(arrived.values(done_at=now(), failed_at=None, leased_until=None))

    async def postpone(self, leased: Leased, delay: dt.timedelta, error: str) -> None:
        """Try again after the delay."""
        await self._change(leased, leased_until=None, due=now() + delay, error=error)

    async def give_up(self, leased: Leased, error: str) -> None:
        """Try no more; it is kept, with the error, until somebody calls `retry`."""
        await self._change(leased, leased_until=None, failed_at=now(), error=error)

    async def failed(self, limit: int = 100) -> Sequence[Failed]:
        """The deliveries that were given up, latest first."""
        rows = select(OutboxRow).where(OutboxRow.failed_at.is_not(None)).order_by(OutboxRow.failed_at.desc())
        async with self._database.reading() as session:
            return [
                Failed(id=row.id, attempts=row.attempts, delivery=row.delivery, failed_at=at, error=row.error or "")
                for row in await session.scalars(rows.limit(limit))
                if (at := row.failed_at)
            ]

    async def retry(self, delivery_id: int) -> None:
        """Try a delivery that was given up again, from the start. Raises LookupError where no failed one has the id."""
        again = update(OutboxRow).where(OutboxRow.id == delivery_id, OutboxRow.failed_at.is_not(None))
        async with self._database.writing() as session:
            found = await session.execute(again.values(failed_at=None, attempts=0, due=now()).returning(OutboxRow.id))
            if found.first() is None:
                raise LookupError(f"no failed delivery has the id {delivery_id}")
        self.poke()

    async def _change(self, leased: Leased, **values: object) -> bool:
        held = and_(OutboxRow.id == leased.id, OutboxRow.attempts == leased.attempt, _WAITING)
        async with self._database.writing() as session:
            changed = await session.execute(update(OutboxRow).where(held).values(**values).returning(OutboxRow.id))
            return changed.first() is not None


def _due(moment: dt.datetime, platforms: Collection[str]) -> ColumnElement[bool]:
    earlier = aliased(OutboxRow)
    overtakes = exists().where(
        earlier.platform == OutboxRow.platform,
        earlier.lane == OutboxRow.lane,
        earlier.id < OutboxRow.id,
        earlier.done_at.is_(None),
        earlier.failed_at.is_(None),
    )
    free = or_(OutboxRow.leased_until.is_(None), OutboxRow.leased_until <= moment)
    return and_(_WAITING, OutboxRow.platform.in_(platforms), OutboxRow.due <= moment, free, ~overtakes)
