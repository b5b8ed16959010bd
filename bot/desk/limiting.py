"""Limits to what people may ask, counted in the database that all processes share. Why so: `docs/decisions/0012`."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import sys
import time
from collections.abc import Mapping, Sequence

from sqlalchemy import BigInteger, String, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, Database, now, upsert
from bot.desk.background import look_again
from bot.desk.outbox_table import WAITING, OutboxRow
from bot.desk.rates import PERIOD, Counted, Limited, Rates, Scope, take_all
from bot.desk.watching import REPLIES

BUSY_FOR = 60
"""Seconds after which those may try again who are turned away because too many questions wait."""
_FRESH = 1.0
"""Seconds for which it is known how many wait: each process looks no more often."""
_PAUSE = 300.0


class LimitRow(Base):
    """What is due of a key: microseconds since 1970. `key` is a digest: who asked what when is not to be read here."""

    __tablename__ = "rate_limits"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    due: Mapped[int] = mapped_column(BigInteger)


@dataclasses.dataclass(frozen=True)
class Limits:
    """What is allowed: `rates` a minute, and how many questions may wait for their reply. 0: any number."""

    rates: Rates = dataclasses.field(default_factory=Rates)
    waiting: int = 0


class Limiter:
    """Says what is too much. Without limits nothing is."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._waiting = 0
        self._looked = float("-inf")

    async def admit(self, session: AsyncSession, wanted: Sequence[Counted]) -> list[Limited | None]:
        """For each, None, and it is counted when the session commits; or what it is too much for."""
        room = await self._room(session) if wanted else 0
        found = await self._rated(session, wanted[:room])
        self._waiting += found.count(None)
        return found + [Limited(Scope.EVERYBODY, BUSY_FOR) for _ in wanted[room:]]

    async def _rated(self, session: AsyncSession, wanted: Sequence[Counted]) -> list[Limited | None]:
        keyed = [self._keyed(each) for each in wanted]
        # Each process takes the rows in the same order, or two could wait for each other.
        keys = sorted({key for each in keyed for key in each})
        if not keys:
            return [None] * len(wanted)
        fresh = [{"key": key, "due": 0} for key in keys]
        # One statement makes what isn't there, locks what is, and reads it.
        held = upsert(session, LimitRow, fresh, ["key"], due=LimitRow.due).returning(LimitRow.key, LimitRow.due)
        dues = {row.key: row.due for row in await session.execute(held)}
        after, found = take_all(dues, keyed, _moment())
        changed = [{"key": key, "due": after[key]} for key in keys if after[key] != dues[key]]
        if changed:
            await session.execute(upsert(session, LimitRow, changed, ["key"]))
        return found

    async def _room(self, session: AsyncSession) -> int:
        """How many more questions may come to wait."""
        most = self._limits.waiting
        if not most:
            return sys.maxsize
        moment = time.monotonic()
        if moment - self._looked > _FRESH:
            # What waits for its next attempt is not counted: it is the platform that is away, not we who are slow.
            due = select(OutboxRow.id).where(WAITING, OutboxRow.kind.in_(REPLIES), OutboxRow.due <= now()).limit(most)
            self._waiting = await session.scalar(select(func.count()).select_from(due.subquery())) or 0
            self._looked = moment
        return max(0, most - self._waiting)

    def _keyed(self, counted: Counted) -> Mapping[str, tuple[Scope, int]]:
        rates = {scope: (name, self._limits.rates.of(scope)) for scope, name in counted.scopes.items()}
        return {_digest(scope, name): (scope, rate) for scope, (name, rate) in rates.items() if rate}


class Forgetting:
    """A job that removes what no limit depends on any more."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(self, stop: asyncio.Event) -> None:
        """Go on until `stop` is set."""
        await look_again(self.forget, stop, _PAUSE, "limiting.not_forgotten")

    async def forget(self) -> None:
        """Remove what was due more than a minute ago: as good as never asked."""
        async with self._database.writing() as session:
            await session.execute(delete(LimitRow).where(LimitRow.due < _moment() - PERIOD))


def _moment() -> int:
    return int(now().timestamp() * 1_000_000)


def _digest(scope: Scope, name: str) -> str:
    return hashlib.sha256(f"{scope}\n{name}".encode()).hexdigest()
