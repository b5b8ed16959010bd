"""From what was fetched to a document and its passages: one function, run in this process or, safer, in another."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import multiprocessing
import os
import resource
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from pebble import ProcessExpired, ProcessPool

from ingest.fetching import Fetched
from ingest.passages import passages_of
from ingest.readers.choice import READERS, read
from ingest.readers.reading import Reader, ReadError
from ingest.sources import Source
from ingest.sources.typical import with_typical
from knowledge.model import Document, Passage

PATIENCE = 360.0
"""Seconds for one document: recognising the text of a long scan takes minutes."""

MEMORY = 3 * 1024**3
"""Bytes of address space for one document."""

_DOCUMENTS = 200
"""A process is replaced after so many: what its libraries have leaked is given back."""


@dataclass(frozen=True)
class Understood:
    """A document as it was read, and its passages."""

    document: Document
    passages: tuple[Passage, ...]

    @cached_property
    def digest(self) -> str:
        """Hash of both: a new way of splitting is noticed too."""
        parts = [self.document.digest, *(passage.model_dump_json() for passage in self.passages)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


Split = Callable[[Fetched, Source], Understood]


class Splitter(Protocol):
    """Reads what was fetched and splits it."""

    async def split(self, fetched: Fetched, source: Source) -> Understood:
        """The document and its passages. Raises ReadError where it can't be understood."""


def split(fetched: Fetched, source: Source, readers: Mapping[str, Reader] = READERS) -> Understood:
    """The document and its passages. Blocking. Raises ReadError where it can't be understood."""
    document = read(fetched, source, readers)
    if questions := source.questions.get(document.id):
        document = with_typical(document, questions)
    return Understood(document, tuple(passages_of(document)))


class ThreadSplitter:
    """Splits in a thread of this process: for readers of one's own."""

    def __init__(self, readers: Mapping[str, Reader]) -> None:
        self._readers = readers

    async def split(self, fetched: Fetched, source: Source) -> Understood:
        """The document and its passages. Raises ReadError where it can't be understood."""
        return await asyncio.to_thread(split, fetched, source, self._readers)


class ProcessSplitter:
    """Splits in processes of their own, which start when the first document comes.

    A file that crashes its reader, never ends, or takes all memory ends that process and not this one. `patience` is in
    seconds and `memory` in bytes, both for one document. `split` must be a function of a module.
    """

    def __init__(
        self,
        workers: int | None = None,
        *,
        patience: float = PATIENCE,
        memory: int = MEMORY,
        split: Split = split,
    ) -> None:
        self._workers = workers or os.cpu_count() or 1
        self._patience = patience
        self._memory = memory
        self._split = split
        self._pool: ProcessPool | None = None

    async def split(self, fetched: Fetched, source: Source) -> Understood:
        """The document and its passages. Raises ReadError where it can't be understood, also where reading it crashes
        or exceeds the limits."""
        future = self._started().schedule(self._split, args=(fetched, source), timeout=self._patience)
        try:
            return await asyncio.wrap_future(future)
        except TimeoutError as error:
            what = f"took longer than {self._patience:g} s to read"
            raise ReadError(fetched, what, "split it, or save it anew in a simpler form") from error
        except MemoryError as error:
            what = f"needs more than {self._memory / 1024**3:g} GiB of memory to read"
            raise ReadError(fetched, what, "split it, or save it anew in a simpler form") from error
        except ProcessExpired as error:
            what = f"made its reader crash (exit code {error.exitcode})"
            raise ReadError(fetched, what, "it may be damaged: save it anew") from error

    def close(self) -> None:
        """End the processes, whatever they are at."""
        if self._pool:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()
            self._pool = None

    def _started(self) -> ProcessPool:
        if self._pool is None:
            # Not a fork of this process: it has threads, and locks that they may hold.
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload([__name__])
            self._pool = ProcessPool(
                self._workers,
                max_tasks=_DOCUMENTS,
                initializer=_limit,
                initargs=(self._memory,),
                context=context,
            )
        return self._pool


def _limit(memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    logging.disable(logging.ERROR)  # readers' libraries grumble about files; what matters is in the ReadError
