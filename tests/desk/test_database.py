from __future__ import annotations

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


async def insert_one(database: Database) -> None:
    async with database.writing() as session:
        assert await insert_if_new(session, OutboxRow, ROW, unique="key")
