"""Hands to the case officers what somebody sends them by a shortcut."""

from __future__ import annotations

from bot.desk.notices import lane_of
from bot.desk.outbox import Delivery
from bot.desk.owing import Owing
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.blocks import said as plainly
from bot.handlers.slack.questions.aside import Aside
from bot.handlers.slack.questions.shortcuts import Sent
from bot.handlers.slack.replies.thinking import Thinking
from bot.texts import Texts


class Handing:
    """Carries texts to the officers. Each is kept as a question that the bot left to them, and then goes the way of
    every question that its asker sends on."""

    def __init__(self, thinking: Thinking, owing: Owing, aside: Aside, texts: Texts) -> None:
        self._thinking = thinking
        self._owing = owing
        self._aside = aside
        self._texts = texts

    async def deliver(self, delivery: Delivery) -> None:
        """Owe the officers the case. The answer comes to the message's thread, or aside where the bot can't get in."""
        sent = Sent.model_validate(delivery.payload)
        posed = sent.asked.question.model_copy(update={"place": await self._aside.thread(sent.ear)})
        said = await self._thinking.handed(delivery.key, posed)
        payload = {"reply": said.reply.id, "name": sent.handle}
        key = f"forward:{PLATFORM}:{said.reply.id}"
        await self._owing.owe("forward", key, lane_of(said.question.place), payload)

    async def give_up(self, delivery: Delivery) -> None:
        """Tell whoever sent it that it did not arrive."""
        sent = Sent.model_validate(delivery.payload)
        told = plainly(self._texts(sent.language, "slack.shortcut.failed"))
        await self._aside.tell(f"{delivery.key}#given_up", sent.ear, told)
