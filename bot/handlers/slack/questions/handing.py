"""Hands to the case officers what somebody sends them by a shortcut."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable

from bot.desk.notices import lane_of
from bot.desk.outbox import Delivery
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.blocks import said as plainly
from bot.handlers.slack.directory import Directory
from bot.handlers.slack.owing import Owing
from bot.handlers.slack.questions.aside import Aside
from bot.handlers.slack.questions.asking import Posed
from bot.handlers.slack.questions.shortcuts import Sent
from bot.handlers.slack.store import Replies, Said
from bot.people import audience_of
from bot.question import Reply, Status
from bot.texts import Texts


class Handing:
    """Carries texts to the officers. Each is kept as a question that the bot left to them, and then goes the way of
    every question that its asker sends on."""

    def __init__(
        self,
        owing: Owing,
        aside: Aside,
        directory: Directory,
        replies: Replies,
        texts: Texts,
        tell_language: Callable[[str], str],
    ) -> None:
        self._owing = owing
        self._aside = aside
        self._directory = directory
        self._replies = replies
        self._texts = texts
        self._tell_language = tell_language

    async def deliver(self, delivery: Delivery) -> None:
        """Owe the officers the case. The answer comes to the message's thread, or aside where the bot can't get in."""
        sent = Sent.model_validate(delivery.payload)
        said = await self._replies.owed_by(delivery.key) or await self._keep(delivery.key, sent)
        payload = {"reply": said.reply.id, "name": sent.handle}
        key = f"forward:{PLATFORM}:{said.reply.id}"
        await self._owing.owe("forward", key, lane_of(said.question.place), payload)

    async def give_up(self, delivery: Delivery) -> None:
        """Tell whoever sent it that it did not arrive."""
        sent = Sent.model_validate(delivery.payload)
        told = plainly(self._texts(sent.language, "slack.shortcut.failed"))
        await self._aside.tell(f"{delivery.key}#given_up", sent.ear, told)

    async def _keep(self, key: str, sent: Sent) -> Said:
        place = await self._directory.place(await self._aside.thread(sent.ear), sent.ear.user)
        posed = sent.asked.question
        person = await self._directory.person(place.workspace, posed.asker.id)
        asker = posed.asker.model_copy(update={"role": person.role})
        question: Posed = posed.model_copy(
            update={"asker": asker, "place": place, "audience": audience_of(asker, place)}
        )
        # In a thread: to tell a language can take a while.
        language = await asyncio.to_thread(self._tell_language, question.text)
        reply = Reply(id=secrets.token_urlsafe(12), status=Status.ABSTAINED, language=language)
        return await self._replies.keep(key, question, reply)
