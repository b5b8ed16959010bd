"""Messages as a visitor sees them: what belongs beside each, rendered for pages and for live updates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from bot.desk.case import Case
from bot.desk.desk import Desk
from bot.handlers.web.feedback import Feedback, Opinion
from bot.handlers.web.identity import Visitor
from bot.handlers.web.messages import Kind, Message, new_key
from bot.handlers.web.rendering import Rendering


class Surroundings(BaseModel):
    """What a visitor sees beside messages: cases that were opened from them, and what the visitor thinks of them."""

    model_config = ConfigDict(frozen=True)

    cases: Mapping[str, Case]
    thumbs: Mapping[str, Opinion]


class Posts:
    """Prepares messages for a visitor."""

    def __init__(self, rendering: Rendering, desk: Desk, feedback: Feedback) -> None:
        self._rendering = rendering
        self._desk = desk
        self._feedback = feedback

    async def around(self, messages: Sequence[Message], visitor: Visitor) -> Surroundings:
        """What the visitor sees beside these messages."""
        replies = [message.id for message in messages if message.kind is Kind.REPLY]
        cases = await self._desk.of_replies(replies) if replies else {}
        thumbs = await self._feedback.of(replies, visitor.id) if replies else {}
        return Surroundings(cases=cases, thumbs=thumbs)

    async def updates(self, messages: Sequence[Message], visitor: Visitor) -> list[dict[str, Any]]:
        """The messages as live updates: the browser puts `html` where the message stands or belongs, and `shell` where
        the thread is new to it. `revision` tells it which of two that cross on the way is the newer one."""
        around = await self.around(messages, visitor)
        return [
            {
                "id": message.id,
                "thread": message.thread,
                "revision": message.revision,
                "html": self._rendering.part(visitor, "message.html", message=message, around=around),
                "shell": self._shell(message, visitor) if message.root else None,
                "mine": message.kind is not Kind.ANSWER and message.person.id == visitor.id,
            }
            for message in messages
        ]

    def _shell(self, message: Message, visitor: Visitor) -> str:
        return self._rendering.part(visitor, "shell.html", message=message, key=new_key())
