"""How replies are thought of in Slack, where files can be attached and people have the app in a language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from bot import thinking
from bot.handlers.slack.directory import Directory
from bot.handlers.slack.questions.asking import Asked
from bot.handlers.slack.questions.attachments import Attached, joined
from bot.handlers.slack.questions.languages import Languages
from bot.posing import Posed
from bot.question import Listener, Reply
from bot.replies import Replies
from bot.texts import Texts
from bot.thinking import Conversation, Following
from bot.understanding import by_words

_EMPTY = "reply.refused.empty"


class Attachments(Protocol):
    """Reads files."""

    async def read(self, workspace: str, files: Sequence[Mapping[str, Any]]) -> Attached:
        """What they say, and what the asker is to be told about them."""


class Thinking(thinking.Thinking[Asked]):
    """Thinks of replies, also to what is in files."""

    def __init__(
        self,
        directory: Directory,
        following: Following[Asked],
        attachments: Attachments,
        replies: Replies,
        conversation: Conversation,
        texts: Texts,
        tell_language: Callable[[str, Sequence[str]], str],
    ) -> None:
        super().__init__(directory, following, replies, conversation, texts, tell_language)
        self._languages = Languages(directory)
        self._attachments = attachments

    async def first_language(self, question: Posed) -> str:
        """The language that the question seems to be in at first sight, at once: what is only for show waits for no
        closer look."""
        told = (by_words(text) for text in (question.text, *reversed(question.history)))
        asker, workspace = question.asker.id, question.place.workspace
        return next(filter(None, told), "") or await self._languages.of(workspace, asker, question.text)

    async def _answer(self, asked: Asked, question: Posed, listener: Listener | None) -> Reply:
        if not asked.files:
            return await super()._answer(asked, question, listener)
        found = await self._attachments.read(question.place.workspace, asked.files)
        attached = joined(question.text, found)
        if asked.refused and not (attached.text and asked.refused.key == _EMPTY):
            reply = await self._refuse(asked.refused, question)
        else:
            language = await self.language(question) if question.text else None
            # The document is read for this reply and kept nowhere: the question stays what its asker wrote.
            thought = question.model_copy(update={"text": attached.text, "language": language})
            reply = await self._conversation.reply(thought, listener)
        return self._noted(reply, asked, [self._texts(reply.language, key, **values) for key, values in attached.notes])
