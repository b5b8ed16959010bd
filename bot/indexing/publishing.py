"""Publishes snapshots of the library after it has changed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import structlog

from bot.desk.background import look_again
from ingest.ledger import Ledger
from knowledge.library import Library
from knowledge.snapshots import Extra, Manifest, Meanings, Publisher, StoreError

log = structlog.get_logger(__name__)

PAUSE = 2.0
"""Seconds between two looks whether the library has changed."""
_RARELY = 60.0
"""Seconds between two snapshots while documents are brought in, and after one that could not be published."""


class SnapshotPublishing:
    """Any number may run beside the same library: the first publishes, and the others find it done."""

    def __init__(
        self,
        publisher: Publisher,
        library: Library,
        ledger: Ledger,
        meanings: Meanings,
        pause: float = PAUSE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._publisher = publisher
        self._library = library
        self._ledger = ledger
        self._meanings = meanings
        self._pause = pause
        self._clock = clock
        self._stamps: tuple[str, ...] = ()
        self._last = -_RARELY
        self._failed = False

    async def run(self, stop: asyncio.Event) -> None:
        """Look again and again until `stop` is set."""
        await look_again(self._look_safely, stop, self._pause, "snapshots.not_published")

    async def look(self) -> Manifest | None:
        """Publish the library if it has changed; None where it has not, or is not to be published now: it never was
        complete, or documents are being brought in and the last snapshot is less than a minute old.

        Raises StoreError.
        """
        stamps = await asyncio.to_thread(self._now)
        if stamps == self._stamps or not await self._library.is_complete():
            return None
        waits = self._failed or await self._library.is_under_way()
        if waits and self._clock() - self._last < _RARELY:
            return None
        self._last, self._failed = self._clock(), True
        manifest = await asyncio.to_thread(self._publish)
        self._stamps, self._failed = stamps, False
        if manifest:
            log.info("snapshots.published", version=manifest.version, bytes=manifest.size)
        return manifest

    async def _look_safely(self) -> None:
        try:
            await self.look()
        except StoreError as error:
            log.error("snapshots.not_published", error=str(error))

    def _now(self) -> tuple[str, ...]:
        with self._library.hold() as shelves:
            return (*(shelf.stamp() for shelf in shelves.values()), self._ledger.stamp())

    def _publish(self) -> Manifest | None:
        ledger = Extra(self._ledger.stamp(), self._ledger.copy_to)
        with self._library.hold() as shelves:
            return self._publisher.publish(shelves, {"ledger.db": ledger, **self._meanings.extras()})
