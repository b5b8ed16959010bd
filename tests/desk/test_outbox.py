from __future__ import annotations

import asyncio
import datetime as dt

import pytest
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Database
from bot.desk.outbox import UNDELIVERED, Delivery, Leased, Outbox, Owed
from bot.desk.outbox_table import OutboxRow
from bot.desk.tally import Tally, tally
from tests.desk.examples import delivery, put, waiting

MOMENT = dt.timedelta(seconds=1)
MINUTE = dt.timedelta(minutes=1)


def keys(leased: object) -> list[str]:
    assert isinstance(leased, list)
    return [each.delivery.key for each in leased]


async def test_a_delivery_comes_out_as_it_was_put(database: Database, outbox: Outbox) -> None:
    put_in = delivery("a", lane="t1", text="Blåbær – 10 %", nested={"list": [1, None, True]})
    await put(database, outbox, put_in)
    (leased,) = await waiting(outbox, "web")
    assert (leased.delivery, leased.attempt) == (put_in, 1)


async def test_what_is_put_in_a_transaction_that_fails_is_not_owed(database: Database, outbox: Outbox) -> None:
    async def fail() -> None:
        async with database.writing() as session:
            await outbox.put(session, delivery("a"))
            raise RuntimeError("on the way")

    with pytest.raises(RuntimeError, match="on the way"):
        await fail()
    assert await waiting(outbox, "web") == []


async def test_a_key_is_owed_once_even_after_it_has_arrived(database: Database, outbox: Outbox) -> None:
    await put(database, outbox, delivery("a"), delivery("a", text="again"))
    (leased,) = await waiting(outbox, "web")
    await outbox.done(leased)
    await put(database, outbox, delivery("a", text="much later"))
    assert await waiting(outbox, "web") == []


async def test_what_takes_the_place_of_a_delivery_that_was_erased_meanwhile_is_not_settled_with_it(
    database: Database, outbox: Outbox
) -> None:
    await put(database, outbox, delivery("erased"))
    (leased,) = await waiting(outbox, "web")
    async with database.writing() as session:
        await session.execute(delete(OutboxRow))
    await put(database, outbox, delivery("next"))
    (other,) = await outbox.lease(["web"], 1, MINUTE)
    assert not await outbox.renew(leased, MINUTE)
    await outbox.done(leased)
    await outbox.give_up(leased, "gone")
    await outbox.give_back(other)
    assert keys(await waiting(outbox, "web")) == ["next"]


async def test_a_delivery_is_leased_to_one(database: Database, outbox: Outbox, other: Database) -> None:
    await put(database, outbox, *(delivery(f"k{number}") for number in range(40)))
    elsewhere = Outbox(other)
    leased = await asyncio.gather(*(where.lease(["web"], 7, MINUTE) for where in (outbox, elsewhere) * 4))
    taken = [each.delivery.key for leases in leased for each in leases]
    assert len(taken) == len(set(taken))
    assert all(len(leases) <= 7 for leases in leased)
    rest = [each.delivery.key for each in await waiting(outbox, "web")]
    assert sorted(taken + rest) == sorted(f"k{number}" for number in range(40))


async def test_a_lease_that_runs_out_is_given_to_others(database: Database, outbox: Outbox) -> None:
    await put(database, outbox, delivery("a"))
    (first,) = await outbox.lease(["web"], 1, MOMENT)
    assert await waiting(outbox, "web") == []
    await asyncio.sleep(1.1)
    (second,) = await waiting(outbox, "web")
    assert second.attempt == 2
    assert not await outbox.renew(first, MINUTE), "the one who lost the lease cannot keep it"
    await outbox.postpone(first, dt.timedelta(0), "too late")
    assert await waiting(outbox, "web") == [], "nor give away what another holds"
    assert await outbox.renew(second, MINUTE)


async def test_a_renewed_lease_lasts(database: Database, outbox: Outbox) -> None:
    await put(database, outbox, delivery("a"))
    (leased,) = await outbox.lease(["web"], 1, MOMENT)
    assert await outbox.renew(leased, MINUTE)
    await asyncio.sleep(1.1)
    assert await waiting(outbox, "web") == []


