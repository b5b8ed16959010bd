"""Databases as earlier versions left them: at any revision, with rows that fit what its schema is.

No table is known here, so that a new revision needs no edit: tables, types and references are read from the database.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Column, Connection, MetaData, Table, insert, select, text, types

from bot.database import Database
from bot.migrations import FOLDER, configuration
from tests.desk.examples import request

FULL, SPARSE = 101, 102
"""The two rows of each table: everything filled in, and only what must be."""
MOMENT = dt.datetime(2026, 11, 2, 9, 30)

MEANT: Mapping[str, Any] = {
    "cases.state": "forwarded",
    "case_events.move": "forwarded",
    "cases.request": request("reply-from-then").model_dump(mode="json"),
}
"""Columns of which migrations or the desk read more than that there is something."""

Row = Mapping[str, Any]


def revisions() -> list[str]:
    """All revisions, the oldest first."""
    return [each.revision for each in reversed(list(ScriptDirectory(str(FOLDER)).walk_revisions()))]


async def put_at(database: Database, revision: str) -> None:
    """Bring an empty database to that revision, and put two rows into each table that no migration has filled."""

    def work(connection: Connection) -> None:
        command.upgrade(configuration(connection), revision)
        known: dict[str, dict[int, Row]] = {}
        for table in tables(connection):
            if connection.execute(select(table)).first():
                continue
            rows = {number: values(table, number, known) for number in (FULL, SPARSE)}
            known[table.name] = {
                number: dict(connection.execute(insert(table).values(**row).returning(*table.c)).mappings().one())
                for number, row in rows.items()
            }

    async with database.engine.execution_options(writes=True).begin() as connection:
        await connection.run_sync(work)


async def contents(database: Database) -> dict[str, list[Row]]:
    """All rows by table, as they are now."""

    def work(connection: Connection) -> dict[str, list[Row]]:
        return {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in tables(connection)
        }

    async with database.engine.connect() as connection:
        return await connection.run_sync(work)


async def check(database: Database) -> None:
    """Raise where the schema is not what the models say."""
    async with database.engine.connect() as connection:
        await connection.run_sync(lambda each: command.check(configuration(each)))


def lost(before: Mapping[str, Sequence[Row]], after: Mapping[str, Sequence[Row]]) -> dict[str, list[str]]:
    """The rows that are not there any more, or no longer what they were, by table; what was added is not looked at."""
    missing = {}
    for name, rows in before.items():
        there = after.get(name, [])
        columns = sorted(rows[0].keys() & there[0].keys()) if there else sorted(rows[0])
        gone = Counter(_words(rows, columns)) - Counter(_words(there, columns))
        if gone:
            missing[name] = sorted(gone.elements())
    return missing


def tables(connection: Connection) -> list[Table]:
    """The tables of the database as it is, each behind those that it refers to."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def values(table: Table, number: int, known: Mapping[str, Mapping[int, Row]]) -> dict[str, Any]:
    """A row that the table takes; what the database fills in by itself is left to it."""
    made = {}
    for column in table.columns:
        if column.server_default is not None or (column.nullable and number == SPARSE):
            continue
        reference = next(iter(column.foreign_keys), None)
        if reference and reference.column.table is not table:
            made[column.name] = known[reference.column.table.name][number][reference.column.name]
        elif reference:  # to itself
            made[column.name] = value(reference.column, number)
        else:
            made[column.name] = MEANT.get(f"{table.name}.{column.name}") or value(column, number)
    return made


def value(column: Column[Any], number: int) -> Any:
    """Something of the column's type that no other row has, where the type is rich enough."""
    made: Any = None
    later, words = MOMENT + dt.timedelta(days=number), f"{number}-{column.name}"
    match column.type:
        case types.Enum(enums=[made, *_]):
            pass
        case types.String(length=length):
            made = words[:length]
        case types.Boolean():
            made = number % 2 == 0
        case types.Integer() | types.Numeric():
            made = number
        case types.DateTime():
            made = later
        case types.Date():
            made = later.date()
        case types.LargeBinary():
            made = words.encode()
        case JSON():
            made = {"number": number}
        case other:
            raise NotImplementedError(f"{column}: say here what a row may hold in a column of type {other!r}")
    return made


def _words(rows: Sequence[Row], columns: Sequence[str]) -> list[str]:
    return [", ".join(f"{name}={row[name]!r}" for name in columns) for row in rows]


async def mark(database: Database, revision: str) -> None:
    """Have the database say that it is at that revision, whether there is one or not."""
    async with database.engine.execution_options(writes=True).begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


async def revision_of(database: Database) -> str:
    """The revision that the database says it is at."""
    async with database.engine.connect() as connection:
        return str((await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one())
