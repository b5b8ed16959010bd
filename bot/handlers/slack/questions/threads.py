"""Who has asked the bot in a thread: what says, before anything else, whether a message there may be for it."""

from __future__ import annotations

from sqlalchemy import select

from bot.database import Database
from bot.desk.notices import lane_of
from bot.desk.outbox_table import OutboxRow
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.questions.asking import Asked
from bot.handlers.slack.store import ReplyRow
from bot.people import Place


class Threads:
    """The threads that the bot is in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def askers(self, place: Place) -> frozenset[str]:
        """The ids of those who have asked the bot there, answered or waiting for it. Nobody: the bot is not in it."""
        lane = lane_of(place)
        answered = select(ReplyRow.asker).where(ReplyRow.thread == lane).distinct()
        waiting = select(OutboxRow.payload).where(
            OutboxRow.platform == PLATFORM,
            OutboxRow.lane == lane,
            OutboxRow.kind == "reply",
            OutboxRow.done_at.is_(None),
            OutboxRow.failed_at.is_(None),
        )
        async with self._database.reading() as session:
            askers = set(await session.scalars(answered))
            owed = [Asked.model_validate(payload) for payload in await session.scalars(waiting)]
        return frozenset(askers | {each.question.asker.id for each in owed if each.certain})
