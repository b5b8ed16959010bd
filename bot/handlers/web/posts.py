"""Messages as a visitor sees them: what belongs beside each, rendered for pages and for live updates."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup
from pydantic import BaseModel, ConfigDict
from sse_starlette import ServerSentEvent

from bot.database import now
from bot.desk.case import Case
from bot.desk.desk import Desk
from bot.guard import LONGEST_QUESTION
from bot.handlers.web.feedback import Feedback, Opinion
from bot.handlers.web.identity import Visitor
from bot.handlers.web.messages import Kind, Message, Thread, new_key
from bot.handlers.web.news import Item
from bot.handlers.web.rendering import Rendering
from knowledge.remembering import Remembered

_KEPT = 512
"""Pieces of pages that are kept: what the last two hundred messages look like, to a kind of reader or their author."""


class Surroundings(BaseModel):
    """What a visitor sees beside messages: cases that were opened from them, and what the visitor thinks of them."""

    model_config = ConfigDict(frozen=True)

    cases: Mapping[str, Case]
    thumbs: Mapping[str, Opinion]


class Page(NamedTuple):
    """Who sees a page, and what beside messages; the `key` that its forms have; and its `path`, where it is not the
    address that it answers."""

    visitor: Visitor
    around: Surroundings
    key: str
    path: str


class Posts:
    """Prepares messages for a visitor."""

    def __init__(self, rendering: Rendering, desk: Desk, feedback: Feedback) -> None:
        self._rendering = rendering
        self._desk = desk
        self._feedback = feedback
        self._kept = Remembered[tuple[Message, str]](_KEPT)
        self._key, self._inside = new_key(), new_key()
        self._told: Sequence[Item] = ()
        self._events: dict[tuple[int, dt.date, Visitor], bytes] = {}

    async def around(self, messages: Sequence[Message], visitor: Visitor) -> Surroundings:
        """What the visitor sees beside these messages."""
        replies = [message.id for message in messages if message.kind is Kind.REPLY]
        cases = await self._desk.of_replies(replies) if replies else {}
        thumbs = await self._feedback.of(replies, visitor.id) if replies else {}
        return Surroundings(cases=cases, thumbs=thumbs)

    def shown(self, threads: Sequence[Thread], page: Page) -> list[Markup]:
        """The threads for a page of many."""
        return [self._filled(self._shell(each.messages[0], page.visitor, page.key), each, page) for each in threads]

    def alone(self, thread: Thread, page: Page) -> Markup:
        """A thread for its own page."""
        values = {"inside": self._inside, "key": page.key, "alone": True}
        return self._filled(self._rendered(page.visitor, "shell.html", thread.messages[0], **values), thread, page)

    def _filled(self, shell: str, thread: Thread, page: Page) -> Markup:
        inside = [self._html(message, page.visitor, page.around, page.path) for message in thread.messages]
        return Markup(shell.replace(self._inside, "".join(inside)))  # noqa: S704 - templates have made both

    async def updates(self, messages: Sequence[Message], visitor: Visitor) -> list[dict[str, Any]]:
        """The messages as live updates: the browser puts `html` where the message stands or belongs, and `shell` where
        the thread is `new`. `revision` tells it which of two that cross on the way is the newer one."""
        around = await self.around([message for message in messages if not message.untouched], visitor)
        return self._updates(messages, visitor, around)

    def told(self, items: Sequence[Item], visitor: Visitor, last: int) -> bytes:
        """The same of what has changed, as the event of a stream that leads up to the `last` revision. To all to whom
        it looks alike it is written once, for as long as they are told of the same."""
        if not items or any(_concerns(item, visitor) for item in items):
            return self._event(items, visitor, last)
        if len(items) != len(self._told) or any(one is not other for one, other in zip(items, self._told, strict=True)):
            self._told, self._events = tuple(items), {}
        anybody = _anybody(visitor)
        which = (last, now().date(), anybody)
        if which not in self._events:
            self._events[which] = self._event(items, anybody, last)
        return self._events[which]

    def _event(self, items: Sequence[Item], visitor: Visitor, last: int) -> bytes:
        cases = {item.message.id: item.case for item in items if item.case}
        thumbs = {item.message.id: item.opinions[visitor.id] for item in items if visitor.id in item.opinions}
        updates = self._updates([item.message for item in items], visitor, Surroundings(cases=cases, thumbs=thumbs))
        return ServerSentEvent(json.dumps(updates), event="messages", id=str(last)).encode()

    def _updates(self, messages: Sequence[Message], visitor: Visitor, around: Surroundings) -> list[dict[str, Any]]:
        return [
            {
                "id": message.id,
                "thread": message.thread,
                "revision": message.revision,
                "html": self._html(message, visitor, around),
                "shell": self._empty(message, visitor) if message.root else None,
                "new": message.untouched,
                "mine": message.kind is not Kind.ANSWER and message.person.id == visitor.id,
            }
            for message in messages
        ]

    def _html(self, message: Message, visitor: Visitor, around: Surroundings, path: str = "") -> str:
        if message.id in around.cases or message.id in around.thumbs:
            return self._rendered(visitor, "message.html", message, around=around, path=path)
        # What can be done with a reply is its asker's; all else looks the same to them.
        theirs = message.said and message.person.id == visitor.id
        reader = _anywhere(visitor) if theirs else _anybody(visitor)
        return self._same(reader, "message.html", message, around=Surroundings(cases={}, thumbs={}), path=path)

    def _empty(self, message: Message, visitor: Visitor) -> str:
        return self._shell(message, visitor, new_key()).replace(self._inside, "")

    def _shell(self, message: Message, visitor: Visitor, key: str) -> str:
        # Each form has a key of its own, in each browser: those who are told the same have the same one.
        shell = self._same(_anybody(visitor), "shell.html", message, inside=self._inside, key=self._key, alone=False)
        return shell.replace(self._key, key)

    def _same(self, visitor: Visitor, template: str, message: Message, **values: Any) -> str:
        """What looks the same to all whom this visitor stands for: rendered once."""
        which = (template, message.id, now().date(), visitor, values.get("path"))
        kept = self._kept.get(which)
        if kept and kept[0] == message:
            return kept[1]
        html = self._rendered(visitor, template, message, **values)
        self._kept.keep(which, (message, html))
        return html

    def _rendered(self, visitor: Visitor, template: str, message: Message, **values: Any) -> str:
        return self._rendering.part(visitor, template, message=message, limit=LONGEST_QUESTION, **values)


def _concerns(item: Item, visitor: Visitor) -> bool:
    """Does it look otherwise to the visitor than to others, or may it?"""
    return bool(item.case) or visitor.id in item.opinions or item.message.person.id == visitor.id


def _anybody(visitor: Visitor) -> Visitor:
    """All of that role and language."""
    return _anywhere(visitor).model_copy(update={"id": "", "name": ""})


def _anywhere(visitor: Visitor) -> Visitor:
    """The same person in any of their browsers."""
    return visitor.model_copy(update={"session": ""})
