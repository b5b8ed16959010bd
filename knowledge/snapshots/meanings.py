"""The cache of vectors in snapshots: who reads one need not make anew what indexing has made."""

from __future__ import annotations

import contextlib
import functools
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from knowledge.databases import open_shared
from knowledge.embeddings import VECTORS
from knowledge.snapshots.fetching import manifest_in
from knowledge.snapshots.publishing import Extra

_FOLDER = "meanings"
_CHUNK = 4096
"""Vectors in a file: once it is full it never changes, and is sent and fetched once."""
_KEY = 20
_MADE = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS made (number INTEGER PRIMARY KEY, key BLOB NOT NULL);
INSERT INTO made (key) SELECT key FROM vectors WHERE NOT EXISTS (SELECT 1 FROM made);
CREATE TRIGGER IF NOT EXISTS noted AFTER INSERT ON vectors BEGIN INSERT INTO made (key) VALUES (new.key); END;
COMMIT;
"""
_TAKEN = f"{VECTORS} CREATE TABLE IF NOT EXISTS taken (sha256 TEXT PRIMARY KEY) WITHOUT ROWID;"


class Meanings:
    """The file of `CachedEmbeddings`, written and read beside it. Blocking."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def extras(self) -> Mapping[str, Extra]:
        """All vectors that there are, as files of a snapshot, in the order in which they were made."""
        with self._open(VECTORS + _MADE) as database:
            (last,) = database.execute("SELECT coalesce(max(number), 0) FROM made").fetchone()
            extras = {}
            for start in range(0, last, _CHUNK):
                end = min(start + _CHUNK, last)
                (key,) = database.execute("SELECT key FROM made WHERE number = ?", (end,)).fetchone()
                write = functools.partial(self._write, start, end)
                extras[f"{_FOLDER}/{start // _CHUNK:06}.npy"] = Extra(f"{end} {key.hex()}", write)
        return extras

    def take(self, folder: Path) -> int:
        """Put into the cache what a copy of a snapshot brings that was not taken before; how many vectors that are."""
        taken = 0
        files = {path: content for path, content in manifest_in(folder).files.items() if path.startswith(f"{_FOLDER}/")}
        with self._open(_TAKEN) as database:
            known = {row[0] for row in database.execute("SELECT sha256 FROM taken")}
            for path, content in files.items():
                if content.sha256 not in known:
                    rows = np.load(folder / path, allow_pickle=False)
                    with database:
                        pairs = ((row["key"].tobytes(), row["vector"].tobytes()) for row in rows)
                        database.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", pairs)
                        database.execute("INSERT INTO taken VALUES (?)", (content.sha256,))
                    taken += len(rows)
        return taken

    def _write(self, start: int, end: int, file: Path) -> None:
        sql = "SELECT v.key, v.vector FROM made m JOIN vectors v ON v.key = m.key WHERE m.number > ? AND m.number <= ?"
        with self._open(VECTORS) as database:
            rows = database.execute(sql, (start, end)).fetchall()
        size = len(rows[0][1]) // 4 if rows else 0
        kind = np.dtype([("key", f"V{_KEY}"), ("vector", np.float32, (size,))])
        np.save(file, np.frombuffer(b"".join(key + vector for key, vector in rows), kind), allow_pickle=False)

    @contextlib.contextmanager
    def _open(self, script: str) -> Iterator[sqlite3.Connection]:
        with contextlib.closing(open_shared(self._path, script)) as database:
            yield database
