"""From what was asked to a reply that is kept: who asks where, what the answer is, and whether it may be read there.

The same on every platform. A platform says who people are, who reads along where, and what a message goes on from.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar

import structlog

from bot.desk.notices import apology
from bot.people import Place, Role, audience_of
from bot.posing import Asked, Posed, Refusal
from bot.question import Listener, Question, Reply, Status
from bot.replies import Replies, Said
from bot.texts import Texts
from bot.understanding import by_words
from knowledge.model import Audience

log = structlog.get_logger(__name__)

A_contra = TypeVar("A_contra", bound=Asked, contravariant=True)


class Conversation(Protocol):
    """Replies to questions."""

    async def reply(self, question: Question, listener: Listener | None = None) -> Reply:
        """The reply; `listener` hears how it comes about."""


class Context(Protocol):
    """What a message in a thread is to the bot: whether it is `meant`, and what was said before."""

    @property
    def meant(self) -> bool:
        """Is the bot asked?"""

    @property
    def history(self) -> tuple[str, ...]:
        """The thread before it, oldest first."""


class Following(Protocol[A_contra]):
    """Follows threads."""

    async def context(self, asked: A_contra) -> Context:
        """What the message is to the bot."""


class Directory(Protocol):
    """Looks people and places up. Of whom nothing is known is an outsider."""

    async def role(self, place: Place, user: str) -> Role:
        """What the user is to the municipality."""

    async def place(self, place: Place, asker: str) -> Place:
        """The place as it stands now: with outsiders or without, and private or not."""


class Thinking(Generic[A_contra]):
    """Thinks of replies, and keeps them: one for each delivery."""

    def __init__(
        self,
        directory: Directory,
        following: Following[A_contra],
        replies: Replies,
        conversation: Conversation,
        texts: Texts,
        tell_language: Callable[[str, Sequence[str]], str],
    ) -> None:
        self._directory = directory
        self._following = following
        self._replies = replies
        self._conversation = conversation
        self._texts = texts
        self._tell_language = tell_language

    async def question(self, asked: A_contra) -> Posed | None:
        """The question as it stands now: who asks, where, after what. None where it was not meant for the bot."""
        posed = asked.question
        context = await self._following.context(asked)
        if not (asked.certain or context.meant):
            return None
        return await self._placed(posed.model_copy(update={"history": context.history}))

    async def reply(self, key: str, asked: A_contra, question: Posed, listener: Listener | None) -> Said:
        """The reply that the delivery of that key owes."""
        reply = await self._answer(asked, question, listener)
        return await self._replies.keep(key, question, reply)

    async def handed(self, key: str, posed: Posed) -> Said:
        """What goes to the officers without an answer of the bot's: kept as a question that the bot left to them, once
        for each key."""
        if kept := await self._replies.owed_by(key):
            return kept
        question = await self._placed(posed)
        language = await self.language(question)
        reply = Reply(id=secrets.token_urlsafe(12), status=Status.ABSTAINED, language=language)
        return await self._replies.keep(key, question, reply)

    async def may_be_read(self, question: Posed) -> bool:
        """May what was found for the question be read where it was asked, as things stand now?"""
        return question.audience is Audience.PUBLIC or (await self._placed(question)).audience is Audience.INTERNAL

    async def fitting(self, key: str, asked: A_contra, said: Said) -> Said:
        """The reply itself, or another from public sources where outsiders read along by now."""
        if await self.may_be_read(said.question):
            return said
        log.info("reply.outsiders_came", key=key)
        # Kept with the reply: a message that shows the first one must be changed, now or by another attempt.
        question = (await self._placed(said.question)).model_copy(update={"narrowed": True})
        return await self._replies.replace(key, question, await self._answer(asked, question, None))

    async def apology(self, key: str, asked: A_contra, error: str) -> Said | None:
        """What the asker is told in place of a reply that will not come; None where nobody is known to wait for one."""
        question = asked.question
        if not asked.certain and await self.question(asked) is None:
            return None
        reply = apology(await self.language(question), self._texts)
        changes: dict[str, Any] = {"note": self._texts(reply.language, "reply.error", error=error)}
        if asked.refused:
            changes["status"] = Status.REFUSED  # there is no question that an officer could be sent
        return await self._replies.keep(key, question, self._noted(reply.model_copy(update=changes), asked))

    async def language(self, question: Posed) -> str:
        """The language that the question is in."""
        if told := by_words(question.text):
            return told
        # In a thread: to look closely can take a while, and seconds the first time.
        return await asyncio.to_thread(self._tell_language, question.text, question.history)

    async def _placed(self, posed: Posed) -> Posed:
        place = await self._directory.place(posed.place, posed.asker.id)
        role = await self._directory.role(place, posed.asker.id)
        asker = posed.asker.model_copy(update={"role": role})
        audience = audience_of(asker, place)
        if posed.seen and audience is Audience.INTERNAL:
            audience = audience_of(asker, await self._directory.place(posed.seen, asker.id))
        return posed.model_copy(update={"asker": asker, "place": place, "audience": audience})

    async def _answer(self, asked: A_contra, question: Posed, listener: Listener | None) -> Reply:
        if asked.refused:
            reply = await self._refuse(asked.refused, question)
        else:
            reply = await self._conversation.reply(question, listener)
        return self._noted(reply, asked)

    async def _refuse(self, refused: Refusal, question: Posed) -> Reply:
        language = refused.language or await self.language(question)
        lead = self._texts(language, refused.key, **refused.values)
        return Reply(id=secrets.token_urlsafe(12), status=Status.REFUSED, language=language, lead=lead)

    def _noted(self, reply: Reply, asked: A_contra, more: Sequence[str] = ()) -> Reply:
        notes = [reply.note, *more, *(self._texts(reply.language, key) for key in asked.notes)]
        if asked.masked:
            # The conversation saw the text after it was masked and so has not told about it.
            notes.append(self._texts(reply.language, "reply.note.masked"))
        return reply.model_copy(update={"note": "\n".join(filter(None, dict.fromkeys(notes)))})
