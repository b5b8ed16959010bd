"""Brings documents in: fetch, read, split, put into the library; what did not change is left alone."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field

from ingest.fetching import Fetched, Fetcher, FetchError
from ingest.passages import passages_of
from ingest.readers.choice import READERS, read
from ingest.readers.reading import Reader, ReadError
from ingest.sources import Location, Source
from knowledge.model import Audience, Document, Passage

PIPELINE = 1
"""Raise it to bring every document in anew."""

Progress = Callable[[int, int, str], None]
"""Told how many documents are done, of how many, and the title of the last one."""


class Held(Protocol):
    """What the library says about a document that it holds."""

    @property
    def source(self) -> str:
        """The name of the source it came from; empty where it came from none."""

    @property
    def audience(self) -> Audience:
        """Who may read it."""

    @property
    def digest(self) -> str:
        """The digest of the document when it was put in; empty where that was interrupted."""


class Holdings(Protocol):
    """Where documents are put: the library."""

    async def holdings(self) -> Mapping[str, Held]:
        """All documents by id."""

    async def put(self, document: Document, passages: Sequence[Passage]) -> None:
        """Add a document or replace it, also where its audience changed."""

    async def remove(self, id_: str, /) -> None:
        """Take a document out."""

    async def begin(self) -> None:
        """A list of sources is being brought in."""

    async def end(self) -> None:
        """All of it has been gone through."""

    def lock(self) -> AbstractAsyncContextManager[None]:
        """One ingest at a time."""


class Failure(BaseModel):
    """A document that could not be brought in, and why."""

    model_config = ConfigDict(frozen=True)

    document: str
    reason: str


class Report(BaseModel):
    """What a run did: numbers of documents, the failures, and the passages of all documents that could be read."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: list[Failure] = []
    passages: int = 0
    seconds: float = 0.0


class _Split(Document):
    """A document with what it was split into. Both make its digest, so that a new way of splitting is noticed too."""

    passages: tuple[Passage, ...] = Field(exclude=True)

    @property
    def digest(self) -> str:
        """Hash of the document, its passages and the version of the pipeline."""
        parts = [str(PIPELINE), super().digest, *(passage.model_dump_json() for passage in self.passages)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _silently(done: int, total: int, title: str) -> None: ...


class Pipeline:
    """Keeps a library in step with a list of sources."""

    def __init__(self, library: Holdings, fetcher: Fetcher, readers: Mapping[str, Reader] = READERS) -> None:
        self._library = library
        self._fetcher = fetcher
        self._readers = readers

    async def run(self, sources: Sequence[Source], progress: Progress = _silently) -> Report:
        """Bring in what is new or changed, and take out the documents of sources that are no longer there.

        A document that fails is in the report and does not stop the others; what the library had of it stays, unless
        that is public and its source is internal now. Documents that came from no source are never touched. Raises
        what the library raises, such as LibraryBusy.
        """
        start = time.perf_counter()
        report = Report()
        places = [(source, location) for source in sources for location in source.locations]
        async with self._library.lock():
            await self._library.begin()
            held = await self._library.holdings()
            progress(0, len(places), "")
            for done, (source, location) in enumerate(places, start=1):
                title = await self._bring(source, location, held, report)
                progress(done, len(places), title)
            await self._remove_vanished(places, held, report)
            await self._library.end()
        report.seconds = round(time.perf_counter() - start, 3)
        return report

    async def _bring(self, source: Source, location: Location, held: Mapping[str, Held], report: Report) -> str:
        id_ = source.document_id(location)
        before = held.get(id_)
        try:
            fetched = await self._fetcher.fetch(location)
            split = await asyncio.to_thread(self._understand, fetched, source)
        except (FetchError, ReadError) as error:
            report.failed.append(Failure(document=id_, reason=await self._protect(id_, source, before, str(error))))
            return location.name if isinstance(location, Path) else location
        report.passages += len(split.passages)
        if before and before.digest == split.digest:
            report.unchanged += 1
        else:
            await self._library.put(split, split.passages)
            report.changed += before is not None
            report.added += before is None
        return split.title

    def _understand(self, fetched: Fetched, source: Source) -> _Split:
        document = read(fetched, source, self._readers)
        return _Split(**dict(document), passages=tuple(passages_of(document)))

    async def _protect(self, id_: str, source: Source, before: Held | None, reason: str) -> str:
        if before is None or before.audience is source.audience or source.audience is Audience.PUBLIC:
            return reason
        await self._library.remove(id_)
        return f"{reason}; its public version was taken out, because the source is internal now"

    async def _remove_vanished(
        self, places: Sequence[tuple[Source, Location]], held: Mapping[str, Held], report: Report
    ) -> None:
        there = {source.document_id(location) for source, location in places}
        for id_, holding in held.items():
            if holding.source and id_ not in there:
                await self._library.remove(id_)
                report.removed += 1
