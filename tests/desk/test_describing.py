"""No log and no column for errors holds what people wrote, whatever error it was."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Awaitable, Callable

import pytest
import structlog
from pydantic import BaseModel, TypeAdapter
from sqlalchemy import insert, text
from sqlalchemy.exc import SQLAlchemyError

from bot.database import Database, now
from bot.desk.describing import describe
from bot.desk.dispatcher import Backoff, Dispatcher, Pace
from bot.desk.outbox import Delivery, Outbox, Undeliverable
from bot.desk.outbox_table import OutboxRow
from tests.desk.examples import Mailbox, delivery, eventually, put, running

WRITTEN = "Jeg heter Kari og har gjeld"
TWICE = Backoff(first=0.01, longest=0.01, attempts=2)


class Person(BaseModel):
    age: int


async def insert_twice(database: Database) -> None:
    row = delivery(WRITTEN, text=WRITTEN).model_dump() | {"created": now(), "due": now(), "attempts": 0}
    async with database.writing() as session:
        await session.execute(insert(OutboxRow).values(**row))
        await session.execute(insert(OutboxRow).values(**row))


async def find_by_a_wrong_kind(database: Database) -> None:
    async with database.reading() as session:
        await session.execute(text("SELECT id FROM outbox WHERE id = CAST(:id AS INTEGER)"), {"id": WRITTEN})
        await session.execute(text("SELECT json(:written)"), {"written": WRITTEN})


async def find_by_nothing_of_sql(database: Database) -> None:
    async with database.reading() as session:
        await session.execute(text("SELECT :nothing"), {"nothing": {WRITTEN}})


async def no_date(database: Database) -> None:
    async with database.writing() as session:
        row = delivery("k").model_dump() | {"created": WRITTEN, "due": now(), "attempts": 0}
        await session.execute(insert(OutboxRow).values(**row))


@pytest.mark.parametrize("fail", [insert_twice, find_by_a_wrong_kind, find_by_nothing_of_sql, no_date])
async def test_an_error_of_the_database_says_what_kind_it_is_and_nothing_of_the_values(
    database: Database, fail: Callable[[Database], Awaitable[None]]
) -> None:
    with pytest.raises(SQLAlchemyError) as failed:
        await fail(database)
    told = describe(failed.value)
    assert told.startswith(type(failed.value).__name__)
    assert not [word for word in WRITTEN.split() if len(word) > 3 and word in told]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ConnectionError("down"), "ConnectionError: down"),
        (Undeliverable("the channel is gone"), "Undeliverable: the channel is gone"),
        (TimeoutError(), "TimeoutError"),
        (ValueError("x" * 5_000), f"ValueError: {'x' * 988}"),
        (sqlite3.IntegrityError(f"constraint failed: {WRITTEN}"), "IntegrityError"),
    ],
    ids=["connection", "undeliverable", "without words", "long", "driver"],
)
def test_errors_are_told_in_a_line(error: Exception, told: str) -> None:
    assert describe(error) == told


def test_of_a_driver_s_error_the_code_is_told() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE kept (key TEXT UNIQUE)")
    with contextlib.closing(connection), pytest.raises(sqlite3.IntegrityError) as failed:
        connection.executemany("INSERT INTO kept VALUES (?)", [(WRITTEN,), (WRITTEN,)])
    assert describe(failed.value) == "IntegrityError (SQLITE_CONSTRAINT_UNIQUE)"


def test_of_what_fits_no_model_only_the_place_is_told() -> None:
    with pytest.raises(ValueError, match="Kari") as failed:
        TypeAdapter(list[Person]).validate_python([{"age": WRITTEN}])
    assert describe(failed.value) == "ValidationError of list[Person]: 0.age: int_parsing"


async def test_a_courier_that_fails_over_the_database_leaves_no_trace_of_what_people_wrote(
    database: Database, outbox: Outbox
) -> None:
    class Clumsy(Mailbox):
        async def deliver(self, delivery: Delivery) -> None:
            await insert_twice(database)

        async def give_up(self, delivery: Delivery) -> None:
            await insert_twice(database)

    async def all_given_up() -> bool:
        return len(await outbox.failed()) == 2

    await put(database, outbox, delivery("a"))
    with structlog.testing.capture_logs() as logged:
        async with running(Dispatcher(outbox, {"web": Clumsy()}, TWICE, Pace(poll=0.01))):
            await eventually(all_given_up)
    errors = [owed.error for owed in await outbox.failed()]
    assert [line["event"] for line in logged] == ["outbox.postponed", "outbox.given_up"] * 2
    assert "moteplassen cases outbox" in logged[1]["todo"]
    assert [error.partition(" ")[0] for error in errors] == ["IntegrityError"] * 2
    assert WRITTEN not in f"{logged}{errors}"
