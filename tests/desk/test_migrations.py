from __future__ import annotations

import asyncio

from alembic import command
from sqlalchemy import Connection, inspect

from bot.database import Database
from bot.desk.desk import Desk
from bot.desk.outbox import Outbox
from bot.migrations import configuration, migrate
from tests.desk.examples import request


async def test_migrating_again_changes_and_loses_nothing(database: Database, desk: Desk) -> None:
    case = await desk.open(request())
    await migrate(database)
    assert await desk.get(case.id) == case


async def test_processes_that_start_at_once_take_turns(blank: str) -> None:
    starting = [Database(blank) for _ in range(4)]
    assert await asyncio.gather(*map(migrate, starting), return_exceptions=True) == [None] * 4
    cases = [await Desk(each, Outbox(each)).open(request(f"reply-{n}")) for n, each in enumerate(starting, start=1)]
    assert [case.label for case in cases] == ["M-1", "M-2", "M-3", "M-4"]
    for database in starting:
        await database.close()


async def test_the_migrations_lead_to_the_tables_that_the_code_has(database: Database) -> None:
    def check(connection: Connection) -> None:
        command.check(configuration(connection))

    async with database.engine.connect() as connection:
        await connection.run_sync(check)


async def test_the_migrations_can_be_taken_back(database: Database) -> None:
    def downgrade(connection: Connection) -> list[str]:
        command.downgrade(configuration(connection), "base")
        return inspect(connection).get_table_names()

    async with database.engine.execution_options(writes=True).begin() as connection:
        assert await connection.run_sync(downgrade) == ["alembic_version"]


async def test_a_migration_that_fails_half_way_leaves_the_database_as_it_was(database: Database) -> None:
    def spoil(connection: Connection) -> None:
        command.downgrade(configuration(connection), "base")
        raise RuntimeError("half way")

    desk = Desk(database, Outbox(database))
    case = await desk.open(request())
    try:
        async with database.engine.execution_options(writes=True).begin() as connection:
            await connection.run_sync(spoil)
    except RuntimeError:
        pass
    assert await desk.get(case.id) == case
