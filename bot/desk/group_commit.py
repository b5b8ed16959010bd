"""Group commit: what comes while a transaction is being written shares the next one.

A lock that all of them take, and a disk that takes 5 ms to keep something, would otherwise allow so many a second, and
each would wait for all before it with a connection in its hand. And each transaction costs a processor as much as what
is written in it: of those that come fast, several are gathered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Database, is_away
from bot.desk.pacing import Pacing

_MOST = 100
"""Wishes in one transaction."""

Wish = TypeVar("Wish")
Outcome = TypeVar("Outcome")
Work = Callable[[AsyncSession, Sequence[Wish]], Awaitable[Sequence[Outcome]]]


class _Group(Generic[Wish, Outcome]):
    """Has wishes met together, in sessions of that kind."""

    def __init__(
        self,
        session: Callable[[], AbstractAsyncContextManager[AsyncSession]],
        work: Work[Wish, Outcome],
        pacing: Pacing,
    ) -> None:
        self._session = session
        self._work = work
        self._pacing = pacing
        self._waiting: list[tuple[Wish, asyncio.Future[Outcome]]] = []
        self._working: asyncio.Task[None] | None = None

    async def do(self, wish: Wish) -> Outcome:
        """Have it done, and return what came of it when that is kept. Raises what the work raises for it, or the
        database."""
        kept: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((wish, kept))
        if self._working is None:
            self._working = asyncio.create_task(self._do_all())
        # The transaction is also the others': who no longer waits does not end it.
        return await asyncio.shield(kept)

    async def _do_all(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(self._pacing.wait())
                batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
                await self._settle(batch)
        finally:
            self._working = None

    async def _settle(self, batch: Sequence[tuple[Wish, asyncio.Future[Outcome]]]) -> None:
        try:
            async with self._session() as session:
                outcomes = await self._work(session, [wish for wish, _ in batch])
                settled = list(zip(batch, outcomes, strict=True))
        except Exception as error:  # noqa: BLE001 - whoever waits is told, whatever it was
            if len(batch) > 1 and not is_away(error):
                for each in batch:  # what is wrong with one of them is not the others'
                    await self._settle([each])
                return
            for _, kept in batch:
                if not kept.done():
                    kept.set_exception(error)
        else:
            for (_, kept), outcome in settled:
                if not kept.done():
                    kept.set_result(outcome)


class GroupCommit(_Group[Wish, Outcome]):
    """Has wishes written together. `write` is given those of one transaction, and says for each what came of it."""

    def __init__(self, database: Database, write: Work[Wish, Outcome], pacing: Pacing | None = None) -> None:
        super().__init__(database.writing, write, pacing or Pacing())


class GroupRead(_Group[Wish, Outcome]):
    """Has wishes looked up together. `read` is given those of one query, and says for each what was found."""

    def __init__(self, database: Database, read: Work[Wish, Outcome]) -> None:
        super().__init__(database.reading, read, Pacing(gap=0.0))  # what is asked for at the same moment is enough
