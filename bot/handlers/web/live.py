"""Hearing of changes as they happen: at once where this process made them, within moments where another did."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import time
from collections.abc import AsyncGenerator, Iterator

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.database import Database
from bot.desk.background import set_within
from bot.desk.describing import describe
from bot.desk.pacing import Pacing
from bot.handlers.web.store import REVISIONS

log = structlog.get_logger(__name__)

STREAM = 240.0
"""Seconds until a stream of updates ends; the browser comes back at once and is asked who it is again."""

AT_ONCE, GAP = 3, 0.2
"""So many changes of a channel are told at once; of those that come faster, what has changed is told together, each
time that so many seconds have passed. All who watch are told in the same moment, so that one of them reads it for all:
with fifty questions a second, each told by itself to everybody, a process would do nothing else."""


@dataclasses.dataclass
class _Watched:
    """A channel that somebody watches: how many do, how many changes have been heard of since the first of them came,
    and what these are told by. `seen` is the last revision that was looked at."""

    watchers: int = 0
    changes: int = 0
    signal: asyncio.Event | None = None
    seen: int = -1
    pacing: Pacing = dataclasses.field(default_factory=lambda: Pacing(AT_ONCE, GAP))
    due: asyncio.TimerHandle | None = None

    def wake(self) -> None:
        """Tell those who wait for the next change."""
        if self.due:
            self.due.cancel()
        if self.signal:
            self.signal.set()
        self.due = self.signal = None


class Live:
    """Tells those who watch a channel that it has changed. What has changed, they read in the database.

    Of channels that nobody watches nothing is kept: each guest has one.
    """

    def __init__(self, database: Database, interval: float = 0.25) -> None:
        self._database = database
        self._interval = interval
        self._watched: dict[str, _Watched] = {}
        self._polling: asyncio.Task[None] | None = None
        self.over = False
        """Has the server begun to stop? Then streams end, and browsers find another one."""

    async def start(self) -> None:
        """Begin to look for changes that other processes make."""
        self._polling = asyncio.create_task(self._poll())

    async def stop(self) -> None:
        """End all waiting."""
        self.over = True
        for watched in self._watched.values():
            watched.wake()
        if self._polling:
            self._polling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._polling
            self._polling = None

    def poke(self, channel: str) -> None:
        """The channel has changed: wake those who watch it, now or, where much changes, within moments."""
        watched = self._watched.get(channel)
        if not watched:
            return
        watched.changes += 1
        if watched.due or not watched.signal:
            return
        if wait := watched.pacing.wait():
            watched.due = asyncio.get_running_loop().call_later(wait, watched.wake)
        else:
            watched.wake()

    def is_watched(self, channel: str) -> bool:
        """Does anybody watch the channel?"""
        return channel in self._watched

    def count(self, channel: str) -> int:
        """How many changes of the channel have been heard of since somebody began to watch it; another number than
        before means that there are. Of a channel that nobody watches there is none."""
        return self._watched[channel].changes

    @contextlib.contextmanager
    def watching(self, channel: str) -> Iterator[None]:
        """Look out for changes of the channel while the block runs."""
        watched = self._watched.setdefault(channel, _Watched())
        watched.watchers += 1
        try:
            yield
        finally:
            watched.watchers -= 1
            if not watched.watchers:
                del self._watched[channel]
                if watched.due:
                    watched.due.cancel()

    def signal(self, channel: str) -> asyncio.Event:
        """Is set at the next change of a channel that is watched. Take it before reading, so that no change falls in
        between."""
        watched = self._watched[channel]
        watched.signal = watched.signal or asyncio.Event()
        return watched.signal

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(self._interval)
            if not self._watched:
                continue
            try:
                await self._look()
            except SQLAlchemyError as error:
                # A database that is away for a while must not end the live updates for good.
                log.error("web.live.unreachable", error=describe(error))
                await asyncio.sleep(self._interval * 8)

    async def _look(self) -> None:
        async with self._database.reading() as session:
            for name, revision in await session.execute(REVISIONS, {"channels": list(self._watched)}):
                watched = self._watched.get(name)  # the last who watched it may have left meanwhile
                if watched and revision != watched.seen:
                    watched.seen = revision
                    self.poke(name)


async def ticks(live: Live, channel: str) -> AsyncGenerator[None, None]:
    """Now, and after each change of a channel, until the stream has lasted long enough or the server stops."""
    end = time.monotonic() + STREAM
    with live.watching(channel):
        while (left := end - time.monotonic()) > 0 and not live.over:
            signal = live.signal(channel)
            yield
            await set_within(signal, left)
