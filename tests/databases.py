"""New databases for tests: files of SQLite's, and databases on a PostgreSQL server."""

from __future__ import annotations

import contextlib
import itertools
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from bot.database import Database
from bot.migrations import migrate
from tests.peers.postgres import BLANK, MISSING, Postgres

KINDS = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres, id="postgres"))
"""What a test that is about a database has as parameters; those on PostgreSQL come with the slow ones."""


class Databases:
    """Hands out databases of one's own. Those with tables are copies: to migrate takes longer than most tests."""

    def __init__(self, folder: Path, postgres: Callable[[], Postgres | None]) -> None:
        self._folder = folder
        self._postgres = postgres
        self._numbers = itertools.count(1)
        self._templates: dict[str, str] = {}

    async def close(self) -> None:
        """Take away what the others were copied from."""
        for template in self._templates.values():
            await self._away(template)

    @contextlib.asynccontextmanager
    async def blank(self, kind: str) -> AsyncIterator[str]:
        """The address of an empty database while the block lasts. Skips the test where there is no server."""
        address = await self._new(kind)
        try:
            yield address
        finally:
            await self._away(address)

    @contextlib.asynccontextmanager
    async def ready(self, kind: str, file: Path | None = None) -> AsyncIterator[str]:
        """The address of a database with all tables while the block lasts. Skips the test where there is no server.

        SQLite's lies in the file, where one is named.
        """
        if kind not in self._templates:
            self._templates[kind] = await self._new(kind)
            await _migrate(self._templates[kind])
        address = await self._new(kind, self._templates[kind], file)
        try:
            yield address
        finally:
            await self._away(address)

    async def _new(self, kind: str, template: str | None = None, file: Path | None = None) -> str:
        like = make_url(template).database if template else None
        if kind == "postgres":
            postgres = self._postgres()
            if not postgres:
                pytest.skip(MISSING)
            return await postgres.create(like or BLANK)
        file = file or self._folder / f"{next(self._numbers)}.db"
        if like:
            shutil.copy(like, file)
        return f"sqlite+aiosqlite:///{file}"

    async def _away(self, address: str) -> None:
        # Files go with the folder that they are in.
        if address.startswith("postgresql") and (postgres := self._postgres()):
            await postgres.drop(address)


async def _migrate(address: str) -> None:
    database = Database(address)
    await migrate(database)
    await database.close()
