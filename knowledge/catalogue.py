"""What the library holds, in full: documents, passages and their exact references, in one SQLite file."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from knowledge.model import Audience, Document, Passage

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, source TEXT NOT NULL, digest TEXT NOT NULL, ready INTEGER NOT NULL,
    body TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS passages (
    id TEXT PRIMARY KEY, document TEXT NOT NULL REFERENCES documents ON DELETE CASCADE, position INTEGER NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS passages_document ON passages (document, position);
CREATE TABLE IF NOT EXISTS keys (
    key TEXT NOT NULL, passage TEXT NOT NULL REFERENCES passages ON DELETE CASCADE, own INTEGER NOT NULL,
    PRIMARY KEY (key, passage)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS revision (number INTEGER NOT NULL);
INSERT INTO revision SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM revision);
CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY);
"""

Split = tuple[Document, Sequence[Passage]]
"""A document and the passages it was split into."""


class Holding(BaseModel):
    """What stands in the library under a document's id. `digest` is empty where indexing it was interrupted."""

    model_config = ConfigDict(frozen=True)

    id: str
    source: str
    audience: Audience
    digest: str


class Catalogue:
    """The documents and passages of one audience. Whatever the indexes hold, only what stands here is found."""

    def __init__(self, path: Path, audience: Audience) -> None:
        self.audience = audience
        path.parent.mkdir(parents=True, exist_ok=True)
        self._turn = threading.Lock()
        self._file = sqlite3.connect(path, check_same_thread=False, timeout=30)
        self._file.executescript(f"PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON; {_SCHEMA}")

    def revision(self) -> int:
        """A number that grows with every change, whichever process made it."""
        return int(self._rows("SELECT number FROM revision")[0][0])

    def holdings(self) -> dict[str, Holding]:
        """All documents by id, without their texts."""
        rows = self._rows("SELECT id, source, CASE ready WHEN 1 THEN digest ELSE '' END FROM documents")
        return {row[0]: Holding(id=row[0], source=row[1], audience=self.audience, digest=row[2]) for row in rows}

    def begin(self, documents: Iterable[Split]) -> None:
        """Put documents in, not yet ready."""
        with self._turn, self._file:
            for document, passages in documents:
                self._file.execute("DELETE FROM documents WHERE id = ?", (document.id,))
                self._file.execute(
                    "INSERT INTO documents VALUES (?, ?, ?, ?, 0, ?)",
                    (document.id, document.kind, document.source, document.digest, document.model_dump_json()),
                )
                self._insert(passages)

    def finish(self, ids: Iterable[str]) -> None:
        """The indexes hold these documents now."""
        with self._turn, self._file:
            self._file.executemany("UPDATE documents SET ready = 1 WHERE id = ?", [(id_,) for id_ in ids])
            self._file.execute("UPDATE revision SET number = number + 1")

    def remove(self, id_: str) -> None:
        """Take a document out."""
        with self._turn, self._file:
            self._file.execute("DELETE FROM documents WHERE id = ?", (id_,))
            self._file.execute("UPDATE revision SET number = number + 1")

    def document(self, id_: str) -> Document | None:
        """The document, or None where this audience has none of that id."""
        rows = self._rows("SELECT body FROM documents WHERE id = ?", id_)
        return Document.model_validate_json(rows[0][0]) if rows else None

    def documents(self, kind: str | None = None) -> list[Document]:
        """All documents, or all of one kind, by id."""
        rows = self._rows("SELECT body FROM documents WHERE ?1 IS NULL OR kind = ?1 ORDER BY id", kind)
        return [Document.model_validate_json(row[0]) for row in rows]

    def passages(self, ids: Sequence[str]) -> dict[str, Passage]:
        """Those of the passages that exist, by id."""
        marks = ",".join("?" * len(ids))
        rows = self._rows(f"SELECT id, body FROM passages WHERE id IN ({marks})", *ids)  # noqa: S608
        return {row[0]: Passage.model_validate_json(row[1]) for row in rows}

    def passages_of_kind(self, kind: str) -> list[Passage]:
        """The passages of all documents of that kind, by document."""
        rows = self._rows(
            "SELECT p.body FROM documents d JOIN passages p ON p.document = d.id WHERE d.kind = ?"
            " ORDER BY d.id, p.position",
            kind,
        )
        return [Passage.model_validate_json(row[0]) for row in rows]

    def existing(self, ids: Sequence[str]) -> set[str]:
        """Those of the passage ids that exist."""
        marks = ",".join("?" * len(ids))
        return {row[0] for row in self._rows(f"SELECT id FROM passages WHERE id IN ({marks})", *ids)}  # noqa: S608

    def by_key(self, pattern: str, *, own: bool = True) -> list[Passage]:
        """The passages that are what a GLOB pattern of keys names; with `own=False` those that rest on it."""
        rows = self._rows(
            "SELECT p.body FROM keys k JOIN passages p ON p.id = k.passage WHERE k.key GLOB ? AND k.own = ?"
            " ORDER BY k.key, p.document, p.position",
            pattern,
            int(own),
        )
        return list(dict.fromkeys(Passage.model_validate_json(row[0]) for row in rows))

    def keys(self) -> frozenset[str]:
        """All keys, of passages that are it or rest on it."""
        return frozenset(row[0] for row in self._rows("SELECT DISTINCT key FROM keys"))

    def mark(self, *, set_: str, unset: str = "") -> None:
        """Note one mark and take another away, at once."""
        with self._turn, self._file:
            self._file.execute("INSERT OR IGNORE INTO marks VALUES (?)", (set_,))
            self._file.execute("DELETE FROM marks WHERE name = ?", (unset,))

    def marks(self) -> frozenset[str]:
        """The marks that are set."""
        return frozenset(row[0] for row in self._rows("SELECT name FROM marks"))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _insert(self, passages: Sequence[Passage]) -> None:
        for position, passage in enumerate(passages):
            self._file.execute(
                "INSERT INTO passages VALUES (?, ?, ?, ?)",
                (passage.id, passage.document, position, passage.model_dump_json()),
            )
            own = {(key, passage.id, 1) for key in passage.keys}
            rests = {(basis.key, passage.id, 0) for basis in passage.rests_on if basis.key not in passage.keys}
            self._file.executemany("INSERT INTO keys VALUES (?, ?, ?)", own | rests)

    def _rows(self, sql: str, *values: object) -> list[tuple[str, ...]]:
        with self._turn:
            return self._file.execute(sql, values).fetchall()
