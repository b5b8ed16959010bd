"""The vector half of the library: one Chroma collection per audience, in files of its own unless a server has it."""

from __future__ import annotations

import contextlib
import shutil
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import chromadb
import numpy as np
import numpy.typing as npt
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings

from knowledge import panics

BATCH = 1000
"""Entries that are written at once."""

_HELD = 1000
"""How many candidates a search keeps in hand (`ef` of HNSW: Malkov and Yashunin 2016, arXiv:1603.09320). Of the hundred
nearest of 130,000 passages it finds .90 with Chroma's hundred, and .998 with these, in two milliseconds more."""

CONFIGURATION: Any = {"hnsw": {"space": "ip", "ef_search": _HELD}}
"""Of a collection: vectors of length 1 are compared by their inner product."""


class VectorsAway(ConnectionError):
    """The vectors lie in a server that does not answer, or not in time; the message says which and why."""


class Vectors(Protocol):
    """Finds passages by meaning. Holds the names of entries and vectors of length 1; texts are in the catalogue.

    Raises VectorsAway where a server has them that is away.
    """

    def add(self, entries: Sequence[str], vectors: Sequence[Sequence[float]]) -> None:
        """Put these entries in, each with its vector; one that is there already is there once."""

    def remove(self, entries: Sequence[str]) -> None:
        """Take these entries out."""

    def count(self) -> int:
        """How many entries there are."""

    def entries(self) -> set[str]:
        """All entries."""

    def search(self, vector: Sequence[float], count: int) -> dict[str, float]:
        """Cosine similarity (-1..1) of the nearest passages, by entry."""

    def refresh(self) -> None:
        """See what another process has written."""

    def close(self) -> None:
        """Give back what is held open."""


Query = npt.NDArray[np.float32]

OpenVectors = Callable[[Path, str], Vectors]
"""Opens the vectors of that name; the folder is for those that lie in files."""


class VectorIndex:
    """Vectors in files of Chroma's embedded client."""

    def __init__(self, path: Path, name: str) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._name = name
        self._turn = threading.Lock()
        self._open()

    @panics.caught()
    def add(self, entries: Sequence[str], vectors: Sequence[Sequence[float]]) -> None:
        """Put these entries in, each with its vector; one that is there already is there once."""
        with self._turn:
            put(self._collection, entries, vectors, BATCH)

    @panics.caught()
    def remove(self, entries: Sequence[str]) -> None:
        """Take these entries out."""
        with self._turn:
            take(self._collection, entries, BATCH)

    @panics.caught()
    def count(self) -> int:
        """How many entries there are."""
        with self._turn:
            return int(self._collection.count())

    @panics.caught()
    def entries(self) -> set[str]:
        """All entries."""
        with self._turn:
            return listed(self._collection, BATCH)

    @panics.caught()
    def search(self, vector: Sequence[float], count: int) -> dict[str, float]:
        """Cosine similarity (-1..1) of the nearest passages, by entry."""
        wanted = as_query(vector)
        with self._turn:
            return nearest(self._collection, wanted, count)

    @panics.caught()
    def refresh(self) -> None:
        """See what another process has written: the embedded Chroma keeps its first view of the files otherwise."""
        with self._turn:
            self._client.close()
            self._open()

    def close(self) -> None:
        """Give the files back."""
        with self._turn:
            self._client.close()

    @panics.caught()
    def clear(self) -> None:
        """Begin anew, with nothing in it, whatever its files look like."""
        with self._turn:
            with contextlib.suppress(Exception):
                self._client.close()
            shutil.rmtree(self._path, ignore_errors=True)
            self._path.mkdir(parents=True, exist_ok=True)
            self._open()

    @panics.caught()
    def _open(self) -> None:
        settings = Settings(anonymized_telemetry=False)
        try:
            self._client: Any = chromadb.PersistentClient(str(self._path), settings=settings)
        except Exception:
            # Chroma keeps what it could not start, and would give it to whoever opens the folder next.
            SharedSystemClient._identifier_to_system.pop(str(self._path), None)
            raise
        self._collection = self._client.get_or_create_collection(
            self._name, embedding_function=None, configuration=CONFIGURATION
        )
        bring_up_to_date(self._collection)


def bring_up_to_date(collection: Any) -> None:
    """Have a collection of Chroma's that an earlier version made searched as those are that are made now. One with an
    index of another kind is left as it is."""
    hnsw = collection.configuration_json.get("hnsw")
    if hnsw and hnsw.get("ef_search", 0) < _HELD:
        collection.modify(configuration={"hnsw": {"ef_search": _HELD}})


def put(collection: Any, entries: Sequence[str], vectors: Sequence[Sequence[float]], batch: int) -> None:
    """Write entries with their vectors into a collection of Chroma's, so many at once."""
    for start in range(0, len(entries), batch):
        part = slice(start, start + batch)
        collection.upsert(ids=list(entries[part]), embeddings=np.asarray(vectors[part], dtype=np.float32))


def take(collection: Any, entries: Sequence[str], batch: int) -> None:
    """Take entries out of a collection of Chroma's, so many at once."""
    for start in range(0, len(entries), batch):
        collection.delete(ids=list(entries[start : start + batch]))


def listed(collection: Any, batch: int) -> set[str]:
    """All entries of a collection of Chroma's, which tells so many at once."""
    found: set[str] = set()
    for start in range(0, int(collection.count()), batch):
        found.update(collection.get(include=[], limit=batch, offset=start)["ids"])
    return found


def as_query(vector: Sequence[float]) -> Query:
    """A vector as Chroma is asked with it."""
    return np.asarray([vector], dtype=np.float32)


def nearest(collection: Any, wanted: Query, count: int) -> dict[str, float]:
    """Cosine similarity of the nearest entries of a collection of Chroma's."""
    found = collection.query(query_embeddings=wanted, n_results=count, include=["distances"])
    distances = found["distances"] or [[]]
    return {id_: 1.0 - float(distance) for id_, distance in zip(found["ids"][0], distances[0], strict=True)}
