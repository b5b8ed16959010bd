"""Keeps the library in step with a list of sources: find, fetch, read, split, put, and leave alone what is the same."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import random
import sqlite3
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from ingest.bringing import Bringing
from ingest.fetching import FetchError
from ingest.finding import Finder
from ingest.holdings import Holdings
from ingest.ledger import Ledger, SourceRecord
from ingest.removing import Removing
from ingest.report import Failure, Progress, Report
from ingest.schedule import entry_of, next_check
from ingest.sources import Source
from ingest.splitting import Splitter
from ingest.vanishing import Vanishing
from knowledge.vectors import VectorsAway

_log = logging.getLogger(__name__)

_NO_DOCUMENT = "typical questions are about it, but the source has no such document; correct the id, or take them away"
_SOURCES = 4
"""Looked through side by side: while one waits for its server, another is read."""


def now() -> dt.datetime:
    """The moment, in UTC."""
    return dt.datetime.now(dt.UTC)


def _silently(done: int, total: int, title: str) -> None: ...


@dataclass(frozen=True)
class _Looked:
    """A source that was looked through: the documents found, why that broke off if it did, and seconds."""

    source: Source
    found: set[str]
    error: str
    seconds: float


class Pipeline:
    """Brings in what sources have. `clock` says what time it is; `chance` spreads the next looks at sources."""

    def __init__(
        self,
        library: Holdings,
        finder: Finder,
        splitter: Splitter,
        ledger: Ledger,
        clock: Callable[[], dt.datetime] = now,
        chance: random.Random | None = None,
    ) -> None:
        self._library = library
        self._finder = finder
        self._splitter = splitter
        self._ledger = ledger
        self._clock = clock
        self._chance = chance or random.Random()  # noqa: S311 - nothing is to be kept from anybody

    async def run(
        self, sources: Sequence[Source], progress: Progress = _silently, only: Collection[str] | None = None
    ) -> Report:
        """Bring in what is new or changed of these sources, or of those named in `only`, and take out the documents of
        sources that are no longer listed.

        What fails is in the report and stops nothing else; what the library had of it stays, unless that is public and
        its source is internal now. What a source has no longer is marked and kept for as many days as the source says.
        Documents that came from no source are never touched. May be broken off anywhere: the next run goes on. Raises
        what the library raises, such as LibraryBusy or VectorsAway.
        """
        async with self._library.lock():
            return await self.run_in_turn(sources, progress, only)

    async def run_in_turn(
        self, sources: Sequence[Source], progress: Progress = _silently, only: Collection[str] | None = None
    ) -> Report:
        """The same, for who holds the library's lock already."""
        start = time.perf_counter()
        chosen = [source for source in sources if only is None or source.name in only]
        await self._library.begin()
        report = Report()
        held = await self._library.holdings()
        removing = Removing(self._library, self._ledger, report, self._clock)
        bringing = Bringing(self._library, self._splitter, self._ledger, removing, held, report, self._clock)
        bringing.watch(progress, sum(len(source.locations) for source in chosen if not source.is_found))
        looked = await self._look_through_all(chosen, bringing, report)
        # Only now: what one source has no longer may be another's.
        vanishing = Vanishing(
            self._library,
            self._ledger,
            removing,
            report,
            self._clock,
            held=await self._library.holdings(),
            internal=bringing.internal,
        )
        for each in looked:
            await self._settle(each, bringing, vanishing)
        await vanishing.remove_unlisted({source.name for source in sources})
        await self._library.end()
        report.seconds = round(time.perf_counter() - start, 3)
        return report

    async def _look_through_all(self, sources: Sequence[Source], bringing: Bringing, report: Report) -> list[_Looked]:
        looked: list[_Looked] = []
        turn = asyncio.Semaphore(_SOURCES)
        try:
            async with bringing, asyncio.TaskGroup() as group:
                for source in sources:
                    group.create_task(self._look_through(source, bringing, report, looked, turn))
        except ExceptionGroup as errors:
            if away := errors.subgroup(VectorsAway):
                raise VectorsAway(str(_first(away))) from errors
            raise
        return looked

    async def _look_through(
        self, source: Source, bringing: Bringing, report: Report, looked: list[_Looked], turn: asyncio.Semaphore
    ) -> None:
        async with turn:
            start = time.perf_counter()
            error = ""
            found: set[str] = set()
            async with asyncio.TaskGroup() as group:
                try:
                    async for place in self._finder.find(source):
                        id_ = source.document_id(place.location)
                        if id_ not in found:
                            found.add(id_)
                            await bringing.start(group, source, id_, place)
                except FetchError as failed:
                    error = str(failed)
                except (OSError, sqlite3.Error):
                    raise  # the disk, or what is kept on it
                except Exception as failed:  # noqa: BLE001 - one source must not end the run of all
                    _log.exception("looking through source %s broke", source.name)
                    error = f"{source.name}: cannot be looked through ({type(failed).__name__}: {failed}); report this"
            if error:
                report.failed.append(Failure(source=source.name, reason=error))
            strange = () if error else sorted(source.questions.keys() - found)
            report.failed += [Failure(source=source.name, document=id_, reason=_NO_DOCUMENT) for id_ in strange]
            looked.append(_Looked(source, found, error, time.perf_counter() - start))

    async def _settle(self, looked: _Looked, bringing: Bringing, vanishing: Vanishing) -> None:
        source, found, error = looked.source, looked.found, looked.error
        await vanishing.protect(source, found)
        if not error:
            await vanishing.mark(source, found - bringing.gone)
            # Where nothing at all could be had, it is the source that fails, and is tried again sooner.
            error = bringing.unreached[min(found)] if found and found <= bringing.unreached.keys() else ""
        await asyncio.to_thread(self._note, source, error, looked.seconds)

    def _note(self, source: Source, error: str, seconds: float) -> None:
        before = self._ledger.sources().get(source.name)
        checked = self._clock()
        failures = (before.failures if before else 0) + 1 if error else 0
        self._ledger.note_source(
            SourceRecord(
                name=source.name,
                entry=entry_of(source),
                checked=checked,
                succeeded=(before.succeeded if before else None) if error else checked,
                due=next_check(source, checked, failures, self._chance),
                failures=failures,
                error=error,
                seconds=round(seconds, 3),
            )
        )


def _first(errors: ExceptionGroup[VectorsAway]) -> Exception:
    inner = errors.exceptions[0]
    return _first(inner) if isinstance(inner, ExceptionGroup) else inner
