"""The desk and its outbox, on each kind of database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.database import Database
from bot.desk.desk import Desk
from bot.desk.outbox import Outbox
from tests.databases import KINDS, Databases


@pytest.fixture(params=KINDS)
async def address(request: pytest.FixtureRequest, databases: Databases) -> AsyncIterator[str]:
    """The address of a database with all tables and nothing in them."""
    async with databases.ready(request.param) as address:
        yield address


@pytest.fixture(params=KINDS)
async def blank(request: pytest.FixtureRequest, databases: Databases) -> AsyncIterator[str]:
    """The address of a database with nothing in it."""
    async with databases.blank(request.param) as address:
        yield address


@pytest.fixture
async def database(address: str) -> AsyncIterator[Database]:
    database = Database(address)
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
