"""The ledger: what is known of each source and document from the runs before, and what they changed."""

from __future__ import annotations

import datetime as dt
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from ingest.changes import Change
from knowledge.databases import copy_database, open_frozen, open_shared

_SCHEMA = """
PRAGMA synchronous=NORMAL;
CREATE TABLE IF NOT EXISTS about (id TEXT NOT NULL);
INSERT INTO about SELECT lower(hex(randomblob(16))) WHERE NOT EXISTS (SELECT 1 FROM about);
CREATE TABLE IF NOT EXISTS documents (id TEXT PRIMARY KEY, source TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS documents_source ON documents (source);
CREATE TABLE IF NOT EXISTS sources (name TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS changes (
    number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, document TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS changes_document ON changes (document);
"""
_KEPT = dt.timedelta(days=365)


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Record(_Value):
    """What is known of a document.

    `recipe` is a hash of what it was made of, `digest` of the document that came of it, `split` of that and its
    passages, and `passages` is how many there are. `checked` is when it was last looked at, `changed` when it last was
    another, `reviewed` when a person last did as it says itself, `missing` since when its source does not have it.
    `error` is why it could not be brought in the last time.
    """

    document: str
    source: str
    location: str
    title: str = ""
    recipe: str = ""
    digest: str = ""
    split: str = ""
    passages: int = 0
    checked: dt.datetime
    changed: dt.datetime | None = None
    reviewed: dt.date | None = None
    missing: dt.date | None = None
    error: str = ""
    notes: tuple[str, ...] = ()


class SourceRecord(_Value):
    """What is known of a source: when it was last looked through, and last without an error of its own; when it is due
    again; `failures` in a row, and the last one's reason. `entry` is a hash of what was listed then."""

    name: str
    entry: str = ""
    checked: dt.datetime
    succeeded: dt.datetime | None = None
    due: dt.datetime
    failures: int = 0
    error: str = ""
    seconds: float = 0.0


class Noted(_Value):
    """A change, its number, and when it was noted."""

    number: int
    at: dt.datetime
    change: Change


class Ledger:
    """One SQLite file. Blocking, and quick. Without it everything is looked at anew, and nothing else is lost.

    A `frozen` one was brought from elsewhere, and is only read.
    """

    def __init__(self, path: Path, *, frozen: bool = False) -> None:
        self._turn = threading.Lock()
        self._frozen = frozen
        self._file = self._open(path)

    @property
    def id(self) -> str:
        """Tells it from one that was made anew, whose changes are numbered from 1 again: 32 characters."""
        return self._rows("SELECT id FROM about")[0][0]

    def stamp(self) -> str:
        """Says what was noted last, by when that was."""
        last = self._rows("SELECT max(json_extract(body, '$.checked')) FROM sources")[0][0]
        return f"{self.id} {last}"

    def copy_to(self, path: Path) -> None:
        """Write all of it into a new file as it is at this moment, whoever writes meanwhile."""
        with self._turn:
            copy_database(self._file, path)

    def turn_to(self, path: Path) -> None:
        """Read another file, from now on."""
        file = self._open(path)
        with self._turn:
            self._file, old = file, self._file
            old.close()

    def records(self, source: str | None = None) -> dict[str, Record]:
        """All documents, or those of a source, by id."""
        rows = self._rows("SELECT id, body FROM documents WHERE ?1 IS NULL OR source = ?1 ORDER BY id", source)
        return {row[0]: Record.model_validate_json(row[1]) for row in rows}

    def note(self, records: Iterable[Record]) -> None:
        """Write these down, in place of what was known of the same documents."""
        rows = [(each.document, each.source, each.model_dump_json()) for each in records]
        with self._turn, self._file:
            self._file.executemany("INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", rows)

    def forget(self, document: str) -> None:
        """Nothing is known of the document."""
        with self._turn, self._file:
            self._file.execute("DELETE FROM documents WHERE id = ?", (document,))

    def sources(self) -> dict[str, SourceRecord]:
        """All sources that were ever looked through and are still listed, by name."""
        return {row[0]: SourceRecord.model_validate_json(row[1]) for row in self._rows("SELECT * FROM sources")}

    def note_source(self, record: SourceRecord) -> None:
        """Write a source down."""
        with self._turn, self._file:
            self._file.execute("INSERT OR REPLACE INTO sources VALUES (?, ?)", (record.name, record.model_dump_json()))

    def keep_only(self, names: Sequence[str]) -> None:
        """Forget the sources of other names."""
        with self._turn, self._file:
            gone = [(name,) for (name,) in self._file.execute("SELECT name FROM sources") if name not in names]
            self._file.executemany("DELETE FROM sources WHERE name = ?", gone)

    def add_changes(self, changes: Iterable[Change], at: dt.datetime) -> None:
        """Write changes down, and forget those of more than a year ago. What is the last that is known of a document
        already, as a run that was broken off left it, is not written again."""
        rows = [(at.isoformat(), change.document, change.model_dump_json()) for change in changes]
        with self._turn, self._file:
            for row in rows:
                last = "SELECT body FROM changes WHERE document = ? ORDER BY number DESC LIMIT 1"
                if self._file.execute(last, (row[1],)).fetchone() != (row[2],):
                    self._file.execute("INSERT INTO changes (at, document, body) VALUES (?, ?, ?)", row)
            self._file.execute("DELETE FROM changes WHERE at < ?", ((at - _KEPT).isoformat(),))

    def changes(self, after: int = 0, limit: int = 1000) -> list[Noted]:
        """The changes after that number, the first first."""
        rows = self._rows("SELECT number, at, body FROM changes WHERE number > ? ORDER BY number LIMIT ?", after, limit)
        return [_noted(*row) for row in rows]

    def changes_of(self, document: str, since: dt.datetime) -> list[Noted]:
        """The changes of a document since then, the first first."""
        rows = self._rows("SELECT number, at, body FROM changes WHERE document = ? ORDER BY number", document)
        return [_noted(*row) for row in rows if dt.datetime.fromisoformat(row[1]) >= since]

    def last_changes(self, limit: int, document: str | None = None) -> list[Noted]:
        """The last changes, or those of a document, the last first."""
        chosen = "SELECT number, at, body FROM changes WHERE ?1 IS NULL OR document = ?1 ORDER BY number DESC LIMIT ?2"
        rows = self._rows(chosen, document, limit)
        return [_noted(*row) for row in rows]

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _open(self, path: Path) -> sqlite3.Connection:
        if self._frozen:
            return open_frozen(path)
        return open_shared(path, _SCHEMA)

    def _rows(self, sql: str, *values: object) -> list[tuple[str, ...]]:
        with self._turn:
            return self._file.execute(sql, values).fetchall()


def _noted(number: str, at: str, body: str) -> Noted:
    return Noted(number=int(number), at=dt.datetime.fromisoformat(at), change=Change.model_validate_json(body))
