"""What the library holds, in full: documents, passages and their exact references, in one SQLite file.

A passage stands in the indexes as an *entry*, named by its id and a hash of all it says. So the entries of a new
version of a document are put beside those of the old one, and which of them are live changes in one transaction.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from knowledge.catalogue_schema import SCHEMA
from knowledge.databases import copy_database, open_frozen
from knowledge.model import ANSWER, Audience, Document, Passage
from knowledge.references import SECTION
from knowledge.shared_passages import SharedPassages

_BATCH = 500
_KEYED = "FROM keys k JOIN passages p ON p.entry = k.entry WHERE p.live = 1"
_INDEXED = "FROM passages p JOIN documents d ON d.id = p.document WHERE p.live = 1 AND d.kind != ?"

Split = tuple[Document, Sequence[Passage]]
"""A document and the passages it was split into."""


class Holding(BaseModel):
    """What stands in the library under a document's id."""

    model_config = ConfigDict(frozen=True)

    id: str
    source: str
    audience: Audience
    digest: str


def entries_of(passages: Iterable[Passage]) -> dict[str, Passage]:
    """The passages by the names of their entries."""
    return {f"{passage.id}@{_hash(passage)}": passage for passage in passages}


def _hash(passage: Passage) -> str:
    return hashlib.blake2b(passage.model_dump_json().encode(), digest_size=8).hexdigest()


