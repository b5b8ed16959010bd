"""What the tests of being asked in channels share."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select

from bot.desk.outbox_table import OutboxRow
from tests.peers.slack import BOT_USER
from tests.slack.examples import Bot

MENTION = f"<@{BOT_USER}>"


async def settled(bot: Bot) -> Sequence[OutboxRow]:
    """What was owed, when all of it has been done."""
    while True:
        async with bot.database.reading() as session:
            rows = list(await session.scalars(select(OutboxRow).order_by(OutboxRow.id)))
        if all(row.done_at or row.failed_at for row in rows):
            return rows
        await asyncio.sleep(0.01)


def kept(folder: Path) -> bytes:
    """All that is in the database's files."""
    return b"".join(path.read_bytes() for path in folder.glob("slack.db*"))
