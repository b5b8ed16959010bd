"""What a channel is set to, asked by many at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import SQLAlchemyError

from bot.database import Database
from bot.desk.outbox import Outbox
from bot.handlers.slack.channels import Change, Channels, Mode
from bot.migrations import migrate


@pytest.fixture
async def database(tmp_path: Path) -> Database:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'channels.db'}")
    await migrate(database)
    return database


@pytest.fixture
def looks(database: Database) -> Iterator[list[str]]:
    """The statements that look up what a channel is set to."""
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if statement.startswith("SELECT") and "slack_channels" in statement:
            seen.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)


async def test_many_who_ask_at_once_share_one_look(database: Database, looks: list[str]) -> None:
    channels = Channels(database, Outbox(database))
    modes = await asyncio.gather(*(channels.mode("C1") for _ in range(50)))
    assert set(modes) == {Mode.MENTIONS}
    assert len(looks) == 1
    await database.close()


async def test_one_who_leaves_does_not_end_the_look_for_the_others(database: Database) -> None:
    channels = Channels(database, Outbox(database))
    first, second = (asyncio.create_task(channels.mode("C1")) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert await second is Mode.MENTIONS
    await database.close()


async def test_what_was_set_meanwhile_is_seen(database: Database) -> None:
    channels = Channels(database, Outbox(database))
    looking = asyncio.create_task(channels.mode("C1"))
    await asyncio.sleep(0)
    await channels.change(Change(workspace="T1", channel="C1", mode=Mode.OFF, user="U1", language="nb"))
    await looking
    assert await channels.mode("C1") is Mode.OFF
    await database.close()


async def test_a_failed_look_is_not_remembered(database: Database) -> None:
    channels = Channels(database, Outbox(database))
    async with database.writing() as session:
        await session.execute(text("ALTER TABLE slack_channels RENAME TO away"))
    failed = await asyncio.gather(*(channels.mode("C1") for _ in range(3)), return_exceptions=True)
    assert all(isinstance(error, SQLAlchemyError) for error in failed)
    async with database.writing() as session:
        await session.execute(text("ALTER TABLE away RENAME TO slack_channels"))
    assert await channels.mode("C1") is Mode.MENTIONS
    await database.close()
