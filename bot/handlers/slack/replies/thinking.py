"""From what was asked to a reply that is kept: who asks where, what the answer is, and whether it may be read there."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import structlog

from bot.desk.notices import apology
from bot.handlers.slack.directory import Directory
from bot.handlers.slack.questions.asking import Asked, Posed, Refusal
from bot.handlers.slack.questions.attachments import Attached, joined
from bot.handlers.slack.questions.languages import Languages
from bot.handlers.slack.store import Replies, Said
from bot.people import audience_of
from bot.question import Listener, Question, Reply, Status
from bot.texts import Texts
from bot.understanding import by_words
from knowledge.model import Audience

log = structlog.get_logger(__name__)

_EMPTY = "reply.refused.empty"


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


class Following(Protocol):
    """Follows threads."""

    async def context(self, asked: Asked) -> Context:
        """What the message is to the bot."""


class Attachments(Protocol):
    """Reads files."""

    async def read(self, workspace: str, files: Sequence[Mapping[str, Any]]) -> Attached:
        """What they say, and what the asker is to be told about them."""


class Thinking:
    """Thinks of replies, and keeps them: one for each delivery."""

    def __init__(
        self,
        directory: Directory,
        following: Following,
        attachments: Attachments,
        replies: Replies,
        conversation: Conversation,
        texts: Texts,
        tell_language: Callable[[str, Sequence[str]], str],
    ) -> None:
        self._directory = directory
        self._languages = Languages(directory)
        self._following = following
        self._attachments = attachments
        self._replies = replies
        self._conversation = conversation
        self._texts = texts
        self._tell_language = tell_language

    async def question(self, asked: Asked) -> Posed | None:
        """The question as it stands now: who asks, where, after what. None where it was not meant for the bot."""
        posed = asked.question
        context = await self._following.context(asked)
        if not (asked.certain or context.meant):
            return None
        return await self._placed(posed.model_copy(update={"history": context.history}))

    async def reply(self, key: str, asked: Asked, question: Posed, listener: Listener | None) -> Said:
        """The reply that the delivery of that key owes."""
        reply = await self._answer(asked, question, listener)
        return await self._replies.keep(key, question, reply)

    async def may_be_read(self, question: Posed) -> bool:
        """May what was found for the question be read where it was asked, as things stand now?"""
        return question.audience is Audience.PUBLIC or (await self._placed(question)).audience is Audience.INTERNAL

    async def fitting(self, key: str, asked: Asked, said: Said) -> Said:
        """The reply itself, or another from public sources where outsiders read along by now."""
        if await self.may_be_read(said.question):
            return said
        log.info("slack.outsiders_came", key=key)
        # Kept with the reply: a message that shows the first one must be changed, now or by another attempt.
        question = (await self._placed(said.question)).model_copy(update={"narrowed": True})
        return await self._replies.replace(key, question, await self._answer(asked, question, None))

    async def apology(self, key: str, asked: Asked, error: str) -> Said | None:
        """What the asker is told in place of a reply that will not come; None where nobody is known to wait for one."""
        question = asked.question
        if not asked.certain and await self.question(asked) is None:
            return None
        reply = apology(await self.language(question), self._texts)
        changes: dict[str, Any] = {"note": self._texts(reply.language, "slack.error", error=error)}
        if asked.refused:
            changes["status"] = Status.REFUSED  # there is no question that an officer could be sent
        return await self._replies.keep(key, question, self._noted(reply.model_copy(update=changes), asked, Attached()))

    async def language(self, question: Posed) -> str:
        """The language that the question is in."""
        if told := by_words(question.text):
            return told
        # In a thread: to look closely can take a while, and seconds the first time.
        return await asyncio.to_thread(self._tell_language, question.text, question.history)

    async def first_language(self, question: Posed) -> str:
        """The language that the question seems to be in at first sight, at once: what is only for show waits for no
        closer look."""
        told = (by_words(text) for text in (question.text, *reversed(question.history)))
        asker, workspace = question.asker.id, question.place.workspace
        return next(filter(None, told), "") or await self._languages.of(workspace, asker, question.text)

    async def _placed(self, posed: Posed) -> Posed:
        place = await self._directory.place(posed.place, posed.asker.id)
        person = await self._directory.person(place.workspace, posed.asker.id)
        asker = posed.asker.model_copy(update={"role": person.role})
        audience = audience_of(asker, place)
        if posed.seen and audience is Audience.INTERNAL:
            audience = audience_of(asker, await self._directory.place(posed.seen, asker.id))
        return posed.model_copy(update={"asker": asker, "place": place, "audience": audience})

    async def _answer(self, asked: Asked, question: Posed, listener: Listener | None) -> Reply:
        thought, attached = question, Attached()
        if asked.files:
            found = await self._attachments.read(question.place.workspace, asked.files)
            attached = joined(question.text, found)
            language = await self.language(question) if question.text else None
            # The document is read for this reply and kept nowhere: the question stays what its asker wrote.
            thought = question.model_copy(update={"text": attached.text, "language": language})
        if asked.refused and not (attached.text and asked.refused.key == _EMPTY):
            reply = await self._refuse(asked.refused, question)
        else:
            reply = await self._conversation.reply(thought, listener)
        return self._noted(reply, asked, attached)

    async def _refuse(self, refused: Refusal, question: Posed) -> Reply:
        language = refused.language or await self.language(question)
        lead = self._texts(language, refused.key, **refused.values)
        return Reply(id=secrets.token_urlsafe(12), status=Status.REFUSED, language=language, lead=lead)

    def _noted(self, reply: Reply, asked: Asked, attached: Attached) -> Reply:
        notes = [reply.note, *(self._texts(reply.language, key, **values) for key, values in attached.notes)]
        if asked.masked:
            # The conversation saw the text after it was masked and so has not told about it.
            notes.append(self._texts(reply.language, "reply.note.masked"))
        return reply.model_copy(update={"note": "\n".join(filter(None, dict.fromkeys(notes)))})


def error_id(key: str) -> str:
    """Names, to people and in the log, what went wrong with a delivery."""
    return hashlib.sha256(key.encode()).hexdigest()[:8]
