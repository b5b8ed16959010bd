"""Follows the snapshots that another process publishes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import structlog

from bot.desk.background import look_again
from ingest.ledger import Ledger
from knowledge.library import Library
from knowledge.snapshots import Copies, Meanings, NoSnapshot, Refused, StoreError

log = structlog.get_logger(__name__)

PAUSE = 3.0
"""Seconds between two looks at what is published."""
_RARELY = 30.0
"""Seconds after which what could not be fetched, or was refused, is tried again."""


class SnapshotFollowing:
    """Has the library, and the ledger, turn to each new snapshot; what they read stays where one is refused.

    `warm` has ready what the first question would wait for.
    """

    def __init__(
        self,
        copies: Copies,
        library: Library,
        ledger: Ledger,
        meanings: Meanings,
        warm: Callable[[], None],
        pause: float = PAUSE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._copies = copies
        self._library = library
        self._ledger = ledger
        self._meanings = meanings
        self._warm = warm
        self._pause = pause
        self._clock = clock
        self._not_before = 0.0
        self._followed = clock()

    @property
    def idle_seconds(self) -> float:
        """How long ago it was last made sure that what is read is what is published."""
        return self._clock() - self._followed

    async def run(self, stop: asyncio.Event) -> None:
        """Look again and again until `stop` is set."""
        await look_again(self.look, stop, self._pause, "snapshots.not_followed")

    async def look(self) -> bool:
        """Turn to what is published now, if that is another; whether it was. What goes wrong is in the log."""
        if self._clock() < self._not_before:
            return False
        try:
            turned = await self._follow()
        except (StoreError, NoSnapshot) as error:
            log.error("snapshots.away", error=str(error), reading=self._library.folder.name)
        except Refused as error:
            log.error("snapshots.refused", error=str(error), reading=self._library.folder.name)
        else:
            self._followed = self._clock()
            return turned
        self._not_before = self._clock() + _RARELY
        return False

    async def _follow(self) -> bool:
        if await self._library.is_damaged():
            log.error("snapshots.damaged", copy=self._library.folder.name, todo="it is fetched anew")
            await asyncio.to_thread(self._copies.discard, self._library.folder)
        elif not await asyncio.to_thread(self._copies.changed):
            return False
        folder = await asyncio.to_thread(self._copies.fetch)
        if folder == self._library.folder:
            return False
        await asyncio.to_thread(self._turn_to, folder)
        log.info("snapshots.turned", reading=folder.name)
        return True

    def _turn_to(self, folder: Path) -> None:
        try:
            self._meanings.take(folder)
            self._library.turn_to(folder)
            self._ledger.turn_to(folder / "ledger.db")
        except Exception as error:  # each engine raises errors of its own over what it can't open
            self._copies.discard(folder)
            raise Refused(f"{folder.name} can't be opened ({type(error).__name__}: {error})") from error
        self._warm()
