"""Answers questions where they were asked."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from typing import Protocol

from bot.desk.notices import apology
from bot.desk.outbox import Delivery
from bot.handlers.slack.directory import Directory
from bot.handlers.slack.questions.asking import Asked, Posed, Refusal
from bot.handlers.slack.replies import rendering
from bot.handlers.slack.store import Replies, Said
from bot.handlers.slack.workspace import Workspace
from bot.people import audience_of
from bot.question import Listener, Question, Reply, Status
from bot.texts import Texts


class Conversation(Protocol):
    """Replies to questions."""

    async def reply(self, question: Question, listener: Listener | None = None) -> Reply:
        """The reply; `listener` hears how it comes about."""


class ReplyCourier:
    """Carries replies: a question is answered once, and its reply posted once."""

    def __init__(
        self,
        workspace: Workspace,
        directory: Directory,
        replies: Replies,
        conversation: Conversation,
        texts: Texts,
        tell_language: Callable[[str, Sequence[str]], str],
    ) -> None:
        self._workspace = workspace
        self._directory = directory
        self._replies = replies
        self._conversation = conversation
        self._texts = texts
        self._tell_language = tell_language

    async def deliver(self, delivery: Delivery) -> None:
        """Answer the question, if that has not been done, and post the answer, if it is not there."""
        asked = Asked.model_validate(delivery.payload)
        said = await self._replies.owed_by(delivery.key)
        if said is None:
            said = await self._think(delivery.key, asked)
        await self._workspace.post(delivery.key, asked.question.place, rendering.replied(said.reply, self._texts))

    async def give_up(self, delivery: Delivery) -> None:
        """Say that a reply will not come, with the way to an officer."""
        asked = Asked.model_validate(delivery.payload)
        if asked.refused:
            return  # there is no question that an officer could be sent
        # Under a key of its own: should the reply be tried again, it can still come.
        key = f"{delivery.key}#given_up"
        said = await self._replies.owed_by(key)
        if said is None:
            question = await self._question(asked)
            said = await self._keep(key, asked, question, apology(await self._language(question), self._texts))
        await self._workspace.post(key, asked.question.place, rendering.replied(said.reply, self._texts))

    async def _think(self, key: str, asked: Asked) -> Said:
        question = await self._question(asked)
        if asked.refused:
            reply = await self._refuse(asked.refused, question)
        else:
            reply = await self._conversation.reply(question)
        return await self._keep(key, asked, question, reply)

    async def _keep(self, key: str, asked: Asked, question: Posed, reply: Reply) -> Said:
        if asked.masked:
            # The conversation saw the text after it was masked and so has not told about it.
            note = self._texts(reply.language, "reply.note.masked")
            reply = reply.model_copy(update={"note": f"{reply.note}\n{note}".strip()})
        return await self._replies.keep(key, question, reply)

    async def _question(self, asked: Asked) -> Posed:
        posed = asked.question
        place = await self._directory.place(posed.place)
        person = await self._directory.person(place.workspace, posed.asker.id)
        asker = posed.asker.model_copy(update={"role": person.role})
        context = {
            "asker": asker,
            "place": place,
            "audience": audience_of(asker, place),
            "history": await self._replies.history(place, asker.id),
        }
        return posed.model_copy(update=context)

    async def _refuse(self, refused: Refusal, question: Posed) -> Reply:
        language = refused.language or await self._language(question)
        lead = self._texts(language, refused.key, **refused.values)
        return Reply(id=secrets.token_urlsafe(12), status=Status.REFUSED, language=language, lead=lead)

    async def _language(self, question: Posed) -> str:
        # In a thread: to tell a language can take a while.
        return await asyncio.to_thread(self._tell_language, question.text, question.history)