async def test_what_has_arrived_is_done_whoever_holds_the_lease(database: Database, outbox: Outbox) -> None:
    await put(database, outbox, delivery("a"))
    (first,) = await outbox.lease(["web"], 1, dt.timedelta(0))
    (second,) = await outbox.lease(["web"], 1, MINUTE)
    await outbox.done(first)
    assert not await outbox.renew(second, MINUTE)
    await outbox.give_up(second, "no longer needed")
    assert await outbox.failed() == []


async def test_a_lane_is_kept_in_order_and_lanes_do_not_wait_for_each_other(database: Database, outbox: Outbox) -> None:
    await put(
        database, outbox,
        delivery("a1", lane="a"), delivery("a2", lane="a"), delivery("b1", lane="b"), delivery("b2", lane="b"),
        delivery("n1"), delivery("n2"), delivery("other", platform="slack", lane="a"),
    )  # fmt: skip
    first = await waiting(outbox, "web", "slack")
    assert keys(first) == ["a1", "b1", "n1", "n2", "other"]
    await outbox.done(first[0])
    await outbox.postpone(first[1], MINUTE, "busy")
    assert keys(await waiting(outbox, "web", "slack")) == ["a2"], "b2 waits behind the postponed b1"


async def test_a_lane_goes_on_behind_a_delivery_that_was_given_up(database: Database, outbox: Outbox) -> None:
    await put(database, outbox, delivery("a1", lane="a"), delivery("a2", lane="a"))
    (first,) = await waiting(outbox, "web")
    await outbox.give_up(first, "the thread is gone")
    assert keys(await waiting(outbox, "web")) == ["a2", "a1#undelivered"]


async def test_that_something_was_given_up_is_told_once_and_not_told_of_itself(
    database: Database, outbox: Outbox
) -> None:
    await put(database, outbox, delivery("a", lane="t"))
    for _ in range(2):
        (leased,) = [each for each in await waiting(outbox, "web") if each.delivery.kind != UNDELIVERED]
        await outbox.give_up(leased, "gone")
        await outbox.retry_all()
    (telling,) = [each for each in await outbox.waiting() if each.delivery.kind == UNDELIVERED]
    assert (telling.delivery.key, telling.delivery.lane) == ("a#undelivered", None)
    about = telling.model_dump(include={"id", "delivery", "created"})
    await outbox.give_up(Leased.model_validate(about | {"attempt": telling.attempts}), "nobody hears it")
    assert [each.delivery.key for each in await outbox.waiting()] == ["a"]


async def test_who_has_lost_the_lease_gives_nothing_up(database: Database, outbox: Outbox) -> None:
    await put(database, outbox, delivery("a"))
    (first,) = await outbox.lease(["web"], 1, dt.timedelta(0))
    await outbox.lease(["web"], 1, MINUTE)
    await outbox.give_up(first, "too late")
    assert [each.delivery.key for each in await outbox.waiting()] == ["a"]


async def test_what_was_given_up_is_kept_with_its_error_until_it_is_tried_again(
    database: Database, outbox: Outbox
) -> None:
    await put(database, outbox, delivery("a", text="kept"), delivery("b"))
    leased, still_leased = await waiting(outbox, "web")
    await outbox.give_up(leased, "the channel is gone")
    (failed,) = await outbox.failed()
    assert (failed.delivery, failed.error, failed.attempts) == (leased.delivery, "the channel is gone", 1)

    await outbox.retry(failed.id)
    assert await outbox.failed() == []
    again, telling = await waiting(outbox, "web")
    assert (again.delivery, again.attempt) == (leased.delivery, 1)
    assert Delivery.model_validate(telling.delivery.payload) == leased.delivery
    for no_failure in (failed.id, still_leased.id, 4711):
        with pytest.raises(LookupError, match=f"no failed delivery has the id {no_failure}"):
            await outbox.retry(no_failure)


