"""What was fetched before, so that servers need not send again what did not change."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import sqlite3
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from knowledge.databases import open_shared

_log = logging.getLogger(__name__)

T = TypeVar("T")

_DAY = 86400.0
_KEPT = 90 * _DAY
_TABLE = """
create table if not exists answers (
    address text primary key, media_type text not null, charset text, etag text, last_modified text, robots text,
    digest text not null, body blob not null, used real not null
);
create index if not exists answers_used on answers (used);
"""


@dataclass(frozen=True)
class Stored:
    """What a server answered."""

    content: bytes
    media_type: str
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    robots: str | None = None

    @property
    def validators(self) -> dict[str, str]:
        """The headers that ask a server whether this is still so; none where it did not say by what."""
        headers = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in headers.items() if value}


class HttpCache:
    """Answers by address, in a file of its own that may be deleted at any time.

    What was not asked for in 90 days is forgotten. A file that is damaged, or can't be written, is told in the log,
    and everything is fetched anew.
    """

    def __init__(self, file: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._file = file
        self._clock = clock

    async def get(self, address: str) -> Stored | None:
        """What was answered there the last time, or None."""
        return await asyncio.to_thread(self._use, lambda database: self._get(database, address))

    async def put(self, address: str, stored: Stored) -> None:
        """Keep an answer."""
        await asyncio.to_thread(self._use, lambda database: self._put(database, address, stored))

    def _get(self, database: sqlite3.Connection, address: str) -> Stored | None:
        query = "select body, digest, media_type, charset, etag, last_modified, robots from answers where address = ?"
        row = database.execute(query, (address,)).fetchone()
        if row is None:
            return None
        body, digest, *said = row
        now = self._clock()
        database.execute("update answers set used = ? where address = ? and used < ?", (now, address, now - _DAY))
        content = zlib.decompress(body)
        return Stored(content, *said) if hashlib.sha256(content).hexdigest() == digest else None

    def _put(self, database: sqlite3.Connection, address: str, stored: Stored) -> None:
        said = (stored.media_type, stored.charset, stored.etag, stored.last_modified, stored.robots)
        digest = hashlib.sha256(stored.content).hexdigest()
        row = (address, *said, digest, zlib.compress(stored.content), self._clock())
        database.execute("delete from answers where used < ?", (self._clock() - _KEPT,))
        database.execute("insert or replace into answers values (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    def _use(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        try:
            with contextlib.closing(open_shared(self._file, _TABLE)) as database, database:
                return work(database)
        except (sqlite3.OperationalError, OSError) as error:
            _log.warning("%s cannot be used (%s); everything is fetched anew", self._file, error)
        except (sqlite3.DatabaseError, zlib.error) as error:
            _log.warning("%s is damaged (%s) and begun anew", self._file, error)
            for suffix in ("", "-wal", "-shm"):
                self._file.with_name(self._file.name + suffix).unlink(missing_ok=True)
        return None
