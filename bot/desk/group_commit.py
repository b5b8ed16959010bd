"""Group commit: what comes while a transaction is being written shares the next one.

A lock that all of them take, and a disk that takes 5 ms to keep something, would otherwise allow so many a second, and
each would wait for all before it with a connection in its hand.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Database, is_away

_MOST = 100
"""Wishes in one transaction."""

Wish = TypeVar("Wish")
Outcome = TypeVar("Outcome")


class GroupCommit(Generic[Wish, Outcome]):
    """Has wishes written together. `write` is given those of one transaction, and says for each what came of it."""

    def __init__(
        self, database: Database, write: Callable[[AsyncSession, Sequence[Wish]], Awaitable[Sequence[Outcome]]]
    ) -> None:
        self._database = database
        self._write = write
        self._waiting: list[tuple[Wish, asyncio.Future[Outcome]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def do(self, wish: Wish) -> Outcome:
        """Have it written, and return what came of it when that is kept. Raises what `write` raises for it, or the
        database."""
        kept: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((wish, kept))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())
        # The transaction is also the others': who no longer waits does not end it.
        return await asyncio.shield(kept)

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
                await self._settle(batch)
        finally:
            self._writing = None

    async def _settle(self, batch: Sequence[tuple[Wish, asyncio.Future[Outcome]]]) -> None:
        try:
            async with self._database.writing() as session:
                outcomes = await self._write(session, [wish for wish, _ in batch])
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
