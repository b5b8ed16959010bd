from __future__ import annotations

import asyncio
import datetime as dt
import time
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.database import Database
from bot.desk.dispatcher import Backoff, Dispatcher, Pace
from bot.desk.outbox import Delivery, Later, Outbox, Undeliverable
from bot.migrations import migrate
from tests.desk.examples import Faulty, Mailbox, Slow, delivery, eventually, put, running, waiting

QUICK = Backoff(first=0.02, longest=0.05, attempts=3)
LAZY = Pace(poll=60)
"""Looks by itself so seldom that only being woken explains what happens."""


async def test_what_is_put_is_delivered_at_once(database: Database, outbox: Outbox) -> None:
    mailbox = Mailbox()
    async with running(Dispatcher(outbox, {"web": mailbox}, pace=LAZY)):
        for number in range(3):
            await put(database, outbox, delivery(f"k{number}"))
            await eventually(lambda count=number + 1: len(mailbox.keys) == count, within=20)  # type: ignore[misc]


async def test_the_next_in_a_lane_goes_as_soon_as_the_one_before_has_arrived(
    database: Database, outbox: Outbox
) -> None:
    mailbox = Mailbox()
    await put(database, outbox, *(delivery(f"k{number}", lane="thread") for number in range(5)))
    async with running(Dispatcher(outbox, {"web": mailbox}, pace=LAZY)):
        await eventually(lambda: mailbox.keys == [f"k{number}" for number in range(5)], within=20)


async def test_what_another_process_puts_is_delivered_within_moments(
    database: Database, outbox: Outbox, other: Database
) -> None:
    mailbox = Mailbox()
    async with running(Dispatcher(outbox, {"web": mailbox}, pace=Pace(poll=0.05))):
        await put(other, Outbox(other), delivery("from elsewhere"))
        await eventually(lambda: mailbox.keys == ["from elsewhere"], within=20)


async def test_several_dispatchers_deliver_everything_once(database: Database, outbox: Outbox, other: Database) -> None:
    mailbox = Mailbox()
    everything = [delivery(f"k{number}", lane=f"lane {number % 7}") for number in range(60)]
    await put(database, outbox, *everything)
    here, there = (Dispatcher(box, {"web": mailbox}, pace=Pace(poll=0.02)) for box in (outbox, Outbox(other)))
    async with running(here, there):
        await eventually(lambda: len(mailbox.keys) >= len(everything))
    assert sorted(mailbox.keys) == sorted(each.key for each in everything)
    for lane in range(7):
        in_lane = [key for key in mailbox.keys if int(key[1:]) % 7 == lane]
        assert in_lane == sorted(in_lane, key=lambda key: int(key[1:]))
    assert await waiting(outbox, "web") == []


async def test_only_so_many_at_once(database: Database, outbox: Outbox) -> None:
    slow = Slow()
    await put(database, outbox, *(delivery(f"k{number}") for number in range(8)))
    async with running(Dispatcher(outbox, {"web": slow}, pace=Pace(concurrency=3, poll=0.01))):
        await eventually(lambda: len(slow.begun) == 3)
        await asyncio.sleep(0.05)
        assert len(slow.begun) == 3
        slow.arrive.set()
        await eventually(lambda: len(slow.keys) == 8)


async def test_slow_replies_leave_room_for_officers_answers(database: Database, outbox: Outbox) -> None:
    class Thoughtful(Slow):
        async def deliver(self, delivery: Delivery) -> None:
            if delivery.kind in {"reply", "command"}:
                return await super().deliver(delivery)
            self.keys.append(delivery.key)

    thoughtful = Thoughtful()
    kinds = ("reply", "command") * 5
    owed = [delivery(f"k{number}").model_copy(update={"kind": kind}) for number, kind in enumerate(kinds)]
    await put(database, outbox, *owed)
    async with running(Dispatcher(outbox, {"web": thoughtful}, pace=Pace(concurrency=4, replies=3, poll=0.01))):
        await eventually(lambda: len(thoughtful.begun) == 3)
        answers = [delivery(f"a{number}").model_copy(update={"kind": "case.answered"}) for number in range(3)]
        await put(database, outbox, *answers)
        await eventually(lambda: sorted(thoughtful.keys) == ["a0", "a1", "a2"])
        assert len(thoughtful.begun) == 3
        thoughtful.arrive.set()
        await eventually(lambda: len(thoughtful.keys) == 13)


async def test_deliveries_for_others_are_left_to_others(database: Database, outbox: Outbox) -> None:
    mailbox = Mailbox()
    await put(database, outbox, delivery("theirs", platform="slack"), delivery("ours"))
    async with running(Dispatcher(outbox, {"web": mailbox}), Dispatcher(outbox, {})):
        await eventually(lambda: mailbox.keys == ["ours"])
    assert [each.delivery.key for each in await waiting(outbox, "slack", "web")] == ["theirs"]


