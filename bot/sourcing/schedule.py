"""Looks at sources when they are due, for as long as a process is up."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
import time
from collections.abc import Callable, Collection
from contextlib import AbstractAsyncContextManager

import structlog

from bot.database import now
from bot.error_ids import new_error_id
from bot.observing.trace import followed, new_trace
from bot.sourcing.listing import Listing
from bot.sourcing.measuring import IngestMetrics, Result
from ingest.ledger import Ledger
from ingest.pipeline import Pipeline
from ingest.report import Report
from ingest.schedule import due
from ingest.sources import Source
from knowledge.library import Library, LibraryBusy
from knowledge.vectors import VectorsAway

log = structlog.get_logger(__name__)

PAUSE = 60.0
"""Seconds between two looks at what is due."""


class ScheduledIngest:
    """Any number may run: one brings documents in at a time, and what it has looked at is due for nobody.

    `open_pipeline` opens what brings documents into the library; `chance` spreads the first looks of processes that
    start together. Where it is not `scheduled`, it only brings everything in where that was never done to the end, as
    after a catalogue was lost.
    """

    def __init__(  # noqa: PLR0913 - what it is put together from
        self,
        listing: Listing,
        ledger: Ledger,
        library: Library,
        open_pipeline: Callable[[], AbstractAsyncContextManager[Pipeline]],
        metrics: IngestMetrics,
        clock: Callable[[], dt.datetime] = now,
        pause: float = PAUSE,
        chance: random.Random | None = None,
        *,
        scheduled: bool = True,
    ) -> None:
        self._listing = listing
        self._ledger = ledger
        self._library = library
        self._open_pipeline = open_pipeline
        self._metrics = metrics
        self._clock = clock
        self._pause = pause
        self._scheduled = scheduled
        self._chance = chance or random.Random()  # noqa: S311 - nothing is to be kept from anybody

    async def run(self, stop: asyncio.Event) -> None:
        """Look again and again until `stop` is set. A run under way is broken off then, and the next one goes on."""
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({stopped}, timeout=self._pause * self._chance.random())
            while not stop.is_set():
                await self._look_until(stopped)
                await asyncio.wait({stopped}, timeout=self._pause)
        finally:
            stopped.cancel()

    async def look(self) -> Report | None:
        """Look at the sources that are due, or at all of them where that has never been done to the end; None where
        nothing is to be done, or somebody else is at it."""
        listed = await asyncio.to_thread(self._listing.read)
        if not listed.sources:
            return None
        only = await self._pressing(listed.sources)
        if only is not None and not only:
            return None
        start = time.perf_counter()
        try:
            async with self._library.lock(patience=0):
                pass  # nobody is at it, and about to make this unnecessary
            async with self._open_pipeline() as pipeline:
                report = await pipeline.run(listed.sources, only=only)
        except LibraryBusy:
            self._metrics.note(Result.BUSY)
            log.info("ingest.busy")
            return None
        self._metrics.note(Result.FAILED if report.failed else Result.OK, time.perf_counter() - start)
        _tell(report, only)
        return report

    async def _pressing(self, sources: Collection[Source]) -> Collection[str] | None:
        """The names of the sources to look at, "" standing for one that is listed no longer and for what an index has
        lost; None for all of them."""
        if not await self._library.is_complete():
            return None
        if not self._scheduled:
            return ()
        known = await asyncio.to_thread(self._ledger.sources)
        names = {source.name for source in due(list(sources), known, self._clock())}
        gone = known.keys() - {source.name for source in sources}
        return names | ({""} if gone or await self._library.is_lacking() else set())

    async def _look_until(self, stopped: asyncio.Task[bool]) -> None:
        with followed(new_trace()):
            looking = asyncio.create_task(self._look_safely())
        try:
            await asyncio.wait({stopped, looking}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            looking.cancel()
            await asyncio.wait({looking})

    async def _look_safely(self) -> None:
        try:
            await self.look()
        except VectorsAway as error:
            # Nothing was noted of the sources that it did not come to: they are due at the next look.
            self._metrics.note(Result.FAILED)
            log.warning("ingest.waits", error=str(error))
        except Exception as error:  # whatever it is: questions go on being answered, and the next look may do
            error_id = new_error_id()
            self._metrics.note(Result.CRASHED)
            log.error("ingest.crashed", error_id=error_id, exc_info=error)


def _tell(report: Report, only: Collection[str] | None) -> None:
    for failure in report.failed:
        log.warning("ingest.failed", source=failure.source, document=failure.document, reason=failure.reason)
    counts = report.model_dump(include={"added", "changed", "unchanged", "missing", "removed", "seconds"})
    log.info("ingest.done", sources=sorted(only) if only is not None else "all", **counts)
