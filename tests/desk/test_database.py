from __future__ import annotations

import asyncio
import threading
import time

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.database import Database, insert_if_new, is_away, now
from bot.desk.outbox_table import OutboxRow
from tests.databases import Databases
from tests.desk.examples import delivery

ROW = delivery("a", text="what somebody wrote").model_dump() | {"created": now(), "due": now(), "attempts": 0}


async def test_what_people_wrote_is_not_told_by_errors(database: Database) -> None:
    async def insert_twice() -> None:
        async with database.writing() as session:
            await session.execute(insert(OutboxRow).values(**ROW))
            await session.execute(insert(OutboxRow).values(**ROW))

    with pytest.raises(IntegrityError) as failed:
        await insert_twice()
    assert "INSERT INTO outbox" in str(failed.value)
    assert "what somebody wrote" not in str(failed.value)


async def test_only_what_is_new_is_inserted(database: Database) -> None:
    async with database.writing() as session:
        assert await insert_if_new(session, OutboxRow, ROW, unique="key")
        assert not await insert_if_new(session, OutboxRow, ROW, unique="key")
        assert await insert_if_new(session, OutboxRow, ROW | {"key": "b"}, unique="key")


@pytest.mark.postgres
async def test_connections_to_what_may_no_longer_be_written_to_are_made_anew(databases: Databases) -> None:
    async with databases.ready("postgres") as address:
        database = Database(address)
        async with database.engine.begin() as connection:
            await connection.execute(text("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"))
        with pytest.raises(DBAPIError) as failed:
            await insert_one(database)
        assert is_away(failed.value)
        await insert_one(database)
        await database.close()


@pytest.mark.postgres
@pytest.mark.parametrize("idle", [0.0, 1.2])
async def test_a_connection_that_was_closed_is_noticed_before_it_is_used(databases: Databases, idle: float) -> None:
    async with databases.ready("postgres") as address:
        database = Database(address)
        await asyncio.gather(*(insert_one(database, str(number)) for number in range(3)))
        closing = threading.Thread(target=lambda: asyncio.run(close_all(address)))
        if idle:
            # Nothing is heard of it meanwhile, as behind a network that swallows it: only to ask can tell.
            closing.start()
            closing.join()
            time.sleep(idle)  # noqa: ASYNC251
        else:
            await close_all(address)
            await asyncio.sleep(0.1)
        await asyncio.gather(*(insert_one(database, f"{number} again") for number in range(3)))
        await database.close()


@pytest.mark.postgres
async def test_who_only_reads_keeps_no_transaction_open(databases: Databases) -> None:
    async with databases.ready("postgres") as address:
        database = Database(address)
        async with database.reading() as session, database.reading() as other:
            mine = await session.scalar(text("SELECT pg_backend_pid()"))
            asked = text("SELECT state FROM pg_stat_activity WHERE pid = :pid")
            assert await other.scalar(asked, {"pid": mine}) == "idle"
        await database.close()


async def close_all(address: str) -> None:
    """As a server that is started anew does it to all who are connected."""
    database = Database(address)
    async with database.reading() as session:
        others = "datname = current_database() AND pid != pg_backend_pid()"
        await session.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
    await database.close()


async def insert_one(database: Database, key: str = "a") -> None:
    async with database.writing() as session:
        assert await insert_if_new(session, OutboxRow, ROW | {"key": key}, unique="key")
