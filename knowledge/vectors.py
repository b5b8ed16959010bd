"""The vector half of the library: one Chroma collection per audience."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
from chromadb.config import Settings

from knowledge.model import Passage

_BATCH = 1000


class VectorIndex:
    """Finds passages by meaning. Holds ids and vectors of length 1; texts are in the catalogue."""

    def __init__(self, path: Path, name: str) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._name = name
        self._turn = threading.Lock()
        self._open()

    def replace(
        self, documents: Sequence[str], passages: Sequence[Passage], vectors: Sequence[Sequence[float]]
    ) -> None:
        """Take all passages of these documents out and these passages with their vectors in."""
        with self._turn:
            for start in range(0, len(documents), _BATCH):
                gone: Any = {"document": {"$in": list(documents[start : start + _BATCH])}}
                self._collection.delete(where=gone)
            for start in range(0, len(passages), _BATCH):
                part = slice(start, start + _BATCH)
                self._collection.upsert(
                    ids=[passage.id for passage in passages[part]],
                    embeddings=np.asarray(vectors[part], dtype=np.float32),
                    metadatas=[{"document": passage.document} for passage in passages[part]],
                )

    def search(self, vector: Sequence[float], count: int) -> dict[str, float]:
        """Cosine similarity (-1..1) of the nearest passages, by id."""
        with self._turn:
            count = min(count, self._collection.count())
            if not count:
                return {}
            found = self._collection.query(
                query_embeddings=np.asarray([vector], dtype=np.float32), n_results=count, include=["distances"]
            )
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
