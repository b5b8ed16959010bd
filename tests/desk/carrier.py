"""A process that carries deliveries, to be killed: `python carrier.py ADDRESS STALLS_AT`.

Its courier is idempotent, as couriers must be: it writes each key once into the table `arrived`, and notes every call
in `called`. What has a key that begins with "lost" can't be delivered; that this was told stands in the table `told`.
At arrival or telling number STALLS_AT it says so on its output and hangs, before that is noted in the outbox.
"""

from __future__ import annotations

import asyncio
import sys

import structlog
from sqlalchemy import text

from bot.database import Database
from bot.desk.dispatcher import Dispatcher, Pace
from bot.desk.outbox import Delivery, Outbox, Undeliverable


class Writer:
    def __init__(self, database: Database, stalls_at: int) -> None:
        self._database = database
        self._left = stalls_at

    async def deliver(self, delivery: Delivery) -> None:
        if delivery.key.startswith("lost"):
            raise Undeliverable("nobody is there")
        await self._write("arrived", delivery.key)

    async def give_up(self, delivery: Delivery) -> None:
        await self._write("told", delivery.key)

    async def _write(self, table: str, key: str) -> None:
        async with self._database.writing() as session:
            await session.execute(text("INSERT INTO called (key) VALUES (:key)"), {"key": key})
            once = text(f"INSERT INTO {table} (key) VALUES (:key) ON CONFLICT DO NOTHING")
            await session.execute(once, {"key": key})
        self._left -= 1
        if self._left == 0:
            print("stalled", flush=True)
        if self._left <= 0:
            await asyncio.Event().wait()


async def main(address: str, stalls_at: int) -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    database = Database(address)
    pace = Pace(concurrency=4, poll=0.05, lease=1)
    await Dispatcher(Outbox(database), {"web": Writer(database, stalls_at)}, pace=pace).run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