async def test_a_failed_delivery_is_tried_again_later_and_holds_up_its_lane_only(
    database: Database, outbox: Outbox
) -> None:
    faulty = Faulty(a1=[ConnectionError("down"), TimeoutError()])
    backoff = Backoff(first=0.1, attempts=3)
    await put(database, outbox, delivery("a1", lane="a"), delivery("a2", lane="a"), delivery("b1", lane="b"))
    async with running(Dispatcher(outbox, {"web": faulty}, backoff, Pace(poll=0.01))):
        await eventually(lambda: len(faulty.keys) == 3)
    assert faulty.keys == ["b1", "a1", "a2"]
    first, second, third = (at for key, at in faulty.attempts if key == "a1")
    assert second - first >= dt.timedelta(seconds=0.05)
    assert third - second >= dt.timedelta(seconds=0.1)


async def test_a_delivery_that_keeps_failing_is_given_up_and_can_be_tried_again(
    database: Database, outbox: Outbox
) -> None:
    faulty = Faulty(a=[ConnectionError(f"down {number}") for number in range(3)])

    async def any_failed() -> bool:
        return bool(await outbox.failed())

    await put(database, outbox, delivery("a"), delivery("b"))
    async with running(Dispatcher(outbox, {"web": faulty}, QUICK, Pace(poll=0.01))):
        await eventually(any_failed)
        failed = await outbox.failed()
        assert [(each.delivery.key, each.error, each.attempts) for each in failed] == [
            ("a", "ConnectionError: down 2", 3)
        ]
        await eventually(lambda: faulty.given_up == ["a"])
        await asyncio.sleep(0.1)
        assert faulty.keys == ["b"], "nobody tries it any more"

        await outbox.retry(failed[0].id)
        await eventually(lambda: faulty.keys == ["b", "a"])
    assert await outbox.failed() == []


async def test_where_a_platform_says_how_long_to_wait_it_is_waited_for_but_not_for_ever(
    database: Database, outbox: Outbox
) -> None:
    faulty = Faulty(a=[Later("too many", 0.3)], b=[Later("too many", 1e9)])
    await put(database, outbox, delivery("a"), delivery("b"))
    async with running(Dispatcher(outbox, {"web": faulty}, Backoff(first=0.01, longest=0.6), Pace(poll=0.01))):
        await eventually(lambda: faulty.keys == ["a", "b"])
    times = [[at for tried, at in faulty.attempts if tried == key] for key in "ab"]
    assert all((last - first).total_seconds() >= wait for (first, last), wait in zip(times, (0.3, 0.6), strict=True))


async def test_what_can_never_arrive_is_given_up_at_once(database: Database, outbox: Outbox) -> None:
    faulty = Faulty(a=[Undeliverable("the channel is gone")])
    await put(database, outbox, delivery("a", lane="t"), delivery("b", lane="t"))
    async with running(Dispatcher(outbox, {"web": faulty})):
        await eventually(lambda: (faulty.keys, faulty.given_up) == (["b"], ["a"]))
    assert [each.error for each in await outbox.failed()] == ["Undeliverable: the channel is gone"]


async def test_who_cannot_be_told_at_once_is_told_later_and_holds_up_nobody(database: Database, outbox: Outbox) -> None:
    class Deaf(Faulty):
        async def give_up(self, delivery: Delivery) -> None:
            await super().give_up(delivery)
            if len(self.given_up) < QUICK.attempts:
                assert self.keys == ["b"]
                raise ConnectionError("down")

    deaf = Deaf(a=[Undeliverable("the channel is gone")])
    slow = Backoff(first=0.3, attempts=3)
    await put(database, outbox, delivery("a", lane="t"), delivery("b", lane="t"))
    async with running(Dispatcher(outbox, {"web": deaf}, slow, Pace(poll=0.01))):
        await eventually(lambda: deaf.given_up == ["a"] * 3)
    assert [each.delivery.key for each in await outbox.failed()] == ["a"]
    assert await outbox.waiting() == []


async def test_who_can_never_be_told_is_not_told_for_ever(database: Database, outbox: Outbox) -> None:
    class Deaf(Faulty):
        async def give_up(self, delivery: Delivery) -> None:
            await super().give_up(delivery)
            raise ConnectionError("down")

    async def all_given_up() -> bool:
        return len(await outbox.failed()) == 2

    deaf = Deaf(a=[Undeliverable("the channel is gone")])
    await put(database, outbox, delivery("a"))
    async with running(Dispatcher(outbox, {"web": deaf}, QUICK, Pace(poll=0.01))):
        await eventually(all_given_up)
        await asyncio.sleep(0.1)
    assert deaf.given_up == ["a"] * QUICK.attempts
    assert [(each.delivery.kind, each.delivery.key) for each in await outbox.failed()] == [
        ("undelivered", "a#undelivered"),
        ("reply", "a"),
    ]


