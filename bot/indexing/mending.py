"""Looks after the files of the library that this process writes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog

from bot.desk.background import look_again
from knowledge.library import Library

log = structlog.get_logger(__name__)

PAUSE = 5.0
"""Seconds between two looks at the files."""
_THOROUGHLY = 3600.0
"""Seconds between two looks that read all of them."""


class Mending:
    """Any number may run beside the same library. `restore` brings back at once what is in no source."""

    def __init__(
        self,
        library: Library,
        restore: Callable[[], Awaitable[object]],
        pause: float = PAUSE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._library = library
        self._restore = restore
        self._pause = pause
        self._clock = clock
        self._thorough_at = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Look again and again until `stop` is set."""
        await look_again(self.look, stop, self._pause, "library.not_mended")

    async def look(self) -> bool:
        """Put right what is damaged; whether anything was."""
        thorough = self._clock() >= self._thorough_at
        if thorough:
            self._thorough_at = self._clock() + _THOROUGHLY
        if not await self._library.heal(thorough=thorough):
            return False
        log.warning("library.mended", complete=await self._library.is_complete())
        await self._restore()
        return True
