"""Takes documents out of the library, and says so."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable

from ingest.changes import Change, Kind, change_of
from ingest.holdings import Holdings
from ingest.ledger import Ledger
from ingest.report import Report


class Removing:
    """One run's."""

    def __init__(self, library: Holdings, ledger: Ledger, report: Report, clock: Callable[[], dt.datetime]) -> None:
        self._library = library
        self._ledger = ledger
        self._report = report
        self._clock = clock

    async def remove(self, id_: str) -> None:
        """Take a document out; nothing happens where there is none."""
        document = await self._library.document(id_)
        if document:
            await self.tell(change_of(Kind.REMOVED, document))
            await self._library.remove(id_)
            self._report.removed += 1
        await asyncio.to_thread(self._ledger.forget, id_)

    async def tell(self, change: Change) -> None:
        """Put a change into the report and the ledger: before it is made, so that it is known even if that is broken
        off."""
        self._report.changes.append(change)
        await asyncio.to_thread(self._ledger.add_changes, [change], self._clock())
