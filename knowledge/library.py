"""The library: documents added, replaced, removed and searched, the public and the internal ones apart.

Each audience has a shelf of its own: catalogue, lexical index and vector index. A reader for outsiders holds the public
shelf and nothing else, so internal text is not filtered away from them: it is not there.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import numpy as np
from filelock import AsyncFileLock, Timeout
from langchain_core.embeddings import Embeddings

from knowledge.catalogue import Holding, Split
from knowledge.concepts import NOTHING, About
from knowledge.model import Audience, Document, Passage
from knowledge.sentences import sentences
from knowledge.shelf import GRACE, Scores, Shelf

_log = logging.getLogger(__name__)

_COMPLETE, _UNDER_WAY = "complete", "under way"
_AT_ONCE = 8
"""Texts whose vectors are made before it is looked whether there is any need for more."""


class LibraryBusy(RuntimeError):
    """Somebody else is bringing documents in right now."""


class Reader:
    """What one audience may read: the shelves in its hand, and no way to any other."""

    def __init__(self, *shelves: Shelf) -> None:
        self._shelves = shelves

    async def document(self, id_: str) -> Document | None:
        """The document, or None where this audience has none of that id."""
        for shelf in self._shelves:
            if document := await asyncio.to_thread(shelf.catalogue.document, id_):
                return document
        return None

    async def documents(self, kind: str | None = None) -> list[Document]:
        """All documents, or all of one kind."""
        parts = [await asyncio.to_thread(shelf.catalogue.documents, kind) for shelf in self._shelves]
        return [document for part in parts for document in part]

    def search(self, text: str, vector: Sequence[float], count: int, about: About = NOTHING) -> Scores:
        """Scores of the best passages of each half of each shelf. Blocking."""
        scores = Scores()
        for shelf in self._shelves:
            shelf.search(text, vector, count, scores, about)
        return scores

    def passages(self, entries: Sequence[str]) -> dict[str, Passage]:
        """The passages that a search has found, by entry. Blocking."""
        return {entry: each for shelf in self._shelves for entry, each in shelf.catalogue.passages(entries).items()}

    def by_key(self, pattern: str, *, own: bool = True) -> list[Passage]:
        """The passages that are (or, with `own=False`, rest on) what a GLOB pattern of keys names. Blocking."""
        return [passage for shelf in self._shelves for passage in shelf.catalogue.by_key(pattern, own=own)]

    def keys(self) -> frozenset[str]:
        """The keys of everything that can be referred to exactly. Blocking."""
        return frozenset().union(*(shelf.keys() for shelf in self._shelves))

    def answers(self) -> tuple[tuple[Passage, ...], ...]:
        """The published answers of each shelf; the very same tuples until they change. Blocking."""
        return tuple(shelf.answers() for shelf in self._shelves)

    def terms(self, text: str) -> list[str]:
        """The words of a text as the index knows them. Blocking."""
        return self._shelves[0].lexical.terms(text)

    def rarity(self, terms: Sequence[str]) -> dict[str, float]:
        """How telling each term is among the public documents (inverse document frequency). Blocking."""
        return self._shelves[0].lexical.rarity(terms)


class Library:
    """Everything that can be cited. One process brings documents in at a time; any number reads.

    With `warm`, the vectors of all headings and sentences are made when a document comes in, so that no question waits
    for them.
    """

    def __init__(self, folder: Path, embeddings: Embeddings, *, warm: bool = True) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = folder / "ingest.lock"
        self._embeddings = embeddings
        self._warm = warm
        self._shelves = {audience: Shelf(folder / audience.value, audience) for audience in Audience}
        self._marked = self._shelves[Audience.PUBLIC].catalogue

    def reader(self, audience: Audience) -> Reader:
        """A reader that holds what this audience may read and nothing else."""
        public = self._shelves[Audience.PUBLIC]
        return Reader(public) if audience is Audience.PUBLIC else Reader(public, self._shelves[Audience.INTERNAL])

    async def holdings(self) -> dict[str, Holding]:
        """All documents by id, without their texts."""
        parts = [await asyncio.to_thread(shelf.catalogue.holdings) for shelf in self._shelves.values()]
        return {id_: holding for part in parts for id_, holding in part.items()}

    async def document(self, id_: str) -> Document | None:
        """A document of either audience as it stands here, for who brings documents in."""
        return await self.reader(Audience.INTERNAL).document(id_)

    async def put(self, document: Document, passages: Sequence[Passage]) -> None:
        """Add a document or replace it; a document whose audience changed leaves its old shelf first."""
        await self.put_all([(document, passages)])

    async def put_all(self, documents: Sequence[Split]) -> None:
        """Add or replace several documents at once, which is faster. Cancelled while vectors are made, it adds none."""
        broken_off = threading.Event()
        await _to_the_end(self._put_all, documents, broken_off, broken_off=broken_off)

    async def remove(self, id_: str) -> None:
        """Take a document out. Nothing happens where there is none."""
        for shelf in self._shelves.values():
            await _to_the_end(shelf.remove, id_)

    async def publish(self, document: Document, passage: Passage) -> None:
        """Add a published answer or replace it, at once: no lock is needed, whoever brings documents in meanwhile."""
        await asyncio.to_thread(self._publish, document, passage)

    async def retract(self, id_: str) -> None:
        """Take a published answer out, at once. Nothing happens where there is none."""
        for shelf in self._shelves.values():
            await asyncio.to_thread(shelf.retract, id_)

    async def begin(self) -> None:
        """Note that a list of sources is being brought in, and put right what was lost of the indexes meanwhile."""
        await asyncio.to_thread(self._marked.mark, set_=_UNDER_WAY)
        broken_off = threading.Event()
        await _to_the_end(self._mend, broken_off, broken_off=broken_off)

    async def end(self) -> None:
        """Note that a list of sources has been brought in, to the end."""
        await asyncio.to_thread(self._marked.mark, set_=_COMPLETE, unset=_UNDER_WAY)
        for shelf in self._shelves.values():
            await _to_the_end(shelf.sweep, GRACE)

    async def is_complete(self) -> bool:
        """Has a list of sources ever been brought in to the end? Otherwise what is held may be a fraction of it."""
        return _COMPLETE in await asyncio.to_thread(self._marked.marks)

    async def is_under_way(self) -> bool:
        """Has bringing a list of sources in begun and not ended? It runs, or was interrupted."""
        return _UNDER_WAY in await asyncio.to_thread(self._marked.marks)

    @contextlib.asynccontextmanager
    async def lock(self, patience: float = 5.0) -> AsyncIterator[None]:
        """Hold the library for bringing documents in.

        Raises LibraryBusy where another process still holds it after `patience` seconds.
        """
        try:
            async with AsyncFileLock(self._lock, timeout=patience):
                yield
        except Timeout as error:
            raise LibraryBusy(f"another ingest is running on {self._lock.parent}; wait until it is done") from error

    def close(self) -> None:
        """Give all files back."""
        for shelf in self._shelves.values():
            shelf.close()

    def _put_all(self, documents: Sequence[Split], broken_off: threading.Event) -> None:
        for audience, shelf in self._shelves.items():
            mine = [split for split in documents if split[0].audience is audience]
            for document, _ in mine:
                self._leave_other_shelves(document)
            if mine:
                shelf.put(mine, functools.partial(self._embed, broken_off))

    def _mend(self, broken_off: threading.Event) -> None:
        public, internal = self._shelves[Audience.PUBLIC], self._shelves[Audience.INTERNAL]
        for id_ in public.catalogue.holdings().keys() & internal.catalogue.holdings().keys():
            _log.warning("%s stood among the public documents and the internal ones: it is internal", id_)
            public.remove(id_)
        for audience, shelf in self._shelves.items():
            if shelf.mend(functools.partial(self._embed, broken_off)):
                _log.warning("the indexes of the %s documents were made anew from the catalogue", audience)

    def _publish(self, document: Document, passage: Passage) -> None:
        if self._warm:
            self._embeddings.embed_documents([passage.heading])
        for audience, shelf in self._shelves.items():
            if audience is document.audience:
                shelf.publish(document, passage)
            else:
                shelf.retract(document.id)

    def _leave_other_shelves(self, document: Document) -> None:
        for audience, shelf in self._shelves.items():
            if audience is not document.audience and shelf.catalogue.document(document.id):
                shelf.remove(document.id)

    def _embed(self, broken_off: threading.Event, passages: Sequence[Passage]) -> list[list[float]]:
        vectors = self._vectors([f"{passage.context}\n{passage.text}" for passage in passages], broken_off)
        if self._warm:
            read = [text for passage in passages for text in (passage.heading, *sentences(passage.text))]
            self._vectors(read, broken_off)
        lengths = np.linalg.norm(np.asarray(vectors), axis=1) if vectors else np.ones(0)
        if not np.allclose(lengths, 1.0, atol=1e-3):
            raise ValueError("the embeddings must have length 1")
        return vectors

    def _vectors(self, texts: Sequence[str], broken_off: threading.Event) -> list[list[float]]:
        vectors: list[list[float]] = []
        for start in range(0, len(texts), _AT_ONCE):
            if broken_off.is_set():
                raise _BrokenOff
            vectors += self._embeddings.embed_documents(list(texts[start : start + _AT_ONCE]))
        return vectors


class _BrokenOff(Exception):
    """Nobody waits for it any longer."""


async def _to_the_end(write: Callable[..., None], *values: object, broken_off: threading.Event | None = None) -> None:
    """Write in a thread, and be cancelled only when that has ended: nobody may close the files, or take the lock,
    while something is still written. `broken_off` is set then."""
    writing = asyncio.ensure_future(asyncio.to_thread(write, *values))
    try:
        await asyncio.shield(writing)
    except asyncio.CancelledError:
        if broken_off:
            broken_off.set()
        await asyncio.gather(writing, return_exceptions=True)
        raise