async def test_what_is_owed_can_be_looked_at(database: Database, outbox: Outbox) -> None:
    assert await tally(database) == Tally(waiting=0, troubled=0, oldest=None, failed=0)
    await put(database, outbox, *(delivery(key) for key in ("gone", "arrived", "late", "lost", "patient")))
    gone, arrived, late, lost = await outbox.lease(["web"], 4, MINUTE)
    await outbox.done(arrived)
    await outbox.postpone(late, MINUTE, "down")
    await outbox.give_up(lost, "nobody there")
    await outbox.give_up(gone, "gone")

    waits, failed, counted = await outbox.waiting(), await outbox.failed(), await tally(database)
    assert [(each.delivery.key, each.attempts, each.error) for each in waits] == [
        *(("late", 1, "down"), ("patient", 0, "")),
        *(("lost#undelivered", 0, ""), ("gone#undelivered", 0, "")),
    ]
    assert [(each.delivery.key, each.error) for each in failed] == [("gone", "gone"), ("lost", "nobody there")]
    assert [each.failed_at is None for each in (*waits, *failed)] == [True] * 4 + [False] * 2
    assert waits[0].due - waits[0].created >= MINUTE
    assert counted == Tally(waiting=4, troubled=1, oldest=waits[0].created, failed=2)
    assert [len(await outbox.waiting(limit=1)), len(await outbox.failed(limit=1))] == [1, 1]


async def test_what_is_under_way_says_until_when(database: Database, outbox: Outbox) -> None:
    await put(database, outbox, delivery("a"), delivery("b"))
    await outbox.lease(["web"], 1, MINUTE)
    under_way, waits = await outbox.waiting()
    assert under_way.leased_until
    assert under_way.leased_until - under_way.created >= MINUTE
    assert waits.leased_until is None


async def test_who_has_what_was_given_up_tried_again_is_noted_with_it(database: Database, outbox: Outbox) -> None:
    await put(database, outbox, *(delivery(key) for key in "abc"))
    for leased in await waiting(outbox, "web"):
        await outbox.give_up(leased, f"no {leased.delivery.key}")
    noted: list[tuple[str, str, int]] = []

    async def note(session: AsyncSession, owed: Owed) -> None:
        assert session.in_transaction()
        noted.append((owed.delivery.key, owed.error, owed.attempts))

    (a,) = [each for each in await outbox.failed() if each.delivery.key == "a"]
    assert await outbox.retry(a.id, note) == a
    assert [each.delivery.key for each in await outbox.retry_all(note)] == ["b", "c"]
    assert noted == [("a", "no a", 1), ("b", "no b", 1), ("c", "no c", 1)]
    assert await outbox.retry_all(note) == []
    assert [leased.attempt for leased in await waiting(outbox, "web")] == [1] * 6, "with those that are to be told"


async def test_what_cannot_be_noted_is_not_tried_again(database: Database, outbox: Outbox) -> None:
    async def refuse(session: AsyncSession, owed: Owed) -> None:
        raise RuntimeError("the log is full")

    await put(database, outbox, delivery("a"))
    (leased,) = await waiting(outbox, "web")
    await outbox.give_up(leased, "gone")
    with pytest.raises(RuntimeError, match="the log is full"):
        await outbox.retry_all(refuse)
    assert [each.attempts for each in await outbox.failed()] == [1]


async def test_two_who_try_again_at_once_do_it_once(database: Database, outbox: Outbox, other: Database) -> None:
    await put(database, outbox, *(delivery(f"k{number}") for number in range(20)))
    for leased in await waiting(outbox, "web"):
        await outbox.give_up(leased, "gone")
    first, second = await asyncio.gather(outbox.retry_all(), Outbox(other).retry_all())
    assert len([*first, *second]) == len({each.id for each in (*first, *second)}) == 20


async def test_what_is_given_back_is_had_at_once_and_the_attempt_does_not_count(
    database: Database, outbox: Outbox
) -> None:
    await put(database, outbox, delivery("a"))
    (leased,) = await waiting(outbox, "web")
    await outbox.give_back(leased)
    (again,) = await waiting(outbox, "web")
    assert again.attempt == 1


async def test_putting_wakes_whoever_waits_but_only_once_it_is_owed(database: Database, outbox: Outbox) -> None:
    poked = outbox.poked
    async with database.writing() as session:
        await outbox.put(session, delivery("a"))
        assert not poked.is_set()
    assert poked.is_set()
    assert not outbox.poked.is_set()


async def test_looking_for_work_disturbs_no_writer(database: Database, other: Database) -> None:
    async with database.writing() as session:
        await Outbox(database).put(session, delivery("a"))
        async with asyncio.timeout(3):
            assert await waiting(Outbox(other), "web") == []
