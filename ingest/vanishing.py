"""What becomes of documents that their source has no longer, or whose source is no longer listed."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Collection, Mapping

from ingest.changes import Kind, change_of
from ingest.holdings import Held, Holdings
from ingest.ledger import Ledger, Record
from ingest.passages import passages_of
from ingest.report import Report
from ingest.sources import Source
from knowledge.model import Audience, Document


class Vanishing:
    """One run's look at what has vanished."""

    def __init__(
        self,
        library: Holdings,
        ledger: Ledger,
        held: Mapping[str, Held],
        report: Report,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._library = library
        self._ledger = ledger
        self._held = held
        self._report = report
        self._clock = clock
        self._removed: set[str] = set()

    async def protect(self, source: Source, found: Collection[str]) -> None:
        """Take out what was public and is not found any longer, where the source is internal now."""
        for id_, held in self._held.items():
            was_public = held.source == source.name and held.audience is Audience.PUBLIC
            if was_public and source.audience is Audience.INTERNAL and id_ not in found:
                await self._remove(id_)
                self._removed.add(id_)

    async def mark(self, source: Source, found: Collection[str]) -> None:
        """Mark what the source does not have, and take out what it has not had for as long as it is kept.

        Only for a source that was looked through to the end.
        """
        known = await asyncio.to_thread(self._ledger.records, source.name)
        of_source = {id_ for id_, held in self._held.items() if held.source == source.name}
        for id_ in sorted((of_source | known.keys()) - set(found) - self._removed):
            record = known.get(id_) or Record(
                document=id_, source=source.name, location="", title=id_, checked=self._clock()
            )
            since = record.missing or self._today()
            if id_ not in self._held:
                await asyncio.to_thread(self._ledger.forget, id_)
            elif (self._today() - since).days >= source.keep:
                await self._remove(id_)
            else:
                await self._keep(record, since)

    async def remove_unlisted(self, sources: Collection[str]) -> None:
        """Take out all documents of sources of other names. Documents that came from none stay."""
        # As it is now: what was another source's when the run began may be one's own.
        for id_, held in (await self._library.holdings()).items():
            if held.source and held.source not in sources:
                await self._remove(id_)
        await asyncio.to_thread(self._ledger.keep_only, sorted(sources))

    async def _keep(self, record: Record, since: dt.date) -> None:
        self._report.missing += 1
        document = await self._library.document(record.document)
        if document and not record.missing:
            marked = document.model_copy(update={"missing": since})
            await self._tell(Kind.MISSING, marked)
            await self._library.put_all([(marked, passages_of(marked))])
        await asyncio.to_thread(
            self._ledger.note, [record.model_copy(update={"missing": since, "checked": self._clock()})]
        )

    async def _remove(self, id_: str) -> None:
        document = await self._library.document(id_)
        if document:
            await self._tell(Kind.REMOVED, document)
        await self._library.remove(id_)
        await asyncio.to_thread(self._ledger.forget, id_)
        self._report.removed += 1

    async def _tell(self, kind: Kind, document: Document) -> None:
        change = change_of(kind, document)
        self._report.changes.append(change)
        await asyncio.to_thread(self._ledger.add_changes, [change], self._clock())

    def _today(self) -> dt.date:
        return self._clock().astimezone().date()
