"""What LangChain's tutorials build, to compare ours with."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
from chromadb.config import Settings
from langchain_core.embeddings import Embeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

from bot.evaluation.records import Record

SIZE, OVERLAP = 1000, 200
_BATCH = 50


class UsualChain:
    """RecursiveCharacterTextSplitter (1000/200), Chroma and `similarity_search`. Blocking.

    `langchain-chroma` is no dependency of ours. What its `Chroma.from_documents` and `similarity_search` do is done
    here by chromadb itself: a collection "langchain" with Chroma's own distance (l2), which keeps texts and metadata
    under random ids.
    """

    def __init__(self, folder: Path, embeddings: Embeddings) -> None:
        self._embeddings = embeddings
        self._client: Any = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
        self._collection = self._client.get_or_create_collection("langchain", embedding_function=None)

    def fill(self, records: Sequence[Record], progress: Callable[[int, int], None]) -> None:
        """Split and put in all records, each with its title before its text."""
        splitter = RecursiveCharacterTextSplitter(chunk_size=SIZE, chunk_overlap=OVERLAP)
        chunks = [(each.id, text) for each in records for text in splitter.split_text(f"{each.title}\n{each.text}")]
        for start in range(0, len(chunks), _BATCH):
            progress(start, len(chunks))
            part = chunks[start : start + _BATCH]
            texts = [text for _, text in part]
            self._collection.upsert(
                ids=[str(uuid.uuid4()) for _ in part],
                embeddings=np.asarray(self._embeddings.embed_documents(texts), np.float32),
                documents=texts,
                metadatas=[{"source": source} for source, _ in part],
            )
        progress(len(chunks), len(chunks))

    def search(self, vector: Sequence[float], count: int) -> list[str]:
        """The records of the nearest chunks, best first, each once."""
        wanted = np.asarray([vector], np.float32)
        count = min(count, self._collection.count())
        if not count:
            return []
        found: Any = self._collection.query(query_embeddings=wanted, n_results=count, include=["metadatas"])
        return list(dict.fromkeys(str(each["source"]) for each in found["metadatas"][0]))

    def close(self) -> None:
        """Give the files back."""
        self._client.close()
