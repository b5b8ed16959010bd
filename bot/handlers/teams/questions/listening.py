"""Hears what is written in chats and channels, and owes a reply where the bot is asked.

Of what is not for the bot, nothing is kept.
"""

from __future__ import annotations

from microsoft_teams.api.activities import MessageActivity, MessageDeleteActivity, MessageUpdateActivity
from microsoft_teams.apps import ActivityContext, App

from bot import wording
from bot.desk.notices import lane_of
from bot.desk.owing import Owing
from bot.guard import Guard
from bot.handlers.teams.cases.writing import Writing
from bot.handlers.teams.questions.asking import Heard, ask, hear, hear_again
from bot.handlers.teams.questions.counting import counted
from bot.handlers.teams.questions.holding_off import hold_off
from bot.replies import Replies
from bot.understanding import by_words


class Listening:
    """Listens to messages."""

    def __init__(self, writing: Writing, owing: Owing, replies: Replies) -> None:
        self._writing = writing
        self._owing = owing
        self._replies = replies
        self._guard = Guard()

    def register(self, app: App) -> None:
        """Let the SDK hand over what this hears."""
        app.on_message(self._hear)
        app.on_message_update(self._change)
        app.on_message_delete(self._take_away)

    async def _hear(self, ctx: ActivityContext[MessageActivity]) -> None:
        heard = hear(ctx.activity)
        if heard is None or await self._writing.heard(heard):
            return
        if heard.direct or heard.mentioned:
            await self._owe(heard)
        elif await self._goes_on(heard):
            await self._owe(heard, called=False)

    async def _change(self, ctx: ActivityContext[MessageUpdateActivity]) -> None:
        await self._writing.changed(hear_again(ctx.activity), str(ctx.activity.timestamp or ""))

    async def _take_away(self, ctx: ActivityContext[MessageDeleteActivity]) -> None:
        await self._writing.taken_away(hear_again(ctx.activity))

    async def _goes_on(self, heard: Heard) -> bool:
        """Does somebody who has asked the bot in the thread ask more, without calling on it? Teams tells only those
        bots of it that may read along (RSC)."""
        if not heard.in_thread or not (wording.follows_up(heard.text) or wording.refines(heard.text)):
            return False
        said = await self._replies.in_thread(heard.place)
        return bool(said) and said[-1].question.asker.id == heard.user

    async def _owe(self, heard: Heard, *, called: bool = True) -> None:
        asked = ask(heard, self._guard, by_words)
        if asked.refused and not called:
            return  # nobody waits to hear that it can't be read
        # Teams sends an activity again when the acknowledgement is late.
        payload = asked.model_dump(mode="json")
        counts = counted(heard.room.tenant, heard.room.channel, heard.user)
        limited = await self._owing.owe("reply", heard.key, lane_of(heard.place), payload, counts)
        if limited and called:
            await hold_off(self._owing, heard, limited)
