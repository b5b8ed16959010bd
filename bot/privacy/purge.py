"""The nightly purge: takes away, a little at a time, what has been kept for as long as it may be."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping

import structlog

from bot.database import Database, now
from bot.desk.background import look_again
from bot.privacy.nightly import take
from bot.privacy.retention import Part, cutoffs, parts

log = structlog.get_logger(__name__)

PAUSE = 600.0
"""Seconds between two looks at whether it is night."""
_BATCH = 200
"""Rows a transaction: others who write wait no longer than it takes to delete so many."""
_BREATH = 0.05
"""Seconds between two transactions, for the others to write in."""


class Purge:
    """Any number may run: one of them does the night's work. `days` are how long each kind is kept, 0 for ever."""

    def __init__(
        self, database: Database, days: Mapping[str, int], clock: Callable[[], dt.datetime] = now, pause: float = PAUSE
    ) -> None:
        self._database = database
        self._days = days
        self._clock = clock
        self._pause = pause

    async def run(self, stop: asyncio.Event) -> None:
        """Do the night's work each night until `stop` is set."""
        await look_again(self.look, stop, self._pause, "purge.unreachable")

    async def look(self) -> Mapping[str, int]:
        """Do the night's work, where it is night and nobody has done it; how much has gone."""
        if not await take(self._database, "purge", self._clock()):
            return {}
        gone = await self.purge()
        log.info("purge.done", **{kind: count for kind, count in gone.items() if count})
        return gone

    async def due(self) -> Mapping[str, int]:
        """How much would go now, by kind and table ("questions web_threads"). Questions of cases that would go are not
        among it: they are due once these have gone."""
        before = cutoffs(self._days, self._clock())
        async with self._database.reading() as session:
            return {
                f"{part.kind} {part.table}": await part.due(session, before[part.kind])
                for part in parts()
                if part.kind in before
            }

    async def purge(self) -> Mapping[str, int]:
        """Take away what is due; how much that was, by kind and table."""
        before, gone = cutoffs(self._days, self._clock()), Counter[str]()
        for part in parts():
            if part.kind not in before:
                continue
            name = f"{part.kind} {part.table}"
            gone[name] = 0
            while taken := await self._batch(part, before[part.kind]):
                gone[name] += taken
                await asyncio.sleep(_BREATH)
        await self._database.truncate_log()
        return gone

    async def _batch(self, part: Part, cutoff: dt.datetime) -> int:
        async with self._database.writing() as session:
            return await part.take(session, cutoff, _BATCH)
