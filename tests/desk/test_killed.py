"""A process that is killed in the middle of its deliveries loses none and doubles none."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from bot.database import Database
from bot.desk.outbox import Outbox
from bot.desk.outbox_table import OutboxRow
from tests.desk.examples import delivery, eventually, put

pytestmark = pytest.mark.slow

CARRIER = Path(__file__).parent / "carrier.py"
COUNT = 40
NEVER = 1_000_000


async def test_what_is_in_flight_when_a_process_is_killed_arrives_once(
    address: str, database: Database, outbox: Outbox
) -> None:
    await tables(database)
    await put(database, outbox, *(delivery(f"k{number}", lane=f"lane {number % 5}") for number in range(COUNT)))

    with carrying(address, stalls_at=12) as process:
        assert process.stdout
        assert await asyncio.to_thread(process.stdout.readline) == b"stalled\n"
    arrived = await keys(database, "arrived")
    assert 12 <= len(arrived) < COUNT
    assert await done(database) < len(arrived), "something had arrived and was not noted when the process died"

    async def all_done() -> bool:
        return await done(database) == COUNT

    with carrying(address, stalls_at=NEVER):
        await eventually(all_done)
    called = await keys(database, "called")
    assert sorted(await keys(database, "arrived")) == sorted(f"k{number}" for number in range(COUNT))
    assert set(arrived) < set(called)
    assert len(called) > COUNT, (
        "what was not noted was delivered again, and the courier saw to it that it is there once"
    )


async def test_what_is_given_up_is_told_though_the_process_is_killed_while_it_tells(
    address: str, database: Database, outbox: Outbox
) -> None:
    await tables(database)
    await put(database, outbox, delivery("lost"))
    with carrying(address, stalls_at=1) as process:
        assert process.stdout
        assert await asyncio.to_thread(process.stdout.readline) == b"stalled\n"
    assert [each.delivery.kind for each in await outbox.waiting()] == ["undelivered"]

    async def told() -> bool:
        return bool(await outbox.failed()) and not await outbox.waiting()

    with carrying(address, stalls_at=NEVER):
        await eventually(told)
    assert await keys(database, "told") == ["lost"]
    assert await keys(database, "called") == ["lost", "lost"]


async def tables(database: Database) -> None:
    """What the carrier writes into."""
    async with database.writing() as session:
        for table in ("arrived", "told"):
            await session.execute(text(f"CREATE TABLE {table} (key TEXT NOT NULL UNIQUE)"))
        await session.execute(text("CREATE TABLE called (key TEXT NOT NULL)"))


@contextlib.contextmanager
def carrying(address: str, stalls_at: int) -> Iterator[subprocess.Popen[bytes]]:
    """A carrier at work, which is killed (signal 9) at the end of the block."""
    command = [sys.executable, str(CARRIER), address, str(stalls_at)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=CARRIER.parents[2]) as process:
        try:
            yield process
        finally:
            process.kill()


async def keys(database: Database, table: str) -> list[str]:
    async with database.reading() as session:
        return list(await session.scalars(text(f"SELECT key FROM {table}")))


async def done(database: Database) -> int:
    async with database.reading() as session:
        count = await session.scalar(select(func.count()).where(OutboxRow.done_at.is_not(None)))
        return count or 0
