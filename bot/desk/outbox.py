"""The outbox: what is owed to people is written in the transaction that makes it owed, and delivered afterwards."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, and_, event, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Database, insert_if_new_all, now
from bot.desk.faults import Faults, Step
from bot.desk.group_commit import GroupCommit
from bot.desk.outbox_table import DONE, DUE, FAILED, LEASE, WAITING, OutboxRow
from bot.desk.rush import Rush
from bot.observing.trace import carried


class Delivery(BaseModel):
    """Something owed to somebody on a platform.

    `kind` says what it is, `payload` (JSON) what the courier needs to know. `key` names it for good: putting the same
    key twice owes it once. Deliveries with the same platform and `lane` (a thread, say) arrive in the order in which
    they were put; those without a lane go independently. `trace` is that of what made it owed, as text.
    """

    model_config = ConfigDict(frozen=True)

    kind: str
    platform: str
    key: str
    payload: Mapping[str, Any] = {}
    lane: str | None = None
    trace: str = Field(default_factory=carried)


UNDELIVERED = "undelivered"
"""The kind of the delivery that is owed once another is given up: to tell those who wait for it."""


class Courier(Protocol):
    """Carries deliveries to one platform."""

    async def deliver(self, delivery: Delivery) -> None:
        """Bring it to the people it is for, and return when it is there.

        Must be idempotent on `delivery.key`: a process that is killed after delivering and before noting it delivers
        again when it is back. Raises Undeliverable where trying again is no use (the channel is gone), Later where the
        platform says how long to wait; whatever else is raised means "try again later".
        """

    async def give_up(self, delivery: Delivery) -> None:
        """Tell those who wait for it that it will not come, where somebody does. Idempotent and raises as `deliver`."""


class Undeliverable(Exception):
    """Raised by a courier: this can never be delivered."""


class Later(Exception):
    """Raised by a courier: to be tried again, when so many `seconds` have passed at the least."""

    def __init__(self, message: str, seconds: float = 0.0) -> None:
        super().__init__(message)
        self.seconds = seconds


class Leased(BaseModel):
    """A delivery that a dispatcher has taken. `attempt` counts from 1 and tells this lease from later ones."""

    model_config = ConfigDict(frozen=True)

    id: int
    attempt: int
    delivery: Delivery
    created: dt.datetime


class Owed(BaseModel):
    """A delivery that has not arrived. It is under way until `leased_until`, and given up where `failed_at` says when;
    else it waits, until `due` at least. `error` is that of the last attempt that failed, empty where none has."""

    model_config = ConfigDict(frozen=True)

    id: int
    delivery: Delivery
    created: dt.datetime
    due: dt.datetime
    attempts: int
    leased_until: dt.datetime | None
    failed_at: dt.datetime | None
    error: str


LONGEST_WAIT = dt.timedelta(hours=1)
"""What lies further ahead was written by a clock that was ahead, and holds up nothing: no lease or wait is as long."""

Note = Callable[[AsyncSession, Owed], Awaitable[None]]
"""Writes down, in the transaction it is given, that somebody has a delivery tried again; it is told how it stood."""


class Outbox:
    """The deliveries in the database. Filled by `put`, emptied by a Dispatcher."""

    def __init__(self, database: Database, faults: Faults | None = None) -> None:
        self._database = database
        self._faults = faults or Faults()
        self._poked = asyncio.Event()
        self._arrived = GroupCommit(database, _note_arrived)
        self.rush = Rush()
        """What comes in now may have deliveries wait for it."""

    async def put(self, session: AsyncSession, delivery: Delivery) -> None:
        """Owe the delivery from the moment the caller's transaction commits; once, however often its key is put."""
        await self.put_all(session, [delivery])

    async def put_all(self, session: AsyncSession, deliveries: Sequence[Delivery]) -> None:
        """Owe all of them, at least one, in their order; as `put` does, in one statement."""
        fresh = {**dict.fromkeys(("created", "due"), now()), "attempts": 0}
        rows = [delivery.model_dump(mode="json") | fresh for delivery in deliveries]
        await insert_if_new_all(session, OutboxRow, rows, unique=["key"])
        self._faults.at(Step.PUTTING)
        event.listen(session.sync_session, "after_commit", lambda _: self._owe(), once=True)

    async def known(self, session: AsyncSession, keys: Collection[str]) -> set[str]:
        """Those of the keys that were put before."""
        return set(await session.scalars(select(OutboxRow.key).where(OutboxRow.key.in_(keys))))

    def _owe(self) -> None:
        self._faults.at(Step.PUT)
        self.poke()

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
        clock = {"moment": moment, "beyond": moment + LONGEST_WAIT}
        asked = {**clock, "platforms": platforms, "without": without, "at_most": limit}
        if self._database.takes_turns and not await self._is_due(asked):
            return []
        async with self._database.stating() as session:
            rows = sorted(await session.scalars(LEASE, asked | {"until": moment + length}), key=lambda row: row.id)
            leased = [_leased(row) for row in rows]
        for _ in leased:
            self._faults.at(Step.LEASED)
        return leased

    async def _is_due(self, asked: Mapping[str, Any]) -> bool:
        """Is there something to take? To look takes no lock: an idle dispatcher keeps nobody from writing."""
        async with self._database.reading() as session:
            return await session.scalar(DUE, asked) is not None

    async def renew(self, leased: Leased, length: dt.timedelta) -> bool:
        """Keep the delivery for longer. False: the lease had run out and somebody else took it, or it is done."""
        return await self._change(leased, leased_until=now() + length)

    async def give_back(self, leased: Leased) -> None:
        """Leave the delivery to others at once; the attempt does not count."""
        await self._change(leased, leased_until=None, attempts=leased.attempt - 1)

    async def done(self, leased: Leased) -> None:
        """It has arrived, whoever holds the lease by now."""
        await self._arrived.do(leased)
        self._faults.at(Step.DONE)

    async def postpone(self, leased: Leased, delay: dt.timedelta, error: str) -> None:
        """Try again after the delay."""
        await self._change(leased, leased_until=None, due=now() + delay, error=error)
        self._faults.at(Step.POSTPONED)

    async def give_up(self, leased: Leased, error: str) -> None:
        """Try no more, but keep it, with the error, until `retry`. To tell who waits is owed, and holds up no lane."""
        async with self._database.writing() as session:
            values = {"leased_until": None, "failed_at": now(), "error": error}
            if await _changed(session, leased, values) and leased.delivery.kind != UNDELIVERED:
                await self.put(session, _telling(leased.delivery))
            self._faults.at(Step.GIVING_UP)
        self._faults.at(Step.GIVEN_UP)

    async def waiting(self, limit: int = 100) -> Sequence[Owed]:
        """The deliveries that are still tried, the oldest first."""
        return await self._owed(WAITING, OutboxRow.id, limit)

    async def failed(self, limit: int = 100) -> Sequence[Owed]:
        """The deliveries that were given up, latest first."""
        return await self._owed(FAILED, OutboxRow.failed_at.desc(), limit)

    async def retry(self, delivery_id: int, note: Note | None = None) -> Owed:
        """Try a delivery that was given up again, from the start; how it stood. Raises LookupError where no failed one
        has the id."""
        retried = await self._retry(and_(FAILED, OutboxRow.id == delivery_id), note)
        if not retried:
            raise LookupError(f"no failed delivery has the id {delivery_id}")
        return retried[0]

    async def retry_all(self, note: Note | None = None) -> Sequence[Owed]:
        """Try all that were given up again, from the start; how they stood, the oldest first."""
        return await self._retry(FAILED, note)

    async def _retry(self, which: ColumnElement[bool], note: Note | None) -> Sequence[Owed]:
        async with self._database.writing() as session:
            found = select(OutboxRow).where(which).order_by(OutboxRow.id).with_for_update()
            rows = (await session.scalars(found)).all()
            retried = [_owed_by(row) for row in rows]
            for row, owed in zip(rows, retried, strict=True):
                row.failed_at, row.attempts, row.due = None, 0, now()
                if note:
                    await note(session, owed)
        self.poke()
        return retried

    async def _owed(self, which: ColumnElement[bool], order: Any, limit: int) -> Sequence[Owed]:
        query = select(OutboxRow).where(which).order_by(order, OutboxRow.id).limit(limit)
        async with self._database.reading() as session:
            return [_owed_by(row) for row in await session.scalars(query)]

    async def _change(self, leased: Leased, **values: object) -> bool:
        async with self._database.stating() as session:
            return await _changed(session, leased, values)


