"""A folder with sources.toml, a library in memory, and a pipeline between them."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from pathlib import Path

import httpx

from ingest.fetching import Fetched, Fetcher, FetchError, Pace
from ingest.finding import Finder, Place
from ingest.ledger import Ledger
from ingest.pipeline import Pipeline
from ingest.readers.choice import READERS
from ingest.readers.reading import Reader
from ingest.report import Report
from ingest.sources import Source, load_sources
from ingest.splitting import ThreadSplitter, Understood
from knowledge.catalogue import Holding, Split
from knowledge.model import Document, Passage

SOURCES = """
[[source]]
name = "Veiledninger"
path = "guides/*"
kind = "guidance"
audience = "public"
language = "nb"
"""


class MemoryLibrary:
    """A library in memory. It breaks after so many puts where told to."""

    def __init__(self) -> None:
        self.held: dict[str, tuple[Document, Sequence[Passage]]] = {}
        self.puts: list[str] = []
        self.breaks_after: int | None = None
        self.is_locked = False
        self.is_complete = False

    async def begin(self) -> None:
        assert self.is_locked
        self.is_complete = False

    async def end(self) -> None:
        assert self.is_locked
        self.is_complete = True

    async def holdings(self) -> dict[str, Holding]:
        return {
            id_: Holding(id=id_, source=document.source, audience=document.audience, digest=document.digest)
            for id_, (document, _) in self.held.items()
        }

    async def document(self, id_: str) -> Document | None:
        return self.held[id_][0] if id_ in self.held else None

    async def put_all(self, documents: Sequence[Split]) -> None:
        for document, passages in documents:
            if self.breaks_after is not None and len(self.puts) >= self.breaks_after:
                raise OSError("the disk is full")
            self.held[document.id] = (document, passages)
            self.puts.append(document.id)

    async def remove(self, id_: str) -> None:
        assert self.is_locked
        del self.held[id_]

    @contextlib.asynccontextmanager
    async def lock(self) -> AsyncIterator[None]:
        assert not self.is_locked
        self.is_locked = True
        try:
            yield
        finally:
            self.is_locked = False


class FailingFinder(Finder):
    """Finds one document, and then no further."""

    async def find(self, source: Source) -> AsyncIterator[Place]:
        async for place in super().find(source):
            yield place
            raise FetchError("http://town/: the server answered 503; try again later", 503)


class Breaking(ThreadSplitter):
    """Breaks on a file of that name in a way that nobody foresaw."""

    def __init__(self, readers: Mapping[str, Reader], name: str) -> None:
        super().__init__(readers)
        self._name = name

    async def split(self, fetched: Fetched, source: Source) -> Understood:
        if str(fetched.location).endswith(self._name):
            raise LookupError("nobody foresaw this")
        return await super().split(fetched, source)


class Town:
    """What a test changes, and what comes of it."""

    def __init__(self, folder: Path, client: httpx.AsyncClient) -> None:
        self.folder = folder
        self.shelf = MemoryLibrary()
        self.ledger = Ledger(folder / "ledger.db")
        self.progress: list[tuple[int, int, str]] = []
        self.sources = SOURCES
        self.readers: Mapping[str, Reader] = READERS
        self.listing_fails = False
        self.breaks_on = ""
        self.now = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
        self._fetcher = Fetcher(client, allow_private=True, attempts=1, pace=Pace(0.0))
        (folder / "guides").mkdir()

    def write(self, name: str, content: str | bytes) -> None:
        """Put a guide into the folder, or another in its place."""
        (self.folder / "guides" / name).write_bytes(content.encode() if isinstance(content, str) else content)

    async def run(self, only: Collection[str] | None = None) -> Report:
        """Bring in what there is."""
        (self.folder / "sources.toml").write_text(self.sources)
        self.progress.clear()
        finder = (FailingFinder if self.listing_fails else Finder)(self._fetcher, self.folder / "cache")
        pipeline = Pipeline(
            self.shelf,
            finder,
            Breaking(self.readers, self.breaks_on) if self.breaks_on else ThreadSplitter(self.readers),
            self.ledger,
            clock=lambda: self.now,
            chance=random.Random(1),
        )
        return await pipeline.run(load_sources(self.folder / "sources.toml"), self._note, only)

    def forget_all(self) -> None:
        """The ledger is lost."""
        self.ledger.close()
        for file in self.folder.glob("ledger.db*"):
            file.unlink()
        self.ledger = Ledger(self.folder / "ledger.db")

    def _note(self, done: int, total: int, title: str) -> None:
        self.progress.append((done, total, title))


def counts(report: Report) -> tuple[int, int, int, int, int]:
    """Added, changed, unchanged, removed, failed."""
    return report.added, report.changed, report.unchanged, report.removed, len(report.failed)
