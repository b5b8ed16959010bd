"""Limits that several processes keep together, in the database."""

from __future__ import annotations

import asyncio

from sqlalchemy import func, select, update

from bot.database import Database, now
from bot.desk.limiting import Forgetting, Limiter, LimitRow, Limits
from bot.desk.outbox import Outbox
from bot.desk.outbox_table import OutboxRow
from bot.desk.owing import Owing
from bot.desk.rates import Counted, Limited, Rates, Scope

PER = Counted(asker="per", place="torget", tenant="by")


async def admitted(database: Database, limiter: Limiter, *wanted: Counted) -> list[Limited | None]:
    async with database.writing() as session:
        return await limiter.admit(session, wanted)


async def rows(database: Database) -> int:
    async with database.reading() as session:
        return await session.scalar(select(func.count()).select_from(LimitRow)) or 0


async def test_processes_count_together(database: Database, other: Database) -> None:
    limits = Limits(Rates(asker=20))
    here, there = (database, Limiter(limits)), (other, Limiter(limits))
    found = await asyncio.gather(*(admitted(*where, PER) for _ in range(20) for where in (here, there)))
    assert sum(each == [None] for each in found) in {20, 21}  # one more, where it takes three seconds
    assert {each.scope for (each,) in found if each} == {Scope.ASKER}


async def test_processes_that_count_many_in_any_order_do_not_wait_for_each_other(
    database: Database, other: Database
) -> None:
    limits = Limits(Rates(asker=1_000, place=1_000, tenant=1_000))
    many = [Counted(asker=f"a{n}", place=f"p{n % 5}", tenant=f"t{n % 2}") for n in range(30)]
    batches = [
        admitted(database if n % 2 else other, Limiter(limits), *(many if n % 3 else many[::-1])) for n in range(12)
    ]
    async with asyncio.timeout(30):
        found = await asyncio.gather(*batches)
    assert [each for batch in found for each in batch] == [None] * 360


async def test_each_scope_has_its_own_limit(database: Database) -> None:
    limiter = Limiter(Limits(Rates(asker=2, place=3, tenant=4)))
    asked = [("per", "torget", "by"), ("per", "torget", "by"), ("per", "torget", "by")]
    asked += [("ola", "torget", "by"), ("kari", "torget", "by"), ("kari", "havna", "by"), ("kari", "havna", "by")]
    asked += [("kari", "havna", "bygd")]
    found = [await admitted(database, limiter, Counted(asker=a, place=p, tenant=t)) for a, p, t in asked]
    scopes = [each.scope.value if each else "" for (each,) in found]
    assert scopes == ["", "", "asker", "", "place", "", "tenant", ""]


async def test_without_limits_nothing_is_kept(database: Database) -> None:
    assert await admitted(database, Limiter(), PER, PER) == [None, None]
    assert await rows(database) == 0


async def test_what_is_counted_is_kept_under_no_name_and_forgotten(database: Database) -> None:
    await admitted(database, Limiter(Limits(Rates(asker=1_000, place=10))), PER)
    async with database.reading() as session:
        assert all(len(row.key) == 64 and "per" not in row.key for row in await session.scalars(select(LimitRow)))
    await Forgetting(database).forget()
    assert await rows(database) == 2
    async with database.writing() as session:
        for row in await session.scalars(select(LimitRow)):
            row.due -= 120_000_000
    await Forgetting(database).forget()
    assert await rows(database) == 0


async def test_what_a_platform_sends_again_is_counted_once_and_never_refused(database: Database) -> None:
    outbox = Outbox(database)
    owing = Owing("slack", database, outbox, Limiter(Limits(Rates(asker=1))))
    for _ in range(3):
        assert await owing.owe("reply", "reply:1", "lane", {}, PER) is None
    assert await owing.owe("reply", "reply:2", "lane", {}, PER) == Limited(Scope.ASKER, 60)
    assert await owing.owe("reply", "reply:1", "lane", {}, PER) is None
    assert [each.delivery.key for each in await outbox.waiting()] == ["reply:1"]


async def test_what_counts_for_nobody_is_always_owed_also_in_a_crowd(database: Database) -> None:
    outbox = Outbox(database)
    owing = Owing("slack", database, outbox, Limiter(Limits(Rates(asker=2), waiting=1_000)))
    questions = [owing.owe("reply", f"reply:{n}", "lane", {}, PER) for n in range(10)]
    work = [owing.owe("case", f"case:{n}", "lane", {}) for n in range(10)]
    found = await asyncio.gather(*questions, *work)
    assert sum(each is None for each in found[:10]) == 2
    assert found[10:] == [None] * 10
    assert len(await outbox.waiting()) == 12


async def test_questions_are_turned_away_while_too_many_wait_and_those_that_wait_stay(database: Database) -> None:
    outbox = Outbox(database)
    owing = Owing("slack", database, outbox, Limiter(Limits(waiting=5)))
    found = [await owing.owe("reply", f"reply:{n}", "lane", {}, Counted(asker=f"a{n}")) for n in range(8)]
    assert found == [None] * 5 + [Limited(Scope.EVERYBODY, 60)] * 3
    assert await owing.owe("case", "case:1", "lane", {}) is None
    assert [each.delivery.key for each in await outbox.waiting()] == [*(f"reply:{n}" for n in range(5)), "case:1"]
    # Another process sees them, too, and no longer once they are done.
    fresh = Owing("slack", database, outbox, Limiter(Limits(waiting=5)))
    assert await fresh.owe("reply", "reply:9", "lane", {}, Counted(asker="a9")) is not None
    async with database.writing() as session:
        await session.execute(update(OutboxRow).values(done_at=now()))
    fresh = Owing("slack", database, outbox, Limiter(Limits(waiting=5)))
    assert await fresh.owe("reply", "reply:9", "lane", {}, Counted(asker="a9")) is None
