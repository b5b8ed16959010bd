"""The databases that the desk is tried on: SQLite files, and PostgreSQL where MOTEPLASSEN_TEST_POSTGRES names one."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.database import Database
from bot.desk.desk import Desk
from bot.desk.outbox import Outbox
from bot.migrations import migrate

POSTGRES = os.environ.get("MOTEPLASSEN_TEST_POSTGRES")
"""An address such as postgresql+asyncpg://somebody@localhost/scratch; everything in its public schema is dropped."""


@pytest.fixture(params=["sqlite", "postgres"] if POSTGRES else ["sqlite"])
async def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite" or POSTGRES is None:
        return f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}"
    database = Database(POSTGRES)
    async with database.writing() as session:
        await session.execute(text("DROP SCHEMA public CASCADE"))
        await session.execute(text("CREATE SCHEMA public"))
    await database.close()
    return POSTGRES


@pytest.fixture
async def database(address: str) -> AsyncIterator[Database]:
    database = Database(address)
    await migrate(database)
    yield database
    await database.close()


@pytest.fixture
async def other(address: str, database: Database) -> AsyncIterator[Database]:
    """The same database as another process has it."""
    other = Database(address)
    yield other
    await other.close()


@pytest.fixture
def outbox(database: Database) -> Outbox:
    return Outbox(database)


@pytest.fixture
def desk(database: Database, outbox: Outbox) -> Desk:
    return Desk(database, outbox, officer_platforms=("slack",))
