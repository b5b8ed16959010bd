"""More questions than there is room for: what others wait for holds up nobody who only looks, and nothing is away."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from bot.database import Database
from bot.wiring import Knowledge
from tests.databases import Databases
from tests.web.examples import NO_SIGN_IN_YET, running, visiting

MANY = 40


@contextlib.asynccontextmanager
async def held(database: Database, statement: str) -> AsyncIterator[None]:
    """While the block runs, somebody has a lock."""
    async with database.engine.begin() as connection:
        await connection.execute(text(statement))
        yield


@pytest.mark.postgres
async def test_questions_that_wait_for_a_lock_leave_connections_to_others(
    knowledge: Knowledge, databases: Databases, tmp_path: Path
) -> None:
    async with databases.ready("postgres") as address, contextlib.AsyncExitStack() as stack:
        database = Database(address)
        about = {"database_url": address, "demo": True, "limit_tenant": 1_000}
        url = await stack.enter_async_context(running(knowledge, tmp_path, **about))
        people = [await stack.enter_async_context(visiting(url)) for _ in range(MANY)]
        for person in people:
            await person.become("kafe")
        async with held(database, "LOCK TABLE rate_limits"):
            asking = [asyncio.create_task(person.ask("Hva sier B3?")) for person in people]
            await asyncio.sleep(1.0)
            async with httpx.AsyncClient(base_url=url, timeout=3.0) as client:
                looked = [(await client.get(path)).status_code for path in ("/", "/health", "/health/ready")]
            assert [task.result() for task in asking if task.done()] == []
        await asyncio.gather(*asking)
        await database.close()
    assert looked == [200, 200, 200]


@pytest.mark.postgres
async def test_where_others_have_all_connections_one_is_told_to_come_back_and_nothing_is_away(
    knowledge: Knowledge, databases: Databases, tmp_path: Path
) -> None:
    async with databases.ready("postgres") as address, contextlib.AsyncExitStack() as stack:
        database = Database(address)
        url = await stack.enter_async_context(running(knowledge, tmp_path, database_url=address, **NO_SIGN_IN_YET))
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=url, timeout=20.0))
        async with held(database, "LOCK TABLE web_channels"):
            looking = [asyncio.create_task(client.get("/")) for _ in range(MANY)]
            await asyncio.sleep(3.0)
            health = await client.get("/health")
            done, _ = await asyncio.wait(looking, timeout=4.0)
        answers = [task.result() for task in done]
        await asyncio.gather(*looking)
        await database.close()
    assert health.status_code == 200
    assert {answer.status_code for answer in answers} <= {429, 503}
