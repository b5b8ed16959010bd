from __future__ import annotations

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from bot.database import Database, insert_if_new, now
from bot.desk.outbox import OutboxRow
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
