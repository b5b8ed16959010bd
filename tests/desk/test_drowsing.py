"""A dispatcher that has nothing to do looks less often, until something comes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from bot.database import Database
from bot.desk.dispatcher import Dispatcher, Pace
from bot.desk.outbox import Leased, Outbox
from tests.desk.examples import Mailbox, delivery, eventually, put, running

POLL = 0.02


class Looked(Outbox):
    """An outbox that counts how often work is looked for in it."""

    looks = 0

    async def lease(self, *given: Any) -> Sequence[Leased]:
        self.looks += 1
        return await super().lease(*given)


async def test_where_nothing_comes_it_looks_less_often_until_something_does(database: Database) -> None:
    outbox, mailbox = Looked(database), Mailbox()
    async with running(Dispatcher(outbox, {"web": mailbox}, pace=Pace(poll=POLL, drowsy=1000))):
        await asyncio.sleep(1.5)
        # After 0, .02, .06, .14, .3, .62 and 1.26 seconds; the next time would be after 2.54.
        assert 1 < outbox.looks <= 7
        await put(database, outbox, delivery("key"))
        await eventually(lambda: mailbox.keys == ["key"], within=20)
        before = outbox.looks
        await asyncio.sleep(0.5)
        # Still asleep, it would have looked once at most when its own delivery had ended, and not again.
        assert outbox.looks >= before + 3


async def test_it_sleeps_so_long_and_no_longer(database: Database) -> None:
    outbox = Looked(database)
    async with running(Dispatcher(outbox, {"web": Mailbox()}, pace=Pace(poll=POLL, drowsy=2))):
        await eventually(lambda: outbox.looks > 20, within=20)