class Catalogue:
    """The documents and passages of one audience. Whatever the indexes hold, only what stands here is found."""

    def __init__(
        self, path: Path, audience: Audience, clock: Callable[[], float] = time.time, *, frozen: bool = False
    ) -> None:
        self.audience = audience
        self.path = path
        self._clock = clock
        self._turn = threading.Lock()
        self._shared = SharedPassages()
        self.is_suspect = False
        """Something that was asked of it ended in what a damaged file would end in."""
        self._file = open_frozen(path) if frozen else self._open()
        self._inode = _inode(path)

    def is_replaced(self) -> bool:
        """Is there another file by now in the place of the one that was opened, or none?"""
        return _inode(self.path) != self._inode

    def reopen(self, *, empty: bool = False) -> None:
        """Open what is in its place now; with `empty`, take that away, and begin anew."""
        with self._turn:
            self._file.close()
            if empty:
                for file in self.path.parent.glob(f"{self.path.name}*"):
                    file.unlink()
            self._file = self._open()
            self._inode = _inode(self.path)
            self.is_suspect = False

    def touch(self) -> None:
        """Have every process look anew at what the indexes hold."""
        with self._turn, self._file:
            self._file.execute("UPDATE revision SET number = number + 1")

    def id(self) -> str:
        """Tells it from one that was made anew, whose revisions are counted from 0 again."""
        return self._rows("SELECT id FROM about")[0][0]

    def revision(self) -> int:
        """A number that grows with every change, whichever process made it."""
        return int(self._rows("SELECT number FROM revision")[0][0])

    def holdings(self) -> dict[str, Holding]:
        """All documents by id, without their texts."""
        rows = self._rows("SELECT id, source, digest FROM documents")
        return {row[0]: Holding(id=row[0], source=row[1], audience=self.audience, digest=row[2]) for row in rows}

    def missing(self, documents: Iterable[Split]) -> dict[str, Passage]:
        """The entries of these documents that are not live yet. They are noted as loose until `swap` or `forget`: what
        a crash leaves in the indexes is known."""
        entries = {entry: passage for _, passages in documents for entry, passage in entries_of(passages).items()}
        new = {entry: entries[entry] for entry in entries.keys() - self.live(list(entries))}
        with self._turn, self._file:
            self._loosen(new)
        return new

    def swap(self, documents: Iterable[Split]) -> None:
        """Put documents in, or in the place of their older versions, at once. The indexes hold their entries."""
        with self._turn, self._file:
            for document, passages in documents:
                self._retire(document.id)
                self._file.execute(
                    "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?)",
                    (document.id, document.kind, document.source, document.digest, document.model_dump_json()),
                )
                self._insert(entries_of(passages))
            self._file.execute("UPDATE revision SET number = number + 1")

    def remove(self, id_: str) -> list[str]:
        """Take a document out, and all that was ever kept of it; its entries, which the indexes still hold."""
        with self._turn, self._file:
            entries = [row[0] for row in self._file.execute("SELECT entry FROM passages WHERE document = ?", (id_,))]
            self._loosen(entries)
            self._file.execute("DELETE FROM passages WHERE document = ?", (id_,))
            if self._file.execute("DELETE FROM documents WHERE id = ?", (id_,)).rowcount:
                self._file.execute("UPDATE revision SET number = number + 1")
        return entries

    def loose(self, age: float) -> list[str]:
        """The entries that have not been live for that many seconds; the indexes may hold them."""
        return [row[0] for row in self._rows("SELECT entry FROM loose WHERE since <= ?", self._clock() - age)]

    def forget(self, entries: Iterable[str]) -> None:
        """The indexes don't hold these entries any longer."""
        with self._turn, self._file:
            for entry in entries:
                self._file.execute("DELETE FROM passages WHERE entry = ? AND live = 0", (entry,))
                self._file.execute("DELETE FROM loose WHERE entry = ?", (entry,))

    def document(self, id_: str) -> Document | None:
        """The document, or None where this audience has none of that id."""
        rows = self._rows("SELECT body FROM documents WHERE id = ?", id_)
        return Document.model_validate_json(rows[0][0]) if rows else None

    def documents(self, kind: str | None = None) -> list[Document]:
        """All documents, or all of one kind, by id."""
        rows = self._rows("SELECT body FROM documents WHERE ?1 IS NULL OR kind = ?1 ORDER BY id", kind)
        return [Document.model_validate_json(row[0]) for row in rows]

    def passages(self, entries: Sequence[str]) -> dict[str, Passage]:
        """The passages of these entries, by entry; also those that have just ceased to be live, for who found them."""
        rows = self._of("SELECT entry, body FROM passages WHERE entry IN ({})", entries)
        return {row[0]: self._shared.passage(*row) for row in rows}

    def live(self, entries: Sequence[str]) -> dict[str, str]:
        """Those of the entries that are live, and the document that each is of; "" where that is a law."""
        sql = (
            "SELECT p.entry, iif(d.kind = 'law', '', d.id) FROM passages p JOIN documents d ON d.id = p.document"
            " WHERE p.live = 1 AND p.entry IN ({})"
        )
        return {row[0]: row[1] for row in self._of(sql, entries)}

    def passages_of_kind(self, kind: str) -> list[Passage]:
        """The passages of all documents of that kind, by document."""
        rows = self._rows(
            "SELECT p.body FROM documents d JOIN passages p ON p.document = d.id WHERE d.kind = ? AND p.live = 1"
            " ORDER BY d.id, p.position",
            kind,
        )
        return [Passage.model_validate_json(row[0]) for row in rows]

    def by_key(self, pattern: str, *, own: bool = True) -> list[Passage]:
        """The passages that are what a GLOB pattern of keys names; with `own=False` those that rest on it."""
        rows = self._rows(
            f"SELECT p.entry, p.body {_KEYED} AND k.key GLOB ? AND k.own = ? ORDER BY k.key, p.document, p.position",
            pattern,
            int(own),
        )
        return [*{row[0]: self._shared.passage(*row) for row in rows}.values()]

    def section(self, document: str, section: str) -> list[Passage]:
        """The passages of a section, in reading order."""
        rows = self._rows(
            "SELECT entry, body FROM passages WHERE document = ? AND live = 1"
            " AND json_extract(body, '$.section') = ? ORDER BY position",
            document,
            section,
        )
        return [self._shared.passage(*row) for row in rows]

    def beside(self, passage: Passage) -> list[Passage]:
        """What stands directly before and after a passage, and what stands under the heading above its own."""
        rows = self._rows(
            # In this order, or every pair would be looked at.
            "SELECT p.entry, p.body FROM passages here CROSS JOIN passages p ON p.document = here.document"
            " WHERE here.document = ?1 AND here.live = 1 AND json_extract(here.body, '$.id') = ?2"
            " AND p.live = 1 AND p.entry != here.entry"
            " AND (abs(p.position - here.position) = 1 OR json_extract(p.body, '$.heading') = ?3) ORDER BY p.position",
            passage.document,
            passage.id,
            passage.path[-1] if passage.path else None,
        )
        return [self._shared.passage(*row) for row in rows]

    def indexed(self) -> dict[str, Passage]:
        """The live passages that stand in the indexes, by entry: of all documents but published answers."""
        rows = self._rows(f"SELECT p.entry, p.body {_INDEXED}", ANSWER)
        return {row[0]: Passage.model_validate_json(row[1]) for row in rows}

    def count(self) -> int:
        """How many passages stand in the indexes, at least."""
        return int(self._rows(f"SELECT count(*) {_INDEXED}", ANSWER)[0][0])

    def entries_of(self, keys: Sequence[str]) -> list[tuple[str, str]]:
        """The passages that are what the keys name, as (key, entry)."""
        rows = self._of(f"SELECT k.key, k.entry {_KEYED} AND k.own = 1 AND k.key IN ({{}})", keys)
        return [(row[0], row[1]) for row in rows]

    def keys_of(self, entries: Sequence[str]) -> list[tuple[str, str]]:
        """What the passages of these entries are, as (key, entry)."""
        rows = self._of("SELECT key, entry FROM keys WHERE own = 1 AND entry IN ({})", entries)
        return [(row[0], row[1]) for row in rows]

    def keys(self, *, own: bool = False) -> frozenset[str]:
        """All keys, of passages that are it or, unless only their `own` are wanted, rest on it."""
        return frozenset(row[0] for row in self._rows(f"SELECT DISTINCT k.key {_KEYED} AND k.own >= ?", own))

    def typical(self) -> dict[str, list[str]]:
        """The typical questions that came in with sections, by the sections' keys."""
        sql = f"SELECT k.key, json_extract(p.body, '$.typical') {_KEYED} AND k.key GLOB ? GROUP BY k.key"
        return {row[0]: json.loads(row[1]) for row in self._rows(sql, f"{SECTION}*")}

    def copy_to(self, path: Path) -> None:
        """Write all of it into a new file as it is at this moment, whoever writes meanwhile."""
        with self._turn:
            copy_database(self._file, path)

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

    def _loosen(self, entries: Iterable[str]) -> None:
        now = self._clock()
        self._file.executemany("INSERT OR REPLACE INTO loose VALUES (?, ?)", [(entry, now) for entry in entries])

    def _retire(self, document: str) -> None:
        live = self._file.execute("SELECT entry FROM passages WHERE document = ? AND live = 1", (document,)).fetchall()
        self._loosen(row[0] for row in live)
        self._file.execute("UPDATE passages SET live = 0 WHERE document = ?", (document,))

    def _insert(self, entries: Mapping[str, Passage]) -> None:
        for position, (entry, passage) in enumerate(entries.items()):
            self._file.execute(
                "INSERT INTO passages VALUES (?, ?, ?, 1, ?)"
                " ON CONFLICT (entry) DO UPDATE SET live = 1, position = excluded.position",
                (entry, passage.document, position, passage.model_dump_json()),
            )
            self._file.execute("DELETE FROM loose WHERE entry = ?", (entry,))
            own = {(key, entry, 1) for key in passage.keys}
            rests = {(basis.key, entry, 0) for basis in passage.rests_on if basis.key not in passage.keys}
            self._file.executemany("INSERT OR IGNORE INTO keys VALUES (?, ?, ?)", own | rests)

    def _of(self, sql: str, entries: Sequence[str]) -> list[tuple[str, ...]]:
        parts = [entries[start : start + _BATCH] for start in range(0, len(entries), _BATCH)]
        return [row for part in parts for row in self._rows(sql.format(",".join("?" * len(part))), *part)]

    def _rows(self, sql: str, *values: object) -> list[tuple[str, ...]]:
        with self._turn:
            try:
                return self._file.execute(sql, values).fetchall()
            except sqlite3.DatabaseError as error:
                self.is_suspect |= type(error) is sqlite3.DatabaseError  # the others have classes of their own
                raise

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = sqlite3.connect(self.path, check_same_thread=False, timeout=30)
        file.executescript(SCHEMA)
        return file


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return 0
