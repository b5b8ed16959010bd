"""The list of who was erased when, outside the database: so that a backup from before does not bring them back.

A line holds a salted digest of the person's id: it tells whether somebody who is found is one of those, and not who
they are.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import select

from bot.database import Database
from bot.desk.entries import ERASED
from bot.desk.tables import CaseRow
from bot.handlers.web import PLATFORM as WEB
from bot.handlers.web.store import MessageRow
from bot.privacy.person import REPLIES, Person

NAME = "erasures.jsonl"
"""The file's name in the data directory."""


class Erasures:
    """The list in that file, which need not be there yet."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, person: Person, moment: dt.datetime) -> None:
        """Add the person. To be done before they are erased: whoever is erased must be on it. Blocking. Raises
        OSError."""
        salt = secrets.token_hex(8)
        line = {"salt": salt, "digest": _digest(salt, person.key), "erased": moment.isoformat()}
        opened = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(opened, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def among(self, people: Iterable[Person]) -> Sequence[Person]:
        """Those of them who were erased. Blocking. Raises OSError."""
        if not self._path.exists():
            return []
        lines = [json.loads(line) for line in self._path.read_text(encoding="utf-8").splitlines() if line.strip()]
        known = [(line["salt"], line["digest"]) for line in lines]
        return [person for person in people if any(_digest(salt, person.key) == digest for salt, digest in known)]


async def everybody(database: Database) -> Sequence[Person]:
    """All who have asked and were not erased."""
    found: set[tuple[str, str]] = set()
    async with database.reading() as session:
        for key in await session.scalars(select(CaseRow.asker).distinct()):
            platform, _, id_ = key.partition("/")
            found.add((platform, id_))
        asked = select(MessageRow.person["id"].as_string()).where(MessageRow.kind != "answer").distinct()
        found |= {(WEB, id_) for id_ in await session.scalars(asked)}
        for platform, table in REPLIES.items():
            found |= {(platform, id_) for id_ in await session.scalars(select(table.asker).distinct())}
    return [Person(platform=platform, id=id_) for platform, id_ in sorted(found) if not id_.startswith(ERASED)]


def _digest(salt: str, key: str) -> str:
    return hashlib.sha256(f"{salt}{key}".encode()).hexdigest()
