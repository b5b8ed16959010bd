"""What becomes of documents that their source has no longer, or whose source is no longer listed."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Collection, Mapping

from ingest.changes import Kind, change_of
from ingest.holdings import Held, Holdings
from ingest.ledger import Ledger, Record
from ingest.passages import passages_of
from ingest.removing import Removing
from ingest.report import Report
from ingest.sources import Source
from knowledge.model import Audience, Document


class Vanishing:
    """One run's look at what has vanished, after all that was found is in the library.

    `held` is what the library holds then; `internal` are the texts of sections of internal documents that came in.
    """

    def __init__(
        self,
        library: Holdings,
        ledger: Ledger,
        removing: Removing,
        report: Report,
        clock: Callable[[], dt.datetime],
        *,
        held: Mapping[str, Held],
        internal: Collection[str],
    ) -> None:
        self._library = library
        self._ledger = ledger
        self._removing = removing
        self._report = report
        self._clock = clock
        self._held = held
        self._internal = internal

    async def protect(self, source: Source, found: Collection[str]) -> None:
        """Take out what was public and is not found any longer, where the source is internal now."""
        for id_, held in self._held.items():
            was_public = held.source == source.name and held.audience is Audience.PUBLIC
            if was_public and source.audience is Audience.INTERNAL and id_ not in found:
                await self._removing.remove(id_)

    async def mark(self, source: Source, found: Collection[str]) -> None:
        """Mark what the source does not have, and take out what it has not had for as long as it is kept.

        Only for a source that was looked through to the end.
        """
        known = await asyncio.to_thread(self._ledger.records, source.name)
        of_source = {id_ for id_, held in self._held.items() if held.source == source.name}
        for id_ in sorted((of_source | known.keys()) - set(found)):
            document = await self._library.document(id_) if id_ in of_source else None
            if document is None:
                await asyncio.to_thread(self._ledger.forget, id_)
                continue
            since = document.missing or self._today()
            if (self._today() - since).days >= source.keep or self._is_internal_now(document):
                await self._removing.remove(id_)
            else:
                await self._keep(document, known.get(id_), since)

    async def remove_unlisted(self, sources: Collection[str]) -> None:
        """Take out all documents of sources of other names. Documents that came from none stay."""
        for id_, held in self._held.items():
            if held.source and held.source not in sources:
                await self._removing.remove(id_)
        await asyncio.to_thread(self._ledger.keep_only, sorted(sources))

    def _is_internal_now(self, document: Document) -> bool:
        """Was it public, and is any of it in an internal document that came in: was it moved?"""
        return document.audience is Audience.PUBLIC and any(
            section.text in self._internal for section in document.sections
        )

    async def _keep(self, document: Document, record: Record | None, since: dt.date) -> None:
        self._report.missing += 1
        if not document.missing:
            marked = document.model_copy(update={"missing": since})
            await self._removing.tell(change_of(Kind.MISSING, marked))
            await self._library.put_all([(marked, passages_of(marked))])
        checked = self._clock()
        record = record or Record(
            document=document.id, source=document.source, location="", title=document.title, checked=checked
        )
        await asyncio.to_thread(self._ledger.note, [record.model_copy(update={"missing": since, "checked": checked})])

    def _today(self) -> dt.date:
        return self._clock().astimezone().date()
