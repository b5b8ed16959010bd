"""Replies take turns where there is no chat model to wait for: then they do nothing but compute."""

from __future__ import annotations

import asyncio

from bot.question import Listener, Question, Reply
from bot.thinking import Conversation


class Turns:
    """A conversation that thinks of so many replies `at_once`; the others wait, in the order in which they came.

    Python computes on one core at a time: more at once would each take longer, and hold up what is to be acknowledged.
    """

    def __init__(self, conversation: Conversation, at_once: int) -> None:
        self._conversation = conversation
        self._turn = asyncio.Semaphore(at_once)

    async def reply(self, question: Question, listener: Listener | None = None) -> Reply:
        """The reply of the conversation."""
        async with self._turn:
            return await self._conversation.reply(question, listener)
