"""Lets replies say what they have to; those that come at once in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Database
from bot.desk.group_commit import GroupCommit
from bot.desk.outcomes import Outcomes
from bot.handlers.web import PLATFORM
from bot.handlers.web.messages import Message
from bot.handlers.web.store import SAID, STILL_WAITING, advance
from bot.question import Reply


class _Wish(NamedTuple):
    reply: Message
    said: Reply


class Saying:
    """Writes replies, and counts how they ended. All take the lock of their channel, as those who ask do."""

    def __init__(self, database: Database, outcomes: Outcomes) -> None:
        self._outcomes = outcomes
        self._group = GroupCommit(database, self._write)

    async def say(self, reply: Message, said: Reply) -> None:
        """Let the reply say this. Nothing happens where it has come already."""
        await self._group.do(_Wish(reply, said))

    async def _write(self, session: AsyncSession, wishes: Sequence[_Wish]) -> Sequence[None]:
        here: defaultdict[str, list[_Wish]] = defaultdict(list)
        for wish in wishes:
            here[wish.reply.channel].append(wish)
        # Whoever else changes a channel waits from here on. All take them in order.
        revisions = {channel: await advance(session, channel, by=len(here[channel])) for channel in sorted(here)}
        asked = {"messages": [wish.reply.id for wish in wishes]}
        waiting = set(await session.scalars(STILL_WAITING, asked))
        said, told = [], []
        for channel, these in here.items():
            for revision, wish in enumerate(these, start=revisions[channel] - len(these) + 1):
                if wish.reply.id in waiting:
                    waiting.remove(wish.reply.id)
                    told.append((wish.reply.id, wish.said))
                    now_says = wish.said.model_dump(mode="json")
                    said.append({"message": wish.reply.id, "at": revision, "told": now_says})
        if said:
            await self._outcomes.note_all(session, PLATFORM, told)
            await session.execute(SAID, said)
        return [None] * len(wishes)
