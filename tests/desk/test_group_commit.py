"""What comes while a transaction is written shares the next; what is wrong with one of them is not the others'."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Database
from bot.desk.group_commit import GroupCommit, GroupRead
from bot.desk.pacing import Pacing


class Writer:
    """Doubles numbers, when it may; refuses what is negative, and loses the database at zero."""

    def __init__(self) -> None:
        self.batches: list[Sequence[int]] = []
        self.may = asyncio.Event()

    async def write(self, session: AsyncSession, numbers: Sequence[int]) -> Sequence[int]:
        self.batches.append(list(numbers))
        await self.may.wait()
        if 0 in numbers:
            raise ConnectionError("away")
        if any(number < 0 for number in numbers):
            raise ValueError("negative")
        return [2 * number for number in numbers]


@pytest.fixture
def writer() -> Writer:
    return Writer()


async def test_what_comes_meanwhile_is_written_together(database: Database, writer: Writer) -> None:
    group = GroupCommit(database, writer.write)
    first = asyncio.create_task(group.do(1))
    await asyncio.sleep(0.01)
    others = [asyncio.create_task(group.do(number)) for number in range(2, 205)]
    await asyncio.sleep(0.01)
    writer.may.set()
    assert await asyncio.gather(first, *others) == [2 * number for number in range(1, 205)]
    assert [len(batch) for batch in writer.batches] == [1, 100, 100, 3]
    assert await group.do(7) == 14


async def test_what_is_refused_is_so_alone(database: Database, writer: Writer) -> None:
    group = GroupCommit(database, writer.write)
    writer.may.set()
    outcomes = await asyncio.gather(*(group.do(number) for number in (1, -2, 3)), return_exceptions=True)
    assert [outcomes[0], type(outcomes[1]), outcomes[2]] == [2, ValueError, 6]


async def test_a_database_that_is_away_is_so_for_all_of_them_at_once(database: Database, writer: Writer) -> None:
    group = GroupCommit(database, writer.write)
    first = asyncio.create_task(group.do(1))
    await asyncio.sleep(0.01)
    others = [asyncio.create_task(group.do(number)) for number in (0, 2, 3)]
    await asyncio.sleep(0.01)
    writer.may.set()
    outcomes = await asyncio.gather(first, *others, return_exceptions=True)
    assert [type(each) for each in outcomes] == [int, ConnectionError, ConnectionError, ConnectionError]
    assert writer.batches == [[1], [0, 2, 3]]


async def test_who_no_longer_waits_does_not_end_it_for_the_others(database: Database, writer: Writer) -> None:
    group = GroupCommit(database, writer.write)
    tasks = [asyncio.create_task(group.do(number)) for number in (1, 2)]
    await asyncio.sleep(0.01)
    tasks[0].cancel()
    writer.may.set()
    assert await tasks[1] == 4


async def test_what_comes_fast_is_gathered(database: Database, writer: Writer) -> None:
    group = GroupCommit(database, writer.write, Pacing(1, 1.0))
    writer.may.set()
    assert await group.do(1) == 2
    outcomes = [asyncio.create_task(group.do(number)) for number in (2, 3)]
    await asyncio.sleep(0.05)
    assert await group.do(4) == 8
    assert await asyncio.gather(*outcomes) == [4, 6]
    assert writer.batches == [[1], [2, 3, 4]]


async def test_what_is_looked_up_at_once_is_one_query(database: Database, writer: Writer) -> None:
    group = GroupRead(database, writer.write)
    writer.may.set()
    assert await asyncio.gather(*(group.do(number) for number in (1, 2, 3))) == [2, 4, 6]
    assert writer.batches == [[1, 2, 3]]
