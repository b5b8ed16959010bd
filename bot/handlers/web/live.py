"""Hearing of changes as they happen: at once where this process made them, within moments where another did."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncGenerator, Iterator

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.database import Database
from bot.desk.background import set_within
from bot.handlers.web.store import REVISIONS

log = structlog.get_logger(__name__)

STREAM = 240.0
"""Seconds until a stream of updates ends; the browser comes back at once and is asked who it is again."""

AT_ONCE, GAP = 3, 0.2
"""So many changes of a channel are told at once; of those that come faster, what has changed is told together, each
time that so many seconds have passed. All who watch are told in the same moment, so that one of them reads it for all:
with fifty questions a second, each told by itself to everybody, a process would do nothing else."""


class Live:
    """Tells those who watch a channel that it has changed. What has changed, they read in the database."""

    def __init__(self, database: Database, interval: float = 0.25) -> None:
        self._database = database
        self._interval = interval
        self._watchers: Counter[str] = Counter()
        self._changes: Counter[str] = Counter()
        self._signals: dict[str, asyncio.Event] = {}
        self._seen: dict[str, int] = {}
        self._paced: dict[str, float] = {}
        self._due: dict[str, asyncio.TimerHandle] = {}
        self._polling: asyncio.Task[None] | None = None
        self.over = False
        """Has the server begun to stop? Then streams end, and browsers find another one."""

    async def start(self) -> None:
        """Begin to look for changes that other processes make."""
        self._polling = asyncio.create_task(self._poll())

    async def stop(self) -> None:
        """End all waiting."""
        self.over = True
        for timer in self._due.values():
            timer.cancel()
        for channel in list(self._signals):
            self._wake(channel)
        if self._polling:
            self._polling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._polling
            self._polling = None

    def poke(self, channel: str) -> None:
        """The channel has changed: wake those who watch it, now or, where much changes, within moments."""
        self._changes[channel] += 1
        if channel in self._due or channel not in self._signals:
            return
        moment = time.monotonic()
        paced = max(self._paced.get(channel, 0.0), moment)
        self._paced[channel] = paced + GAP
        wait = paced - (AT_ONCE - 1) * GAP - moment
        if wait <= 0:
            self._wake(channel)
        else:
            self._due[channel] = asyncio.get_running_loop().call_later(wait, self._wake, channel)

    def _wake(self, channel: str) -> None:
        self._due.pop(channel, None)
        if signal := self._signals.pop(channel, None):
            signal.set()

    def count(self, channel: str) -> int:
        """How many changes of the channel have been heard of here; another number than before means that there are."""
        return self._changes[channel]

    @contextlib.contextmanager
    def watching(self, channel: str) -> Iterator[None]:
        """Look out for changes of the channel while the block runs."""
        self._watchers[channel] += 1
        try:
            yield
        finally:
            self._watchers[channel] -= 1
            if not self._watchers[channel]:
                del self._watchers[channel]
                self._signals.pop(channel, None)
                self._seen.pop(channel, None)

    def signal(self, channel: str) -> asyncio.Event:
        """Is set at the next change. Take it before reading, so that no change falls in between."""
        return self._signals.setdefault(channel, asyncio.Event())

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(self._interval)
            if not self._watchers:
                continue
            try:
                await self._look()
            except SQLAlchemyError as error:
                # A database that is away for a while must not end the live updates for good.
                log.error("web.live.unreachable", error=f"{type(error).__name__}: {error}"[:500])
                await asyncio.sleep(self._interval * 8)

    async def _look(self) -> None:
        async with self._database.reading() as session:
            for name, revision in await session.execute(REVISIONS, {"channels": list(self._watchers)}):
                if revision != self._seen.get(name):
                    self._seen[name] = revision
                    self.poke(name)


async def ticks(live: Live, channel: str) -> AsyncGenerator[None, None]:
    """Now, and after each change of a channel, until the stream has lasted long enough or the server stops."""
    end = time.monotonic() + STREAM
    with live.watching(channel):
        while (left := end - time.monotonic()) > 0 and not live.over:
            signal = live.signal(channel)
            yield
            await set_within(signal, left)