async def test_what_is_given_up_again_is_told_once(database: Database, outbox: Outbox) -> None:
    faulty = Faulty(a=[Undeliverable("gone"), Undeliverable("still gone")])
    await put(database, outbox, delivery("a"))
    async with running(Dispatcher(outbox, {"web": faulty}, QUICK, Pace(poll=0.01))):
        await eventually(lambda: faulty.given_up == ["a"])
        await outbox.retry_all()

        async def given_up_again() -> bool:
            return [each.error for each in await outbox.failed()] == ["Undeliverable: still gone"]

        await eventually(given_up_again)
        await asyncio.sleep(0.1)
    assert faulty.given_up == ["a"]


async def test_a_delivery_that_takes_its_process_down_every_time_is_given_up(
    database: Database, outbox: Outbox
) -> None:
    await put(database, outbox, delivery("poison"))
    for _ in range(QUICK.attempts):
        assert await outbox.lease(["web"], 1, dt.timedelta(0)), "taken by a process that died with it"
    mailbox = Mailbox()
    async with running(Dispatcher(outbox, {"web": mailbox}, QUICK)):
        await put(database, outbox, delivery("next"))
        await eventually(lambda: (mailbox.keys, mailbox.given_up) == (["next"], ["poison"]))
    assert [each.error for each in await outbox.failed()] == ["interrupted at every attempt"]


async def test_a_delivery_may_take_longer_than_its_lease(database: Database, outbox: Outbox, other: Database) -> None:
    slow, elsewhere = Slow(), Mailbox()
    brief = Pace(poll=0.02, lease=3.0)  # renewed each second: a busy machine may pause for two
    await put(database, outbox, delivery("long"))
    async with running(Dispatcher(outbox, {"web": slow}, pace=brief)):
        await eventually(lambda: slow.begun == ["long"])
        async with running(Dispatcher(Outbox(other), {"web": elsewhere}, pace=brief)):
            await asyncio.sleep(3.5)
            slow.arrive.set()
            await eventually(lambda: slow.keys == ["long"])
    assert (slow.begun, elsewhere.keys) == (["long"], [])


async def test_a_rush_goes_first_and_is_not_waited_for_for_ever(database: Database, outbox: Outbox) -> None:
    mailbox = Mailbox()
    await put(database, outbox, delivery("patient"))
    outbox.rush.hold()
    began = time.monotonic()
    async with running(Dispatcher(outbox, {"web": mailbox}, pace=Pace(poll=0.02))):
        while not mailbox.keys and time.monotonic() - began < 20:
            outbox.rush.hold()
            await asyncio.sleep(0.01)
            held = time.monotonic() - began
    assert mailbox.keys == ["patient"]
    assert held > 1.9


async def test_what_was_held_goes_when_the_rush_is_over(database: Database, outbox: Outbox) -> None:
    mailbox = Mailbox()
    await put(database, outbox, delivery("a"))
    outbox.rush.hold()
    async with running(Dispatcher(outbox, {"web": mailbox}, pace=Pace(poll=0.02))):
        await eventually(lambda: mailbox.keys == ["a"])


async def test_stopping_lets_deliveries_finish(database: Database, outbox: Outbox) -> None:
    slow = Slow()
    await put(database, outbox, delivery("under way"))
    async with running(Dispatcher(outbox, {"web": slow})) as stop:
        await eventually(lambda: slow.begun == ["under way"])
        stop.set()
        await asyncio.sleep(0.02)
        await put(database, outbox, delivery("too late"))
        slow.arrive.set()
    assert slow.keys == ["under way"]
    assert [each.delivery.key for each in await waiting(outbox, "web")] == ["too late"]


async def test_what_does_not_finish_in_time_is_given_back(database: Database, outbox: Outbox) -> None:
    stuck = Slow()
    await put(database, outbox, delivery("stuck"))
    async with running(Dispatcher(outbox, {"web": stuck}, pace=Pace(grace=0.05))):
        await eventually(lambda: stuck.begun == ["stuck"])
    (again,) = await waiting(outbox, "web")
    assert (again.delivery.key, again.attempt) == ("stuck", 1)


async def test_a_database_that_is_away_for_a_while_does_not_end_the_dispatcher(tmp_path: Path) -> None:
    folder = tmp_path / "not yet mounted"
    database, mailbox = Database(f"sqlite+aiosqlite:///{folder / 'desk.db'}"), Mailbox()
    outbox = Outbox(database)
    async with running(Dispatcher(outbox, {"web": mailbox}, pace=Pace(poll=0.02))):
        await asyncio.sleep(0.1)
        folder.mkdir()
        await migrate(database)
        await put(database, outbox, delivery("a"))
        await eventually(lambda: mailbox.keys == ["a"])
    await database.close()


@given(attempt=st.integers(1, 200), first=st.floats(0.001, 60), longest=st.floats(0.001, 3600))
def test_waits_double_up_to_the_longest_and_are_spread(attempt: int, first: float, longest: float) -> None:
    backoff = Backoff(first=first, longest=longest)
    full = min(first * 2.0 ** min(attempt - 1, 100), longest)
    delays = [backoff.delay(attempt).total_seconds() for _ in range(5)]
    assert all(full / 2 - 1e-6 <= delay <= full + 1e-6 for delay in delays)
