"""The vector half of the library: one Chroma collection per audience."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
from chromadb.config import Settings

_BATCH = 1000


class VectorIndex:
    """Finds passages by meaning. Holds the names of entries and vectors of length 1; texts are in the catalogue."""

    def __init__(self, path: Path, name: str) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._name = name
        self._turn = threading.Lock()
        self._open()

    def add(self, entries: Sequence[str], vectors: Sequence[Sequence[float]]) -> None:
        """Put these entries in, each with its vector; one that is there already is there once."""
        with self._turn:
            for start in range(0, len(entries), _BATCH):
                part = slice(start, start + _BATCH)
                self._collection.upsert(ids=list(entries[part]), embeddings=np.asarray(vectors[part], dtype=np.float32))

    def remove(self, entries: Sequence[str]) -> None:
        """Take these entries out."""
        with self._turn:
            for start in range(0, len(entries), _BATCH):
                self._collection.delete(ids=list(entries[start : start + _BATCH]))

    def count(self) -> int:
        """How many entries there are."""
        with self._turn:
            return int(self._collection.count())

    def search(self, vector: Sequence[float], count: int) -> dict[str, float]:
        """Cosine similarity (-1..1) of the nearest passages, by entry."""
        wanted = np.asarray([vector], dtype=np.float32)
        with self._turn:
            count = min(count, self._collection.count())
            if not count:
                return {}
            found = self._collection.query(query_embeddings=wanted, n_results=count, include=["distances"])
        distances = found["distances"] or [[]]
        return {id_: 1.0 - float(distance) for id_, distance in zip(found["ids"][0], distances[0], strict=True)}

    def refresh(self) -> None:
        """See what another process has written: the embedded Chroma keeps its first view of the files otherwise."""
        with self._turn:
            self._client.close()
            self._open()

    def close(self) -> None:
        """Give the files back."""
        with self._turn:
            self._client.close()

    def _open(self) -> None:
        self._client: Any = chromadb.PersistentClient(str(self._path), settings=Settings(anonymized_telemetry=False))
        configuration: Any = {"hnsw": {"space": "ip"}}
        self._collection = self._client.get_or_create_collection(
            self._name, embedding_function=None, configuration=configuration
        )
