"""What a question in Teams goes on from."""

from __future__ import annotations

import datetime as dt

from pydantic import BaseModel, ConfigDict

from bot.database import now
from bot.handlers.teams.questions.asking import Asked
from bot.replies import LONGEST_HISTORY, Replies

_GOES_ON = dt.timedelta(minutes=30)
"""For so long a chat, which has no threads, goes on from what was asked before."""


class Context(BaseModel):
    """`meant`: the bot is asked. `history`: the person's earlier questions that bear on it, oldest first."""

    model_config = ConfigDict(frozen=True)

    meant: bool = True
    history: tuple[str, ...] = ()


class Following:
    """Finds out what a question follows. Of what others write in a thread, Teams tells a bot nothing."""

    def __init__(self, replies: Replies) -> None:
        self._replies = replies

    async def context(self, asked: Asked) -> Context:
        """What the person has asked before in the thread, or a while ago in the chat."""
        place, asker = asked.question.place, asked.question.asker.id
        if place.thread:
            return Context(history=await self._replies.history(place, asker))
        since = now() - _GOES_ON
        latest = await self._replies.of_asker(place.workspace, asker, LONGEST_HISTORY, since=since)
        here = [each.question.text for each in latest if each.question.place.channel == place.channel]
        return Context(history=tuple(filter(None, here[::-1])))