async def _note_arrived(session: AsyncSession, these: Sequence[Leased]) -> Sequence[None]:
    moment = now()
    arrived = [{"delivery": each.id, "delivery_key": each.delivery.key, "moment": moment} for each in these]
    await session.execute(DONE, arrived)
    return [None] * len(these)


async def _changed(session: AsyncSession, leased: Leased, values: Mapping[str, object]) -> bool:
    row = OutboxRow
    held = and_(row.id == leased.id, row.key == leased.delivery.key, row.attempts == leased.attempt, WAITING)
    changed = await session.execute(update(OutboxRow).where(held).values(**values).returning(OutboxRow.id))
    return changed.first() is not None


def delivery_of(row: OutboxRow) -> Delivery:
    """What a row owes."""
    return Delivery.model_validate(row, from_attributes=True)


def _leased(row: OutboxRow) -> Leased:
    return Leased(id=row.id, attempt=row.attempts, delivery=delivery_of(row), created=row.created)


def _owed_by(row: OutboxRow) -> Owed:
    standing = {name: getattr(row, name) for name in Owed.model_fields if name not in {"delivery", "error"}}
    return Owed(delivery=delivery_of(row), error=row.error or "", **standing)


def _telling(it: Delivery) -> Delivery:
    key, payload = f"{it.key}#{UNDELIVERED}", it.model_dump(mode="json")
    return Delivery(kind=UNDELIVERED, platform=it.platform, key=key, payload=payload)
