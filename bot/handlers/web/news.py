"""What changes in a channel, read once for all who watch it in this process."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import itertools
import time
from collections import deque
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import NamedTuple

from bot.desk.case import Case
from bot.desk.desk import Desk
from bot.handlers.web.feedback import Feedback, Opinion
from bot.handlers.web.live import Live, ticks
from bot.handlers.web.messages import Kind, Message
from bot.handlers.web.threads import Threads

_AT_ONCE = 100
_REMEMBERED = 300
"""Changes of a channel that are held for who reads slowly; who is further behind asks the database."""
_HELD = 600.0
"""Seconds for which they are: what is deleted without being a change, as what is old is at night, is gone from here."""


class Item(NamedTuple):
    """A message that has changed, the case that was opened from it, what people think of it, by visitor, and when that
    was read, by this process's clock."""

    message: Message
    case: Case | None
    opinions: Mapping[str, Opinion]
    read: float


@dataclasses.dataclass
class _Recent:
    """The items of a channel after the revision `since` and up to `until`, as they were at a count of its changes."""

    since: int
    until: int
    count: int
    items: deque[Item] = dataclasses.field(default_factory=deque)
    turn: asyncio.Lock = dataclasses.field(default_factory=asyncio.Lock)

    def forget(self) -> None:
        """Let go of what is too much, or was read too long ago."""
        long_ago = time.monotonic() - _HELD
        while self.items and (len(self.items) > _REMEMBERED or self.items[0].read < long_ago):
            self.since = self.items.popleft().message.revision


class News:
    """Tells what is new since a revision. Those who hear of a change at once have it read by the first of them."""

    def __init__(self, threads: Threads, live: Live, desk: Desk, feedback: Feedback) -> None:
        self._threads = threads
        self._live = live
        self._desk = desk
        self._feedback = feedback
        self._recent: dict[str, _Recent] = {}

    async def ticks(self, channel: str) -> AsyncGenerator[None, None]:
        """Now, and after each change of the channel, as long as a stream lasts."""
        try:
            async with contextlib.aclosing(ticks(self._live, channel)) as each:
                async for _ in each:
                    yield
        finally:
            if not self._live.is_watched(channel):
                self._recent.pop(channel, None)

    async def since(self, channel: str, after: int) -> tuple[Sequence[Item], bool]:
        """What has changed after a revision, in order, and whether there is more. For who watches the channel."""
        recent = self._recent.get(channel)
        if recent is None:
            count, until = self._live.count(channel), await self._threads.revision(channel)
            recent = self._recent.setdefault(channel, _Recent(until, until, count))
        await self._catch_up(channel, recent)
        recent.forget()
        if after >= recent.since:
            newest = itertools.takewhile(lambda item: item.message.revision > after, reversed(recent.items))
            return list(newest)[::-1], False
        items = await self._read(channel, after)
        return items, len(items) == _AT_ONCE

    async def _catch_up(self, channel: str, recent: _Recent) -> None:
        wanted = self._live.count(channel)
        while recent.count < wanted:
            async with recent.turn:
                if recent.count >= wanted:
                    return
                count = self._live.count(channel)
                fresh = await self._read(channel, recent.until)
                again = {item.message.id for item in fresh}
                recent.items = deque([*(item for item in recent.items if item.message.id not in again), *fresh])
                if fresh:
                    recent.until = fresh[-1].message.revision
                recent.forget()
                if len(fresh) < _AT_ONCE:
                    recent.count = count

    async def _read(self, channel: str, after: int) -> Sequence[Item]:
        read = time.monotonic()
        messages = await self._threads.changed(channel, after, _AT_ONCE)
        replies = [message.id for message in messages if message.kind is Kind.REPLY and not message.untouched]
        cases = await self._desk.of_replies(replies) if replies else {}
        opinions = await self._feedback.of_all(replies) if replies else {}
        return [Item(message, cases.get(message.id), opinions.get(message.id, {}), read) for message in messages]
