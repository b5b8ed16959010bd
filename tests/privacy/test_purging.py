"""The nightly purge: what is old goes and nothing else, figures and the log stay right, and it is done once a night."""

from __future__ import annotations

import asyncio
import datetime as dt
import functools

import pytest
from sqlalchemy import func, select, update

from bot.database import Base, Database, now
from bot.desk.audit import Audit
from bot.desk.figures import figures
from bot.desk.outbox_table import OutboxRow
from bot.desk.tables import CaseRow
from bot.handlers.slack import store as slack
from bot.handlers.web.store import MessageRow, ThreadRow
from bot.privacy.purge import Purge
from bot.settings import Settings
from tests.databases import KINDS, Databases
from tests.privacy.test_erasing import EVERYTHING, lived
from tests.privacy.world import Human, dump

DAYS = Settings(_env_file=None).retention
YEARS = dt.timedelta(days=1_100)


async def rows(database: Database, table: type[Base]) -> int:
    async with database.reading() as session:
        return (await session.execute(select(func.count()).select_from(table))).scalar_one()


async def delivered(database: Database) -> None:
    async with database.writing() as session:
        await session.execute(update(OutboxRow).values(done_at=now()))


@pytest.mark.parametrize("kind", KINDS)
async def test_after_years_all_goes_but_open_cases_figures_and_a_log_that_is_whole(
    databases: Databases, kind: str
) -> None:
    async with databases.ready(kind) as address:
        database = Database(address)
        await lived(database, EVERYTHING)
        await delivered(database)
        moment = now()
        before = await figures(database, moment)
        purge = Purge(database, DAYS, clock=lambda: now() + YEARS)
        due = await purge.due()
        gone = await purge.purge()
        async with database.reading() as session:
            cases = {case.number: case for case in await session.scalars(select(CaseRow))}
        assert {name: count for name, count in due.items() if not name.startswith("questions")}.items() <= gone.items()
        assert {bool(case.answer) for case in cases.values()} == {True, False}
        for case in cases.values():
            assert case.request["question"] == "[slettet]" if case.answer else "ord" in case.request["question"]
        assert await rows(database, OutboxRow) == 0
        assert await figures(database, moment) == before
        assert (await Audit(database).verify()).faults == ()
        # What open cases came of stays until they are done.
        assert await rows(database, ThreadRow) == 1
        assert await rows(database, slack.ReplyRow) == 2
        assert sum((await purge.due()).values()) == 0
        await database.close()


async def test_nothing_goes_before_its_time_or_where_it_is_kept_without_end(databases: Databases) -> None:
    async with databases.ready("sqlite") as address:
        database = Database(address)
        await lived(database, EVERYTHING)
        await delivered(database)
        before = await dump(database)
        await Purge(database, DAYS, clock=lambda: now() + dt.timedelta(days=29)).purge()
        assert {**await dump(database), "slack_known": ()} == {**before, "slack_known": ()}
        endless = dict.fromkeys(DAYS, 0)
        await Purge(database, endless, clock=lambda: now() + YEARS).purge()
        assert {**await dump(database), "slack_known": ()} == {**before, "slack_known": ()}
        await database.close()


async def test_many_threads_go_a_batch_at_a_time_and_others_write_meanwhile(databases: Databases) -> None:
    async with databases.ready("sqlite") as address:
        database = Database(address)
        world = await lived(database, [("ask", Human(100, "web"))])
        async with database.writing() as session:
            thread = (await session.scalars(select(ThreadRow))).one()
            about = {"channel": thread.channel, "created": thread.created}
            session.add_all(ThreadRow(id=f"t{number}", position=number, **about) for number in range(450))
        purging = asyncio.create_task(Purge(database, DAYS, clock=lambda: now() + YEARS).purge())
        await world.ask(Human(102, "slack"))
        assert (await purging)["questions web_threads"] == 451
        assert await rows(database, MessageRow) == 0
        await database.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_of_several_processes_one_does_the_nights_work_once_a_night(databases: Databases, kind: str) -> None:
    async with databases.ready(kind) as address:
        several = [Database(address) for _ in range(3)]
        moment = dt.datetime(2026, 11, 26, 1, 30, tzinfo=dt.UTC)
        done = []
        for hours in (0, 1, 2, 24, 25):
            clock = functools.partial(moment.__add__, dt.timedelta(hours=hours))
            looks = [Purge(each, DAYS, clock=clock).look() for each in several]
            done.append(sum(bool(gone) for gone in await asyncio.gather(*looks)))
        for each in several:
            await each.close()
    assert done == [0, 1, 0, 0, 1]
