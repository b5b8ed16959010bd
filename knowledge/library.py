"""The library: documents added, replaced, removed and searched, the public and the internal ones apart.

Each audience has a shelf of its own: catalogue, lexical index and vector index. A reader for outsiders is given the
public shelf and nothing else, so internal text is not filtered away from them: it is not there.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from filelock import AsyncFileLock, Timeout
from langchain_core.embeddings import Embeddings

from knowledge.catalogue import Holding, Split
from knowledge.editions import Editions, Shelves
from knowledge.embedder import Embedder
from knowledge.lexical import IndexBroken
from knowledge.model import Audience, Document, Passage
from knowledge.reader import Reader
from knowledge.shelf import GRACE, Shelf
from knowledge.threads import to_the_end
from knowledge.typical_questions import TypicalQuestions
from knowledge.vectors import OpenVectors, VectorIndex

_log = logging.getLogger(__name__)

T = TypeVar("T")

_COMPLETE, _UNDER_WAY, _LOST = "complete", "under way", "lost"


class LibraryBusy(RuntimeError):
    """Somebody else is bringing documents in right now."""


class Library:
    """Everything that can be cited. One process brings documents in at a time; any number reads.

    With `warm`, the vectors of all headings and sentences are made when a document comes in, so that no question waits
    for them; those of `typical` questions to what comes in always are. `grace` is for how many seconds what has been
    replaced stays in the indexes. A `frozen` one was brought from elsewhere, and is only read.
    """

    def __init__(
        self,
        folder: Path,
        embeddings: Embeddings,
        typical: TypicalQuestions | None = None,
        *,
        warm: bool = True,
        open_vectors: OpenVectors = VectorIndex,
        grace: float = GRACE,
        frozen: bool = False,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._embedder = Embedder(embeddings, typical or TypicalQuestions(), warm=warm)
        self._open_vectors = open_vectors
        self._grace = grace
        self._frozen = frozen
        self._indexing = ThreadPoolExecutor(2, thread_name_prefix="indexing")
        self._editions = Editions(self._open(folder))
        if not frozen:
            public = self._editions.shelves[Audience.PUBLIC].catalogue
            # Without any mark nothing was ever in it.
            _note_losses(self._editions.shelves, was_begun=bool(public.marks()))

    def reader(self, audience: Audience) -> Reader:
        """A reader that is given what this audience may read and nothing else."""
        return Reader(self._editions, audience)

    def turn_to(self, folder: Path) -> None:
        """Read what lies in another folder, from now on; who reads goes on with what there was. Blocking.

        Raises what opening it raises, and then nothing has changed.
        """
        self._editions.replace(self._open(folder))
        self.folder = folder

    @contextlib.contextmanager
    def hold(self) -> Iterator[Shelves]:
        """The shelves as they are now, for who copies them. Blocking."""
        with self._editions.hold() as edition:
            yield edition.shelves

    async def holdings(self) -> dict[str, Holding]:
        """All documents by id, without their texts."""
        return await self._on(
            lambda shelves: {
                id_: holding for shelf in shelves.values() for id_, holding in shelf.catalogue.holdings().items()
            }
        )

    async def document(self, id_: str) -> Document | None:
        """A document of either audience as it stands here, for who brings documents in."""
        return await self.reader(Audience.INTERNAL).document(id_)

    async def put(self, document: Document, passages: Sequence[Passage]) -> None:
        """Add a document or replace it; a document whose audience changed leaves its old shelf first."""
        await self.put_all([(document, passages)])

    async def put_all(self, documents: Sequence[Split]) -> None:
        """Add or replace several documents at once, which is faster. Cancelled while vectors are made, it adds none."""
        await self._at_length(self._put_all, documents)

    async def remove(self, id_: str) -> None:
        """Take a document out. Nothing happens where there is none."""
        await self._each(lambda shelf: shelf.remove(id_))

    async def publish(self, document: Document, passage: Passage) -> None:
        """Add a published answer or replace it, at once: no lock is needed, whoever brings documents in meanwhile."""
        await self._on(lambda shelves: self._publish(shelves, document, passage))

    async def retract(self, id_: str) -> None:
        """Take a published answer out, at once. Nothing happens where there is none."""
        await self._each(lambda shelf: shelf.retract(id_))

    async def begin(self) -> None:
        """Note that a list of sources is being brought in, and put right what was lost of the indexes meanwhile."""
        await self._mark(set_=_UNDER_WAY, unset=_LOST)
        await self._at_length(self._mend)

    async def end(self) -> None:
        """Note that a list of sources has been brought in, to the end; unless what was brought in is lost already."""
        if _LOST not in await self._marks():
            await self._mark(set_=_COMPLETE, unset=_UNDER_WAY)
        await self._each(lambda shelf: shelf.sweep())

    async def is_complete(self) -> bool:
        """Has a list of sources ever been brought in to the end? Otherwise what is held may be a fraction of it."""
        return _COMPLETE in await self._marks()

    async def is_under_way(self) -> bool:
        """Has bringing a list of sources in begun and not ended? It runs, or was interrupted."""
        return _UNDER_WAY in await self._marks()

    async def heal(self, *, thorough: bool = False) -> bool:
        """Put right what is damaged on the disk, or was when the library was opened; whether anything was.

        Indexes are filled from the catalogues. Where a catalogue is lost, the library is not complete until the sources
        have been brought in anew. `thorough` reads every file through. Nothing happens to one that is frozen.
        """
        return not self._frozen and await self._at_length(self._heal, thorough)

    async def is_damaged(self, *, thorough: bool = False) -> bool:
        """Has a search met with damage, or do the files look damaged? `thorough` reads every file through."""
        return await self._on(lambda shelves: any(shelf.is_damaged(thorough=thorough) for shelf in shelves.values()))

    async def is_limited(self) -> bool:
        """Is it searched without one of its indexes, which is damaged?"""
        return await self._on(lambda shelves: any(shelf.broken for shelf in shelves.values()))

    async def is_lacking(self) -> bool:
        """Was an index lost, such as that of a server? `begin` puts it right."""
        return await self._on(lambda shelves: any(shelf.is_lacking() for shelf in shelves.values()))

    @contextlib.asynccontextmanager
    async def lock(self, patience: float = 5.0) -> AsyncIterator[None]:
        """Hold the library for bringing documents in.

        Raises LibraryBusy where another process still holds it after `patience` seconds.
        """
        try:
            async with AsyncFileLock(self.folder / "ingest.lock", timeout=patience):
                yield
        except Timeout as error:
            raise LibraryBusy(f"another ingest is running on {self.folder}; wait until it is done") from error

    def close(self) -> None:
        """Give all files back, once nobody reads them."""
        self._indexing.shutdown()
        self._editions.close()

    def _open(self, folder: Path) -> Shelves:
        shelves = {
            audience: Shelf(
                folder / audience.value,
                audience,
                open_vectors=self._open_vectors,
                grace=self._grace,
                frozen=self._frozen,
            )
            for audience in Audience
        }
        in_files = [shelf for shelf in shelves.values() if isinstance(shelf.vectors, VectorIndex)]
        if self._frozen and any(shelf.is_lacking() for shelf in in_files):
            for shelf in shelves.values():
                shelf.close()
            raise IndexBroken(
                f"{folder} lacks vectors or words of its documents; do its vectors lie in a Chroma server?"
            )
        return shelves

    async def _at_length(self, work: Callable[..., T], *values: object) -> T:
        """Work that makes vectors, and so takes long: in other threads than those that questions are answered in."""
        broken_off = threading.Event()
        return await to_the_end(work, broken_off, *values, broken_off=broken_off, executor=self._indexing)

    async def _on(self, use: Callable[[Shelves], T]) -> T:
        """Use the shelves in a thread, to the end."""

        def work() -> T:
            with self._editions.hold() as edition:
                return use(edition.shelves)

        return await to_the_end(work)

    async def _each(self, use: Callable[[Shelf], None]) -> None:
        def work(shelves: Shelves) -> None:
            for shelf in shelves.values():
                use(shelf)

        await self._on(work)

    async def _marks(self) -> frozenset[str]:
        return await self._on(lambda shelves: shelves[Audience.PUBLIC].catalogue.marks())

    async def _mark(self, *, set_: str, unset: str) -> None:
        await self._on(lambda shelves: shelves[Audience.PUBLIC].catalogue.mark(set_=set_, unset=unset))

    def _put_all(self, broken_off: threading.Event, documents: Sequence[Split]) -> None:
        with self._editions.hold() as edition:
            for audience, shelf in edition.shelves.items():
                mine = [split for split in documents if split[0].audience is audience]
                for document, _ in mine:
                    _leave_other_shelves(edition.shelves, document)
                if mine:
                    shelf.put(mine, functools.partial(self._embedder.embed, broken_off))

    def _mend(self, broken_off: threading.Event) -> None:
        with self._editions.hold() as edition:
            public, internal = edition.shelves[Audience.PUBLIC], edition.shelves[Audience.INTERNAL]
            for id_ in public.catalogue.holdings().keys() & internal.catalogue.holdings().keys():
                _log.warning("%s stood among the public documents and the internal ones: it is internal", id_)
                public.remove(id_)
            for audience, shelf in edition.shelves.items():
                if shelf.mend(functools.partial(self._embedder.embed, broken_off)):
                    _log.warning("the indexes of the %s documents were made anew from the catalogue", audience)

    def _heal(self, broken_off: threading.Event, thorough: bool) -> bool:
        embed = functools.partial(self._embedder.embed, broken_off)
        with self._editions.hold() as edition:
            shelves = list(edition.shelves.values())
            healed = [shelf.heal(embed, thorough=thorough) for shelf in shelves]
            filled = [shelf.mend(embed) for shelf in shelves if shelf.is_lacking()]
            lost = _note_losses(edition.shelves)
        return any(healed) or any(filled) or lost

    def _publish(self, shelves: Shelves, document: Document, passage: Passage) -> None:
        self._embedder.know(passage.heading)
        for audience, shelf in shelves.items():
            if audience is document.audience:
                shelf.publish(document, passage)
            else:
                shelf.retract(document.id)


def _note_losses(shelves: Shelves, *, was_begun: bool = True) -> bool:
    """Have it known where a catalogue of a library that was begun had to begin anew; whether one had."""
    lost = [shelf for shelf in shelves.values() if shelf.is_lost]
    for shelf in lost:
        shelf.is_lost = False
    if lost and was_begun:
        shelves[Audience.PUBLIC].catalogue.mark(set_=_LOST, unset=_COMPLETE)
    return bool(lost) and was_begun


def _leave_other_shelves(shelves: Shelves, document: Document) -> None:
    for audience, shelf in shelves.items():
        if audience is not document.audience and shelf.catalogue.document(document.id):
            shelf.remove(document.id)
