"""The bot of the tests as a process that can be killed: python -m tests.slack.process DATABASE SLACK PORT."""

from __future__ import annotations

import asyncio
import sys

from bot.app import create_app
from bot.database import Database
from bot.desk.desk import Desk
from bot.desk.dispatcher import Dispatcher
from bot.desk.outbox import Outbox
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.handler import SlackHandler
from bot.migrations import migrate
from bot.understanding import Understander
from tests.peers.serving import served
from tests.peers.slack import Slack
from tests.slack.examples import SCOPES, TEXTS, Books, Librarian, settings


async def main(address: str, url: str, port: int) -> None:
    """Answer and deliver, at the pace of production, until somebody ends the process."""
    slack = Slack(SCOPES)
    slack.url = url
    database = Database(address)
    await migrate(database)
    outbox = Outbox(database)
    handler = SlackHandler(
        settings=settings(slack, limit_asker=0, limit_place=0, limit_tenant=0),
        outbox=outbox,
        desk=Desk(database, outbox, officer_platforms=(PLATFORM,)),
        conversation=Librarian(),
        texts=TEXTS,
        database=database,
        understander=Understander(),
        library=Books(),
    )
    async with served(create_app([handler], database, [Dispatcher(outbox, {PLATFORM: handler.courier})]), port=port):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
