"""The clock of a machine is wrong, and is set right."""

from __future__ import annotations

import asyncio
import shutil
import sys

import pytest

from bot.database import Database
from bot.desk.dispatcher import Dispatcher, Pace
from bot.desk.outbox import Outbox
from tests.databases import KINDS, Databases
from tests.desk.examples import Mailbox, delivery, eventually, put

FAKETIME = shutil.which("faketime")


@pytest.mark.slow
@pytest.mark.skipif(not FAKETIME, reason="`faketime` is not installed here; .ci/run installs it")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("off", ["+3h", "-3h"])
async def test_what_a_wrong_clock_has_put_off_arrives_all_the_same(databases: Databases, kind: str, off: str) -> None:
    async with databases.ready(kind) as address:
        database = Database(address)
        outbox, mailbox, stop = Outbox(database), Mailbox(), asyncio.Event()
        for key in ("a", "b", "c"):
            await put(database, outbox, delivery(key))
        command = (str(FAKETIME), "-f", off, sys.executable, "-m", "tests.desk.taker", address)
        taker = await asyncio.create_subprocess_exec(*command)
        assert await taker.wait()
        taken = [owed for owed in await outbox.waiting() if owed.attempts]
        assert [bool(owed.error) for owed in taken] == [True, False, False]
        delivering = asyncio.create_task(Dispatcher(outbox, {"web": mailbox}, pace=Pace(poll=0.05)).run(stop))
        await eventually(lambda: sorted(mailbox.keys) == ["a", "b", "c"])
        stop.set()
        await delivering
        await database.close()
