"""Takes what is owed, has the first of it tried later, and dies: `python -m tests.desk.taker DATABASE`."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import signal
import sys

from bot.database import Database
from bot.desk.outbox import Outbox


async def main(address: str) -> None:
    """Take, postpone, die."""
    outbox = Outbox(Database(address))
    first, *_ = await outbox.lease(["web"], 10, dt.timedelta(seconds=10))
    await outbox.postpone(first, dt.timedelta(seconds=1), "not now")
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
